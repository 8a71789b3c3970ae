"""Questions to the data that only a document asks, answered as lines for printing. Imports its room only."""

from __future__ import annotations

import re

from docpipe.model.source import Place
from docpipe.writing.book import Book, Value
from docpipe.writing.facts_of_data import facts_for
from docpipe.writing.records import Population, Question
from docpipe.writing.study import StudyData
from docpipe.writing.topics._labelled import bound, capital, running, shown_label
from docpipe.writing.topics._lines import Cell, Line

_RANDOM = re.compile(r"\brandomi[sz](?:ed|ation)\b", re.IGNORECASE)


def line_of(
    study: StudyData, book: Book, question: Question, row: tuple[str, ...], population: Population, label: str
) -> Line | None:
    """The answer for every arm and for all; None where nobody is in the set."""
    if question.dataset not in study.records.frames:
        return None
    found: dict[str, dict[str, Value]] = {}
    for fact in facts_for(study.records, question, row, population, study.id, study.version):
        found.setdefault(fact.arm, {})[fact.statistic] = book.value(fact)
    sizes = sizes_of(study, book, population)
    cells = tuple(
        Cell(a, {**found.get(a, {}), **({"N": sizes[a]} if a in sizes else {})})
        for a in study.arms.names
        if sizes.get(a)
    )
    if not cells:
        return None
    total = Cell("", {**found.get("", {}), **({"N": sizes[""]} if "" in sizes else {})})
    frame = study.records.frames[question.dataset]
    place = (Place(frame.dataset.file.sha256, f"dataset:{frame.dataset.name}"),)
    label = shown_label(label)
    return Line(
        bound(book, capital(label), frame.name, row, place), bound(book, running(label), frame.name, row, place), label, cells,
        total, None, question.variable or (question.conditions[-1].variable if question.conditions else ""),
    )  # fmt: skip


def sizes_of(study: StudyData, book: Book, population: Population) -> dict[str, Value]:
    """N of the arms and of all ("") in an analysis set, from the subject-level data."""
    base = study.records.base
    if base is None:
        return {}
    found = study.store.find(display=base.name, row=(), statistic="N", population=population.name)
    return {f.arm: book.value(f) for f in found}


def randomized(study: StudyData) -> bool:
    """The sources say that subjects were randomized; with one arm nobody was."""
    if len(study.arms.names) < 2:
        return False
    frame = study.records.frames.get("TS")
    if frame is not None and "TSPARMCD" in frame and "TSVAL" in frame:
        for i in frame.having("TSPARMCD").get("RANDOM", ()):
            return frame.text(frame.dataset.records[i], "TSVAL").upper().startswith("Y")
    base = study.records.base
    if base is not None and ("RANDFL" in base or "RANDDT" in base):
        return True
    if any(_RANDOM.search(t) for d in study.displays for t in (d.title, d.population, *d.footnotes)):
        return True
    if any(_RANDOM.search(p) for d in study.displays for r in d.rows for p in r.path):
        return True
    return any(_RANDOM.search(p.text) for t in study.texts for p in t.passages)
