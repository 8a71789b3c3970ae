"""The study report of a real study, worded by the simulated drafter: all rows stand, and of its inventions none does."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from docpipe.llm.drafting import Worded, judge_row
from docpipe.model.canonical import Digest
from docpipe.model.inline import to_wire
from docpipe.prompts import text_of
from docpipe.simulate.drafting import rows_of
from docpipe.simulate.inventions import DRAFT_KINDS, spoil_rows
from docpipe.steps.draft_book import DraftBook
from docpipe.steps.draft_brief import Wording, make_wording
from docpipe.steps.draft_rows import segments_of
from docpipe.writing.card import card_of
from docpipe.writing.doctype import parse_type
from docpipe.writing.plan import make_plan

pytestmark = pytest.mark.slow


def part(name: str) -> bytes:
    base, _, version = name.partition(".v")
    return text_of(base, int(version) if version.isdigit() else None).data


@pytest.fixture(scope="module")
def wording(pilot: Any) -> Wording:
    released = text_of("draft/csr")
    plan, book = make_plan(parse_type(released.data, released.label, part), pilot)
    whole = DraftBook(plan, book.facts(), card_of(pilot), {}, {})
    return make_wording(whole, segments_of(plan, Digest("d" * 64)), None, 8192)


def test_every_row_can_stand_as_the_program_wrote_it_and_as_it_is_worded_faithfully(wording: Wording) -> None:
    changed = 0
    for chunk in wording.chunks:
        task = wording.craft.task(chunk, {})
        for item in rows_of(json.loads(task.text)) or ():
            row = wording.craft.rows[task.segments[item.id].id]
            same, fault = judge_row(row, [Worded((n,), g) for n, g in enumerate(item.given, 1)], wording.craft.arms)
            assert same is not None, fault
            text, fault = judge_row(row, [Worded(tuple(s.of), s.text) for s in item.sentences], wording.craft.arms)
            assert text is not None, fault
            changed += to_wire(text) != to_wire(row.segment.source)
    assert len(wording.craft.rows) > 100
    assert changed * 4 > len(wording.craft.rows)


@pytest.mark.parametrize("kind", DRAFT_KINDS)
def test_no_invention_of_a_model_stands(wording: Wording, kind: str) -> None:
    said: Counter[str] = Counter()
    for number, chunk in enumerate(wording.chunks):
        task = wording.craft.task(chunk, {})
        truth = {i.id: [(tuple(s.of), s.text) for s in i.sentences] for i in rows_of(json.loads(task.text)) or ()}
        for again in range(5):
            items = rows_of(json.loads(task.text)) or []
            spoil_rows(kind, random.Random(f"{kind}{number}{again}"), items)
            for item in items:
                now = [(tuple(s.of), s.text) for s in item.sentences]
                if now == truth[item.id]:
                    continue
                row = wording.craft.rows[task.segments[item.id].id]
                text, fault = judge_row(row, [Worded(of, text) for of, text in now], wording.craft.arms)
                assert text is None, now
                said[fault.split(" ")[0]] += 1
    assert sum(said.values()) > 10
