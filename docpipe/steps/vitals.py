"""Vitals: the live state of an installation beside `docpipe doctor`: clocks, disk, database waits, audit trail. Imports store."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from docpipe.steps.health import Look, examine
from docpipe.steps.house import House
from docpipe.store import overview as rows
from docpipe.store.process import described
from docpipe.store.waits import LONG_SECONDS, Waited

SKEW_SECONDS = 5.0
VERIFY_DAYS = 30
LONG_WAIT_DAYS = 7
ERROR_PERCENT, ERROR_CALLS = 10.0, 10


@dataclass(frozen=True, slots=True)
class Vitals:
    """Measured now. ``skew_seconds``: database's clock less this process's; ``ahead_seconds``: newest audit event's beyond both.

    ``lock_waiters``: sessions that wait for a lock now (PostgreSQL), None where the database does not tell.
    """

    at: datetime
    disk_free_bytes: int
    blobs_free_bytes: int | None
    database_seconds: float
    skew_seconds: float
    ahead_seconds: float
    lock_waiters: int | None
    waits: Waited
    audit_events: int
    audit_verified: rows.Verification | None
    workers: list[tuple[str, int, datetime]]


def vitals(house: House) -> Vitals:
    """Looks; nothing here changes anything."""
    began = time.perf_counter()
    with house.store.read() as session:
        clocks = rows.clocks(session)
        now = house.now()
        verified, events = rows.last_verification(session), rows.event_count(session)
        waiting = rows.waiting_for_locks(session)
        workers = [(described(owner), n, last) for owner, n, last in rows.last_workers(session, 10)]
    took = time.perf_counter() - began
    ahead = (clocks.newest_event - now).total_seconds() if clocks.newest_event else 0.0
    blobs = Path(house.settings.blobs)
    local = "://" not in house.settings.blobs and blobs.is_dir()
    return Vitals(
        now, shutil.disk_usage(house.settings.home).free, shutil.disk_usage(blobs).free if local else None, took,
        (clocks.database - now).total_seconds(), max(ahead, 0.0), waiting, house.store.waits.now, events, verified, workers,
    )  # fmt: skip


def looks(house: House) -> list[Look]:
    """What `docpipe doctor` looks at, and the live state; each line says how to mend what is not fine."""
    now = vitals(house)
    found = examine(house)
    found.append(_clocks(now))
    found.append(_database(now))
    found.append(_trail(now))
    with house.store.read() as session:
        total, oldest = rows.longest_waiting(session, 1)
        hour = rows.calls_since(session, now.at - timedelta(hours=1))
        failures = sum(n for state, _, n in rows.error_counts(session) if state == "failed")
    age = (now.at - oldest[0].since).days if oldest else 0
    found.append(
        Look(
            "checkpoints", age < LONG_WAIT_DAYS, f"{total} wait for people, the oldest {age} days" if total else "none waits for people",
            "tell the reviewers; the oldest are listed first on the page Operations",
        )
    )  # fmt: skip
    bad = hour.failed + hour.unknown
    rate = 100 * bad / hour.ended if hour.ended else 0.0
    says = (
        f"{hour.ended} calls ended in the last hour, {rate:.1f} % without a reply"
        if hour.ended
        else "no call in the last hour"
    )
    found.append(
        Look(
            "model provider",
            not (bad >= ERROR_CALLS and rate >= ERROR_PERCENT),
            says,
            "look at the codes on the page Operations",
        )
    )
    found.append(
        Look(
            "failed documents", failures == 0, f"{failures} failed" if failures else "none",
            "mend the cause, then docpipe resume BATCH or Retry on the page Operations",
        )
    )  # fmt: skip
    return found


def _clocks(now: Vitals) -> Look:
    fine = abs(now.skew_seconds) < SKEW_SECONDS and now.ahead_seconds < SKEW_SECONDS
    says = f"database {now.skew_seconds:+.3f} s against this process"
    if now.ahead_seconds >= SKEW_SECONDS:
        says += f"; the newest audit event lies {now.ahead_seconds:.0f} s in the future: the clock was set back"
    return Look("clocks", fine, says, "set both machines' clocks by NTP, then restart docpipe")


def _database(now: Vitals) -> Look:
    waits = now.waits
    says = f"answered in {now.database_seconds * 1000:.0f} ms; longest wait to write {waits.longest:.2f} s in {waits.writes} writes of this process"
    if now.lock_waiters is not None:
        says += f"; {now.lock_waiters} sessions wait for a lock"
    recent = waits.last_long is not None and (now.at - waits.last_long) < timedelta(hours=1)
    return Look(
        "database waits", not (recent and waits.given_up) and (now.lock_waiters or 0) < 10, says,
        f"waits of {LONG_SECONDS:.0f} s and more: use PostgreSQL (docpipe help growing), or fewer flow runs at once",
    )  # fmt: skip


def _trail(now: Vitals) -> Look:
    mend = "docpipe audit verify"
    if now.audit_verified is None:
        return Look("audit trail", now.audit_events == 0, f"{now.audit_events} events, never verified as a whole", mend)
    age = now.at - now.audit_verified.at
    sound = now.audit_verified.result.endswith(" 0 problems")
    says = (
        f"{now.audit_events} events; verified {now.audit_verified.at:%Y-%m-%d %H:%M} UTC: {now.audit_verified.result}"
    )
    return Look("audit trail", sound and age < timedelta(days=VERIFY_DAYS), says, mend)
