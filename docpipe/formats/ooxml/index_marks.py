"""Marks of index and contents entries (XE, TC): their words, where an index or a list of the document shows them.

Imports the core and the parts of this package. Source: ISO/IEC 29500-1, 17.16.5.78 (XE), 17.16.5.66 (TC), 17.16.5.31 (INDEX). Word
makes the list anew from the marks, so an index that was translated and marks that were not would part at its next update.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from docpipe.formats.ooxml.anchors import paragraph_of
from docpipe.formats.ooxml.names import SHORT, Element, set_text, w_attr
from docpipe.formats.ooxml.records import Reading, ValueRecord
from docpipe.model.document import Address, BlockKind, ReadPolicy

_LISTS = {"XE": re.compile(r"\bINDEX\b"), "TC": re.compile(r"\bTOC\b[^\"]*\\f")}
_STORIES = ("document", "footnote", "endnote")
_WORDS = re.compile(r'^\s*(?:XE|TC)\s+"((?:[^"\\]|\\.)*)"|\\t\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
"""The entry, and of XE the words that stand instead of a page number (see also …)."""
_LEVEL = re.compile(r"(?<!\\):")
_ESCAPED = re.compile(r'\\([\\":;])')


def read_marks(reading: Reading, policy: ReadPolicy) -> None:
    """Enters the words of marks into a reading; each level of an index entry is a text of its own."""
    if policy.shape_text == "skip":
        return
    roots = [s.root for s in reading.parts.stories if s.kind in _STORIES]
    codes = "".join(el.text or "" for root in roots for el in root.iter("{*}instrText"))
    shown = {name for name, lists in _LISTS.items() if lists.search(codes)}
    if not shown or not re.search(r"\b(?:XE|TC)\s", codes):
        return
    known = {r.paragraph.element: r for r in reading.paragraphs}
    for story in reading.parts.stories:
        holding = (
            dict.fromkeys(paragraph_of(el) for el in story.root.iter("{*}instrText")) if story.root in roots else {}
        )
        for p in holding:
            record = known.get(p)
            for number, mark in enumerate(_marks(p, shown) if p is not None and record is not None else (), 1):
                assert record is not None
                for at, text in enumerate(mark.texts, 1):
                    if text.strip():
                        address = Address(f"{record.address}/mark[{number}]/text[{at}]")
                        put = partial(mark.put, at - 1)
                        reading.records.append(ValueRecord(story.name, address, BlockKind.LIST_ENTRY, text, put))
                        reading.characters += len(text)
                        reading.translated += len(text)


class _Mark:
    """One mark: the elements of its instruction, and the words in it."""

    def __init__(self, elements: list[Element]) -> None:
        self._elements = elements
        self._pieces: list[tuple[str, bool]] = []
        code, at = "".join(el.text or "" for el in elements), 0
        for found in _WORDS.finditer(code):
            group = 1 if found.group(1) is not None else 2
            start = found.start(group)
            for n, level in enumerate(_LEVEL.split(found.group(group)) if group == 1 else [found.group(group)]):
                self._pieces += [(code[at:start] if n == 0 else ":", False), (level, True)]
            at = found.end(group)
        self._pieces.append((code[at:], False))

    @property
    def texts(self) -> list[str]:
        return [_ESCAPED.sub(r"\1", text) for text, words in self._pieces if words]

    def put(self, number: int, text: str) -> None:
        """Writes one of the texts; the instruction comes to stand in its first element."""
        place = [i for i, (_, words) in enumerate(self._pieces) if words][number]
        self._pieces[place] = re.sub(r'([\\":])', r"\\\1", text), True
        for n, el in enumerate(self._elements):
            set_text(el, "".join(piece for piece, _ in self._pieces) if n == 0 else "")


def _marks(p: Element, names: set[str]) -> Iterator[_Mark]:
    """The marks of a paragraph; one with another field in it stays as it is."""
    open_: list[tuple[list[Element], list[bool]]] = []
    for el in p.iter("{*}fldChar", "{*}instrText"):
        if paragraph_of(el) is not p:
            continue
        kind = w_attr(el, "fldCharType") if SHORT[el.tag] == "w:fldChar" else None
        if kind == "begin":
            for _, spoilt in open_:
                spoilt.append(True)
            open_.append(([], []))
        elif kind == "end" and open_:
            elements, spoilt = open_.pop()
            code = "".join(el.text or "" for el in elements).split(None, 1)
            if code and code[0].upper() in names and not spoilt:
                yield _Mark(elements)
        elif kind is None and open_ and SHORT[el.tag] == "w:instrText":
            open_[-1][0].append(el)
