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
    Described("FL2.file", Severity.CRITICAL, "File cannot be submitted as it is", "Protection against editing or a password for writing; text without a heading style, from which no bookmarks can be made, or headings that skip a level within the first four; a font of the text that is neither embedded nor one that readers have. Of a named file, also a name beyond small letters, digits and hyphens, or of more than 64 characters (major). Files with a password for opening are refused when they are read. Whether a PDF has its bookmarks and fonts is not looked at: drafts leave docpipe as Word files; the manifest of a package holds the digests."),
    Described("FL1.editing-left", Severity.CRITICAL, "Editing left in the final file", "Tracked changes, comments, hidden text and personal names in the properties of a file that is final. A draft with tracked changes against the one before is not checked for them."),
)  # fmt: skip
_BY_ID = {c.id.partition(".")[0]: c for c in FILE_CHECKS}


def run_file_checks(data: bytes, final: bool = True, name: str = "") -> list[Finding]:
    """Findings on a DOCX. ``final``: nobody is to edit it any more; ``name``: of the file, where it has one.

    Raises what ``open_package`` raises for a file that is none.
    """
    package = open_package(data)
    root: Any = xml.parse(package.read(main_part(package)))
    found = [
        *_fields(root),
        *_contents(root),
        *_captions(root),
        *_levels(root),
        *_protection(package),
        *_fonts(package),
    ]
    if name and not _NAME.fullmatch(name.rpartition("/")[2]):
        message = "The file's name has other than small letters, digits and hyphens, or is too long (ICH eCTD)."
        found.append(_finding("FL2", message, Severity.MAJOR))
    if final:
        found += _left(root, package)
    return found


def _finding(number: str, message: str, severity: Severity | None = None) -> Finding:
    check = _BY_ID[number]
    return Finding(check.id, severity or check.severity, message)


_NAME = re.compile(r"(?=.{1,64}$)[a-z0-9][a-z0-9-]*\.[a-z0-9]{2,4}")
"""ICH eCTD specification 3.2.2, appendix 2."""
_COMMON = frozenset(
    ("arial", "arial narrow", "calibri", "calibri light", "cambria", "cambria math", "courier new", "georgia", "symbol", "tahoma", "times new roman",
     "verdana", "wingdings", "aptos", "aptos display", "ms mincho", "ms gothic", "simsun", "liberation sans", "liberation serif", "liberation mono")
)  # fmt: skip
_BOOKMARKED = 4
"""Levels of headings that become bookmarks."""


def _levels(root: Any) -> Iterator[Finding]:
    last = paragraphs = skipped = 0
    for paragraph in _named(root, "p"):
        paragraphs += bool(_text(paragraph))
        m = re.match(r"(?i)heading ?([1-9])$", _style(paragraph))
        if m is None or not _text(paragraph):
            continue
        level = int(m[1])
        skipped += 0 < last < level - 1 < _BOOKMARKED
        last = level
    if paragraphs > 40 and not last:
        yield _finding("FL2", "No paragraph has a heading style: no bookmarks can be made from them.")
    if skipped:
        yield _finding("FL2", f"{skipped} headings skip a level within the first {_BOOKMARKED}.")


def _protection(package: Any) -> Iterator[Finding]:
    for name in package.names:
        if name.endswith("word/settings.xml"):
            settings: Any = xml.parse(package.read(name))
            for element in settings.iter():
                enforced = str(attribute(element, "enforcement") or "") in ("1", "true", "on")
                if (local(element) == "documentProtection" and enforced) or local(element) == "writeProtection":
                    yield _finding("FL2", "The file is protected against editing.")


_TEXT_PART = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml$")


def _faces(element: Any) -> set[str]:
    return {str(f) for e in _named(element, "rFonts") for a in ("ascii", "hAnsi") if (f := attribute(e, a))}


def _fonts(package: Any) -> Iterator[Finding]:
    """Fonts of the text and of the styles that it uses, neither common nor embedded."""
    used: set[str] = set()
    embedded: set[str] = set()
    styles: set[str] = set()
    parts: list[Any] = [xml.parse(package.read(n)) for n in package.names if _TEXT_PART.search(n)]
    for part in parts:
        used |= _faces(part)
        styles |= {str(attribute(e, "val")) for kind in ("pStyle", "rStyle", "tblStyle") for e in _named(part, kind)}
    for name in package.names:
        if name.endswith("word/styles.xml"):
            sheet: Any = xml.parse(package.read(name))
            for style in sheet:
                default = local(style) == "docDefaults" or attribute(style, "default") in ("1", "true")
                if default or attribute(style, "styleId") in styles:
                    used |= _faces(style)
        elif name.endswith("word/fontTable.xml"):
            table: Any = xml.parse(package.read(name))
            for font in _named(table, "font"):
                if any(local(e).startswith("embed") for e in font):
                    embedded.add(str(attribute(font, "name")))
    strange = sorted(f for f in used - embedded if f.casefold() not in _COMMON)
    if strange:
        yield _finding("FL2", f"Fonts that are not embedded: {', '.join(strange)}.", Severity.MAJOR)


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
