"""What carries a drafted row, sentence by sentence: facts with their places in tables and records, and passages. Imports store, segment and the core.

The places are links: whoever reads a sentence can open the very cell that its number stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from typing_extensions import TypedDict

from docpipe.errors import UnknownName
from docpipe.model import draft
from docpipe.model.batch import Document
from docpipe.model.draft import PlannedBlock, PlannedRow, facts_in
from docpipe.model.fact import Fact
from docpipe.model.inline import CodedText, Placeholder, plain_text
from docpipe.model.segment import Status
from docpipe.model.source import Place
from docpipe.steps.draft_book import DraftBook, draft_of
from docpipe.steps.draft_orders import MEDIA_TYPE
from docpipe.steps.draft_sources import blob, study_of
from docpipe.steps.house import House
from docpipe.steps.study_names import DISPLAYS
from docpipe.store import documents, units
from docpipe.writing.added import added_lines
from docpipe.writing.factstore import FactStore

_SHOWN = 8


class PlaceObject(TypedDict):
    """Where a value or passage stands. ``link``: a path of the page, "" where there is none. ``text``: the passage's words."""

    file: str
    sha256: str
    locator: str
    link: str
    text: str


class FactObject(TypedDict):
    """A value that a sentence shows. ``formula``: how it was computed, "" where it is printed so in a table."""

    id: str
    value: str
    says: str
    display: str
    n: int | None
    population: str
    window: str
    formula: str
    places: list[PlaceObject]
    more_places: int
    made_of: list[str]


class SentenceObject(TypedDict):
    """A sentence with what carries it. ``unsupported``: neither a fact nor a passage nor the document type's own words do."""

    text: str
    facts: list[FactObject]
    passages: list[PlaceObject]
    unsupported: bool


class EvidenceObject(TypedDict):
    """The evidence of a row. ``fixed``: the document type's own words; ``gap``: what is missing."""

    segment: str
    block: str
    heading: str
    instruction: str
    inputs: list[str]
    type: str
    fixed: bool
    gap: str
    sentences: list[SentenceObject]


@dataclass(frozen=True, slots=True)
class _Sources:
    """Names and links of a batch's sources."""

    batch: str
    files: Mapping[str, str]
    tables: Mapping[tuple[str, int], int]
    passages: Mapping[str, str]

    def place(self, place: Place) -> PlaceObject:
        link, text = "", self.passages.get(f"{place.sha256}|{place.locator}", "")
        kind, _, rest = place.locator.partition(":")
        if kind == "display":
            index, _, cell = rest.partition("/")
            position = self.tables.get((place.sha256, int(index) if index.isdigit() else 0))
            link = f"/batches/{self.batch}/tables/{position}#{cell.replace('/', '')}" if position else ""
        elif kind == "text" or (kind == "usdm" and text):
            link = f"/batches/{self.batch}/sources/{place.sha256}#{rest.replace('/', '-').replace('#', '-')}"
        return {
            "file": self.files.get(place.sha256, ""), "sha256": place.sha256, "locator": place.locator, "link": link, "text": text,
        }  # fmt: skip


def book_of(house: House, document_id: str) -> tuple[Document, DraftBook]:
    """A drafted document with its plan and facts. Raises ``UnknownName`` where it is no draft, ``NotReady`` before its plan is made."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
    if document.media_type != MEDIA_TYPE:
        raise UnknownName("This document is no draft.", name=document_id)
    return document, draft_of(house, document)


def evidence(house: House, document_id: str, segment_id: str) -> EvidenceObject:
    """What carries a row as it stands now. Raises ``UnknownName``."""
    document, book = book_of(house, document_id)
    with house.store.read() as session:
        found = next((s for s in units.segments(session, document_id) if s.id == segment_id), None)
        if found is None:
            raise UnknownName("There is no such row in this document.", name=segment_id)
        unit = units.some(session, document_id, [found.id])[found.id]
    block, row = next((b, r) for b, r in book.plan.rows() if r.address == found.address)
    text = found.source if unit.status is Status.NEW else unit.target
    return _object(book, block, row, segment_id, text, _sources(house, document.batch, book))


def _object(
    book: DraftBook, block: PlannedBlock, row: PlannedRow, segment: str, text: CodedText, sources: _Sources
) -> EvidenceObject:
    plan, facts = book.plan, book.facts
    table = next((c.data for c in text if isinstance(c, Placeholder) and c.kind == draft.TABLE), "")
    sentences: list[SentenceObject] = []
    if table:
        shown = {f: fact for f in plan.table(table).facts for fact in facts.versions(f)}
        sentences.append(_sentence("In-text table", list(shown.values()), row, facts, sources))
    else:
        said = plain_text(text, equiv=True)
        added = [said[a:b] for a, b in added_lines(said, plain_text(row.text, equiv=True))]
        for sentence in book.sentences(text):
            shown = {f: fact for f in facts_in(sentence) for fact in facts.versions(f)}
            words = plain_text(sentence, equiv=True)
            told = _sentence(words, list(shown.values()), row, facts, sources)
            told["unsupported"] &= text != row.text and not _carried(sentence)
            if any(words.strip() in line or line in words for line in added):
                told |= {"passages": [], "unsupported": not _carried(sentence)}
            sentences.append(told)
    return {
        "segment": segment, "block": block.id, "heading": f"{block.number} {block.heading}".strip(),
        "instruction": block.instruction, "inputs": list(block.inputs), "type": plan.type, "fixed": row.fixed, "gap": row.gap,
        "sentences": sentences,
    }  # fmt: skip


def _sentence(text: str, shown: list[Fact], row: PlannedRow, facts: FactStore, sources: _Sources) -> SentenceObject:
    passages = [sources.place(p) for p in row.passages]
    return {
        "text": text,
        "facts": [_fact(f, facts, sources) for f in shown],
        "passages": passages,
        "unsupported": not (shown or passages or row.fixed or row.gap),
    }


def _fact(fact: Fact, facts: FactStore, sources: _Sources) -> FactObject:
    made_of = [f"{says(f)} = {f.formatted}" for i in fact.inputs for f in facts.versions(i)]
    return {
        "id": fact.id, "value": fact.formatted, "says": says(fact), "display": fact.display, "n": fact.n,
        "population": fact.population, "window": fact.window, "formula": fact.formula,
        "places": [sources.place(p) for p in fact.places[:_SHOWN]], "more_places": max(0, len(fact.places) - _SHOWN),
        "made_of": made_of[:_SHOWN],
    }  # fmt: skip


def says(fact: Fact) -> str:
    """``Table 14-5.01: NAUSEA, Placebo, n``."""
    parts = (" / ".join(fact.row), fact.arm, fact.statistic)
    return f"{fact.display}: {', '.join(p for p in parts if p)}"


def _sources(house: House, batch_id: str, book: DraftBook) -> _Sources:
    shown = blob(house, study_of(house, batch_id).blobs[DISPLAYS])
    tables = {(d["sha256"], d["index"]): n for n, d in enumerate(shown, 1)}
    return _Sources(batch_id, book.files, tables, book.card.passages)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row of a draft in a list. ``unsupported``: sentences that nothing carries."""

    segment: str
    block: str
    heading: str
    text: str
    gap: str
    unsupported: int


def weak_rows(house: House, document_id: str) -> list[DraftRow]:
    """Rows that a reader should see first: those with a sentence that nothing carries, then gaps nobody filled. Raises as ``book_of``."""
    _, book = book_of(house, document_id)
    with house.store.read() as session:
        segments = units.segments(session, document_id)
        current = units.units(session, document_id)
    rows = {r.address: (b, r) for b, r in book.plan.rows()}
    found: list[DraftRow] = []
    for s in segments:
        block, row = rows[s.address]
        text = s.source if current[s.id].status is Status.NEW else current[s.id].target
        single = any(isinstance(c, Placeholder) and c.kind in (draft.TABLE, draft.FIGURE) for c in text)
        bare = 0 if row.fixed or row.passages or row.gap or single or text == row.text else _bare(book, text)
        open_gap = bool(row.gap) and text == row.text
        if bare or open_gap:
            heading = f"{block.number} {block.heading}".strip()
            found.append(
                DraftRow(s.id, block.id, heading, plain_text(text, equiv=True), row.gap if open_gap else "", bare)
            )
    return sorted(found, key=lambda r: not r.unsupported)


def _bare(book: DraftBook, text: CodedText) -> int:
    return sum(not _carried(sentence) for sentence in book.sentences(text))


def _carried(sentence: CodedText) -> bool:
    """Whether a fact or a table among the sources stands in the sentence."""
    return any(isinstance(c, Placeholder) and c.kind in (draft.FACT, draft.DISPLAY) for c in sentence)


@dataclass(frozen=True, slots=True)
class Section:
    """A block of a draft with how far its rows are. ``first``: its first row's segment."""

    block: PlannedBlock
    rows: int
    approved: int
    facts: int
    first: str


def sections(house: House, document_id: str) -> list[Section]:
    """Every block of a draft in order. Raises as ``book_of``."""
    _, book = book_of(house, document_id)
    with house.store.read() as session:
        segments = {s.address: s.id for s in units.segments(session, document_id)}
        current = units.units(session, document_id)
    found: list[Section] = []
    for block in book.plan.blocks:
        ids = [segments[r.address] for r in block.rows]
        approved = sum(current[i].status is Status.APPROVED for i in ids)
        facts = len({f for r in block.rows for f in r.facts})
        found.append(Section(block, len(ids), approved, facts, ids[0] if ids else ""))
    return found
