"""Word documents with tracked changes: what they say when all changes are accepted, and when all are rejected, by a reading of its own."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_IN, _OUT = f"{W}ins", f"{W}del"


def paragraphs(data: bytes, *, accept: bool) -> list[str]:
    """The body's paragraphs that have text, table cells included, with all changes accepted or rejected."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = ElementTree.fromstring(package.read("word/document.xml"))[0]
    gone, text = (_OUT, "t") if accept else (_IN, "delText")
    found: list[str] = []

    def said(element: ElementTree.Element) -> str:
        words = ""
        for child in element:
            if child.tag == gone:
                continue
            if child.tag in (f"{W}t", f"{W}{text}"):
                words += child.text or ""
            elif child.tag not in (f"{W}instrText", f"{W}pPr"):
                words += said(child)
        return words

    def walk(element: ElementTree.Element) -> None:
        for child in element:
            if child.tag == f"{W}tr" and child.find(f"{W}trPr/{gone}") is not None:
                continue
            if child.tag == f"{W}p":
                if words := " ".join(said(child).split()):
                    found.append(words)
            else:
                walk(child)

    walk(body)
    return found
