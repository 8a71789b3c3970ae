"""The frame round every step of a document: stage, lease, timing and failure, in one place. Imports store and the core.

A step runs once: its stage is compared first, a lease keeps other workers out, and its result is published in a
transaction that checks the lease's fencing number. A step that finds its stage reached returns at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from docpipe.errors import BadSetting, DocpipeError, InputRefused, LeaseLost, StorageError
from docpipe.model.batch import Batch, Document, State
from docpipe.model.timing import StageTiming
from docpipe.steps.house import MACHINE, House, record
from docpipe.store import audit, batches, checkpoints, documents, leases, timings
from docpipe.store.database import Store

STAGES = (
    "admitted",
    "extracted",
    "segmented",
    "recalled",
    "translated",
    "checked",
    "waiting",
    "assembled",
    "verified",
    "delivered",
    "released",
)
"""What a document has behind it, in order; ``waiting`` is the checkpoint."""

LEASE_SECONDS = 30.0


def reached(document: Document, stage: str) -> bool:
    """Whether the document has the stage behind it."""
    at = document.stage or STAGES[0]
    return STAGES.index(at) >= STAGES.index(stage)


@dataclass(slots=True)
class Tally:
    """What a step says of its work; becomes the stage's timing."""

    pages: int = 0
    words: int = 0
    segments: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    retries: int = 0
    digest: str = ""
    """Digest over what the step made, for its audit event."""


@dataclass(slots=True)
class Work:
    """A document in the hands of a step. ``changes``: fields of the document to set when the step is published."""

    house: House
    batch: Batch
    document: Document
    lease: leases.Lease
    tally: Tally = field(default_factory=Tally)
    changes: dict[str, object] = field(default_factory=dict)


class _Heartbeat:
    """Renews every lease of this process from one thread, those of a store in one commit; a lease that was lost stays lost
    (publishing finds out)."""

    def __init__(self) -> None:
        self._held: dict[leases.Lease, Store] = {}
        self._changing = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, house: House, lease: leases.Lease) -> None:
        with self._changing:
            self._held[lease] = house.store
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="docpipe-leases", daemon=True)
                self._thread.start()

    def drop(self, lease: leases.Lease) -> None:
        with self._changing:
            self._held.pop(lease, None)

    def _beat(self) -> None:
        while True:
            time.sleep(LEASE_SECONDS / 3)
            with self._changing:
                if not self._held:
                    self._thread = None
                    return
                by_store: dict[Store, list[leases.Lease]] = {}
                for lease, store in self._held.items():
                    by_store.setdefault(store, []).append(lease)
            for store, held_ones in by_store.items():
                with suppress(StorageError), store.write() as session:
                    for lease in held_ones:
                        with suppress(LeaseLost):
                            leases.renew(session, lease, LEASE_SECONDS)


_HEARTBEAT = _Heartbeat()


def take(house: House, name: str) -> leases.Lease:
    """Waits for a lease: at most as long as a dead worker's lease lives, for ever while its owner renews it."""
    while True:
        with house.store.write() as session:
            lease = leases.acquire(session, name, house.owner, LEASE_SECONDS)
        if lease is not None:
            return lease
        time.sleep(0.5)


@contextmanager
def held(house: House, name: str) -> Iterator[leases.Lease]:
    """A lease with its heartbeat, given back at the end."""
    lease = take(house, name)
    _HEARTBEAT.add(house, lease)
    try:
        yield lease
    finally:
        _HEARTBEAT.drop(lease)
        with house.store.write() as session:
            leases.release(session, lease)


def timing(work: Work, stage: str, started: datetime) -> StageTiming:
    """The stage's timing from the work's tally."""
    t = work.tally
    return StageTiming(
        work.batch.id, work.document.id, stage, started, work.house.now(), t.pages, t.words, t.segments,
        t.input_tokens, t.cached_tokens, t.output_tokens, t.cost, t.retries,
    )  # fmt: skip


def step(house: House, document_id: str, stage: str, does: Callable[[Work], None]) -> Document:
    """Brings a document to a stage. Returns it as it is afterwards: past the stage, refused or failed.

    ``InputRefused`` refuses the document, any other error of the tree fails it (``docpipe resume`` tries again);
    the batch's other documents are not touched. ``LeaseLost`` and ``StorageError`` are raised: nothing was published.
    """
    with house.store.read() as session:
        document = documents.get(session, document_id)
    if document.state in (State.REFUSED, State.CANCELLED, State.FAILED) or reached(document, stage):
        return document
    with held(house, f"document:{document_id}") as lease:
        with house.store.read() as session:
            document = documents.get(session, document_id)
            batch = batches.get(session, document.batch)
        if document.state in (State.REFUSED, State.CANCELLED, State.FAILED) or reached(document, stage):
            return document
        work = Work(house, batch, document, lease)
        started = house.now()
        try:
            does(work)
        except (LeaseLost, StorageError):
            raise
        except DocpipeError as error:
            return _ended(work, stage, started, error)
        work.changes["stage"] = stage
        with house.store.write() as session:
            leases.check(session, lease)
            documents.update(session, document.id, **work.changes)
            timings.add(session, timing(work, stage, started))
            audit.append(session, batch.id, MACHINE, f"document.{stage}", document.id, new=work.tally.digest)
            after = documents.get(session, document.id)
        record(
            f"document.{stage}",
            batch=batch.id,
            document=document.id,
            seconds=round((house.now() - started).total_seconds(), 3),
        )
        return after


def _ended(work: Work, stage: str, started: datetime, error: DocpipeError) -> Document:
    """Writes down why a document goes no further."""
    state = State.REFUSED if isinstance(error, InputRefused) else State.FAILED
    document = replace(work.document, state=state, error_code=error.code, error_message=error.message)
    with work.house.store.write() as session:
        leases.check(session, work.lease)
        documents.update(session, document.id, state=state, error_code=error.code, error_message=error.message)
        timings.add(session, timing(work, stage, started))
        audit.append(session, work.batch.id, MACHINE, f"document.{state.value}", document.id, reason=error.code)
    record(f"document.{state.value}", batch=work.batch.id, document=document.id, code=error.code)
    return document


def revive(house: House, batch_id: str, actor: str) -> int:
    """Failed documents of a batch go on from the stage they have; returns how many.

    One that failed after its checkpoint goes back to it, where it is signed or not; assembling looks at the signature again.
    """
    with house.store.write() as session:
        failed = [d for d in documents.of_batch(session, batch_id) if d.state is State.FAILED]
        for document in failed:
            state, stage = State.RUNNING, document.stage
            if reached(document, "waiting"):
                open_ = any(c.document == document.id for c in checkpoints.waiting(session, batch_id))
                state, stage = State.WAITING if open_ else State.RELEASING, "waiting"
            documents.update(session, document.id, state=state, stage=stage, error_code="", error_message="")
            audit.append(session, batch_id, actor, "document.retried", document.id, reason=document.error_code)
    return len(failed)


def set_budget(house: House, batch_id: str, budget: float, actor: str, *, of_document: bool = False) -> None:
    """Sets the spending limit of a batch, or of each of its documents (0 = none); all of a recipe that may change.

    Raises ``BadSetting``.
    """
    name = "budget_document" if of_document else "budget"
    if not 0 <= budget < float("inf"):
        raise BadSetting("The spending limit is 0 (none) or more.", setting=name)
    with house.store.write() as session:
        before = batches.get(session, batch_id).recipe
        now = before.budget_document if of_document else before.budget
        if now == budget:
            return
        after = replace(before, budget_document=budget) if of_document else replace(before, budget=budget)
        batches.set_recipe(session, batch_id, after)
        audit.append(
            session, batch_id, actor, f"batch.{name}_set", batch_id,
            old=f"{now:g} {before.currency}", new=f"{budget:g} {before.currency}",
        )  # fmt: skip
