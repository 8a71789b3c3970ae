"""The spending ledger: every call of a model reserved, sent and received, priced, and paid for once. Imports model, errors, tables.

Exactly-once delivery cannot be had over HTTP. What is had: one accepted reply a spend key, every attempt counted, an attempt whose
end nobody saw recorded as ``unknown`` and counted against the budget at its estimate (source: records.md, decision 3).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, bindparam, case, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from docpipe.errors import CallInFlight, DocpipeError
from docpipe.model.chunk import Reply, Request, SpendKey, Usage
from docpipe.store import spending
from docpipe.store.database import Store
from docpipe.store.process import is_gone, owner_id
from docpipe.store.rows import advisory_lock, dialect, found
from docpipe.store.tables import llm_calls, replies
from docpipe.store.types import utc_now

LEASE_SECONDS = 900.0
"""How long an open call of another machine's process is believed in: longer than any provider's time-out."""

_OPEN = ("reserved", "sent")
_TWIN = "twin"
Prices = tuple[float, float, float]
"""Currency per million tokens: input, cached input, output."""
_FREE: Prices = (0.0, 0.0, 0.0)
_SHARED = threading.local()

# Made once: to build a statement costs more than to carry it out.
_REPLY = select(replies).where(replies.c.spend_key == bindparam("key"))
_PAID = select(replies.c.call).where(replies.c.spend_key == bindparam("key"))
_CALL = select(llm_calls).where(llm_calls.c.id == bindparam("call"))
_UNENDED = select(llm_calls).where(
    llm_calls.c.spend_key == bindparam("key"), llm_calls.c.state.in_((*_OPEN, _TWIN))
)  # fmt: skip
_NEW = insert(llm_calls)
_ACCEPT: dict[str, Any] = {
    "sqlite": sqlite.insert(replies).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(replies).on_conflict_do_nothing(),
}
_SENT = (
    update(llm_calls)
    .where(llm_calls.c.id == bindparam("call"), llm_calls.c.state.in_(("reserved", _TWIN)))
    .values(state=case((llm_calls.c.state == "reserved", "sent"), else_=llm_calls.c.state), sent_at=bindparam("at"))
)
_RECEIVED = (
    update(llm_calls)
    .where(llm_calls.c.id == bindparam("call"))
    .values(
        state="received", error_code="", ended_at=bindparam("at"), cost=bindparam("paid"),
        input_tokens=bindparam("new_input_tokens"), cached_tokens=bindparam("new_cached_tokens"),
        output_tokens=bindparam("new_output_tokens"), latency=bindparam("new_latency"),
        request_id=bindparam("new_request_id"),
    )
)  # fmt: skip
_ENDED = (
    update(llm_calls)
    .where(llm_calls.c.id == bindparam("call"))
    .values(state=bindparam("new_state"), ended_at=bindparam("at"), error_code=bindparam("code"))
)


def cost_of(usage: Usage, prices: Prices) -> float:
    """What the tokens cost, in the prices' currency. Cached tokens are a part of the input."""
    fresh = max(usage.input_tokens - usage.cached_tokens, 0)
    return (fresh * prices[0] + usage.cached_tokens * prices[1] + usage.output_tokens * prices[2]) / 1e6


@dataclass(frozen=True, slots=True)
class Budgets:
    """Spending limits in the prices' currency: of a document, of its batch, and of all calls of a day (UTC). 0 means none."""

    document: float = 0.0
    batch: float = 0.0
    day: float = 0.0


class SqlLedger:
    """``Ledger`` over the store, for one document. Each method is one short transaction; safe to share between threads.

    ``prices``: by model, ``cost_of``'s; a model without any costs nothing. Inside ``together`` the calls of this thread, of whatever
    ledger of the store, share one transaction.
    """

    def __init__(
        self, store: Store, batch: str, document: str, budgets: Budgets, prices: Mapping[str, Prices]
    ) -> None:  # fmt: skip
        self._store = store
        self._batch = batch
        self._document = document
        self._budgets = budgets
        self._prices = prices
        self._owner = owner_id()

    @property
    def book(self) -> object:
        """Equal for ledgers whose calls can be committed together."""
        return self._store

    @contextmanager
    def together(self) -> Iterator[None]:
        """A transaction that this thread's calls join until it ends; an error of ours in one of them leaves the others whole."""
        with self._store.write() as s:
            advisory_lock(s, "ledger")
            _SHARED.session = (self._store, s)
            try:
                yield
            finally:
                _SHARED.session = None

    def stored(self, key: SpendKey) -> Reply | None:
        """The accepted reply of this key, if it was paid for already."""
        with self._reading() as s:
            row = s.execute(_REPLY, {"key": key}).first()
        return None if row is None else _reply(row)

    def reserve(self, request: Request, estimate: int, *, twin: bool = False) -> str:
        """Opens an attempt and returns its call id. ``estimate``: tokens of the request; the reply is reckoned at its limit.

        Raises ``BudgetSpent`` where document, batch or day could go over its limit, and ``CallInFlight`` while another worker's
        attempt for the same key is open or its reply is stored by now (then ``stored`` has it).
        """
        key, now = request.spend_key, utc_now()
        prices = self._prices.get(request.model, _FREE)
        cost = (estimate * prices[0] + (request.max_output or estimate) * prices[2]) / 1e6
        with self._writing() as s:
            self._settle_open_ones(s, key, now, twin=twin)
            spending.commit(s, self._names(now), cost)
            call = uuid4().hex
            s.execute(
                _NEW,
                {
                    "id": call, "spend_key": key, "batch": self._batch, "document": self._document,
                    "provider": request.provider, "model": request.model, "prompt": request.prompt,
                    "purpose": request.purpose, "attempt": request.attempt, "state": _TWIN if twin else "reserved",
                    "owner": self._owner, "lease_until": now + timedelta(seconds=LEASE_SECONDS), "reserved_at": now,
                    "estimate_tokens": estimate, "estimate_cost": cost, "input_tokens": 0, "cached_tokens": 0,
                    "output_tokens": 0, "cost": 0.0, "latency": 0.0, "error_code": "", "request_id": "",
                },
            )  # fmt: skip
        return call

    def sent(self, call: str) -> None:
        """The request is about to leave. Raises ``CallInFlight`` if the attempt was given up meanwhile (its lease ran out)."""
        with self._writing() as s:
            if not s.execute(_SENT, {"call": call, "at": utc_now()}).rowcount:  # type: ignore[attr-defined]
                found(s.execute(select(llm_calls.c.id).where(llm_calls.c.id == call)).first(), "call", call)
                raise CallInFlight("The attempt was given up before it was sent.", call=call)

    def received(self, call: str, reply: Reply) -> None:
        """Stores reply, usage and cost in one commit. A key that has a reply keeps its first one; the cost counts all the same."""
        now = utc_now()
        with self._writing() as s:
            row = found(s.execute(_CALL, {"call": call}).first(), "call", call)
            usage = reply.usage
            # A server that reports no tokens would make the budget blind: then the estimate is the price.
            cost = row.estimate_cost if usage == Usage() else cost_of(usage, self._prices.get(row.model, _FREE))
            told = {
                "input_tokens": usage.input_tokens, "cached_tokens": usage.cached_tokens,
                "output_tokens": usage.output_tokens, "latency": reply.latency_seconds, "request_id": reply.request_id,
            }  # fmt: skip
            s.execute(_RECEIVED, {"call": call, "at": now, "paid": cost, **{f"new_{k}": v for k, v in told.items()}})
            held = 0.0 if row.state == "failed" else row.cost if row.state == "received" else row.estimate_cost
            spending.settle(s, _totals_of(row), cost - held)
            accepted = {
                "spend_key": row.spend_key, "call": call, "text": reply.text, "finish": reply.finish,
                "model": reply.model, "at": now,
            }  # fmt: skip
            s.execute(_ACCEPT[dialect(s)], {**accepted, **told})

    def failed(self, call: str, error: DocpipeError, *, maybe_paid: bool) -> None:
        """The attempt ended without a usable reply: ``failed``, or ``unknown`` when it may have been paid for."""
        with self._writing() as s:
            row = found(s.execute(_CALL, {"call": call}).first(), "call", call)
            if row.state not in (*_OPEN, _TWIN, "unknown"):
                return
            self._end(s, row, "unknown" if maybe_paid else "failed", utc_now(), error.code)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        shared = getattr(_SHARED, "session", None)
        if shared is not None and shared[0] is self._store:
            yield shared[1]
            return
        with self._store.write() as s:
            # One ledger transaction at a time: they are short, and lock several totals in no fixed order.
            advisory_lock(s, "ledger")
            yield s

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        shared = getattr(_SHARED, "session", None)
        if shared is not None and shared[0] is self._store:
            yield shared[1]
            return
        with self._store.read() as s:
            yield s

    def _names(self, at: datetime) -> dict[str, float]:
        """The totals that a call counts for, with their limits."""
        b = self._budgets
        return {
            spending.of_document(self._document): b.document,
            spending.of_batch(self._batch): b.batch,
            spending.of_day(at): b.day,
        }

    def _end(self, s: Session, row: Row[Any], state: str, at: datetime, code: str = "") -> None:
        s.execute(_ENDED, {"call": row.id, "new_state": state, "at": at, "code": code})
        if state == "failed":
            spending.settle(s, _totals_of(row), -row.estimate_cost)

    def _settle_open_ones(self, s: Session, key: SpendKey, now: datetime, *, twin: bool) -> None:
        """Ends attempts of the key that nobody works on any more. Raises ``CallInFlight`` for one that is alive, or paid."""
        if s.execute(_PAID, {"key": key}).first():
            raise CallInFlight("The reply to this request is stored by now.", spend_key=key)
        for row in s.execute(_UNENDED, {"key": key}).all():
            if row.lease_until > now and not is_gone(row.owner):
                if twin and row.state != _TWIN:
                    continue
                raise CallInFlight("Another worker has this very request under way.", spend_key=key, call=row.id)
            self._end(s, row, "unknown" if row.sent_at is not None else "failed", now)


def _totals_of(row: Row[Any]) -> tuple[str, ...]:
    return (spending.of_document(row.document), spending.of_batch(row.batch), spending.of_day(row.reserved_at))


def _reply(row: Row[Any]) -> Reply:
    usage = Usage(row.input_tokens, row.cached_tokens, row.output_tokens)
    return Reply(row.text, row.finish, row.model, usage, row.latency, row.request_id)


def committed_cost(s: Session, batch_id: str) -> float:
    """What the batch has cost or may yet have cost: received at their cost, open and unknown ones at their estimate."""
    share = case((llm_calls.c.state == "received", llm_calls.c.cost), else_=llm_calls.c.estimate_cost)
    total = select(func.sum(share)).where(llm_calls.c.batch == batch_id, llm_calls.c.state != "failed")
    return float(s.execute(total).scalar() or 0.0)


@dataclass(frozen=True, slots=True)
class Totals:
    """A batch's bill. ``sent``: attempts that left the process, however they ended. ``cost``: of received calls.

    ``unknown_cost``: estimate of what attempts that nobody saw the end of may have cost.
    """

    sent: int = 0
    received: int = 0
    failed: int = 0
    unknown: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: float = 0.0
    unknown_cost: float = 0.0


def totals(s: Session, batch_id: str) -> Totals:
    """The batch's calls, tokens and cost."""
    c = llm_calls.c
    query = select(
        c.state,
        func.count().label("n"),
        func.count(c.sent_at).label("sent"),
        func.sum(c.input_tokens).label("input"),
        func.sum(c.cached_tokens).label("cached"),
        func.sum(c.output_tokens).label("output"),
        func.sum(c.cost).label("cost"),
        func.sum(c.estimate_cost).label("estimate"),
    ).where(c.batch == batch_id)
    by_state = {row.state: row for row in s.execute(query.group_by(c.state))}
    usage = sum((Usage(int(r.input), int(r.cached), int(r.output)) for r in by_state.values()), Usage())

    def count(state: str) -> int:
        return int(by_state[state].n) if state in by_state else 0

    return Totals(
        sent=sum(int(row.sent) for row in by_state.values()),
        received=count("received"),
        failed=count("failed"),
        unknown=count("unknown"),
        usage=usage,
        cost=sum(float(row.cost) for row in by_state.values()),
        unknown_cost=float(by_state["unknown"].estimate) if "unknown" in by_state else 0.0,
    )


def usage_of_model(s: Session, provider: str, model: str) -> Usage:
    """Tokens of every received call of a model in this installation."""
    c = llm_calls.c
    query = select(func.sum(c.input_tokens), func.sum(c.cached_tokens), func.sum(c.output_tokens))
    row = s.execute(query.where(c.provider == provider, c.model == model, c.state == "received")).one()
    return Usage(*(int(n or 0) for n in row))


def cost_of_document(s: Session, document_id: str) -> float:
    """What the document's received calls cost."""
    total = select(func.sum(llm_calls.c.cost)).where(llm_calls.c.document == document_id)
    return float(s.execute(total).scalar() or 0.0)


def models_reported(s: Session, batch_id: str) -> list[str]:
    """The models that the provider says it answered with, by name."""
    query = (
        select(replies.c.model).join(llm_calls, llm_calls.c.id == replies.c.call).where(llm_calls.c.batch == batch_id)
    )
    return sorted({str(m) for m in s.execute(query.distinct()).scalars() if m})
