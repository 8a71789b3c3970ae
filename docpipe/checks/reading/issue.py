"""One thing wrong with a pair's numbers. Imports the core only."""

from __future__ import annotations

from typing import NamedTuple

from docpipe.model.finding import Severity, Span


class Issue(NamedTuple):
    """``check``: catalogue number (``B3``). ``severity``: None for the check's own."""

    check: str
    message: str
    source: Span | None = None
    target: Span | None = None
    suggestion: str = ""
    severity: Severity | None = None


def quote(text: str) -> str:
    """A short quotation for a message."""
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"
