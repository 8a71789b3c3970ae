"""Protocol synopsis (Markdown) and statistical analysis plan (DOCX) of the sample study. Imports this folder and the standard library."""

from __future__ import annotations

from collections.abc import Sequence

from samples.make.content import Block, Heading, Item, Par, Sample, Table, row, t
from samples.make.study_subjects import ARMS, CODE, DRUG, RANDOMIZED, SPONSOR, STUDY
from samples.make.study_trial import ENDPOINT, EXCLUSION, INCLUSION, INDICATION, OBJECTIVE, SECONDARY, TITLE

_NAME = DRUG.lower()
ABBREVIATIONS = (
    ("AE", "adverse event"), ("AESI", "adverse event of special interest"), ("ANCOVA", "analysis of covariance"), ("BMI", "body mass index"),
    ("CAT", "COPD Assessment Test"), ("CI", "confidence interval"), ("COPD", "chronic obstructive pulmonary disease"), ("FAS", "full analysis set"),
    ("FEV1", "forced expiratory volume in 1 second"), ("FVC", "forced vital capacity"),
    ("GOLD", "Global Initiative for Chronic Obstructive Lung Disease"), ("ITT", "intent-to-treat"), ("LOCF", "last observation carried forward"),
    ("LS", "least squares"), ("MedDRA", "Medical Dictionary for Regulatory Activities"), ("SAE", "serious adverse event"),
    ("SAP", "statistical analysis plan"), ("SD", "standard deviation"), ("SE", "standard error"), ("TEAE", "treatment-emergent adverse event"),
)  # fmt: skip
SETS = (
    ("Intent-to-treat population", "All randomized subjects, by the treatment to which they were randomized. Disposition and baseline characteristics are described in this set."),
    ("Full analysis set", "All randomized subjects who took at least one dose of study drug and have a baseline and at least one post-baseline value of trough FEV1. It is the set of the primary analysis of efficacy."),
    ("Per-protocol population", "All subjects of the full analysis set without an important protocol deviation. It supports the primary analysis."),
    ("Safety population", "All subjects who took at least one dose of study drug, by the treatment that they received. Safety is described in this set."),
)  # fmt: skip
DESIGN = (
    f"{STUDY} is a randomized, double-blind, placebo-controlled, parallel-group, multicenter phase 2 study of two doses of {_NAME} in patients with"
    f" moderate to severe {INDICATION.lower()} who receive standard background treatment.",
    "Subjects are screened for up to 14 days, treated for 12 weeks, and followed up for 2 weeks by telephone. Visits are at screening, at baseline"
    " (Day 1), and at Weeks 4, 8, and 12.",
    f"About {RANDOMIZED} subjects are randomized in a ratio of 1:1:1, in blocks, to placebo, {_NAME} 50 mg, or {_NAME} 150 mg once daily.",
)
BLINDING = (
    "Subjects, investigators, and the sponsor's study team do not know the treatment. Tablets of all three treatments look alike. The code may be"
    " broken for a subject whose care depends on knowing the treatment."
)
PRIMARY = (
    "The change from baseline in trough FEV1 at Week 12 is analyzed in the full analysis set by analysis of covariance with treatment as a factor"
    " and the baseline value as a covariate. Each dose is compared with placebo by the difference in least squares means with its 95% confidence"
    " interval and two-sided p-value.",
    "Missing values at Week 12 are replaced by the last value after baseline (LOCF).",
)
SECONDARIES = (
    "The change from baseline in CAT total score at Week 12 is analyzed as the primary endpoint is.",
    "The time to first moderate or severe COPD exacerbation is described by Kaplan-Meier estimates. Each dose is compared with placebo by the"
    " log-rank test, and by a hazard ratio from Cox regression with its 95% confidence interval. Subjects without an exacerbation are censored on"
    " their last day of treatment, at the latest on Day 84.",
)
MULTIPLE = (
    "The doses are tested in a fixed order, 150 mg before 50 mg, each at a two-sided significance level of 0.05. The p-values of secondary"
    " endpoints are descriptive."
)
SIZE = (
    "With 20 evaluable subjects in each group, a difference of 0.09 L in the change in trough FEV1 is detected with a power of 80% if the standard"
    " deviation is 0.10 L, at a two-sided significance level of 0.05. To allow for subjects without values after baseline, 22 subjects are"
    " randomized to each group."
)
SAFETY = (
    "Adverse events are coded with MedDRA. A treatment-emergent adverse event begins on or after the day of the first dose. Numbers and percentages"
    " of subjects are given by system organ class and preferred term, by severity, and by relationship to study drug.",
    "Pneumonia is the adverse event of special interest. Deaths, serious adverse events, and events that led to discontinuation are listed with"
    " narratives.",
    "Laboratory values are classified by the reference range. Shifts from baseline to the last value on treatment are tabulated.",
)
INTRODUCTION = (
    f"{DRUG} ({CODE}) is an oral compound that {SPONSOR} develops for the maintenance treatment of {INDICATION.lower()}. In two phase 1 studies,"
    " single doses of up to 300 mg and repeated doses of up to 200 mg were tolerated by healthy volunteers."
)
ETHICS = (
    "The study is conducted in accordance with the Declaration of Helsinki, ICH E6, and the laws of the participating countries. An independent"
    " ethics committee of each site approves the protocol, and every subject gives written informed consent before any procedure of the study."
)
ASSESSMENTS = (
    "Trough FEV1 is measured by spirometry before the morning dose at baseline and at Weeks 4, 8, and 12; the highest of three acceptable attempts counts.",
    "The COPD Assessment Test is completed at the same visits. Its total score ranges from 0 to 40; higher scores mean a greater impact of the disease.",
    "A moderate exacerbation is a worsening of symptoms that is treated with systemic corticosteroids or antibiotics; a severe one leads to hospital admission or death.",
    "Adverse events are asked for at every visit. Laboratory samples are taken at baseline and at Weeks 4 and 12, vital signs at every visit.",
)  # fmt: skip
TREATMENTS = (
    "One tablet of study drug is taken by mouth once daily in the morning for 12 weeks.",
    "Background treatment with long-acting bronchodilators and inhaled corticosteroids goes on at a stable dose; salbutamol is allowed for relief. Systemic corticosteroids are only allowed for exacerbations.",
)  # fmt: skip
DESIGN_REASON = (
    "A placebo control was chosen because no treatment is withheld: all subjects keep their background treatment, and relief medication and"
    " treatment of exacerbations are allowed. Double-blind treatment and random assignment protect the comparison from bias. Two doses are"
    " studied to describe the relation of dose and response."
)
PRODUCT = (
    "Corvelast is supplied as film-coated tablets of 50 mg and 150 mg, with placebo tablets of the same appearance. All tablets were manufactured"
    f" by {SPONSOR}; one batch of each was used. They are stored below 25 °C in the original package."
)
DOSE_REASON = (
    "The doses were chosen from the phase 1 studies: 150 mg is below the highest repeated dose that was tolerated, and 50 mg is expected to be the"
    " lowest dose with an effect on lung function."
)
DOSE_TIMING = (
    "The dose is fixed by the randomization. The tablet is taken once daily in the morning, with or without food."
)
COMPLIANCE = (
    "Treatment compliance is documented by counting the tablets that are returned at every visit, and reported as the percentage of the days of"
    " treatment on which a tablet was taken."
)
MEASUREMENTS = (
    "Spirometry and the COPD Assessment Test are well-established methods of assessment in chronic obstructive pulmonary disease, and standard in"
    " studies of maintenance treatment."
)
PRIMARY_VARIABLE = (
    "The primary efficacy variable is the change from baseline in trough FEV1 at Week 12. It was chosen because it is an objective measure of lung"
    " function that responds within weeks to treatment that dilates the airways."
)
QUALITY = (
    "Monitors visit the sites and verify the data against the source documents. Data are entered electronically and checked by program; laboratory"
    " samples are analyzed by a central laboratory. The sponsor may audit the sites."
)
CHANGES = "The protocol foresaw a mixed model for repeated measures as the primary analysis. Before unblinding it was replaced by analysis of covariance, because few intermediate visits were planned. No other analysis was changed."


def protocol_synopsis() -> bytes:
    """The protocol's synopsis in Markdown."""

    def items(texts: Sequence[str]) -> str:
        return "\n".join(f"{i}. {x}" for i, x in enumerate(texts, 1))

    rows = [
        ("Title", TITLE), ("Protocol Number", STUDY), ("Version", "2.0, 12 January 2024"), ("Sponsor", SPONSOR), ("Investigational Product", f"{DRUG} ({CODE})"),
        ("Phase", "2"), ("Indication", INDICATION), ("Planned Number of Subjects", str(RANDOMIZED)), ("Treatment Groups", "; ".join(ARMS)),
        ("Duration of Treatment", "12 weeks"),
    ]  # fmt: skip
    table = "\n".join(f"| {a} | {b} |" for a, b in rows)
    endpoints = "\n".join(f"| {o} | {e} |" for o, e in ((OBJECTIVE, ENDPOINT), *SECONDARY))
    short = "\n".join(f"| {a} | {b} |" for a, b in ABBREVIATIONS)
    parts = [
        "# Clinical Study Protocol", f"Protocol Number: {STUDY}", f"## {TITLE}", f"| Item | Description |\n|---|---|\n{table}",
        "## 1 Introduction", INTRODUCTION, "## 2 Objectives and Endpoints", f"| Objective | Endpoint |\n|---|---|\n{endpoints}", "### 2.1 Primary Objective",
        f"{OBJECTIVE}.", "### 2.2 Secondary Objectives", items([f"{o}." for o, _ in SECONDARY]),
        "### 2.3 Safety Objective", f"To describe the safety and tolerability of {_NAME}.",
        "## 3 Study Design", *DESIGN, "### 3.1 Blinding", BLINDING,
        "### 3.2 Discussion of the Design and Choice of Control", DESIGN_REASON, "## 4 Study Population", "### 4.1 Inclusion Criteria", items([f"{x}." for x in INCLUSION]),
        "### 4.2 Exclusion Criteria", items([f"{x}." for x in EXCLUSION]), "### 4.3 Withdrawal of Subjects",
        "Subjects may leave the study at any time without giving a reason. The investigator may stop treatment for reasons of safety.",
        "## 5 Treatments", "### 5.1 Treatments Administered", TREATMENTS[0], "### 5.2 Identity of Investigational Products", PRODUCT,
        "### 5.3 Selection of Doses", DOSE_REASON, "### 5.4 Timing of Doses", DOSE_TIMING, "### 5.5 Prior and Concomitant Therapy", TREATMENTS[1],
        "### 5.6 Treatment Compliance", COMPLIANCE,
        "## 6 Study Assessments", "### 6.1 Efficacy and Safety Assessments", *ASSESSMENTS,
        "### 6.2 Appropriateness of Measurements", MEASUREMENTS, "### 6.3 Primary Efficacy Variable", PRIMARY_VARIABLE, "## 7 Statistical Considerations", "### 7.1 Sample Size", SIZE,
        "### 7.2 Primary Analysis", *PRIMARY,
        "### 7.3 Data Quality Assurance", QUALITY, "## 8 Ethics", ETHICS, "## 9 Abbreviations", f"| Abbreviation | Meaning |\n|---|---|\n{short}",
    ]  # fmt: skip
    return ("\n\n".join(parts) + "\n").encode()


def analysis_plan() -> Sample:
    """The statistical analysis plan as a document."""

    def table(heads: tuple[str, str], rows: Sequence[tuple[str, str]]) -> Table:
        return Table((3000, 6000), tuple(row(t(a), t(b)) for a, b in (heads, *rows)))

    def section(level: int, title: str, *texts: str) -> list[Block]:
        return [Heading(level, t(title)), *(Par(t(x)) for x in texts)]

    about = [
        ("Protocol number", STUDY), ("Title", TITLE), ("Sponsor", SPONSOR), ("Investigational product", f"{DRUG} ({CODE})"),
        ("Version and date", "1.0, 20 November 2024"),
    ]  # fmt: skip
    blocks: list[Block] = [
        Par(t("Statistical Analysis Plan"), "Title"), Par(t(f"Protocol number: {STUDY}")), table(("Item", "Description"), about),
        *section(1, "Introduction", "This plan describes the analyses for the clinical study report. It was approved before the treatment code was opened."),
        *section(1, "Study Objectives and Endpoints"),
        *section(2, "Primary Objective and Endpoint", f"Objective: {OBJECTIVE}.", f"Endpoint: {ENDPOINT}."),
        *section(2, "Secondary Objectives and Endpoints"), table(("Objective", "Endpoint"), SECONDARY),
        *section(1, "Study Design", *DESIGN), *section(2, "Sample Size", SIZE),
        *section(1, "Analysis Sets"), table(("Analysis set", "Definition"), SETS),
        *section(1, "Statistical Methods"),
        *section(2, "General Principles", "Continuous variables are described by number, mean, standard deviation, median, minimum, and maximum, categorical ones by number and percentage. Baseline is the last value before the first dose."),
        *section(2, "Primary Analysis", *PRIMARY), *section(2, "Secondary Analyses", *SECONDARIES), *section(2, "Multiple Testing", MULTIPLE),
        *section(2, "Missing Data", "Except for the endpoints at Week 12, missing values are not replaced. Partial dates of adverse events are taken as treatment-emergent where they could be."),
        *section(2, "Safety Analyses", *SAFETY),
        *section(2, "Important Protocol Deviations", "Deviations are important where they may affect the primary endpoint. They are determined before unblinding and exclude a subject from the per-protocol population."),
        *section(1, "Interim Analysis", "No interim analysis is planned."), *section(1, "Changes from the Protocol", CHANGES),
        Heading(1, t("Data Listings")), Item(t("Deaths and serious adverse events"), 1), Item(t("Adverse events that led to discontinuation"), 1),
        *section(1, "Abbreviations"), table(("Abbreviation", "Meaning"), ABBREVIATIONS),
    ]  # fmt: skip
    return Sample(
        "sap.docx", t(f"Statistical Analysis Plan {STUDY}"), t(f"{SPONSOR}  |  {STUDY}  |  Statistical Analysis Plan"), t("Confidential"),
        tuple(blocks), languages=("en-GB", "en-GB"),
    )  # fmt: skip
