"""What the model engine needs: shared limits, overnight jobs, terms of a package, briefs, second looks. Revision 0004. Imports Alembic.

A released migration never changes; what it calls is kept as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from docpipe.store.types import AnyText, Json, Utc

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Creates the tables, and the index that a day's spending is summed by."""
    op.create_index(op.f("ix_llm_calls_reserved_at"), "llm_calls", ["reserved_at"])
    op.create_table(
        "rate_limits",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("requests_minute", sa.Float(), nullable=False),
        sa.Column("tokens_minute", sa.Float(), nullable=False),
        sa.Column("hold_until", Utc(), nullable=True),
        sa.Column("learnt", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_rate_limits")),
    )
    op.create_table(
        "rate_shares",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("demand", sa.Integer(), nullable=False),
        sa.Column("requests_minute", sa.Float(), nullable=False),
        sa.Column("tokens_minute", sa.Float(), nullable=False),
        sa.Column("part", sa.Float(), nullable=False),
        sa.Column("renewed", Utc(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "owner", name=op.f("pk_rate_shares")),
    )
    op.create_index(op.f("ix_llm_calls_document"), "llm_calls", ["document"])
    op.create_table(
        "spendings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("committed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_spendings")),
    )
    op.create_table(
        "provider_jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", AnyText(), nullable=False),
        sa.Column("remote", AnyText(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("made", Utc(), nullable=False),
        sa.Column("polled", Utc(), nullable=True),
        sa.Column("ended", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_jobs")),
    )
    op.create_index(op.f("ix_provider_jobs_batch"), "provider_jobs", ["batch"])
    op.create_table(
        "provider_job_calls",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["provider_jobs.id"], name=op.f("fk_provider_job_calls_job")),
        sa.ForeignKeyConstraint(["call"], ["llm_calls.id"], name=op.f("fk_provider_job_calls_call")),
        sa.PrimaryKeyConstraint("job", "call", name=op.f("pk_provider_job_calls")),
    )
    op.create_table(
        "package_terms",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("source", AnyText(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", AnyText(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("targets", Json(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("user", AnyText(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_package_terms_batch")),
        sa.PrimaryKeyConstraint("batch", "source", name=op.f("pk_package_terms")),
    )
    op.create_table(
        "briefs",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_briefs_document")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_briefs")),
    )
    op.create_table(
        "second_looks",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("reasons", Json(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("errors", Json(), nullable=False),
        sa.Column("back_translation", AnyText(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("model", AnyText(), nullable=False),
        sa.Column("spend_key", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_second_looks_document")),
        sa.PrimaryKeyConstraint("document", "segment", name=op.f("pk_second_looks")),
    )
    op.create_index(op.f("ix_second_looks_document_state"), "second_looks", ["document", "state"])
