"""Timeline: what happened to one document, machine time and people's time apart, from our own records. Imports store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from docpipe.model.audit import AuditEvent
from docpipe.model.batch import Batch, CheckpointState, Document
from docpipe.model.timing import StageTiming
from docpipe.steps.house import House
from docpipe.store import audit, batches, checkpoints, documents, timeline

EVENTS = 300


@dataclass(frozen=True, slots=True)
class Wait:
    """A checkpoint of the document: how long it has waited for people, until its signature or until now."""

    checkpoint: str
    state: str
    opened: datetime
    ended: datetime | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """One document. ``machine_seconds``: summed over stages; ``people_seconds``: active time at the page."""

    batch: Batch
    document: Document
    stages: list[StageTiming]
    waits: list[Wait]
    events: list[AuditEvent]
    rows: list[tuple[str, str, int]]
    calls: list[timeline.CallLine]
    machine_seconds: float
    people_seconds: float
    waiting_seconds: float
    retries: int

    @property
    def failed_calls(self) -> list[timeline.CallLine]:
        """Model calls that did not end well."""
        return [c for c in self.calls if c.code or c.state in ("failed", "unknown")]


def timeline_of(house: House, document_id: str) -> Timeline:
    """Everything that is known of a document's way. Raises ``UnknownName``."""
    now = house.now()
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
        found = checkpoints.of_document(session, document_id)
        stages = timeline.stages(session, batch.id, document_id)
        waits = []
        for checkpoint in found:
            signed = [s.at for s in checkpoints.signatures(session, checkpoint.id) if not s.void]
            over = signed[-1] if signed else None
            going = checkpoint.state in (CheckpointState.OPEN, CheckpointState.SENT_BACK) and not document.state.ended
            seconds = ((over or now) - checkpoint.opened).total_seconds() if over or going else 0.0
            waits.append(Wait(checkpoint.id, checkpoint.state.value, checkpoint.opened, over, max(seconds, 0.0)))
        return Timeline(
            batch, document, stages, waits,
            timeline.events(session, batch.id, [document_id, batch.id, *(c.id for c in found)], EVENTS),
            timeline.row_events(session, batch.id, document_id), timeline.calls(session, batch.id, document_id),
            sum(t.seconds for t in stages if not t.people), timeline.active_seconds(session, document_id),
            sum(w.seconds for w in waits), sum(t.retries for t in stages),
        )  # fmt: skip


def audit_of(house: House, batch: str, document: str) -> Iterator[dict[str, object]]:
    """Every audit event about the document, its rows and its checkpoints, as JSON types, in order."""
    with house.store.read() as session:
        subjects = {document, *(c.id for c in checkpoints.of_document(session, document))}
        for event in audit.export(session, batch):
            subject = str(event["subject"])
            if subject in subjects or subject.startswith(f"{document}/"):
                yield event
