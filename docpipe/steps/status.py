"""How a batch stands: its documents by stage, leverage, cost against the budget, from the database alone. Imports store.

The run that works on it may be in another process: whatever is shown here it has written down before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from docpipe.model.batch import Batch, Document, State
from docpipe.model.segment import Status
from docpipe.steps.house import House
from docpipe.steps.measure import LEVERAGE
from docpipe.steps.outcome import awaiting, error_of
from docpipe.steps.prompt_changes import Repaid, of_batch
from docpipe.steps.submissions import successors
from docpipe.steps.work import STAGES
from docpipe.store import batches, calls, deliverables, documents, tallies
from docpipe.store.deliverables import PageCount
from docpipe.store.tallies import Listed

PER_PAGE = 50
DOCUMENTS_PER_PAGE = 200
_REACHED = {
    "admitted": 0,
    "extracted": 10,
    "segmented": 15,
    "recalled": 20,
    "translated": 85,
    "checked": 95,
    "waiting": 100,
}
"""Percent of the way to the checkpoint that a document has behind it after a stage."""


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """A document of a batch. ``done`` of ``rows`` have a target; ``percent`` of the way to its checkpoint, or to its end."""

    document: Document
    rows: int
    done: int
    approved: int
    percent: int
    error: dict[str, Any] | None
    again: str
    pages: PageCount | None = None
    """Pages before and after, once the document was put together."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON; the fields of `docpipe translate --json` but for coverage and findings."""
        d = self.document
        return {
            "id": d.id, "file": d.path, "state": d.state.value, "stage": d.stage or STAGES[0], "percent": self.percent,
            "pages": d.pages, "pages_after": self.pages.target if self.pages else None, "rows": self.rows, "rows_done": self.done, "rows_approved": self.approved,
            "error": self.error, "submitted_again": self.again,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """A batch with its documents. ``by_state`` counts all of them, ``documents`` may be a page of them."""

    batch: Batch
    documents: tuple[DocumentStatus, ...]
    by_state: Counter[str]
    matching: int
    rows: int
    rows_done: int
    rows_approved: int
    pages: int
    cost: float
    committed: float
    unknown_calls: int
    awaiting: dict[str, int] = field(default_factory=dict)
    """Overnight jobs that have not ended: how many, their requests, and those answered."""
    repaid: Repaid | None = None
    """What a prompt that has changed since would have paid again."""

    @property
    def percent(self) -> int:
        """Of the way to the checkpoints: rows that have a target."""
        return 100 * self.rows_done // self.rows if self.rows else 0

    @property
    def priced(self) -> bool:
        """Whether the model's price is known, so that the cost says something."""
        return any(self.batch.recipe.prices) or not self.batch.recipe.model

    @property
    def moving(self) -> bool:
        """Whether the machine is at work, or should be: whoever watches looks again soon.

        After the last signature the batch itself waits until the next run takes it up: its documents are ahead of it.
        """
        signed = self.by_state.get(State.RELEASING.value, 0) and not self.by_state.get(State.WAITING.value, 0)
        return self.batch.state in (State.ADMITTED, State.RUNNING, State.RELEASING) or (
            self.batch.state is State.WAITING and bool(signed)
        )

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "ok": True, "batch": self.batch.id, "name": self.batch.name, "state": self.batch.state.value,
            "documents": dict(self.by_state), "pages": self.pages, "rows": self.rows, "rows_done": self.rows_done,
            "rows_approved": self.rows_approved, "percent": self.percent,
            "cost": {"amount": round(self.cost, 6), "committed": round(self.committed, 6), "currency": self.batch.recipe.currency,
                     "budget": self.batch.recipe.budget, "unknown_calls": self.unknown_calls},
            **({"awaiting": self.awaiting} if self.awaiting else {}),
            **({"paid_again": self.repaid.as_dict()} if self.repaid else {}),
        }  # fmt: skip


def status(house: House, batch_id: str, *, states: Collection[State] = (), page: int = 1) -> BatchStatus:
    """The batch as it stands, with a page of its documents in some states (all, when none is named). Raises ``UnknownName``."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        found = documents.of_batch(session, batch_id)
        rows = tallies.rows_by_status(session, batch_id)
        bill = calls.totals(session, batch_id)
        committed = calls.committed_cost(session, batch_id)
        pages = deliverables.pages_of(session, batch_id)
    newer = successors(house, batch_id)
    fitting = [d for d in found if not states or d.state in states]
    first = (max(page, 1) - 1) * DOCUMENTS_PER_PAGE
    total = sum((rows[d.id] for d in found if d.id in rows), Counter[str]())
    return BatchStatus(
        batch, tuple(_document(d, rows.get(d.id, Counter()), newer, pages.get(d.id)) for d in fitting[first : first + DOCUMENTS_PER_PAGE]),
        Counter(d.state.value for d in found), len(fitting), total.total(), total.total() - total[Status.NEW.value],
        total[Status.APPROVED.value], sum(d.pages for d in found), bill.cost, committed, bill.unknown,
        awaiting(house, batch_id), of_batch(house, batch),
    )  # fmt: skip


def _document(d: Document, rows: Counter[str], newer: dict[str, str], pages: PageCount | None) -> DocumentStatus:
    total, done = rows.total(), rows.total() - rows[Status.NEW.value]
    stage = d.stage or STAGES[0]
    percent = _REACHED.get(stage, 100)
    if stage == "recalled" and total:
        percent += (_REACHED["translated"] - percent) * done // total
    return DocumentStatus(
        d, total, done, rows[Status.APPROVED.value], percent, error_of(d), newer.get(d.id, ""), pages,
    )  # fmt: skip


def document_status(house: House, document_id: str) -> tuple[Batch, DocumentStatus]:
    """One document with its batch. Raises ``UnknownName``."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
        rows = tallies.rows_by_status(session, batch.id).get(document_id, Counter())
        pages = deliverables.pages_of(session, batch.id).get(document_id)
    return batch, _document(document, rows, successors(house, batch.id), pages)


def copies_of(house: House, document_id: str) -> list[deliverables.Deliverable]:
    """What was made to be handed over besides a document, or why it was not."""
    with house.store.read() as session:
        return deliverables.of_document(session, document_id)


def leverage(house: House, batch_id: str) -> dict[str, int]:
    """Source words by class, as `docpipe metrics` has them."""
    with house.store.read() as session:
        words = tallies.words_by_origin(session, batch_id)
    return {name: words[kind.value] for kind, name in LEVERAGE.items()}


def leverage_of_document(house: House, document_id: str) -> dict[str, int]:
    """Source words of one document by class. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch = documents.get(session, document_id).batch
        words = tallies.words_by_origin(session, batch, document_id)
    return {name: words[kind.value] for kind, name in LEVERAGE.items()}


def listing(
    house: House, *, states: Collection[State] = (), text: str = "", submitter: str = "", page: int = 1
) -> tuple[list[Listed], int, Counter[str]]:
    """A page of the batches that fit, how many fit in all, and how many batches there are by state."""
    with house.store.read() as session:
        found, total = tallies.page_of_batches(
            session, states=states, text=text, submitter=submitter, offset=(max(page, 1) - 1) * PER_PAGE, limit=PER_PAGE
        )
        return found, total, tallies.states_of_batches(session)
