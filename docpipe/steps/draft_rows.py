"""Rows of a draft: one segment a planned paragraph; what needs no wording is filled at once. Imports store and the core."""

from __future__ import annotations

from docpipe.model.batch import Document
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.document import BlockKind, count_words
from docpipe.model.draft import Plan, PlannedRow
from docpipe.model.inline import plain_text, text_digest
from docpipe.model.plan_codec import plan_from
from docpipe.model.segment import Origin, OriginKind, Segment, Unit, segment_id
from docpipe.steps.change_rows import carry, write
from docpipe.steps.house import House
from docpipe.steps.work import Work, step
from docpipe.store import units

FIXED = "fixed"
"""Detail of the origin of rows that are the document type's own words: nobody needs to read them again."""
_AS_PLANNED = (BlockKind.TABLE, BlockKind.FIGURE, BlockKind.CAPTION)


def make_rows(house: House, document_id: str) -> Document:
    """One segment a row, with its unit: headings and standard sentences carried over, tables and gaps as the program has them.

    In a batch that follows another, rows that say what they said before keep what became of them there.
    """

    def work(job: Work) -> None:
        plan = plan_from(house.store.blobs.get(job.document.extraction))
        segments = segments_of(plan, job.document.sha256)
        rows = [row for _, row in plan.rows()]
        fresh = [_unit(s, row) for s, row in zip(segments, rows, strict=True)]
        found = carry(house, job.batch, job.document, segments, fresh)
        with house.store.write() as session:
            if units.put_segments(session, job.document.id, segments, found.units):
                write(session, job.batch, job.document, found)
        job.tally.segments = len(segments)
        job.tally.words = sum(count_words(plain_text(s.source, equiv=True)) for s in segments)
        job.tally.pages = job.document.pages
        job.tally.digest = digest_of([(s.id, s.digest) for s in segments])

    return step(house, document_id, "segmented", work)


def segments_of(plan: Plan, document: Digest) -> list[Segment]:
    """The rows as segments, in order; their context is the rows beside them."""
    rows = [row for _, row in plan.rows()]
    digests = [text_digest(row.text) for row in rows]
    found: list[Segment] = []
    for n, row in enumerate(rows):
        before = digests[n - 1] if n else ""
        after = digests[n + 1] if n + 1 < len(rows) else ""
        found.append(
            Segment(
                segment_id(document, row.address, 0), row.address, 0, row.kind, row.text, digests[n],
                digest_of([before, after]), level=row.level,
            )
        )  # fmt: skip
    return found


def _unit(segment: Segment, row: PlannedRow) -> Unit:
    fresh = Unit(segment.id)
    if row.fixed:
        return fresh.recalled(segment.source, Origin(OriginKind.SAME, FIXED))
    if row.gap or row.kind in _AS_PLANNED:
        return fresh.translated(segment.source, Origin(OriginKind.PROGRAM))
    return fresh
