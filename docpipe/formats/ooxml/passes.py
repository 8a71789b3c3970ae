"""What is done to a document once its targets are in place: the passes, in their order, each with its judge.

Imports the core and the parts of this package. ``writing`` runs them, ``verify`` judges what they left; a pass is one entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from docpipe.formats.ooxml.dating import judge_dates, redate, redated_parts
from docpipe.formats.ooxml.embedded import embedded_parts, follow_embedded, judge_embedded
from docpipe.formats.ooxml.localise import judge_localised, localise, localised_parts
from docpipe.formats.ooxml.rebuilding import judge_rebuilt, rebuild, rebuilt_parts
from docpipe.formats.ooxml.records import Reading
from docpipe.formats.ooxml.retitling import judge_titles, retitle, retitled_parts
from docpipe.model.document import Address, WriteOptions
from docpipe.model.inline import CodedText


class Judge(Protocol):
    """Says where the output is not what the pass must leave, by a reading of its own: it never runs the writer."""

    def __call__(
        self, source: Reading, found: Reading, options: WriteOptions, targets: Mapping[Address, CodedText]
    ) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass. ``run`` gets the parts that changed so far and returns those that it changed itself.

    ``may_change``: of the untouched source and the parts that may have changed before, which others this pass may change.
    A pass whose part map is empty for a document touches nothing of it.
    """

    run: Callable[[Reading, WriteOptions, frozenset[str]], set[str]]
    may_change: Callable[[Reading, WriteOptions, frozenset[str]], set[str]]
    judge: Judge


PASSES: tuple[Pass, ...] = (
    Pass(follow_embedded, embedded_parts, judge_embedded),
    Pass(rebuild, rebuilt_parts, judge_rebuilt),
    Pass(redate, redated_parts, judge_dates),
    Pass(localise, localised_parts, judge_localised),
    Pass(retitle, retitled_parts, judge_titles),
)
