"""Whether a document in two columns holds all of both texts: read on its own, to judge the writer. Imports errors, names and parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from docpipe.errors import DocpipeError
from docpipe.formats.ooxml.face import is_face
from docpipe.formats.ooxml.names import SHORT, Element, child, shown_text, w_attr
from docpipe.formats.ooxml.parts import Parts, open_parts

_AWAY = frozenset({"w:del", "w:moveFrom", "mc:Fallback"})


def columns_differences(made: bytes, source: bytes, target: bytes) -> list[str]:
    """What of the two documents' bodies and notes is not in its column, in order of the text. Places are named, no text."""
    try:
        found, old, new = (open_parts(d) for d in (made, source, target))
    except DocpipeError as error:
        return [f"the document in two columns cannot be read back: {error.code}"]
    problems = []
    for name, column, parts in (("left", 0, old), ("right", 1, new)):
        there = Counter(_column(found, column))
        wanted = Counter(_letters(p) for p in _paragraphs(parts))
        missing = sum((wanted - there).values())
        if missing:
            problems.append(f"{missing} paragraphs are not in the {name} column")
    return problems


def _column(parts: Parts, column: int) -> Iterator[str]:
    """Paragraphs of one side of the outermost table."""
    body = next(e for e in parts.stories[0].root if SHORT[e.tag] == "w:body")
    table = next((e for e in body if SHORT[e.tag] == "w:tbl"), None)
    for row in table if table is not None else ():
        cells = [e for e in row if SHORT[e.tag] == "w:tc"]
        if len(cells) == 2:
            yield from (_letters(p) for p in cells[column].iter() if SHORT[p.tag] == "w:p" and not _apart(p))


def _paragraphs(parts: Parts) -> Iterator[Element]:
    """Paragraphs of the body in order that show text."""
    root = next(e for e in parts.stories[0].root if SHORT[e.tag] == "w:body")
    yield from (p for p in root.iter() if SHORT[p.tag] == "w:p" and not _apart(p) and not is_face(p) and _letters(p))


def _apart(paragraph: Element) -> bool:
    return any(SHORT[a.tag] in _AWAY or SHORT[a.tag] == "w:txbxContent" for a in paragraph.iterancestors())


def _letters(paragraph: Element) -> str:
    """The letters of a paragraph without spaces and without raised ones, which note numbers are."""
    stack = [paragraph]
    out: list[str] = []
    while stack:
        el = stack.pop()
        name = SHORT[el.tag]
        if name in _AWAY or (name == "w:txbxContent"):
            continue
        if name == "w:t" and not _raised(el.getparent()):
            out.append(shown_text(el))
        stack.extend(reversed(el))
    return "".join("".join(out).split())


def _raised(run: Element | None) -> bool:
    properties = child(run, "w:rPr") if run is not None else None
    align = child(properties, "w:vertAlign") if properties is not None else None
    return align is not None and w_attr(align, "val") == "superscript"
