"""Open the checkpoint: the digest of what is under review is written down, and the document waits for people. Imports store.

With ``review = none`` nobody is asked: the document goes on and comes out as a draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from docpipe.model.batch import Batch, Checkpoint, CheckpointState, Document, State
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.finding import Disposition
from docpipe.model.segment import Segment, SegmentId, Unit
from docpipe.steps.house import MACHINE, House
from docpipe.steps.work import Work, step
from docpipe.store import audit, batches, checkpoints, documents, findings, units
from docpipe.store.findings import StoredFinding


def review_digest(
    batch: Batch,
    document: Document,
    segments: Sequence[Segment],
    current: Mapping[SegmentId, Unit],
    dispositions: Iterable[StoredFinding],
) -> Digest:
    """What a signature covers: recipe (but for its spending limit), source file, every source and target text, every
    finding with its disposition."""
    return digest_of(
        [
            replace(batch.recipe, budget=0.0).digest,
            document.sha256,
            [[s.id, s.digest, current[s.id].digest] for s in segments],
            sorted(
                [f.segment, f.check, f.message, f.disposition.value, f.reason]
                for f in dispositions
                if f.disposition is not Disposition.FIXED
            ),
        ]
    )


def digest_now(house: House, batch: Batch, document: Document) -> Digest:
    """The review digest of a document as it stands."""
    with house.store.read() as session:
        return review_digest(
            batch,
            document,
            units.segments(session, document.id),
            units.units(session, document.id),
            findings.listing(session, document.id),
        )


def open_checkpoint(house: House, document_id: str) -> Document:
    """Brings a document to ``waiting``."""

    def work(job: Work) -> None:
        job.tally.pages = job.document.pages
        if job.batch.recipe.review == "none":
            job.changes["state"] = State.RELEASING
            return
        job.changes["state"] = State.WAITING
        digest = digest_now(house, job.batch, job.document)
        number = digest_of([document_id, "review"])[:10]
        with house.store.write() as session:
            if checkpoints.of_document(session, document_id):
                return
            role = job.batch.recipe.sign_roles[0] if job.batch.recipe.sign_roles else "approver"
            checkpoints.open(
                session,
                Checkpoint(
                    f"C{number}", job.batch.id, document_id, "review", role, digest, CheckpointState.OPEN, house.now()
                ),
            )
            audit.append(session, job.batch.id, MACHINE, "checkpoint.opened", f"C{number}", new=digest)
        job.tally.digest = digest

    return step(house, document_id, "waiting", work)


def settle(house: House, batch_id: str) -> State:
    """Sets and returns the batch's state from its documents': waiting while one waits, failed when all that is left failed."""
    with house.store.write() as session:
        batch = batches.get(session, batch_id)
        states = {d.state for d in documents.of_batch(session, batch_id)}
        if batch.state.ended:
            return batch.state
        if State.WAITING in states:
            state = State.WAITING
        elif State.FAILED in states or states == {State.REFUSED}:
            state = State.FAILED
        else:
            state = State.RELEASING
        if state is not batch.state:
            batches.set_state(session, batch_id, state)
            audit.append(session, batch_id, MACHINE, f"batch.{state.value}", batch_id)
            audit.seal(session)
    return state
