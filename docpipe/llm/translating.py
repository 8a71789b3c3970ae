"""Translation as a craft: chunks with their terms as tasks, replies assessed sentence by sentence. Imports the core and its room only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from docpipe.llm.assess import Inspect, assess
from docpipe.llm.context import Context
from docpipe.llm.craft import Assessment, Fault
from docpipe.llm.reply import read_reply
from docpipe.llm.task import Task, Terms, make_task
from docpipe.model.chunk import Chunk
from docpipe.model.segment import SegmentId

__all__ = ["Translation"]


@dataclass(frozen=True, slots=True)
class Translation:
    """From one language to another. ``terms``: binding terms by segment. ``context``: what else the model is told, if the prompt knows it.

    ``inspect``: what the checks say of an answer; it is asked again once with their words.
    """

    source_language: str
    target_language: str
    terms: Terms
    stage: str = "translate"
    context: Context | None = None
    inspect: Inspect | None = None

    def task(self, chunk: Chunk, complaints: Mapping[SegmentId, str]) -> Task:
        """The chunk's sentences with ids local to the request."""
        return make_task(chunk, self.source_language, self.target_language, self.terms, complaints, self.context)

    def assess(self, task: Task, reply: str, earlier: Mapping[SegmentId, Fault]) -> Assessment:
        """Which sentences stand; what only its neighbours spoke against stands when it comes again."""
        doubted = {s: f.wire for s, f in earlier.items() if f.doubt}
        languages = self.source_language, self.target_language
        return assess(task, read_reply(reply), *languages, self.terms, doubted, self.inspect)
