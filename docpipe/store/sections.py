"""Sections of a document: its headings in order, and which rows lie under them. Imports the core and the tables.

A section reaches from its heading to the next one of the same or a higher level.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from docpipe.model.segment import SegmentId
from docpipe.store.tables import segments

SEPARATOR = " › "
"""Between the headings of a path."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading. ``id``: its first segment; ``path``: it and the headings above it; ``first``/``last``: positions it holds."""

    id: SegmentId
    title: str
    level: int
    path: str
    first: int
    last: int


def of_document(s: Session, document: str) -> list[Section]:
    """The document's sections in order."""
    # The literal, not a parameter: so that SQLite takes the partial index of headings.
    query = (
        select(segments.c.id, segments.c.address, segments.c.position, segments.c.level, segments.c.plain)
        .where(segments.c.document == document, text("segments.kind = 'heading'"))
        .order_by(segments.c.position)
    )
    heads: list[tuple[SegmentId, str, int, int]] = []
    address = ""
    for row in s.execute(query):
        if row.address == address and heads:  # a heading of several sentences
            same = heads[-1]
            heads[-1] = (same[0], f"{same[1]} {row.plain.strip()}", same[2], same[3])
        else:
            heads.append((SegmentId(row.id), row.plain.strip(), max(1, row.level), row.position))
        address = row.address
    if not heads:
        return []
    end = s.execute(select(func.max(segments.c.position)).where(segments.c.document == document)).scalar_one()
    found: list[Section] = []
    above: list[tuple[int, str]] = []
    for n, (name, title, level, first) in enumerate(heads):
        above = [a for a in above if a[0] < level] + [(level, title)]
        last = next((p - 1 for _, _, other, p in heads[n + 1 :] if other <= level), int(end))
        found.append(Section(name, title, level, SEPARATOR.join(t for _, t in above), first, last))
    return found


def path_at(sections: Sequence[Section], position: int) -> str:
    """The path of the nearest heading at or before a position; "" before the first."""
    at = bisect_right([section.first for section in sections], position)
    return sections[at - 1].path if at else ""


def ranges(s: Session, document: str, names: Sequence[str]) -> list[tuple[int, int]]:
    """First and last position of the sections with these ids or paths."""
    return [(x.first, x.last) for x in of_document(s, document) if x.id in names or x.path in names]
