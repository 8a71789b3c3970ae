"""Figures of printed files: the pictures that a line names as a figure, taken out with their titles. Imports errors, model and its parts.

What is left of the file is read for tables as before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from docpipe.errors import DataDamaged, FigureUnsupported, InputRefused, TooLarge
from docpipe.model.finding import Severity
from docpipe.model.source import Figure, SourceFile, SourceNotice
from docpipe.sources.pictures import Measured, measured
from docpipe.sources.printed import lines as speech
from docpipe.sources.printed.lines import Said
from docpipe.sources.printed.page import Item, Line, Picture, Printed, Section

KINDS = ("Figure", "Exhibit")


def figures_of(printed: Printed, file: SourceFile) -> tuple[tuple[Figure, ...], Printed]:
    """The figures of a file and the file without them; what cannot be taken is told in its notices.

    Raises ``DataDamaged``, ``TooLarge`` or ``FigureUnsupported`` where the file's only figure cannot be taken.
    """
    if not printed.pictures:
        return (), printed
    found: list[Figure] = []
    notices: list[SourceNotice] = []
    gone: set[tuple[int, int]] = set()
    faults: list[InputRefused] = []
    unnamed = 0
    for number, picture in enumerate(printed.pictures):
        said, above, notes = _said(printed, number)
        if not said.number.startswith(KINDS):
            unnamed += 1
            continue
        gone |= {(picture.section, n) for n in above}
        try:
            found.append(made(file, len(found) + 1, said, picture.data, measured(picture.data), notes))
        except (DataDamaged, TooLarge, FigureUnsupported) as error:
            faults.append(error)
            code = "unsupported" if isinstance(error, FigureUnsupported) else "damaged"
            notices.append(
                SourceNotice(f"figure.{code}", Severity.CRITICAL, f"{said.number}: {error.message}", file.path)
            )
    if unnamed:
        text = f"{unnamed} pictures were left out: no line names them as a figure."
        notices.append(SourceNotice("source.picture_skipped", Severity.MINOR, text, file.path))
    sections = tuple(
        Section(s.header, tuple(i for n, i in enumerate(s.body) if (at, n) not in gone), s.footer)
        for at, s in enumerate(printed.sections)
    )
    if faults and not found and not any(_filled(s.body) for s in sections):
        raise faults[0]
    if found:
        found[0] = replace(found[0], notices=(*found[0].notices, *notices))
        notices = []
    return tuple(found), replace(printed, sections=sections, notices=(*printed.notices, *notices), pictures=())


def made(
    file: SourceFile, index: int, said: Said, picture: bytes, size: Measured, notes: tuple[str, ...] = ()
) -> Figure:
    """A figure with what is said about it; what it lacks is told."""
    title = " ".join(said.title if said.number else said.others)
    figure = Figure(
        file, index, said.number, title, said.population, said.study or file.study, picture, size.media_type, size.width,
        size.height, size.dpi, notes, "\n".join(said.produced),
    )  # fmt: skip
    return replace(figure, notices=lacks(figure))


def lacks(figure: Figure) -> tuple[SourceNotice, ...]:
    """Notices of what a figure does not say of itself."""
    told = []
    if not figure.number:
        told.append(("figure.no_number", "Neither a line nor the file's name gives the figure's number."))
    if not figure.title:
        told.append(("figure.no_title", "Nothing gives the figure's title: it is not carried over."))
    place = figure.place.locator
    return tuple(SourceNotice(code, Severity.MAJOR, said, figure.file.path, place) for code, said in told)


def _said(printed: Printed, number: int) -> tuple[Said, range, tuple[str, ...]]:
    """What names a picture (the lines from the last number above it, its page's header, or the line below it), the items of the body
    that do, and its footnotes."""
    picture = printed.pictures[number]
    section = printed.sections[picture.section]
    first, end = _between(printed.pictures, number, len(section.body))
    header = speech.said_by(speech.lines_of(section.header))
    footer = list(speech.lines_of(section.footer))
    below = [line for line in speech.lines_of(section.body[picture.at : end]) if line.strip()]
    for start in range(picture.at, first - 1, -1):
        lines = list(speech.lines_of(section.body[start : start + 1]))
        if any(speech.is_number(line) for line in lines):
            said = speech.said_by(speech.lines_of(section.body[start : picture.at + (start == picture.at)]))
            if start == picture.at:
                break
            return _joined(said, header), range(start, picture.at + 1), _notes([*below, *footer])
    if header.number.startswith(KINDS):
        beside = [line for line in speech.lines_of(section.body[first : picture.at]) if line.strip()]
        title = header.title or tuple(beside)
        return replace(header, title=title), range(first, picture.at + 1), _notes([*below, *footer])
    if below and speech.is_number(below[0]):
        return _joined(speech.said_by(below[:1]), header), range(picture.at, picture.at + 1), _notes(below[1:])
    return Said(), range(0), ()


def _between(pictures: Sequence[Picture], number: int, end: int) -> tuple[int, int]:
    """The items of the body that may speak of a picture: after the one before it, up to the next."""
    here = pictures[number]
    before = [p.at + 1 for p in pictures[:number] if p.section == here.section]
    after = [p.at for p in pictures[number + 1 :] if p.section == here.section]
    return max([0, *(b for b in before if b <= here.at)]), min([end, *after])


def _joined(said: Said, header: Said) -> Said:
    return replace(said, population=said.population or header.population, study=said.study or header.study)


def _notes(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines below a picture up to the next number: its footnotes."""
    kept: list[str] = []
    for line in lines:
        if speech.is_number(line):
            break
        kept.append(line)
    return speech.footnotes_of(kept)[0]


def _filled(items: Sequence[Item]) -> bool:
    return any(not isinstance(i, Line) or re.search(r"\w", i.text) for i in items)
