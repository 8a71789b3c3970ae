"""Packs a document's segments into chunks for the model: whole paragraphs, bounded by what a reply may hold.

Imports the core and the token counter only. Deterministic: the same document and wishes give the same chunks, so that a
resumed run finds its stored replies.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from docpipe.model.chunk import Chunk, Paragraph
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import plain_text
from docpipe.model.language import primary
from docpipe.model.segment import Segment, SegmentId
from docpipe.segment.tables import heads_of
from docpipe.segment.tokens import count, ratio

__all__ = ["expansion_of", "pack"]

ITEM_TOKENS = 12
"""Scaffolding of an item in the request and in the reply: id, field names, quotes and commas of the JSON."""
REPLY_TOKENS = 40
"""The reply's frame."""
MARGIN = 1.25
"""A translation is longer than the mean by chance: 95 of 100 stay below this factor (measured on en-zh sentences: 1.29)."""
FILL = 0.8
"""Share of the output limit that is planned with; the rest is for chance and for models that count otherwise."""
NEIGHBOURS = 2
LONGEST_CONTEXT = 300
"""Characters of a neighbouring text or heading that are shown."""


def expansion_of(source_language: str, target_language: str) -> float:
    """Tokens of a target for each token of its source, with a margin. Raises ``UnknownLanguage``."""
    return ratio(primary(source_language), primary(target_language)) * MARGIN


@dataclass(slots=True)
class _Part:
    """A paragraph or, where it is too large alone, a run of its sentences."""

    segments: tuple[Segment, ...]
    wanted: frozenset[SegmentId]
    tokens: int
    reply: int
    first: int
    """Index of its first segment in the document."""

    @property
    def heading(self) -> bool:
        return self.segments[0].kind is BlockKind.HEADING


@dataclass(slots=True)
class _Open:
    """The chunk being filled."""

    parts: list[_Part] = field(default_factory=list)
    wanted: int = 0
    reply: int = REPLY_TOKENS

    def add(self, part: _Part) -> None:
        self.parts.append(part)
        self.wanted += len(part.wanted)
        self.reply += part.reply


def pack(
    segments: Sequence[Segment],
    wanted: Collection[SegmentId],
    *,
    source_language: str,
    target_language: str,
    output_tokens: int,
    expansion: float = 0.0,
    most: int = 128,
    least: int = 32,
) -> tuple[Chunk, ...]:
    """The chunks of one document's segments (all of them, in order); only those in ``wanted`` are to be answered.

    A chunk holds whole paragraphs with at most ``most`` wanted segments and an expected reply within ``output_tokens``; from
    ``least`` on it ends before a heading. A paragraph that exceeds these alone is parted between its sentences; a single
    sentence that exceeds them is a chunk of its own. Paragraphs with nothing wanted are left out and serve as
    context. ``expansion``: see ``expansion_of``, which it defaults to. Raises ``UnknownLanguage``.
    """
    wishes = frozenset(wanted)
    room = max(1, int(output_tokens * FILL))
    factor = expansion or expansion_of(source_language, target_language)
    chunks: list[Chunk] = []
    heads = heads_of(segments)
    now = _Open()
    for part in _parts(segments, wishes, factor, room, most):
        full = now.wanted + len(part.wanted) > most or now.reply + part.reply > room
        if now.parts and (full or (part.heading and now.wanted >= least)):
            chunks.append(_chunk(segments, now.parts, heads))
            now = _Open()
        now.add(part)
    if now.parts:
        chunks.append(_chunk(segments, now.parts, heads))
    return tuple(chunks)


def _parts(
    segments: Sequence[Segment], wishes: frozenset[SegmentId], factor: float, room: int, most: int
) -> Iterable[_Part]:
    """The paragraphs with something wanted, those too large alone parted between sentences."""
    at = 0
    for _, group in groupby(segments, key=lambda s: s.address):
        paragraph = tuple(group)
        first, at = at, at + len(paragraph)
        if not any(s.id in wishes for s in paragraph):
            continue
        counts = [count(s.wire) for s in paragraph]
        whole = _part(paragraph, counts, wishes, factor, first)
        if len(whole.wanted) <= most and whole.reply + REPLY_TOKENS <= room:
            yield whole
            continue
        start = 0
        for end in range(1, len(paragraph) + 1):
            longer = _part(paragraph[start : end + 1], counts[start : end + 1], wishes, factor, first + start)
            last = end == len(paragraph)
            if last or len(longer.wanted) > most or longer.reply + REPLY_TOKENS > room:
                part = _part(paragraph[start:end], counts[start:end], wishes, factor, first + start)
                if part.wanted:
                    yield part
                start = end


def _part(
    some: tuple[Segment, ...], counts: Sequence[int], wishes: frozenset[SegmentId], factor: float, first: int
) -> _Part:
    own = frozenset(s.id for s in some if s.id in wishes)
    reply = sum(math.ceil(n * factor) + ITEM_TOKENS for s, n in zip(some, counts, strict=True) if s.id in own)
    return _Part(some, own, sum(counts) + ITEM_TOKENS * len(some), reply, first)


def _chunk(segments: Sequence[Segment], parts: Sequence[_Part], heads: Mapping[Address, tuple[str, ...]]) -> Chunk:
    start = parts[0].first
    end = parts[-1].first + len(parts[-1].segments)
    path = _headings(segments[:start], parts[0].segments[0])
    before = tuple(_shown(s) for s in segments[max(0, start - NEIGHBOURS) : start])
    after = tuple(_shown(s) for s in segments[end : end + NEIGHBOURS])
    context = sum(count(text) for text in (*path, *before, *after))
    return Chunk(
        tuple(Paragraph(p.segments, p.wanted, heads.get(p.segments[0].address, ())) for p in parts),
        path,
        before,
        after,
        context + sum(p.tokens for p in parts),
        REPLY_TOKENS + sum(p.reply for p in parts),
    )


def _shown(segment: Segment) -> str:
    text = plain_text(segment.source, equiv=True)
    return text if len(text) <= LONGEST_CONTEXT else text[: LONGEST_CONTEXT - 1] + "…"


def _headings(above: Sequence[Segment], first: Segment) -> tuple[str, ...]:
    """Texts of the headings over a segment, outermost first. A heading's own level ends those of its level and below."""
    level = first.level if first.kind is BlockKind.HEADING and first.level else 10_000
    found: list[str] = []
    address = ""
    for s in reversed(above):
        if s.kind is not BlockKind.HEADING or not s.level:
            continue
        if s.address == address:
            found[-1] = f"{_shown(s)} {found[-1]}"
        elif s.level < level and s.address != first.address:
            found.append(_shown(s))
            level, address = s.level, s.address
        if level == 1 and s.address != address:
            break
    return tuple(reversed(found))
