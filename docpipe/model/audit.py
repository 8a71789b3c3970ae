"""Audit events and their hash chain. Imports the core only. Source: 21 CFR 11.10(e), EU GMP Annex 11 section 9."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from docpipe.model.canonical import Digest, digest_of

GENESIS = Digest("0" * 64)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to which record, when and why. ``chain``: batch id, or "house" for accounts and assets.

    ``number`` counts from 1 in its chain without gaps. ``hash`` covers every other field and the previous hash.
    """

    chain: str
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    old: str
    new: str
    reason: str
    previous: Digest
    hash: Digest

    def computed(self) -> Digest:
        """The hash that this event must have."""
        return event_hash(
            self.chain, self.number, self.at, self.actor, self.action, self.subject, self.old, self.new, self.reason,
            self.previous,
        )  # fmt: skip


def event_hash(
    chain: str, number: int, at: datetime, actor: str, action: str, subject: str, old: str, new: str, reason: str,
    previous: Digest,
) -> Digest:  # fmt: skip
    """SHA-256 over the canonical JSON of the event's fields and the previous hash. ``at`` is in UTC."""
    return digest_of([chain, number, at.isoformat(), actor, action, subject, old, new, reason, previous])


def first_break(events: Iterable[AuditEvent]) -> str | None:
    """What is wrong with a chain in order, in one sentence naming the first bad number; None if nothing is."""
    previous = GENESIS
    for number, event in enumerate(events, 1):
        if event.number != number:
            return f"chain {event.chain}: event {number} is missing"
        if event.previous != previous:
            return f"chain {event.chain}: event {number} does not follow the one before it"
        if event.hash != event.computed():
            return f"chain {event.chain}: event {number} was changed"
        previous = event.hash
    return None
