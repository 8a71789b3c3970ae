"""Findings about a whole document: missing and extra segments, parity of rows and cells, the ledger. Imports the core only.

Pure functions, as no single pair shows these; ids are those of the catalogue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from docpipe.checks.mentions import MENTION, mentions
from docpipe.model.document import Block, BlockKind, Coverage
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import CodedText, has_text, plain_text
from docpipe.model.segment import Segment, SegmentId

MISSING = "A1.missing-segment"
EXTRA = "A2.extra-segment"
SHIFTED = "A10.shifted-segment"
PARITY = "A15.structure-parity"
COVERAGE = "A16.coverage"

DOCUMENT_CHECKS = (MISSING, EXTRA, SHIFTED, PARITY, COVERAGE, MENTION)
"""Ids of the findings of this module, which is no plug-in."""


def document_findings(
    segments: Sequence[Segment],
    targets: Mapping[SegmentId, CodedText],
    coverage: Coverage | None = None,
    *,
    merged: Collection[SegmentId] = (),
    source_blocks: Iterable[Block] = (),
    target_blocks: Iterable[Block] = (),
) -> Iterator[tuple[SegmentId | None, Finding]]:
    """A1, A2, A10, A15, A16 and D12 of a document, each with the segment it is about or None for the document.

    ``merged``: segments whose text a neighbour of the same block carries by its translator's word. Blocks: as read from the source
    and read back from the output; where both are given their structures are compared.
    """
    known = {s.id for s in segments}
    for segment in segments:
        if segment.id not in targets and segment.id not in merged and has_text(segment.source):
            length = len(plain_text(segment.source))
            yield segment.id, Finding(MISSING, Severity.CRITICAL, "The segment has no target.", (0, length))
    for other in targets:
        if other not in known:
            yield other, Finding(EXTRA, Severity.CRITICAL, "The target belongs to no segment of the document.")
    yield from shifted(segments, targets)
    yield from mentions(segments, targets)
    source, target = tuple(source_blocks), tuple(target_blocks)
    if source and target:
        for finding in parity(source, target):
            yield None, finding
    if coverage is not None and not coverage.balanced:
        counted = coverage.translated + coverage.do_not_translate + sum(n for _, n in coverage.skipped)
        message = f"Of {coverage.characters} characters {counted} are accounted for."
        yield None, Finding(COVERAGE, Severity.CRITICAL, message)


def parity(source: Sequence[Block], target: Sequence[Block]) -> Iterator[Finding]:
    """A15: list items, rows and cells of each table, by structural path, in source and output."""
    for what, count in (("list items", _items), ("cells", _cells), ("rows", _rows)):
        before, after = count(source), count(target)
        for place in sorted(before.keys() | after.keys()):
            if before[place] != after[place]:
                message = f"{place or 'The document'} has {before[place]} {what} in the source and {after[place]} in the target."
                yield Finding(PARITY, Severity.CRITICAL, message)


def _items(blocks: Sequence[Block]) -> Counter[str]:
    return Counter(b.address.partition("#")[0] for b in blocks if b.kind is BlockKind.LIST_ITEM)


_CELL = re.compile(
    r"^(?P<row>(?P<table>.*/tbl(?:\[\d+\])?)/(?:.*?/)?tr(?:\[\d+\])?)/(?:.*?/)?(?P<cell>tc(?:\[\d+\])?)(?!.*/tc\b)"
)


def _cells(blocks: Sequence[Block]) -> Counter[str]:
    cells = {(m["table"], m["row"], m["cell"]) for b in blocks if (m := _CELL.match(b.address))}
    return Counter(table for table, _, _ in cells)


def _rows(blocks: Sequence[Block]) -> Counter[str]:
    rows = {(m["table"], m["row"]) for b in blocks if (m := _CELL.match(b.address))}
    return Counter(table for table, _ in rows)


_ANCHOR = re.compile(r"\d+(?:[.,]\d+)*|(?<![A-Za-z])[A-Z][A-Z0-9]{2,}(?![A-Za-z])")


def shifted(segments: Sequence[Segment], targets: Mapping[SegmentId, CodedText]) -> Iterator[tuple[SegmentId, Finding]]:
    """A10: runs of two or more segments whose numbers and codes are those of the neighbour's source, and not of their own."""
    sources = [_anchors(plain_text(s.source)) for s in segments]
    texts = [_anchors(plain_text(targets[s.id])) if s.id in targets else Counter() for s in segments]
    for step in (-1, 1):
        fits = [
            bool(texts[i])
            and 0 <= i + step < len(segments)
            and texts[i] == sources[i + step]
            and sources[i] != sources[i + step]
            and not texts[i] & sources[i]
            for i in range(len(segments))
        ]
        for i, fit in enumerate(fits):
            if fit and ((i and fits[i - 1]) or (i + 1 < len(fits) and fits[i + 1])):
                side = "previous" if step < 0 else "next"
                message = f"The target fits the {side} segment: its numbers and codes are those of that one."
                yield segments[i].id, Finding(SHIFTED, Severity.CRITICAL, message)


def _anchors(text: str) -> Counter[str]:
    return Counter(_ANCHOR.findall(text))
