"""Terms of a termbase, entries of a memory, and matches. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from docpipe.model.canonical import Digest
from docpipe.model.finding import Span
from docpipe.model.segment import OriginKind


class TermStatus(StrEnum):
    PREFERRED = "preferred"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    DO_NOT_TRANSLATE = "do-not-translate"


@dataclass(frozen=True, slots=True)
class Term:
    """One row of a concept-based termbase: several rows may share a concept, a source or a target."""

    concept: str
    source: str
    target: str
    status: TermStatus
    note: str = ""


@dataclass(frozen=True, slots=True)
class TermHit:
    """A concept's source term found in a text: where, and all rows of the concepts that this source term stands for."""

    span: Span
    source: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class TmEntry:
    """A pair of a memory, both sides in renumbered wire form. ``context``: context digest of the source, or ""."""

    source: str
    target: str
    source_language: str
    target_language: str
    context: str = ""
    approved: bool = True
    origin: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What recall found for a segment. ``target``: renumbered wire form; ``percent``: 101 in context, 100 exact, else less."""

    target: str
    kind: OriginKind
    percent: int
    entry: Digest | str = ""
