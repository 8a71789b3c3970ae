"""Checkpoints with their decisions and signatures. Takes a Session and core types; imports model, errors and the tables.

Decisions and signatures are only ever added; a signature can become void, never valid again (21 CFR 11.70).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from docpipe.model.batch import Checkpoint, CheckpointState, Signature
from docpipe.model.canonical import Digest
from docpipe.store.rows import found
from docpipe.store.tables import checkpoints, decisions
from docpipe.store.tables import signatures as signature_table


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's verdict at a checkpoint. ``digest``: of what the person saw."""

    checkpoint: str
    user: str
    verdict: str
    reason: str
    at: datetime
    digest: Digest


def _checkpoint(row: Row[Any]) -> Checkpoint:
    return Checkpoint(
        row.id, row.batch, row.document, row.stage, row.role, Digest(row.digest), CheckpointState(row.state), row.opened
    )


def open(s: Session, checkpoint: Checkpoint) -> None:
    """Writes a new checkpoint."""
    s.execute(
        insert(checkpoints).values(
            id=checkpoint.id,
            batch=checkpoint.batch,
            document=checkpoint.document,
            stage=checkpoint.stage,
            role=checkpoint.role,
            digest=checkpoint.digest,
            state=checkpoint.state.value,
            opened=checkpoint.opened,
        )
    )


def get(s: Session, checkpoint_id: str) -> Checkpoint:
    """The checkpoint with this id. Raises ``UnknownName``."""
    row = s.execute(select(checkpoints).where(checkpoints.c.id == checkpoint_id)).first()
    return _checkpoint(found(row, "checkpoint", checkpoint_id))


def of_document(s: Session, document_id: str) -> list[Checkpoint]:
    """The document's checkpoints, oldest first."""
    query = select(checkpoints).where(checkpoints.c.document == document_id)
    return [_checkpoint(row) for row in s.execute(query.order_by(checkpoints.c.opened, checkpoints.c.id))]


def waiting(s: Session, batch_id: str | None = None) -> list[Checkpoint]:
    """Checkpoints that wait for a person (open or sent back), the longest waiting first; of one batch or of all."""
    query = select(checkpoints).where(
        checkpoints.c.state.in_([CheckpointState.OPEN.value, CheckpointState.SENT_BACK.value])
    )
    if batch_id is not None:
        query = query.where(checkpoints.c.batch == batch_id)
    return [_checkpoint(row) for row in s.execute(query.order_by(checkpoints.c.opened, checkpoints.c.id))]


def set_state(s: Session, checkpoint_id: str, state: CheckpointState, *, digest: Digest | None = None) -> None:
    """Moves a checkpoint to a state; ``digest``: what is under review from now on. Raises ``UnknownName``."""
    values: dict[str, Any] = {"state": state.value}
    if digest is not None:
        values["digest"] = digest
    change = update(checkpoints).where(checkpoints.c.id == checkpoint_id).values(values)
    if not s.execute(change).rowcount:  # type: ignore[attr-defined]
        found(None, "checkpoint", checkpoint_id)


def add_decision(
    s: Session, checkpoint_id: str, user: str, verdict: str, reason: str, at: datetime, digest: str = ""
) -> Decision:
    """Writes a verdict down. Raises ``UnknownName``."""
    get(s, checkpoint_id)
    s.execute(
        insert(decisions).values(
            checkpoint=checkpoint_id, user=user, verdict=verdict, reason=reason, at=at, digest=digest
        )
    )
    return Decision(checkpoint_id, user, verdict, reason, at, Digest(digest))


def decisions_of(s: Session, checkpoint_id: str) -> list[Decision]:
    """The verdicts at a checkpoint, in order."""
    query = select(decisions).where(decisions.c.checkpoint == checkpoint_id).order_by(decisions.c.id)
    return [
        Decision(row.checkpoint, row.user, row.verdict, row.reason, row.at, Digest(row.digest))
        for row in s.execute(query)
    ]


def sign(s: Session, signature: Signature) -> None:
    """Writes a signature under its checkpoint. Raises ``UnknownName``."""
    get(s, signature.checkpoint)
    s.execute(
        insert(signature_table).values(
            checkpoint=signature.checkpoint,
            user=signature.user,
            printed_name=signature.printed_name,
            meaning=signature.meaning,
            at=signature.at,
            digest=signature.digest,
            void=signature.void,
        )
    )


def signatures(s: Session, checkpoint_id: str) -> list[Signature]:
    """The signatures under a checkpoint in order, void ones too."""
    query = select(signature_table).where(signature_table.c.checkpoint == checkpoint_id)
    return [
        Signature(row.checkpoint, row.user, row.printed_name, row.meaning, row.at, Digest(row.digest), row.void)
        for row in s.execute(query.order_by(signature_table.c.id))
    ]


def void(s: Session, checkpoint_id: str, at: datetime) -> int:
    """Makes the signatures that hold under a checkpoint void, for good; how many they were."""
    change = (
        update(signature_table)
        .where(signature_table.c.checkpoint == checkpoint_id, signature_table.c.void.is_(False))
        .values(void=True, voided_at=at)
    )
    return int(s.execute(change).rowcount)  # type: ignore[attr-defined]


def void_document(s: Session, document_id: str, at: datetime) -> int:
    """Makes every signature that holds under any of the document's checkpoints void; how many they were."""
    return sum(void(s, checkpoint.id, at) for checkpoint in of_document(s, document_id))
