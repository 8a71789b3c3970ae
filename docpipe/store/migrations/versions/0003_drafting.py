"""What drafting needs: studies, early checkpoints, findings on sources, generation records. Revision 0003. Imports Alembic.

A released migration never changes; what it calls is kept as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from docpipe.store.migrations.append_only import guard
from docpipe.store.types import AnyText, Json, Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "studies",
        _batch(),
        sa.Column("study", AnyText(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("blobs", Json(), nullable=False),
        sa.Column("made", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_studies_batch")),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_studies")),
    )
    op.create_table(
        "gates",
        _batch(),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened", Utc(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_gates_batch")),
        sa.PrimaryKeyConstraint("batch", "stage", name=op.f("pk_gates")),
    )
    op.create_table(
        "study_findings",
        _batch(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("message", AnyText(), nullable=False),
        sa.Column("path", AnyText(), nullable=False),
        sa.Column("locator", AnyText(), nullable=False),
        sa.Column("expected", AnyText(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_study_findings_batch")),
        sa.PrimaryKeyConstraint("batch", "id", name=op.f("pk_study_findings")),
    )
    op.create_table(
        "generations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("block", AnyText(), nullable=False),
        sa.Column("record", Json(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_generations_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generations")),
    )
    op.create_index(op.f("ix_generations_document_block"), "generations", ["document", "block"])
    for statement in guard("generations", op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _batch() -> sa.Column[str]:
    return sa.Column("batch", sa.Text(), nullable=False)
