"""What models cost and which request fields they take, from the editable table ``prices.toml``. Imports the core only."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from docpipe.errors import BadSetting
from docpipe.model.chunk import Usage

__all__ = ["Profile", "cost", "priced_models", "prices", "profile"]

Prices = tuple[float, float, float]

_TABLE = Path(__file__).with_name("prices.toml")
_DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$")
_REASONING = re.compile(r"(?:gpt-(?:[5-9]|\d\d)|o\d)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a model. ``prices``: per million tokens (input, cached input, output), None where not known."""

    prices: Prices | None = None
    temperature: bool = True


@lru_cache(maxsize=8)
def _table(path: Path) -> dict[str, Profile]:
    try:
        rows = tomllib.loads(path.read_text("utf-8"))["models"]
        return {
            str(name): Profile(
                (float(row["input"]), float(row["cached"]), float(row["output"])), bool(row.get("temperature", True))
            )
            for name, row in rows.items()
        }
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


def profile(model: str, table: Path | None = None) -> Profile:
    """The model's row: its own name, else without a date at the end; ``Profile()`` with a guess at its traits if unknown.

    ``table``: one's own file in the form of ``prices.toml``. Raises ``BadSetting`` where it cannot be read.
    """
    rows = _table(table or _TABLE)
    name = model.lower().rsplit("/", 1)[-1]
    found = rows.get(name) or rows.get(_DATED.sub("", name))
    return found or Profile(temperature=not _REASONING.match(name))


def prices(model: str, table: Path | None = None) -> Prices | None:
    """Currency per million tokens (input, cached input, output), None for a model that the table does not know."""
    return profile(model, table).prices


def priced_models(table: Path | None = None) -> tuple[str, ...]:
    """Names of the models in the table, in its order. Raises ``BadSetting``."""
    return tuple(_table(table or _TABLE))


def cost(usage: Usage, per_million: Prices) -> float:
    """What a usage costs. Cached tokens are a part of the input and have their own price."""
    fresh, cached, output = per_million
    tokens_in = usage.input_tokens - usage.cached_tokens
    return (tokens_in * fresh + usage.cached_tokens * cached + usage.output_tokens * output) / 1_000_000
