"""The narrative of a designed trial: documents and their sections. Core only.

Sections stand in reading order, each with its own words alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.model.trial.parts import NO_WORDS, Coded, DateValue, Named, Node, Words


@dataclass(frozen=True, slots=True)
class Section(Node):
    """A section of a protocol's narrative, in reading order. ``number`` and ``title`` as in the file; ``level`` from 1 by its place among the others.

    ``text``: its own words without those of its subsections.
    """

    number: str = ""
    title: str = ""
    level: int = 1
    text: Words = NO_WORDS
    parent_id: str = ""
    number_shown: bool = True
    title_shown: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the narrative. ``locator``: of its passage (kind ``picture``, without words); ``digest``: of its bytes, "" where it is
    in a file of its own, named by ``source``. ``alt``: what it shows, in words."""

    locator: str
    digest: str = ""
    source: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class TrialDocument(Named):
    """A document that describes the trial, in its latest version. ``template``: whose numbering it follows, as the file names it."""

    type: Coded | None = None
    template: str = ""
    language: Coded | None = None
    version: str = ""
    status: Coded | None = None
    dates: tuple[DateValue, ...] = ()
    sections: tuple[Section, ...] = ()
