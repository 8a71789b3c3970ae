"""Failed attempts with a password, counted by account and by address, each action apart. Imports the tables.

They are rows, so that a restart does not forget them. An address is held up after failures at several accounts: one person
who mistypes hurts nobody else in the same office, and whoever tries one password at many accounts is stopped.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from docpipe.store.rows import advisory_lock
from docpipe.store.tables import sign_in_failures

ATTEMPTS = 5
"""Failures in the window after which an account waits; also the number of accounts that may fail from one address."""
ADDRESS_ATTEMPTS = 30
"""Failures in the window after which an address waits, whatever accounts they were at."""
WINDOW_SECONDS = 300
_KEPT = timedelta(days=1)
_c = sign_in_failures.c


def begin(s: Session, name: str, action: str, address: str, at: datetime) -> tuple[int, int]:
    """Counts an attempt before its password is looked at, so that guesses sent side by side count one by one.

    Gives (seconds to wait, number of the attempt): where there is a wait, nothing was counted and the number is 0.
    ``address``: "" where there is none, as on the command line.
    """
    advisory_lock(s, f"{action}:{name}")
    if address:
        advisory_lock(s, f"{action} from:{address}")
    s.execute(delete(sign_in_failures).where(_c.at <= at - _KEPT))
    wait = max(_account_wait(s, name, action, at), _address_wait(s, address, action, at) if address else 0)
    if wait:
        return wait, 0
    counted = insert(sign_in_failures).values(name=name, action=action, address=address, at=at)
    return 0, int(s.execute(counted.returning(_c.id)).scalar_one())


def succeeded(s: Session, attempt: int, name: str, action: str, address: str) -> None:
    """The password was right: the attempt was no failure, and what this person mistyped does not count against the address."""
    s.execute(delete(sign_in_failures).where(_c.id == attempt))
    if address:
        mine = (_c.name == name) & (_c.action == action) & (_c.address == address)
        s.execute(update(sign_in_failures).where(mine).values(address=""))


def _account_wait(s: Session, name: str, action: str, at: datetime) -> int:
    since = at - timedelta(seconds=WINDOW_SECONDS)
    count, first = s.execute(
        select(func.count(), func.min(_c.at)).where(_c.name == name, _c.action == action, _c.at > since)
    ).one()
    return 0 if count < ATTEMPTS else _until(first, since)


def _address_wait(s: Session, address: str, action: str, at: datetime) -> int:
    since = at - timedelta(seconds=WINDOW_SECONDS)
    count, names, first = s.execute(
        select(func.count(), func.count(_c.name.distinct()), func.min(_c.at)).where(
            _c.address == address, _c.action == action, _c.at > since
        )
    ).one()
    return 0 if names < ATTEMPTS and count < ADDRESS_ATTEMPTS else _until(first, since)


def _until(first: datetime, since: datetime) -> int:
    """Whole seconds until the oldest failure leaves the window."""
    return max(1, math.ceil((first - since).total_seconds()))
