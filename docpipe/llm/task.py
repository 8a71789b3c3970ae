"""The user part of a translation request: a chunk as JSON with ids local to the request. Imports the core only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from docpipe.llm.context import Context
from docpipe.model.canonical import canonical_json
from docpipe.model.chunk import Chunk, Paragraph
from docpipe.model.document import BlockKind
from docpipe.model.inline import plain_text
from docpipe.model.segment import Segment, SegmentId
from docpipe.model.terms import TermHit, TermStatus

__all__ = ["Task", "Terms", "halves", "interleaved", "make_task", "part_of"]

Terms = Mapping[SegmentId, tuple[TermHit, ...]]

_CONTEXT = 240
"""Characters of a neighbour that a part of a chunk shows as context."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked in one request. ``segments``: by the local id that the model answers with, in order. ``purpose``: of its first request."""

    chunk: Chunk
    text: str
    segments: Mapping[str, Segment]
    purpose: Literal["first", "brief"] = "first"

    def paragraph_of(self, segment: SegmentId) -> Paragraph:
        """The paragraph that holds a wanted segment."""
        return next(p for p in self.chunk.paragraphs if segment in p.wanted)


def make_task(
    chunk: Chunk,
    source_language: str,
    target_language: str,
    terms: Terms,
    complaints: Mapping[SegmentId, str],
    context: Context | None = None,
) -> Task:
    """The task of a chunk. ``complaints``: what was wrong with an earlier answer, by segment.

    Without ``context`` it has the form that the first version of the prompt knows.
    """
    segments: dict[str, Segment] = {}
    local: dict[SegmentId, str] = {}
    heads: dict[str, int] = {}
    paragraphs: list[dict[str, Any]] = []
    for paragraph in chunk.paragraphs:
        rows: list[dict[str, str]] = []
        for segment in paragraph.segments:
            if segment.id not in paragraph.wanted:
                rows.append({"given": segment.wire})
                continue
            name = f"s{len(segments) + 1}"
            segments[name] = segment
            local[segment.id] = name
            rows.append({"id": name, "text": segment.wire})
        row: dict[str, Any] = {} if context else {"segments": rows}
        if paragraph.segments and paragraph.segments[0].kind is not BlockKind.PARAGRAPH:
            row["kind"] = paragraph.segments[0].kind.value
        if context:
            if paragraph.heads:
                row["in"] = [heads.setdefault(head, len(heads)) for head in paragraph.heads]
            # An id as the name of its text: half the tokens of a row of short sentences or cells.
            row |= {r.get("id", f"g{n}"): r.get("text", r.get("given", "")) for n, r in enumerate(rows)}
        paragraphs.append(row)
    told: dict[str, Any] = {"from": source_language, "to": target_language}
    if context and context.document:
        told["document"] = context.document
    if rows_of_terms := _term_rows(hit for s in segments.values() for hit in terms.get(s.id, ())):
        told["terms"] = rows_of_terms
    if context and (meanings := context.meanings(segments.values())):
        told["abbreviations"] = meanings
    if context and (similar := context.resembling(segments)):
        told["similar"] = similar
    if chunk.heading_path:
        told["section"] = chunk.heading_path
    if chunk.before:
        told["before"] = chunk.before
    if chunk.after:
        told["after"] = chunk.after
    if heads:
        told["table"] = list(heads)
    told["paragraphs"] = paragraphs
    if again := [{"id": local[s], "fault": fault} for s, fault in complaints.items() if s in local]:
        told["asked_again"] = again
    # What is the same in all requests of a document stands first, so that a provider finds it in its cache.
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")) if context else canonical_json(told)
    return Task(chunk, text, segments)


def _term_rows(hits: Iterable[TermHit]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for hit in hits:
        if hit.source.lower() in rows:
            continue
        targets = {status: [t.target for t in hit.terms if t.status is status] for status in TermStatus}
        row: dict[str, Any] = {"source": hit.source}
        preferred = targets[TermStatus.PREFERRED]
        allowed = targets[TermStatus.ALLOWED]
        if targets[TermStatus.DO_NOT_TRANSLATE]:
            row["keep"] = True
        elif preferred or allowed:
            row["use"] = (preferred or allowed)[0]
            if others := [t for t in dict.fromkeys([*preferred, *allowed]) if t != row["use"]]:
                row["or"] = others
        if targets[TermStatus.FORBIDDEN]:
            row["never"] = list(dict.fromkeys(targets[TermStatus.FORBIDDEN]))
        if len(row) > 1:
            rows[hit.source.lower()] = row
    return list(rows.values())


def part_of(chunk: Chunk, wanted: Iterable[SegmentId], *, bare: bool = False) -> Chunk:
    """The chunk with only these segments to be answered; the rest of their paragraphs stays as context.

    ``bare``: without any context, where what stands beside must not go to the provider again.
    """
    keep = frozenset(wanted)
    inside = [n for n, p in enumerate(chunk.paragraphs) if p.wanted & keep]
    first, last = inside[0], inside[-1]
    total = max(1, len(chunk.wanted))
    share = len(keep) / total
    if bare:
        alone = [(p, tuple(s for s in p.segments if s.id in keep)) for p in chunk.paragraphs if p.wanted & keep]
        return replace(
            chunk,
            paragraphs=tuple(replace(p, segments=row, wanted=p.wanted & keep, heads=()) for p, row in alone),
            before=(),
            after=(),
            tokens=round(chunk.tokens * share),
            output_tokens=round(chunk.output_tokens * share),
        )
    return replace(
        chunk,
        paragraphs=tuple(replace(chunk.paragraphs[n], wanted=chunk.paragraphs[n].wanted & keep) for n in inside),
        before=chunk.before if first == 0 else (_glimpse(chunk.paragraphs[first - 1])[-_CONTEXT:],),
        after=chunk.after if last == len(chunk.paragraphs) - 1 else (_glimpse(chunk.paragraphs[last + 1])[:_CONTEXT],),
        tokens=round(chunk.tokens * share),
        output_tokens=round(chunk.output_tokens * share),
    )


def _glimpse(paragraph: Paragraph) -> str:
    return "".join(s.before + plain_text(s.source) + s.after for s in paragraph.segments)


def halves(wanted: Sequence[SegmentId]) -> tuple[Sequence[SegmentId], ...]:
    """First and second half; one alone stays alone."""
    middle = (len(wanted) + 1) // 2
    return (wanted[:middle], wanted[middle:]) if len(wanted) > 1 else (wanted,)


def interleaved(wanted: Sequence[SegmentId], stride: int = 2) -> tuple[Sequence[SegmentId], ...]:
    """Every second (or further) one: neighbours are asked apart, so that they cannot be taken for each other again."""
    return tuple(wanted[n::stride] for n in range(min(stride, len(wanted))))
