"""How drafted reports and summaries read: nothing twice, captions that tell tables apart, no empty columns, conclusions that are short."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from drafted import planned, said
from studies import shared_study

from docpipe.model import draft
from docpipe.model.document import BlockKind
from docpipe.model.draft import Plan
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.writing.study import StudyData
from docpipe.writing.topics._tense import turns
from docpipe.writing.word.abbreviations import FirstUses

REPORTS = ("csr", "synopsis", "m2-5", "m2-7-3", "m2-7-4", "m2-7-6")


@pytest.fixture(scope="session")
def sample_study(samples: Path, run_folder: Path) -> StudyData:
    return shared_study(samples / "study", run_folder / "sample-study.pickle")


def told(plan: Plan, block: str) -> str:
    """The words of a section, without its tables."""
    rows = next(b for b in plan.blocks if b.id == block).rows
    return "\n".join(said(r.text) for r in rows if r.kind not in (BlockKind.TABLE, BlockKind.HEADING))


def valued(plan: Plan) -> Iterator[tuple[str, str]]:
    """Sentences with three values and more, and where they stand; a report's synopsis and its conclusions on efficacy repeat by their nature."""
    for b, row in plan.rows():
        if b.id in ("2", "11.4.7") or row.kind is not BlockKind.PARAGRAPH:
            continue
        for sentence in re.split(r"(?<=[.])\s+(?=[A-Z])", said(row.text)):
            if len(re.findall(r"\d+", sentence)) > 2:
                yield b.id, sentence


@pytest.mark.parametrize("name", REPORTS)
def test_no_result_is_told_twice_in_the_same_words(sample_study: StudyData, name: str) -> None:
    plan, _ = planned(name, sample_study)
    counted = Counter(s for b, s in valued(plan) if not b.startswith(("5.", "9.", "11.4.2")))
    assert [s for s, n in counted.items() if n > 1] == []


@pytest.mark.parametrize("name", REPORTS)
def test_captions_tell_the_tables_of_a_document_apart(sample_study: StudyData, name: str) -> None:
    plan, _ = planned(name, sample_study)
    captions = [said(t.caption) for t in plan.tables]
    assert len(captions) == len(set(captions))


def test_captions_tell_the_tables_of_the_pilots_report_apart(pilot: StudyData) -> None:
    plan, _ = planned("csr", pilot)
    captions = [said(t.caption) for t in plan.tables]
    assert len(captions) == len(set(captions))
    assert "Schedule of visits and assessments, by visit" in captions
    listed = [said(c) for t in plan.tables if t.key.startswith("displays-") for row in t.rows for c in row.cells]
    assert not any("shell" in c for c in listed), "a table shell is no display of the report"


@pytest.mark.parametrize("name", REPORTS)
def test_no_column_of_a_table_is_empty(sample_study: StudyData, name: str) -> None:
    plan, _ = planned(name, sample_study)
    for t in plan.tables:
        rows = [r for r in t.rows if not r.head]
        for at in range(len(t.columns)):
            cells = {said(r.cells[at]).strip() for r in rows if at < len(r.cells)}
            assert not rows or cells - {"", "–"}, (t.key, said(t.columns[at]))


@pytest.mark.parametrize("name", REPORTS)
def test_a_display_is_cited_once_in_a_paragraph(sample_study: StudyData, name: str) -> None:
    plan, _ = planned(name, sample_study)
    for b, row in plan.rows():
        if row.kind is not BlockKind.PARAGRAPH or len(row.text) < 2:
            continue
        cited = Counter(c.data for c in row.text if isinstance(c, Placeholder) and c.kind == draft.DISPLAY)
        sentences = said(row.text).count(". ") + 1
        assert all(n == 1 for n in cited.values()) or sentences == 1, (b.id, cited)


def test_conclusions_are_shorter_than_the_results(sample_study: StudyData) -> None:
    plan, _ = planned("csr", sample_study)
    assert len(told(plan, "11.4.7")) < 0.5 * len(told(plan, "11.4.1"))
    assert len(told(plan, "12.6")) < 0.6 * len(told(plan, "12.2.1"))
    assert "72.7%, 76.2%, and 72.7% of the subjects" in told(plan, "12.6")
    assert not re.search(r"\d of \d", told(plan, "12.6"))


def test_the_overview_weighs_and_does_not_copy(sample_study: StudyData) -> None:
    plan, _ = planned("m2-5", sample_study)
    effects = plan.table("effects")
    assert [said(r.cells[0]) for r in effects.rows] == ["Primary"] * 2 + ["Secondary"] * 4
    assert [said(effects.rows[0].cells[at]) for at in (4, 5, 6)] == ["0.062 L", "0.010 to 0.115 (95%)", "0.0215"]
    for block in ("2.5.6.2", "2.5.6.3"):
        assert len(told(plan, block)) < 500, block
    gaps = {b.id: row.gap for b, row in plan.rows() if row.gap}
    assert all("by the responsible physician" in gaps[b] for b in ("2.5.6.2", "2.5.6.3", "2.5.6.4"))
    assert "Protocol Number" not in " ".join(said(r.text) for _, r in plan.rows()), "the title page is no disease"


def test_measurements_have_their_baseline_and_units(sample_study: StudyData) -> None:
    plan, _ = planned("csr", sample_study)
    vitals = plan.table("vitals")
    assert [said(c) for c in vitals.columns][:3] == ["Parameter", "Placebo, baseline", "Placebo, Week 12"]
    assert [said(c) for c in vitals.rows[0].cells][:3] == [
        "Systolic Blood Pressure (mmHg)",
        "133.6 (12.63)",
        "133.6 (12.63)",
    ]
    words = told(plan, "12.4.2.1")
    assert "were recorded for potassium (Placebo, 4 [18.2%]" in words
    assert "Electrocardiograms are not part of this study" in told(plan, "12.5")


def test_events_of_special_interest_of_one_category_are_counted_once(sample_study: StudyData) -> None:
    plan, _ = planned("csr", sample_study)
    words = told(plan, "12.3.1.3")
    assert words.count("1 of 22 subjects (4.5%) in the Placebo group, none of 21") == 1
    assert "Such events were flagged as serious only in the Corvelast 150 mg group, for 1 of 22 subjects" in words


def test_a_dose_is_told_of_the_groups_that_took_it(sample_study: StudyData) -> None:
    plan, _ = planned("csr", sample_study)
    words = told(plan, "12.1")
    assert "cumulative dose was 3776.2 (760.36) and 10902.3 (3141.11) mg" in words
    assert "in the Corvelast 50 mg and Corvelast 150 mg groups, respectively" in words


def test_ethics_tells_its_own_and_not_what_its_neighbours_tell(sample_study: StudyData) -> None:
    plan, _ = planned("csr", sample_study)
    assert "Declaration of Helsinki" in told(plan, "5.2")
    assert "ethics committee" not in told(plan, "5.2")
    assert "approved the protocol" in told(plan, "5.1")
    assert told(plan, "11.1").startswith("The intent-to-treat population comprised")


def test_clinical_pharmacology_speaks_of_concentrations_and_leaves_efficacy_to_its_own_summary(
    sample_study: StudyData, pilot: StudyData
) -> None:
    plan, _ = planned("m2-7-2", sample_study)
    assert "did not include the measurement of drug concentrations" in told(plan, "2.7.2.2")
    plan, _ = planned("m2-7-2", pilot)
    assert "Pharmacokinetic analyses were not planned." in told(plan, "2.7.2.2")
    assert any(row.gap for b, row in plan.rows() if b.id == "2.7.2.2")
    assert "ADAS" not in told(plan, "2.7.2.1")
    assert "Disease Background" not in told(plan, "2.7.2.1")


def test_tests_of_dose_and_response_stand_where_the_dose_is_discussed(pilot: StudyData) -> None:
    plan, _ = planned("csr", pilot)
    assert "test of dose response for ADAS Cog (11) gave a p-value of 0.245" in told(plan, "11.4.4")


@pytest.mark.parametrize(
    ("plan", "report"),
    [
        (
            "An ethics committee of each site approves the protocol, and every subject gives written informed consent.",
            "An ethics committee of each site approved the protocol, and every subject gave written informed consent.",
        ),
        ("ABC-123 is a randomized study in patients who receive care.", "ABC-123 was a randomized study in patients who received care."),
        ("Visits are at screening and at Week 4.", "Visits were at screening and at Week 4."),
        ("Subjects and the sponsor's study team do not know the treatment.", "Subjects and the sponsor's study team did not know the treatment."),
        ("The code may be broken for a subject whose care depends on it.", "The code could be broken for a subject whose care depended on it."),
        ("Monitors visit the sites and verify the data.", "Monitors visited the sites and verified the data."),
        ("The primary efficacy variable is the change at Week 4.", "The primary efficacy variable was the change at Week 4."),
        ("Baseline is the last value before the first dose.", "Baseline is the last value before the first dose."),
        ("Its total score ranges from 0 to 40.", "Its total score ranges from 0 to 40."),
    ],
)  # fmt: skip
def test_what_people_do_by_the_protocol_is_told_in_the_past(plan: str, report: str) -> None:
    words = plan
    for turn in reversed(turns(plan) or ()):
        words = words[: turn.start] + turn.said + words[turn.end :]
    assert words == report


def test_a_first_use_anywhere_inside_parentheses_has_brackets() -> None:
    text: CodedText = (Text("was 0.1 (p 0.2; 95% CI 0.0 to 0.2), and CI again"),)
    shown = FirstUses([("CI", "confidence interval")]).expanded(text)
    assert said(shown) == "was 0.1 (p 0.2; 95% confidence interval [CI] 0.0 to 0.2), and CI again"
