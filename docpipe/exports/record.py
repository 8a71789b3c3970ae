"""The record of decisions and signatures of a batch, for people (HTML) and programs (JSON). Imports the core and jinja2.

Source: 21 CFR 11.50 (what a signature shows), 11.10(e) (audit trail), 11.10(b) (readable copies); EU GMP Annex 11, 8 and 9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from docpipe.exports.manifest import json_bytes, signature_entry, utc
from docpipe.exports.templates import page
from docpipe.model.audit import AuditEvent, first_break
from docpipe.model.batch import Batch, Checkpoint, Document, Signature


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """What a person decided: action (approve, reject, edit, dismiss, sign), on what, when, why. ``rows``: how many segments."""

    at: datetime
    user: str
    printed_name: str
    action: str
    document: str
    checkpoint: str = ""
    subject: str = ""
    reason: str = ""
    rows: int = 1


@dataclass(frozen=True, slots=True)
class RecordData:
    """All records of a batch. ``people``: account name to printed name."""

    batch: Batch
    made: datetime
    documents: tuple[Document, ...]
    checkpoints: tuple[Checkpoint, ...] = ()
    decisions: tuple[DecisionEntry, ...] = ()
    signatures: tuple[Signature, ...] = ()
    events: tuple[AuditEvent, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    face: str = ""
    software: str = ""


def record_html(data: RecordData) -> bytes:
    """The record as one HTML page in UTF-8. Deterministic."""
    return page("record.html", record=record(data))


def record_json(data: RecordData) -> bytes:
    """The record as indented JSON in UTF-8 with a last line end. Deterministic."""
    return json_bytes(record(data))


def record(data: RecordData) -> dict[str, Any]:
    """What both forms show, as JSON types. The audit events stand in the order of their numbers, hashes included."""
    names = {d.id: d.path for d in data.documents}
    events = sorted(data.events, key=lambda e: (e.chain, e.number))
    of_checkpoint = {c.id: c.document for c in data.checkpoints}
    return {
        "form": 1,
        "face": data.face,
        "batch": {"id": data.batch.id, "name": data.batch.name, "submitter": data.batch.submitter},
        "made": utc(data.made),
        "software": data.software,
        "recipe_sha256": data.batch.recipe.digest,
        "documents": [{"id": d.id, "file": d.path, "sha256": d.sha256, "output": d.output} for d in data.documents],
        "checkpoints": [
            {
                "id": c.id, "document": c.document, "file": names.get(c.document, ""), "stage": c.stage, "role": c.role,
                "state": c.state.value, "opened": utc(c.opened), "sha256": c.digest,
                "signatures": [
                    signature_entry(s, c.document) for s in sorted(data.signatures, key=lambda s: s.at) if s.checkpoint == c.id
                ],
            }
            for c in sorted(data.checkpoints, key=lambda c: (names.get(c.document, ""), c.opened, c.id))
        ],
        "other_signatures": [signature_entry(s) for s in data.signatures if s.checkpoint not in of_checkpoint],
        "decisions": [
            {
                "at": utc(d.at), "user": d.user, "printed_name": d.printed_name, "action": d.action,
                "document": d.document, "file": names.get(d.document, ""), "checkpoint": d.checkpoint,
                "subject": d.subject, "rows": d.rows, "reason": d.reason,
            }
            for d in sorted(data.decisions, key=lambda d: d.at)
        ],
        "audit": {
            "verified": _verified(events),
            "events": [
                {
                    "chain": e.chain, "number": e.number, "at": e.at.isoformat(), "actor": e.actor,
                    "printed_name": data.people.get(e.actor, ""), "action": e.action, "subject": e.subject,
                    "old": e.old, "new": e.new, "reason": e.reason, "previous": e.previous, "hash": e.hash,
                }
                for e in events
            ],
        },
    }  # fmt: skip


def _verified(events: list[AuditEvent]) -> str:
    """ "" when every chain is whole, else what is wrong with the first that is not."""
    chains: dict[str, list[AuditEvent]] = {}
    for event in events:
        chains.setdefault(event.chain, []).append(event)
    return next((broken for chain in chains.values() if (broken := first_break(chain))), "")
