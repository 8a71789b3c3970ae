"""The HTML templates of the exports and the one way to fill them. Imports jinja2 only.

Escaping is always on and an unknown name is an error, so that no document text can become markup.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("docpipe.exports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = _thousands
    return environment


def page(name: str, **values: Any) -> bytes:
    """A filled template in UTF-8; lone surrogates and other characters that HTML cannot hold become U+FFFD."""
    text = _environment().get_template(name).render(**values)
    return text.translate(_NOT_HTML).encode("utf-8", "replace")


def _thousands(number: int) -> str:
    """1 234 567, with narrow no-break spaces (ISO 80000-1)."""
    return f"{number:,}".replace(",", "\u202f")


_NOT_HTML = dict.fromkeys((*range(9), 0x0B, *range(0x0E, 0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), 0xFFFD)
