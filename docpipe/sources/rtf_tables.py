"""Tables of results in RTF, as SAS, R and Word write them, with the figures among them. Imports model, the budget and its parts."""

from __future__ import annotations

from docpipe.model.source import Display, Figure, SourceFile, SourceKind
from docpipe.sources._pictured import figures_of
from docpipe.sources.displays import displays_of, has_tables
from docpipe.sources.rtf.reading import read_rtf


class RtfTables:
    """See ``docpipe.model.protocols.SourceReader``."""

    name = "rtf-tables"
    kind = SourceKind.DISPLAY
    media_types: tuple[str, ...] = ("application/rtf",)

    def score(self, data: bytes, name: str) -> int:
        """80 for RTF with rows of tables, 40 for any other: it is read to say that there is no table."""
        return 80 if b"\\trowd" in data else 40

    def read(self, data: bytes, file: SourceFile) -> tuple[Display | Figure, ...]:
        """Every figure and display of the file. Raises ``NotAPackage``, ``DataDamaged``, ``TooLarge`` or ``NoTable``."""
        figures, rest = figures_of(read_rtf(data), file)
        return (*figures, *displays_of(rest, file)) if not figures or has_tables(rest) else figures


SOURCE = RtfTables()
