"""What a model is told to word a draft: rows with their facts and passages, a brief a block, and the chunks they go out in. Imports llm and steps.

Pure and deterministic: the same plan gives the same requests, so that a resumed run finds its stored replies.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from docpipe.llm.drafting import Brief, Datum, Drafting, RowToWord, pack_rows
from docpipe.model.chunk import Chunk
from docpipe.model.document import BlockKind
from docpipe.model.draft import Plan, PlannedBlock, PlannedRow, facts_in
from docpipe.model.fact import Fact
from docpipe.model.inline import plain_text
from docpipe.model.segment import Segment, SegmentId
from docpipe.model.trial import USDM
from docpipe.steps.draft_book import DraftBook

_WORDED = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
_WORD = re.compile(r"[^\W\d_]{2,}")
LEAST_WORDS = 5
"""A row with fewer words of its own, such as ``Sponsor: …``, is no sentence: there is nothing to word."""
_LABEL = 160
_NOT_SPACE = re.compile(r"[^\W_]+")
QUOTED = "quoted"
"""Statistic of a fact that is a number inside a quoted passage."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that goes to the model: the craft with its rows, and the chunks."""

    craft: Drafting
    chunks: tuple[Chunk, ...]


def wordable(row: PlannedRow, passages: Iterable[str] = ()) -> bool:
    """Whether a model may word a row: a sentence of the program that is neither fixed, nor a gap, nor a passage word for word."""
    if row.fixed or row.gap or row.kind not in _WORDED:
        return False
    if row.passages and all(p.locator.startswith(USDM) for p in row.passages):
        return False  # what was designed is a commitment: criteria, objectives and sections of a protocol stand as they are
    text = plain_text(row.text)
    if len(_WORD.findall(text)) < LEAST_WORDS:
        return False
    said = _bare(plain_text(row.text, equiv=True))
    return not any(said in _bare(p) for p in passages)


def _bare(text: str) -> str:
    return " ".join(_NOT_SPACE.findall(text.casefold()))


def make_wording(
    book: DraftBook, segments: Sequence[Segment], only: Collection[SegmentId] | None, output_tokens: int
) -> Wording:
    """The rows to be worded, block by block. ``only``: these rows alone, for rows that were sent back."""
    plan = book.plan
    by_address = {s.address: s for s in segments}
    rows: dict[SegmentId, RowToWord] = {}
    briefs: dict[SegmentId, Brief] = {}
    blocks: list[list[Segment]] = []
    for block, section in sections_of(plan):
        here: list[Segment] = []
        for planned in block.rows:
            segment = by_address[planned.address]
            if planned.kind not in (BlockKind.TABLE, BlockKind.FIGURE):
                here.append(segment)
            passages = passages_of(book, planned)
            if wordable(planned, passages) and (only is None or segment.id in only):
                rows[segment.id] = _row(book, planned, segment, passages)
                briefs[segment.id] = Brief(plan.title, section, block.instruction, block.style)
        blocks.append(here)
    chunks: list[Chunk] = []
    for n, here in enumerate(blocks):
        chunks += pack_rows(
            here, rows.keys(), rows, before=_text(blocks[n - 1][-1:]) if n else "",
            after=_text(blocks[n + 1][:1]) if n + 1 < len(blocks) else "", output_tokens=output_tokens,
        )  # fmt: skip
    return Wording(Drafting(rows, briefs, plan.arms), tuple(chunks))


def passages_of(book: DraftBook, row: PlannedRow) -> tuple[str, ...]:
    """The texts of the passages that a row cites, as far as the card holds them."""
    found = (book.card.passages.get(f"{p.sha256}|{p.locator}", "") for p in row.passages)
    return tuple(dict.fromkeys(t for t in found if t))


def _row(book: DraftBook, planned: PlannedRow, segment: Segment, passages: tuple[str, ...]) -> RowToWord:
    facts = {f: _datum(fact, book.plan.arms) for f in facts_in(segment.source) if (fact := book.facts.get(f))}
    return RowToWord(segment, tuple(book.sentences(segment.source)), facts, passages)


def _datum(fact: Fact, arms: Collection[str]) -> Datum:
    told = [" / ".join(fact.row), fact.statistic, fact.arm, fact.window, fact.population]
    label = "; ".join(dict.fromkeys(t for t in told if t))
    return Datum(label[:_LABEL], fact.arm if fact.arm in arms else "", fact.statistic == QUOTED)


def sections_of(plan: Plan) -> Iterable[tuple[PlannedBlock, tuple[str, ...]]]:
    """Each block of a plan with the headings down to it."""
    path: list[tuple[int, str]] = []
    for block in plan.blocks:
        if block.heading:
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, f"{block.number or block.id} {block.heading}".strip()))
        yield block, tuple(name for _, name in path)


def _text(segments: Sequence[Segment]) -> str:
    return " ".join(plain_text(s.source, equiv=True) for s in segments)


def by_block(results: Mapping[SegmentId, object], segments: Iterable[Segment]) -> dict[str, list[Segment]]:
    """The segments that have a result, by block, in order."""
    found: dict[str, list[Segment]] = {}
    for s in segments:
        if s.id in results:
            found.setdefault(s.address.removeprefix("block:").rpartition("/")[0], []).append(s)
    return found
