"""The tables of drafting: studies as read, early checkpoints, what disagrees among sources, generation records. Imports the column types.

They share the MetaData of ``docpipe.store.columns`` and are changed only together with a migration.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, Table, Text

from docpipe.store.columns import Serial
from docpipe.store.columns import col as _col
from docpipe.store.columns import document as _document
from docpipe.store.page_tables import metadata as metadata
from docpipe.store.types import AnyText, Json, Utc

studies = Table(
    "studies", metadata,
    _col("batch", Text, ForeignKey("batches.id"), primary_key=True),
    _col("study", AnyText),
    _col("version", Text),
    _col("blobs", Json),
    _col("made", Utc),
)  # fmt: skip

gates = Table(
    "gates", metadata,
    _col("batch", Text, ForeignKey("batches.id"), primary_key=True),
    _col("stage", Text, primary_key=True),
    _col("digest", Text),
    _col("state", Text),
    _col("opened", Utc),
    _col("user", AnyText),
    _col("reason", AnyText),
    _col("at", Utc, nullable=True),
)  # fmt: skip

study_findings = Table(
    "study_findings", metadata,
    _col("batch", Text, ForeignKey("batches.id"), primary_key=True),
    _col("id", Text, primary_key=True),
    _col("position", Integer),
    _col("stage", Text),
    _col("check", Text),
    _col("severity", Text),
    _col("message", AnyText),
    _col("path", AnyText),
    _col("locator", AnyText),
    _col("expected", AnyText),
    _col("disposition", Text),
    _col("user", AnyText),
    _col("reason", AnyText),
    _col("at", Utc, nullable=True),
)  # fmt: skip

generations = Table(
    "generations", metadata,
    _col("id", Serial, primary_key=True, autoincrement=True),
    _document(),
    _col("block", AnyText),
    _col("record", Json),
    _col("at", Utc),
    Index(None, "document", "block"),
)  # fmt: skip
