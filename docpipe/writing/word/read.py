"""Reads a draft's Word document as it comes back: each row by its bookmark, what people changed in it, and their comments. Imports the core, safe and its room.

Texts are read as if every tracked change were accepted; who made them is kept. Values are bound again through their content controls.
Source: ECMA-376 part 1, 17.13 (annotations), 17.5.2 (structured document tags), 17.16 (fields).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import docpipe.writing.word.names as names
from docpipe.errors import AssetMalformed
from docpipe.model import draft
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.model.document import Address
from docpipe.model.inline import CodedText, Placeholder, plain_text, to_wire
from docpipe.safe import xml
from docpipe.safe.package import Package, open_package
from docpipe.writing.word.binding import Binder, ChangedValue
from docpipe.writing.word.carried import Carried, Memo, loaded
from docpipe.writing.word.cells import NOTE, ChangedCell, read_cells
from docpipe.writing.word.package import attribute, local, main_part, related, relations
from docpipe.writing.word.tokens import Line, Token, Tracked, line_of

NOWHERE = Address("")
_GENERATED = re.compile(r"toc [1-9]|table of figures")


@dataclass(frozen=True, slots=True)
class RowComment:
    """A comment in Word on a row."""

    author: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadTable:
    """An in-text table as it stands: heads first, then rows. ``changed``: what says something else than was written."""

    key: str
    cells: tuple[tuple[CodedText, ...], ...]
    changed: tuple[ChangedCell, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as it came back.

    ``address``: "" for a paragraph that somebody added, which then follows ``after``. ``text``: with the row's own codes; a value that
    was changed by hand is plain text, unbound, and listed in ``values``. ``written``: as it was written. ``missing``: the row's
    bookmark is gone. ``shown``: as it is read in Word. ``expanded``: abbreviations that are written out here at their first use.
    ``pictures``: digests of those that stand in it. ``style``: name of its paragraph style. ``tracked``: changes that are still marked, docpipe's own among them.
    """

    address: Address
    text: CodedText
    written: CodedText = ()
    changed: bool = False
    missing: bool = False
    after: Address = NOWHERE
    shown: str = ""
    kind: str = ""
    style: str = ""
    values: tuple[ChangedValue, ...] = ()
    expanded: tuple[str, ...] = ()
    tracked: tuple[Tracked, ...] = ()
    comments: tuple[RowComment, ...] = ()
    table: ReadTable | None = None
    pictures: tuple[Digest, ...] = ()

    @property
    def wire(self) -> str:
        """The text in wire form."""
        return to_wire(self.text)


def read_back(data: bytes, original: bytes | None = None) -> tuple[ReadRow, ...]:
    """Every row in the document's order, then those that are gone; paragraphs that somebody added stand where they are.

    ``original``: the document as it was written, for what comes from an editor that drops the part inside it: rows are then
    known by their bookmarks, and values that lost their controls are bound again where their words stand unchanged. Raises ``AssetMalformed`` where it is no draft of docpipe's, and what hostile or damaged packages raise.
    """
    package = open_package(data)
    main = main_part(package)
    root: Any = xml.parse(package.read(main))
    body = next((e for e in root if local(e) == "body"), None)
    if body is None:
        raise AssetMalformed("The file has no document body: save it anew in the program that made it.")
    memo = _memo(package, main)
    if memo is None and original is not None:
        kept = open_package(original)
        memo = _memo(kept, main_part(kept))
    comments = _comments(xml.parse(package.read(p)) for p in related(package, main, "comments"))
    styles = _styles(xml.parse(package.read(p)) for p in related(package, main, "styles"))
    images = {name: path for name, (kind, path) in relations(package, main).items() if kind == "image"}
    reading = _Reading(
        Binder(memo), styles, comments, lambda name: package.read(images[name]) if name in images else b""
    )
    reading.blocks(body)
    if not reading.rows:
        raise AssetMalformed(
            "The file holds no row of a draft: it was not written by docpipe, or its bookmarks are gone."
        )
    return reading.finished(memo)


def knows_itself(data: bytes) -> bool:
    """Whether a document still holds what it was written with. Raises as ``read_back``."""
    package = open_package(data)
    return _memo(package, main_part(package)) is not None


def _memo(package: Package, main: str) -> Memo | None:
    return loaded(package.read(p) for p in related(package, main, "customXml"))


def _comments(roots: Iterable[Any]) -> dict[str, RowComment]:
    found: dict[str, RowComment] = {}
    for root in roots:
        for element in root:
            if local(element) == "comment":
                lines = [line_of(p).text() for p in element.iter() if local(p) == "p"]
                found[attribute(element, "id")] = RowComment(
                    attribute(element, "author"), attribute(element, "date"), "\n".join(lines).strip()
                )
    return found


def _styles(roots: Iterable[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for root in roots:
        for style in root:
            name = next((attribute(e, "val") for e in style if local(e) == "name"), "")
            found[attribute(style, "styleId")] = name
    return found


@dataclass(slots=True)
class _Open:
    """A row being read. ``ended``: its bookmark's end has been seen."""

    name: str
    number: str
    lines: list[list[Token]] = field(default_factory=list)
    style: str = ""
    tracked: list[Tracked] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    ended: bool = False
    joins: bool = True


class _Reading:
    """Walks the body. Text belongs to the row whose bookmark stands in its paragraph."""

    def __init__(
        self, binder: Binder, styles: dict[str, str], comments: dict[str, RowComment], image: Callable[[str], bytes]
    ) -> None:
        self._binder, self._styles, self._comments, self._image = binder, styles, comments, image
        self.rows: list[ReadRow] = []
        self._open: _Open | None = None
        self._seen: set[str] = set()
        self._last = Address("")
        self._notes: dict[str, CodedText] = {}
        self._stray: list[tuple[Address, list[str]]] = []

    def blocks(self, parent: Any) -> None:
        """Paragraphs and tables in an element, through content controls of others; what docpipe generated is passed over."""
        for child in parent:
            kind = local(child)
            if kind == "p":
                self._paragraph(line_of(child))
            elif kind == "tbl":
                self._table(child)
            elif kind == "sdt":
                tags = [attribute(e, "val") for p in child if local(p) == "sdtPr" for e in p if local(e) == "tag"]
                content = next((e for e in child if local(e) == "sdtContent"), None)
                if names.FRONT in tags:
                    self._aside([n for p in child.iter() if local(p) == "p" for n in line_of(p).comments])
                elif content is not None:
                    self.blocks(content)
            elif kind in ("ins", "moveTo", "customXml", "smartTag"):
                self.blocks(child)

    def _paragraph(self, line: Line) -> None:
        generated = _GENERATED.fullmatch(self._styles.get(line.style, "").casefold()) is not None
        furniture = next((t.name for t in line.tokens if t.kind == "start" and t.name.startswith(names.FURNITURE)), "")
        if generated or furniture:
            self._close()
            self._aside(line.comments)
            if furniture.startswith(names.NOTE):
                self._notes[furniture] = self._binder.bound(line.tokens, self._binder.note(furniture)).text
            return
        pieces = self._split(line)
        for n, (name, number, tokens) in enumerate(pieces):
            if name:
                self._close()
                self._open = _Open(name, number, style=self._styles.get(line.style, ""))
            if self._open is None:
                self._added(tokens, line)
                continue
            row = self._open
            if row.lines and row.joins:
                row.lines[-1] = [*row.lines[-1], *tokens]
            else:
                row.lines.append(list(tokens))
            row.joins = line.mark_deleted
            row.ended = row.ended or any(t.kind == "end" and t.name == row.number for t in tokens)
            if n == len(pieces) - 1:
                row.tracked += line.tracked
                row.comments += line.comments
        if self._open is not None and self._open.ended and not line.mark_deleted:
            self._close()

    def _aside(self, comments: Sequence[str]) -> None:
        """Comments on what is generated belong to the row before it."""
        if comments:
            self._stray.append((self._last, list(comments)))

    def _split(self, line: Line) -> list[tuple[str, str, list[Token]]]:
        """The paragraph's tokens by row: what stands ahead of the first bookmark belongs to its row, or to the one still open."""
        starts = [
            n for n, t in enumerate(line.tokens)
            if t.kind == "start" and t.name.startswith(names.ROW) and t.name not in self._seen
        ]  # fmt: skip
        if not starts:
            return [("", "", line.tokens)]
        found: list[tuple[str, str, list[Token]]] = []
        ahead = line.tokens[: starts[0]]
        if self._open is not None and any(t.kind == "end" and t.name == self._open.number for t in ahead):
            found.append(("", "", ahead))
            ahead = []
        for n, at in enumerate(starts):
            to = starts[n + 1] if n + 1 < len(starts) else len(line.tokens)
            self._seen.add(line.tokens[at].name)
            found.append(
                (line.tokens[at].name, line.tokens[at].number, [*(ahead if n == 0 else []), *line.tokens[at + 1 : to]])
            )
        return found

    def _added(self, tokens: Sequence[Token], line: Line) -> None:
        text = self._binder.bound(tokens, None)
        if text.shown.strip():
            self.rows.append(
                ReadRow(
                    Address(""), text.text, (), True, after=self._last, shown=text.shown, style=self._styles.get(line.style, ""),
                    tracked=tuple(line.tracked), comments=self._said(line.comments),
                )
            )  # fmt: skip

    def _added_row(self, cells: Sequence[Line]) -> None:
        """A row of a table that somebody added, as one line."""
        tokens = [t for n, c in enumerate(cells) for t in (*([Token("text", " | ")] if n else []), *c.tokens)]
        whole = Line(
            tokens, tracked=[t for c in cells for t in c.tracked], comments=[t for c in cells for t in c.comments]
        )
        if any(c.text().strip() for c in cells):
            self._added(tokens, whole)

    def _said(self, numbers: Sequence[str]) -> tuple[RowComment, ...]:
        return tuple(self._comments[n] for n in dict.fromkeys(numbers) if n in self._comments)

    def _close(self) -> None:
        row, self._open = self._open, None
        if row is None:
            return
        carried = self._binder.row(row.name)
        address = carried.address if carried is not None else names.address_of(row.name)
        if address is None:
            return
        self._last = address
        tokens = [t for n, line in enumerate(row.lines) for t in (*([Token("text", "\n")] if n else []), *line)]
        bound = self._binder.bound(tokens, carried)
        written = carried.text if carried is not None else ()
        object_ = carried is not None and carried.kind in ("table", "figure")
        pictures = tuple(digest_bytes(self._image(t.name)) for t in tokens if t.kind == "picture")
        if object_:
            shown = tuple(c.data for c in written if isinstance(c, Placeholder) and c.kind == draft.FIGURE)
            changed = bool(shown) and shown != pictures
        else:
            changed = carried is not None and bound.text != self._binder.normal(written)
        self.rows.append(
            ReadRow(
                address, written if object_ else bound.text, written, changed=changed, pictures=pictures,
                shown=bound.shown, kind=carried.kind if carried is not None else "", style=row.style, values=bound.values,
                expanded=bound.expanded, tracked=tuple(row.tracked), comments=self._said(row.comments),
            )
        )  # fmt: skip

    def _table(self, table: Any) -> None:
        self._close()
        lines = [[part for c in row if local(c) == "tc" for part in _spread(c)] for row in _rows(table)]
        every = [p for row in lines for cell in row for p in cell]
        if any(t.name.startswith(names.FURNITURE) for p in every[:1] for t in p.tokens if t.kind == "start"):
            return
        start = next((t for p in every for t in p.tokens if t.kind == "start" and t.name.startswith(names.ROW)), None)
        if start is None:
            for row in lines:
                self._added_row([part for cell in row for part in cell])
            return
        self._seen.add(start.name)
        carried = self._binder.row(start.name)
        address = carried.address if carried is not None else names.address_of(start.name)
        if address is None:
            return
        self._last = address
        cells, changed = read_cells(
            lines, carried.cells if carried is not None else (),
            lambda tokens, before: self._binder.bound(tokens, Carried("", Address(""), "cell", before)).text,
        )  # fmt: skip
        code = carried.text[0] if carried is not None and carried.text else None
        self.rows.append(
            ReadRow(
                address, carried.text if carried is not None else (), carried.text if carried is not None else (), bool(changed),
                shown="\n".join("\t".join(plain_text(c, equiv=True) for c in row) for row in cells), kind="table",
                tracked=tuple(t for p in every for t in p.tracked), comments=self._said([n for p in every for n in p.comments]),
                table=ReadTable(code.data if isinstance(code, Placeholder) else "", cells, changed),
            )
        )  # fmt: skip

    def _below(self) -> None:
        """Gives rows what stands beside them: changed notes to their tables, comments on generated text to the row before it."""
        for n, row in enumerate(self.rows):
            notes = self._binder.notes(row.address, self._notes) if row.table is not None else ()
            if row.table is not None and notes:
                more = (ChangedCell(NOTE, number, 0, was, now) for number, was, now in notes)
                table = replace(row.table, changed=(*row.table.changed, *more))
                self.rows[n] = row = replace(row, table=table, changed=True)
            said = [c for at, given in self._stray if at == row.address or (not at and n == 0) for c in given]
            if said:
                self.rows[n] = replace(row, comments=(*row.comments, *self._said(said)))

    def finished(self, memo: Memo | None) -> tuple[ReadRow, ...]:
        """All rows, those that are gone at the end."""
        self._close()
        self._below()
        there = {r.address for r in self.rows}
        gone = [c for c in memo.rows if c.address not in there] if memo is not None else []
        return (
            *self.rows,
            *(ReadRow(c.address, (), c.text, True, missing=True, kind=c.kind) for c in gone),
        )


def _rows(table: Any) -> Iterable[Any]:
    for child in table:
        if local(child) == "tr" and not any(local(e) == "del" for p in child if local(p) == "trPr" for e in p):
            yield child
        elif local(child) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _rows(child)


def _spread(cell: Any) -> list[list[Line]]:
    """A cell over several columns as one cell and empty ones."""
    spans = [attribute(e, "val") for p in cell if local(p) == "tcPr" for e in p if local(e) == "gridSpan"]
    more = int(spans[0]) - 1 if spans and spans[0].isdigit() else 0
    return [_paragraphs(cell), *([] for _ in range(min(max(more, 0), 63)))]


def _paragraphs(cell: Any) -> list[Line]:
    found: list[Line] = []
    for child in cell:
        if local(child) == "p":
            found.append(line_of(child))
        elif local(child) in ("sdt", "sdtContent", "customXml", "ins"):
            found += _paragraphs(child)
    return found
