"""Synopsis of the planned phase 3 trial TVN-4471-301: labels and texts in a table, and a table of visits. Everything is fictional."""

from __future__ import annotations

from samples.make.content import Block, Caption, Cell, Heading, Par, Sample, Table, cell, t

STUDY, SPONSOR = "TVN-4471-301", "Thalvorne Therapeutics Ltd"
TITLE = (
    "A randomised, double-blind, placebo-controlled, parallel-group phase 3 trial of corvelast 150\u00a0mg once daily over 52 weeks in adults "
    "with moderate to severe chronic obstructive pulmonary disease (COPD)"
)  # fmt: skip


def _entry(label: str, *texts: str) -> tuple[Cell, ...]:
    return (cell(t(f"{{b:{label}}}")), cell(*(t(x) for x in texts)))


_ENTRIES = Table(
    (2500, 6500),
    (
        _entry("Title", TITLE),
        _entry("Short title", "Corvelast in moderate to severe COPD"),
        _entry("Protocol number", STUDY),
        _entry("EU CT number", "2099-510001-11-00"),
        _entry("Sponsor", SPONSOR),
        _entry("Version", "0.3"),
        _entry("Phase", "3"),
        _entry("Indication", "Chronic obstructive pulmonary disease"),
        _entry(
            "Rationale",
            "Corvelast improved trough FEV{sub:1} after 12 weeks in the phase 2 trial TVN-4471-204. Exacerbations were too few there to show an effect on them; this trial is long enough and large enough to do so.",
        ),
        _entry(
            "Objectives",
            "{b:Primary:} To show that corvelast reduces the rate of moderate or severe exacerbations compared with placebo over 52 weeks.",
            "{b:Secondary:}",
            "To evaluate the effect of corvelast on trough FEV{sub:1}.",
            "To evaluate the effect of corvelast on symptoms.",
            "{b:Exploratory:} To describe the course of blood eosinophils.",
        ),
        _entry(
            "Endpoints",
            "{b:Primary:} Annualised rate of moderate or severe COPD exacerbations over 52 weeks.",
            "{b:Secondary:}",
            "Change from baseline in trough FEV{sub:1} at Week 24.",
            "Change from baseline in CAT total score at Week 52.",
            "{b:Exploratory:} Blood eosinophil count at each visit.",
        ),
        _entry(
            "Trial design",
            "Multicentre, randomised, double-blind, placebo-controlled, parallel-group trial. After a screening period of 2 to 4 weeks, participants are randomised 1:1 to corvelast or placebo, stratified by exacerbations in the year before (1 versus 2 or more) and region.",
        ),
        _entry("Population", "Male and female patients with moderate to severe COPD, aged 40 to 80 years."),
        _entry(
            "Inclusion criteria",
            "1. Age 40 to 80 years at screening.",
            "2. Diagnosis of COPD for at least 12 months, with a post-bronchodilator FEV{sub:1} of 30% to 70% of predicted.",
            "3. At least one moderate or severe exacerbation in the 12 months before screening.",
            "4. Current or former smoker with at least 10 pack-years.",
        ),
        _entry(
            "Exclusion criteria",
            "1. Current asthma.",
            "2. Exacerbation within 4 weeks before randomisation.",
            "3. Pregnancy or breastfeeding.",
        ),
        _entry("Number of participants", "Approximately 860 participants are randomised (430 in each group)."),
        _entry("Treatment groups", "Corvelast 150\u00a0mg: one tablet once daily in the morning", "Placebo: one matching tablet once daily in the morning"),
        _entry("Investigational product", "Corvelast 150\u00a0mg film-coated tablets, taken orally once daily"),
        _entry("Reference therapy", "Placebo tablets, taken orally once daily"),
        _entry("Duration of treatment", "52 weeks"),
        _entry("Duration of participation", "Up to 58 weeks: screening of up to 4 weeks, treatment of 52 weeks and follow-up of 2 weeks"),
        _entry(
            "Statistical methods",
            "The rate of exacerbations is compared between the groups with a negative binomial model with treatment, stratification factors and baseline FEV{sub:1} as covariates and the logarithm of time at risk as offset.",
        ),
        _entry(
            "Sample size determination",
            "With 430 participants in each group the trial has 90% power to show a rate ratio of 0.75 at a two-sided level of 0.05, for a rate of 1.0 per year under placebo and a dispersion of 0.8.",
        ),
    ),
    head=0,
)  # fmt: skip

_VISITS = (
    "Assessment|Screening|Baseline|Week 4|Week 12|Week 24|Week 52|Follow-up",
    "Informed consent|X||||||",
    "Eligibility criteria|X|X|||||",
    "Randomisation||X|||||",
    "Spirometry|X|X|X|X|X|X|",
    "CAT questionnaire||X|X|X|X|X|",
    "Exacerbations|X|X|X|X|X|X|X",
    "Blood eosinophils|X|X||X|X|X|",
    "Vital signs|X|X|X|X|X|X|X",
    "Adverse events|X|X|X|X|X|X|X",
)


def _visits() -> Table:
    rows = tuple(
        tuple(cell(t(text), centre=at > 0) if text else cell(t("")) for at, text in enumerate(line.split("|")))
        for line in _VISITS
    )
    return Table((2300, 960, 960, 960, 960, 960, 960, 960), rows)


_BLOCKS: tuple[Block, ...] = (
    Par(t("Protocol Synopsis"), "Title"),
    _ENTRIES,
    Heading(1, t("Schedule of activities")),
    Caption(t("Table "), "Table", "tbl_visits", 1, t("Visits and assessments")),
    _visits(),
    Par(t("CAT: COPD Assessment Test; FEV{sub:1}: forced expiratory volume in 1 second."), "TableNote"),
)

TRIAL_SYNOPSIS = Sample(
    "protocol-synopsis.docx",
    t(f"Protocol Synopsis {STUDY}"),
    t(f"{SPONSOR}  |  {STUDY}  |  Protocol synopsis"),
    t("Confidential"),
    _BLOCKS,
    {},
    t(STUDY),
    ("en-GB", "en-GB"),
)
