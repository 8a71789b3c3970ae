"""Printed cells of result tables: what values stand in them, exactly as printed and as decimal numbers. Imports the standard library only.

A cell that does not have one of the forms known here is not guessed at: it carries the reason why it was not read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

_FOLD = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"}
_FOLD |= {0xFF10 + i: str(i) for i in range(10)}
_FOLD |= {
    ord(a): b for a, b in zip("\uff08\uff09\uff05\uff0e\uff0c\uff1b\uff1c\uff1e\uff3b\uff3d", "()%.,;<>[]", strict=True)
}
_FOLD |= {ord(c): "\u00a0" for c in "\u2007\u2009\u202f"}
"""Character for character, so that places in the folded text are places in the printed one."""

_TOKEN = re.compile(
    r"""
    (?P<space>[\s\u00a0]+)
  | (?P<prefix>[pP]\s*(?==|<|>|\u2264|\u2265))
  | (?P<relation><=|>=|[<>\u2264\u2265=~])
  | (?P<number>(?:\d{1,3}(?:[,\u00a0]\d{3})+(?![\d])|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<percent>%)
  | (?P<word>N\.?[ERACD]\.?|N/A|not\ (?:estimable|reached|applicable|calculated|evaluable)|missing)(?![A-Za-z])
  | (?P<plusminus>\u00b1|\+/-)
  | (?P<open>[(\[])
  | (?P<close>[)\]])
  | (?P<hyphen>-)
  | (?P<sep>[;,/:]|to(?=[\s\u00a0\d.<-]))
  | (?P<mark>[*\u2020\u2021\u00a7\u00b6#^]+|[\u00b9\u00b2\u00b3\u2070-\u2079]+|(?<=[\d%)])[a-z](?![a-z]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ABSENT = re.compile(r"-{1,3}|\.{1,3}|\u2026")
_RELATIONS = {"\u2264": "<=", "\u2265": ">=", "=": "", "~": "~"}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a cell. ``number`` is None for words such as NE; ``relation``: "", ``<``, ``>``, ``<=``, ``>=`` or ``~``.

    ``text``: exactly as printed, without surrounding blanks, with sign, relation and percent sign; ``start``: where in the cell.
    """

    text: str
    number: Decimal | None
    decimals: int | None
    relation: str = ""
    percent: bool = False
    start: int = 0

    @property
    def raw(self) -> str:
        """The value without its dress: ``<0.0001`` for ``<.0001``, ``1234`` for ``1,234``, ``62`` for ``62%``, ``NE``."""
        return f"{self.relation}{plain_number(self.number)}" if self.number is not None else self.text


@dataclass(frozen=True, slots=True)
class ParsedCell:
    """A cell. ``shape``: V for each value with its brackets and signs, such as ``V(V%)`` or ``V[V;V]``; "" where nothing was read.

    ``marks``: footnote marks; ``reason``: why the cell was not read, "" where it was or where it is blank.
    """

    text: str
    shape: str
    values: tuple[Value, ...] = ()
    marks: tuple[str, ...] = ()
    reason: str = ""

    @property
    def blank(self) -> bool:
        """Nothing is printed."""
        return not self.shape and not self.reason


def plain_number(number: Decimal) -> str:
    """Digits without exponent, with the decimals that the number has; ``-0.0`` keeps its sign, as it is printed."""
    return format(number, "f")


def parse_cell(text: str, marks: Collection[str] = (), pair: bool = False) -> ParsedCell:
    """The values of a printed cell.

    ``marks``: footnote marks of the display such as ``[1]``, which then are no values; ``pair``: the cell holds two limits, so that
    a comma between digits parts them and does not group thousands.
    """
    folded = text.translate(_FOLD)
    if not folded.strip("\u00a0 \t\r\n"):
        return ParsedCell(text, "")
    if _ABSENT.fullmatch(folded.strip("\u00a0 \t\r\n")):
        return ParsedCell(text, "V", (Value(text.strip(), None, None, start=len(text) - len(text.lstrip())),))
    shape, values, found, reason = _read(folded, text, marks, pair)
    if reason:
        return ParsedCell(text, "", (), (), reason)
    shape = shape.replace("()", "").replace("[]", "")
    return ParsedCell(text, shape, tuple(values), tuple(found))


def _read(folded: str, text: str, known: Collection[str], pair: bool) -> tuple[str, list[Value], list[str], str]:
    shape, values, found = "", list[Value](), list[str]()
    at, start, relation, sign, depth = 0, -1, "", "", 0
    while at < len(folded):
        mark = next((m for m in known if folded.startswith(m, at)), "") if shape else ""
        if mark:
            found.append(mark)
            at += len(mark)
            continue
        token = _TOKEN.match(folded, at)
        if token is None:
            return "", [], [], "the cell holds text"
        kind, said, at = token.lastgroup, token.group(), token.end()
        if kind == "number" and pair and "," in said:
            said = said[: said.index(",")]
            at = token.start() + len(said)
        if kind in ("space", "prefix"):
            continue
        if kind == "hyphen" and not shape.endswith(("V", "%", ")", "]")) and not sign:
            sign, start = "-", token.start() if start < 0 else start
        elif kind == "relation":
            relation, start = _RELATIONS.get(said, said), token.start()
        elif kind in ("number", "word"):
            if shape.endswith(("V", "%")) or (kind == "word" and (relation or sign)):
                return "", [], [], "two values stand side by side without a sign between them"
            values.append(
                _value(text, start if start >= 0 else token.start(), at, said, sign, relation, kind == "word")
            )
            shape, start, relation, sign = shape + "V", -1, "", ""
        elif sign or relation:
            return "", [], [], "a sign or comparator stands without a number"
        elif kind == "percent":
            if not values or values[-1].percent or not shape.endswith(("V", ")")):
                return "", [], [], "a percent sign stands without a number"
            values[-1] = _percent(values[-1], text, token.start())
            shape = shape[:-1] + ("V%" if shape.endswith("V") else "%)")
        elif kind in ("open", "close"):
            depth += 1 if kind == "open" else -1
            shape += said
        elif kind == "mark":
            found.append(said)
        else:
            shape += "\u00b1" if kind == "plusminus" else "/" if said == "/" else ";"
        if depth < 0:
            break
    if (
        depth
        or sign
        or relation
        or not values
        or shape.endswith((";", "/", "\u00b1"))
        or shape.startswith((";", "/", "\u00b1"))
    ):
        return "", [], [], "brackets or signs are not complete"
    return shape, values, found, ""


def _value(text: str, start: int, end: int, said: str, sign: str, relation: str, word: bool) -> Value:
    if word:
        return Value(text[start:end], None, None, start=start)
    digits = said.replace(",", "").replace("\u00a0", "")
    number = Decimal(sign + digits)
    decimals = len(digits.lower().partition("e")[0].partition(".")[2])
    return Value(text[start:end], number, decimals, relation, False, start)


def _percent(value: Value, text: str, at: int) -> Value:
    """The value as a percentage; its text takes the sign in where nothing but blanks stands between."""
    end = value.start + len(value.text)
    dress = text[value.start : at + 1] if not text[end:at].strip("\u00a0 ") else value.text
    return Value(dress, value.number, value.decimals, value.relation, True, value.start)
