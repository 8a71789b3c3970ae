"""Drafting as a craft: rows of a planned document as tasks with their facts, replies judged row by row. Imports the core and its room only.

The model words what the program planned: its reply names for each sentence the given sentences that it words, and nothing of it
stands that claims more, less or other than they do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docpipe.llm.accept import Datum, RowToWord, Worded, judge_row
from docpipe.llm.craft import Accepted, Assessment, Fault
from docpipe.llm.reply import read_items
from docpipe.llm.task import Task
from docpipe.model import draft
from docpipe.model.canonical import canonical_json
from docpipe.model.chunk import Chunk, Paragraph
from docpipe.model.document import BlockKind
from docpipe.model.fact import FactId
from docpipe.model.inline import Placeholder, plain_text, to_wire
from docpipe.model.segment import Segment, SegmentId

__all__ = ["Brief", "Datum", "Drafting", "RowToWord", "Worded", "judge_row", "pack_rows"]

MISSING = "The row was not answered."
TWICE = "The row was answered more than once, differently."
BADLY_FORMED = "The answer was not a list of sentences, each with “of” and “text”."
_PASSAGE = 700
_CONTEXT = 300
_PER_ROW, _PER_SENTENCE, _FRAME = 14, 12, 30
_LETTERS = 3.2
"""Characters of an English token, taken low so that a reply has room."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A block's order to the model. ``section``: headings down to it; ``instruction`` and ``style``: of the document type."""

    document: str
    section: tuple[str, ...] = ()
    instruction: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Drafting:
    """The craft for one document. ``rows`` by segment; ``briefs`` by segment; ``arms``: names of the study's arms."""

    rows: Mapping[SegmentId, RowToWord]
    briefs: Mapping[SegmentId, Brief]
    arms: tuple[str, ...] = ()
    stage: str = "draft"

    def task(self, chunk: Chunk, complaints: Mapping[SegmentId, str]) -> Task:
        """A block's rows with ids local to the request; rows that are not to be worded stand between them as ``given``."""
        segments: dict[str, Segment] = {}
        local: dict[SegmentId, str] = {}
        listed: list[dict[str, Any]] = []
        for paragraph in chunk.paragraphs:
            for segment in paragraph.segments:
                if segment.id not in paragraph.wanted:
                    listed.append({"given": plain_text(segment.source, equiv=True)[:_CONTEXT]})
                    continue
                name = f"r{len(segments) + 1}"
                segments[name] = segment
                local[segment.id] = name
                listed.append(_asked(name, self.rows[segment.id]))
        brief = self.briefs[chunk.wanted[0].id]
        task: dict[str, Any] = {"document": brief.document}
        if brief.section:
            task["section"] = brief.section
        if brief.instruction:
            task["instruction"] = brief.instruction
        if brief.style:
            task["style"] = brief.style
        if chunk.before:
            task["before"] = chunk.before
        if chunk.after:
            task["after"] = chunk.after
        task["rows"] = listed
        if again := [{"id": local[s], "fault": fault} for s, fault in complaints.items() if s in local]:
            task["asked_again"] = again
        return Task(chunk, canonical_json(task), segments)

    def assess(self, task: Task, reply: str, earlier: Mapping[SegmentId, Fault]) -> Assessment:
        """Each row by itself: accepted, or refused with the reason."""
        answers, whole = read_items(reply, "rows", answered)
        result = Assessment(whole=whole)
        given: dict[str, _Answer] = {}
        for answer in answers:
            if answer.id not in task.segments:
                result.stray += 1
            elif answer.id in given and given[answer.id] != answer:
                result.faults[task.segments[answer.id].id] = Fault(TWICE)
            else:
                given[answer.id] = answer
        for name, segment in task.segments.items():
            if segment.id in result.faults:
                continue
            if name not in given:
                result.faults[segment.id] = Fault(MISSING)
                continue
            sentences = given[name].sentences
            if sentences is None:
                result.faults[segment.id] = Fault(BADLY_FORMED)
                continue
            target, fault = judge_row(self.rows[segment.id], sentences, self.arms)
            if target is None:
                result.faults[segment.id] = Fault(fault)
            else:
                result.accepted[segment.id] = Accepted(target)
        return result


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answered row; ``sentences`` None where they are not as asked for."""

    id: str
    sentences: tuple[Worded, ...] | None


def answered(item: Any) -> _Answer | None:
    """An item of a reply, read leniently; None where it names no row."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    rows = item.get("sentences")
    if not isinstance(rows, list):
        return _Answer(item["id"], None)
    found = [_sentence(r) for r in rows]
    return _Answer(item["id"], None if None in found else tuple(s for s in found if s is not None))


def _sentence(item: Any) -> Worded | None:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str) or not isinstance(item.get("of"), list):
        return None
    numbers = [n for n in item["of"] if isinstance(n, int) and not isinstance(n, bool)]
    return Worded(tuple(numbers), item["text"]) if len(numbers) == len(item["of"]) else None


def _asked(name: str, row: RowToWord) -> dict[str, Any]:
    asked: dict[str, Any] = {"id": name}
    if row.segment.kind is BlockKind.LIST_ITEM:
        asked["kind"] = BlockKind.LIST_ITEM.value
    asked["sentences"] = [{"n": n, "text": to_wire(s)} for n, s in enumerate(row.sentences, 1)]
    if tags := [tag_of(p, row.facts) for p in row.segment.source if isinstance(p, Placeholder)]:
        asked["tags"] = tags
    if row.passages:
        asked["passages"] = [p[:_PASSAGE] for p in row.passages]
    return asked


def tag_of(code: Placeholder, facts: Mapping[FactId, Datum]) -> dict[str, str]:
    """What the model is told of a code."""
    tag = {"tag": f"<{code.id}/>", "shows": code.equiv}
    if code.kind == draft.FACT:
        fact = FactId(code.data.partition(":")[0])
        tag["fact"] = fact
        if (datum := facts.get(fact)) is not None and datum.label:
            tag["is"] = datum.label
    elif code.kind == draft.ARM:
        tag["is"] = "group"
    elif code.kind in (draft.REF, draft.DISPLAY):
        tag["is"] = "reference"
    return tag


def pack_rows(
    block: Sequence[Segment], wanted: Collection[SegmentId], rows: Mapping[SegmentId, RowToWord], *, before: str = "",
    after: str = "", output_tokens: int = 8192, most: int = 24,
) -> list[Chunk]:  # fmt: skip
    """Chunks of a block: all its rows in order, those in ``wanted`` to be worded, few enough for a reply of ``output_tokens``.

    ``before`` and ``after``: neighbouring text outside the block. Deterministic, so that a resumed run finds its stored replies.
    """
    chunks: list[Chunk] = []
    part: list[Segment] = []
    need = _FRAME
    for segment in block:
        cost = _reply_tokens(rows[segment.id]) if segment.id in wanted else 0
        asked = sum(s.id in wanted for s in part)
        if cost and asked and (need + cost > output_tokens * 0.6 or asked >= most):
            chunks += _chunk(part, wanted, rows, need)
            part, need = [], _FRAME
        part.append(segment)
        need += cost
    chunks += _chunk(part, wanted, rows, need)
    return [
        replace(
            chunk,
            before=_glimpse(chunks[n - 1].paragraphs[-1]) if n else _tail(before),
            after=_glimpse(chunks[n + 1].paragraphs[0]) if n + 1 < len(chunks) else _tail(after, first=True),
        )
        for n, chunk in enumerate(chunks)
    ]


def _glimpse(paragraph: Paragraph) -> tuple[str, ...]:
    return _tail(plain_text(paragraph.segments[0].source, equiv=True))


def _tail(text: str, *, first: bool = False) -> tuple[str, ...]:
    return ((text[:_CONTEXT] if first else text[-_CONTEXT:]),) if text.strip() else ()


def _chunk(
    part: Sequence[Segment], wanted: Collection[SegmentId], rows: Mapping[SegmentId, RowToWord], need: int
) -> list[Chunk]:
    if not any(s.id in wanted for s in part):
        return []
    size = sum(len(canonical_json(_asked("r1", rows[s.id]))) if s.id in wanted else _CONTEXT for s in part)
    paragraphs = tuple(Paragraph((s,), frozenset({s.id} & set(wanted))) for s in part)
    return [Chunk(paragraphs, tokens=round(size / _LETTERS), output_tokens=need)]


def _reply_tokens(row: RowToWord) -> int:
    text = sum(len(to_wire(s)) for s in row.sentences)
    return _PER_ROW + _PER_SENTENCE * len(row.sentences) + round(text * 1.4 / _LETTERS)
