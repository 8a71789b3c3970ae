"""How processes share one provider's limits: leases on parts of it, fair by demand, free again when a process ends. Imports model, errors, tables.

A part is renewed every few seconds in one short transaction. Who needs little gets all of that, the others share the rest equally;
nobody gets what another still holds, so the parts never make more than the whole.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from docpipe.model.protocols import Share
from docpipe.store.database import Store
from docpipe.store.engine_tables import rate_limits, rate_shares
from docpipe.store.leases import database_time
from docpipe.store.process import is_gone, owner_id
from docpipe.store.rows import advisory_lock, dialect

__all__ = ["SqlRateShares", "fair"]

LEASE_SECONDS = 15.0
"""How long a part is held that is not renewed: several renewals long, so that a busy database takes nothing away."""
LEAST = 0.02
"""The part that a process gets which asks for nothing now: enough for its next request."""
STALE = timedelta(days=7)
"""How long limits that a provider told are believed before it tells them again."""


class SqlRateShares:
    """``RateShares`` over the store, for this process."""

    def __init__(self, store: Store, owner: str = "") -> None:
        self._store, self._owner = store, owner or owner_id()

    def renew(self, scope: str, demand: float, requests_minute: float, tokens_minute: float, hold: float) -> Share:
        """See ``RateShares``."""
        with self._store.write() as s:
            advisory_lock(s, f"rates:{scope}")
            now = database_time(s)
            until = now + timedelta(seconds=hold) if hold > 0 else None
            maker = postgresql.insert if dialect(s) == "postgresql" else sqlite.insert
            s.execute(
                maker(rate_limits).values(
                    scope=scope, requests_minute=requests_minute, tokens_minute=tokens_minute,
                    hold_until=until, learnt=now,
                ).on_conflict_do_nothing()
            )  # fmt: skip
            told = s.execute(select(rate_limits).where(rate_limits.c.scope == scope)).one()
            if until is not None and (told.hold_until is None or told.hold_until < until):
                s.execute(update(rate_limits).where(rate_limits.c.scope == scope).values(hold_until=until))
            limits, found = (told.requests_minute, told.tokens_minute), (requests_minute, tokens_minute)
            known = limits if now - told.learnt < STALE else (0.0, 0.0)
            if any(found) and (limits != found or now - told.learnt > STALE / 7):
                changed = {"requests_minute": requests_minute, "tokens_minute": tokens_minute, "learnt": now}
                s.execute(update(rate_limits).where(rate_limits.c.scope == scope).values(**changed))
            rows = s.execute(select(rate_shares).where(rate_shares.c.scope == scope)).all()
            gone = [r.owner for r in rows if r.owner != self._owner and (r.lease_until <= now or is_gone(r.owner))]
            if gone:
                s.execute(delete(rate_shares).where(rate_shares.c.scope == scope, rate_shares.c.owner.in_(gone)))
            others = [r for r in rows if r.owner != self._owner and r.owner not in gone]
            part = fair([demand, *(r.demand / 1000 for r in others)])[0]
            part = max(LEAST, min(part, 1.0 - sum(r.part for r in others)))
            values = {
                "demand": round(demand * 1000), "requests_minute": part * requests_minute,
                "tokens_minute": part * tokens_minute, "part": part, "renewed": now,
                "lease_until": now + timedelta(seconds=LEASE_SECONDS),
            }  # fmt: skip
            mine = (rate_shares.c.scope == scope) & (rate_shares.c.owner == self._owner)
            if any(r.owner == self._owner for r in rows):
                s.execute(update(rate_shares).where(mine).values(**values))
            else:
                s.execute(insert(rate_shares).values(scope=scope, owner=self._owner, **values))
        return Share(part, _left(told.hold_until, now), *known)

    def release(self, scope: str) -> None:
        """See ``RateShares``."""
        with self._store.write() as s:
            s.execute(delete(rate_shares).where(rate_shares.c.scope == scope, rate_shares.c.owner == self._owner))


def fair(demands: list[float]) -> list[float]:
    """Parts of 1 by demand (0 to 1 each): small demands are met, the rest is shared equally. What nobody asks for is given out too."""
    if not demands:
        return []
    wanted = [max(LEAST, min(1.0, d)) for d in demands]
    parts, left, open_ = [0.0] * len(wanted), 1.0, sorted(range(len(wanted)), key=lambda n: wanted[n])
    while open_:
        n = open_[0]
        parts[n] = min(wanted[n], left / len(open_))
        left -= parts[n]
        open_ = open_[1:]
    if left > 0:
        total = sum(parts)
        parts = [p + left * p / total for p in parts]
    return parts


def _left(until: datetime | None, now: datetime) -> float:
    return max(0.0, (until - now).total_seconds()) if until is not None else 0.0
