"""How long model calls take at given limits: the calls are played through buckets, latency and slots without any waiting. Imports its room only.

The same latency and buckets as those of the simulated provider, so that a plan can be held against a run.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from docpipe.simulate.metering import Bucket, Latency

__all__ = ["Limits", "Plan", "plan"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds the calls. ``rpm``, ``tpm``: requests and tokens a minute, 0 for none; ``latency``, ``speed``: see ``Latency``.

    ``in_flight``: calls at once at the most; they begin with ``start`` and grow by one an answer, as the engine's do. ``burst``: share of a
    minute's limit that a provider lets through at once.
    """

    rpm: int = 0
    tpm: int = 0
    latency: str = "lognormal:1,0.5"
    speed: float = 60.0
    in_flight: int = 8
    burst: float = 0.1
    start: int = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds of all calls, the limit that binds most (tokens, requests, latency) and the share of each limit that is used."""

    seconds: float
    binds: str
    tokens_share: float
    requests_share: float
    slots_share: float


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def plan(calls: Sequence[tuple[int, int]], limits: Limits, seed: int = 0) -> Plan:
    """Plays calls of (tokens in, tokens out), the longest first as the engine sends them. Raises ``BadSetting`` for a wrong latency."""
    clock = _Clock()
    requests, tokens = (Bucket(n, limits.burst, clock) for n in (limits.rpm, limits.tpm))
    latency = Latency(limits.latency, seed, limits.speed)
    most = max(1, min(limits.in_flight, len(calls)))
    slots = [0.0] * max(1, min(limits.start, most))
    held = len(slots)
    busy = ended = 0.0
    for number, (inputs, outputs) in enumerate(sorted(calls, key=sum, reverse=True)):
        freed = heapq.heappop(slots)
        clock.now = max(clock.now, freed)
        if freed and held < most:
            heapq.heappush(slots, freed)
            held += 1
        amount = inputs + outputs
        while (wait := max(requests.wait(1), tokens.wait(amount))) > 1e-9:
            clock.now += wait
        requests.take(1)
        tokens.take(amount)
        seconds = latency.seconds(number, outputs)
        busy += seconds
        ended = max(ended, clock.now + seconds)
        heapq.heappush(slots, clock.now + seconds)
    if not ended:
        return Plan(ended, "nothing", 0.0, 0.0, 0.0)
    shares = {
        "tokens": sum(map(sum, calls)) / (limits.tpm / 60 * ended) if limits.tpm else 0.0,
        "requests": len(calls) / (limits.rpm / 60 * ended) if limits.rpm else 0.0,
        "latency": busy / (held * ended),
    }
    binds = max(shares, key=lambda name: shares[name])
    return Plan(ended, binds, shares["tokens"], shares["requests"], shares["latency"])
