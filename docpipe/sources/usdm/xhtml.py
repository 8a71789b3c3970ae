"""The XHTML of USDM texts as pieces: paragraphs, list items, rows of tables, pictures. Imports the core and its neighbours' parts.

The standard library's parser is used: fragments are read as a browser reads them, whatever their faults, and nothing is fetched. Formatting
is left out but raised and lowered digits, which become characters of their own.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_MARKUP = re.compile(r"</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>")
_RAISED = str.maketrans("0123456789+-−=()niabcdeghjklmoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_LOWERED = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "caption", "section", "article", "blockquote", "dt", "dd", "pre"})  # fmt: skip
_SILENT = frozenset({"style", "script", "head", "title"})
_DATA = re.compile(r"data:(image/(?:png|jpe?g));base64,", re.IGNORECASE)
_MOST_SPAN = 60
_NO_ALT = frozenset({"alt text", "image", "picture", "figure"})
PICTURE, LOST = "picture", "lost picture"
"""Kinds of pieces: a picture in its place, and one in a cell of a table, where it has none."""
_OWN_MARK = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{2,4})[.)]\s")
"""A list item that says its own number or letter gets no second one."""
_BROKEN = re.compile(r"(?<=\S)/(?:p|li|ul|ol|td|tr|div|span|b|i)>$")
"""What is left of a closing tag that lost its first sign."""
_BULLET = "•"
_BULLETS = re.compile(r"•(?:\s*•)+")
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, list item (``1. `` before the text of a numbered one), row or picture.

    ``cells``: of a row, empty ones kept; ``table``: which table of the text, from 1; ``head``: a row of column heads; ``data``: a picture's base64,
    ``source``: what it names instead, ``text``: its words for those who do not see it.
    """

    text: str
    kind: str = "paragraph"
    depth: int = 0
    cells: tuple[str, ...] = ()
    table: int = 0
    head: bool = False
    data: str = ""
    source: str = ""


def is_markup(text: str) -> bool:
    """Whether a text attribute holds XHTML."""
    return _MARKUP.search(text) is not None


def pieces(text: str) -> list[Piece]:
    """The pieces of a text attribute, in order; plain text is one paragraph for each of its lines."""
    if not is_markup(text):
        return [Piece(line) for part in html.unescape(text).splitlines() if (line := " ".join(part.split()))]
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end()
    return reader.found


def plain(text: str) -> str:
    """A short text (a label, a name) in one line without markup."""
    return " ".join(p.text for p in pieces(text)) if text else ""


@dataclass(slots=True)
class _List:
    form: str
    """``""`` for bullets, ``1``, ``a`` or ``i`` for what its items are counted with."""
    number: int = 0

    def mark(self) -> str:
        """What stands before the next item."""
        self.number += 1
        if not self.form:
            return _BULLET
        letters = self.form == "a" and self.number <= 26
        return f"{chr(96 + self.number) if letters else _ROMAN[self.number] if self.form == 'i' and self.number < len(_ROMAN) else self.number}. "


@dataclass(slots=True)
class _Table:
    number: int
    rows: list[tuple[str, ...]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)
    """Column -> rows that a cell above still covers."""
    across: int = 1
    down: int = 1
    inside: bool = False
    head: bool = True
    body: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []
        self._text: list[str] = []
        self._lists: list[_List] = []
        self._item: list[str] = []
        """Begin of the list item that is being read, "" once it was printed."""
        self._tables: list[_Table] = []
        self._count = 0
        self._silent = 0
        self._shift: list[str] = []
        self._changed: list[str] = []

    # ------------------------------------------------------------ text

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._shift and data.strip():
            table = _RAISED if self._shift[-1] == "sup" else _LOWERED
            if all(ord(c) in table or c.isspace() for c in data):
                data = data.strip().translate(table)
        self._text.append(data)

    def _break(self) -> None:
        """The end of a paragraph; inside a cell of a table it is a blank."""
        if self._tables and self._tables[-1].inside:
            self._text.append(" ")
            return
        text = _BROKEN.sub("", " ".join("".join(self._text).split()))
        self._text.clear()
        if not text:
            return
        depth = max(len(self._lists) - 1, 0)
        if self._lists and self._item and self._item[-1]:
            mark = "" if _OWN_MARK.match(text) else self._item[-1].strip(_BULLET)
            self.found.append(Piece(f"{mark}{text}", "list-item", depth))
            self._item[-1] = ""
        elif self._lists and self.found and self.found[-1].kind == "list-item" and self.found[-1].depth == depth:
            last = self.found.pop()
            self.found.append(Piece(f"{last.text} {text}", "list-item", depth))
        else:
            self.found.append(Piece(text, "list-item" if self._lists else "paragraph", depth))

    def end(self) -> None:
        """Whatever is still open."""
        while self._tables:
            self._end_table()
        self._break()

    # ------------------------------------------------------------ tags

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", "img", "hr", "p"):
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        in_cell = bool(self._tables and self._tables[-1].inside)
        match tag:
            case _ if tag in _SILENT:
                self._silent += 1
            case "sup" | "sub":
                self._shift.append(tag)
            case "del" | "ins":
                self._changed.append(tag)
                self._text.append(" [deleted: " if tag == "del" else " [added: ")
            case "br":
                self._text.append(" ")
            case "img":
                self._picture(dict(attrs))
            case "ul" | "ol":
                self._break()
                self._lists.append(_List(_form(tag, dict(attrs))))
                self._item.append("")
            case "li" if in_cell:
                self._text.append(" • ")
            case "li":
                self._break()
                if self._lists:
                    self._item[-1] = self._lists[-1].mark()
            case "table" if in_cell:
                self._text.append(" ")
                self._tables.append(_Table(0, inside=True))
            case "table":
                self._break()
                self._count += 1
                self._tables.append(_Table(self._count))
            case "tr" if self._tables and self._tables[-1].number:
                self._end_row()
            case "td" | "th" if self._tables and self._tables[-1].number:
                self._begin_cell(tag, dict(attrs))
            case _ if tag in _BLOCKS:
                self._break()

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case _ if tag in _SILENT:
                self._silent = max(0, self._silent - 1)
            case "sup" | "sub":
                if self._shift:
                    self._shift.pop()
            case "del" | "ins":
                if self._changed:
                    self._changed.pop()
                    while self._text and not self._text[-1].strip():
                        self._text.pop()
                    self._text.append("] ")
            case "ul" | "ol":
                self._break()
                if self._tables and self._tables[-1].inside:
                    self._text.append(" • ")  # what follows the list in its cell is no part of its last item
                if self._lists:
                    self._lists.pop()
                    self._item.pop()
            case "li":
                self._break()
            case "td" | "th":
                self._end_cell()
            case "tr":
                if self._tables and self._tables[-1].number:
                    self._end_row()
            case "table":
                self._end_table()
            case _ if tag in _BLOCKS:
                self._break()

    def _picture(self, attrs: dict[str, str | None]) -> None:
        source = attrs.get("src") or ""
        known = _DATA.match(source)
        said = " ".join((attrs.get("alt") or "").split())
        alt = "" if said.casefold() in _NO_ALT else said
        data, named = (source[known.end() :], "") if known else ("", "" if source.startswith("data:") else source)
        if self._tables and self._tables[-1].inside:
            self.found.append(Piece(alt, LOST, data=data, source=named))
            return
        self._break()
        self.found.append(Piece(alt, PICTURE, data=data, source=named))

    # ------------------------------------------------------------ tables

    def _begin_cell(self, tag: str, attrs: dict[str, str | None]) -> None:
        table = self._tables[-1]
        self._end_cell()
        self._text.clear()
        while table.waiting.get(len(table.row), 0):
            table.waiting[len(table.row)] -= 1
            table.row.append("")
        table.inside = True
        table.head = table.head and tag == "th"
        table.across, table.down = _count(attrs.get("colspan")), _count(attrs.get("rowspan"))

    def _end_cell(self) -> None:
        if not self._tables or not self._tables[-1].inside or not self._tables[-1].number:
            return
        table = self._tables[-1]
        table.inside = False
        text = _BROKEN.sub("", _BULLETS.sub(_BULLET, " ".join("".join(self._text).split()))).strip(f" {_BULLET}")
        self._text.clear()
        for part in range(table.across):
            if table.down > 1:
                table.waiting[len(table.row)] = table.down - 1
            table.row.append("" if part else text)

    def _end_row(self) -> None:
        self._end_cell()
        table = self._tables[-1]
        if not table.row:
            self._text.clear()
            table.head = True
            return
        while table.waiting.get(len(table.row), 0):
            table.waiting[len(table.row)] -= 1
            table.row.append("")
        head = table.head and not table.body
        table.body = table.body or not head
        if any(table.row):
            cells = tuple(table.row)
            self.found.append(Piece(row_text(cells), "row", 0, cells, table.number, head))
        table.row = []
        table.head = True

    def _end_table(self) -> None:
        if not self._tables:
            return
        if self._tables[-1].number:
            self._end_row()
        else:
            self._text.append(" ")
        self._tables.pop()


def row_text(cells: tuple[str, ...]) -> str:
    """A row in one line: bars between its cells. A bar inside a cell becomes a broken bar, so that columns can be told."""
    return " | ".join(c.replace("|", "¦") for c in cells)


def _form(tag: str, attrs: dict[str, str | None]) -> str:
    """What the items of a list are counted with; capitals are written small."""
    if tag == "ul":
        return ""
    said = f"{attrs.get('type') or ''} {attrs.get('style') or ''}".casefold()
    return (
        "i"
        if "roman" in said or said.split()[:1] == ["i"]
        else "a"
        if "alpha" in said or said.split()[:1] == ["a"]
        else "1"
    )


def _count(said: str | None) -> int:
    return min(int(said), _MOST_SPAN) if said and said.isdigit() and int(said) else 1
