"""Word documents with tracked changes: what they say when all changes are accepted, and when all are rejected, by a reading of its own."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_IN, _OUT = f"{W}ins", f"{W}del"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"


def paragraphs(data: bytes, *, accept: bool) -> list[str]:
    """The body's paragraphs that have text, table cells and names of pictures included, with all changes accepted or rejected.

    Left out are the generated lists in front, which Word makes anew, and numbers in fields.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = ElementTree.fromstring(package.read("word/document.xml"))[0]
        related = ElementTree.fromstring(package.read("word/_rels/document.xml.rels"))
    names = {r.get("Id"): str(r.get("Target")).rpartition("/")[2] for r in related}
    gone, text = (_OUT, "t") if accept else (_IN, "delText")
    found: list[str] = []

    def said(element: ElementTree.Element) -> str:
        words = ""
        for child in element:
            if child.tag == gone:
                continue
            if child.tag in (f"{W}t", f"{W}{text}"):
                words += child.text or ""
            elif child.tag == _BLIP:
                words += f"[{names[child.get(_EMBED)]}]"
            elif child.tag not in (f"{W}instrText", f"{W}pPr"):
                words += said(child)
        return words

    def walk(element: ElementTree.Element) -> None:
        for child in element:
            if child.tag == f"{W}tr" and child.find(f"{W}trPr/{gone}") is not None:
                continue
            if child.tag == f"{W}sdt" and any(e.get(f"{W}val") == "docpipe front" for e in child.iter(f"{W}tag")):
                continue
            if child.tag == f"{W}p":
                if words := " ".join(said(child).split()):
                    found.append(words)
            else:
                walk(child)

    walk(body)
    return found
