"""Every table of docpipe, one MetaData. Imports SQLAlchemy and the column types; changed only together with a migration.

Rows are written and read by the repositories beside this file; nobody else names a column.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from docpipe.store.columns import Serial
from docpipe.store.columns import col as _col
from docpipe.store.columns import document as _document
from docpipe.store.columns import metadata as metadata
from docpipe.store.types import AnyText, Json, Utc

batches = Table(
    "batches", metadata,
    _col("id", Text, primary_key=True),
    _col("recipe", Json),
    _col("state", Text),
    _col("created", Utc),
    _col("submitter", AnyText),
    _col("name", AnyText),
    _col("out", AnyText),
)  # fmt: skip

documents = Table(
    "documents", metadata,
    _col("id", Text, primary_key=True),
    _col("batch", Text, ForeignKey("batches.id"), index=True),
    _col("path", AnyText),
    _col("media_type", Text),
    _col("sha256", Text),
    _col("size", BigInteger),
    _col("state", Text),
    _col("format", Text),
    _col("pages", Integer),
    _col("stage", Text),
    _col("extraction", Text),
    _col("output", Text),
    _col("output_path", AnyText),
    _col("error_code", Text),
    _col("error_message", AnyText),
    _col("coverage", Json, nullable=True),
)  # fmt: skip

segments = Table(
    "segments", metadata,
    _document(primary_key=True),
    _col("position", Integer, primary_key=True),
    _col("id", Text),
    _col("address", AnyText),
    _col("ordinal", Integer),
    _col("kind", Text),
    _col("source", Json),
    _col("digest", Text),
    _col("context", Text),
    _col("before", AnyText),
    _col("after", AnyText),
    _col("level", Integer),
    _col("last", Boolean),
    _col("plain", AnyText, server_default=""),
    _col("words", Integer, server_default="0"),
    UniqueConstraint("document", "id"),
    Index(
        "ix_segments_headings", "document", "position",
        sqlite_where=text("kind = 'heading'"), postgresql_where=text("kind = 'heading'"),
    ),
)  # fmt: skip


def _unit_columns() -> list[Column[Any]]:
    return [
        _col("target", Json),
        _col("status", Text),
        _col("origin_kind", Text),
        _col("origin_detail", AnyText),
        _col("spend_key", Text),
        _col("revision", Integer),
        _col("editor", AnyText),
        _col("approver", AnyText),
        _col("needs_person", AnyText),
        _col("at", Utc, nullable=True),
        _col("actor", AnyText),
    ]


units = Table(
    "units", metadata,
    _document(primary_key=True),
    _col("position", Integer, primary_key=True),
    _col("segment", Text),
    *_unit_columns(),
    _col("plain", AnyText, server_default=""),
    _col("words", Integer, server_default="0"),
    UniqueConstraint("document", "segment"),
    Index(None, "document", "status", "position"),
    Index("ix_units_progress", "document", "status", "origin_kind", "words"),
)  # fmt: skip

unit_history = Table(
    "unit_history", metadata,
    _col("id", Serial, primary_key=True, autoincrement=True),
    _document(),
    _col("segment", Text),
    *_unit_columns(),
    Index(None, "document", "segment"),
)  # fmt: skip

findings = Table(
    "findings", metadata,
    _col("id", Text, primary_key=True),
    _document(index=True),
    _col("segment", Text),
    _col("position", Integer),
    _col("address", AnyText),
    _col("check", Text),
    _col("severity", Text),
    _col("message", AnyText),
    _col("source_span", Json, nullable=True),
    _col("target_span", Json, nullable=True),
    _col("suggestion", AnyText),
    _col("occurrences", Integer),
    _col("key", Text),
    _col("disposition", Text),
    Index(None, "document", "segment", "disposition"),
)  # fmt: skip

dismissals = Table(
    "dismissals", metadata,
    _col("id", Serial, primary_key=True, autoincrement=True),
    _document(),
    _col("segment", Text),
    _col("key", Text),
    _col("check", Text),
    _col("user", AnyText),
    _col("reason", AnyText),
    _col("at", Utc),
    Index(None, "document", "key"),
)  # fmt: skip

checkpoints = Table(
    "checkpoints", metadata,
    _col("id", Text, primary_key=True),
    _col("batch", Text, ForeignKey("batches.id"), index=True),
    _document(index=True),
    _col("stage", Text),
    _col("role", Text),
    _col("digest", Text),
    _col("state", Text),
    _col("opened", Utc),
)  # fmt: skip

decisions = Table(
    "decisions", metadata,
    _col("id", Serial, primary_key=True, autoincrement=True),
    _col("checkpoint", Text, ForeignKey("checkpoints.id"), index=True),
    _col("user", AnyText),
    _col("verdict", Text),
    _col("reason", AnyText),
    _col("digest", Text),
    _col("at", Utc),
)  # fmt: skip

signatures = Table(
    "signatures", metadata,
    _col("id", Serial, primary_key=True, autoincrement=True),
    _col("checkpoint", Text, ForeignKey("checkpoints.id"), index=True),
    _col("user", AnyText),
    _col("printed_name", AnyText),
    _col("meaning", AnyText),
    _col("at", Utc),
    _col("digest", Text),
    _col("void", Boolean),
    _col("voided_at", Utc, nullable=True),
)  # fmt: skip

audit_events = Table(
    "audit_events", metadata,
    _col("chain", Text, primary_key=True),
    _col("number", Integer, primary_key=True, autoincrement=False),
    _col("at", Utc, index=True),
    _col("actor", AnyText),
    _col("action", AnyText),
    _col("subject", AnyText),
    _col("old", AnyText),
    _col("new", AnyText),
    _col("reason", AnyText),
    _col("previous", Text),
    _col("hash", Text),
)  # fmt: skip

audit_heads = Table(
    "audit_heads", metadata,
    _col("chain", Text, primary_key=True),
    _col("number", Integer),
    _col("hash", Text),
    _col("at", Utc),
)  # fmt: skip

llm_calls = Table(
    "llm_calls", metadata,
    _col("id", Text, primary_key=True),
    _col("spend_key", Text, index=True),
    _col("batch", Text),
    _col("document", Text, index=True),
    _col("provider", Text),
    _col("model", AnyText),
    _col("prompt", Text),
    _col("purpose", Text),
    _col("attempt", Integer),
    _col("state", Text),
    _col("owner", AnyText),
    _col("lease_until", Utc),
    _col("reserved_at", Utc, index=True),
    _col("sent_at", Utc, nullable=True),
    _col("ended_at", Utc, nullable=True),
    _col("estimate_tokens", Integer),
    _col("estimate_cost", Float),
    _col("input_tokens", Integer),
    _col("cached_tokens", Integer),
    _col("output_tokens", Integer),
    _col("cost", Float),
    _col("latency", Float),
    _col("error_code", Text),
    _col("request_id", AnyText),
    Index(None, "batch", "state"),
    Index(
        "uq_llm_calls_open", "spend_key", unique=True,
        sqlite_where=text("state IN ('reserved', 'sent')"), postgresql_where=text("state IN ('reserved', 'sent')"),
    ),
)  # fmt: skip

replies = Table(
    "replies", metadata,
    _col("spend_key", Text, primary_key=True),
    _col("call", Text),
    _col("text", AnyText),
    _col("finish", Text),
    _col("model", AnyText),
    _col("input_tokens", Integer),
    _col("cached_tokens", Integer),
    _col("output_tokens", Integer),
    _col("latency", Float),
    _col("request_id", AnyText),
    _col("at", Utc),
)  # fmt: skip

leases = Table(
    "leases", metadata,
    _col("name", Text, primary_key=True),
    _col("owner", AnyText),
    _col("fence", BigInteger),
    _col("until", Utc),
)  # fmt: skip

stage_timings = Table(
    "stage_timings", metadata,
    _col("id", Serial, primary_key=True, autoincrement=True),
    _col("batch", Text, index=True),
    _col("document", Text),
    _col("stage", Text),
    _col("started", Utc),
    _col("ended", Utc),
    _col("pages", Integer),
    _col("words", Integer),
    _col("segments", Integer),
    _col("input_tokens", Integer),
    _col("cached_tokens", Integer),
    _col("output_tokens", Integer),
    _col("cost", Float),
    _col("retries", Integer),
    _col("people", Boolean),
)  # fmt: skip

assets = Table(
    "assets", metadata,
    _col("id", Text, primary_key=True),
    _col("kind", Text),
    _col("name", AnyText),
    _col("sha256", Text),
    _col("rows", Integer),
    _col("at", Utc),
)  # fmt: skip

tm_entries = Table(
    "tm_entries", metadata,
    _col("asset", Text, primary_key=True),
    _col("entry", Text, primary_key=True),
    _col("digest", Text),
    _col("source", AnyText),
    _col("target", AnyText),
    _col("source_language", Text),
    _col("target_language", Text),
    _col("context", Text),
    _col("approved", Boolean),
    _col("origin", AnyText),
    _col("created", AnyText),
    _col("position", Integer),
    Index(None, "digest", "asset"),
)  # fmt: skip

users = Table(
    "users", metadata,
    _col("name", AnyText, primary_key=True),
    _col("printed_name", AnyText),
    _col("roles", Json),
    _col("password", Text),
    _col("password_at", Utc),
    _col("disabled", Boolean),
    _col("created", Utc),
    _col("must_change", Boolean, server_default=false()),
    _col("subject", AnyText, server_default=""),
)  # fmt: skip

sign_in_failures = Table(
    "sign_in_failures", metadata,
    _col("id", Serial, primary_key=True, autoincrement=True),
    _col("name", AnyText),
    _col("action", Text),
    _col("at", Utc),
    _col("address", AnyText, server_default=""),
    Index(None, "name", "at"),
    Index(None, "address", "at"),
)  # fmt: skip

tokens = Table(
    "tokens", metadata,
    _col("id", Text, primary_key=True),
    _col("user", AnyText, ForeignKey("users.name"), index=True),
    _col("label", AnyText),
    _col("hash", Text, unique=True),
    _col("created", Utc),
    _col("expires", Utc, nullable=True),
    _col("revoked", Utc, nullable=True),
    _col("last_used", Utc, nullable=True),
    _col("read_only", Boolean, server_default=false()),
)  # fmt: skip
