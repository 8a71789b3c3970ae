"""Workbooks and slides that a document carries: how many texts they hold that stay as they are, for a person to look at.

Imports the core, errors, safe and the parts of this package. They are not translated: what the page shows of them is a picture of
its own, which would no longer be theirs, and formulas of a workbook may ask for the very texts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from docpipe.errors import InputRefused
from docpipe.formats.ooxml.names import SHORT
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.workbook import Cell, open_workbook
from docpipe.model.finding import Notice, Severity
from docpipe.safe.package import open_package
from docpipe.safe.xml import parse

_WORKBOOKS, _SLIDES = ("spreadsheetml", "ms-excel", ".xlsx"), ("presentationml", "ms-powerpoint", ".pptx")
_MOST_FILES = 50
_MOST_SLIDES = 500


def enclosed_notices(parts: Parts, charted: Mapping[str, Collection[Cell]]) -> list[Notice]:
    """A notice for each carried workbook or set of slides that holds words. ``charted``: cells of workbooks that charts show."""
    notices = []
    names = dict.fromkeys(n for source in parts.reachable() for n in parts.related(source, "package"))
    for name in list(names)[:_MOST_FILES]:
        kind = parts.content_type(name) + name[-5:].lower()
        if name not in parts.package or not any(word in kind for word in (*_WORKBOOKS, *_SLIDES)):
            continue
        slides = any(word in kind for word in _SLIDES)
        try:
            data = parts.package.read(name)
            count = sum(1 for t in (_slides(data) if slides else _cells(data, charted.get(name, ()))) if _words(t))
        except InputRefused:
            continue  # a file that cannot be read is named already, as one that is carried
        if count and name in charted:
            message = "A chart's worksheet holds texts that the chart does not show: they are not translated."
            notices.append(Notice("docx.embedded_texts", Severity.MINOR, message, name, count))
        elif count:
            what = "embedded slides" if slides else "an embedded workbook"
            message = f"Texts of {what} are not translated; what the page shows of it is a picture."
            notices.append(Notice("docx.embedded_texts", Severity.MAJOR, message, name, count))
    return notices


def _words(text: str) -> bool:
    return any(ch.isalpha() for ch in text)


def _cells(data: bytes, charted: Collection[Cell]) -> Iterator[str]:
    workbook = open_workbook(data)
    for cell, text in workbook.texts.items() if workbook is not None else ():
        if cell not in charted:
            yield text


def _slides(data: bytes) -> Iterator[str]:
    """The paragraphs of slides and of their notes (ISO/IEC 29500-1, 19.3.1.38, 19.3.1.26)."""
    package = open_package(data)
    found = [n for n in package.names if n.startswith(("ppt/slides/slide", "ppt/notesSlides/")) and n.endswith(".xml")]
    for name in found[:_MOST_SLIDES]:
        for p in parse(package.read(name)).iter("{*}p"):
            if SHORT[p.tag] == "a:p":
                yield "".join(el.text or "" for el in p.iter("{*}t") if SHORT[el.tag] == "a:t")
