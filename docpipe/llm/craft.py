"""What differs between the kinds of work that a model does: how a chunk becomes a task, and what of a reply can stand. Imports the core and its room.

The engine asks, pays, paces and asks again; translation and drafting are crafts that it works for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from docpipe.llm.looking import Look
from docpipe.llm.task import Task
from docpipe.model.chunk import Chunk
from docpipe.model.inline import CodedText
from docpipe.model.segment import SegmentId

__all__ = ["Accepted", "Assessment", "Craft", "Fault"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A target that can stand; of a merged segment it is empty and ``merged_into`` names the host.

    ``noted``: what a check said against it that the same answer to another question cleared, or "".
    """

    target: CodedText
    merged_into: SegmentId | None = None
    noted: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a segment is not accepted. ``target``: what a person may start from. ``wire``: as answered.

    ``doubt``: only the neighbourhood, or a check that may err, speaks against it; the same answer to another question clears it.
    ``apart``: it is to be asked again without its neighbours. ``waits``: nothing else hangs on it, so that it may be asked again
    together with others of its document at the end.
    """

    reason: str
    target: CodedText | None = None
    wire: str = ""
    doubt: bool = False
    apart: bool = False
    waits: bool = False


@dataclass(slots=True)
class Assessment:
    """Every wanted segment is in exactly one of the two. ``stray``: ids that were answered and not asked.

    ``whole``: the reply was complete. ``look``: a question about accepted answers that may be a neighbour's, ``doubts``: the fault of
    every accepted answer, in order, if it is not confirmed. ``wider``: what is asked next where the look does not confirm all but
    those ``beside`` a missing answer, which may hold it.
    """

    accepted: dict[SegmentId, Accepted] = field(default_factory=dict)
    faults: dict[SegmentId, Fault] = field(default_factory=dict)
    stray: int = 0
    whole: bool = True
    look: Look | None = None
    wider: Look | None = None
    beside: frozenset[SegmentId] = frozenset()
    doubts: dict[SegmentId, Fault] = field(default_factory=dict)

    def unconfirmed(self, segments: Iterable[SegmentId]) -> None:
        """Takes back answers that a look did not confirm, and those beside them: where a text went astray, its neighbour may be hurt."""
        order = list(self.doubts)
        places = {s: n for n, s in enumerate(order)}
        astray = {n for s in segments if (n := places.get(s)) is not None}
        for n in sorted({m for at in astray for m in (at - 1, at, at + 1) if 0 <= m < len(order)}):
            if self.accepted.pop(order[n], None) is not None:
                self.faults[order[n]] = self.doubts[order[n]]


class Craft(Protocol):
    """One kind of work."""

    @property
    def stage(self) -> str:
        """Its name in reports of progress."""

    def task(self, chunk: Chunk, complaints: Mapping[SegmentId, str]) -> Task:
        """The task of a chunk. ``complaints``: what was wrong with an earlier answer, by segment."""

    def assess(self, task: Task, reply: str, earlier: Mapping[SegmentId, Fault]) -> Assessment:
        """What of a reply's text can stand. ``earlier``: the faults that the task was asked again for."""
