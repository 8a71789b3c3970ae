"""The simulated provider's own bill: calls, tokens and money by model and key, and its share of the limits. Imports its room only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Bill", "Prices", "masked"]

Prices = tuple[float, float, float]
"""Per million tokens: input, cached input, output."""
_NAMES = ("calls", "input", "cached", "output")


def masked(key: str) -> str:
    """A key as a bill may name it."""
    return f"…{key[-4:]}" if len(key) > 8 else key or "none"


@dataclass(slots=True)
class Bill:
    """``lost``: answered and charged for, but the answer never reached the client whole. ``prices``: by model's name."""

    prices: Mapping[str, Prices] = field(default_factory=dict)
    calls: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    charged: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    by_model: dict[str, Counter[str]] = field(default_factory=dict)
    by_key: dict[str, Counter[str]] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)
    """By model; only of models with a price."""
    in_flight: int = 0
    most_in_flight: int = 0

    def charge(
        self,
        model: str,
        prompt: int,
        cached: int,
        completion: int,
        *,
        key: str = "",
        lost: bool = False,
        factor: float = 1.0,
    ) -> None:
        """Puts one answered call on the bill. ``factor``: of the price, 0.5 for overnight jobs."""
        row = {"calls": 1, "input": prompt, "cached": cached, "output": completion}
        (self.lost if lost else self.charged).update(row)
        self.by_model.setdefault(model, Counter()).update(row)
        self.by_key.setdefault(masked(key), Counter()).update(row)
        if (price := self.prices.get(model)) is not None:
            money = ((prompt - cached) * price[0] + cached * price[1] + completion * price[2]) * factor / 1_000_000
            self.cost[model] = self.cost.get(model, 0.0) + money

    def enter(self) -> None:
        """A request came in."""
        self.calls += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def leave(self) -> None:
        """Its answer has gone out."""
        self.in_flight -= 1

    def as_dict(self) -> dict[str, Any]:
        """What ``GET /bill`` says of calls and money. ``cost`` is None where no model that answered has a price."""
        return {
            "calls": self.calls,
            "by_status": dict(sorted(self.by_status.items())),
            "charged": {n: self.charged[n] for n in _NAMES},
            "lost": {n: self.lost[n] for n in _NAMES},
            "faults": dict(sorted(self.faults.items())),
            "by_model": {
                m: {n: c[n] for n in _NAMES} | {"cost": self._money(m)} for m, c in sorted(self.by_model.items())
            },
            "by_key": {k: {n: c[n] for n in _NAMES} for k, c in sorted(self.by_key.items())},
            "cost": round(sum(self.cost.values()), 6) if self.cost else None,
            "most_in_flight": self.most_in_flight,
        }

    def _money(self, model: str) -> float | None:
        return round(self.cost[model], 6) if model in self.cost else None
