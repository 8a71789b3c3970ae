"""The tables of the model engine: shared limits, overnight jobs, a package's terms, documents' briefs, second looks. Imports the column types.

They share the MetaData of ``docpipe.store.columns`` and are changed only together with a migration.
"""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Index, Integer, Table, Text

from docpipe.store.columns import col as _col
from docpipe.store.columns import document as _document
from docpipe.store.draft_tables import metadata as metadata
from docpipe.store.types import AnyText, Json, Utc

rate_limits = Table(
    "rate_limits", metadata,
    _col("scope", Text, primary_key=True),
    _col("requests_minute", Float),
    _col("tokens_minute", Float),
    _col("hold_until", Utc, nullable=True),
    _col("learnt", Utc),
)  # fmt: skip

rate_shares = Table(
    "rate_shares", metadata,
    _col("scope", Text, primary_key=True),
    _col("owner", Text, primary_key=True),
    _col("demand", Integer),
    _col("requests_minute", Float),
    _col("tokens_minute", Float),
    _col("part", Float),
    _col("renewed", Utc),
    _col("lease_until", Utc),
)  # fmt: skip

spendings = Table(
    "spendings", metadata,
    _col("name", Text, primary_key=True),
    _col("committed", Float),
)  # fmt: skip

provider_jobs = Table(
    "provider_jobs", metadata,
    _col("id", Text, primary_key=True),
    _col("batch", Text, index=True),
    _col("provider", Text),
    _col("model", AnyText),
    _col("remote", AnyText),
    _col("state", Text),
    _col("requests", Integer),
    _col("answered", Integer),
    _col("error_code", Text),
    _col("made", Utc),
    _col("polled", Utc, nullable=True),
    _col("ended", Utc, nullable=True),
)  # fmt: skip

provider_job_calls = Table(
    "provider_job_calls", metadata,
    _col("job", Text, ForeignKey("provider_jobs.id"), primary_key=True),
    _col("call", Text, ForeignKey("llm_calls.id"), primary_key=True),
)  # fmt: skip

package_terms = Table(
    "package_terms", metadata,
    _col("batch", Text, ForeignKey("batches.id"), primary_key=True),
    _col("source", AnyText, primary_key=True),
    _col("kind", Text),
    _col("target", AnyText),
    _col("state", Text),
    _col("uses", Integer),
    _col("targets", Json),
    _col("document", Text),
    _col("segment", Text),
    _col("user", AnyText),
    _col("at", Utc),
)  # fmt: skip

briefs = Table(
    "briefs", metadata,
    _document(primary_key=True),
    _col("sha256", Text),
    _col("at", Utc),
)  # fmt: skip

second_looks = Table(
    "second_looks", metadata,
    _document(primary_key=True),
    _col("segment", Text, primary_key=True),
    _col("revision", Integer),
    _col("digest", Text),
    _col("risk", Float),
    _col("reasons", Json),
    _col("state", Text),
    _col("errors", Json),
    _col("back_translation", AnyText),
    _col("prompt", Text),
    _col("model", AnyText),
    _col("spend_key", Text),
    _col("at", Utc),
    Index(None, "document", "state"),
)  # fmt: skip
