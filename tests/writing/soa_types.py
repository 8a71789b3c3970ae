"""A document type of a protocol's schema, schedule and amendments alone, for tests of how they are drafted."""

from __future__ import annotations

from drafted import part

from docpipe.model.draft import Plan, PlannedTable
from docpipe.model.inline import CodedText, Open, Placeholder, Text
from docpipe.model.source import Source
from docpipe.writing.book import Book
from docpipe.writing.doctype import parse_type
from docpipe.writing.plan import make_plan
from docpipe.writing.study import build

TYPE = b"""---
id: draft/soa
version: 1
name: soa
title: Schedule
language: en
why: The schedule of a protocol.
parts:
  - draft/parts/schedule
---

=== block 0
heading: Title Page
number: ""
level: 0
---
{{ schedule.amendment_block() }}

=== block 1
heading: Protocol Summary
level: 1
container: true

=== block 1.2
heading: Trial Schema
level: 2
gap: "arms, periods and elements"
---
{{ schedule.trial_schema() }}

=== block 1.3
heading: Schedule of Activities
level: 2
gap: "a timeline with activities"
---
{{ schedule.schedule_of_activities() }}

=== block 2
heading: Introduction
level: 1
---
What follows the schedule stands on upright pages again.

=== block 12.3
heading: Prior Protocol Amendment(s)
level: 2
when: "study.amendments and study.amendments.prior"
otherwise: "The protocol was not amended before."
---
{{ schedule.prior_amendments() }}
"""


def drafted_schedule(sources: tuple[Source, ...]) -> tuple[Plan, Book]:
    """The plan of the type for some sources."""
    return make_plan(parse_type(TYPE, "draft/soa.v1", part), build(sources))


def split(text: CodedText) -> tuple[str, str]:
    """What a cell says and the raised letters beside it."""
    said, raised, inside = "", "", False
    for piece in text:
        if isinstance(piece, Open):
            inside = True
        elif isinstance(piece, Text):
            said, raised = (said, raised + piece.text) if inside else (said + piece.text, raised)
        elif isinstance(piece, Placeholder):
            said += piece.equiv
        else:
            inside = False
    return said, raised


def shown(table: PlannedTable) -> list[list[str]]:
    """A table's rows without its heads, letters left off."""
    return [[split(c)[0] for c in row.cells] for row in table.rows[table.lead :]]
