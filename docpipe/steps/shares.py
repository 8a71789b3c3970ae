"""How often answers give rise to more calls: looks at alignment, re-asks, findings; measured by past calls here, else assumed. Imports the core and store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docpipe.store.past_usage import Past

__all__ = ["Counter", "Shares", "shares_of"]

ENOUGH_CALLS = 5
"""First calls of a model after which its own shares are believed."""
AGAIN, ALIGN = 0.05e-3, 0.15e-3
"""Re-asks, and looks at alignment, for each token of first answers."""
ALIGN_TOKENS = (350, 60)
"""Tokens in and out of a look at alignment."""
FOUND = 0.01
"""Of rows whose source is at no risk: those that findings on their answers bring to a second look."""


@dataclass(frozen=True, slots=True)
class Shares:
    """``again``, ``align``: calls for each token of first answers; ``found``: of rows; ``cached``: of tokens in, by purpose, where ``known``."""

    again: float = AGAIN
    align: float = ALIGN
    align_inputs: int = ALIGN_TOKENS[0]
    align_outputs: int = ALIGN_TOKENS[1]
    found: float = FOUND
    known: bool = False
    cached: Mapping[str, float] = field(default_factory=dict)


class Counter:
    """Whole events out of expected numbers: what is over is kept for the next."""

    def __init__(self) -> None:
        self._over = 0.5

    def take(self, expected: float) -> int:
        """How many happen now."""
        self._over += expected
        whole = int(self._over)
        self._over -= whole
        return whole


def shares_of(past: Mapping[str, Past]) -> Shares:
    """From past calls by purpose; assumed where they are too few."""
    if "first" not in past or past["first"].calls < ENOUGH_CALLS:
        return Shares()
    answers = max(1, past["first"].usage.output_tokens)
    nothing = Past()
    looks = past.get("alignment", nothing)
    n = max(1, looks.calls)
    return Shares(
        again=past.get("re-ask", nothing).calls / answers,
        align=looks.calls / answers,
        align_inputs=round(looks.usage.input_tokens / n),
        align_outputs=round(looks.usage.output_tokens / n),
        known=True,
        cached={
            name: p.usage.cached_tokens / max(1, p.usage.input_tokens)
            for name, p in past.items()
            if p.calls >= ENOUGH_CALLS
        },
    )
