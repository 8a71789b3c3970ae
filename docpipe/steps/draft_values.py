"""Translations of drafted documents against the facts of the draft: every value of a sentence, and which group it belongs to. Imports checks, writing and store.

A segment is linked to the draft by its words: they are those of a sentence or cell whose facts the draft knows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from docpipe.checks.values import Comparison, in_order
from docpipe.model import draft
from docpipe.model.batch import Batch, Document
from docpipe.model.document import BlockKind
from docpipe.model.fact import Fact, FactId
from docpipe.model.finding import Finding, Severity, Span
from docpipe.model.inline import CodedText, Placeholder, Text, spaced_text
from docpipe.model.segment import OriginKind, Segment, SegmentId, Status, Unit
from docpipe.steps.draft_build import Standing
from docpipe.steps.draft_orders import MEDIA_TYPE
from docpipe.steps.house import House
from docpipe.store import documents
from docpipe.writing.evidence import said_of

VALUE, GROUP = "R4.value-in-translation", "R5.group-in-translation"
KEPT = 4
_SPACE = re.compile(r"\s+")
_SIZE = re.compile(r"\s*[(（]?\s*[NnＮ]\s*[=＝]\s*[\d,. ]+[)）]?")
_STYLES = ("B1.", "B3.", "B17.", "B20.")
"""Checks that say the same of a value without knowing what it is."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or cell of the draft: its facts with their places in its words, and the places of the groups it names."""

    text: str
    values: tuple[tuple[Fact, Span], ...]
    groups: tuple[tuple[str, str, int], ...]
    """Group's name, as it is written here, where."""


@dataclass(slots=True)
class DraftValues:
    """Sentences of a draft by their words. ``groups``: names of groups as the draft writes them."""

    sentences: dict[str, Said] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)


_KNOWN: dict[str, DraftValues | None] = {}


def draft_values(house: House, sha256: str) -> DraftValues | None:
    """What a drafted document says, by the digest of its bytes; None where these are of no draft."""
    if sha256 in _KNOWN:
        return _KNOWN[sha256]
    with house.store.read() as session:
        found = next((d for d in documents.with_output(session, sha256) if d.media_type == MEDIA_TYPE), None)
    made = _read(Standing(house, found)) if found is not None else None
    while len(_KNOWN) >= KEPT:
        _KNOWN.pop(next(iter(_KNOWN)), None)
    _KNOWN[sha256] = made
    return made


def _read(now: Standing) -> DraftValues:
    made = DraftValues()
    tables = {t.key: t for t in now.book.plan.tables}
    for _, row in now.book.plan.rows():
        text = now.texts.get(row.address, row.text)
        if row.kind is BlockKind.TABLE:
            key = next((p.data for p in row.text if isinstance(p, Placeholder) and p.kind == draft.TABLE), "")
            parts = list(tables[key].texts()) if key in tables else []
        else:
            parts = now.book.sentences(text) or [text]
        for part in parts:
            said = _said(part, now)
            if said.text and (said.values or said.text not in made.sentences):
                made.sentences.setdefault(said.text, said)
            made.groups |= {written: name for name, written, _ in said.groups}
    made.groups |= {name: name for name in now.book.plan.arms}
    return made


def _said(text: CodedText, now: Standing) -> Said:
    """A sentence with single blanks, and its codes' places in it."""
    words, values, groups = "", [], []
    for part in text:
        piece = part.text if isinstance(part, Text) else part.equiv if isinstance(part, Placeholder) else ""
        piece = _SPACE.sub(" ", piece)
        if not words or words.endswith(" "):
            piece = piece.lstrip(" ")
        start = len(words)
        words += piece
        if isinstance(part, Placeholder) and part.kind == draft.FACT:
            fact = now.book.facts.get(FactId(part.data.partition(":")[0]))
            if fact is not None:
                values.append((fact, (start, len(words))))
        elif isinstance(part, Placeholder) and part.kind == draft.ARM:
            groups.append((part.data, piece.strip(), start))
    return Said(words.rstrip(" "), tuple(values), tuple(groups))


def value_findings(
    house: House, batch: Batch, document: Document, segments: Sequence[Segment], current: Mapping[SegmentId, Unit],
    only: Collection[SegmentId] | None = None,
) -> dict[SegmentId, list[Finding]]:  # fmt: skip
    """Findings of rows that translate a draft's sentences; empty where the document is no draft's. ``only``: these rows alone."""
    values = draft_values(house, document.sha256)
    if values is None:
        return {}
    names = _names(values, segments, current)
    found: dict[SegmentId, list[Finding]] = {}
    for segment in segments:
        unit = current[segment.id]
        if (
            (only is not None and segment.id not in only)
            or unit.status is Status.NEW
            or unit.origin.kind is OriginKind.PSEUDO
        ):
            continue
        if several := list(_compared(values, segment, unit, names, batch)):
            off = tuple(batch.recipe.checks_off) or ("-",)
            found[segment.id] = [f for f in several if not f.check.startswith(off)]
    return found


def linked(values: DraftValues, segment: Segment) -> tuple[Said, int] | None:
    """The sentence of the draft that a segment is, and where its words begin in the segment's."""
    text = spaced_text(segment.source)
    plain = _SPACE.sub(" ", text).strip(" ")
    said = values.sentences.get(plain)
    return None if said is None or plain != text.strip(" ") else (said, len(text) - len(text.lstrip(" ")))


def _names(values: DraftValues, segments: Sequence[Segment], current: Mapping[SegmentId, Unit]) -> dict[str, str]:
    """How the translation calls each group: as its column heads and labels do."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for segment in segments:
        written = _SIZE.sub("", spaced_text(segment.source)).strip()
        name = values.groups.get(written)
        unit = current[segment.id]
        if name and unit.status is not Status.NEW and unit.origin.kind is not OriginKind.PSEUDO:
            found[name][_SIZE.sub("", spaced_text(unit.target)).strip()] = None
    return {name: next(iter(several)) for name, several in found.items() if len(several) == 1}


def _compared(
    values: DraftValues, segment: Segment, unit: Unit, names: Mapping[str, str], batch: Batch
) -> Iterator[Finding]:
    link = linked(values, segment)
    if link is None or not link[0].values:
        return
    said, shift = link
    pair = Comparison(segment.source, unit.target, batch.recipe.source_language, batch.recipe.target_language)
    for fact, (start, end) in said.values:
        span = (start + shift, end + shift)
        if pair.unsaid(span):
            what = f"{said_of(fact)} is {said.text[start:end]} in the draft; the translation does not say so."
            yield Finding(VALUE, Severity.CRITICAL, what, source_span=span)
    for group in _groups(said):
        spans = {fact.arm: (a + shift, b + shift) for fact, (a, b) in group}
        for name in pair.changed_places(spans, names):
            fact = next(f for f, _ in group if f.arm == name)
            what = f"{said_of(fact)} is {fact.formatted}; the translation has another group's value there."
            yield Finding(GROUP, Severity.CRITICAL, what, source_span=spans[name])


def _groups(said: Said) -> Iterator[list[tuple[Fact, Span]]]:
    """Values that differ in their group alone, where the sentence names each of these groups once, in the order of the values."""
    several: dict[object, list[tuple[Fact, Span]]] = defaultdict(list)
    for fact, span in said.values:
        several[fact.display, fact.row, fact.statistic, fact.population, fact.window].append((fact, span))
    for group in several.values():
        arms = [f.arm for f, _ in group]
        places = [[at for name, _, at in said.groups if name == arm] for arm in arms]
        named = len(set(arms)) == len(arms) > 1 and all(len(p) == 1 for p in places)
        if named and in_order([p[0] for p in places], [a for _, (a, _) in group]):
            yield group


def without_twins(found: Sequence[Finding], values: Sequence[Finding]) -> list[Finding]:
    """The findings of a row with those on its values, which take the place of what says the same of the same number."""
    spans = [f.source_span for f in values if f.check == VALUE and f.source_span]

    def twin(f: Finding) -> bool:
        at = f.source_span
        return f.check.startswith(_STYLES) and at is not None and any(a <= at[0] and at[1] <= b for a, b in spans)

    return [f for f in found if not twin(f)] + list(values)
