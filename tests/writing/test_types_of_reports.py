"""The document types that come with docpipe: headings, bound numbers, gaps, displays; on the pilot study, on our sample, on next to nothing."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from drafted import TYPES, assert_rows_read_well, assert_sound, gaps_by_section, planned, said, type_named
from drawn import dataset
from studies import shared_study

from docpipe.model.document import BlockKind
from docpipe.model.draft import Fate
from docpipe.model.inline import Placeholder
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData, build

WORDS = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred)\b", re.IGNORECASE)


@pytest.fixture(scope="session")
def sample_study(samples: Path, run_folder: Path) -> StudyData:
    return shared_study(samples / "study", run_folder / "sample.study")


@pytest.fixture(scope="session")
def next_to_nothing() -> StudyData:
    return build([dataset("DM", "STUDYID USUBJID AGE:n SEX", "S9 S9-1 61 F", "S9 S9-2 55 M")])


def headings(path: Path) -> list[tuple[str, int, str]]:
    with path.open(encoding="utf-8") as lines:
        return [(r["number"], int(r["level"]), r["heading"]) for r in csv.DictReader(lines)]


def test_the_study_report_has_every_section_of_e3_in_order(shared: Callable[[str], Path]) -> None:
    wanted = headings(shared("data/template-facts") / "ich-e3-csr-headings.csv")
    assert [(b.number, b.level, b.heading) for b in type_named("csr").blocks] == wanted


@pytest.mark.parametrize("name", ["m2-7-3", "m2-7-4", "m2-7-6"])
def test_the_summaries_have_the_sections_of_m4e_in_order(shared: Callable[[str], Path], name: str) -> None:
    prefix = name[1:].replace("-", ".")
    every = headings(shared("data/template-facts") / "ich-m4e-r2-headings.csv")
    wanted = [h for h in every if h[0] == prefix or h[0].startswith(f"{prefix}.")]
    own = [(b.number, b.level, b.heading) for b in type_named(name).blocks if b.number]
    assert own == wanted


@pytest.mark.parametrize("name", TYPES)
def test_every_block_says_what_it_wants_and_what_a_writer_must_bring(name: str) -> None:
    for b in type_named(name).blocks:
        if not b.container:
            assert len(b.instruction.split()) > 4, b.id
            assert b.gap or "gap(" in b.text or (name == "csr" and b.id in ("2", "6")), b.id
            assert not re.search(r"\d", b.gap), b.id


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_sound_on_our_sample(sample_study: StudyData, name: str) -> None:
    assert_sound(name, sample_study)
    assert_rows_read_well(name, sample_study)


@pytest.mark.parametrize("name", [pytest.param("csr", marks=pytest.mark.slow), "synopsis"])
def test_the_report_and_its_synopsis_are_sound_on_the_pilot(pilot: StudyData, name: str) -> None:
    assert_sound(name, pilot)
    assert_rows_read_well(name, pilot)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["m2-7-3", "m2-7-4", "m2-7-6"])
def test_the_summaries_are_sound_on_the_pilot(pilot: StudyData, name: str) -> None:
    assert_sound(name, pilot)
    assert_rows_read_well(name, pilot)


def test_sections_that_the_pilot_supports_are_drafted_and_the_others_are_counted_gaps(pilot: StudyData) -> None:
    plan, _ = planned("csr", pilot)
    fates = {b.id: b.fate for b in plan.blocks}
    supported = [
        "1",
        "2",
        "5.1",
        "5.2",
        "5.3",
        "7",
        "8",
        "9.1",
        "9.3.1",
        "9.3.2",
        "9.3.3",
        "9.4.1",
        "9.5.1",
        "9.5.3",
        "9.7.1",
        "9.7.2",
        "9.8",
        "10.1",
        "11.1",
        "11.2",
        "11.4.1",
        "12.1",
        "12.2.1",
        "12.2.2",
        "12.2.3",
        "12.3.1.1",
        "12.3.1.2",
        "12.3.1.3",
        "12.3.2",
        "14.1",
        "14.2",
        "15",
        "16.1.1",
        "16.1.9",
    ]
    assert [i for i in supported if fates[i] is not Fate.DRAFTED] == []
    counted = gaps_by_section("csr", pilot)
    print("gaps of the pilot's report:", ", ".join(f"{i} {n}" for i, n in sorted(counted.items())))
    assert {b.id for b in plan.blocks if b.fate is Fate.GAP} <= set(counted)
    assert {u.display for u in plan.unused} == {"Table 14.3.1.1", "Table 14.1.1"}
    assert {u.reason for u in plan.unused} == {"It holds no values: a table shell."}


def test_blocks_that_name_a_subject_are_marked_for_disclosure(pilot: StudyData) -> None:
    frame = pilot.records.base
    assert frame is not None
    ids = set(frame.subject)
    plan, _ = planned("csr", pilot)
    naming = set()
    for b, row in plan.rows():
        texts = [row.text]
        if row.kind is BlockKind.TABLE and isinstance(row.text[0], Placeholder):
            texts += plan.table(row.text[0].data).texts()
        if any(i in said(t) for t in texts for i in ids if i in said(t)):
            naming.add(b.id)
    assert "12.3.1.1" in naming
    assert naming <= {b.id for b in plan.blocks if b.disclosure}


@pytest.mark.parametrize("name", TYPES)
def test_a_study_of_one_dataset_gives_gaps_and_no_crash(next_to_nothing: StudyData, name: str) -> None:
    assert_sound(name, next_to_nothing)
    plan, _ = planned(name, next_to_nothing)
    fates = Counter(b.fate for b in plan.blocks)
    assert fates[Fate.NOT_APPLICABLE] == 0
    assert sum(gaps_by_section(name, next_to_nothing).values()) >= len(plan.blocks) / 4


def test_a_study_of_nothing_at_all_gives_gaps() -> None:
    plan, _ = make_plan(type_named("csr"), build([]))
    assert {b.fate for b in plan.blocks} <= {Fate.GAP, Fate.CONTAINER, Fate.DRAFTED}


def test_the_same_facts_stand_in_report_synopsis_and_summary(sample_study: StudyData) -> None:
    report, _ = planned("csr", sample_study)
    block = {b.id: b for b in report.blocks}["2"]
    inside = {said(r.text) for r in block.rows}
    own, _ = planned("synopsis", sample_study)
    results = {said(r.text) for b in own.blocks if b.id in ("efficacy", "safety", "demographics") for r in b.rows[1:]}
    assert results <= inside
    third, _ = planned("m2-7-6", sample_study)
    assert results <= {said(r.text) for _, r in third.rows()}
