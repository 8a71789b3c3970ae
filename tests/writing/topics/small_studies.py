"""Small invented studies for the topics: of data alone, of tables alone, with one arm, with four; and how a type of a test is planned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.draft import Plan, PlannedRow
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.model.source import (
    ColumnHead,
    Dataset,
    Display,
    DisplayCell,
    DisplayRow,
    Passage,
    Place,
    Source,
    SourceFile,
    SourceKind,
    TextSource,
    Value,
    Variable,
)
from docpipe.writing.book import Book
from docpipe.writing.doctype import parse_type
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData, build

PARTS = Path(__file__).resolve().parents[3] / "prompts" / "draft" / "parts"
STUDY = "QX-12"
SUBJECTS = tuple(
    f"subjects.{m}()"
    for m in (
        "sets", "disposition", "disposition_table", "disposition_brief", "deviations", "demographics", "demographics_table",
        "demographics_brief", "baseline", "compliance", "exposure", "exposure_table", "exposure_brief",
    )
)  # fmt: skip
DESIGN = tuple(
    f"design.{m}()"
    for m in ("title_block", "overview", "arms_and_doses", "blinding", "sites", "conduct", "study_table")
)
EFFICACY = tuple(f"efficacy.{m}()" for m in ("primary", "secondary", "other", "summary_table", "efficacy_brief"))
EVERY = {"subjects": SUBJECTS, "design": DESIGN, "efficacy": EFFICACY}


# ---------------------------------------------------------------- planning and reading


def planned(study: StudyData, calls: Iterable[str], parts: Iterable[str] = EVERY) -> tuple[Plan, Book]:
    """A plan with one block a call of a macro."""
    head = f"---\nid: draft/small\nversion: 1\nwhy: test\ntitle: Small\nparts: [{', '.join(parts)}]\n---\n"
    blocks = "".join(f"=== block {c}\nheading: Text\nnumber: ''\n---\n{{{{ {c} }}}}\n" for c in calls)
    kind = parse_type((head + blocks).encode(), "draft/small.v1", lambda n: (PARTS / f"{n}.v1.md").read_bytes())
    return make_plan(kind, study)


def said(text: CodedText) -> str:
    """As a reader sees it."""
    return "".join(p.text if isinstance(p, Text) else p.equiv for p in text if isinstance(p, (Text, Placeholder)))


def rows_of(plan: Plan, call: str) -> list[PlannedRow]:
    """The rows of a call, without its heading."""
    return list(next(b for b in plan.blocks if b.id == call).rows[1:])


def words_of(plan: Plan, call: str) -> str:
    """All that a call says, a line a row."""
    return "\n".join(said(r.text) for r in rows_of(plan, call))


def all_texts(plan: Plan) -> list[CodedText]:
    """Every coded text of a plan, tables and captions with it, gaps without."""
    texts = [r.text for _, r in plan.rows() if not r.gap]
    return texts + [t for table in plan.tables for t in table.texts()]


def unbound(plan: Plan) -> list[str]:
    """Texts with a digit that no code carries."""
    parts = (p for text in all_texts(plan) for p in text if isinstance(p, Text))
    return [p.text for p in parts if re.search(r"\d", p.text)]


def clumsy(plan: Plan) -> list[str]:
    """Signs of text put together badly: doubled blanks and stops, blanks before stops, empty brackets, words twice, None."""
    wrong = re.compile(
        r"  |\s[.,;:](?!\d)|\.\.|,,|\( |\(\)|\[\]| \)|;\.|\bNone\b(?! of)|\b(in|the|of|was|were|set|and|for|to|with|a) \1\b|: \.|, \.|\band \.|group groups"
    )
    return [w for row in all_texts(plan) if wrong.search(w := said(row))]


# ---------------------------------------------------------------- builders


def file(name: str, kind: SourceKind) -> SourceFile:
    """A source file of the small study."""
    return SourceFile(name, Digest(digest_bytes(name.encode())), "text/plain", kind, STUDY)


def table(number: str, title: str, population: str, columns: str, rows: str, footnotes: Sequence[str] = ()) -> Display:
    """``columns``: ``Placebo N=10 | Drug N=11``, spanning heads before ``>>``; ``rows``: lines of ``Sex >> Male | 5 (50%) | 6 (55%)``."""
    heads = []
    for column in columns.split("|"):
        head, _, n = column.strip().partition(" N=")
        heads.append(ColumnHead(tuple(p.strip() for p in head.split(">>")), int(n) if n else None))
    body = []
    for at, line in enumerate(filter(str.strip, rows.splitlines()), 1):
        label, *cells = line.split("|")
        path = tuple(p.strip() for p in label.split(">>"))
        found = tuple(DisplayCell(i, c.strip()) for i, c in enumerate(cells) if c.strip())
        body.append(DisplayRow(path, len(path) - 1, found, at))
    return Display(
        file(f"{number}.rtf", SourceKind.DISPLAY), 1, f"Table {number}", title, population, STUDY, tuple(heads), tuple(body),
        tuple(footnotes), ("",),
    )  # fmt: skip


def data(name: str, variables: str, records: Iterable[Sequence[Value]], **labels: str) -> Dataset:
    """``variables``: ``USUBJID AGE:n``; ``labels``: of variables."""
    described = []
    for word in variables.split():
        title, _, kind = word.partition(":")
        described.append(Variable(title, labels.get(title, title.capitalize()), "number" if kind == "n" else "text"))
    return Dataset(
        file(f"{name}.xpt", SourceKind.DATASET), name, "", tuple(described), tuple(tuple(r) for r in records)
    )


def text(title: str, *passages: str, heading: str = "") -> TextSource:
    """A protocol or plan with these passages."""
    given = file(f"{title}.md", SourceKind.TEXT)
    found = tuple(
        Passage(Place(given.sha256, f"text:p{i}"), p, (heading,) if heading else ()) for i, p in enumerate(passages, 1)
    )
    return TextSource(given, title, found)


def study(*sources: Source) -> StudyData:
    """The study of some sources."""
    return build(sources, study=STUDY)


# ---------------------------------------------------------------- studies

_ADSL = "STUDYID USUBJID SITEID TRT01P TRT01PN:n TRT01A AGE:n AGEU SEX RACE ETHNIC WEIGHTBL:n SAFFL ITTFL EOSSTT DCSREAS TRTDURD:n CUMDOSE:n"
_LABELS = {
    "WEIGHTBL": "Baseline Weight (kg)",
    "TRTDURD": "Duration of Treatment (days)",
    "CUMDOSE": "Cumulative Dose (mg)",
}


def subject_records(arms: Sequence[str], each: int) -> list[tuple[Value, ...]]:
    """Subjects with values that follow from their number: every fifth leaves, by turns for three reasons."""
    found: list[tuple[Value, ...]] = []
    reasons = ("ADVERSE EVENT", "WITHDRAWAL BY SUBJECT", "ADVERSE EVENT")
    for a, arm in enumerate(arms):
        for i in range(each):
            k = a * each + i
            left = k % 5 == 0
            found.append(
                (STUDY, f"{STUDY}-{101 + k % 3}-{k:03d}", str(101 + k % 3), arm, float(a), arm, 40.0 + k, "YEARS", "F" if k % 3 else "M",
                 "WHITE" if k % 4 else "ASIAN", "NOT HISPANIC OR LATINO", 60.0 + k / 2, "Y" if k else "N", "Y",
                 "DISCONTINUED" if left else "COMPLETED", reasons[(k // 5) % 3] if left else "", 20.0 if left else 84.0, 10.0 * k)
            )  # fmt: skip
    return found


def data_only(arms: Sequence[str] = ("Placebo", "Zelanib 10 mg"), each: int = 10) -> StudyData:
    """Subject-level data, demographics with failures, exposure, trial summary, scores by visit, deviations; no table, no text."""
    records = subject_records(arms, each)
    adsl = data("ADSL", _ADSL, records, **_LABELS)
    dm = data(
        "DM", "STUDYID USUBJID ARM ARMCD SITEID COUNTRY RFICDTC RFXSTDTC RFXENDTC RFPENDTC",
        [(STUDY, r[1], r[3], str(r[4]), r[2], "DEU", f"2023-01-{1 + i % 28:02d}", "2023-02-01", "2023-06-30", f"2023-07-{1 + i % 28:02d}")
         for i, r in enumerate(records)]
        + [(STUDY, f"{STUDY}-101-9{i:02d}", "Screen Failure", "SCRNFAIL", "101", "DEU", "2023-01-05", "", "", "") for i in range(3)],
    )  # fmt: skip
    ex = data(
        "EX", "STUDYID USUBJID EXTRT EXDOSE:n EXDOSU EXDOSFRM EXDOSFRQ EXROUTE",
        [(STUDY, r[1], *(("PLACEBO", 0.0) if r[3] == "Placebo" else ("ZELANIB", 10.0)), "mg", "TABLET", "BID", "ORAL") for r in records],
    )  # fmt: skip
    ts = data(
        "TS", "STUDYID TSSEQ:n TSPARMCD TSVAL",
        [(STUDY, 1.0, code, value) for code, value in (
            ("TITLE", "Zelanib in adults with plaque psoriasis"), ("SPONSOR", "Norvalis AG"), ("TPHASE", "PHASE III TRIAL"),
            ("INDIC", "PLAQUE PSORIASIS"), ("TRT", "ZELANIB"), ("TBLIND", "OPEN LABEL" if len(arms) == 1 else "DOUBLE BLIND"),
            ("RANDOM", "N" if len(arms) == 1 else "Y"), ("INTMODEL", "SINGLE GROUP" if len(arms) == 1 else "PARALLEL"),
            ("TCNTRL", "NONE" if len(arms) == 1 else "PLACEBO"), ("PLANSUB", "24"), ("LENGTH", "P16W"), ("OUTMSPRI", "PASI total score at Week 12"),
        )],
    )  # fmt: skip
    scores = []
    for i, r in enumerate(records):
        base = 20.0 + i % 4
        for visit, number, value in (
            ("Baseline", 0.0, base),
            ("Week 12", 12.0, base - 5 - float(str(r[4])) * 3 - i % 2),
        ):
            scores.append(
                (STUDY, r[1], "PASI Total Score", visit, number, value, value - base if number else None, "Y")
            )
    adqs = data("ADQS", "STUDYID USUBJID PARAM AVISIT AVISITN:n AVAL:n CHG:n ITTFL", scores)
    dv = data("DV", "STUDYID USUBJID DVCAT", [(STUDY, r[1], "VISIT OUT OF WINDOW") for r in records[:2]])
    return study(adsl, dm, ex, ts, adqs, dv)


def tables_only() -> StudyData:
    """Tables of two arms and a short protocol; no data."""
    return study(
        table("14.1.1", "Analysis Populations", "All Patients", "Control N=40 | Melvorin 5 mg N=41",
              "Randomized | 40 (100%) | 41 (100%)\nSafety Population | 40 (100%) | 40 (97.6%)\nPer Protocol Set | 35 (87.5%) | 36 (87.8%)"),
        table("14.1.2", "Patient Disposition", "Randomized", "Control N=40 | Melvorin 5 mg N=41",
              "Completed | 36 (90.0%) | 38 (92.7%)\nDiscontinued | 4 (10.0%) | 3 (7.3%)\nReason for discontinuation >> Adverse event | 1 (2.5%) | 2 (4.9%)\n"
              "Reason for discontinuation >> Withdrawal of consent | 3 (7.5%) | 1 (2.4%)\nReason for discontinuation >> Death | 0 | 0"),
        table("14.1.3", "Demographic and Baseline Characteristics", "Randomized", "Control N=40 | Melvorin 5 mg N=41",
              "Age (years) >> n | 40 | 41\nAge (years) >> Mean (SD) | 51.2 (9.11) | 50.4 (8.87)\nAge (years) >> Median | 51.0 | 50.0\n"
              "Age (years) >> Min, Max | 31, 70 | 33, 69\nSex, n (%) >> Female | 22 (55.0%) | 19 (46.3%)\nSex, n (%) >> Male | 18 (45.0%) | 22 (53.7%)\n"
              "Race, n (%) >> White | 30 (75.0%) | 33 (80.5%)\nRace, n (%) >> Black | 10 (25.0%) | 8 (19.5%)\n"
              "HbA1c (%) >> Mean (SD) | 8.1 (0.72) | 8.2 (0.69)"),
        table("14.1.4", "Extent of Exposure", "Safety", "Control N=40 | Melvorin 5 mg N=40",
              "Duration of exposure (weeks) >> Mean (SD) | 22.8 (3.10) | 23.1 (2.70)\nDuration of exposure (weeks) >> Median | 24.0 | 24.0"),
        table("14.2.1", "Analysis of Change from Baseline in HbA1c (%) at Week 24", "Full Analysis Set",
              "Control N=40 | Melvorin 5 mg N=40 | Melvorin 5 mg vs. Control",
              "Baseline >> Mean (SD) | 8.1 (0.72) | 8.2 (0.69) |\nChange from baseline >> Mean (SD) | 0.1 (0.50) | -0.7 (0.61) |\n"
              "LS Mean (SE) | 0.1 (0.09) | -0.7 (0.09) |\nDifference in LS means (SE) | | | -0.8 (0.13)\n95% CI | | | (-1.1, -0.5)\np-value | | | <0.001",
              ("[1] Mixed model for repeated measures (MMRM).",)),
        table("14.2.2", "Secondary Endpoint: Responders at Week 24", "Full Analysis Set", "Control N=40 | Melvorin 5 mg N=40",
              "Responders, n (%) | 6 (15.0%) | 18 (45.0%)\nOdds ratio vs Control | | 4.6\n95% CI | | (1.6, 13.5)\np-value | | 0.004"),
        text("Clinical study protocol",
             "Title | Melvorin in adults with type 2 diabetes", "Sponsor | Harbell Pharma", "Phase: 3", "Indication | Type 2 diabetes mellitus",
             "Investigational product | Melvorin", "This is a randomized, double-blind, active-controlled, parallel-group, multicenter study.",
             "The primary endpoint is the change from baseline in HbA1c at Week 24.", "Tests are two-sided with a significance level of 0.05."),
    )  # fmt: skip


def one_arm() -> StudyData:
    """Data of a study without control."""
    return data_only(("Zelanib 10 mg",), 11)


def one_arm_tables() -> StudyData:
    """Tables of a study without control."""
    return study(
        table("14.1.2", "Subject Disposition", "Enrolled", "Tovarimab 3 mg/kg N=19",
              "Completed study | 19 (100%)\nDiscontinued study | 0\nReason for discontinuation >> Adverse event | 0"),
        table("14.1.3", "Demographics", "Enrolled", "Tovarimab 3 mg/kg N=19",
              "Age (years) >> Median (Range) | 44.0 (19-62)\nSex >> Female | 1 (5.3%)\nSex >> Male | 18 (94.7%)"),
        table("14.2.1", "Primary Endpoint: Objective Response", "Efficacy", "Tovarimab 3 mg/kg N=18",
              "Complete response | 4 (22.2%)\nPartial response | 5 (27.8%)\nNo response | 9 (50.0%)"),
    )  # fmt: skip


def four_arms() -> StudyData:
    """Data and an efficacy table of four arms, two of them alike in what was found."""
    arms = ("Placebo", "Ruxadine 25 mg", "Ruxadine 50 mg", "Ruxadine 100 mg")
    adsl = data("ADSL", _ADSL, subject_records(arms, 8), **_LABELS)
    return study(
        adsl,
        table("14.2.1", "Primary Endpoint Analysis: HAMD-17 Total Score - Change from Baseline to Week 8", "Intent-to-Treat",
              " | ".join(f"{a} N=8" for a in arms),
              "Change from Baseline >> n | 8 | 8 | 8 | 8\nChange from Baseline >> Mean (SD) | -4.1 (3.00) | -5.2 (3.10) | -6.3 (2.90) | -8.0 (3.20)\n"
              "p-value (overall) | 0.012 | | |\nDifference vs Placebo (SE) | | -1.1 (0.90) | 0.0 (0.91) | -3.9 (0.92)\n"
              "95% CI | | (-2.9; 0.7) | (-1.8; 1.8) | (-5.7; -2.1)\np-value | | 0.221 | >0.99 | <.001"),
        text("Statistical analysis plan", "All statistical tests are two-sided at a significance level of 0.05."),
    )  # fmt: skip
