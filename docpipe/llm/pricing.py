"""What model calls cost. Imports the core and its room only."""

from __future__ import annotations

from pathlib import Path

from docpipe.llm.profiles import Prices, Profile, known_models, profile
from docpipe.model.chunk import Usage

__all__ = ["Prices", "Profile", "cost", "priced_models", "prices", "profile"]


def prices(model: str, table: Path | None = None) -> Prices | None:
    """Currency per million tokens (input, cached input, output), None for a model that the table does not know."""
    return profile(model, table).prices


def priced_models(table: Path | None = None) -> tuple[str, ...]:
    """Names of the models in the table, in its order. Raises ``BadSetting``."""
    return known_models(table)


def cost(usage: Usage, per_million: Prices, factor: float = 1.0) -> float:
    """What a usage costs. Cached tokens are a part of the input and have their own price. ``factor``: of a Batch API."""
    fresh, cached, output = per_million
    tokens_in = usage.input_tokens - usage.cached_tokens
    return (tokens_in * fresh + usage.cached_tokens * cached + usage.output_tokens * output) / 1_000_000 * factor
