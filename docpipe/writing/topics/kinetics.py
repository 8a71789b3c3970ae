"""Concentrations and pharmacokinetic parameters of a study in people (SDTM PC and PP), as means by group and time. Imports its room only."""

from __future__ import annotations

from docpipe.writing.book import Book
from docpipe.writing.study import StudyData
from docpipe.writing.topics._findings import Findings, Measured

NAME = "kinetics"
_DOMAINS = (("PP", "pharmacokinetic parameters"), ("PC", "concentrations"))


def read(study: StudyData, book: Book) -> tuple[Measured, ...] | None:
    """What the domains hold; None where they hold no numbers."""
    return Findings(study, book).all_measured(_DOMAINS) or None
