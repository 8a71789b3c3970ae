"""Facts: single values of a study with everything that makes them what they are, and where they come from. Imports the core only.

Two facts with equal keys and different values contradict each other; a derived fact names its formula and what it was made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from docpipe.model.canonical import digest_of
from docpipe.model.source import Place

FactId = NewType("FactId", str)


@dataclass(frozen=True, slots=True)
class Fact:
    """One value. ``raw``: as exact as the source has it; ``formatted``: as it is printed; ``decimals`` of the formatted value.

    ``display``: number of the table it stands in, or the dataset it was computed from; ``row``: label path; ``arm``: the
    column's treatment or group, "" for all; ``statistic``: n, pct, mean, sd, median, min, max, p, estimate, lower, upper, N …;
    ``n``: the column's N; ``population``: analysis set; ``window``: visit or period; ``formula``: of a derived fact, with the ids
    in ``inputs``; ``data_version``: digest over the files that the study's data consist of.
    """

    study: str
    data_version: str
    display: str
    row: tuple[str, ...]
    arm: str
    statistic: str
    raw: str
    formatted: str
    decimals: int | None
    n: int | None
    population: str
    window: str
    places: tuple[Place, ...]
    formula: str = ""
    inputs: tuple[FactId, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What the fact is about; its value is not part of it."""
        return (self.study, self.display, self.row, self.arm, self.statistic, self.population, self.window)

    @property
    def id(self) -> FactId:
        """Stable as long as what the fact is about stays: digest of its key."""
        return FactId("F" + digest_of(list(self.key))[:12])
