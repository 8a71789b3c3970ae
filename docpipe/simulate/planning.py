"""How long model calls take at given limits: the calls are played through buckets, latency and slots without any waiting. Imports its room only.

The same latency and buckets as those of the simulated provider, so that a plan can be held against a run.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

from docpipe.simulate.metering import Bucket, Latency

__all__ = ["Group", "Limits", "Plan", "plan"]

Tokens = tuple[int, int]
"""Of a call: in, out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds the calls. ``rpm``, ``tpm``: requests and tokens a minute, 0 for none; ``latency``, ``speed``: see ``Latency``.

    ``in_flight``: calls at once at the most. Where a limit a minute is set, all leave at once as far as it allows; else they begin with
    ``start`` and grow by one an answer, as the engine's do. ``burst``: share of a minute's limit that a provider lets through at once.
    """

    rpm: int = 0
    tpm: int = 0
    latency: str = "lognormal:1,0.5"
    speed: float = 60.0
    in_flight: int = 8
    burst: float = 0.1
    start: int = 32


@dataclass(frozen=True, slots=True)
class Group:
    """Calls of one document: ``first`` before all others, then ``chains``, each call of a chain after the one before it."""

    chains: tuple[tuple[Tokens, ...], ...]
    first: tuple[Tokens, ...] = ()


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


@dataclass(slots=True)
class _Chain:
    """What is left of a chain. ``group``: whose first call has to end before the others leave."""

    calls: list[Tokens]
    group: Group | None = None
    begun: bool = False


@dataclass(slots=True)
class _Queue:
    """Calls that may leave: those that go on with a chain, then the longest."""

    rows: list[tuple[int, int, int, _Chain]] = field(default_factory=list)
    number: int = 0

    def put(self, chain: _Chain) -> None:
        if chain.calls:
            self.number += 1
            heapq.heappush(self.rows, (0 if chain.begun else 1, -sum(chain.calls[0]), self.number, chain))


def plan(groups: Sequence[Group], limits: Limits, seed: int = 0) -> Plan:
    """Plays the calls of groups, re-asks and then the longest first as the engine sends them. Raises ``BadSetting`` for a wrong latency."""
    clock = _Clock()
    requests, tokens = (Bucket(n, limits.burst, clock) for n in (limits.rpm, limits.tpm))
    latency = Latency(limits.latency, seed, limits.speed)
    most = max(1, limits.in_flight)
    held = most if limits.rpm or limits.tpm else max(1, min(limits.start, most))
    queue = _Queue()
    running: list[tuple[float, int, _Chain]] = []
    for group in groups:
        for chain in _heads(group):
            queue.put(chain)
    busy = ended = 0.0
    sent, used, widest = 0, 0, 1
    while queue.rows or running:
        wait = 0.0
        if queue.rows and len(running) < held:
            inputs, outputs = queue.rows[0][3].calls[0]
            wait = max(requests.wait(1), tokens.wait(inputs + outputs))
            if wait <= 1e-9:
                chain = heapq.heappop(queue.rows)[3]
                del chain.calls[0]
                requests.take(1)
                tokens.take(inputs + outputs)
                seconds = latency.seconds(sent, outputs)
                sent, used, busy = sent + 1, used + inputs + outputs, busy + seconds
                ended = max(ended, clock.now + seconds)
                heapq.heappush(running, (clock.now + seconds, sent, chain))
                widest = max(widest, len(running))
                continue
            if not running or clock.now + wait < running[0][0]:
                clock.now += wait
                continue
        clock.now, _, chain = heapq.heappop(running)
        held = min(most, held + 1) if queue.rows else held
        chain.begun = True
        if chain.group is not None and not chain.calls:
            for other in _heads(Group(chain.group.chains)):
                queue.put(other)
        queue.put(chain)
    if not ended:
        return Plan(ended, "nothing", 0.0, 0.0, 0.0)
    shares = {
        "tokens": used / (limits.tpm / 60 * ended) if limits.tpm else 0.0,
        "requests": sent / (limits.rpm / 60 * ended) if limits.rpm else 0.0,
        "latency": busy / (widest * ended),
    }
    binds = max(shares, key=lambda name: shares[name])
    return Plan(ended, binds, shares["tokens"], shares["requests"], shares["latency"])


def _heads(group: Group) -> list[_Chain]:
    """What of a group may leave at once."""
    if group.first:
        return [_Chain(list(group.first), group)]
    return [_Chain(list(chain)) for chain in group.chains]
