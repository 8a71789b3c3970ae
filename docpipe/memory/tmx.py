"""Translation memories as TMX 1.4b, in and out. Imports errors, the core, and docpipe.safe for parsing.

Source: TMX 1.4b specification (LISA OSCAR). Inline elements become numbered codes of the wire form; their native content
is dropped, as another document's native codes are of no use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from docpipe.errors import AssetMalformed, InputEmpty, UnknownLanguage, XmlMalformed, XmlTooComplex
from docpipe.memory.tmxcodes import Node, Numbers, coded, elements, local
from docpipe.model.inline import renumber, renumber_like, to_wire
from docpipe.model.language import normal, primary, same
from docpipe.model.terms import TmEntry
from docpipe.safe.xml import parse

__all__ = ["read_tmx", "write_tmx"]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PROLOGUE = r"""(?P<head>\s*(?:<\?xml[^>]{0,200}\?>)?(?:\s|<!--(?:[^-]|-(?!-))*-->)*)"""
_DOCTYPE = re.compile(
    _PROLOGUE + r"""<!DOCTYPE\s+tmx(?:\s+SYSTEM\s+(?:"[^"<>]*"|'[^'<>]*')"""
    r"""|\s+PUBLIC\s+(?:"[^"<>]*"|'[^'<>]*')\s+(?:"[^"<>]*"|'[^'<>]*'))?\s*>"""
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def read_tmx(data: bytes, source_language: str, target_language: str) -> list[TmEntry]:
    """The pairs of a language pair, in the file's order, both sides in renumbered wire form.

    A language of the file fits where ``same`` says so; for the source, another region of the language will do. Units without both languages, or with an empty side, are left out. The external
    document type line that TMX files usually carry is dropped; one with declarations of its own is refused.
    Raises ``InputEmpty``, ``DtdForbidden``, ``AssetMalformed`` naming line or unit, ``UnknownLanguage``.
    """
    source_language, target_language = normal(source_language), normal(target_language)
    if not data.strip():
        raise InputEmpty("The memory has no content.")
    root = _parsed(_without_doctype(data))
    if local(root) != "tmx":
        raise AssetMalformed("The memory is XML but no TMX: its first element is another.", line=root.sourceline)
    found = []
    for number, tu in enumerate((e for e in root.iter() if local(e) == "tu"), 1):
        entry = _entry(tu, number, source_language, target_language)
        if entry is not None:
            found.append(entry)
    if not found:
        raise AssetMalformed(
            f"The memory has no unit with both {source_language} and {target_language}.", line=root.sourceline
        )
    return found


def _without_doctype(data: bytes) -> bytes:
    """The bytes without a document type line that only names an external file (which is never fetched)."""
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    head = data[:4096].decode(encoding, "ignore") if encoding != "utf-8" else data[:4096].decode("latin-1")
    mark = "ï»¿" if encoding == "utf-8" and head.startswith("ï»¿") else "\ufeff" if head.startswith("\ufeff") else ""
    found = _DOCTYPE.match(head, len(mark))
    if found is None:
        return data
    width = "latin-1" if encoding == "utf-8" else encoding
    start, end = len(mark + found.group("head")), found.end()
    return head[:start].encode(width) + data[len(head[:end].encode(width)) :]


def _parsed(data: bytes) -> Node:
    try:
        return parse(data)
    except XmlMalformed as error:
        line = error.details.get("line")
        raise AssetMalformed(f"The memory is no well-formed XML (line {line}).", line=line) from None
    except XmlTooComplex:
        raise AssetMalformed("The memory's XML is nested too deeply or has too long a text.") from None


def _entry(tu: Node, number: int, source: str, target: str) -> TmEntry | None:
    sides: dict[str, Node] = {}
    for tuv in (e for e in tu if local(e) == "tuv"):
        language = tuv.get(_LANG) or tuv.get("lang") or ""
        if not language:
            raise AssetMalformed(
                f"Unit {number} (line {tuv.sourceline}) has a variant without a language.",
                line=tuv.sourceline,
                unit=number,
            )
        seg = next((e for e in tuv if local(e) == "seg"), None)
        if seg is None:
            raise AssetMalformed(
                f"Unit {number} (line {tuv.sourceline}) has a variant without a text.", line=tuv.sourceline, unit=number
            )
        sides.setdefault(language, seg)
    one, other = _pick(sides, source, loosely=True), _pick(sides, target)
    if one is None or other is None or one is other:
        return None
    numbers = Numbers()
    left, right = coded(one, number, numbers), coded(other, number, numbers)
    text, translation = to_wire(renumber(left)), to_wire(renumber_like(right, left))
    if not text.strip() or not translation.strip():
        return None
    properties = {p.get("type", ""): p.text or "" for p in tu if local(p) == "prop"}
    return TmEntry(
        text.strip(), translation.strip(), source, target, properties.get("x-context", ""),
        properties.get("x-approved", "yes") != "no", tu.get("tuid") or f"unit {number}",
        tu.get("changedate") or tu.get("creationdate") or "",
    )  # fmt: skip


def _pick(sides: dict[str, Node], wanted: str, *, loosely: bool = False) -> Node | None:
    """The variant of a language: the same code, else one that may stand for it, else (loosely) another region's."""
    known = [(normal(code), seg) for code, seg in sides.items() if _known(code)]
    ranks = (
        [seg for code, seg in known if code == wanted],
        [seg for code, seg in known if same(code, wanted)],
        [seg for code, seg in known if loosely and primary(code) == primary(wanted) != "zh"],
    )
    return next((seg for rank in ranks for seg in rank), None)


def _known(code: str) -> bool:
    try:
        normal(code)
    except UnknownLanguage:
        return False
    return True


def write_tmx(entries: Iterable[TmEntry], *, source_language: str, tool_version: str = "") -> bytes:
    """The entries as TMX 1.4 (sentences, UTF-8). Reading them again gives them back, origin and context included.

    Characters that XML cannot hold are dropped; so are blanks at a text's ends. Raises ``UnknownLanguage``.
    """
    return "".join(_written(entries, normal(source_language), tool_version)).encode("utf-8")


def _written(entries: Iterable[TmEntry], language: str, version: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
    yield (
        f'<header creationtool="docpipe" creationtoolversion={quoteattr(version or "0")} segtype="sentence" o-tmf="docpipe"'
        f' adminlang="en" srclang={quoteattr(language)} datatype="unknown"/>\n<body>\n'
    )
    for e in entries:
        about = (f" tuid={quoteattr(clean(e.origin))}" if e.origin else "") + (
            f" changedate={quoteattr(clean(e.created))}" if e.created else ""
        )
        yield f"<tu{about}>"
        if e.context:
            yield f'<prop type="x-context">{escape(clean(e.context))}</prop>'
        if not e.approved:
            yield '<prop type="x-approved">no</prop>'
        for code, wire in ((e.source_language, e.source), (e.target_language, e.target)):
            yield f"<tuv xml:lang={quoteattr(code)}><seg>{elements(clean(wire))}</seg></tuv>"
        yield "</tu>\n"
    yield "</body>\n</tmx>\n"


def clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _NO_XML.sub("", text)


_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
