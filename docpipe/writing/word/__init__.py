"""Drafts as Word documents: written, read back with the changes people made, and verified. Imports its room only."""

from __future__ import annotations

from docpipe.writing.word.options import Picture, WordOptions
from docpipe.writing.word.pages import pages_of
from docpipe.writing.word.read import ReadRow, read_back
from docpipe.writing.word.verify import verify
from docpipe.writing.word.write import write

__all__ = ["Picture", "ReadRow", "WordOptions", "pages_of", "read_back", "verify", "write"]
