"""Sections of a document: its headings in order, and which rows lie under them. Imports the core and the tables.

A section reaches from its heading to the next one of the same or a higher level.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from docpipe.model.document import BlockKind
from docpipe.model.draft import read_text
from docpipe.model.segment import Segment, SegmentId
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


# The literal, not a parameter: so that SQLite takes the partial index of headings.
_HEADINGS = (
    select(segments.c.id, segments.c.address, segments.c.position, segments.c.level, segments.c.plain)
    .where(text("segments.kind = 'heading'"))
    .order_by(segments.c.position)
)


_Head = tuple[SegmentId, str, int, int, str]
"""Id, title, level, position and path of a heading."""


def _heads(s: Session, document: str) -> list[_Head]:
    return _joined(tuple(row) for row in s.execute(_HEADINGS.where(segments.c.document == document)))


def _joined(rows: Iterable[tuple[str, str, int, int, str]]) -> list[_Head]:
    """The headings of sentences (id, address, position, level, text) in order."""
    heads: list[tuple[SegmentId, str, int, int]] = []
    address = ""
    for name, place, position, level, plain in rows:
        if place == address and heads:  # a heading of several sentences
            same = heads[-1]
            heads[-1] = (same[0], f"{same[1]} {plain.strip()}", same[2], same[3])
        else:
            heads.append((SegmentId(name), plain.strip(), max(1, level), position))
        address = place
    found: list[tuple[SegmentId, str, int, int, str]] = []
    above: list[tuple[int, str]] = []
    for name, title, level, position in heads:
        above = [a for a in above if a[0] < level] + [(level, title)]
        found.append((name, title, level, position, SEPARATOR.join(t for _, t in above)))
    return found


def of_document(s: Session, document: str) -> list[Section]:
    """The document's sections in order."""
    heads = _heads(s, document)
    if not heads:
        return []
    end = int(s.execute(select(func.max(segments.c.position)).where(segments.c.document == document)).scalar_one())
    ends: list[int] = [end] * len(heads)
    still_open: list[int] = []
    for n, (_, _, level, position, _) in enumerate(heads):
        while still_open and heads[still_open[-1]][2] >= level:
            ends[still_open.pop()] = position - 1
        still_open.append(n)
    return [
        Section(name, title, level, path, first, ends[n]) for n, (name, title, level, first, path) in enumerate(heads)
    ]


def paths(s: Session, document: str, positions: Sequence[int]) -> dict[int, str]:
    """The heading path of each of these positions; "" before the first heading."""
    return _paths(_heads(s, document), positions)


def heading_paths(rows: Sequence[Segment]) -> dict[int, str]:
    """The same for a document that is not in the store: its segments, by their places."""
    heads = _joined(
        (x.id, x.address, n, x.level, read_text(x.source)) for n, x in enumerate(rows) if x.kind is BlockKind.HEADING
    )
    return _paths(heads, range(len(rows)))


def _paths(heads: Sequence[_Head], positions: Sequence[int]) -> dict[int, str]:
    firsts = [head[3] for head in heads]
    at = {position: bisect_right(firsts, position) for position in positions}
    return {position: heads[n - 1][4] if n else "" for position, n in at.items()}


def ranges(s: Session, document: str, names: Sequence[str]) -> list[tuple[int, int]]:
    """First and last position of the sections with these ids or paths."""
    return [(x.first, x.last) for x in of_document(s, document) if x.id in names or x.path in names]
