"""The first schema: batches to users, with append-only guards. Revision 0001. Imports Alembic and the column types.

A released migration never changes; what it calls is kept as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from docpipe.store.migrations.append_only import guard
from docpipe.store.types import AnyText, Json, Utc

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

GUARDS = {
    "audit_events": "",
    "audit_heads": "NEW.chain = OLD.chain AND NEW.number > OLD.number",
    "decisions": "",
    "dismissals": "",
    "unit_history": "",
    "signatures": (
        "NEW.void AND NOT OLD.void AND NEW.id = OLD.id AND NEW.checkpoint = OLD.checkpoint"
        ' AND NEW."user" = OLD."user" AND NEW.printed_name = OLD.printed_name AND NEW.meaning = OLD.meaning'
        " AND NEW.at = OLD.at AND NEW.digest = OLD.digest"
    ),
}
"""Append-only tables, each with the one change of a row that is allowed: a head moves on, a signature becomes void."""


def upgrade() -> None:
    """Creates every table and its guard."""
    op.create_table(
        "assets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
    )
    op.create_table(
        "audit_events",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor", AnyText(), nullable=False),
        sa.Column("action", AnyText(), nullable=False),
        sa.Column("subject", AnyText(), nullable=False),
        sa.Column("old", AnyText(), nullable=False),
        sa.Column("new", AnyText(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "number", name=op.f("pk_audit_events")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "batches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("recipe", Json(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("submitter", AnyText(), nullable=False),
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("out", AnyText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", AnyText(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "llm_calls",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("spend_key", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", AnyText(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", AnyText(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=False),
        sa.Column("reserved_at", Utc(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("estimate_tokens", sa.Integer(), nullable=False),
        sa.Column("estimate_cost", sa.Float(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("latency", sa.Float(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("request_id", AnyText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_calls")),
    )
    op.create_index(op.f("ix_llm_calls_batch_state"), "llm_calls", ["batch", "state"], unique=False)
    op.create_index(op.f("ix_llm_calls_spend_key"), "llm_calls", ["spend_key"], unique=False)
    op.create_index(
        "uq_llm_calls_open",
        "llm_calls",
        ["spend_key"],
        unique=True,
        sqlite_where=sa.text("state IN ('reserved', 'sent')"),
        postgresql_where=sa.text("state IN ('reserved', 'sent')"),
    )
    op.create_table(
        "replies",
        sa.Column("spend_key", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("text", AnyText(), nullable=False),
        sa.Column("finish", sa.Text(), nullable=False),
        sa.Column("model", AnyText(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("latency", sa.Float(), nullable=False),
        sa.Column("request_id", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("spend_key", name=op.f("pk_replies")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_name_at"), "sign_in_failures", ["name", "at"], unique=False)
    op.create_table(
        "stage_timings",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("started", Utc(), nullable=False),
        sa.Column("ended", Utc(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("people", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_timings")),
    )
    op.create_index(op.f("ix_stage_timings_batch"), "stage_timings", ["batch"], unique=False)
    op.create_table(
        "tm_entries",
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source", AnyText(), nullable=False),
        sa.Column("target", AnyText(), nullable=False),
        sa.Column("source_language", sa.Text(), nullable=False),
        sa.Column("target_language", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("origin", AnyText(), nullable=False),
        sa.Column("created", AnyText(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("asset", "entry", name=op.f("pk_tm_entries")),
    )
    op.create_index(op.f("ix_tm_entries_digest_asset"), "tm_entries", ["digest", "asset"], unique=False)
    op.create_table(
        "users",
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("printed_name", AnyText(), nullable=False),
        sa.Column("roles", Json(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("password_at", Utc(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("path", AnyText(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("extraction", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("output_path", AnyText(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("error_message", AnyText(), nullable=False),
        sa.Column("coverage", Json(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_documents_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_batch"), "documents", ["batch"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("label", AnyText(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("expires", Utc(), nullable=True),
        sa.Column("revoked", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name=op.f("fk_tokens_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    op.create_index(op.f("ix_tokens_user"), "tokens", ["user"], unique=False)
    op.create_table(
        "checkpoints",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_checkpoints_batch")),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_checkpoints_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoints")),
    )
    op.create_index(op.f("ix_checkpoints_batch"), "checkpoints", ["batch"], unique=False)
    op.create_index(op.f("ix_checkpoints_document"), "checkpoints", ["document"], unique=False)
    op.create_table(
        "dismissals",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_dismissals_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissals")),
    )
    op.create_index(op.f("ix_dismissals_document_key"), "dismissals", ["document", "key"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("address", AnyText(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("message", AnyText(), nullable=False),
        sa.Column("source_span", Json(), nullable=True),
        sa.Column("target_span", Json(), nullable=True),
        sa.Column("suggestion", AnyText(), nullable=False),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_findings_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_document"), "findings", ["document"], unique=False)
    op.create_table(
        "segments",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("address", AnyText(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", Json(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("before", AnyText(), nullable=False),
        sa.Column("after", AnyText(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("last", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_segments_document")),
        sa.PrimaryKeyConstraint("document", "position", name=op.f("pk_segments")),
        sa.UniqueConstraint("document", "id", name=op.f("uq_segments_document_id")),
    )
    op.create_table(
        "unit_history",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("target", Json(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin_kind", sa.Text(), nullable=False),
        sa.Column("origin_detail", AnyText(), nullable=False),
        sa.Column("spend_key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("editor", AnyText(), nullable=False),
        sa.Column("approver", AnyText(), nullable=False),
        sa.Column("needs_person", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=True),
        sa.Column("actor", AnyText(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_unit_history_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_history")),
    )
    op.create_index(op.f("ix_unit_history_document_segment"), "unit_history", ["document", "segment"], unique=False)
    op.create_table(
        "units",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("target", Json(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin_kind", sa.Text(), nullable=False),
        sa.Column("origin_detail", AnyText(), nullable=False),
        sa.Column("spend_key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("editor", AnyText(), nullable=False),
        sa.Column("approver", AnyText(), nullable=False),
        sa.Column("needs_person", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=True),
        sa.Column("actor", AnyText(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_units_document")),
        sa.PrimaryKeyConstraint("document", "position", name=op.f("pk_units")),
        sa.UniqueConstraint("document", "segment", name=op.f("uq_units_document_segment")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["checkpoint"], ["checkpoints.id"], name=op.f("fk_decisions_checkpoint")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_checkpoint"), "decisions", ["checkpoint"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("printed_name", AnyText(), nullable=False),
        sa.Column("meaning", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("voided_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["checkpoint"], ["checkpoints.id"], name=op.f("fk_signatures_checkpoint")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_checkpoint"), "signatures", ["checkpoint"], unique=False)
    dialect = op.get_bind().dialect.name
    for table, allowed in GUARDS.items():
        for statement in guard(table, dialect, allow_update=allowed):
            op.execute(sa.text(statement))
