"""What differs between the kinds of work that a model does: how a chunk becomes a task, and what of a reply can stand. Imports the core and its room.

The engine asks, pays, paces and asks again; translation and drafting are crafts that it works for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from docpipe.llm.task import Task
from docpipe.model.chunk import Chunk
from docpipe.model.inline import CodedText
from docpipe.model.segment import SegmentId

__all__ = ["Accepted", "Assessment", "Craft", "Fault"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A target that can stand; of a merged segment it is empty and ``merged_into`` names the host."""

    target: CodedText
    merged_into: SegmentId | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a segment is not accepted. ``target``: what a person may start from. ``wire``: as answered.

    ``doubt``: only the neighbourhood speaks against it; the same answer to another question clears it. ``apart``: it is to be
    asked again without its neighbours.
    """

    reason: str
    target: CodedText | None = None
    wire: str = ""
    doubt: bool = False
    apart: bool = False


@dataclass(slots=True)
class Assessment:
    """Every wanted segment is in exactly one of the two. ``stray``: ids that were answered and not asked.

    ``whole``: the reply was complete.
    """

    accepted: dict[SegmentId, Accepted] = field(default_factory=dict)
    faults: dict[SegmentId, Fault] = field(default_factory=dict)
    stray: int = 0
    whole: bool = True


class Craft(Protocol):
    """One kind of work."""

    @property
    def stage(self) -> str:
        """Its name in reports of progress."""

    def task(self, chunk: Chunk, complaints: Mapping[SegmentId, str]) -> Task:
        """The task of a chunk. ``complaints``: what was wrong with an earlier answer, by segment."""

    def assess(self, task: Task, reply: str, earlier: Mapping[SegmentId, Fault]) -> Assessment:
        """What of a reply's text can stand. ``earlier``: the faults that the task was asked again for."""
