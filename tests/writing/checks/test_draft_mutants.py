"""Seeded defects in reports and narratives: found by the checks that must; harmless edits and the program's own text raise nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from draft_measure import ALL, NUMBERS, measure, seedable, table
from draft_mutants import MAKERS, MUST, World
from drafted import part
from studies import shared_study

from docpipe.writing.card import card_of
from docpipe.writing.checking import number, run_draft_checks
from docpipe.writing.cross_checks import run_cross_checks
from docpipe.writing.doctype import parse_type
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData

KINDS = ("csr", "narratives")
TYPES = (*KINDS, "synopsis", "m2-7-3", "m2-7-4", "m2-7-6")


@pytest.fixture(scope="module")
def sample(samples: Path, run_folder: Path) -> StudyData:
    return shared_study(samples / "study", run_folder / "sample.study")


def world(study: StudyData, kind: str) -> World:
    plan, book = make_plan(parse_type(part(f"draft/{kind}"), f"draft/{kind}.v1", part), study)
    return World(plan, book.facts(), card_of(study))


def test_every_check_has_seeded_defects_and_every_kind_a_check() -> None:
    assert set(MUST) == set(MAKERS)
    assert {number(c.id) for c in ALL} == set(NUMBERS)
    assert set(NUMBERS) - set(MUST.values()) == set(), "checks without a seeded defect"
    assert set(MUST.values()) - set(NUMBERS) == {""}, "kinds of defects whose check is not there"
    assert sum(not must for must in MUST.values()) >= 8


def untouched(study: StudyData) -> Iterator[str]:
    """What is said of drafts that nobody touched, gaps aside."""
    drafts = {f"{kind}.docx": world(study, kind).draft() for kind in TYPES}
    for name, draft in drafts.items():
        for address, found in run_draft_checks(draft).items():
            yield from (f"{name} {address} {f.check} {f.message}" for f in found if number(f.check) != "M6")
    for name, rows in run_cross_checks(drafts).items():
        yield from (f"{name} {address} {f.check} {f.message}" for address, found in rows.items() for f in found)


def test_the_samples_drafts_as_the_program_wrote_them_raise_nothing(sample: StudyData) -> None:
    assert list(untouched(sample)) == []


@pytest.mark.slow
def test_the_pilots_drafts_as_the_program_wrote_them_raise_nothing(pilot: StudyData) -> None:
    assert list(untouched(pilot)) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_check_has_at_least_eight_seeded_defects(pilot: StudyData, sample: StudyData) -> None:
    made: Counter[str] = Counter()
    for study in (sample, pilot):
        for kind in KINDS:
            made += seedable(world(study, kind), 8)
    assert {c: made[c] for c in NUMBERS if made[c] < 8} == {}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["pilot", "sample"])
def test_seeded_defects_are_found_and_harmless_edits_are_not(
    pilot: StudyData, sample: StudyData, name: str, kind: str
) -> None:
    counted = measure(world(pilot if name == "pilot" else sample, kind), count=2 if name == "pilot" else 4, show=True)
    result: dict[str, Any] = table([counted])
    missed = {k: v for k, v in counted["examples"].items() if k.startswith(("missed", "untouched"))}
    assert result["false on untouched drafts"] == 0, missed
    assert result["recall of blocking checks"] >= 0.97, missed
    assert result["named by any check"] >= 0.97 * result["defects"], missed
    assert result["false"] <= 0.02 * result["defects"]
