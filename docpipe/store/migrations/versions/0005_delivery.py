"""What delivery needs: files made beside a document, page counts, places of bounded room. Revision 0005. Imports Alembic.

A released migration never changes; what it calls is kept as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from docpipe.store.types import AnyText, Json, Utc

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Creates the three tables."""
    op.create_table(
        "deliverables",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("path", AnyText(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_deliverables_document")),
        sa.PrimaryKeyConstraint("document", "kind", name=op.f("pk_deliverables")),
    )
    op.create_table(
        "bounded_places",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("places", Json(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_bounded_places_document")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_bounded_places")),
    )
    op.create_table(
        "page_counts",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_page_counts_document")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_page_counts")),
    )
