"""What every step needs: settings, store and clock in one value. Imports settings and store."""

from __future__ import annotations

import getpass
import logging
import os
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from docpipe.settings import Settings, load
from docpipe.store.database import Store
from docpipe.store.process import owner_id

MACHINE = "docpipe"
"""The actor of what no person did."""


@dataclass(frozen=True, slots=True)
class House:
    """An opened installation. ``owner`` names this process in leases, so that a killed one's are taken over at once."""

    settings: Settings
    store: Store
    owner: str = field(default_factory=owner_id)

    def now(self) -> datetime:
        """UTC time."""
        return datetime.now(UTC)


@lru_cache(maxsize=4)
def _store(database: str, blobs: str) -> Store:
    return Store.open(database, blobs)


def open_house(settings: Settings | None = None) -> House:
    """Opens (and, the first time, makes) the installation that the settings name; the store is opened once a process."""
    chosen = settings or load()
    chosen.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return House(chosen, _store(chosen.database, chosen.blobs))


def local_actor() -> str:
    """Who acts when no account is named: the operating system's user, marked as such."""
    try:
        return f"local:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"local:uid{os.getuid()}"


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_batch_id(now: datetime) -> str:
    """``B261122-7K3QX``: sortable by day, easy to say, not guessable in a row."""
    return f"B{now:%y%m%d}-" + "".join(secrets.choice(_ALPHABET) for _ in range(5))


log = logging.getLogger("docpipe")


def log_to_file(settings: Settings) -> None:
    """Sends this process's log to the operator's file: JSON lines, without document text and secrets."""
    from docpipe.safe.redact import JsonLines

    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = logging.FileHandler(settings.log_file or settings.home / "docpipe.log", encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    log.setLevel(logging.INFO)
    log.handlers[:] = [handler]
    log.propagate = False


def record(event: str, **fields: str | int | float | None) -> None:
    """One line of the operator's log: ids, counts and codes."""
    log.info(event, extra={k: v for k, v in fields.items() if v is not None})
