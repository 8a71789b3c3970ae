"""What the simulated provider counts: tokens, its own bill, rate limits, latency. Imports errors only."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field

from docpipe.errors import BadSetting

__all__ = ["Bill", "Bucket", "Latency", "tokens"]

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]")


def tokens(text: str) -> int:
    """An estimate: 1.25 characters a token in CJK script, 4.4 in others."""
    wide = len(_CJK.findall(text))
    return round(wide / 1.25 + (len(text) - wide) / 4.4) if text else 0


@dataclass(slots=True)
class Bill:
    """The provider's own record. ``lost``: answered and charged for, but the answer never reached the client whole."""

    calls: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    charged: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def charge(self, prompt: int, cached: int, completion: int, *, lost: bool = False) -> None:
        """Puts one answered call on the bill."""
        to = self.lost if lost else self.charged
        to.update({"calls": 1, "input": prompt, "cached": cached, "output": completion})

    def as_dict(self) -> dict[str, object]:
        """What ``GET /bill`` says."""
        names = ("calls", "input", "cached", "output")
        return {
            "calls": self.calls,
            "by_status": dict(sorted(self.by_status.items())),
            "charged": {n: self.charged[n] for n in names},
            "lost": {n: self.lost[n] for n in names},
            "faults": dict(sorted(self.faults.items())),
        }


class Bucket:
    """A token bucket: ``limit`` a minute, a tenth of it at once (at least one request). ``limit`` 0: no limit."""

    def __init__(self, limit: int, burst: float = 0.1) -> None:
        self.limit = limit
        self._capacity = max(1.0, limit * burst)
        self._level = self._capacity
        self._at = time.monotonic()

    def _refill(self) -> None:
        now = time.monotonic()
        self._level = min(self._capacity, self._level + (now - self._at) * self.limit / 60)
        self._at = now

    def wait(self, amount: int) -> float:
        """Seconds until the amount would be let through; 0 takes nothing yet."""
        if not self.limit:
            return 0.0
        self._refill()
        # A request larger than the bucket passes when the bucket is full, and leaves a debt.
        missing = min(float(amount), self._capacity) - self._level
        return max(0.0, missing * 60 / self.limit)

    def take(self, amount: int) -> None:
        """Takes the amount, into debt if need be."""
        if self.limit:
            self._level -= amount

    def headers(self, name: str) -> dict[str, str]:
        """The ``x-ratelimit-*`` headers of this bucket."""
        if not self.limit:
            return {}
        self._refill()
        reset = (self._capacity - self._level) * 60 / self.limit
        return {
            f"x-ratelimit-limit-{name}": str(self.limit),
            f"x-ratelimit-remaining-{name}": str(max(0, int(self._level))),
            f"x-ratelimit-reset-{name}": f"{max(0.0, reset):.3f}s",
        }


class Latency:
    """``fixed:SECONDS``, ``lognormal:MEDIAN,SIGMA`` or "" for none."""

    def __init__(self, spec: str = "", seed: int = 0) -> None:
        kind, _, numbers = spec.partition(":")
        try:
            self._numbers = tuple(float(n) for n in numbers.split(",")) if numbers else ()
        except ValueError as error:
            raise BadSetting("Give --latency as fixed:0.2 or lognormal:0.5,0.3.", setting="latency") from error
        wanted = {"": 0, "none": 0, "fixed": 1, "lognormal": 2}.get(kind)
        if wanted != len(self._numbers) or any(n < 0 for n in self._numbers):
            raise BadSetting("Give --latency as fixed:0.2 or lognormal:0.5,0.3.", setting="latency")
        self._kind = kind
        self._seed = seed

    def seconds(self, call: int) -> float:
        """The latency of a call, the same for the same seed and number."""
        if self._kind == "fixed":
            return self._numbers[0]
        if self._kind == "lognormal":
            median, sigma = self._numbers
            return median * random.Random(f"{self._seed}:{call}").lognormvariate(0.0, sigma)
        return 0.0
