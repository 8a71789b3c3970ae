"""What a model can do and costs: one's own tables before the shipped ``prices.toml``, safe traits for the unknown. Imports the core only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from docpipe.errors import BadSetting

__all__ = ["Prices", "Profile", "known_models", "overridden", "profile", "table_date"]

Prices = tuple[float, float, float]
"""Currency per million tokens: input, cached input, output."""

_TABLE = Path(__file__).with_name("prices.toml")
_DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$")
_REASONING = re.compile(r"(?:gpt-(?:[5-9]|\d\d)|o\d)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a model. ``prices``: None where not known. ``max_output``, ``context``: tokens, 0 where not known.

    ``batch``: share of its price that a call costs in a Batch API. ``strict``: whether replies are held to a JSON schema (tried, and
    given up where the server refuses). ``encoding``: name of its tokenizer, "" where not known. ``api``: chat | responses.
    ``known``: whether a table has the model; if not, the other fields are what is safe to assume.
    """

    prices: Prices | None = None
    batch: float = 1.0
    strict: bool = True
    max_output: int = 0
    context: int = 0
    encoding: str = ""
    temperature: bool = True
    api: str = "chat"
    known: bool = False

    def output_within(self, wanted: int) -> int:
        """The output limit to pack for: what is wanted, but not more than the model can give beside the request in its window."""
        most = [n for n in (self.max_output, self.context // 3) if n]
        return min([wanted, *most])


def profile(model: str, table: Path | None = None) -> Profile:
    """The model's row: its own name, else without a date at the end; ``Profile()`` with a guess at its traits if unknown.

    ``table``: one's own file in the form of ``prices.toml``, looked into first. Raises ``BadSetting`` where it cannot be read.
    """
    name = model.lower().rsplit("/", 1)[-1]
    for path in (table, _TABLE) if table else (_TABLE,):
        rows = _rows(path)
        if found := rows.get(name) or rows.get(_DATED.sub("", name)):
            return found
    return Profile(temperature=not _REASONING.match(name))


def overridden(found: Profile, given: Mapping[str, Any]) -> Profile:
    """The profile with what is given put in its place; None is not given. Keys: of ``prices.toml``. Raises ``BadSetting``."""
    try:
        return _with(found, {k: v for k, v in given.items() if v is not None})
    except (KeyError, TypeError, ValueError) as error:
        raise BadSetting("A table of a model has a wrong key or value.", setting="models") from error


def known_models(table: Path | None = None) -> tuple[str, ...]:
    """Names of the models in the table, in its order. Raises ``BadSetting``."""
    return tuple(_rows(table or _TABLE))


def table_date() -> str:
    """As of when the shipped table's prices are."""
    return str(tomllib.loads(_TABLE.read_text("utf-8"))["date"])


@lru_cache(maxsize=8)
def _rows(path: Path) -> dict[str, Profile]:
    try:
        rows = tomllib.loads(path.read_text("utf-8"))["models"]
        return {str(name).lower(): _with(Profile(), row) for name, row in rows.items()}
    except (
        OSError,
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        raise BadSetting(f"The price table {path.name} cannot be read.", file=path.name) from error


def _with(found: Profile, row: Mapping[str, Any]) -> Profile:
    """Raises ``KeyError``, ``TypeError`` or ``ValueError`` for a row of a wrong form."""
    prices = found.prices
    if any(k in row for k in ("input", "cached", "output")):
        before = prices or (None, None, None)
        three = [row.get(k, old) for k, old in zip(("input", "cached", "output"), before, strict=True)]
        if three[1] is None:
            three[1] = three[0]
        prices = (float(three[0]), float(three[1]), float(three[2]))
        if not all(0 <= p < float("inf") for p in prices):
            raise ValueError("price")
    kinds: dict[str, Any] = {f.name: type(f.default) for f in fields(Profile)}
    rest = {k: kinds[k](v) for k, v in row.items() if k not in ("input", "cached", "output")}
    if rest.get("api", "chat") not in ("chat", "responses") or not 0 <= rest.get("batch", 1.0) <= 1:
        raise ValueError("api")
    return replace(found, **{**rest, "prices": prices, "known": True})
