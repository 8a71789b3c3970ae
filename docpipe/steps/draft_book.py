"""All that steps need of one drafted document: plan, facts, card and where things stand, from blobs. Imports writing and store.

Blobs are named by their digests, so what was loaded once stays right; the last few documents are kept.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from docpipe.errors import NotReady
from docpipe.model.batch import Document
from docpipe.model.canonical import Digest
from docpipe.model.document import Address
from docpipe.model.draft import Plan
from docpipe.model.inline import CodedText
from docpipe.model.plan_codec import plan_from
from docpipe.model.segment import Segment, SegmentId, Status, Unit
from docpipe.model.source import Place
from docpipe.segment.segments import pieces
from docpipe.steps.house import House
from docpipe.steps.study_names import CARD, DISPLAYS, FACTS, FIGURES, SOURCE_LIST
from docpipe.store import studies
from docpipe.writing.factstore import FactStore
from docpipe.writing.study_card import Card

KEPT = 8


@dataclass(frozen=True, slots=True)
class DraftBook:
    """``facts``: those that the plan shows, with what they were made of. ``files``: path by digest; ``displays``: place of each source
    table and figure by number; ``figures``: by the digest of its picture."""

    plan: Plan
    facts: FactStore
    card: Card
    files: Mapping[str, str]
    displays: Mapping[str, Place]
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def sentences(self, text: CodedText) -> list[CodedText]:
        """A row's sentences with their codes."""
        return [piece for _, piece, _ in pieces(text, self.plan.language)]


_LOADED: dict[tuple[str, ...], DraftBook] = {}
_CARDS: dict[str, Card] = {}
_LOCK = threading.Lock()


def draft_of(house: House, document: Document) -> DraftBook:
    """The document's plan and facts. Raises ``NotReady`` before they were made."""
    with house.store.read() as session:
        read = studies.get(session, document.batch)
    name = f"{FACTS}:{document.id}"
    if read is None or not document.extraction or name not in read.blobs:
        raise NotReady("The document was not planned yet.", document=document.id)
    key = (document.extraction, *(read.blobs.get(n, "") for n in (name, CARD, SOURCE_LIST, DISPLAYS, FIGURES)))
    with _LOCK:
        found = _LOADED.get(key)
    if found is not None:
        return found
    get = house.store.blobs.get
    listed = json.loads(get(read.blobs[SOURCE_LIST]).decode("utf-8", "surrogatepass"))
    tables = json.loads(get(read.blobs[DISPLAYS]).decode("utf-8", "surrogatepass"))
    figures = json.loads(get(read.blobs[FIGURES])) if FIGURES in read.blobs else []
    made = DraftBook(
        plan_from(get(Digest(document.extraction))),
        FactStore.from_json(get(read.blobs[name])),
        _card(read.blobs[CARD], get),
        {s["sha256"]: s["file"] for s in listed},
        {t["number"]: Place(Digest(t["sha256"]), f"display:{t['index']}") for t in tables if t["number"]}
        | {f["number"]: Place(Digest(f["sha256"]), f"figure:{f['index']}") for f in figures if f["number"]},
        {f["picture"]: f for f in figures},
    )
    with _LOCK:
        while len(_LOADED) >= KEPT:
            _LOADED.pop(next(iter(_LOADED)), None)
        _LOADED[key] = made
    return made


def _card(digest: Digest, get: Callable[[str], bytes]) -> Card:
    with _LOCK:
        found = _CARDS.get(digest)
    if found is None:
        found = Card.from_json(get(digest).decode("utf-8", "surrogatepass"))
        with _LOCK:
            while len(_CARDS) >= KEPT:
                _CARDS.pop(next(iter(_CARDS)), None)
            _CARDS[digest] = found
    return found


def texts_of(segments: Iterable[Segment], current: Mapping[SegmentId, Unit]) -> dict[Address, CodedText]:
    """The rows' texts as they stand: the target, or the program's text where there is none yet."""
    return {s.address: s.source if current[s.id].status is Status.NEW else current[s.id].target for s in segments}


def block_of(address: str) -> str:
    """The block that a row belongs to: ``12.3`` for ``block:12.3/4``."""
    return address.removeprefix("block:").rpartition("/")[0]
