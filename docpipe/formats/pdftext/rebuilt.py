"""The rebuilt document of a PDF: a new DOCX with headings and paragraphs, and its text read back for comparison.

Imports the core and ``safe``; python-docx inside functions.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from docpipe.errors import Defect
from docpipe.model.document import BlockKind
from docpipe.safe.budget import DEFAULT
from docpipe.safe.package import open_package, rewrite
from docpipe.safe.xml import parse

FACE = "_docpipe_face"
"""Name of the bookmark round the banner."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONG_AGO = datetime(1980, 1, 1)
"""The date of all rebuilt documents: the same text gives the same bytes."""
_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi", "ps", "sd", "dv", "ug")

Item = tuple[BlockKind, int, str]
"""Kind, level and text of what is written, in order."""


def build(items: Iterable[Item], *, face: str, language: str, title: str) -> bytes:
    """The DOCX. Headers and footers stand in its first section, ``face`` as first paragraph within bookmark ``FACE``."""
    import docx

    document = docx.Document()
    _state_language(document, language)
    properties = document.core_properties
    properties.created = properties.modified = properties.last_printed = _LONG_AGO
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.revision = 1
    properties.title = shown(title)[:255]
    section = document.sections[0]
    used: set[BlockKind] = set()
    if face:
        _add_face(document.add_paragraph(), face)
    for kind, level, text in items:
        if kind in (BlockKind.HEADER, BlockKind.FOOTER):
            part = section.header if kind is BlockKind.HEADER else section.footer
            paragraph = part.add_paragraph() if kind in used else part.paragraphs[0]
            used.add(kind)
        elif kind is BlockKind.HEADING:
            paragraph = document.add_heading(level=max(1, min(level, 9)))
        else:
            paragraph = document.add_paragraph()
        paragraph.add_run(shown(text))
        if language.split("-")[0].lower() in _RIGHT_TO_LEFT:
            paragraph._p.get_or_add_pPr().append(_element("w:bidi"))
            paragraph.runs[0]._r.get_or_add_rPr().append(_element("w:rtl"))
    out = io.BytesIO()
    document.save(out)
    return rewrite(out.getvalue(), {})


def texts(output: bytes) -> tuple[list[str], list[str], list[str], str]:
    """Texts of a rebuilt DOCX read back from its XML: body, headers, footers, and the banner."""
    package = open_package(output, DEFAULT)
    body = parse(package.read("word/document.xml"))
    face = ""
    paragraphs = []
    for element in body.iter(f"{_W}p"):
        text = _text(element)
        if any(b.get(f"{_W}name") == FACE for b in element.iter(f"{_W}bookmarkStart")):
            face = text
        else:
            paragraphs.append(text)
    edges: dict[str, list[str]] = {"header": [], "footer": []}
    for name in package.names:
        for where, found in edges.items():
            if name.startswith(f"word/{where}") and name.endswith(".xml"):
                found += [t for t in (_text(p) for p in parse(package.read(name)).iter(f"{_W}p")) if t]
    return paragraphs, edges["header"], edges["footer"], face


def shown(text: str) -> str:
    """The text as XML can hold it; what it cannot hold is no character that a page shows."""
    return _NO_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _text(paragraph: Any) -> str:
    out = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            out.append(element.text or "")
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            out.append("\n")
        elif element.tag == f"{_W}tab" and element.getparent().tag == f"{_W}r":
            out.append("\t")
        elif element.tag == f"{_W}noBreakHyphen":
            out.append("-")
    return "".join(out)


def _element(tag: str, /, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _add_face(paragraph: Any, face: str) -> None:
    paragraph._p.append(_element("w:bookmarkStart", id="0", name=FACE))
    paragraph.add_run(shown(face)).bold = True
    paragraph._p.append(_element("w:bookmarkEnd", id="0"))


def _state_language(document: Any, language: str) -> None:
    if not language:
        return
    found = next(document.styles.element.iter(f"{_W}lang"), None)
    if found is None:
        raise Defect("The template of rebuilt documents states no language.")
    for name in ("val", "eastAsia", "bidi"):
        found.set(f"{_W}{name}", language)
