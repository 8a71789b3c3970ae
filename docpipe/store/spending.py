"""Running totals of what is spent or may be: of a document, a batch and a day, so that a limit is one look. Imports errors and the tables.

A total holds received calls at their cost, open and unknown ones at their estimate. It is made from the calls when first needed and
changed in the same transaction as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.errors import BudgetSpent
from docpipe.store.engine_tables import spendings
from docpipe.store.tables import llm_calls

__all__ = ["commit", "committed", "of_batch", "of_day", "of_document", "settle"]

_NAMED = spendings.c.name.in_(bindparam("names", expanding=True))
_TOTALS = select(spendings.c.name, spendings.c.committed).where(_NAMED)
_CHANGE = update(spendings).where(_NAMED).values(committed=spendings.c.committed + bindparam("change"))
_SAYS = {"document": "document's", "batch": "batch's", "day": "day's"}


def of_document(document: str) -> str:
    """The name of a document's total."""
    return f"document:{document}"


def of_batch(batch: str) -> str:
    """The name of a batch's total."""
    return f"batch:{batch}"


def of_day(at: datetime) -> str:
    """The name of the total of the day (UTC) on which a call was reserved."""
    return f"day:{at.astimezone(UTC):%Y-%m-%d}"


def commit(s: Session, limits: Mapping[str, float], cost: float) -> None:
    """Counts a call's estimate for every name. Raises ``BudgetSpent`` where a limit (0: none) could be exceeded; then nothing is counted."""
    totals = committed(s, limits)
    for name, limit in limits.items():
        if limit > 0 and totals[name] + cost > limit:
            kind, _, which = name.partition(":")
            raise BudgetSpent(
                f"The next call could go over the {_SAYS[kind]} spending limit.",
                **{kind: which}, limit=limit, committed=round(totals[name], 6), next=round(cost, 6),
            )  # fmt: skip
    settle(s, limits, cost)


def settle(s: Session, names: Iterable[str], change: float) -> None:
    """Corrects totals by what a call cost more or less than it was counted for. The row of the call is written in the same transaction."""
    if change:
        s.execute(_CHANGE, {"names": list(names), "change": change})


def committed(s: Session, names: Iterable[str]) -> dict[str, float]:
    """The totals by name; one that is not there yet is made from the calls. In a transaction that may write, under the ledger's lock."""
    wanted = list(names)
    rows = s.execute(_TOTALS, {"names": wanted})
    totals = {row.name: float(row.committed) for row in rows}
    for name in wanted:
        if name not in totals:
            totals[name] = _summed(s, name)
            s.execute(insert(spendings).values(name=name, committed=totals[name]))
    return totals


def _summed(s: Session, name: str) -> float:
    share = case((llm_calls.c.state == "received", llm_calls.c.cost), else_=llm_calls.c.estimate_cost)
    total = select(func.sum(share)).where(_counts_for(name), llm_calls.c.state != "failed")
    return float(s.execute(total).scalar() or 0.0)


def _counts_for(name: str) -> ColumnElement[Any]:
    kind, _, which = name.partition(":")
    if kind == "document":
        return llm_calls.c.document == which
    if kind == "batch":
        return llm_calls.c.batch == which
    day = datetime.fromisoformat(which).replace(tzinfo=UTC)
    return (llm_calls.c.reserved_at >= day) & (llm_calls.c.reserved_at < day + timedelta(days=1))
