"""How the lines to models do now: limits as learnt, processes that share them, calls under way, use in the last minute. Takes a Session; imports the tables.

A line is a provider's model at an address. What waits stands in its process alone; here is which part of the limit it would use up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from docpipe.store.engine_tables import provider_job_calls, rate_limits, rate_shares
from docpipe.store.leases import database_time
from docpipe.store.tables import llm_calls

__all__ = ["LineNow", "lines"]

LATELY = timedelta(hours=24)
"""Lines that told their limits or were used since then are shown."""
MINUTE = timedelta(minutes=1)
SPAN_SECONDS = 10.0
"""Of the limit, which the demand of a line is a part of (two and a half renewals of a share)."""


@dataclass(frozen=True, slots=True)
class LineNow:
    """``requests_limit``, ``tokens_limit``: a minute, 0 where not told. ``requests``, ``tokens``: of the calls of the last minute.

    ``demand``: part of the limit's next seconds that what waits would use up, 0 to 1, summed over processes. ``hold``: seconds for
    which the provider asked to be sent nothing.
    """

    provider: str
    model: str
    address: str
    requests_limit: float
    tokens_limit: float
    learnt: datetime | None
    hold: float
    processes: int
    demand: float
    in_flight: int
    requests: int
    tokens: int

    @property
    def requests_share(self) -> float | None:
        """Of the limit of requests that the last minute used, None without a limit."""
        return self.requests / self.requests_limit if self.requests_limit else None

    @property
    def tokens_share(self) -> float | None:
        """Of the limit of tokens that the last minute used, None without a limit."""
        return self.tokens / self.tokens_limit if self.tokens_limit else None


def lines(s: Session) -> list[LineNow]:
    """Lines that are in use or were lately, by provider and model.

    Calls tell no address: where one model has several, they are shown at the one whose processes were at work last.
    """
    now = database_time(s)
    limits = {r.scope: r for r in s.execute(select(rate_limits).where(rate_limits.c.learnt > now - LATELY))}
    shares: dict[str, list[tuple[float, datetime]]] = {}
    for r in s.execute(select(rate_shares).where(rate_shares.c.lease_until > now)):
        shares.setdefault(r.scope, []).append((r.demand / 1000, r.renewed))
    c, hour = llm_calls.c, now - timedelta(hours=1)
    flying = _counted(s, hour, c.state == "sent", c.lease_until > now)
    sent = _counted(s, hour, c.sent_at > now - MINUTE)
    used = _counted(s, hour, c.ended_at > now - MINUTE, c.state == "received", tokens=True)

    def newest(scope: str) -> datetime:
        times = [renewed for _, renewed in shares.get(scope, ())]
        return max(times) if times else limits[scope].learnt if scope in limits else now - LATELY

    found: list[LineNow] = []
    told: set[tuple[str, str]] = set()
    for scope in sorted({*limits, *shares}, key=newest, reverse=True):
        provider, address, model = (*scope.split("|"), "", "", "")[:3]
        first = (provider, model) not in told
        told.add((provider, model))
        known, sharing = limits.get(scope), shares.get(scope, [])
        at = (provider, model) if first else ("", "")
        found.append(
            LineNow(
                provider, model, address,
                known.requests_minute if known else 0.0, known.tokens_minute if known else 0.0,
                known.learnt if known and (known.requests_minute or known.tokens_minute) else None,
                max(0.0, (known.hold_until - now).total_seconds()) if known and known.hold_until else 0.0,
                len(sharing), min(1.0, sum(d for d, _ in sharing)),
                flying.get(at, 0), sent.get(at, 0), used.get(at, 0),
            )
        )  # fmt: skip
    for at in sorted({*flying, *sent} - told):
        found.append(LineNow(*at, "", 0.0, 0.0, None, 0.0, 0, 0.0, flying.get(at, 0), sent.get(at, 0), used.get(at, 0)))
    return sorted(found, key=lambda line: (line.provider, line.model, line.address))


def _counted(
    s: Session, since: datetime, *conditions: ColumnElement[bool], tokens: bool = False
) -> dict[tuple[str, str], int]:
    """Calls, or their tokens, by provider and model."""
    c = llm_calls.c
    what = func.sum(c.input_tokens + c.output_tokens) if tokens else func.count()
    # Calls of an overnight job wait at the provider and take nothing of the limits.
    job = select(provider_job_calls.c.call).where(provider_job_calls.c.call == c.id).exists()
    query = (
        select(c.provider, c.model, what).where(c.reserved_at > since, ~job, *conditions).group_by(c.provider, c.model)
    )
    return {(str(p), str(m)): int(n or 0) for p, m, n in s.execute(query)}
