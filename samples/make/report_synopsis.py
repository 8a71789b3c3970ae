"""Clinical study report synopsis of QLZ-2417-205 in English, after the headings of ICH E3, annex I. Everything is fictional."""

from __future__ import annotations

from samples.make.content import Block, Caption, Cell, Heading, Item, Par, Sample, Table, cell, row, t

_BULLETS = 4
_TABLE = t("Table ")


def _rows(*lines: str) -> tuple[tuple[Cell, ...], ...]:
    """Rows from lines whose cells are parted by bars; all but the first are centred."""
    return tuple(
        tuple(cell(t(text.strip()), centre=at > 0) for at, text in enumerate(line.split("|"))) for line in lines
    )


_BLOCKS: tuple[Block, ...] = (
    Par(t("Clinical Study Report: Synopsis"), "Title"),
    Table(
        (2700, 6300),
        (
            row(t("Name of Sponsor"), t("Quelanzhi Biopharma Co., Ltd.")),
            row(t("Name of finished product"), t("Quelvatra 80\u00a0mg film-coated tablets")),
            row(t("Name of active substance"), t("Velquotinib (QLZ-2417)")),
            row(t("Study number"), t("QLZ-2417-205 (EudraCT 2099-009999-99)")),
            row(t("Study period"), t("First participant enrolled: 14 January 2023{br}Data cut-off: 30 June 2025")),
            row(t("Phase of development"), t("Phase II")),
        ),
        head=0,
    ),
    Heading(1, t("Title of study")),
    Par(t("A randomised, double-blind, placebo-controlled Phase II study of QLZ-2417 plus docetaxel versus placebo plus docetaxel in participants with advanced non-squamous non-small cell lung cancer (NSCLC) after failure of platinum-based chemotherapy.")),
    Heading(1, t("Objectives")),
    Par(t("The primary objective was to compare progression-free survival (PFS) between the two treatment arms. Secondary objectives were to compare overall survival (OS) and the objective response rate (ORR), and to evaluate safety and pharmacokinetics.")),
    Heading(1, t("Methodology")),
    Par(t("Participants were randomised in a 1:1 ratio to receive QLZ-2417 160\u00a0mg once daily or placebo, each in combination with docetaxel 75\u00a0mg/m{sup:2} on Day 1 of each 21-day cycle. Randomisation was stratified by ECOG performance status (0 versus 1) and by prior immunotherapy (yes versus no). Tumours were assessed every 6 weeks according to RECIST 1.1 by blinded independent central review (BICR).{fn:bicr}")),
    Heading(1, t("Number of participants")),
    Par(t("It was planned to randomise 184 participants. A total of 188 participants were randomised (94 in each arm), and 186 received at least one dose of study treatment. The disposition of participants is summarised in {ref:tbl_disposition|Table 1}.")),
    Caption(_TABLE, "Table", "tbl_disposition", 1, t("Disposition of participants (all randomised participants)")),
    Table(
        (4200, 2400, 2400),
        _rows(
            "Disposition, n (%)|QLZ-2417 + docetaxel (N=94)|Placebo + docetaxel (N=94)",
            "Treated|93 (98.9)|93 (98.9)",
            "Discontinued study treatment|81 (86.2)|88 (93.6)",
            "Disease progression|58 (61.7)|71 (75.5)",
            "Adverse event|14 (14.9)|9 (9.6)",
            "Withdrawal of consent|9 (9.6)|8 (8.5)",
            "Treatment ongoing at data cut-off|12 (12.8)|5 (5.3)",
        ),
    ),
    Heading(1, t("Diagnosis and main criteria for inclusion")),
    Item(t("Age ≥18 years;"), _BULLETS),
    Item(t("Histologically confirmed Stage IIIB, IIIC or IV non-squamous NSCLC;"), _BULLETS),
    Item(t("Disease progression during or after one prior platinum-based regimen;"), _BULLETS),
    Item(t("Absolute neutrophil count ≥1.5×10{sup:9}/L and platelet count ≥100×10{sup:9}/L."), _BULLETS),
    Heading(1, t("Statistical methods")),
    Par(t("PFS and OS were compared with a stratified log-rank test. Hazard ratios (HR) and 95% confidence intervals (CI) were estimated with a stratified Cox proportional hazards model. With 121 PFS events, the study had 80% power to detect a hazard ratio of 0.60 at a two-sided significance level of 0.05. No adjustment for multiplicity was made for secondary endpoints.")),
    Heading(1, t("Efficacy results")),
    Par(t("At the data cut-off, 131 PFS events had occurred. QLZ-2417 plus docetaxel {b:significantly} prolonged PFS compared with placebo plus docetaxel (median 6.1 versus 4.2 months; HR 0.68; 95% CI: 0.49, 0.94; {i:p}=0.018). OS data were immature, with 79 deaths (42.0%). Results are shown in {ref:tbl_efficacy|Table 2}.")),
    Caption(_TABLE, "Table", "tbl_efficacy", 2, t("Efficacy results (full analysis set)")),
    Table(
        (4200, 2400, 2400),
        (
            *_rows("Endpoint|QLZ-2417 + docetaxel (N=94)|Placebo + docetaxel (N=94)"),
            (cell(t("{b:Progression-free survival (BICR)}"), span=3),),
            *_rows("Participants with event, n (%)|61 (64.9)|70 (74.5)", "Median, months (95% CI)|6.1 (5.3, 7.2)|4.2 (3.9, 4.9)"),
            (cell(t("HR (95% CI)")), cell(t("0.68 (0.49, 0.94)"), span=2, centre=True)),
            (cell(t("Stratified log-rank {i:p}-value")), cell(t("0.018"), span=2, centre=True)),
            (cell(t("{b:Overall survival}"), span=3),),
            *_rows("Participants who died, n (%)|36 (38.3)|43 (45.7)", "Median, months (95% CI)|14.9 (12.6, NE)|12.3 (10.4, 15.1)"),
            (cell(t("HR (95% CI)")), cell(t("0.80 (0.52, 1.25)"), span=2, centre=True)),
            (cell(t("{b:Objective response rate}"), span=3),),
            *_rows("Responders, n (%)|29 (30.9)|15 (16.0)", "95% CI{sup:a}|21.7, 41.2|9.2, 25.0"),
        ),
    ),
    Par(t("CI: confidence interval; HR: hazard ratio; NE: not estimable."), "TableNote"),
    Par(t("{sup:a} Clopper-Pearson method."), "TableNote"),
    Heading(1, t("Safety results")),
    Par(t("Adverse events of Grade ≥3 were reported in 57 of 93 participants (61.3%) in the QLZ-2417 arm and in 49 of 93 participants (52.7%) in the placebo arm. Serious adverse events were reported in 24 (25.8%) and 21 (22.6%) participants, respectively. There were 3 (3.2%) fatal adverse events in the QLZ-2417 arm, none of which was considered related to study treatment, and 2 (2.2%) in the placebo arm. No new safety signals were identified.")),
    Caption(_TABLE, "Table", "tbl_safety", 3, t("Adverse events of Grade ≥3 in ≥5% of participants in either arm (safety set)")),
    Table(
        (4200, 2400, 2400),
        _rows(
            "Preferred term, n (%)|QLZ-2417 + docetaxel (N=93)|Placebo + docetaxel (N=93)",
            "Neutrophil count decreased|29 (31.2)|25 (26.9)",
            "Febrile neutropenia|9 (9.7)|8 (8.6)",
            "Diarrhoea|8 (8.6)|2 (2.2)",
            "Alanine aminotransferase increased|6 (6.5)|1 (1.1)",
            "Fatigue|5 (5.4)|5 (5.4)",
        ),
    ),
    Heading(1, t("Pharmacokinetic results")),
    Par(t("The geometric mean trough concentration of QLZ-2417 at steady state was 0.74\u00a0µg/mL (coefficient of variation 51%). Docetaxel did not affect the exposure to QLZ-2417 to a clinically relevant extent (geometric mean ratio 1.04; 90% CI: 0.93, 1.17).")),
    Heading(1, t("Conclusions")),
    Par(t("QLZ-2417 in combination with docetaxel prolonged PFS and was generally well tolerated in participants with previously treated advanced non-squamous NSCLC. These results support further evaluation in a Phase III study.")),
    Par(t("Date of report: {date:16 December 2025}")),
)  # fmt: skip

SYNOPSIS = Sample(
    "m5/53-clin-stud-rep/535-rep-effic-safety-stud/study-qlz-2417-205/synopsis.docx",
    t("Clinical Study Report QLZ-2417-205: Synopsis"),
    t("Study QLZ-2417-205{tab}Clinical Study Report: Synopsis"),
    t("Quelanzhi Biopharma Co., Ltd. · Confidential"),
    _BLOCKS,
    {"bicr": t("Radiologists of the central review were not aware of treatment allocation or of the investigators' assessments.")},
    t("QLZ-2417-205"),
    ("en-GB", "en-GB"),
)  # fmt: skip
