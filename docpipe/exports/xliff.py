"""XLIFF 2.1: the bilingual file that goes to a reviewer's own tool and comes back. Imports the core and docpipe.safe only.

Source: OASIS XLIFF 2.1 (2018). Writing and reading live in the two ``xliff_*`` modules, the comparison with what is stored
in ``bilingual``; this one gathers their names.
"""

from __future__ import annotations

from docpipe.exports.bilingual import BilingualFile, BilingualRow, RowRefusal, check_rows
from docpipe.exports.xliff_read import read_xliff, read_xliff_files
from docpipe.exports.xliff_write import write_xliff

__all__ = ["BilingualFile", "BilingualRow", "RowRefusal", "check_rows", "read_xliff", "read_xliff_files", "write_xliff"]
