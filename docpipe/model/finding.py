"""Findings of checks and notices of readers. Imports the core only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from docpipe.model.canonical import Digest, digest_of

Span = tuple[int, int]
"""Character offsets, start inclusive and end exclusive, into the ``inline.spaced_text`` of a coded text."""


class Severity(StrEnum):
    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Disposition(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    FIXED = "fixed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of one pair. ``message``: one sentence for the reviewer; it may quote the text in question."""

    check: str
    severity: Severity
    message: str
    source_span: Span | None = None
    target_span: Span | None = None
    suggestion: str = ""

    def key(self, source: Digest, target: Digest) -> Digest:
        """What a dismissal is bound to: the check, what it said, and the exact pair that was seen."""
        return digest_of((self.check, self.message, self.source_span, self.target_span, source, target))


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader noticed about a document: macros, external links, tracked changes, hidden text, a page without text.

    ``code`` is dotted (``docx.hidden_text``); ``message`` holds no document text; ``address`` the place or "".
    """

    code: str
    severity: Severity
    message: str
    address: str = ""
    count: int = 1
