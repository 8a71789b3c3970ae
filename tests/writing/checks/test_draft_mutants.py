"""Seeded defects in the pilot's report: found by the checks that must; harmless edits and the program's own text raise nothing."""

from __future__ import annotations

import pytest
from draft_measure import measure
from draft_mutants import World
from drafted import planned

from docpipe.writing.card import card_of
from docpipe.writing.study import StudyData


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csr", "narratives"])
def test_seeded_defects_are_found_and_harmless_edits_are_not(pilot: StudyData, kind: str) -> None:
    plan, book = planned(kind, pilot)
    result = measure(World(plan, book.facts(), card_of(pilot)), count=5)
    assert result["program text"] == {}
    assert result["found by their check"] >= 0.95 * result["defects"]
    false = sum(row["false"] for row in result["checks"].values())
    assert false <= 0.02 * result["defects"]
