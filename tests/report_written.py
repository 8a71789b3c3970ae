"""A report as people have it: a draft's Word file without anything that binds it, and what stands where, so that texts can be edited in it.

The bindings that are taken out say which fact every number is: they are kept here as what the one who makes a mutant knows, and are not in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docpipe.safe import xml
from docpipe.safe.package import open_package, rewrite

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "word/document.xml"
_BOUND = "customXml/"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands in a paragraph. ``kind``: fact, arm, ref, display; ``data``: the fact's id, the arm, the number."""

    start: int
    end: int
    kind: str
    data: str


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph. ``index``: among all of the body, from 0; ``heads``: headings above; ``cell``: table, row, column from 0; ``name``: of its row in the draft."""

    index: int
    text: str
    style: str
    spans: tuple[Span, ...]
    heads: tuple[str, ...] = ()
    cell: tuple[int, int, int] | None = None
    name: str = ""

    @property
    def heading(self) -> str:
        """The heading it stands under."""
        return self.heads[-1] if self.heads else ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters of a paragraph replaced; a paragraph that is left empty is taken out when ``drop`` says so."""

    index: int
    start: int
    end: int
    new: str
    drop: bool = False


@dataclass
class Report:
    """The file, its paragraphs in order. ``facts``: id -> fact, for whoever makes mutants; ``arms``: names of the study's arms."""

    data: bytes
    paras: tuple[Para, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    arms: tuple[str, ...] = ()

    def at(self, name: str) -> Para | None:
        """A paragraph by the name of its row."""
        return next((p for p in self.paras if p.name == name), None)

    def cells(self, table: int) -> list[Para]:
        """Paragraphs of a table."""
        return [p for p in self.paras if p.cell is not None and p.cell[0] == table]


def as_people_have_it(data: bytes, facts: Mapping[str, Any] | None = None, arms: Sequence[str] = ()) -> Report:
    """The draft without controls, bookmarks, fields, links, what it carries inside, and gaps: words and looks stay."""
    package = open_package(data)
    root = xml.parse(package.read(_MAIN))
    for paragraph in list(root.iter(f"{_W}p")):
        if "[GAP" in _text(paragraph):
            _gone(paragraph)
    kept = list(root.iter(f"{_W}p"))
    names = [_row_name(p) for p in kept]
    spans = [_spans(p) for p in kept]
    _unbind(root)
    paras = tuple(_paras(root, kept, spans, names))
    bare = rewrite(data, {_MAIN: xml.serialise(root)})
    return Report(_without_parts(bare), paras, facts or {}, tuple(arms))


def edited(report: Report, edits: Iterable[Edit]) -> bytes:
    """The file with texts replaced; edits of one paragraph from its end on."""
    root = xml.parse(open_package(report.data).read(_MAIN))
    kept = list(root.iter(f"{_W}p"))
    for edit in sorted(edits, key=lambda e: (e.index, e.start), reverse=True):
        _replace(kept[edit.index], edit)
        if edit.drop and not _text(kept[edit.index]):
            _gone(kept[edit.index])
    return rewrite(report.data, {_MAIN: xml.serialise(root)})


def after(para: Para, edits: Iterable[Edit]) -> str:
    """The paragraph's text once it was edited."""
    text = para.text
    for edit in sorted((e for e in edits if e.index == para.index), key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def words_of(data: bytes) -> list[str]:
    """Texts of all paragraphs of a file, in order."""
    return [_text(p) for p in xml.parse(open_package(data).read(_MAIN)).iter(f"{_W}p")]


# ---------------------------------------------------------------- text and its places

_PRINTED = {"t", "tab", "br", "cr", "noBreakHyphen"}


def _pieces(paragraph: Any) -> list[tuple[Any, str]]:
    found = []
    for element in paragraph.iter():
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if tag in _PRINTED and element.getparent().tag == f"{_W}r":
            said = (
                element.text or "" if tag == "t" else "-" if tag == "noBreakHyphen" else "\t" if tag == "tab" else "\n"
            )
            found.append((element, said))
    return found


def _text(paragraph: Any) -> str:
    return "".join(said for _, said in _pieces(paragraph))


def _spans(paragraph: Any) -> tuple[Span, ...]:
    found: list[Span] = []
    at, last = 0, None
    for element, said in _pieces(paragraph):
        control = next(iter(element.iterancestors(f"{_W}sdt")), None)
        tag = control.find(f"{_W}sdtPr/{_W}tag") if control is not None else None
        parts = str(tag.get(f"{_W}val")).split("|", 3) if tag is not None else []
        if len(parts) == 4 and parts[0] == "dp" and said:
            data = parts[3].partition(":")[0] if parts[2] == "fact" else parts[3]
            if found and found[-1].end == at and found[-1].data == data and control is last:
                found[-1] = Span(found[-1].start, at + len(said), parts[2], data)
            else:
                found.append(Span(at, at + len(said), parts[2], data))
            last = control
        at += len(said)
    return tuple(found)


def _row_name(paragraph: Any) -> str:
    for mark in paragraph.iter(f"{_W}bookmarkStart"):
        name = str(mark.get(f"{_W}name"))
        if name.startswith("_dp_"):
            return name
    return ""


def _paras(root: Any, kept: Sequence[Any], spans: Sequence[tuple[Span, ...]], names: Sequence[str]) -> Iterable[Para]:
    tables = list(root.iter(f"{_W}tbl"))
    heads: list[str] = []
    for index, (paragraph, own, name) in enumerate(zip(kept, spans, names, strict=True)):
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        named = str(style.get(f"{_W}val")) if style is not None else ""
        text = _text(paragraph)
        cell = None
        box = next(iter(paragraph.iterancestors(f"{_W}tc")), None)
        if box is not None:
            line = box.getparent()
            cell = (tables.index(line.getparent()), _place(line, "tr"), _place(box, "tc"))
        if level := re.fullmatch(r"Heading(\d)", named):
            del heads[int(level[1]) - 1 :]
            heads += [""] * (int(level[1]) - 1 - len(heads)) + [text]
        yield Para(index, text, named, own, tuple(h for h in heads if h), cell, name)


def _place(element: Any, tag: str) -> int:
    return sum(1 for e in element.itersiblings(f"{_W}{tag}", preceding=True))


# ---------------------------------------------------------------- taking out, putting in


def _unbind(root: Any) -> None:
    for control in list(root.iter(f"{_W}sdt")):
        content = control.find(f"{_W}sdtContent")
        _lift(control, list(content) if content is not None else [])
    for link in list(root.iter(f"{_W}hyperlink")):
        _lift(link, list(link))
    for tag in ("bookmarkStart", "bookmarkEnd"):
        for mark in list(root.iter(f"{_W}{tag}")):
            mark.getparent().remove(mark)
    for run in list(root.iter(f"{_W}r")):
        if run.find(f"{_W}fldChar") is not None or run.find(f"{_W}instrText") is not None:
            run.getparent().remove(run)


def _lift(element: Any, children: Sequence[Any]) -> None:
    for child in children:
        element.addprevious(child)
    element.getparent().remove(element)


def _gone(paragraph: Any) -> None:
    parent = paragraph.getparent()
    if parent.tag == f"{_W}tc" and len(parent.findall(f"{_W}p")) < 2:
        for element, _ in _pieces(paragraph):
            element.getparent().remove(element)
        return
    parent.remove(paragraph)


def _replace(paragraph: Any, edit: Edit) -> None:
    at, put = 0, False
    pieces = _pieces(paragraph)
    for n, (element, said) in enumerate(pieces):
        a, b = max(edit.start, at), min(edit.end, at + len(said))
        last = n == len(pieces) - 1
        inside = a < b or (
            not put and a == b and at <= edit.start <= at + len(said) and (edit.start < at + len(said) or last)
        )
        if inside and element.tag == f"{_W}t":
            new = said[: a - at] + ("" if put else edit.new) + said[b - at :]
            element.text = new
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            put = True
        elif a < b:
            element.getparent().remove(element)
        at += len(said)
    if edit.new and not put:
        raise AssertionError(f"no words at {edit.index}:{edit.start}")


def _without_parts(data: bytes) -> bytes:
    """The package without what a draft carries inside: the parts stay as entries that nothing names, empty."""
    package = open_package(data)
    relations = "word/_rels/document.xml.rels"
    root = xml.parse(package.read(relations))
    for relation in list(root):
        if _BOUND in str(relation.get("Target")):
            root.remove(relation)
    types = xml.parse(package.read("[Content_Types].xml"))
    for entry in list(types):
        if _BOUND in str(entry.get("PartName") or ""):
            types.remove(entry)
    return _dropped(rewrite(data, {relations: xml.serialise(root), "[Content_Types].xml": xml.serialise(types)}))


def _dropped(data: bytes) -> bytes:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in given.infolist():
            if not entry.filename.startswith(_BOUND):
                made.writestr(entry, given.read(entry))
    return out.getvalue()
