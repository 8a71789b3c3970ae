"""What runs inside the child process: reading a bilingual file of whatever format. Imports safe and, late, the exports.

Everything that goes in or out is bytes and plain JSON; nothing slow is imported before it is needed.
"""

from __future__ import annotations

from typing import Any

from docpipe.errors import AssetMalformed
from docpipe.safe.sniff import DOCX, DOTX, sniff

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XML = ("application/xliff+xml", "application/xml", "text/plain")


def read(data: bytes, name: str) -> list[dict[str, Any]]:
    """The documents in a bilingual file, as ``bilingual.dump_file`` gives them. The format is found by content."""
    from docpipe.exports.bilingual import dump_file

    kind = sniff(data, name)
    if kind in (DOCX, DOTX):
        from docpipe.exports.bilingual_docx_read import read_bilingual_docx

        return [dump_file(read_bilingual_docx(data))]
    if kind == XLSX:
        from docpipe.exports.bilingual_xlsx_read import read_bilingual_xlsx

        return [dump_file(read_bilingual_xlsx(data))]
    if kind in _XML:
        from docpipe.exports.xliff_read import read_xliff_files

        return [dump_file(file) for file in read_xliff_files(data)]
    raise AssetMalformed("The file is neither XLIFF 2 nor a bilingual DOCX or XLSX.", kind=kind)
