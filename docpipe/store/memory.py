"""Entries of translation memories, and their exact look-up. Takes core types, gives core types; imports model and the tables.

An asset's entries are its blob's reading: to put them again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from docpipe.model.canonical import Digest, digest_of
from docpipe.model.recipe import AssetRef
from docpipe.model.segment import OriginKind, Status
from docpipe.model.terms import TmEntry
from docpipe.store.database import Store
from docpipe.store.rows import dialect, slices
from docpipe.store.tables import assets, documents, segments, tm_entries, units
from docpipe.store.types import utc_now

_FIELDS = ("source", "target", "source_language", "target_language", "context", "approved", "origin", "created")
_AT_ONCE = 5000


def put_entries(s: Session, asset: str, entries: Sequence[TmEntry]) -> None:
    """Adds entries to an asset (the digest of its blob, or a name such as ``batch:ID``); equal ones are not doubled.

    Several calls may bring the parts of one large memory: later ones count as newer.
    """
    maker = postgresql.insert if dialect(s) == "postgresql" else sqlite.insert
    add = maker(tm_entries).on_conflict_do_nothing()
    newest = select(func.max(tm_entries.c.position)).where(tm_entries.c.asset == asset)
    start = (s.execute(newest).scalar() or 0) + 1
    for part in slices([*enumerate(entries, start)], _AT_ONCE):
        s.connection().execute(add, [_row(asset, position, entry) for position, entry in part])


def _row(asset: str, position: int, entry: TmEntry) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(entry, name) for name in _FIELDS}
    values["entry"] = digest_of(list(values.values()))[:32]
    values["digest"] = digest_of(entry.source)
    return {**values, "asset": asset, "position": position}


def approved(s: Session, assets: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Source and target (wire form) of the approved entries of some assets; what is preferred, and the newer, comes later."""
    for asset in reversed(assets):
        query = select(tm_entries.c.source, tm_entries.c.target).where(
            tm_entries.c.asset == asset, tm_entries.c.approved.is_(True)
        )
        for row in s.execute(query.order_by(tm_entries.c.position).execution_options(yield_per=_AT_ONCE)):
            yield row.source, row.target


def approved_in_batch(s: Session, batch_id: str) -> Iterator[tuple[str, str]]:
    """Source and target (without codes) of the batch's rows that people approved, document by document."""
    query = (
        select(segments.c.plain.label("source"), units.c.plain.label("target"))
        .join(units, (units.c.document == segments.c.document) & (units.c.segment == segments.c.id))
        .join(documents, documents.c.id == segments.c.document)
        .where(
            documents.c.batch == batch_id,
            units.c.status == Status.APPROVED.value,
            units.c.origin_kind != OriginKind.SAME.value,
        )
        .order_by(documents.c.id, segments.c.position)
    )
    for row in s.execute(query):
        yield row.source, row.target


def put_asset(s: Session, asset: AssetRef) -> None:
    """Notes an asset that was taken in; the same one again changes nothing."""
    maker = postgresql.insert if dialect(s) == "postgresql" else sqlite.insert
    row = maker(assets).values(
        id=digest_of([asset.kind, asset.name, asset.sha256]),
        kind=asset.kind, name=asset.name, sha256=asset.sha256, rows=asset.rows, at=utc_now(),
    )  # fmt: skip
    s.execute(row.on_conflict_do_nothing())


class SqlMemory:
    """``MemoryLookup`` over some assets, the first ones preferred; ``source_language``/``target_language`` narrow it, if given."""

    def __init__(
        self, store: Store, assets: Sequence[str], source_language: str = "", target_language: str = ""
    ) -> None:
        self._store = store
        self._order = {asset: n for n, asset in enumerate(assets)}
        self._languages = (source_language, target_language)

    def exact(self, digests: Sequence[Digest]) -> Mapping[Digest, Sequence[TmEntry]]:
        """Entries whose renumbered source has the digest: by the assets' order, newest first in each."""
        found: dict[Digest, list[tuple[int, str, int, TmEntry]]] = {}
        if not self._order:
            return {}
        query = select(tm_entries).where(tm_entries.c.asset.in_(list(self._order)))
        for column, language in zip(
            (tm_entries.c.source_language, tm_entries.c.target_language), self._languages, strict=True
        ):
            if language:
                query = query.where(column == language)
        with self._store.read() as s:
            for part in slices(list(dict.fromkeys(digests))):
                for row in s.execute(query.where(tm_entries.c.digest.in_(part))):
                    entry = TmEntry(*(getattr(row, name) for name in _FIELDS))
                    found.setdefault(Digest(row.digest), []).append(
                        (-self._order[row.asset], row.created, row.position, entry)
                    )
        return {
            digest: [e for *_, e in sorted(several, key=lambda x: x[:3], reverse=True)]
            for digest, several in found.items()
        }
