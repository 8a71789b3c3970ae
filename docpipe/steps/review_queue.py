"""The review queue: documents that wait for people, the most urgent first, with what is left to do. Imports accounts and store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docpipe.accounts.roles import User
from docpipe.model.batch import Batch, CheckpointState, Document, State
from docpipe.steps.gates import STAGES
from docpipe.steps.house import House
from docpipe.steps.rows import ProgressObject, progress
from docpipe.store import batches, checkpoints, comments, documents, gates, studies, units
from docpipe.store.gates import EarlyGate

ORDERS = ("urgency", "oldest", "risk", "smallest")
"""By what the queue can be sorted."""


@dataclass(frozen=True, slots=True)
class Head:
    """A document with its batch, as every page of the review names it."""

    document: Document
    batch: Batch

    @property
    def under_review(self) -> bool:
        """Whether rows can be worked on."""
        return self.document.state in (State.WAITING, State.RELEASING)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document in the queue. ``questions``: open ones that somebody else asked about rows this person edited or approved."""

    head: Head
    since: datetime
    sent_back: bool
    progress: ProgressObject
    questions: int

    @property
    def words_left(self) -> int:
        """Words of the source that are not approved yet."""
        return self.progress["words"] - self.progress["approved_words"]

    @property
    def done(self) -> bool:
        """Whether every row is approved and nothing holds the signature but the signer."""
        return self.progress["approved"] == self.progress["rows"]


@dataclass(frozen=True, slots=True)
class Gated:
    """A drafting batch whose early checkpoints wait: before they are approved nothing is written. ``critical``: open findings in the way."""

    batch: Batch
    stages: tuple[str, ...]
    since: datetime
    critical: int


def by_risk(progress: ProgressObject) -> tuple[int, ...]:
    """Sorts documents with the gravest open findings first, then those with most rows that want a person."""
    found = progress["open_findings"]
    return (*(-found[s] for s in ("critical", "major")), -progress["needing_review"], -found["minor"])


_KEYS: dict[str, Callable[[Waiting], Any]] = {
    "urgency": lambda w: (
        w.done, not w.sent_back, not w.questions, not w.progress["open_findings"]["critical"], w.since, w.head.document.path,
    ),
    "oldest": lambda w: (w.since, w.head.document.path),
    "risk": lambda w: by_risk(w.progress),
    "smallest": lambda w: (w.done, w.words_left),
}  # fmt: skip


def head(house: House, document_id: str) -> Head:
    """A document and its batch. Raises ``UnknownName``."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
        return Head(document, batches.get(session, document.batch))


def batch_heads(house: House, batch_id: str) -> tuple[Batch, dict[str, Document]]:
    """A batch and its documents by id. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        return batch, {d.id: d for d in documents.of_batch(session, batch.id)}


def waiting(house: House, user: User, order: str = "urgency") -> list[Waiting]:
    """What waits for people, sorted by one of ``ORDERS``."""
    found: list[tuple[Head, datetime, bool, int]] = []
    with house.store.read() as session:
        known: dict[str, Batch] = {}
        for checkpoint in checkpoints.waiting(session):
            document = documents.get(session, checkpoint.document)
            if document.state is not State.WAITING:
                continue
            if document.batch not in known:
                known[document.batch] = batches.get(session, document.batch)
            asked = _asked(session, document.id, user)
            found.append(
                (Head(document, known[document.batch]), checkpoint.opened, checkpoint.state is CheckpointState.SENT_BACK, asked)
            )  # fmt: skip
    listed = [
        Waiting(h, since, sent_back, progress(house, user, document_id=h.document.id), asked)
        for h, since, sent_back, asked in found
    ]
    return sorted(listed, key=_KEYS.get(order, _KEYS["urgency"]))


def gated(house: House) -> list[Gated]:
    """The drafts that wait for people before they are written, the longest waiting first."""
    found: dict[str, list[EarlyGate]] = {}
    with house.store.read() as session:
        for gate in gates.open_everywhere(session):
            found.setdefault(gate.batch, []).append(gate)
        listed = []
        for name, several in found.items():
            batch = batches.get(session, name)
            if not batch.recipe.drafts or batch.state is not State.WAITING:
                continue
            critical = sum(studies.open_critical(session, name, g.stage) for g in several)
            stages = tuple(sorted((g.stage for g in several), key=STAGES.index))
            listed.append(Gated(batch, stages, several[0].opened, critical))
    return listed


def _asked(session: Any, document: str, user: User) -> int:
    """Questions of others that wait for this person: about rows that they worked on."""
    count = 0
    for question in comments.listing(session, document, open_only=True):
        if question.user != user.name:
            _, unit = units.get(session, document, question.segment)
            count += user.name in (unit.editor, unit.approver)
    return count
