"""SmartArt: the texts of the data part, and the drawing part that shows the same texts, kept equal.

Imports the core and the parts of this package. Source: ISO/IEC 29500-1, 21.4; [MS-ODRAWXML] 2.4 (drawing part).
"""

from __future__ import annotations

from docpipe.formats.ooxml.drawing_text import DrawingReader
from docpipe.formats.ooxml.names import SHORT, Element
from docpipe.formats.ooxml.nodes import texts_in
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.records import Reading, Record, is_copy
from docpipe.model.document import BlockKind


def is_diagram(media_type: str) -> bool:
    """Whether a part of this type holds a diagram's texts: its data, or the drawing made of it."""
    return "diagramdata+" in media_type or "diagramdrawing+" in media_type


def read_diagrams(reading: Reading, reader: DrawingReader, names: list[str]) -> None:
    """Reads data parts and drawing parts; a drawing's paragraph that says the same as its point's is a copy of it."""
    parts = reading.parts
    drawings = [n for n in names if "diagramdrawing" in parts.content_type(n)]
    for name in [n for n in names if n not in drawings]:
        root = parts.tree(name)
        if root is None:
            continue
        points = _points(reading, reader, name, root)
        drawing = _drawing_of(parts, name, root)
        if drawing in drawings:
            drawings.remove(drawing)
            _drawing(reading, reader, drawing, points, _shown_by(root))
    for name in drawings:  # without a data part that names it
        _drawing(reading, reader, name, [], {})


def _points(reading: Reading, reader: DrawingReader, name: str, root: Element) -> list[tuple[str, Record]]:
    """(model id, paragraph) of the points' texts."""
    found = []
    number = 0
    for p in root.iter("{*}p"):
        if SHORT[p.tag] == "a:p":
            number += 1
            record = reader.read(p, name, f"{name}#/p[{number}]", BlockKind.TEXT_BOX)
            if record.coding is not None:
                found.append((_above(p, "dgm:pt"), record))
    return found


def _drawing(
    reading: Reading, reader: DrawingReader, name: str, points: list[tuple[str, Record]], shown_by: dict[str, str]
) -> None:
    root = reading.parts.tree(name)
    taken: set[int] = set()
    number = 0
    for p in root.iter("{*}p") if root is not None else ():
        if SHORT[p.tag] != "a:p":
            continue
        number += 1
        record = reader.read(p, name, f"{name}#/p[{number}]", BlockKind.TEXT_BOX)
        if record.coding is None:
            continue
        shape = shown_by.get(_above(p, "dsp:sp"), "")
        same = [(identity, r) for identity, r in points if is_copy(r, record)]
        same.sort(key=lambda each: (each[0] != shape, id(each[1]) in taken))
        if same:
            original = same[0][1]
            taken.add(id(original))
            original.copies.append(record)
            reading.records.pop()
            size = sum(len(t.text) for t in texts_in(record.paragraph.children))
            reading.translated -= size
            reading.skips.append(("copy-of-smart-art", size))


def _above(p: Element, name: str) -> str:
    return next((el.get("modelId", "") for el in p.iterancestors() if SHORT[el.tag] == name), "")


def _shown_by(root: Element) -> dict[str, str]:
    """Which point a presentation point, and so a shape of the drawing, shows: model id to model id."""
    found = {}
    for point in root.iter("{*}pt"):
        for properties in point:
            if SHORT[properties.tag] == "dgm:prSet" and (shown := properties.get("presAssocID")):
                found[point.get("modelId", "")] = shown
    return found


def _drawing_of(parts: Parts, data: str, root: Element) -> str:
    """The drawing part that the data part names by a relationship of the part which holds the diagram."""
    wanted = next((el.get("relId", "") for el in root.iter("{*}dataModelExt")), "")
    for source in [parts.main, *parts.relations]:
        relations = parts.relations_of(source)
        if any(r.target == data and not r.external for r in relations.values()):
            if wanted in relations and relations[wanted].kind == "diagramDrawing":
                return relations[wanted].target
            beside = [r.target for r in relations.values() if r.kind == "diagramDrawing"]
            mates = [r.target for r in relations.values() if r.kind == "diagramData"]
            if len(beside) == len(mates):
                return beside[mates.index(data)]
    return ""
