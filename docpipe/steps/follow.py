"""The batch that a drafting batch follows: what was taken from it, frozen with the order, so that whatever is carried over can be proven. Imports store.

The frozen content holds every row with its digest, its editor and approver, what was dismissed, what people wrote beside it, and the texts as the document showed them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from docpipe.errors import NotReady, UsageError
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, canonical_json
from docpipe.model.codec import dump_coded, load_coded
from docpipe.model.document import Address
from docpipe.model.finding import Disposition, Finding, Severity
from docpipe.model.plan_codec import plan_bytes
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Status, Unit
from docpipe.steps.draft_build import Standing
from docpipe.steps.draft_orders import FOLLOWS
from docpipe.steps.house import House
from docpipe.steps.word_child import dump_texts
from docpipe.steps.work import reached
from docpipe.store import comments, documents, findings, studies
from docpipe.store.comments import Comment


@dataclass(frozen=True, slots=True)
class Settled:
    """A finding of a row that a person dismissed."""

    segment: SegmentId
    finding: Finding
    user: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FormerDocument:
    """A document of the former batch. ``rows``: by address; ``comments``: on them, with their segments there; ``output``: digest of the assembled file, or ""; ``shown``, ``plan``: its texts and its plan with the
    tables, as the document had them."""

    id: str
    path: str
    output: str
    rows: Mapping[Address, Unit]
    settled: tuple[Settled, ...]
    shown: bytes
    plan: bytes
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Former:
    """The former batch. ``documents``: by path."""

    batch: str
    documents: Mapping[str, FormerDocument]


def follows(recipe: Recipe) -> str:
    """The batch that a recipe's batch follows, or ""."""
    return next((a.name for a in recipe.assets if a.kind == FOLLOWS), "")


def freeze(house: House, batch: Batch) -> AssetRef:
    """The batch as it stands, as an asset of the one that follows it. Raises ``UsageError`` (no drafting batch), ``NotReady``."""
    if not batch.recipe.drafts:
        raise UsageError(
            f"Batch {batch.id} translates: only drafts follow changed data. Translate again with --previous."
        )
    with house.store.read() as session:
        found = documents.of_batch(session, batch.id)
        read = studies.get(session, batch.id)
    live = [d for d in found if d.extraction and reached(d, "segmented") and d.state not in _GONE]
    if read is None or not live:
        raise NotReady(f"Batch {batch.id} has no planned document yet: docpipe resume {batch.id}.", batch=batch.id)
    kept = {"batch": batch.id, "recipe": batch.recipe.digest, "data_version": read.version}
    said = canonical_json({**kept, "documents": [_frozen(house, d) for d in live]})
    return AssetRef(FOLLOWS, batch.id, house.store.blobs.put(said.encode("utf-8", "surrogatepass")), len(live))


_GONE = (State.REFUSED, State.CANCELLED)


def _frozen(house: House, document: Document) -> dict[str, Any]:
    now = Standing(house, document)
    with house.store.read() as session:
        dismissed = findings.listing(session, document.id, disposition=Disposition.DISMISSED)
        said = comments.listing(session, document.id)
    return {
        "id": document.id, "path": document.path, "extraction": document.extraction, "output": document.output,
        "rows": [_row(s, now.current[s.id]) for s in now.segments],
        "settled": [
            {
                "segment": f.segment, "check": f.check, "severity": f.severity.value, "message": f.message,
                "source_span": f.source_span, "target_span": f.target_span, "user": f.dismissed_by, "reason": f.reason,
                "at": f.dismissed_at.isoformat() if f.dismissed_at else "",
            }
            for f in dismissed if f.segment
        ],
        "comments": [
            {
                "id": c.id, "segment": c.segment, "user": c.user, "text": c.text, "question": c.question, "at": c.at.isoformat(),
                "resolved_at": c.resolved_at.isoformat() if c.resolved_at else "", "resolved_by": c.resolved_by,
            }
            for c in said
        ],
        "shown": house.store.blobs.put(dump_texts(now.texts)), "plan": house.store.blobs.put(plan_bytes(now.book.plan)),
    }  # fmt: skip


def _row(segment: Segment, unit: Unit) -> dict[str, Any]:
    return {
        "address": segment.address, "segment": segment.id, "digest": segment.digest, "target": dump_coded(unit.target),
        "target_digest": unit.digest, "status": unit.status.value, "origin": unit.origin.kind.value,
        "detail": unit.origin.detail, "revision": unit.revision, "editor": unit.editor, "approver": unit.approver,
        "needs_person": unit.needs_person,
    }  # fmt: skip


def former(house: House, recipe: Recipe) -> Former | None:
    """What was frozen of the batch that this one follows; None where it follows none."""
    asset = next((a for a in recipe.assets if a.kind == FOLLOWS), None)
    return None if asset is None else _former(house.store.blobs.get(asset.sha256), house.store.blobs.get)


@lru_cache(maxsize=4)
def _former(stored: bytes, get: Any) -> Former:
    given = json.loads(stored.decode("utf-8", "surrogatepass"))
    return Former(given["batch"], {d["path"]: _document(d, get) for d in given["documents"]})


def _document(given: Mapping[str, Any], get: Any) -> FormerDocument:
    rows = {Address(r["address"]): _unit(r) for r in given["rows"]}
    return FormerDocument(
        given["id"], given["path"], given["output"], rows, tuple(map(_settled, given["settled"])), bytes(get(Digest(given["shown"]))), bytes(get(Digest(given["plan"]))),
        tuple(_comment(given["id"], c) for c in given.get("comments", ())),
    )  # fmt: skip


def _unit(r: Mapping[str, Any]) -> Unit:
    return Unit(
        SegmentId(r["segment"]), load_coded(r["target"]), Status(r["status"]), Origin(OriginKind(r["origin"]), r["detail"]),
        r["revision"], r["editor"], r["approver"], r["needs_person"],
    )  # fmt: skip


def _comment(document: str, c: Mapping[str, Any]) -> Comment:
    resolved = datetime.fromisoformat(c["resolved_at"]) if c["resolved_at"] else None
    return Comment(
        c["id"], document, c["segment"], c["user"], c["text"], c["question"], datetime.fromisoformat(c["at"]), resolved, c["resolved_by"]
    )  # fmt: skip


def _settled(s: Mapping[str, Any]) -> Settled:
    spans = [tuple(s[n]) if s[n] else None for n in ("source_span", "target_span")]
    finding = Finding(s["check"], Severity(s["severity"]), s["message"], spans[0], spans[1])
    return Settled(SegmentId(s["segment"]), finding, s["user"], s["reason"], datetime.fromisoformat(s["at"]))
