"""Seeded defects in the pilot's report: found by the checks that must; harmless edits and the program's own text raise nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from draft_measure import measure
from draft_mutants import World

from docpipe.writing.card import card_of
from docpipe.writing.doctype import parse_type
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csr", "narratives"])
def test_seeded_defects_are_found_and_harmless_edits_are_not(pilot: StudyData, root: Path, kind: str) -> None:
    def part(name: str) -> bytes:
        return (root / f"prompts/{name}.v1.md").read_bytes()

    plan, book = make_plan(parse_type(part(f"draft/{kind}"), f"draft/{kind}.v1", part), pilot)
    result = measure(World(plan, book.facts(), card_of(pilot)), count=4)
    assert result["program text"] == {}
    assert result["named by any check"] >= 0.95 * result["defects"]
    assert sum(row["false"] for row in result["checks"].values()) <= 0.03 * result["defects"]
