"""What a document is about, as the model is told: entities, abbreviations, terms, similar texts. Imports the core only.

All of it is frozen before the document's first call, so that a resumed run makes the same requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from docpipe.model.canonical import plain
from docpipe.model.segment import SegmentId

__all__ = ["KINDS", "Abbreviation", "Bound", "Brief", "Briefed", "Similar", "load_briefed", "plain_briefed"]

KINDS = ("study", "product", "arm", "endpoint", "n")
"""Kinds of entities, in the order in which a request names them."""


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form with the full form that the document gives it. ``at``: place of the defining segment, -1 for its list."""

    short: str
    long: str
    at: int = -1


@dataclass(frozen=True, slots=True)
class Brief:
    """One document's summary and entities (text by kind, most frequent first), abbreviations, and terms worth keeping alike."""

    title: str = ""
    summary: str = ""
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    abbreviations: tuple[Abbreviation, ...] = ()
    terms: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What every request of the document says of it; the same in each, so that a provider can cache it."""
        found: dict[str, Any] = {"title": self.title, "summary": self.summary}
        found |= {kind: list(self.entities.get(kind, ())) for kind in KINDS}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Similar:
    """An approved pair of the memory whose source resembles a segment. ``percent``: 70 to 99; texts without codes."""

    source: str
    target: str
    percent: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A term that a person has locked for the package."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Briefed:
    """All that was frozen for a document. ``similar``: best first, by segment."""

    brief: Brief = field(default_factory=Brief)
    terms: tuple[Bound, ...] = ()
    similar: Mapping[SegmentId, tuple[Similar, ...]] = field(default_factory=dict)


def plain_briefed(value: Briefed) -> dict[str, Any]:
    """As JSON types."""
    return {str(k): v for k, v in plain(value).items()}


def load_briefed(value: Mapping[str, Any]) -> Briefed:
    """What ``plain_briefed`` wrote."""
    b = value["brief"]
    brief = Brief(
        b["title"],
        b["summary"],
        {kind: tuple(texts) for kind, texts in b["entities"].items()},
        tuple(Abbreviation(**a) for a in b["abbreviations"]),
        tuple(b["terms"]),
    )
    similar = {SegmentId(s): tuple(Similar(**m) for m in found) for s, found in value["similar"].items()}
    return Briefed(brief, tuple(Bound(**t) for t in value["terms"]), similar)
