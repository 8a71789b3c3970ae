"""The terms of a package for people: what is proposed, where renderings differ, what is locked; lock and unlock. Imports accounts and store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import ReviewRefused, UnknownName
from docpipe.model.batch import State
from docpipe.model.segment import SegmentId
from docpipe.steps.desk import Desk, refresh
from docpipe.steps.house import House
from docpipe.steps.term_learning import entry_of
from docpipe.store import audit, audit_find, batches, documents, package_terms, users
from docpipe.store.package_terms import LOCKED, PROPOSED, PackageTerm

__all__ = [
    "SHOWN",
    "Change",
    "after_approval",
    "changes",
    "listing",
    "lock",
    "recheck",
    "shown",
    "term_object",
    "unlock",
]

SHOWN = ("all", "several", "locked", "proposed")
"""Which terms a person wants to see: ``several``: rendered in more than one way, and nobody has decided."""


@dataclass(frozen=True, slots=True)
class Change:
    """A lock or its end. ``term``: its words where the package still has it, else ""; ``document``, ``segment``: of an approval that locked it."""

    at: datetime
    by: str
    locked: bool
    term: str
    document: str
    segment: str
    reason: str


def listing(house: House, batch_id: str) -> list[PackageTerm]:
    """All terms of a batch: locked ones first, then the most used. Raises ``UnknownName``."""
    with house.store.read() as session:
        batches.get(session, batch_id)
        return package_terms.of_batch(session, batch_id)


def shown(terms: Collection[PackageTerm], which: str, text: str = "") -> list[PackageTerm]:
    """The terms of one of ``SHOWN`` whose words or target have a text, without regard to case."""
    wanted = text.strip().casefold()
    found = []
    for t in terms:
        locked = t.state == LOCKED
        fits = {"several": bool(t.others) and not locked, "locked": locked, "proposed": not locked}.get(which, True)
        if fits and (wanted in t.source.casefold() or any(wanted in x.casefold() for x in (t.target, *t.targets))):
            found.append(t)
    return found


def changes(house: House, batch_id: str, most: int = 50) -> list[Change]:
    """Who locked and unlocked terms of a batch, the newest first; ``by`` as printed."""
    with house.store.read() as session:
        events, _ = audit_find.page(session, audit_find.Wanted(chain=batch_id, action="term."), 1, most)
        named = {entry_of(batch_id, t, "", "").subject: t.source for t in package_terms.of_batch(session, batch_id)}
        printed = {u.name: u.printed_name for u in users.listing(session)} if events else {}
    found = []
    for e in events:
        document, _, segment = e.old.partition("/")
        by, locked = printed.get(e.actor, e.actor), e.action == "term.locked"
        found.append(Change(e.at, by, locked, named.get(e.subject, ""), document, segment, e.reason))
    return found


def term_object(term: PackageTerm) -> dict[str, Any]:
    """A term as JSON. ``conflict``: whether rows render it in more than one way."""
    return {
        "source": term.source, "target": term.target, "kind": term.kind, "state": term.state, "uses": term.uses,
        "renderings": [{"target": t, "rows": n} for t, n in term.targets.items()], "conflict": bool(term.others),
        "locked_by": term.user, "document": term.document, "segment": term.segment,
        "at": term.at.isoformat() if term.at else None,
    }  # fmt: skip


def lock(house: House, batch_id: str, source: str, target: str, user: User, reason: str = "") -> int:
    """Binds a term to a target from now on; how many rows under review were checked again for it.

    ``target`` "": the one proposed. Raises ``UnknownName`` (no such term, and no target given), ``RoleMissing``, ``ReviewRefused``.
    """
    require(user.roles, Action.APPROVE)
    source, target = source.strip(), target.strip()
    if not source:
        raise ReviewRefused("A term needs its words.")
    with house.store.write() as session:
        batches.get(session, batch_id)
        old = package_terms.get(session, batch_id, source)
        if old is None and not target:
            raise UnknownName("The package has no such term: give its target to lock it.", batch=batch_id)
        term = old or PackageTerm(source, target)
        new = replace(term, target=target or term.target, state=LOCKED, document="", segment="", user=user.name)
        package_terms.put(session, batch_id, new, house.now())
        audit.append_all(session, batch_id, [entry_of(batch_id, new, user.name, reason)], house.now())
    return recheck(house, batch_id, [new.source])


def unlock(house: House, batch_id: str, source: str, user: User, reason: str) -> int:
    """Takes the lock away; the term is a proposal again. How many rows were checked again. Raises as ``lock``."""
    require(user.roles, Action.APPROVE)
    if not reason.strip():
        raise ReviewRefused("To unlock a term needs a reason.")
    with house.store.write() as session:
        old = package_terms.get(session, batch_id, source.strip())
        if old is None or old.state != LOCKED:
            raise UnknownName("The package has no such locked term.", batch=batch_id)
        most = next(iter(sorted(old.targets, key=lambda t: (-old.targets[t], t))), old.target)
        new = replace(old, target=most, state=PROPOSED, document="", segment="", user="")
        package_terms.put(session, batch_id, new, house.now())
        audit.append_all(session, batch_id, [entry_of(batch_id, new, user.name, reason)], house.now())
    return recheck(house, batch_id, [new.source])


def after_approval(house: House, document_id: str, rows: Collection[SegmentId]) -> None:
    """Checks again what the approval of some rows has bound: rows elsewhere that render a term otherwise."""
    if not rows:
        return
    with house.store.read() as session:
        batch = documents.get(session, document_id).batch
        here = set(rows)
        terms = [
            t.source
            for t in package_terms.of_batch(session, batch)
            if t.state == LOCKED and t.document == document_id and t.segment in here
        ]
    recheck(house, batch, terms)


def recheck(house: House, batch_id: str, sources: Collection[str]) -> int:
    """Checks rows with some terms again, in documents that wait for review; how many rows.

    Of a term that the package renders in one way only the rows without that are looked at. Documents that are signed stay as
    they were signed; those not checked yet will be.
    """
    if not sources:
        return 0
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        rows: dict[str, set[SegmentId]] = {}
        for source in sources:
            term = package_terms.get(session, batch_id, source)
            without = term.target if term is not None and term.state == LOCKED and not term.others else ""
            for name, found in package_terms.rows_with(session, batch_id, source, without).items():
                rows.setdefault(name, set()).update(found)
    count = 0
    for name, some in rows.items():
        with house.store.write() as session:
            document = documents.locked(session, name)
            if document.state is State.WAITING:
                refresh(Desk(house, session, batch, document, house.now()), sorted(some))
                count += len(some)
    return count
