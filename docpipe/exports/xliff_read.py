"""Reads XLIFF 2.0 and 2.1 as other tools give it back. Imports the core and docpipe.safe only.

What belongs to the file as a whole is refused by raising; what is wrong with a row is listed in the row, so that an import
can refuse it by name and take the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docpipe.errors import AssetMalformed, XmlMalformed
from docpipe.exports.bilingual import BilingualFile, BilingualRow, marked
from docpipe.exports.xliff_write import DOCPIPE, XLIFF
from docpipe.model.inline import Close, CodedText, CodeFault, Inline, Open, Placeholder, Text, merge_text, to_wire
from docpipe.model.segment import SegmentId
from docpipe.safe import xml

_OURS = re.compile(r"[0-9a-f]{24}")
_CODE_ID = re.compile(r"(\d{1,6})(?:-\d+)?")
_VERSIONS = ("2.0", "2.1")


def read_xliff(data: bytes) -> BilingualFile:
    """The single ``file`` of an XLIFF. Raises ``AssetMalformed`` when it is no XLIFF 2.0 or 2.1, or holds several."""
    files = read_xliff_files(data)
    if len(files) != 1:
        raise AssetMalformed(f"The XLIFF holds {len(files)} file elements: give one document at a time.")
    return files[0]


def read_xliff_files(data: bytes) -> tuple[BilingualFile, ...]:
    """Every ``file`` of an XLIFF 2.0 or 2.1, of any tool. Raises ``AssetMalformed``, and ``InputRefused`` leaves on DTDs."""
    if not data.strip():
        raise AssetMalformed("The XLIFF is empty.")
    try:
        root: Any = xml.parse(data)
    except XmlMalformed as error:
        raise AssetMalformed(f"The XLIFF is not well-formed XML: {error.message}") from error
    space, _, name = str(root.tag).rpartition("}")
    version = str(root.get("version", ""))
    if name != "xliff":
        raise AssetMalformed("The file is not XLIFF: its root element has another name.")
    if version not in _VERSIONS or space != "{" + XLIFF:
        raise AssetMalformed("Only XLIFF 2.0 and 2.1 are read: export the file as XLIFF 2.1.", version=version[:8])
    files = []
    for number, element in enumerate(root.iterchildren(_core("file")), 1):
        rows = marked(_rows(element, number))
        files.append(
            BilingualFile(
                batch=str(element.get(_own("batch"), "")),
                document=str(element.get(_own("document"), "")),
                document_sha256=str(element.get(_own("sha256"), "")),
                rows=rows,
                original=str(element.get("original", "")),
                source_language=str(root.get("srcLang", "")),
                target_language=str(root.get("trgLang", "")),
                version=version,
            )
        )
    if not files:
        raise AssetMalformed("The XLIFF holds no file element.")
    return tuple(files)


def _core(name: str) -> str:
    return "{" + XLIFF + "}" + name


def _own(name: str) -> str:
    return "{" + DOCPIPE + "}" + name


def _rows(file: Any, file_number: int) -> Iterator[BilingualRow]:
    for unit_number, unit in enumerate(file.iter(_core("unit")), 1):
        written = {str(e.get("segment", "")): e for e in unit.iter(_own("row"))}
        default = str(unit.get("translate", "yes"))
        for number, segment in enumerate(unit.iterchildren(_core("segment")), 1):
            given = str(segment.get("id", ""))
            ours = bool(_OURS.fullmatch(given))
            if default == "no" and not ours:
                continue
            name = given if ours else f"{file.get('id', file_number)}/{unit.get('id', unit_number)}/{given or number}"
            row = written.get(given)
            source, target = segment.find(_core("source")), segment.find(_core("target"))
            faults: list[CodeFault] = []
            yield BilingualRow(
                segment_id=SegmentId(name),
                source="" if source is None else to_wire(_content(source, [])),
                target=None if target is None else to_wire(_content(target, faults)),
                revision=_number(row.get("revision")) if row is not None else None,
                state=str(segment.get("state", "initial")),
                source_digest=str(row.get("source", "")) if row is not None else "",
                target_digest=str(row.get("target", "")) if row is not None else "",
                faults=tuple(faults),
            )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _content(element: Any, faults: list[CodeFault]) -> CodedText:
    """The coded text of a source or target; codes carry their numbers alone. Marks (mrk, sm, em) are seen through."""
    parts: list[Inline] = []
    numbers: dict[str, int] = {}
    _walk(element, parts, numbers, faults)
    return merge_text(parts)


def _walk(element: Any, parts: list[Inline], numbers: dict[str, int], faults: list[CodeFault]) -> None:
    if element.text:
        parts.append(Text(element.text))
    for child in element:
        if isinstance(child.tag, str):  # else a comment or processing instruction
            _code(child, parts, numbers, faults)
        if child.tail:
            parts.append(Text(child.tail))


def _code(child: Any, parts: list[Inline], numbers: dict[str, int], faults: list[CodeFault]) -> None:
    space, _, name = child.tag.rpartition("}")
    if space != "{" + XLIFF:
        faults.append(CodeFault("malformed", 0, f"<{name[:20]}>"))
        return
    match name:
        case "mrk":
            _walk(child, parts, numbers, faults)
        case "sm" | "em":
            pass
        case "cp":
            value = _hex(child.get("hex"))
            if value is None:
                faults.append(CodeFault("malformed", 0, "<cp>"))
            else:
                parts.append(Text(chr(value)))
        case "pc" | "sc" | "ph":
            number = _code_number(child.get("copyOf") or child.get("id"))
            if number is None:
                faults.append(CodeFault("malformed", 0, f'<{name} id="{str(child.get("id", ""))[:20]}">'))
                number = 0
            numbers[str(child.get("id", ""))] = number
            parts.append(Placeholder(number) if name == "ph" else Open(number))
            if name == "pc":
                _walk(child, parts, numbers, faults)
                parts.append(Close(number))
        case "ec":
            reference = str(child.get("startRef") or child.get("copyOf") or child.get("id") or "")
            number = numbers.get(reference, _code_number(reference))
            if number is None:
                faults.append(CodeFault("malformed", 0, f'<ec startRef="{reference[:20]}">'))
                number = 0
            parts.append(Close(number))
        case _:
            faults.append(CodeFault("malformed", 0, f"<{name[:20]}>"))


def _code_number(text: str | None) -> int | None:
    found = _CODE_ID.fullmatch(text) if text and text.isascii() else None
    return int(found.group(1)) if found else None


def _hex(text: str | None) -> int | None:
    if not text or not re.fullmatch(r"[0-9A-Fa-f]{1,8}", text):
        return None
    value = int(text, 16)
    return value if value <= 0x10FFFF else None
