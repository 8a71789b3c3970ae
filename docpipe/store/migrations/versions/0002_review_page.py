"""What the review page needs: sessions, comments, drafts, effort, staged uploads; plain text of rows. Revision 0002. Imports Alembic.

A released migration never changes; what it calls is kept as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from docpipe.model.codec import load_coded
from docpipe.model.document import count_words
from docpipe.model.inline import plain_text, spaced_text
from docpipe.store.migrations.append_only import guard
from docpipe.store.types import AnyText, Json, Utc

revision = "0002"
down_revision = "0001"

COMMENT_MAY = (
    "NEW.id = OLD.id AND NEW.document = OLD.document AND NEW.segment = OLD.segment"
    ' AND NEW."user" = OLD."user" AND NEW.text = OLD.text AND NEW.question = OLD.question AND NEW.at = OLD.at'
)
"""A comment stays as it was written; it may be resolved."""


def upgrade() -> None:
    """Adds the columns, fills them from the stored rows, and creates the tables."""
    op.add_column("segments", sa.Column("plain", AnyText(), nullable=False, server_default=""))
    op.add_column("segments", sa.Column("words", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("units", sa.Column("plain", AnyText(), nullable=False, server_default=""))
    op.add_column("units", sa.Column("words", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sign_in_failures", sa.Column("address", AnyText(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("subject", AnyText(), nullable=False, server_default=""))
    op.add_column("tokens", sa.Column("last_used", Utc(), nullable=True))
    op.add_column("tokens", sa.Column("read_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    _fill_plain()
    op.create_index(
        "ix_segments_headings", "segments", ["document", "position"],
        sqlite_where=sa.text("kind = 'heading'"), postgresql_where=sa.text("kind = 'heading'"),
    )  # fmt: skip
    op.create_index(op.f("ix_units_document_status_position"), "units", ["document", "status", "position"])
    op.create_index("ix_units_progress", "units", ["document", "status", "origin_kind", "words"])
    op.create_index(
        op.f("ix_findings_document_segment_disposition"), "findings", ["document", "segment", "disposition"]
    )
    op.create_index(op.f("ix_sign_in_failures_address_at"), "sign_in_failures", ["address", "at"])
    op.create_index(op.f("ix_audit_events_at"), "audit_events", ["at"])
    _create_tables()
    for statement in guard("reopenings", op.get_bind().dialect.name):
        op.execute(sa.text(statement))
    for statement in guard("comments", op.get_bind().dialect.name, allow_update=COMMENT_MAY):
        op.execute(sa.text(statement))


def _fill_plain() -> None:
    bind = op.get_bind()
    segments = sa.table(
        "segments", *(sa.column(n) for n in ("document", "position", "words")),
        sa.column("source", Json()), sa.column("plain", AnyText()),
    )  # fmt: skip
    units = sa.table(
        "units", *(sa.column(n) for n in ("document", "position", "words")),
        sa.column("target", Json()), sa.column("plain", AnyText()),
    )  # fmt: skip
    words: dict[tuple[str, int], int] = {}
    for row in bind.execute(sa.select(segments.c.document, segments.c.position, segments.c.source)).all():
        coded = load_coded(row.source)
        here = sa.and_(segments.c.document == row.document, segments.c.position == row.position)
        words[row.document, row.position] = count_words(plain_text(coded))
        filled = {"plain": spaced_text(coded), "words": words[row.document, row.position]}
        bind.execute(sa.update(segments).where(here).values(filled))
    for row in bind.execute(sa.select(units.c.document, units.c.position, units.c.target)).all():
        here = sa.and_(units.c.document == row.document, units.c.position == row.position)
        filled = {"plain": spaced_text(load_coded(row.target)), "words": words.get((row.document, row.position), 0)}
        bind.execute(sa.update(units).where(here).values(filled))


def _document() -> sa.Column[str]:
    return sa.Column("document", sa.Text(), sa.ForeignKey("documents.id"), nullable=False)


def _create_tables() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("seen", Utc(), nullable=False),
        sa.Column("ends", Utc(), nullable=False),
        sa.Column("address", AnyText(), nullable=False),
        sa.Column("agent", AnyText(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("ended", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name=op.f("fk_sessions_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user"), "sessions", ["user"])
    op.create_table(
        "comments",
        sa.Column("id", sa.Text(), nullable=False),
        _document(),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("text", AnyText(), nullable=False),
        sa.Column("question", sa.Boolean(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("resolved_at", Utc(), nullable=True),
        sa.Column("resolved_by", AnyText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_document_segment"), "comments", ["document", "segment"])
    op.create_table(
        "reopenings",
        sa.Column(
            "dismissal", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["dismissal"], ["dismissals.id"], name=op.f("fk_reopenings_dismissal")),
        sa.PrimaryKeyConstraint("dismissal", name=op.f("pk_reopenings")),
    )
    op.create_table(
        "drafts",
        sa.Column("user", AnyText(), nullable=False),
        _document(),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("target", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("user", "document", "segment", name=op.f("pk_drafts")),
    )
    op.create_table(
        "efforts",
        _document(),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("active_ms", sa.BigInteger(), nullable=False),
        sa.Column("keystrokes", sa.Integer(), nullable=False),
        sa.Column("displays", sa.Integer(), nullable=False),
        sa.Column("first_shown", Utc(), nullable=False),
        sa.Column("last_shown", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("document", "segment", "user", name=op.f("pk_efforts")),
    )
    for name in ("submissions", "imports"):
        more: list[sa.Column[object]] = [sa.Column("ordered", Json(), nullable=False)] if name == "submissions" else []
        op.create_table(
            name,
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("user", AnyText(), nullable=False),
            sa.Column("created", Utc(), nullable=False),
            sa.Column("state", sa.Text(), nullable=False),
            sa.Column("files", Json(), nullable=False),
            sa.Column("batch", sa.Text(), nullable=False),
            *more,
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_user"), name, ["user"])
