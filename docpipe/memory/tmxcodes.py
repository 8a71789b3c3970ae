"""Inline elements of TMX (bpt, ept, ph, it, hi, ut, sub) as coded text, and wire text as inline elements.

Imports errors and the core only. Source: TMX 1.4b specification, content markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol
from xml.sax.saxutils import escape

from docpipe.errors import AssetMalformed
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text


class Node(Protocol):
    """What is needed of an XML element; docpipe.safe makes them."""

    tag: Any
    text: Any
    tail: Any
    sourceline: Any

    def get(self, key: str) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...

    def iter(self) -> Iterator[Any]: ...


_TAG = re.compile(r"<(\\*)(/?)(\d{1,6})(/?)>")


class Numbers:
    """Gives the codes of a unit their numbers, shared by its languages: by ``x`` where the file has one, else by place."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def of(self, what: str, key: str) -> int:
        """The number of a code; ``key`` tells it apart from others of its kind."""
        return self._known.setdefault((what, key), len(self._known) + 1)


def local(element: Node) -> str:
    """The element's name without its namespace; "" for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def coded(seg: Node, unit: int, numbers: Numbers) -> CodedText:
    """A segment's coded text. Raises ``AssetMalformed`` naming the unit where starts and ends do not pair."""
    reader = _Reader(unit, numbers)
    reader.walk(seg)
    if reader.open:
        raise _bad(unit, seg, "a bpt without its ept")
    return merge_text(reader.out)


def _bad(unit: int, element: Node, what: str) -> AssetMalformed:
    return AssetMalformed(f"Unit {unit} (line {element.sourceline}) has {what}.", line=element.sourceline, unit=unit)


class _Reader:
    """Walks one segment's elements."""

    def __init__(self, unit: int, numbers: Numbers) -> None:
        self.unit, self.numbers = unit, numbers
        self.out: list[Inline] = []
        self.open: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def walk(self, element: Node) -> None:
        """Text and codes of an element's content. The native content of codes is dropped."""
        self.out.append(Text(element.text or ""))
        for child in element:
            self._code(local(child), child)
            self.out.append(Text(child.tail or ""))

    def _code(self, name: str, child: Node) -> None:
        match name:
            case "bpt":
                key = child.get("i") or child.get("x")
                if not key or key in self.open:
                    raise _bad(self.unit, child, "a bpt without a number of its own")
                number = self.numbers.of("pair", self._key("bpt", child, f"i{key}"))
                self.open[key] = number
                self.out.append(Open(number))
            case "ept":
                begun = self.open.pop(child.get("i") or child.get("x") or "", None)
                if begun is None:
                    raise _bad(self.unit, child, "an ept without its bpt")
                self.out.append(Close(begun))
            case "hi":
                number = self.numbers.of("pair", self._key("hi", child))
                self.out.append(Open(number))
                self.walk(child)
                self.out.append(Close(number))
            case "it":
                number = self.numbers.of("it", self._key("it", child))
                self.out.append(Close(number, True) if child.get("pos") == "end" else Open(number, isolated=True))
            case "ph" | "ut":
                self.out.append(Placeholder(self.numbers.of("ph", self._key("ph", child))))
            case "":
                pass
            case _:
                raise _bad(self.unit, child, "an element that TMX does not know")

    def _key(self, name: str, child: Node, else_: str = "") -> str:
        if child.get("x"):
            return f"x{child.get('x')}"
        self._counts[name] = self._counts.get(name, 0) + 1
        return else_ or f"{name}{self._counts[name]}"


def elements(wire: str) -> str:
    """Wire text as the content of a TMX ``seg``: pairs as bpt and ept, starts and ends alone as it, placeholders as ph."""
    out: list[str] = []
    at = 0
    partner = _partners(wire)
    for m in _TAG.finditer(wire):
        out.append(_text(wire[at : m.start()]))
        at = m.end()
        slashes, lead, n, trail = m.groups()
        if slashes or (lead and trail):
            out.append(_text("<" + slashes[1:] + lead + n + trail + ">"))
        elif trail:
            out.append(f'<ph x="{n}"/>')
        elif m.start() in partner:
            i = partner[m.start()]
            out.append(f'<ept i="{i}"/>' if lead else f'<bpt i="{i}" x="{n}"/>')
        else:
            out.append(f'<it pos="{"end" if lead else "begin"}" x="{n}"/>')
    out.append(_text(wire[at:]))
    return "".join(out)


def _text(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _partners(wire: str) -> dict[int, int]:
    """Offsets of the tags of every pair, with the pair's number in this text, counted from 1."""
    found: dict[int, int] = {}
    begun: dict[str, int] = {}
    for m in _TAG.finditer(wire):
        slashes, lead, n, trail = m.groups()
        if slashes or trail:
            continue
        if not lead:
            begun[n] = m.start()
        elif n in begun:
            number = len(found) // 2 + 1
            found[begun.pop(n)] = found[m.start()] = number
    return found
