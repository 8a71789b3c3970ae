"""The MetaData of every table, and how columns are written. Imports SQLAlchemy and the column types."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A number given by the database: SQLite counts only INTEGER keys."""


def col(name: str, kind: Any, *args: Any, **more: Any) -> Column[Any]:
    """A column that is never NULL unless it says so."""
    more.setdefault("nullable", False)
    return Column(name, kind, *args, **more)


def document(**more: Any) -> Column[Any]:
    return col("document", Text, ForeignKey("documents.id"), **more)
