"""PDFs that are filed: a stated time instead of the clock's, and what they hold for readers. Imports errors; pypdf inside functions.

Source: ISO 32000-1, 14.3.3 (document information), 14.4 (file identifiers), 12.3.3 (outlines), 12.5.6.5 (links).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from typing import Any

from docpipe.errors import DamagedPackage

_CLOCK = re.compile(rb"/(?:CreationDate|ModDate)\s*\(D:(\d{14})")
_XMP_CLOCK = re.compile(rb"<xmp:\w+Date>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
_IDENTIFIER = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]{32})>\s*<([0-9A-Fa-f]{32})>\s*\]")
_CHECKSUM = re.compile(rb"/DocChecksum\s*/([0-9A-Fa-f]{32})")


def settled(pdf: bytes, at: str) -> bytes:
    """The PDF with this time (UTC, ISO 8601 with seconds) and with identifiers that follow from its content.

    Nothing changes its length or place, so that the file's table of places stays true. Equal pages then give equal bytes.
    """
    digits = re.sub(r"\D", "", at)[:14].encode()
    data = bytearray(pdf)
    for pattern, value in ((_CLOCK, digits), (_XMP_CLOCK, at[:19].encode())):
        for found in pattern.finditer(pdf):
            data[found.start(1) : found.end(1)] = value
    places = [found.span(n) for found in _IDENTIFIER.finditer(pdf) for n in (1, 2)]
    places += [found.span(1) for found in _CHECKSUM.finditer(pdf)]
    for start, end in places:
        data[start:end] = b"0" * (end - start)
    name = hashlib.sha256(data).hexdigest()[:32].upper().encode()
    for start, end in places:
        data[start:end] = name
    return bytes(data)


def facts_of(pdf: bytes) -> dict[str, Any]:
    """``pages``, ``bookmarks`` and their titles, ``links`` (inside), ``addresses`` (outside), ``fonts_missing`` (not embedded).

    Raises ``DamagedPackage``.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        titles = list(_titles(reader.outline))
        inside = outside = 0
        loose: set[str] = set()
        for page in reader.pages:
            for entry in page.get("/Annots") or ():
                annotation = entry.get_object()
                if annotation.get("/Subtype") != "/Link":
                    continue
                action = annotation.get("/A")
                away = action is not None and action.get_object().get("/S") == "/URI"
                outside, inside = outside + away, inside + (not away)
            loose |= _loose_fonts(page)
        return {
            "pages": len(reader.pages), "bookmarks": len(titles), "titles": titles, "links": inside, "addresses": outside,
            "fonts_missing": sorted(loose),
        }  # fmt: skip
    except (PyPdfError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise DamagedPackage("The PDF that was made cannot be read back.") from error


def _titles(outline: Sequence[Any]) -> list[str]:
    found: list[str] = []
    for entry in outline:
        found += _titles(entry) if isinstance(entry, list) else [str(entry.title or "")]
    return found


def _loose_fonts(page: Any) -> set[str]:
    """Names of fonts that are not embedded."""
    found: set[str] = set()
    resources = page.get("/Resources")
    fonts = resources.get_object().get("/Font") if resources is not None else None
    for entry in (fonts.get_object() if fonts is not None else {}).values():
        font = entry.get_object()
        for one in [d.get_object() for d in font.get("/DescendantFonts", ())] or [font]:
            descriptor = one.get("/FontDescriptor")
            held = descriptor.get_object() if descriptor is not None else {}
            if (
                not any(key in held for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                and font.get("/Subtype") != "/Type3"
            ):
                found.add(str(font.get("/BaseFont", "")))
    return found
