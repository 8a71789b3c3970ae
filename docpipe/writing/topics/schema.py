"""The topic ``schema``: the trial schema drawn from arms, periods and elements. Imports the core and its room."""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.model.trial import Design, Trial
from docpipe.writing.book import Book
from docpipe.writing.drawings import Drawn
from docpipe.writing.schema.png import DPI, png
from docpipe.writing.schema.shapes import svg
from docpipe.writing.schema.spans import lengths
from docpipe.writing.schema.trial import drawn, randomised
from docpipe.writing.study import StudyData

NAME = "schema"


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema of a design. ``lengths``: whether it tells how long periods are; ``randomised``: whether it shows a randomisation."""

    figure: Drawn
    lengths: bool
    randomised: bool


def read(study: StudyData, book: Book) -> Schema | None:
    """The schema of the first design that can be drawn; None where no source designs a trial with arms, periods and cells."""
    for trial in study.trials:
        for design in trial.designs:
            if (made := _made(trial, design)) is not None:
                return made
    return None


def _made(trial: Trial, design: Design) -> Schema | None:
    drawing = drawn(trial, design)
    if drawing is None:
        return None
    data, width, height = png(drawing)
    place = trial.place(design.pointer)
    figure = Drawn(
        "trial-schema", drawing.title, drawing.says, data, width, height, (DPI, DPI), svg(drawing), place, wide=True
    )
    return Schema(figure, bool(lengths(design)), bool(randomised(trial, design)))
