"""Binds what stands in a document to the codes of its rows again, and sees what was changed by hand. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import docpipe.writing.word.names as names
from docpipe.model import draft
from docpipe.model.diff import word_diff
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text
from docpipe.writing.word.abbreviations import ABBR, as_expanded
from docpipe.writing.word.carried import Carried, Memo
from docpipe.writing.word.tokens import Token
from docpipe.writing.word.tree import clean

_SEPARATOR = re.compile(r"\. |: |\.\t|:\t|\t|\. ?$")
_GROWN = re.compile(r"[\w.,%]")
"""What may not touch a value that is still the same value: 53 is not 53.1."""


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value that somebody changed by hand: its code, what it printed, what stands there now ("" where it was deleted)."""

    code: Placeholder
    was: str
    now: str


@dataclass(slots=True)
class Bound:
    """Tokens as coded text."""

    text: CodedText = ()
    shown: str = ""
    values: tuple[ChangedValue, ...] = ()
    expanded: tuple[str, ...] = ()


@dataclass(slots=True)
class _Row:
    """What a row's codes are, and what has been found."""

    codes: dict[int, Placeholder]
    opens: dict[int, Open]
    shown: dict[int, str]
    waiting: list[Placeholder]
    out: list[Inline] = field(default_factory=list)
    values: list[ChangedValue] = field(default_factory=list)
    expanded: list[str] = field(default_factory=list)

    def free(self) -> int:
        """A number that no code of the row has."""
        return max([*self.codes, *self.opens, *(p.id for p in self.out if not isinstance(p, Text))], default=0) + 1


class Binder:
    """Knows what a document was written with."""

    def __init__(self, memo: Memo | None) -> None:
        self._rows = {r.name: r for r in memo.rows} if memo is not None else {}
        self._targets = dict(memo.targets) if memo is not None else {}
        self._known: dict[str, list[Placeholder]] = {}
        below = (
            [(row.address, n, text) for row in memo.rows for n, text in enumerate(row.notes, 1)]
            if memo is not None
            else []
        )
        self._notes = {f"{names.NOTE}{n}": Carried("", at, "note", text) for n, (at, _, text) in enumerate(below, 1)}
        for row in memo.rows if memo is not None else ():
            for text in (row.text, *(c for line in row.cells for c in line)):
                for code in text:
                    if isinstance(code, Placeholder):
                        self._known.setdefault(code.kind, []).append(code)

    def row(self, name: str) -> Carried | None:
        """A row by its bookmark."""
        return self._rows.get(name)

    def note(self, name: str) -> Carried | None:
        """A note below a table by its bookmark."""
        return self._notes.get(name)

    def notes(self, address: str, now: Mapping[str, CodedText]) -> tuple[tuple[int, CodedText, CodedText], ...]:
        """The notes below a row's table that say something else now, () where one is gone: number, as written, as it stands."""
        own = [(name, note.text) for name, note in self._notes.items() if note.address == address]
        both = ((n, self.normal(was), now.get(name, ())) for n, (name, was) in enumerate(own, 1))
        return tuple((n, was, is_) for n, was, is_ in both if was != is_)

    @staticmethod
    def normal(text: CodedText) -> CodedText:
        """A stored text as it can come back: joined, without characters that XML does not allow."""
        return merge_text(Text(clean(p.text)) if isinstance(p, Text) else p for p in text)

    def bound(self, tokens: Sequence[Token], carried: Carried | None) -> Bound:
        """The coded text of a row's tokens; labels and numbers ahead of it are no part of it."""
        text = carried.text if carried is not None else ()
        holders = [p for p in text if isinstance(p, Placeholder)]
        row = _Row(
            {p.id: p for p in holders}, {p.id: p for p in text if isinstance(p, Open)},
            dict(carried.shown) if carried is not None else {}, [p for p in holders if p.kind == draft.REF],
        )  # fmt: skip
        plain = _without_label(tokens)
        controlled = carried is not None and (carried.firsts or any(p.kind != draft.REF for p in holders))
        if carried is not None and controlled and not any(t.kind == "control" for t in plain):
            return _bound_by_words("".join(t.text for t in plain), carried)
        self._into(plain, row)
        shown = "".join(t.text for t in plain)
        return Bound(merge_text(row.out), shown, tuple(row.values), tuple(row.expanded))

    def _into(self, tokens: Sequence[Token], row: _Row) -> None:
        for token in tokens:
            if token.kind == "text":
                row.out.append(Text(token.text))
            elif token.kind in ("reference", "link"):
                self._reference(token, row)
            elif token.kind == "control":
                self._control(token, row)

    def _reference(self, token: Token, row: _Row) -> None:
        data = self._targets.get(token.name)
        if data is None:
            row.out.append(Text(token.text))
            return
        code = next((c for c in row.waiting if c.data == data), None)
        if code is not None:
            row.waiting.remove(code)
        else:
            code = next((c for c in row.codes.values() if c.data == data), None)
        if code is None:
            code = Placeholder(row.free(), draft.REF, data, token.text, deletable=True, cloneable=True)
        self._ahead(code, token, row)
        row.out.append(code)

    @staticmethod
    def _ahead(code: Placeholder, token: Token, row: _Row) -> None:
        """Takes the words ahead of a field, which belong to the reference, off the text: ``Section`` in ``Section 12.2``."""
        said = row.shown.get(code.id, code.equiv)
        words = said.removesuffix(token.text)
        last = row.out[-1] if row.out else None
        if (
            token.kind == "reference"
            and words != said
            and isinstance(last, Text)
            and words
            and last.text.endswith(words)
        ):
            row.out[-1] = Text(last.text[: len(last.text) - len(words)])
        elif token.kind == "reference" and isinstance(last, Text) and code.data.startswith("section:"):
            number = re.search(r"[\w.]+$", said)
            words = said[: number.start()] if number else ""
            if words and last.text.endswith(words):  # the heading's number has changed since
                row.out[-1] = Text(last.text[: len(last.text) - len(words)])

    def _control(self, token: Token, row: _Row) -> None:
        tag = names.parse_tag(token.name)
        if tag is None:
            self._into(token.inside, row)
            return
        number, kind, data = tag
        if kind == "open":
            opened = row.opens.get(number) or Open(number, data)
            row.out.append(opened)
            self._into(token.inside, row)
            row.out.append(Close(number))
            return
        if kind == ABBR:
            self._expansion(token, data, row)
            return
        code = self._code(number, kind, data, row)
        if code is None:
            row.out.append(Text(token.text))
            return
        was = clean(row.shown.get(code.id, code.equiv) or token.text)
        self._value(token, code, was, row)

    def _code(self, number: int, kind: str, data: str, row: _Row) -> Placeholder | None:
        code = row.codes.get(number)
        if code is not None and code.kind == kind and names.same_data(data, code.data):
            return code
        for code in row.codes.values():  # numbered otherwise by whoever moved it
            if code.kind == kind and names.same_data(data, code.data):
                return code
        for code in self._known.get(kind, ()):  # from another row
            if names.same_data(data, code.data):
                return Placeholder(row.free(), kind, code.data, code.equiv, deletable=True, cloneable=True)
        if data.startswith("#"):
            return None
        used = any(isinstance(p, Placeholder) and p.id == number for p in row.out)
        return Placeholder(row.free() if used or row.codes else number, kind, data, "", deletable=True, cloneable=True)

    @staticmethod
    def _value(token: Token, code: Placeholder, was: str, row: _Row) -> None:
        now = "" if token.empty else token.text
        if not code.equiv and code.id not in row.codes and now:
            code = Placeholder(code.id, code.kind, code.data, now, True, True)
        if now == was:
            row.out.append(code)
        elif was and now.startswith(was) and not _GROWN.match(now[len(was) :]):
            row.out += [code, Text(now[len(was) :])]
        elif was and now.endswith(was) and not _GROWN.match(now[: -len(was)][-1:]):
            row.out += [Text(now[: -len(was)]), code]
        else:
            row.values.append(ChangedValue(code, was, now))
            row.out.append(Text(now))

    @staticmethod
    def _expansion(token: Token, data: str, row: _Row) -> None:
        short = data.split()[-1] if data.split() else data
        if token.text.endswith((f"({short})", f"[{short}]")):
            row.out.append(Text(data))
            row.expanded.append(token.text)
        else:
            row.out.append(Text(token.text))


def _bound_by_words(now: str, carried: Carried) -> Bound:
    """A row whose controls and fields an editor dropped: a code is bound again where its words stand in an unchanged stretch."""
    firsts = tuple(Placeholder(0, ABBR, data, printed) for data, printed in carried.firsts)
    shown = dict(carried.shown)
    parts: list[tuple[int, int, Inline]] = []
    was = ""
    for part in Binder.normal(as_expanded(carried.text, firsts)):
        words = part.text if isinstance(part, Text) else ""
        if isinstance(part, Placeholder):
            words = clean(shown.get(part.id, part.equiv) if part.id else part.equiv)
        parts.append((len(was), len(was) + len(words), part))
        was += words
    out: list[Inline] = []
    values: list[ChangedValue] = []
    expanded: list[str] = []
    found: set[int] = set()
    at = 0
    for op, text in word_diff(was, now):
        if op == "insert":
            out.append(Text(text))
            continue
        end = at + len(text)
        for n, (start, stop, part) in enumerate(parts):
            if stop <= at or start >= end or op == "delete":
                continue
            if isinstance(part, Text) or start < at or stop > end:
                out.append(Text(was[max(start, at) : min(stop, end)]))
            elif isinstance(part, Placeholder) and part.kind == ABBR:
                out.append(Text(part.data))
                expanded.append(part.equiv)
            else:
                out.append(part)
                found.add(n)
        at = end
    for n, (start, stop, part) in enumerate(parts):
        if isinstance(part, Placeholder) and part.kind != ABBR and n not in found:
            values.append(ChangedValue(part, was[start:stop], ""))
    return Bound(merge_text(out), now, tuple(values), tuple(expanded))


def _without_label(tokens: Sequence[Token]) -> list[Token]:
    """The tokens after a caption's label or a heading's own number, and what parts them from the text."""
    start = next((t for t in tokens if t.kind == "start" and t.name.startswith(names.LABEL)), None)
    if start is None:
        return list(tokens)
    end = next((n for n, t in enumerate(tokens) if t.kind == "end" and t.name == start.number), None)
    if end is None:
        return list(tokens)
    rest = list(tokens[end + 1 :])
    at = next((n for n, t in enumerate(rest) if t.kind == "text"), None)
    if at is not None and (found := _SEPARATOR.match(rest[at].text)):
        rest[at] = Token("text", rest[at].text[found.end() :])
    return rest
