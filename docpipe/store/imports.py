"""Staged bilingual files: uploaded, shown as a diff, then taken or discarded. Takes a Session and core types; imports the tables.

The files' bytes are blobs; a row here says whose they are and what became of them, so that a restart loses nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from docpipe.store.page_tables import imports
from docpipe.store.rows import found


class ImportState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """An uploaded file. ``results``: what became of each document in it, once taken."""

    name: str
    sha256: str
    size: int
    results: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class StagedImport:
    """Files that one person uploaded together. ``batch``: the batch they are for, or "" where the files say it."""

    id: str
    user: str
    batch: str
    created: datetime
    state: ImportState
    files: tuple[StagedFile, ...]


def _staged(row: Row[Any]) -> StagedImport:
    files = tuple(StagedFile(f["name"], f["sha256"], f["size"], tuple(f["results"])) for f in row.files)
    return StagedImport(row.id, row.user, row.batch, row.created, ImportState(row.state), files)


def _plain(files: Sequence[StagedFile]) -> list[dict[str, Any]]:
    return [{"name": f.name, "sha256": f.sha256, "size": f.size, "results": list(f.results)} for f in files]


def add(s: Session, user: str, batch: str, files: Sequence[StagedFile], at: datetime) -> StagedImport:
    """Stages files whose blobs are stored."""
    staged = StagedImport(f"I{secrets.token_hex(8)}", user, batch, at, ImportState.OPEN, tuple(files))
    s.execute(
        insert(imports).values(
            id=staged.id, user=user, batch=batch, created=at, state=staged.state.value, files=_plain(files)
        )
    )
    return staged


def get(s: Session, import_id: str) -> StagedImport:
    """One staged import. Raises ``UnknownName``."""
    return _staged(found(s.execute(select(imports).where(imports.c.id == import_id)).first(), "import", import_id))


def of_user(s: Session, user: str, state: ImportState = ImportState.OPEN) -> list[StagedImport]:
    """A person's imports at this state, the newest first."""
    query = select(imports).where(imports.c.user == user, imports.c.state == state.value)
    return [_staged(row) for row in s.execute(query.order_by(imports.c.created.desc(), imports.c.id))]


def close(s: Session, import_id: str, state: ImportState, files: Sequence[StagedFile] | None = None) -> bool:
    """Moves an open import to its end, with what became of the files; False if it was closed before."""
    values: dict[str, Any] = {"state": state.value}
    if files is not None:
        values["files"] = _plain(files)
    where = (imports.c.id == import_id, imports.c.state == ImportState.OPEN.value)
    closed = s.execute(update(imports).where(*where).values(**values).returning(imports.c.id)).all()
    return bool(closed)
