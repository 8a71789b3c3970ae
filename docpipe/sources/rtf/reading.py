"""RTF read into sections of lines, tables and pictures, with headers and footers; objects and unknown destinations stepped over.

Imports errors, the budget and its neighbours. Source: RTF specification 1.9.1.
"""

from __future__ import annotations

from collections import Counter

from docpipe.errors import DataDamaged, NotAPackage
from docpipe.model.finding import Severity
from docpipe.model.source import SourceNotice
from docpipe.safe.budget import DEFAULT, Budget
from docpipe.sources.printed.page import Item, Picture, Printed, Section, raised
from docpipe.sources.rtf import charsets
from docpipe.sources.rtf.flow import Definition, Flow
from docpipe.sources.rtf.tokens import BYTE, CLOSE, OPEN, SYMBOL, TEXT, WORD, Token, tokens

_CHARACTERS = {
    b"tab": "\t", b"pmartabqr": "\t", b"ptabright": "\t", b"ptablcenter": "\t", b"line": "\n", b"lbr": "\n", b"softline": "\n",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"emspace": "\u2003", b"enspace": "\u2002", b"qmspace": "\u2005",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"-": "", b"{": "{", b"}": "}", b"\\": "\\", b"|": "", b":": ""}
_HEADERS = {b"header", b"headerl", b"headerr", b"headerf"}
_FOOTERS = {b"footer", b"footerl", b"footerr", b"footerf"}
_SKIPPED = {
    b"colortbl", b"stylesheet", b"listtable", b"listoverridetable", b"revtbl", b"filetbl", b"fldinst", b"datafield",
    b"listtext", b"pntext", b"nonshppict", b"bkmkstart", b"bkmkend", b"xe", b"tc", b"nonesttables", b"annotation", b"atnid",
    b"atnauthor", b"falt", b"panose", b"themedata", b"datastore", b"latentstyles", b"ftnsep", b"ftnsepc", b"aftnsep",
    b"aftnsepc", b"template", b"pgdsctbl",
}  # fmt: skip
_NOTED = {
    b"object": "embedded objects", b"shp": "drawings", b"do": "drawings", b"shpinst": "drawings",
}  # fmt: skip
_PLAIN, _SKIP, _FONTS, _INFO, _NOTE, _TITLE, _PICTURE = range(7)
_PICTURES = 500
"""Pictures of one file that are taken."""


class _State:
    """What a group's end puts back."""

    __slots__ = (
        "above",
        "deleted",
        "flow",
        "font",
        "hidden",
        "indent",
        "level",
        "mode",
        "nested",
        "raised",
        "table",
        "uc",
    )

    def __init__(self, flow: Flow) -> None:
        self.flow, self.mode, self.uc, self.font = flow, _PLAIN, 1, -1
        self.hidden = self.deleted = self.raised = self.table = self.nested = False
        self.level, self.indent, self.above = 1, 0, _PLAIN

    def copy(self) -> _State:
        new = _State.__new__(_State)
        for name in _State.__slots__:
            setattr(new, name, getattr(self, name))
        new.above = self.mode
        return new


def read_rtf(data: bytes, budget: Budget = DEFAULT) -> Printed:
    """The file as printed. Raises ``NotAPackage`` (no RTF), ``DataDamaged`` (cut off, broken) or ``TooLarge``."""
    if not data[:64].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise NotAPackage("The file does not begin as RTF does.")
    return _Reader(budget).read(data[data.index(b"{") :])


class _Reader:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._room = [budget.document_blocks]
        self._body = Flow(self._room)
        self._headers: dict[bytes, Flow] = {}
        self._footers: dict[bytes, Flow] = {}
        self._sections: list[Section] = []
        self._notes: list[str] = []
        self._title = ""
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font_now = -1
        self._default_font = -1
        self._bytes = bytearray()
        self._skip = 0
        self._star = False
        self._first = False
        self._seen: Counter[str] = Counter()
        self._hex: list[bytes] = []
        self._pictures: list[Picture] = []
        self._state = _State(self._body)

    def read(self, data: bytes) -> Printed:
        stack: list[_State] = []
        for token in tokens(data, self._budget):
            kind = token.kind
            if kind == OPEN:
                self._flush()
                stack.append(self._state)
                self._state = self._state.copy()
                self._first, self._star, self._skip = True, False, 0
                continue
            if kind == CLOSE:
                self._flush()
                self._leave(stack[-1])
                self._state = stack.pop()
                self._first = self._star = False
                self._skip = 0
                continue
            if kind == SYMBOL and token.data == b"*" and self._first:
                self._star = True
                continue
            first, self._first = self._first, False
            if self._state.mode == _SKIP:
                continue
            if self._state.mode == _PICTURE and kind == TEXT:
                self._hex.append(token.data)
            elif kind == WORD:
                self._word(token, first)
            elif kind in (TEXT, BYTE):
                self._add_bytes(token.data)
            elif kind == SYMBOL:
                self._symbol(token.data)
        self._end_section()
        notes, notices = tuple(self._notes), tuple(self._notices())
        return Printed(tuple(self._sections), notes, notices, self._title, tuple(self._pictures))

    # ------------------------------------------------------------ text

    def _add_bytes(self, data: bytes) -> None:
        """Bytes of the code page in force; those that stand in for a \\u character before them are dropped."""
        if self._skip:
            dropped = min(self._skip, len(data))
            self._skip -= dropped
            data = data[dropped:]
        self._bytes += data

    def _flush(self) -> None:
        if self._bytes:
            data = bytes(self._bytes)
            self._bytes.clear()
            self._put(charsets.decode(data, self._encoding()))

    def _encoding(self) -> str:
        font = self._state.font if self._state.font >= 0 else self._default_font
        return self._fonts.get(font, "") or self._page

    def _put(self, text: str) -> None:
        state = self._state
        if state.mode == _FONTS:
            if self._font_now >= 0 and text.strip(" ;").casefold() == "symbol":
                self._fonts[self._font_now] = charsets.SYMBOL
            return
        if state.mode == _TITLE:
            self._title += text
            return
        if state.mode not in (_PLAIN, _NOTE) or not text:
            return
        if state.deleted or state.hidden:
            if text.strip():
                self._seen["deleted" if state.deleted else "hidden"] += 1
            return
        if "\ufffd" in text:
            self._seen["unknown characters"] += text.count("\ufffd")
        state.flow.text(raised(text) if state.raised else text, state.indent)

    def _symbol(self, data: bytes) -> None:
        if data in _SYMBOLS:
            if self._skip:
                self._skip -= 1
                return
            self._flush()
            self._put(_SYMBOLS[data])
        elif data in (b"\r", b"\n"):
            self._word(Token(WORD, b"par"), False)

    # ------------------------------------------------------------ control words

    def _word(self, token: Token, first: bool) -> None:
        name, number = token.data, token.number
        state = self._state
        if name == b"u":
            self._flush()
            code = (number or 0) & 0xFFFF
            text = chr(code)
            self._put(charsets.symbol(text) if 0xF020 <= code <= 0xF0FF else text)
            self._skip = state.uc
            return
        self._flush()
        self._skip = 0
        if name == b"uc":
            state.uc = min(max(0, number if number is not None else 1), 32)
            return
        if (first or self._star) and self._destination(name):
            return
        if name in _CHARACTERS:
            self._put(_CHARACTERS[name])
        elif state.mode == _FONTS:
            self._font_word(name, number)
        elif state.mode in (_PLAIN, _NOTE):
            self._format(name, number) or self._structure(name, number)

    def _destination(self, name: bytes) -> bool:
        """Whether the group that begins with this word is a destination, which is then set."""
        state, starred = self._state, self._star
        self._star = False
        if name == b"shppict":
            return True  # around the picture that is meant; the one for old programs stands in nonshppict
        if name == b"pict":
            state.mode = _PICTURE
        elif name in _NOTED:
            if state.mode != _SKIP:
                self._seen[_NOTED[name]] += 1
            state.mode = _SKIP
        elif name in _SKIPPED:
            state.mode = _SKIP
        elif name in _HEADERS or name in _FOOTERS:
            flow = Flow(self._room)
            (self._headers if name in _HEADERS else self._footers)[name] = flow
            self._enter(flow, _PLAIN)
        elif name == b"footnote":
            self._enter(Flow(self._room), _NOTE)
        elif name == b"fonttbl":
            state.mode = _FONTS
        elif name == b"info":
            state.mode = _INFO
        elif name == b"title" and state.mode == _INFO:
            state.mode = _TITLE
        elif name == b"nesttableprops":
            state.nested = True
        elif starred or state.mode == _INFO:
            state.mode = _SKIP
        else:
            return False
        return True

    def _enter(self, flow: Flow, mode: int) -> None:
        state = self._state
        state.flow, state.mode, state.table, state.level, state.indent = flow, mode, False, 1, 0
        state.hidden = state.deleted = state.raised = state.nested = False

    def _leave(self, outer: _State) -> None:
        """A group's end: a footnote's text is taken, an open cell of a header is a fault."""
        if self._state.mode == _NOTE and outer.mode != _NOTE:
            note = " ".join(str(getattr(i, "text", "")) for i in self._state.flow.finish())
            if note.strip():
                self._notes.append(" ".join(note.split()))
        if self._state.mode == _PICTURE and outer.mode != _PICTURE:
            self._end_picture()

    def _end_picture(self) -> None:
        """Takes the picture of the body that ends here; one of a header, or kept in binary form, is told as left out."""
        digits = b"".join(self._hex).translate(None, b" \t")
        self._hex.clear()
        here = self._state.flow is self._body and len(self._pictures) < _PICTURES
        if not here or not digits or len(digits) % 2 or digits.strip(b"0123456789abcdefABCDEF"):
            self._seen["pictures"] += 1
            return
        data = bytes.fromhex(digits.decode("ascii"))
        self._pictures.append(Picture(len(self._sections), len(self._body.items), data))

    def _font_word(self, name: bytes, number: int | None) -> None:
        if name == b"f" and number is not None:
            self._font_now = number
        elif name == b"fcharset" and number is not None and self._font_now >= 0:
            encoding = charsets.of_charset(number)
            if encoding:
                self._fonts[self._font_now] = encoding
        elif name == b"cpg" and number and self._font_now >= 0:
            self._fonts.setdefault(self._font_now, charsets.of_page(number))

    def _format(self, name: bytes, number: int | None) -> bool:
        """Properties of characters and paragraphs, and of the document."""
        state = self._state
        on = number != 0
        if name == b"f":
            state.font = -1 if number is None else number
        elif name == b"plain":
            state.font, state.hidden, state.deleted, state.raised = -1, False, False, False
        elif name == b"v":
            state.hidden = on
        elif name == b"deleted":
            state.deleted = on
        elif name == b"super":
            state.raised = on
        elif name == b"nosupersub":
            state.raised = False
        elif name in (b"li", b"lin"):
            state.indent = max(0, number or 0)
        elif name == b"pard":
            state.table, state.level, state.indent = False, 1, 0
        elif name == b"intbl":
            state.table = True
        elif name == b"itap":
            state.table, state.level = bool(number), max(1, min(2, number or 1))
            if (number or 0) > 2:
                self._seen["deep tables"] += 1
        elif name == b"ansicpg" and number:
            self._page = charsets.of_page(number)
        elif name in (b"mac", b"pc", b"pca"):
            self._page = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}[name]
        elif name == b"deff" and number is not None:
            self._default_font = number
        else:
            return False
        return True

    def _structure(self, name: bytes, number: int | None) -> bool:
        """Ends of paragraphs, cells, rows and sections; definitions of rows."""
        state = self._state
        flow, index = state.flow, 1 if state.nested else 0
        definition = flow.definitions[index]
        if name == b"par":
            flow.end_paragraph(state.level if state.table else 0)
        elif name in (b"cell", b"nestcell"):
            flow.end_cell(1 if name == b"cell" else 2)
        elif name in (b"row", b"nestrow"):
            flow.end_row(1 if name == b"row" else 2)
        elif name == b"trowd":
            flow.definitions[index] = Definition()
        elif name == b"trleft":
            definition.left = number or 0
        elif name == b"trhdr":
            definition.head = True
        elif name == b"cellx":
            definition.edge(number or 0)
        elif name == b"clmgf":
            definition.merge = "first"
        elif name == b"clmrg":
            definition.merge = "rest"
        elif name == b"clvmrg":
            definition.above = True
        elif name in (b"page", b"column"):
            flow.end_paragraph(0) if not state.table else None
        elif name == b"sect" and flow is self._body:
            self._end_section()
        else:
            return False
        return True

    # ------------------------------------------------------------ sections

    def _end_section(self) -> None:
        self._flush()
        if self._body.open_cells:
            raise DataDamaged("The RTF ends inside a row of a table.", section=len(self._sections) + 1)
        self._seen["nested tables"] += self._body.nested
        self._seen["uneven rows"] += self._body.uneven
        body = self._body.finish()
        self._sections.append(Section(_joined(self._headers), body, _joined(self._footers)))
        self._body = Flow(self._room)
        self._state.flow = self._body

    def _notices(self) -> list[SourceNotice]:
        say = {
            "pictures": ("source.picture_skipped", Severity.MINOR, "{} pictures were left out."),
            "embedded objects": ("source.object_skipped", Severity.MAJOR, "{} embedded objects were left out."),
            "drawings": ("source.drawing_skipped", Severity.MINOR, "{} drawings were left out with the text in them."),
            "deleted": ("source.deleted_text", Severity.MAJOR, "Text marked as deleted was left out in {} places."),
            "hidden": ("source.hidden_text", Severity.MAJOR, "Hidden text was left out in {} places."),
            "unknown characters": ("source.unknown_character", Severity.MAJOR, "{} characters could not be read."),
            "nested tables": ("display.nested", Severity.MINOR, "{} tables stand inside cells of other tables."),
            "uneven rows": ("display.uneven", Severity.MAJOR, "{} rows have more or fewer cells than they state."),
            "deep tables": ("display.nested_deeper", Severity.MAJOR, "Tables are nested deeper than two levels."),
        }
        return [
            SourceNotice(code, severity, text.format(self._seen[key]))
            for key, (code, severity, text) in say.items()
            if self._seen[key]
        ]


def _joined(flows: dict[bytes, Flow]) -> tuple[Item, ...]:
    """The items of the headers (or footers) of odd, even and first pages; what several of them hold counts once."""
    return tuple(dict.fromkeys(item for flow in flows.values() for item in flow.finish()))
