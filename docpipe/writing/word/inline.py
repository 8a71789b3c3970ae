"""Coded text as runs: values in content controls, references as fields, first uses written out, changes against the previous draft. Imports the core and its room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import docpipe.writing.word.names as names
from docpipe.model import draft
from docpipe.model.diff import word_diff
from docpipe.model.fact import FactId
from docpipe.model.inline import (
    Close,
    CodedText,
    Inline,
    Open,
    Placeholder,
    Text,
    codes_of,
    merge_text,
    parse_wire,
    to_wire,
)
from docpipe.writing.word.layout import Layout, Target
from docpipe.writing.word.tree import PLAIN, Change, Look, Tree

_FORMATS = frozenset({"b", "i", "u", "sup", "sub"})


class Inliner:
    """Writes coded texts of one document. ``literal``: blocks whose heading number stands in the text instead of coming from a list."""

    def __init__(self, tree: Tree, layout: Layout, literal: frozenset[str] = frozenset()) -> None:
        self.tree, self.layout, self.literal = tree, layout, literal

    def put(self, parent: Any, coded: CodedText, look: Look = PLAIN, change: Change = "") -> None:
        """The text's runs, appended to ``parent``."""
        open_codes: list[tuple[int, Any, Look]] = []
        for part in coded:
            if isinstance(part, Text):
                self.tree.run(parent, part.text, look, change)
            elif isinstance(part, Placeholder):
                self._code(parent, part, look, change)
            elif change == "del":
                continue
            elif isinstance(part, Open):
                open_codes.append((part.id, parent, look))
                parent = self.tree.control(parent, f"dp|{part.id}|open|{part.kind}"[: names.TAG_LENGTH], change="")
                look = look.plus(part.kind) if part.kind in _FORMATS else look
            elif open_codes and open_codes[-1][0] == part.id:
                _, parent, look = open_codes.pop()

    def changed(self, parent: Any, old: CodedText, new: CodedText, look: Look = PLAIN) -> None:
        """The new text with what differs from the old one as tracked changes."""
        if any(isinstance(p, Open | Close) for p in new):
            self.put(parent, tuple(p for p in old if isinstance(p, Text | Placeholder)), look, "del")
            self.put(parent, new, look, "ins")
            return
        for op, piece in compared(old, new):
            self.put(parent, piece, look, "" if op == "keep" else "del" if op == "delete" else "ins")

    def _code(self, parent: Any, code: Placeholder, look: Look, change: Change) -> None:
        if change == "del":  # a value of the previous draft: the facts at hand are those of this one
            self.tree.run(parent, code.equiv if code.kind == draft.FACT else self.layout.said(code), look, change)
            return
        said = self.layout.said(code)
        if code.kind == draft.REF and (target := self.layout.target(code)) is not None:
            self._reference(parent, target, look, change)
            return
        content = self.tree.control(parent, names.tag_of(code), self._title(code), change)
        self.tree.run(content, said, look, change)
        self.tree.control_end(parent, content, change)

    def _reference(self, parent: Any, target: Target, look: Look, change: Change) -> None:
        if not target.number:
            self.tree.run(self.tree.link(parent, target.bookmark), target.said, look, change)
            return
        self.tree.run(parent, target.ahead, look, change)
        if target.heading is None:
            instruction = f"REF {target.bookmark} \\h"
        elif target.heading.block in self.literal:
            instruction = f"REF {names.number_name(target.heading.block)} \\h"
        else:
            instruction = f"REF {target.bookmark} \\r \\h"
        self.tree.field(parent, instruction, target.number, look, change=change)

    def _title(self, code: Placeholder) -> str:
        """What Word shows on the control: where the value comes from."""
        if code.kind != draft.FACT:
            return ""
        fact = self.layout.facts.get(FactId(code.data.partition(":")[0]))
        if fact is None:
            return "Value"
        return ", ".join(x for x in (fact.display, fact.row[-1] if fact.row else "", fact.arm, fact.statistic) if x)


def compared(old: CodedText, new: CodedText) -> Iterable[tuple[str, CodedText]]:
    """Stretches to keep, delete and insert; a code is the same where kind, data and what it shows are the same."""
    numbers: dict[tuple[str, str, str], int] = {}
    known: dict[int, Placeholder] = {}

    def numbered(coded: CodedText) -> CodedText:
        out: list[Inline] = []
        for part in coded:
            if isinstance(part, Placeholder):
                number = numbers.setdefault((part.kind, part.data, part.equiv), len(numbers) + 1)
                known[number] = part
                out.append(replace(part, id=number))
            elif isinstance(part, Text):
                out.append(part)
        return merge_text(out)

    before, after = numbered(old), numbered(new)
    codes = tuple(dict.fromkeys((*codes_of(before), *codes_of(after))))
    waiting = {
        key: [p for p in new if isinstance(p, Placeholder) and (p.kind, p.data, p.equiv) == key] for key in numbers
    }
    for op, wire in word_diff(to_wire(before), to_wire(after)):
        out: list[Inline] = []
        for part in parse_wire(wire, codes)[0]:
            if isinstance(part, Placeholder):
                own = waiting[(part.kind, part.data, part.equiv)]
                part = own.pop(0) if op != "delete" and own else known[part.id]
            out.append(part)
        yield op, merge_text(out)
