"""Several studies in animals, alone and beside a study in people: each under its own heading, nothing mixed, no raw codes."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from animals_made import STUDY, animals, toxicity
from drafted import NONCLINICAL, assert_rows_read_well, assert_sound, every_text, planned, said
from studies import sources_of

from docpipe.model.canonical import digest_bytes
from docpipe.model.document import BlockKind
from docpipe.model.draft import Fate
from docpipe.model.finding import Severity
from docpipe.model.source import Dataset, SourceFile, SourceKind, TextSource
from docpipe.sources.consistency import set_notices
from docpipe.sources.text_passages import SOURCE as TEXTS
from docpipe.writing.beside import beside
from docpipe.writing.card import card_of
from docpipe.writing.checking import run_draft_checks
from docpipe.writing.checks.reading.check import DraftText
from docpipe.writing.study import StudyData, build
from docpipe.writing.word.options import WordOptions
from docpipe.writing.word.write import write

OTHER = "TX-3108"


@pytest.fixture(scope="session")
def two() -> StudyData:
    return build([*toxicity(), *toxicity(OTHER, "later")])


@pytest.fixture(scope="session")
def mixed(samples: Path) -> StudyData:
    return build([*sources_of(samples / "study"), *toxicity()])


def column(data: Dataset, name: str) -> list[object]:
    at = [v.name for v in data.variables].index(name)
    return [r[at] for r in data.records]


def test_sources_belong_to_their_study_by_id_and_one_study_stands_alone() -> None:
    one, other = toxicity(), toxicity(OTHER, "later")
    assert beside(one) == ()
    assert [{s.file.study for s in group} for group in beside([*one, *other])] == [{STUDY}, {OTHER}]


def test_a_study_in_animals_beside_another_contradicts_nothing(samples: Path) -> None:
    notices = set_notices([*toxicity(), *toxicity(OTHER, "later")])
    assert [n for n in notices if n.severity is Severity.CRITICAL] == []
    clinical = sources_of(samples / "study")
    told = {n for n in set_notices([*clinical, *toxicity()]) if n.severity is not Severity.MINOR}
    assert told <= set(set_notices(clinical))


@pytest.mark.parametrize("name", [*NONCLINICAL, "ib"])
def test_several_studies_are_sound_and_read_well(two: StudyData, name: str) -> None:
    assert_sound(name, two)
    assert_rows_read_well(name, two)


def test_each_study_has_its_heading_and_its_tables_and_an_overview_names_all(two: StudyData) -> None:
    plan, _ = planned("m2-6-6", two)
    heads = [said(r.text) for b, r in plan.rows() if b.id == "2.6.6.3" and r.kind is BlockKind.HEADING]
    assert [h.split(":")[0] for h in heads[1:]] == [f"Study {STUDY}", f"Study {OTHER}"]
    assert [said(row.cells[0]) for row in plan.table("overview").rows] == [STUDY, OTHER]
    keys = [t.key for t in plan.tables]
    assert len(keys) == len(set(keys))
    assert {k for k in keys if k.startswith("s2-")} == {
        f"s2-{k}" for k in keys if not k.startswith(("s2-", "overview"))
    }


def test_males_and_females_are_told_apart_and_findings_by_organ() -> None:
    study = build(toxicity())
    plan, _ = planned("m2-6-6", study)
    weights = study.dataset("BW")
    assert weights is not None
    sex = {a: s for a, s, _, _ in animals()}
    rows = zip(column(weights, "USUBJID"), column(weights, "BWNOMDY"), column(weights, "BWSTRESN"), strict=True)
    values = [v for a, day, v in rows if sex[str(a)] == "M" and day == 28 and "1M" in str(a) and isinstance(v, float)]
    last = plan.table("bw-bw-males").rows[-1]
    assert said(last.cells[0]) == "Day 28"
    assert said(last.cells[1]).split(" ")[0] == f"{sum(values) / len(values):.2f}"
    found = study.dataset("MI")
    assert found is not None
    arm = {a: x for a, _, x, _ in animals()}
    seen = Counter(
        (arm[str(a)], o, f)
        for a, o, f in zip(column(found, "USUBJID"), column(found, "MISPEC"), column(found, "MISTRESC"), strict=True)
    )
    table = plan.table("microscopic")
    for row in table.rows:
        organ, finding = said(row.cells[0]).upper(), said(row.cells[1]).upper()
        for head, cell in zip(table.columns[2:], row.cells[2:], strict=True):
            assert said(cell) == f"{seen[(said(head), organ, finding)]}/10", (organ, finding)
    assert len(table.rows) == 3


def test_a_brochure_is_made_from_a_study_in_people_and_one_in_animals(mixed: StudyData) -> None:
    assert mixed.arms.names[0] == "Placebo"
    assert_sound("ib", mixed)
    assert_rows_read_well("ib", mixed)
    plan, _ = planned("ib", mixed)
    fates = {b.id: b.fate for b in plan.blocks}
    assert {fates[i] for i in ("1", "2", "4", "4.3", "5", "5.2", "7")} == {Fate.DRAFTED}
    texts = [said(t) for _, t in every_text(plan)]
    assert any("Wistar Han rats" in t for t in texts)
    assert any("FEV1" in t for t in texts)


@pytest.mark.parametrize("name", NONCLINICAL)
def test_no_code_of_send_is_printed_raw(two: StudyData, name: str) -> None:
    """Test codes, domains and frequencies have words; control animals were given the vehicle."""
    plan, _ = planned(name, two)
    codes = re.compile(r"\b(?:QD|BW|GHISTXQL|UREAN|GLUC|[A-Z]{2}STRES[CN]|GLPFL|REPEAT DOSE|WISTAR HAN)\b")
    for where, text in every_text(plan):
        assert not codes.search(said(text)), (where, said(text))
    if name == "m2-6-6":
        assert said(plan.table("groups").rows[0].cells[1]) == "Water"


@pytest.mark.parametrize("name", [*NONCLINICAL, "ib"])
def test_checks_of_a_draft_find_nothing_but_gaps_in_several_studies(
    two: StudyData, mixed: StudyData, name: str
) -> None:
    for study in (two, mixed) if name == "ib" else (two,):
        plan, book = planned(name, study)
        found = run_draft_checks(DraftText(plan, {}, book.facts(), card_of(study)))
        said = {(a, f.check, f.message) for a, several in found.items() for f in several if f.check != "M6.gap"}
        assert said == set()


def test_the_header_of_a_summary_of_several_studies_names_all(two: StudyData) -> None:
    plan, book = planned("m2-6-6", two)
    assert dict(plan.header)["Studies"] == f"{STUDY}, {OTHER}"
    assert dict(planned("ib", two)[0].header)["Study"] == dict(plan.header)["Study"] == STUDY
    made = write(plan, {r.address: r.text for _, r in plan.rows()}, book.facts(), WordOptions())
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        headers = [package.read(n).decode() for n in package.namelist() if "header" in n]
    assert any(f"{STUDY}, {OTHER}" in h for h in headers)


def test_the_header_of_one_study_names_it_alone() -> None:
    assert dict(planned("m2-6-6", build(toxicity()))[0].header)["Studies"] == ""


def test_each_report_is_quoted_under_its_own_title() -> None:
    """Two study reports with results under one heading: none hides the other."""

    def report(name: str, result: str) -> TextSource:
        data = f"# {name}: nonclinical study report\n\n## Genotoxicity\n\n{result}\n\n## Summary\n\n{result}\n".encode()
        file = SourceFile(f"{name}-study-report.md", digest_bytes(data), "text/markdown", SourceKind.TEXT)
        (read,) = TEXTS.read(data, file)
        assert isinstance(read, TextSource)
        return read

    results = (
        "The bacterial reverse mutation test was negative.",
        "The micronucleus test in rats was negative at all doses.",
    )
    study = build([*toxicity(), report("Ames", results[0]), report("Micronucleus", results[1])])
    plan, _ = planned("m2-6-6", study)
    texts = [said(r.text) for b, r in plan.rows() if b.id == "2.6.6.4"]
    assert [t for t in texts if t in results] == list(results)
    heads = [said(r.text) for b, r in plan.rows() if b.id == "2.6.6.4" and r.kind is BlockKind.HEADING]
    assert [h.partition(":")[0] for h in heads[1:]] == ["Ames", "Micronucleus"]
