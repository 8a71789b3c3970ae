"""XLIFF 2.1: the bilingual file that goes to a reviewer's own tool and comes back. Imports the core and docpipe.safe only.

Source: OASIS XLIFF 2.1 (2018). Writing, reading and the comparison with what is stored live in the three ``xliff_*``
modules; this one gathers their names.
"""

from __future__ import annotations

from docpipe.exports.xliff_read import XliffFile, XliffRow, read_xliff, read_xliff_files
from docpipe.exports.xliff_rows import RowRefusal, check_rows
from docpipe.exports.xliff_write import write_xliff

__all__ = ["RowRefusal", "XliffFile", "XliffRow", "check_rows", "read_xliff", "read_xliff_files", "write_xliff"]
