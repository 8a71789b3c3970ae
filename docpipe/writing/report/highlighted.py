"""Highlights with notes put on the words of a PDF report; what was in the file stays as it is. Imports pypdf and its room.

The notes are an update behind the file's own bytes. Source: ISO 32000-1, 12.5.6.4 (text) and 12.5.6.10 (text markup annotations).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docpipe.errors import DamagedPackage, Encrypted
from docpipe.writing.report.exact import Area, Words

Boxes = list[tuple[int, float, float, float, float]]
Note = tuple[Boxes, str, str, str]
"""Boxes (page from 1; points from the left and bottom of the page as it is shown), severity, the note's text, the words in question."""
_COLOURS = {"critical": (1.0, 0.62, 0.58), "major": (1.0, 0.85, 0.45), "minor": (0.75, 0.87, 1.0)}


def highlighted(data: bytes, notes: Sequence[Note], author: str, at: str) -> bytes:
    """The PDF with a highlight for each note; a note without a box stands as a sign on the first page. ``at``: PDF date or "".

    Raises ``Encrypted``, ``DamagedPackage``.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Encrypted("The PDF is protected by a password.")
        writer = PdfWriter(reader, incremental=True)
        free = 0
        exact = _exact(data, writer, notes)
        for position, (boxes, severity, text, _) in enumerate(notes):
            pages: dict[int, Boxes] = {}
            for box in boxes:
                if 1 <= box[0] <= len(writer.pages):
                    pages.setdefault(box[0], []).append(box)
            for n, (number, own) in enumerate(pages.items()):
                page = writer.pages[number - 1]
                corners = exact.get((position, number)) or [_points(page, b) for b in own]
                said = text if n == 0 else f"(as on page {next(iter(pages))}) {text}"
                writer.add_annotation(number - 1, _highlight(corners, severity, said, author, at))
            if not pages:
                writer.add_annotation(0, _sign(writer.pages[0], free, severity, text, author, at))
                free += 1
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise DamagedPackage("The PDF cannot be written with notes: its structure is damaged.") from error


def _points(page: Any, box: tuple[int, float, float, float, float]) -> tuple[float, float, float, float]:
    """A box of the page as shown, in the page's own coordinates."""
    _, x0, y0, x1, y1 = box
    crop = page.cropbox
    left, bottom, right, top = (float(v) for v in (crop.left, crop.bottom, crop.right, crop.top))
    turn = int(page.get("/Rotate", 0) or 0) % 360
    if turn == 90:
        return right - y1, bottom + x0, right - y0, bottom + x1
    if turn == 180:
        return right - x1, top - y1, right - x0, top - y0
    if turn == 270:
        return left + y0, top - x1, left + y1, top - x0
    return left + x0, bottom + y0, left + x1, bottom + y1


def _exact(data: bytes, writer: Any, notes: Sequence[Note]) -> dict[tuple[int, int], list[Area]]:
    """By position of the note and page: the areas of its words, where they stand on one page and are found there."""
    from pypdfium2 import PdfiumError

    found: dict[tuple[int, int], list[Area]] = {}
    try:
        with Words(data) as words:
            for position, (boxes, _, _, said) in enumerate(notes):
                pages = {b[0] for b in boxes}
                if len(pages) == 1 and 1 <= (number := min(pages)) <= len(writer.pages):
                    near = _points(writer.pages[number - 1], boxes[0])
                    found[position, number] = words.areas(number, said, near)
    except PdfiumError:  # what pypdf can write, pdfium could not open: the reckoned places do
        return {}
    return found


def _highlight(corners: Sequence[Area], severity: str, text: str, author: str, at: str) -> Any:
    from pypdf.generic import ArrayObject, FloatObject, NameObject

    quads = [v for x0, y0, x1, y1 in corners for v in (x0, y1, x1, y1, x0, y0, x1, y0)]
    area = (
        min(c[0] for c in corners),
        min(c[1] for c in corners),
        max(c[2] for c in corners),
        max(c[3] for c in corners),
    )
    note = _note("/Highlight", area, severity, text, author, at)
    note[NameObject("/QuadPoints")] = ArrayObject(FloatObject(round(v, 2)) for v in quads)
    return note


def _sign(page: Any, place: int, severity: str, text: str, author: str, at: str) -> Any:
    from pypdf.generic import NameObject

    top = float(page.cropbox.top) - 28 - 24 * (place % 30)
    left = float(page.cropbox.left) + 8 + 24 * (place // 30)
    note = _note("/Text", (left, top, left + 20, top + 20), severity, text, author, at)
    note[NameObject("/Name")] = NameObject("/Comment")
    return note


def _note(kind: str, area: tuple[float, float, float, float], severity: str, text: str, author: str, at: str) -> Any:
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject, TextStringObject

    made = DictionaryObject()
    made[NameObject("/Type")] = NameObject("/Annot")
    made[NameObject("/Subtype")] = NameObject(kind)
    made[NameObject("/Rect")] = ArrayObject(FloatObject(round(v, 2)) for v in area)
    made[NameObject("/C")] = ArrayObject(FloatObject(v) for v in _COLOURS.get(severity, _COLOURS["minor"]))
    made[NameObject("/F")] = NumberObject(4)
    made[NameObject("/T")] = TextStringObject(author)
    made[NameObject("/Contents")] = TextStringObject(text)
    if at:
        made[NameObject("/M")] = TextStringObject(at)
    return made
