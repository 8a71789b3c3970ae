"""JSON as sources give it, read strictly: UTF-8, no key twice, no NaN, bounded depth. Imports errors and the budget only.

Source: RFC 8259; RFC 7493 (I-JSON) for what must not occur.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from docpipe.errors import DataDamaged, TooLarge
from docpipe.safe.budget import DEFAULT


def text_of(data: bytes) -> str:
    """The file's text without a byte order mark. Raises ``DataDamaged`` or ``TooLarge``."""
    if len(data) > DEFAULT.file_size:
        raise TooLarge("The file is larger than the limit.", bytes=len(data), limit=DEFAULT.file_size)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataDamaged("The JSON file is not in UTF-8.", offset=error.start) from None


def load(text: str, *, line: int | None = None, exact: bool = False) -> Any:
    """The value of a JSON text; ``exact`` keeps numbers with a point as they are written. Raises ``DataDamaged``."""
    number: Callable[[str], Any] = str if exact else float
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=number)
    except json.JSONDecodeError as error:
        raise DataDamaged("The JSON is damaged or cut off.", line=line or error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):
        raise DataDamaged("The JSON holds too long a number or is nested too deeply.", line=line) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise DataDamaged("An object of the JSON has the same key twice.")
    return found


def _constant(name: str) -> NoReturn:
    raise DataDamaged("The JSON holds a number that is none.", constant=name)
