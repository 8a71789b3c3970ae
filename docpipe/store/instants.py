"""Times as numbers inside SQL, the same on SQLite and PostgreSQL. Imports SQLAlchemy only.

SQLite keeps times as ISO text and reads them to the millisecond; that is enough for figures, and nothing here is compared or stored.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class epoch(FunctionElement[float]):
    """Seconds since 1970 of a time column."""

    type = Float()
    name = "docpipe_epoch"
    inherit_cache = True


class whole(FunctionElement[int]):
    """A number, not negative, cut to its whole part."""

    type = Integer()
    name = "docpipe_whole"
    inherit_cache = True


@compiles(epoch, "sqlite")
def _epoch_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"((julianday({compiler.process(element.clauses, **kw)}) - 2440587.5) * 86400.0)"


@compiles(epoch, "postgresql")
def _epoch_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **kw)}) AS DOUBLE PRECISION)"


@compiles(whole, "sqlite")
def _whole_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS INTEGER)"


@compiles(whole, "postgresql")
def _whole_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(FLOOR({compiler.process(element.clauses, **kw)}) AS BIGINT)"


def bucket(column: Any, seconds: int) -> Any:
    """Number of the period of so many seconds, counted from 1970, in which a time lies."""
    return whole(epoch(column) / seconds)
