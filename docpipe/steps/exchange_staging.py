"""Uploaded bilingual files that wait between their diff and their taking. Imports accounts and store.

The plan is made anew each time it is shown or taken: what is shown is what would happen now.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import NotReady, ReviewRefused, UnknownName, UsageError
from docpipe.steps.exchange_import import plan_import, take_plans
from docpipe.steps.exchange_plan import Plan, Taken, Upload
from docpipe.steps.house import House
from docpipe.store import imports
from docpipe.store.imports import ImportState, StagedFile, StagedImport

__all__ = ["discard_import", "open_imports", "plan_staged", "stage_import", "staged_import", "take_import"]

_MOST_FILES = 200


def stage_import(house: House, uploads: Sequence[Upload], user: User, batch: str = "") -> StagedImport:
    """Keeps uploaded files until they are taken or discarded. Raises ``RoleMissing``, ``UsageError`` for none or too many."""
    require(user.roles, Action.EDIT)
    if not 1 <= len(uploads) <= _MOST_FILES:
        raise UsageError(f"Choose between 1 and {_MOST_FILES} files.", files=len(uploads))
    files = [StagedFile(u.name[:300], house.store.blobs.put(u.data), len(u.data)) for u in uploads]
    with house.store.write() as session:
        return imports.add(session, user.name, batch, files, house.now())


def staged_import(house: House, import_id: str, user: User) -> StagedImport:
    """A person's own staged import. Raises ``UnknownName``; somebody else's is unknown."""
    with house.store.read() as session:
        staged = imports.get(session, import_id)
    if staged.user != user.name:
        raise UnknownName("There is no such import.", name=import_id[:40])
    return staged


def open_imports(house: House, user: User) -> list[StagedImport]:
    """A person's imports that wait, the newest first."""
    with house.store.read() as session:
        return imports.of_user(session, user.name)


def plan_staged(house: House, staged: StagedImport, user: User) -> list[Plan]:
    """What taking a staged import would change now. Raises ``BlobMissing``, ``RoleMissing``."""
    uploads = [Upload(f.name, house.store.blobs.get(f.sha256)) for f in staged.files]
    return plan_import(house, uploads, user, staged.batch)


def take_import(
    house: House, import_id: str, user: User, reason: str, shown: Collection[str] | None = None
) -> list[Taken]:
    """Takes a staged import, once. Rows changed since it was shown are refused as stale, both texts kept.

    ``shown``: the documents whose changes the person saw; another one, readable only by now, is left (None: all were seen).

    Raises ``UnknownName``, ``NotReady`` (taken or discarded before), ``ReviewRefused`` (no reason), ``RoleMissing``.
    """
    staged = staged_import(house, import_id, user)
    if staged.state is not ImportState.OPEN:
        raise NotReady(f"This import is {staged.state.value}.", name=import_id)
    if not reason.strip():
        raise ReviewRefused("Taking rows needs a reason.")
    plans = [_as_seen(plan, shown) for plan in plan_staged(house, staged, user)]
    results = list(take_plans(house, plans, user, reason.strip()))
    left = list(results)
    files = []
    for number, file in enumerate(staged.files):
        own = [r for r in left if r.file == file.name or number == len(staged.files) - 1]
        left = [r for r in left if r not in own]
        files.append(replace(file, results=tuple(r.as_dict() for r in own)))
    with house.store.write() as session:
        imports.close(session, import_id, ImportState.TAKEN, files)
    return results


def _as_seen(plan: Plan, shown: Collection[str] | None) -> Plan:
    if shown is None or plan.error is not None or plan.document in shown:
        return plan
    return replace(
        plan, error=NotReady("Its changes were not shown yet: import the file again.", document=plan.document)
    )


def discard_import(house: House, import_id: str, user: User) -> None:
    """Closes a staged import without taking anything. Raises ``UnknownName``."""
    staged_import(house, import_id, user)
    with house.store.write() as session:
        imports.close(session, import_id, ImportState.DISCARDED)
