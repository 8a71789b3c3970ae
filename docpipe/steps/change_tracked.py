"""A draft with tracked changes since its former version: texts, tables and figures, old and new. Imports writing and store."""

from __future__ import annotations

from docpipe.model.batch import Batch, Document
from docpipe.model.plan_codec import plan_bytes, plan_from
from docpipe.steps.draft_book import draft_of
from docpipe.steps.draft_build import Standing, pictures_of, word_options
from docpipe.steps.draft_previous import word_called
from docpipe.steps.follow import FormerDocument, former
from docpipe.steps.house import House
from docpipe.steps.word_child import dump_texts
from docpipe.store import documents


def tracked(house: House, batch: Batch, document: Document, before: FormerDocument, *, preview: bool = False) -> bytes:
    """The document as its rows stand now: to accept all changes gives it, to reject them its former version."""
    now = Standing(house, document)
    facts = now.book.facts.to_json().encode("utf-8", "surrogatepass")
    with house.store.read() as session:
        was = documents.get(session, before.id)
    options = word_options(house, batch, now, preview=preview)
    pictures = pictures_of(house, plan_from(before.plan), draft_of(house, was).figures)
    options |= {
        "previous": before.shown, "previous_plan": before.plan, "changed_at": batch.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "figures": pictures | options["figures"],
    }  # fmt: skip
    return bytes(word_called(house, "write", (plan_bytes(now.book.plan), dump_texts(now.texts), facts, options)))


def tracked_preview(house: House, batch: Batch, document: Document) -> bytes | None:
    """The review copy of a document with tracked changes; None for a first version."""
    before = former(house, batch.recipe)
    if before is None or document.path not in before.documents:
        return None
    return tracked(house, batch, document, before.documents[document.path], preview=True)
