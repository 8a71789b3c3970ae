"""Word comments put at the words of a report; nothing else of the file changes. Imports the core, safe and the reader's offsets.

A run is cut where a comment begins or ends inside it, both parts looking as before. Source: ISO/IEC 29500-1, 17.13.4 (comments).
"""

from __future__ import annotations

import copy
import posixpath
import re
from collections.abc import Sequence
from typing import Any

from docpipe.safe import xml
from docpipe.safe.package import Package, open_package
from docpipe.writing.report.reading.numbering import attribute, local
from docpipe.writing.report.reading.word import run_texts

Note = tuple[str, int, int, int, list[str]]
"""Part, number of the paragraph (0: the document as a whole), start, end, paragraphs of the comment."""
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships/comments"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_UNPRINTED = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_COMMENTS = ("header", "footer", "comments", "endnotes", "footnotes")
"""Parts whose words Word shows no comments at; their notes stand at the beginning."""


def commented(data: bytes, notes: Sequence[Note], author: str, at: str) -> bytes:
    """The document with a comment for each note, in their order. ``at``: ISO 8601, or "" for no date.

    A note whose place is not there, or where Word takes no comment, stands at the first paragraph. Raises as ``safe.package`` and ``safe.xml``.
    """
    package = open_package(data)
    main = _main(package)
    root = xml.parse(package.read(main))
    space = root.nsmap.get("w") or (_STRICT if _STRICT in root.nsmap.values() else _W)
    listing, known = _comments_part(package, main)
    comments = xml.parse(package.read(listing) if known else f'<w:comments xmlns:w="{space}"/>'.encode())
    number = 1 + max((int(attribute(c, "id")) for c in comments if attribute(c, "id").isdigit()), default=-1)
    paragraphs = [e for e in root.iter() if local(e) == "p"]
    for part, paragraph, start, end, lines in notes:
        here = part == main and 0 < paragraph <= len(paragraphs)
        target = paragraphs[paragraph - 1] if here else _first(paragraphs)
        if target is None:
            continue
        _mark(target, start if here else 0, end if here else 0, number, space)
        comments.append(_comment(comments, number, author, at, lines, space))
        number += 1
    replaced = {main: xml.serialise(root)}
    added: dict[str, bytes] = {}
    if known:
        replaced[listing] = xml.serialise(comments)
    else:
        added[listing] = xml.serialise(comments)
        _name(package, main, listing, replaced, added, strict=space == _STRICT)
    return package.rewritten(replaced, added)


def _main(package: Package) -> str:
    for relation in xml.parse(package.read("_rels/.rels")):
        if attribute(relation, "Type").endswith("/officeDocument"):
            return attribute(relation, "Target").lstrip("/")
    return "word/document.xml"


def _rels(main: str) -> str:
    folder, name = posixpath.split(main)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _comments_part(package: Package, main: str) -> tuple[str, bool]:
    """The part that holds comments, and whether it is there already."""
    folder = posixpath.dirname(main)
    if _rels(main) in package:
        for relation in xml.parse(package.read(_rels(main))):
            if attribute(relation, "Type") in (_RELATION, _STRICT_RELATION):
                target = attribute(relation, "Target")
                path = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                )
                if (found := package.find(path)) is not None:
                    return found, True
    names = (posixpath.join(folder, f"comments{n or ''}.xml") for n in range(1000))
    return next(n for n in names if n not in package), False


def _name(
    package: Package, main: str, listing: str, replaced: dict[str, bytes], added: dict[str, bytes], *, strict: bool
) -> None:
    """Names a new part in the package's content types and in the main part's relationships."""
    types = xml.parse(package.read("[Content_Types].xml"))
    types.append(
        types.makeelement(f"{{{types.nsmap[None]}}}Override", {"PartName": f"/{listing}", "ContentType": _TYPE})
    )
    replaced["[Content_Types].xml"] = xml.serialise(types)
    path = _rels(main)
    given = (
        package.read(path)
        if path in package
        else b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
    )
    relations = xml.parse(given)
    taken = {attribute(r, "Id") for r in relations}
    name = next(f"rIdC{n}" for n in range(1, len(taken) + 2) if f"rIdC{n}" not in taken)
    fields = {"Id": name, "Type": _STRICT_RELATION if strict else _RELATION, "Target": f"/{listing}"}
    relations.append(relations.makeelement(f"{{{relations.nsmap[None]}}}Relationship", fields))
    (replaced if path in package else added)[path] = xml.serialise(relations)


def _first(paragraphs: Sequence[Any]) -> Any:
    return next((p for p in paragraphs if any(True for _ in run_texts(p))), paragraphs[0] if paragraphs else None)


def _mark(paragraph: Any, start: int, end: int, number: int, space: str) -> None:
    """Puts the marks of a comment round characters of a paragraph; round all of it where ``start`` is ``end``."""
    runs = list(run_texts(paragraph))
    total = sum(len(t) for _, t in runs)
    start, end = max(0, min(start, total)), max(0, min(end, total))
    if start >= end:
        start, end = 0, total
    chosen = []
    at = 0
    for run, text in runs:
        a, b = max(start, at), min(end, at + len(text))
        if a < b:
            if b < at + len(text):
                _cut(run, b - at)
            if a > at:
                run = _cut(run, a - at)
            chosen.append(run)
        at += len(text)
    make = paragraph.makeelement
    first = make(f"{{{space}}}commentRangeStart", {f"{{{space}}}id": str(number)})
    last = make(f"{{{space}}}commentRangeEnd", {f"{{{space}}}id": str(number)})
    shown = make(f"{{{space}}}r")
    shown.append(make(f"{{{space}}}commentReference", {f"{{{space}}}id": str(number)}))
    if chosen:
        chosen[0].addprevious(first)
        chosen[-1].addnext(last)
    else:
        paragraph.extend((first, last))
    last.addnext(shown)


def _cut(run: Any, at: int) -> Any:
    """Cuts a run after so many of its characters; the new one behind it, with the same look."""
    behind = run.makeelement(run.tag, dict(run.attrib))
    passed = 0
    for child in list(run):
        name = local(child)
        if name == "rPr":
            behind.append(copy.deepcopy(child))
            continue
        length = len(child.text or "") if name == "t" else _length(child, name)
        if passed >= at:
            behind.append(child)
        elif name == "t" and passed + length > at:
            text = child.text or ""
            rest = run.makeelement(child.tag)
            child.text, rest.text = text[: at - passed], text[at - passed :]
            for element in (child, rest):
                element.set(_SPACE, "preserve")
            behind.append(rest)
        passed += length
    run.addnext(behind)
    return behind


def _length(child: Any, name: str) -> int:
    if name == "br" and attribute(child, "type") in ("page", "column"):
        return 0
    return 1 if name in ("tab", "ptab", "br", "cr", "noBreakHyphen") else 0


def _comment(parent: Any, number: int, author: str, at: str, lines: Sequence[str], space: str) -> Any:
    fields = {f"{{{space}}}id": str(number), f"{{{space}}}author": author, f"{{{space}}}initials": author[:2]}
    if at:
        fields[f"{{{space}}}date"] = at
    made = parent.makeelement(f"{{{space}}}comment", fields)
    for line in lines or [""]:
        paragraph, run, text = (made.makeelement(f"{{{space}}}{n}") for n in ("p", "r", "t"))
        text.text = _UNPRINTED.sub(" ", line)
        text.set(_SPACE, "preserve")
        run.append(text)
        paragraph.append(run)
        made.append(paragraph)
    return made
