"""Column types that give back exactly what went in, on every database. Imports the standard library and SQLAlchemy.

Document text may hold NUL or lone surrogates, which databases refuse; times must come back aware and in UTC.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_ESCAPED = "\x1bJ"
"""Mark of a text stored as ASCII JSON because it holds what the database cannot."""

# Made once: ``json.dumps`` with options makes an encoder a call, a third of the time of a bulk insert.
_READABLE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ASCII = json.JSONEncoder(separators=(",", ":"))


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def dump_json(value: Any) -> str:
    """Compact JSON that UTF-8 and PostgreSQL can hold: NUL is always escaped, lone surrogates where they occur."""
    text = _READABLE.encode(value)
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _ASCII.encode(value)
    return text


def _storable(text: str) -> bool:
    if text.isascii():
        return "\x00" not in text and not text.startswith(_ESCAPED)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\x00" not in text and not text.startswith(_ESCAPED)


class AnyText(TypeDecorator[str]):
    """Any Python string, losslessly; stored as it is wherever the database can hold it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        if value is None or _storable(value):
            return value
        return _ESCAPED + json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """From the database."""
        if value is not None and value.startswith(_ESCAPED):
            return str(json.loads(value[len(_ESCAPED) :]))
        return value


class Json(TypeDecorator[Any]):
    """JSON types as text: the same bytes on every database, and no reordering by it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To the database; None is NULL."""
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """From the database."""
        return None if value is None else json.loads(value)


class Utc(TypeDecorator[datetime]):
    """An aware time: ``timestamptz`` on PostgreSQL, on SQLite ISO 8601 text of fixed width, so that text order is time order."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database. A naive time is a defect: ``ValueError``."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database, in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        result: datetime = value.astimezone(UTC)
        return result
