"""What a person sees before they sign: the digest, counts, dismissed findings, unseen rows, and every earlier decision. Imports store.

Reads only; deciding is ``decide``, ``review`` and ``sign``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from docpipe.model.batch import Batch, Checkpoint, CheckpointState, Document, State
from docpipe.model.canonical import Digest
from docpipe.model.finding import Disposition
from docpipe.model.routing import Route, routed
from docpipe.model.segment import Status
from docpipe.steps.house import House
from docpipe.steps.open_checkpoint import digest_now, review_digest
from docpipe.steps.sign import blockers
from docpipe.store import audit, batches, checkpoints, comments, documents, efforts, findings, units
from docpipe.store.findings import StoredFinding


@dataclass(frozen=True, slots=True)
class Given:
    """A signature as it stands: who, what it means, when, over which digest; ``voided``: why it no longer holds, or ""."""

    user: str
    printed_name: str
    meaning: str
    at: datetime
    digest: Digest
    void: bool
    voided: str
    voided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision at the checkpoint: ``signed`` or ``sent-back``, by whom, why and when."""

    user: str
    verdict: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """A document's checkpoint as a signer sees it. ``blockers``: what stands in the way, with counts; empty: ready to sign.

    ``unseen``: rows that nobody was shown; ``routes``: rows by what the gate asks for.
    """

    batch: Batch
    document: Document
    checkpoint: Checkpoint | None
    digest: Digest
    rows: int
    statuses: dict[str, int]
    origins: dict[str, int]
    routes: dict[str, int]
    unseen: int
    edited_by_people: int
    open_findings: dict[str, int]
    dismissed: tuple[tuple[int, StoredFinding], ...]
    open_questions: int
    blockers: dict[str, int]
    signatures: tuple[Given, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def can_sign(self) -> bool:
        """Whether the document waits and nothing stands in the way."""
        return self.document.state is State.WAITING and not self.blockers

    @property
    def signed(self) -> bool:
        """Whether a signature holds."""
        return any(not s.void for s in self.signatures)


def look(house: House, document_id: str) -> Looked:
    """The checkpoint of one document. Raises ``UnknownName``."""
    with house.store.read() as s:
        document = documents.get(s, document_id)
        batch = batches.get(s, document.batch)
        segments = units.segments(s, document_id)
        current = units.units(s, document_id)
        listed = findings.listing(s, document_id)
        found = checkpoints.of_document(s, document_id)
        seen = efforts.displayed(s, document_id, [g.id for g in segments])
        questions = comments.open_questions(s, document_id)
        voids = [e for e in audit.events(s, batch.id) if e.action == "signature.voided"]
        given: list[Given] = []
        verdicts: list[Verdict] = []
        for checkpoint in found:
            mine = iter([e for e in voids if e.subject == checkpoint.id])
            for one in checkpoints.signatures(s, checkpoint.id):
                event = next(mine, None) if one.void else None
                why = (
                    (event.reason or f"changed by {event.actor}")
                    if event
                    else ("the checkpoint ended" if one.void else "")
                )
                given.append(
                    Given(
                        one.user, one.printed_name, one.meaning, one.at, one.digest, one.void, why,
                        event.at if event else None,
                    )
                )  # fmt: skip
            verdicts += [Verdict(d.user, d.verdict, d.reason, d.at) for d in checkpoints.decisions_of(s, checkpoint.id)]
    numbers: dict[str, int] = {g.id: n for n, g in enumerate(segments, 1)}
    open_ones = [f for f in listed if f.disposition is Disposition.OPEN]
    with_finding = {f.segment for f in open_ones}
    statuses = Counter(u.status.value for u in current.values())
    routes = Counter(routed(batch.recipe.gate, document.id, u, g in with_finding).value for g, u in current.items())
    return Looked(
        batch=batch,
        document=document,
        checkpoint=found[-1] if found else None,
        digest=review_digest(batch, document, segments, current, listed),
        rows=len(segments),
        statuses={status.value: statuses[status.value] for status in Status},
        origins=dict(Counter(u.origin.kind.value for u in current.values())),
        routes={route.value: routes[route.value] for route in Route},
        unseen=len(segments) - len(seen),
        edited_by_people=sum(bool(u.editor) for u in current.values()),
        open_findings=dict(Counter(f.severity.value for f in open_ones)),
        dismissed=tuple((numbers.get(f.segment, 0), f) for f in listed if f.disposition is Disposition.DISMISSED),
        open_questions=questions,
        blockers=blockers(house, document_id),
        signatures=tuple(given),
        verdicts=tuple(verdicts),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One document of a batch's checkpoint: its state, what stands in the way, how much is approved, whether it is signed."""

    document: Document
    state: CheckpointState | None
    blockers: dict[str, int]
    approved: int
    rows: int
    digest: Digest | None


def lines(house: House, batch_id: str) -> tuple[Batch, list[Line]]:
    """Every document of a batch as its checkpoint page lists it; a digest where the document could be signed now. Raises ``UnknownName``."""
    with house.store.read() as s:
        batch = batches.get(s, batch_id)
        found = documents.of_batch(s, batch_id)
        points = {d.id: checkpoints.of_document(s, d.id) for d in found}
        counts = {d.id: units.by_status(s, d.id) for d in found}
    made: list[Line] = []
    for d in found:
        waits = d.state is State.WAITING
        stops = blockers(house, d.id) if waits else {}
        made.append(
            Line(
                d, points[d.id][-1].state if points[d.id] else None, stops, counts[d.id][Status.APPROVED.value],
                sum(counts[d.id].values()), digest_now(house, batch, d) if waits and not stops else None,
            )
        )  # fmt: skip
    return batch, made
