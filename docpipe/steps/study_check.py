"""Documents of one study against each other, whatever batch they are of: facts, titles, reused paragraphs, and values in translations. Imports writing and store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docpipe.errors import UsageError
from docpipe.model.batch import Batch, Document, State
from docpipe.model.finding import Finding
from docpipe.steps.change_translations import stale, translations
from docpipe.steps.draft_book import draft_of, texts_of
from docpipe.steps.draft_values import draft_values, linked, value_findings
from docpipe.steps.house import House
from docpipe.steps.work import reached
from docpipe.store import batches, documents, units
from docpipe.writing.across import Across
from docpipe.writing.checking import DraftText
from docpipe.writing.cross_checks import across_findings

STALE = "R6.translation-out-of-date"
_GONE = (State.REFUSED, State.CANCELLED)
_ORDER = {"critical": 0, "major": 1, "minor": 2}


def check_study(house: House, ids: Sequence[str]) -> dict[str, Any]:
    """Findings over all documents of these batches and the translations of their drafts, gravest first, with what was compared.

    Raises ``UnknownName``, ``UsageError`` where none of the batches is a draft or translates one.
    """
    with house.store.read() as session:
        chosen = [batches.get(session, i) for i in dict.fromkeys(ids)]
        found = {b.id: documents.of_batch(session, b.id) for b in chosen}
    drafts = _drafts(house, [b for b in chosen if b.recipe.drafts], found)
    known = {
        t.document.id: (t.batch, t.document)
        for b in chosen
        if b.recipe.drafts
        for t in translations(house, b.id)
        if t.newest
    }
    for b in chosen:
        if not b.recipe.drafts:
            known |= {
                d.id: (b, d) for d in found[b.id] if d.state not in _GONE and draft_values(house, d.sha256) is not None
            }
    if not drafts and not known:
        raise UsageError("None of these batches is a draft or the translation of one.")
    said: list[dict[str, Any]] = []
    names = {name: at for name, (at, _) in drafts.items()}
    for one, finding in across_findings({n: text for n, (_, text) in drafts.items()}):
        name, row = one.place
        said.append(_object(names[name], row, finding) | {"evidence": _evidence(house, one, drafts)})
    compared = 0
    for batch, document in known.values():
        count, several = _translation(house, batch, document)
        compared += count
        said += several
    for b in chosen:
        if b.recipe.drafts:
            said += [_stale(t.batch, t.document, t.of, b.id) for t in stale(house, b.id)]
    facts = {f.id for _, text in drafts.values() for f in text.facts}
    return {
        "batches": [b.id for b in chosen],
        "findings": sorted(said, key=lambda f: _ORDER[f["severity"]]),
        "counted": {"documents": len(drafts), "facts": len(facts), "translations": len(known), "values": compared},
    }  # fmt: skip


Where = tuple[str, Document]


def _drafts(
    house: House, several: Sequence[Batch], found: dict[str, list[Document]]
) -> dict[str, tuple[Where, DraftText]]:
    """Every planned document by a name for people: its file, with its batch where another has the same."""
    made: dict[str, tuple[Where, DraftText]] = {}
    paths = [d.path for b in several for d in found[b.id]]
    for b in several:
        for d in found[b.id]:
            if d.state in _GONE or not reached(d, "segmented"):
                continue
            book = draft_of(house, d)
            with house.store.read() as session:
                texts = texts_of(units.segments(session, d.id), units.units(session, d.id))
            name = d.path if paths.count(d.path) == 1 else f"{d.path} of {b.id}"
            made[name] = ((b.id, d), DraftText(book.plan, texts, book.facts, book.card, book.sentences))
    return made


def _object(where: Where, row: str, finding: Finding) -> dict[str, Any]:
    batch, document = where
    return {
        "batch": batch, "document": document.id, "file": document.path, "row": row, "check": finding.check,
        "severity": finding.severity.value, "message": finding.message,
    }  # fmt: skip


def _evidence(house: House, one: Across, drafts: Mapping[str, tuple[Where, DraftText]]) -> dict[str, Any]:
    """What stands against what: the text here and in the other document, and the places in the sources that the values come from."""
    places = []
    for name, row in (one.place, *one.others[:3]):
        (batch, document), text = drafts[name]
        words = next((r.full for r in text.rows if r.address == row), "")
        places.append({"batch": batch, "document": document.id, "file": document.path, "row": row, "text": words[:400]})
    files: dict[str, str] = {}
    for (_, document), _text in drafts.values():
        files |= draft_of(house, document).files
    sources = [
        {"file": files.get(p.sha256, ""), "locator": p.locator, "value": f.formatted or f.raw} for f in one.facts for p in f.places[:2]
    ]  # fmt: skip
    return {
        "here": places[0],
        "there": places[1:],
        "sources": [dict(x) for x in dict.fromkeys(tuple(s.items()) for s in sources)],
    }


def _translation(house: House, batch: Batch, document: Document) -> tuple[int, list[dict[str, Any]]]:
    """How many values of a translation were compared, and what is wrong with them."""
    values = draft_values(house, document.sha256)
    if values is None or not reached(document, "segmented"):
        return 0, []
    with house.store.read() as session:
        segments, current = units.segments(session, document.id), units.units(session, document.id)
    several = value_findings(house, batch, document, segments, current)
    links = [link for s in segments if (link := linked(values, s)) is not None]
    rows = {s.id: s.address for s in segments}
    said = [_object((batch.id, document), rows[i], f) for i, found in several.items() for f in found]
    return sum(len(link[0].values) for link in links), said


def _stale(batch: Batch, document: Document, of: str, now: str) -> dict[str, Any]:
    message = f"It translates the version of batch {of}; the draft is at that of batch {now}."
    return {
        "batch": batch.id, "document": document.id, "file": document.path, "row": "", "check": STALE, "severity": "major",
        "message": message,
    }  # fmt: skip
