"""What changed between a drafting batch and the one that it follows, as people see it: the list with the rows as they stand now. Imports exports and store.

The list itself never changes; texts, states and translations are those of the moment.
"""

from __future__ import annotations

from typing import Any

from docpipe.errors import NotReady
from docpipe.exports.changes import changes_html
from docpipe.exports.manifest import json_bytes
from docpipe.model.batch import Batch, Document
from docpipe.model.diff import word_diff
from docpipe.model.document import Address
from docpipe.model.inline import plain_text
from docpipe.model.segment import Status
from docpipe.steps.change_list import change_list
from docpipe.steps.change_tracked import tracked
from docpipe.steps.change_translations import Translation, stale, translations
from docpipe.steps.draft_book import draft_of
from docpipe.steps.draft_build import Standing
from docpipe.steps.follow import FormerDocument, follows, former
from docpipe.steps.house import House
from docpipe.steps.word_child import load_texts
from docpipe.steps.work import reached
from docpipe.store import batches, documents


def change_report(house: House, batch_id: str) -> dict[str, Any]:
    """The whole report as JSON types. Raises ``UnknownName`` where the batch follows none, ``NotReady`` before its sources were read.

    A touched row has its text in the former document (``old``) and as it stands (``now``), the difference by words (``diff``), its
    state, and whether a person has to work on it.
    """
    listed = change_list(house, batch_id)
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = {d.path: d for d in documents.of_batch(session, batch_id)}
    before = former(house, batch.recipe)
    told = {
        **listed,
        "documents": [
            _document(house, found[d["file"]], d, before.documents.get(d["file"]) if before else None)
            for d in listed["documents"]
        ],
        "translations": [_translation(t) for t in translations(house, batch_id)],
        "stale": [_translation(t) for t in stale(house, batch_id)],
    }
    return told | {"counted": counted(told)}


def counted(told: dict[str, Any]) -> dict[str, int]:
    """The figures of a list or report: facts by kind, rows, carried approvals."""
    facts = told["facts"]
    rows = [d["counted"] for d in told["documents"]]
    return {
        "facts": len(facts),
        "facts_used": sum(bool(f["uses"]) for f in facts),
        "passages": len(told["passages"]),
        "rows": sum(r["rows"] for r in rows),
        "same": sum(r["same"] for r in rows),
        "touched": sum(r["rows"] - r["same"] for r in rows),
        "gone": sum(r["gone"] for r in rows),
        "approved": sum(r.get("approved", 0) for r in rows),
        "needs_person": sum(r.get("needs_person", 0) for r in rows),
        "comments": sum(d.get("comments", {}).get("carried", 0) for d in told["documents"]),
        "comments_left": sum(len(d.get("comments", {}).get("left", ())) for d in told["documents"]),
    }


def _document(house: House, document: Document, listed: dict[str, Any], was: FormerDocument | None) -> dict[str, Any]:
    if not reached(document, "segmented"):
        return {**listed, "document": document.id}
    now = Standing(house, document)
    by_address = {s.address: s for s in now.segments}
    shown = load_texts(was.shown) if was is not None else {}
    touched = []
    for row in listed["touched"]:
        segment = by_address[Address(row["row"])]
        unit = now.current[segment.id]
        old = (
            plain_text(shown[Address(row["was"])], equiv=True)
            if row["was"] and Address(row["was"]) in shown
            else row["old"]
        )
        text = plain_text(now.texts[segment.address], equiv=True)
        diff = [] if row["table"] else [[c.op, c.text] for c in word_diff(old, text)]
        touched.append(
            {
                **row, "segment": segment.id, "old": old, "now": text, "diff": diff, "status": unit.status.value,
                "needs_person": unit.needs_person,
            }
        )  # fmt: skip
    kept = {new for new, old, kind in listed["pairs"] if kind == "same" and old}
    same = [now.current[s.id] for s in now.segments if s.address in kept]
    more = {
        "approved": sum(u.status is Status.APPROVED for u in same),
        "edited": sum(bool(u.editor) for u in same),
        "needs_person": sum(bool(r["needs_person"]) for r in touched),
        "waiting": sum(r["status"] != Status.APPROVED.value for r in touched),
    }
    headings = {b.id: f"{b.number} {b.heading}".strip() for b in draft_of(house, document).plan.blocks}
    return {
        **listed,
        "document": document.id,
        "touched": touched,
        "counted": {**listed["counted"], **more},
        "headings": headings,
    }


def _translation(t: Translation) -> dict[str, Any]:
    recipe = t.batch.recipe
    return {
        "batch": t.batch.id, "document": t.document.id, "file": t.document.path, "from": recipe.source_language,
        "to": recipe.target_language, "state": t.document.state.value, "of": t.of, "draft": t.file, "newest": t.newest,
    }  # fmt: skip


def report_files(house: House, batch: Batch, face: str = "") -> dict[str, bytes]:
    """The report as JSON and as HTML, by name; nothing for a first version or before the sources were compared. ``face``: DRAFT words, or ""."""
    if not follows(batch.recipe):
        return {}
    try:
        told = change_report(house, batch.id)
    except NotReady:
        return {}
    return {"changes.json": json_bytes(told), "changes.html": changes_html(told, face=face, made=house.now())}


def change_files(house: House, batch: Batch, found: list[Document], face: str) -> dict[str, tuple[bytes, str, str]]:
    """What a package holds of the changes: the report as JSON and HTML, and each document with tracked changes; nothing for a first version."""
    before = former(house, batch.recipe)
    if before is None:
        return {}
    files = {name: (data, "changes", "") for name, data in report_files(house, batch, face).items()}
    folder = "DRAFT-tracked" if face else "tracked"
    for d in found:
        if d.output and reached(d, "verified") and d.path in before.documents:
            files[f"{folder}/{d.path}"] = (tracked(house, batch, d, before.documents[d.path]), "tracked", d.id)
    return files


def followers(house: House, batch_id: str) -> list[Batch]:
    """The batches that follow this one, the newest first."""
    with house.store.read() as session:
        found = [b for b in batches.listing(session) if b.recipe.drafts and follows(b.recipe) == batch_id]
    return sorted(found, key=lambda b: (b.created, b.id), reverse=True)
