"""What a run of the engine is told and what it tells: orders, results and figures. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass, field

from docpipe.model.chunk import SpendKey, Usage
from docpipe.model.inline import CodedText
from docpipe.model.segment import Origin, SegmentId

__all__ = ["Orders", "Result", "Tally"]


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is to do. ``tries``: of one request, network and server failures; ``mends``: re-asks of one segment.

    ``patience``: seconds that one request waits for a rate limit in all. ``backoff``: seconds of the first wait.
    """

    provider: str
    model: str
    concurrency: int = 8
    max_output_tokens: int = 8192
    temperature: float = 0.0
    tries: int = 6
    mends: int = 3
    patience: float = 900.0
    backoff: float = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a segment. ``reason`` "" means accepted; with a reason, ``target`` is a start for a person, or None.

    ``merged_into``: the text stands in that segment, and ``target`` is empty. ``refused``: why earlier answers were not accepted.
    ``asked``: the requests that were made for it. ``fallback``: why another model than the recipe's first answered, or "".
    ``noted``: what a check said against it although it came again when asked, or "".
    """

    segment: SegmentId
    target: CodedText | None
    reason: str
    origin: Origin
    merged_into: SegmentId | None = None
    refused: tuple[str, ...] = ()
    asked: tuple[SpendKey, ...] = ()
    fallback: str = ""
    noted: str = ""


@dataclass(slots=True)
class Tally:
    """Figures of a run. ``calls``: sent; ``reused``: replies that were paid for before; ``retries``: failed calls sent again."""

    calls: int = 0
    reused: int = 0
    failed: int = 0
    retries: int = 0
    mended: int = 0
    usage: Usage = field(default_factory=Usage)
