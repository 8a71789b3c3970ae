"""What a PDF holds besides its pages: scripts, actions, attachments, forms, restrictions; told, never run or opened.

Imports the core; pypdf inside functions.
"""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from docpipe.model.finding import Notice, Severity

_ODD = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError, AssertionError,
        NotImplementedError, struct.error, zlib.error)  # fmt: skip
"""What pypdf lets through on damaged files, besides its own errors."""


def notices(data: bytes) -> list[Notice]:
    """Notices about active and hidden content. A structure that pypdf cannot read is a notice too, not an error."""
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the file
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        found = []
        if reader.is_encrypted:
            reader.decrypt("")
            found.append(Notice("pdf.restricted", Severity.MINOR, "The PDF restricts what readers may do with it."))
        return found + list(_of_catalogue(reader.trailer["/Root"].get_object()))
    except (PyPdfError, *_ODD):
        return [
            Notice("pdf.structure_unreadable", Severity.MINOR, "The PDF's structure is damaged; its pages were read.")
        ]


def _of_catalogue(root: Any) -> Iterator[Notice]:
    names = _part(root, "/Names")
    if "/JavaScript" in names or _action(root.get("/OpenAction")) == "/JavaScript":
        yield Notice("pdf.javascript", Severity.MAJOR, "The PDF holds scripts; they are neither run nor carried over.")
    if _action(root.get("/OpenAction")) in ("/Launch", "/URI", "/SubmitForm", "/ImportData") or "/AA" in root:
        yield Notice("pdf.action", Severity.MAJOR, "The PDF wants to act when opened; the action is not carried over.")
    if "/EmbeddedFiles" in names:
        yield Notice(
            "pdf.attachments", Severity.MAJOR, "The PDF holds attached files; they are neither read nor carried over."
        )
    form = _part(root, "/AcroForm")
    fields = form.get("/Fields")
    count = len(fields.get_object()) if fields is not None else 0
    if count:
        yield Notice(
            "pdf.form", Severity.MAJOR, "The PDF holds form fields; what is filled in is not read.", count=count
        )
    if "/XFA" in form:
        yield Notice("pdf.xfa", Severity.MAJOR, "The PDF holds an XFA form, which is not read.")


def _part(root: Any, name: str) -> Any:
    value = root.get(name)
    value = value.get_object() if value is not None else None
    return value if hasattr(value, "keys") else {}


def _action(value: Any) -> str:
    value = value.get_object() if hasattr(value, "get_object") else value
    return str(value.get("/S", "")) if hasattr(value, "get") else ""
