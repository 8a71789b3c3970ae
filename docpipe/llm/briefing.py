"""The brief as a craft: extracts of a document as a task, a reply of which only what the extracts bear out is believed. Imports the core and its room.

For the engine the brief is a chunk of one segment whose target is the reply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docpipe.llm.craft import Accepted, Assessment, Fault
from docpipe.llm.task import Task
from docpipe.model.brief import KINDS, Brief
from docpipe.model.canonical import Digest, canonical_json
from docpipe.model.chunk import Chunk, Paragraph
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import Text
from docpipe.model.segment import Segment, SegmentId

__all__ = ["Briefing", "Extracts", "brief_chunk", "enriched"]

BRIEF = SegmentId("brief")
OUTPUT_TOKENS = 700
MOST, LONGEST, SUMMARY, TERMS = 4, 160, 700, 40
"""Entries of a list, characters of an entry and of the summary, terms: the rest of a longer reply is left out."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Extracts:
    """What the model sees of a document, texts without codes."""

    language: str
    title: str
    headings: tuple[str, ...]
    texts: tuple[str, ...]

    def __contains__(self, words: str) -> bool:
        """Whether the words stand in it, letter by letter."""
        return any(words in text for text in (self.title, *self.headings, *self.texts))

    @property
    def task(self) -> str:
        """The user part of the request."""
        return json.dumps(
            {"brief": self.language, "title": self.title, "headings": self.headings, "extracts": self.texts},
            ensure_ascii=False, separators=(",", ":"),
        )  # fmt: skip


def brief_chunk(extracts: Extracts, tokens: int) -> Chunk:
    """The chunk that the engine works on. ``tokens``: of the extracts."""
    nothing = Digest("")
    segment = Segment(BRIEF, Address("brief"), 0, BlockKind.PARAGRAPH, (Text(extracts.title or "-"),), nothing, nothing)
    return Chunk((Paragraph((segment,), frozenset({BRIEF})),), tokens=tokens, output_tokens=OUTPUT_TOKENS)


@dataclass(frozen=True, slots=True)
class Briefing:
    """The craft of one document's brief."""

    extracts: Extracts
    stage: str = "brief"

    def task(self, chunk: Chunk, complaints: Mapping[SegmentId, str]) -> Task:
        """The extracts; a complaint is not told, for a brief that cannot be used is done without."""
        return Task(chunk, self.extracts.task, {"brief": chunk.wanted[0]}, "brief")

    def assess(self, task: Task, reply: str, earlier: Mapping[SegmentId, Fault]) -> Assessment:
        """The reply, cut down to what the extracts bear out; a fault where it is no brief."""
        said = _read(reply)
        if said is None:
            return Assessment(faults={BRIEF: Fault("The answer was not the JSON asked for.")}, whole=False)
        kept = canonical_json(self._borne_out(said))
        return Assessment(accepted={BRIEF: Accepted((Text(kept),))})

    def _borne_out(self, said: Mapping[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for kind in (*KINDS, "terms"):
            entries = [e.strip() for e in said[kind] if isinstance(e, str) and 2 <= len(e.strip()) <= LONGEST]
            kept[kind] = [e for e in dict.fromkeys(entries) if e in self.extracts][: TERMS if kind == "terms" else MOST]
        summary = " ".join(said["summary"].split())
        numbers = set(_NUMBER.findall(summary))
        known = {n for text in (self.extracts.title, *self.extracts.texts) for n in _NUMBER.findall(text)}
        kept["summary"] = summary if len(summary) <= SUMMARY and numbers <= known else ""
        return kept


def _read(reply: str) -> dict[str, Any] | None:
    try:
        said = json.loads(reply)
    except (ValueError, RecursionError):
        return None
    lists = isinstance(said, dict) and all(isinstance(said.get(k), list) for k in (*KINDS, "terms"))
    return said if lists and isinstance(said.get("summary"), str) else None


def enriched(brief: Brief, answer: str, terms: Sequence[str]) -> Brief:
    """The brief by rules with what the model found (``answer``: an accepted target). ``terms``: the terms of both, as ranked."""
    said = json.loads(answer)
    entities = {
        kind: tuple(dict.fromkeys((*said[kind], *brief.entities.get(kind, ()))))[:MOST]
        for kind in KINDS
        if said[kind] or brief.entities.get(kind)
    }
    return replace(brief, summary=said["summary"], entities=entities, terms=tuple(terms))
