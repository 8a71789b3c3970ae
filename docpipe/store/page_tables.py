"""The tables of the review page: sessions, comments, drafts, effort, staged uploads. Imports SQLAlchemy and the column types.

They share the MetaData of ``docpipe.store.columns`` and are changed only together with a migration.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, Table, Text

from docpipe.store.columns import col as _col
from docpipe.store.columns import document as _document
from docpipe.store.tables import metadata as metadata
from docpipe.store.types import AnyText, Json, Utc

sessions = Table(
    "sessions", metadata,
    _col("id", Text, primary_key=True),
    _col("user", AnyText, ForeignKey("users.name"), index=True),
    _col("via", Text),
    _col("created", Utc),
    _col("seen", Utc),
    _col("ends", Utc),
    _col("address", AnyText),
    _col("agent", AnyText),
    _col("signed", Boolean),
    _col("ended", Utc, nullable=True),
)  # fmt: skip

comments = Table(
    "comments", metadata,
    _col("id", Text, primary_key=True),
    _document(),
    _col("segment", Text),
    _col("user", AnyText),
    _col("text", AnyText),
    _col("question", Boolean),
    _col("at", Utc),
    _col("resolved_at", Utc, nullable=True),
    _col("resolved_by", AnyText),
    Index(None, "document", "segment"),
)  # fmt: skip

drafts = Table(
    "drafts", metadata,
    _col("user", AnyText, primary_key=True),
    _document(primary_key=True),
    _col("segment", Text, primary_key=True),
    _col("revision", Integer),
    _col("target", AnyText),
    _col("at", Utc),
)  # fmt: skip

efforts = Table(
    "efforts", metadata,
    _document(primary_key=True),
    _col("segment", Text, primary_key=True),
    _col("user", AnyText, primary_key=True),
    _col("active_ms", BigInteger),
    _col("keystrokes", Integer),
    _col("displays", Integer),
    _col("first_shown", Utc),
    _col("last_shown", Utc),
)  # fmt: skip

submissions = Table(
    "submissions", metadata,
    _col("id", Text, primary_key=True),
    _col("user", AnyText, index=True),
    _col("created", Utc),
    _col("state", Text),
    _col("ordered", Json),
    _col("files", Json),
    _col("batch", Text),
)  # fmt: skip

imports = Table(
    "imports", metadata,
    _col("id", Text, primary_key=True),
    _col("user", AnyText, index=True),
    _col("batch", Text),
    _col("created", Utc),
    _col("state", Text),
    _col("files", Json),
)  # fmt: skip

reopenings = Table(
    "reopenings", metadata,
    _col("dismissal", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("dismissals.id"), primary_key=True, autoincrement=False),
    _col("user", AnyText),
    _col("at", Utc),
)  # fmt: skip
