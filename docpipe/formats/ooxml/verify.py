"""Reads an output back and says where it is not the source with its targets: the last gate before release.

Imports the core, errors, safe and the other parts of this package.

Codes are not compared by number, since the base format of a paragraph may be another one once its text is translated. What
is compared is what a person sees: per paragraph the row of characters and objects, each character with the containers it lies
in (link, control, field) and a run format that the source has in the same context. Messages name places, never text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from docpipe.errors import DocpipeError
from docpipe.formats.ooxml.aside import SMALL_CARRIERS
from docpipe.formats.ooxml.binding import Value, bound_values, shown
from docpipe.formats.ooxml.coding import Coding
from docpipe.formats.ooxml.dropping import Dropped
from docpipe.formats.ooxml.localise.aim import aim_of
from docpipe.formats.ooxml.localise.keys import Key, keys_of, whole_key
from docpipe.formats.ooxml.names import SHORT
from docpipe.formats.ooxml.nodes import Node, ObjectNode, SpanNode, TextNode, objects_in
from docpipe.formats.ooxml.passes import PASSES
from docpipe.formats.ooxml.placing import settle
from docpipe.formats.ooxml.properties import judge_properties, shown_properties
from docpipe.formats.ooxml.reading import coverage_of, read_document
from docpipe.formats.ooxml.rebuilding import expected_targets
from docpipe.formats.ooxml.records import Reading, Record, ValueRecord
from docpipe.formats.ooxml.references import with_rebuilt
from docpipe.formats.ooxml.story import carries_blocks
from docpipe.model.document import Address, WriteOptions
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, plain_text
from docpipe.safe.package import open_package

Path = tuple[str, ...]
_CARRIER = re.compile(rf"/(?:object|{'|'.join(SMALL_CARRIERS)})\[\d+\]")


@dataclass(frozen=True, slots=True)
class Seen:
    """A stretch of text or one object. ``formats``: the run format, or those that will do (empty: any)."""

    text: str
    object: str
    path: Path
    formats: frozenset[str] = frozenset()


def verify_document(
    data: bytes, output: bytes, targets: Mapping[Address, CodedText], options: WriteOptions
) -> list[str]:
    """Every difference between the output and what the source with these targets must be; an empty list is a pass."""
    try:
        source = read_document(data, options.policy)
        found = read_document(output, options.policy)
    except DocpipeError as error:
        return [f"the document cannot be read back: {error.code}"]
    source.inner_judge = verify_document
    known = {record.address for record in source.records}
    problems = [f"{address}: a target for no block" for address in targets if address not in known]
    given = targets
    targets = with_rebuilt(source, targets, options)
    problems += _package(data, output, _may_change(source, targets, options), source.dropped.removed)
    targets = expected_targets(source, found, options, targets)
    problems += _paragraphs(source, found, targets, keys_of(aim_of(options)))
    problems += _faces(source, found, options.face)
    problems += _bindings(source, found)
    problems += judge_properties(source, found)
    if found.dropped != Dropped():
        problems.append("comments or macros that were to be taken out are there")
    for each in PASSES:
        problems += each.judge(source, found, options, given)
    if not coverage_of(found).balanced:
        problems.append("the ledger of the output does not balance")
    return problems


def _may_change(source: Reading, targets: Mapping[Address, CodedText], options: WriteOptions) -> set[str]:
    parts: set[str] = set()
    for record in source.records:
        target = targets.get(record.address)
        if target is not None and target != record.content:
            parts.add(record.part)
            if isinstance(record, Record):
                parts |= {c.part for c in record.copies}
    parts |= source.dropped.parts
    if parts:
        parts |= {part for _, part, _ in (*bound_values(source), *shown_properties(source))}
    for each in PASSES:
        parts |= each.may_change(source, options, frozenset(parts))
    if options.face:
        parts |= {s.name for s in source.parts.stories if s.kind in ("document", "header")}
    return parts


def _package(data: bytes, output: bytes, may_change: set[str], removed: frozenset[str]) -> list[str]:
    before, after = open_package(data), open_package(output)
    kept = tuple(n for n in before.names if n not in removed)
    if kept != after.names:
        return ["the package has other parts, or in another order"]
    return [f"{n}: a part that nothing was written to has changed" for n in kept
            if n not in may_change and before.read(n) != after.read(n)]  # fmt: skip


def _paragraphs(
    source: Reading, found: Reading, targets: Mapping[Address, CodedText], keys: tuple[Key, Key]
) -> list[str]:
    problems: list[str] = []
    originals = {id(c): r for r in source.records if isinstance(r, Record) for c in r.copies}
    here = {record.address: record for record in found.paragraphs}
    values = {r.address: r.text for r in found.records if isinstance(r, ValueRecord)}
    values |= {address: r.text for address, r in found.echoes.items()}
    moved: dict[str, str] = {}
    if len(here) != len(source.paragraphs):
        problems.append("the document has another number of paragraphs")
    for record in source.paragraphs:
        target = targets.get(originals.get(id(record), record).address)
        other = here.get(Address(renamed(record.address, moved)))
        if other is None:
            problems.append(f"{record.address}: the paragraph is missing")
            continue
        problems += [f"{record.address}: {what}" for what in _differences(record, other, target, moved, keys)]
    words = {word for row in source.equations.values() for _, word in row if word is not None}
    for address, row in source.equations.items():
        said = [plain_text(targets[word]) if word is not None and word in targets else text for text, word in row]
        if said != [text for text, _ in found.equations.get(Address(renamed(address, moved)), ())]:
            problems.append(f"{address}: the equation differs")
    for address, value in (
        *((r.address, r) for r in source.records if isinstance(r, ValueRecord)),
        *source.echoes.items(),
    ):
        if address in words:
            continue
        wanted = plain_text(targets.get(value.address, value.content))
        there = values.get(Address(renamed(address, moved)), "")
        if there != wanted and (there or not wanted.isspace()):
            problems.append(f"{address}: the text differs")
    return problems


def _differences(
    record: Record, other: Record, target: CodedText | None, moved: dict[str, str], keys: tuple[Key, Key]
) -> Iterator[str]:
    if sorted(record.unseen) != sorted(other.unseen):
        yield "hidden or deleted text differs"
    if record.coding is None or target is None or target == record.coding.content:
        expected = list(_seen([record.paragraph], (), key=keys[0]))
    else:
        try:
            target = settle(record.coding, target, record.address)
        except DocpipeError:
            yield "the target's codes do not fit"
            return
        rewritten = _Expected(record.coding, target, keys[0])
        expected = list(_seen([record.paragraph], (), rewritten, keys[0]))
        moved |= rewritten.moved_carriers(record)
    yield from compare(expected, list(_seen([other.paragraph], (), key=keys[1])))


def renamed(address: str, moved: Mapping[str, str]) -> str:
    """The address after objects that carry blocks changed places."""
    if moved:
        for found in _CARRIER.finditer(address):
            end = found.end()
            if address[:end] in moved:
                return moved[address[:end]] + address[end:]
    return address


class _Expected:
    """The content of a paragraph's root after a target was put in."""

    def __init__(self, coding: Coding, target: CodedText, key: Key) -> None:
        self.coding = coding
        self.target = target
        self.key = key
        self.accepted: dict[int, frozenset[str]] = {}
        for code, context in coding.contexts.items():
            keys = {key(t.format) for g in coding.gaps if g.context.code == code for t in g.fitting()}
            example = context.format.example()
            self.accepted[code] = frozenset(keys | ({key(example.format)} if example is not None else set()))

    def seen(self, path: Path) -> Iterator[Seen]:
        own = {id(n) for n in self.coding.root.children}
        yield from _seen([n for n in self.coding.lead if id(n) in own], path, key=self.key)
        yield from self._content(path)
        yield from _seen([n for n in self.coding.trail if id(n) in own], path, key=self.key)

    def _content(self, path: Path) -> Iterator[Seen]:
        stack: list[tuple[int, Path, bool]] = [(0, path, False)]
        for part in self.target:
            code, here, _ = stack[-1]
            if isinstance(part, Text):
                stack = [(c, p, True) for c, p, _ in stack]
                yield Seen(part.text, "", here, self.accepted[code])
            elif isinstance(part, Placeholder):
                node = self.coding.nodes[part.id]
                assert isinstance(node, ObjectNode)
                yield from _seen([node], here, key=self.key)
            elif isinstance(part, Open):
                node = self.coding.nodes[part.id]
                assert isinstance(node, SpanNode)
                stack.append((part.id, (*here, node.token) if node.first is not None else here, False))
            elif isinstance(part, Close):
                _, _, filled = stack.pop()
                node = self.coding.nodes[part.id]
                assert isinstance(node, SpanNode)
                if not filled and is_field(node):  # a field without a result is an object
                    yield Seen("", node.token, stack[-1][1])

    def moved_carriers(self, record: Record) -> dict[str, str]:
        """How the addresses of objects that carry blocks change: old prefix to new."""
        found = self._moved(record, "object", carries_blocks)
        for kind in SMALL_CARRIERS:
            found |= self._moved(record, kind, partial(_is_kind, kind))
        return found

    def _moved(self, record: Record, kind: str, carries: Callable[[ObjectNode | SpanNode], bool]) -> dict[str, str]:
        before = [n for n in objects_in(record.paragraph.children) if carries(n)]
        if len(before) < 2:
            return {}
        inner = list(self._carriers(carries))
        outer = {id(n) for n in inner}
        at = next((i for i, n in enumerate(before) if id(n) in outer), 0)
        rest = [n for n in before if id(n) not in outer]
        after = [*rest[:at], *inner, *rest[at:]]
        place = {id(n): i for i, n in enumerate(after, 1)}
        base = f"{record.address}/{kind}"
        return {f"{base}[{i}]": f"{base}[{place[id(n)]}]" for i, n in enumerate(before, 1) if place[id(n)] != i}

    def _carriers(self, carries: Callable[[ObjectNode | SpanNode], bool]) -> Iterator[ObjectNode | SpanNode]:
        for part in self.target:
            if isinstance(part, Placeholder):
                yield from (n for n in objects_in([self.coding.nodes[part.id]]) if carries(n))
            elif isinstance(part, Open) and carries(self.coding.nodes[part.id]):
                yield self.coding.nodes[part.id]


def _is_kind(kind: str, node: ObjectNode | SpanNode) -> bool:
    return node.kind == kind


def is_field(span: SpanNode) -> bool:
    """Whether a span is a field's result, complex or simple."""
    return span.start is not None or (span.first is not None and SHORT[span.first.tag] == "w:fldSimple")


def _seen(nodes: list[Node], path: Path, rewritten: _Expected | None = None, key: Key = whole_key) -> Iterator[Seen]:
    for node in nodes:
        if isinstance(node, TextNode):
            if node.text:
                yield Seen(node.text, "", path, frozenset((key(node.format),)))
        elif isinstance(node, ObjectNode):
            yield from _seen([n for n in node.inner if isinstance(n, ObjectNode)], (*path, node.token), key=key)
            yield Seen("", node.token, path)
        else:
            inner = (*path, node.token)
            here = node is rewritten.coding.root if rewritten is not None else False
            below = (
                rewritten.seen(inner) if rewritten is not None and here else _seen(node.children, inner, rewritten, key)
            )
            row = list(below)
            yield from row
            if is_field(node) and not any(s.text for s in row):  # a field without a result is an object
                yield Seen("", node.token, path)


def compare(expected: list[Seen], found: list[Seen]) -> Iterator[str]:
    """Where two rows of characters and objects differ: one message a kind of difference."""
    wanted, there = _joined(expected), _joined(found)
    if wanted != there:
        yield "the text or its objects differ"
        return
    links = formats = False
    mine = _stretches(expected)
    other = _stretches(found)
    size, a = next(mine, (0, None))
    length, b = next(other, (0, None))
    while a is not None and b is not None:
        step = min(size, length)
        links = links or a.path != b.path
        if a.text and not b.formats <= a.formats and not a.text[len(a.text) - size :][:step].isspace():
            formats = True
        size, length = size - step, length - step
        if size == 0:
            size, a = next(mine, (0, None))
        if length == 0:
            length, b = next(other, (0, None))
    if links:
        yield "text or objects lie in another link, control or field"
    if formats:
        yield "text has another format"


def _joined(row: list[Seen]) -> list[str]:
    """Texts and objects by turns, neighbouring texts joined."""
    out: list[str] = []
    texts: list[str] = []
    for seen in row:
        if seen.object:
            out += ["".join(texts), seen.object]
            texts = []
        else:
            texts.append(seen.text)
    return [*out, "".join(texts)]


def _stretches(row: list[Seen]) -> Iterator[tuple[int, Seen | None]]:
    for seen in row:
        yield len(seen.text) or 1, seen


def _faces(source: Reading, found: Reading, words: str) -> list[str]:
    wanted = len(source.faces)
    if words:
        wanted += sum(1 for s in source.parts.stories if s.kind in ("document", "header"))
    return [] if len(found.faces) == wanted else ["the words on the document's face are not as ordered"]


def _bindings(source: Reading, found: Reading) -> list[str]:
    """Of the controls bound to one value at least one shows it: where their texts part, Word shows the value in all."""
    if len(source.controls) != len(found.controls):
        return ["the document has another number of bound controls"]
    places = {id(control): i for i, control in enumerate(source.controls)}
    groups: dict[Value, list[int]] = {}
    for control, _, value in bound_values(source):
        groups.setdefault(value, []).append(places[id(control)])
    after = {id(control) for control, _, _ in bound_values(found)}
    return [
        f"{found.controls[group[0]].part}: a bound control does not show its value"
        for group in groups.values()
        if not any(id(found.controls[i]) in after or not shown(found.controls[i]) for i in group)
    ]
