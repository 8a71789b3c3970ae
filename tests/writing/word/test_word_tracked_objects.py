"""Tables and figures with tracked changes: to accept all gives the new draft, to reject all the former one, whatever became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from pictures import png
from revisions import paragraphs
from word_reports import FACTS, TABLE, block, plan, row, said, table_rows, value

from docpipe.model import draft
from docpipe.model.canonical import digest_bytes
from docpipe.model.document import BlockKind
from docpipe.model.draft import Plan, PlannedRow, PlannedTable, TableRow
from docpipe.model.inline import Placeholder
from docpipe.writing.word import Picture, WordOptions, verify, write

ONE, TWO = png(30, 20, Title="one"), png(30, 20, Title="two")
SCHEDULE = PlannedTable(
    "schedule", said("Schedule"), (said("Activity"), said("Screening"), said("Treatment"), ()),
    (
        TableRow(((), said("Visit 1"), said("Visit 2"), said("Visit 3"))),
        TableRow((said("Consent"), said("X"), (), ())),
        TableRow((said("Vital signs"), (), said("X"), said("X"))),
    ),
    (said("a: fasting"), said("b: at home")), lead=1,
)  # fmt: skip
MERGED = replace(SCHEDULE, columns=(said("Activity"), said("Screening"), said("Treatment"), said("Follow-up")))
MOVED = replace(
    SCHEDULE, notes=(said("a: fasting, seated"), said("c: new")),
    rows=(SCHEDULE.rows[0], TableRow((said("Consent"), (), said("X"), ())), TableRow((said("Weight"), said("X"), (), ()))),
)  # fmt: skip
COUNTED = replace(TABLE, rows=(*TABLE.rows[:2], TableRow((said("Death"), said(value(9)), said(value(6))), depth=1)))
WIDER = replace(TABLE, columns=(*TABLE.columns, said("All")), rows=tuple(replace(r, cells=(*r.cells, said(value(8)))) for r in TABLE.rows))  # fmt: skip


def document(tables: Sequence[PlannedTable], *figures: bytes, heading: str = "") -> Plan:
    rows: list[PlannedRow] = []
    for t in tables:
        rows += table_rows(t.key, f"About {t.key}")
    for data in figures:
        code = Placeholder(1, draft.FIGURE, digest_bytes(data), "[figure]")
        rows += [row(BlockKind.CAPTION, "A picture"), row(BlockKind.FIGURE, code)]
    blocks = [block("1", "Results", 1, said("These are results."), *rows, said("That is all."), number="1")]
    if heading:
        blocks.append(block("2", heading, 1, row(BlockKind.LIST_ITEM, "An item"), number="2"))
    return plan(blocks, tables)


PICTURES = {digest_bytes(d): Picture(d, "image/png", 30, 20, (0, 0), "a curve") for d in (ONE, TWO)}
CASES = {
    "same": (document([TABLE, SCHEDULE], ONE), document([TABLE, SCHEDULE], ONE)),
    "cells": (document([TABLE]), document([COUNTED])),
    "another column": (document([TABLE]), document([WIDER])),
    "new table": (document([TABLE]), document([SCHEDULE, TABLE])),
    "gone table": (document([TABLE, SCHEDULE]), document([SCHEDULE])),
    "rows of heads": (document([SCHEDULE]), document([MOVED])),
    "joined heads": (document([SCHEDULE]), document([MERGED])),
    "other picture": (document([], ONE), document([], TWO)),
    "new picture": (document([TABLE], ONE), document([TABLE], ONE, TWO)),
    "gone picture": (document([TABLE], ONE), document([TABLE])),
    "gone section": (document([TABLE], heading="More"), document([TABLE])),
}


@pytest.mark.parametrize("case", CASES)
def test_accepting_gives_the_new_draft_and_rejecting_the_former_one(case: str) -> None:
    old, new = CASES[case]
    before = {r.address: r.text for _, r in old.rows()}
    plain = WordOptions(figures=PICTURES)
    tracked = write(new, {}, FACTS, replace(plain, previous=before, previous_plan=old))
    assert verify(tracked, new, {}, FACTS) == []
    assert paragraphs(tracked, accept=True) == paragraphs(write(new, {}, FACTS, plain), accept=True)
    rejected = [p.removeprefix("2") if p == "2More" else p for p in paragraphs(tracked, accept=False)]
    assert renumbered(rejected) == renumbered(paragraphs(write(old, {}, FACTS, plain), accept=True))
    assert (paragraphs(tracked, accept=True) == paragraphs(tracked, accept=False)) == (case == "same")


def renumbered(lines: list[str]) -> list[str]:
    """Captions without their numbers, which are fields."""
    return [line.partition(". ")[2] if line.startswith(("Table ", "Figure ")) else line for line in lines]
