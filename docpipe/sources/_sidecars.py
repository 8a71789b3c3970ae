"""Figures of one set beside each other and beside the texts that name them. Imports the core and its parts.

A text of the same name as a picture (``f-14-1.png`` and ``f-14-1.txt``) says its number, title and population.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from docpipe.model.finding import Severity
from docpipe.model.source import Figure, Source, SourceNotice, TextSource
from docpipe.sources._pictured import KINDS, lacks
from docpipe.sources.figure import plain
from docpipe.sources.printed.lines import footnotes_of, is_footnote, said_by

_FIRST = 12
"""Lines of a text that may name its figure."""


def with_sidecars(sources: Sequence[Source]) -> tuple[Source, ...]:
    """The sources, each picture with what the text of its name says of it. The picture's own words count less than the text's."""
    texts = {_stem(s.file.path): s for s in sources if isinstance(s, TextSource)}
    return tuple(
        _told(s, text)
        if isinstance(s, Figure)
        and (text := texts.get(_stem(s.file.path))) is not None
        and text.file.sha256 != s.file.sha256
        else s
        for s in sources
    )


def figure_versions(figures: Iterable[Figure]) -> list[SourceNotice]:
    """Several pictures of one number: the same one (minor), other bytes of the same kind (critical) or of another kind (major)."""
    found: list[SourceNotice] = []
    first: dict[str, Figure] = {}
    for figure in figures:
        known = first.setdefault(plain(figure.number), figure) if figure.number else figure
        if known is figure:
            continue
        if known.picture == figure.picture:
            code, severity, what = "same_twice", Severity.MINOR, "is the same picture as"
        elif known.media_type == figure.media_type:
            code, severity, what = "two_versions", Severity.CRITICAL, "is another picture than"
        else:
            code, severity, what = "two_kinds", Severity.MAJOR, "is of another kind than, and cannot be compared with,"
        said = f"{figure.number} in {figure.file.path} {what} the one in {known.file.path}; that one is carried over."
        found.append(SourceNotice(f"figure.{code}", severity, said, figure.file.path, figure.place.locator))
    return found


def _told(figure: Figure, text: TextSource) -> Figure:
    lines = [line for p in text.passages[:_FIRST] for line in p.text.splitlines()]
    notes = [n for n, line in enumerate(lines) if n and is_footnote(line)]
    said = said_by(lines[: notes[0]] if notes else lines)
    if not said.number.startswith(KINDS) and not (figure.number and said.others):
        return figure
    own = tuple(n for n in figure.notices if n not in lacks(figure))
    named = replace(
        figure, number=said.number or figure.number, title=" ".join(said.title if said.number else said.others) or figure.title,
        population=said.population or figure.population, study=said.study or figure.study,
        footnotes=footnotes_of(lines[notes[0] :])[0] if notes else figure.footnotes,
    )  # fmt: skip
    if figure.number and plain(figure.number) != plain(named.number):
        told = f"The text beside the picture says {named.number}, the picture or its name another number."
        own += (SourceNotice("figure.number_differs", Severity.MAJOR, told, figure.file.path, figure.place.locator),)
    return replace(named, notices=(*lacks(named), *own))


def _stem(path: str) -> str:
    return path.rpartition(".")[0].casefold()
