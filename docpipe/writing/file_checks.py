"""Checks on the bytes of a finished Word document: its lists, fields, and what editing leaves behind. Imports the core, safe and its room.

Source: ECMA-376 part 1 (WordprocessingML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docpipe.model.finding import Finding, Severity
from docpipe.safe import xml
from docpipe.safe.package import open_package
from docpipe.writing.cross_checks import Described
from docpipe.writing.word.package import attribute, local, main_part

FILE_CHECKS = (
    Described("X4.contents", Severity.CRITICAL, "Table of contents is not the headings", "On the file: an entry of the table of contents without its heading, or the other way; captions whose numbers do not run on."),
    Described("X5.fields", Severity.CRITICAL, "Reference or caption is no field", "“Error! Reference source not found.”, a field that refers to a bookmark that is not there, a caption without a SEQ field."),
    Described("FL1.editing-left", Severity.CRITICAL, "Editing left in the final file", "Tracked changes, comments, hidden text and personal names in the properties of a file that is final. A draft with tracked changes against the one before is not checked for them."),
)  # fmt: skip
_BY_ID = {c.id.partition(".")[0]: c for c in FILE_CHECKS}


def run_file_checks(data: bytes, final: bool = True) -> list[Finding]:
    """Findings on a DOCX. ``final``: nobody is to edit it any more. Raises what ``open_package`` raises for a file that is none."""
    package = open_package(data)
    root: Any = xml.parse(package.read(main_part(package)))
    found = [*_fields(root), *_contents(root), *_captions(root)]
    if final:
        found += _left(root, package)
    return found


def _finding(number: str, message: str) -> Finding:
    check = _BY_ID[number]
    return Finding(check.id, check.severity, message)


def _text(element: Any) -> str:
    parts = (p.text or "" if local(p) == "t" else " " for p in element.iter() if local(p) in ("t", "tab", "br"))
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _named(root: Any, name: str) -> Iterator[Any]:
    return (e for e in root.iter() if local(e) == name)


def _style(paragraph: Any) -> str:
    return next((str(attribute(e, "val") or "") for e in paragraph.iter() if local(e) == "pStyle"), "")


def _instructions(element: Any) -> str:
    simple = [str(attribute(e, "instr") or "") for e in _named(element, "fldSimple")]
    return " ".join([*simple, *(e.text or "" for e in _named(element, "instrText"))])


def _fields(root: Any) -> Iterator[Finding]:
    if re.search(r"Error! (?:Reference source|Bookmark)", _text(root)):
        yield _finding("X5", "A field shows an error in place of its result.")
    marks = {str(attribute(e, "name")) for e in _named(root, "bookmarkStart")}
    lost = {m for m in re.findall(r"\b(?:PAGEREF|REF)\s+(\S+)", _instructions(root)) if m not in marks}
    lost |= {str(a) for e in _named(root, "hyperlink") if (a := attribute(e, "anchor")) and str(a) not in marks}
    if lost:
        yield _finding("X5", f"{len(lost)} references lead to bookmarks that are not there.")


def _captions(root: Any) -> Iterator[Finding]:
    last: dict[str, int] = {}
    for paragraph in _named(root, "p"):
        if _style(paragraph).casefold() != "caption":
            continue
        m = re.match(r"(Table|Figure)\s+(\d+)", _text(paragraph))
        if m is None:
            continue
        if "SEQ" not in _instructions(paragraph):
            yield _finding("X5", f"The caption of {m[0]} is no field.")
        if int(m[2]) != last.get(m[1], 0) + 1:
            yield _finding("X4", f"{m[0]} comes after {m[1]} {last.get(m[1], 0)}.")
        last[m[1]] = int(m[2])


def _contents(root: Any) -> Iterator[Finding]:
    entries, headings, levels = [], [], 3
    for paragraph in _named(root, "p"):
        style, text = _style(paragraph), _text(paragraph)
        if m := re.search(r'TOC[^"]*"1-(\d)"', _instructions(paragraph)):
            levels = int(m[1])
        if re.match(r"(?i)toc ?[1-9]$", style):
            entries.append(re.sub(r"\s*\d+$", "", text))
        elif (m := re.match(r"(?i)heading ?([1-9])$", style)) and text:
            headings.append((int(m[1]), text))
    if not entries:
        return
    listed = [re.sub(r"^[A-Z]?\d[\d.]*\s+", "", e) for e in entries]
    wanted = [re.sub(r"^[A-Z]?\d[\d.]*\s+", "", t) for level, t in headings if level <= levels]
    missing = [w for w in wanted if w not in listed]
    extra = [e for e in listed if e not in wanted]
    if missing:
        yield _finding("X4", f"{len(missing)} headings are not in the table of contents.")
    if extra:
        yield _finding("X4", f"{len(extra)} entries of the table of contents have no heading.")
    if not missing and not extra and listed != wanted:
        yield _finding("X4", "The table of contents has another order than the headings.")


def _left(root: Any, package: Any) -> Iterator[Finding]:
    changes = sum(1 for e in root.iter() if local(e) in ("ins", "del", "moveFrom", "moveTo"))
    if changes:
        yield _finding("FL1", f"The file holds {changes} tracked changes.")
    if any(True for _ in _named(root, "commentReference")):
        yield _finding("FL1", "The file holds comments.")
    if any(attribute(e, "val") not in ("0", "false") for e in _named(root, "vanish")):
        yield _finding("FL1", "The file holds hidden text.")
    for name in package.names:
        if name.endswith("docProps/core.xml"):
            core: Any = xml.parse(package.read(name))
            people = {(e.text or "").strip() for e in core.iter() if local(e) in ("creator", "lastModifiedBy")} - {
                "",
                "docpipe",
            }
            if people:
                yield _finding("FL1", "The file's properties name a person.")
