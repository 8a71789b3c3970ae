"""Stage timings and the throughput figures computed from them. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StageTiming:
    """One document's passage through one stage. ``people``: a person's time. Times are UTC."""

    batch: str
    document: str
    stage: str
    started: datetime
    ended: datetime
    pages: int = 0
    words: int = 0
    segments: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    retries: int = 0
    people: bool = False

    @property
    def seconds(self) -> float:
        """Wall time of the stage."""
        return (self.ended - self.started).total_seconds()
