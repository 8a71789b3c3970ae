"""What runs inside the child process for delivery: copies of approved documents made and judged. Imports the formats; all that
goes in or out is bytes and plain JSON, nothing slow is imported before it is needed."""

from __future__ import annotations

from typing import Any


def tracked(clean: bytes, previous: bytes, author: str, at: str) -> bytes:
    """The document with its changes since the previous one marked."""
    from docpipe.formats.ooxml.tracked import tracked_document

    return tracked_document(clean, previous, author, at)


def tracked_differences(made: bytes, clean: bytes, previous: bytes) -> list[str]:
    """Where accepting or rejecting all changes does not give one of the two documents."""
    from docpipe.formats.ooxml.tracked_read import tracked_differences as differences

    return differences(made, clean, previous)


def columns(source: bytes, target: bytes, languages: list[str], face: str) -> bytes:
    """Source and target beside each other."""
    from docpipe.formats.ooxml.columns import two_columns

    return two_columns(source, target, (languages[0], languages[1]), face)


def columns_differences(made: bytes, source: bytes, target: bytes) -> list[str]:
    """What of the two documents is not in the one with both."""
    from docpipe.formats.ooxml.columns_read import columns_differences as differences

    return differences(made, source, target)


def for_pdf(data: bytes) -> bytes:
    """The document without anything that is loaded from elsewhere; hyperlinks stay."""
    from docpipe.formats.ooxml.disarm import disarmed

    return disarmed(data, links=True)


def finished_pdf(pdf: bytes, at: str) -> bytes:
    """The PDF with a stated time in the place of the clock's."""
    from docpipe.formats.pdftext.filed import settled

    return settled(pdf, at)


def pdf_facts(pdf: bytes) -> dict[str, Any]:
    """Pages, bookmarks and links of a PDF."""
    from docpipe.formats.pdftext.filed import facts_of

    return facts_of(pdf)
