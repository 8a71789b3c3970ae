"""A PDF opened by pdfium: its pages as lines, its outline and title. Imports the neighbours; pypdfium2 inside functions.

Source for the error numbers: pdfium's fpdfview.h (FPDF_ERR_PASSWORD 4, FPDF_ERR_SECURITY 5).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docpipe.errors import DamagedPackage, Encrypted, NotAPackage, TooLarge
from docpipe.formats.pdftext.glyphs import clean, page_characters, pieces
from docpipe.formats.pdftext.order import Line, reading_order
from docpipe.safe.budget import Budget

_PASSWORD, _SECURITY = 4, 5


@dataclass(slots=True)
class Page:
    """A page's lines in reading order. ``characters``: its visible characters, counted apart; ``bottom``, ``top``: edges.

    ``unmapped``: glyphs of which the file does not say what character they are.
    """

    number: int
    lines: list[Line]
    characters: int
    bottom: float
    top: float
    unmapped: int = 0


@dataclass(slots=True)
class Source:
    """What pdfium says of a PDF. ``outline``: level from 1, page number from 1 (0 where none), title."""

    pages: list[Page]
    outline: list[tuple[int, int, str]] = field(default_factory=list)
    title: str = ""
    broken_pages: list[int] = field(default_factory=list)


def open_pdf(data: bytes, budget: Budget) -> Source:
    """All pages of a PDF. Raises ``NotAPackage``, ``DamagedPackage``, ``Encrypted`` or ``TooLarge``."""
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise NotAPackage("The file is no PDF.")
    if len(data) > budget.file_size:
        raise TooLarge("The file is larger than the limit.", bytes=len(data), limit=budget.file_size)
    with contextlib.suppress(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(b"none")  # sets pdfium's last error, which some failures leave as an earlier file had it
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", 0) in (_PASSWORD, _SECURITY):
            raise Encrypted("The PDF is protected by a password.") from None
        raise DamagedPackage("The PDF is damaged.") from None
    try:
        count = len(document)
        if count > budget.pdf_pages:
            raise TooLarge("The PDF has too many pages.", pages=count, limit=budget.pdf_pages)
        if not count:
            raise DamagedPackage("The PDF has no pages.")
        source = Source([])
        for number in range(1, count + 1):
            page = _page(document, number)
            if page is None:
                source.broken_pages.append(number)
                page = Page(number, [], 0, 0.0, 0.0)
            source.pages.append(page)
        if len(source.broken_pages) == count:
            raise DamagedPackage("No page of the PDF can be read.")
        source.outline = list(_outline(document, budget.pdf_depth))
        with contextlib.suppress(UnicodeError, ValueError):
            source.title = "".join(map(clean, document.get_metadata_value("Title"))).strip()
        return source
    finally:
        document.close()


def _page(document: Any, number: int) -> Page | None:
    import pypdfium2

    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return None
    try:
        textpage = page.get_textpage()
        found, quarter, unmapped = pieces(textpage)
        left, low, right, high = page.get_cropbox()
        edges = ((low, high), (-right, -left), (-high, -low), (left, right))[quarter]
        return Page(number, reading_order(found), page_characters(textpage), *edges, unmapped)
    except pypdfium2.PdfiumError:
        return None
    finally:
        page.close()


def _outline(document: Any, depth: int) -> Iterator[tuple[int, int, str]]:
    import pypdfium2

    for bookmark in document.get_toc(max_depth=min(depth, 15)):
        with contextlib.suppress(pypdfium2.PdfiumError, UnicodeError, ValueError):
            target = bookmark.get_dest()
            index = target.get_index() if target else None
            yield bookmark.level + 1, 0 if index is None else index + 1, bookmark.get_title()
