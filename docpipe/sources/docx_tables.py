"""Tables of results in DOCX, with the figures among them. Imports errors, model, ``safe`` and its parts."""

from __future__ import annotations

from docpipe.errors import InputRefused
from docpipe.model.source import Display, Figure, SourceFile, SourceKind
from docpipe.safe.package import open_package
from docpipe.safe.sniff import DOCM, DOCX, DOTM, DOTX
from docpipe.sources._pictured import figures_of
from docpipe.sources.displays import displays_of, has_tables
from docpipe.sources.docx.reading import read_docx

_MAIN = "word/document.xml"


class DocxTables:
    """See ``docpipe.model.protocols.SourceReader``."""

    name = "docx-tables"
    kind = SourceKind.DISPLAY
    media_types: tuple[str, ...] = (DOCX, DOTX, DOCM, DOTM)

    def score(self, data: bytes, name: str) -> int:
        """80 where nearly all paragraphs stand in cells of tables, 20 where some do, 10 for other documents."""
        try:
            package = open_package(data)
            xml = package.read(_MAIN) if _MAIN in package else b""
        except InputRefused:
            return 10
        cells = xml.count(b"<w:tc>") + xml.count(b"<w:tc ")
        paragraphs = xml.count(b"<w:p>") + xml.count(b"<w:p ")
        if not cells:
            return 10
        return 80 if paragraphs - cells <= 10 + 0.2 * paragraphs else 20

    def read(self, data: bytes, file: SourceFile) -> tuple[Display | Figure, ...]:
        """Every figure and display of the file. Raises ``NoTable``, ``DamagedPackage``, ``XmlMalformed`` and other leaves of ``InputRefused``."""
        figures, rest = figures_of(read_docx(data), file)
        return (*figures, *displays_of(rest, file)) if not figures or has_tables(rest) else figures


SOURCE = DocxTables()
