"""The audit trail for auditors: verification, export, and the copies of its heads outside the database. Imports store."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from docpipe.errors import StorageError
from docpipe.steps.house import MACHINE, House
from docpipe.store import audit, audit_verify, overview


def heads_file(house: House) -> Path:
    """The copy of the chains' heads outside the database: a cut-off tail shows against it."""
    return house.settings.home / "audit-heads.jsonl"


def copy_heads(house: House, *chains: str) -> None:
    """Copies the heads that moved on. Called when a batch reaches a state and at each signature."""
    with house.store.read() as session:
        audit_verify.copy_head(session, heads_file(house), chains or None)


def verify_audit(house: House, chain: str | None, by: str = MACHINE) -> tuple[list[str], int]:
    """What is wrong, in sentences, and how many events were looked at. That the whole trail was verified is written down."""
    with house.store.read() as session:
        problems = audit_verify.verify(session, chain, heads_file(house))
        names = [chain] if chain else audit.chains(session)
        count = sum(1 for name in names for _ in audit.events(session, name))
    if chain is None:
        result = f"{count} events, {len(problems)} problems"
        with (
            contextlib.suppress(StorageError),
            house.store.write() as session,
        ):  # the result counts where nothing can be written
            audit.append(session, audit.HOUSE, by, overview.VERIFIED, "all", new=result)
    return problems, count


def export_audit(house: House, chain: str | None) -> Iterator[dict[str, object]]:
    """The events as JSON types, chain by chain."""
    with house.store.read() as session:
        for name in [chain] if chain else audit.chains(session):
            yield from audit.export(session, name)
