"""The tables of delivery: what is handed over beside a document, how many pages it has, which of its places have bounded room. Imports the column types.

They share the MetaData of ``docpipe.store.columns`` and are changed only together with a migration.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Integer, Table, Text

from docpipe.store.columns import col as _col
from docpipe.store.columns import document as _document
from docpipe.store.engine_tables import metadata as metadata
from docpipe.store.types import AnyText, Json, Utc

deliverables = Table(
    "deliverables", metadata,
    _document(primary_key=True),
    _col("kind", Text, primary_key=True),
    _col("path", AnyText),
    _col("sha256", Text),
    _col("size", Integer),
    _col("reason", AnyText),
    _col("at", Utc),
)  # fmt: skip

bounded_places = Table(
    "bounded_places", metadata,
    _document(primary_key=True),
    _col("places", Json),
)  # fmt: skip

page_counts = Table(
    "page_counts", metadata,
    _document(primary_key=True),
    _col("source", Integer),
    _col("target", Integer),
    _col("counted", Boolean),
    _col("at", Utc),
)  # fmt: skip
