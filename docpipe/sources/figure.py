"""Figures: PNG and JPEG as they are, and pages of DOCX or RTF that hold a picture under its title. Imports errors, model, ``safe`` and its parts.

A picture's number, title and study stand in its own text fields or in its name; other kinds of pictures are refused with what to do.
"""

from __future__ import annotations

import re
from dataclasses import replace

from docpipe.errors import FigureUnsupported, InputRefused, NoFigure
from docpipe.model.finding import Severity
from docpipe.model.source import Figure, SourceFile, SourceKind, SourceNotice
from docpipe.safe.package import open_package
from docpipe.safe.sniff import DOCX, PDF
from docpipe.sources._pictured import KINDS, figures_of, made
from docpipe.sources.docx.reading import read_docx
from docpipe.sources.pictures import JPEG, PNG, kind_of, measured
from docpipe.sources.printed import lines as speech
from docpipe.sources.printed.lines import Said
from docpipe.sources.rtf.reading import read_rtf

RTF = "application/rtf"
_OTHERS = ("image/gif", "image/tiff", "image/svg+xml", "image/emf", "image/wmf", "image/bmp")
_NAME = re.compile(
    r"(?:figure|fig|f)[\s._-]{0,3}(?P<number>(?:[A-Z]{1,3}[.-]?)?\d{1,3}[A-Za-z]?(?:[._-]\d{1,3}[A-Za-z]?)*)(?=$|[\s._-])(?P<rest>.*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_PARAGRAPHS = 80
"""Paragraphs of a DOCX with a figure; what has more is a document with pictures in it."""


class Figures:
    """See ``docpipe.model.protocols.SourceReader``."""

    name = "figure"
    kind = SourceKind.FIGURE
    media_types: tuple[str, ...] = (PNG, JPEG, *_OTHERS, PDF, DOCX, RTF)

    def score(self, data: bytes, name: str) -> int:
        """90 for pictures, and for PDF whose name is a figure's (to say what to do); 60 for a page with a picture and no table."""
        if kind_of(data) in ("PNG", "JPEG", "EMF", "WMF", "GIF", "TIFF", "BMP") or _is_svg(data):
            return 90
        if data.startswith(b"%PDF-"):
            return 90 if _of_name(name).number else 0
        if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
            return 60 if b"\\pict" in data and b"\\trowd" not in data else 0
        return _score_docx(data)

    def read(self, data: bytes, file: SourceFile) -> tuple[Figure, ...]:
        """The figures of the file. Raises ``FigureUnsupported``, ``NoFigure``, ``DataDamaged``, ``TooLarge`` and what packages raise."""
        if file.media_type in (RTF, DOCX):
            printed = read_rtf(data) if file.media_type == RTF else read_docx(data)
            found, _ = figures_of(printed, file)
            if not found:
                raise NoFigure("The file holds no picture that a line names as a figure.")
            return found
        if file.media_type == PDF or _is_svg(data):
            kind = "PDF" if file.media_type == PDF else "SVG"
            raise FigureUnsupported(f"A figure as {kind} cannot be carried over as it is.", kind=kind)
        size = measured(data)
        said, named = speech.said_by(size.lines), _of_name(file.path)
        told: list[SourceNotice] = []
        if not said.number.startswith(KINDS):
            own = said.others[:1] if size.media_type == PNG else ()  # comments of a JPEG are a program's
            title = own or named.title
            said = Said(named.number, title, said.population, said.study, others=title)
        elif named.number and plain(named.number) != plain(said.number):
            text = f"The picture says {said.number}, its file's name another number."
            told.append(SourceNotice("figure.number_differs", Severity.MAJOR, text, file.path, "figure:1"))
        figure = made(file, 1, said, data, size)
        return (replace(figure, notices=(*figure.notices, *told)),)


def plain(number: str) -> str:
    """A number's letters and digits, for comparing: ``figure1421`` for ``Figure 14.2-1``."""
    return re.sub(r"[\W_]", "", number).casefold()


def _of_name(path: str) -> Said:
    """Number and title of a file's name: ``Figure 14-1``, ``f-14-1-km``."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", path.rpartition("/")[2])
    found = _NAME.fullmatch(stem)
    if found is None:
        return Said()
    rest = " ".join(re.sub(r"[\s._]+|(?<!\w)-|-(?!\w)", " ", found["rest"]).split())
    return Said(f"Figure {found['number'].replace('_', '.')}", (rest,) if _WORD.search(rest) else ())


def _is_svg(data: bytes) -> bool:
    return b"<svg" in data[:4096] and data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def _score_docx(data: bytes) -> int:
    if data[:4] != b"PK\x03\x04":
        return 0
    try:
        package = open_package(data)
        xml = package.read("word/document.xml") if "word/document.xml" in package else b""
    except InputRefused:
        return 0
    shown = b"blip " in xml and (b"Figure" in xml or b"FIGURE" in xml) and b"<w:tc>" not in xml and b"<w:tc " not in xml
    return 60 if shown and xml.count(b"<w:p>") + xml.count(b"<w:p ") <= _PARAGRAPHS else 0


SOURCE = Figures()
