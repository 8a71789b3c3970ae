"""A PDF report in reading order: what the PDF format says of its lines and tables. Imports the core and the registry."""

from __future__ import annotations

from typing import cast

from docpipe.model.report import Item, ReportReader
from docpipe.registry import format_for
from docpipe.safe.sniff import PDF


def printed(data: bytes) -> tuple[list[Item], int]:
    """The report's items and its number of pages. Raises what the PDF format raises."""
    return cast(ReportReader, format_for(PDF)).report(data)
