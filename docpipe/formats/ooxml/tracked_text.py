"""Two versions of a paragraph become one with its changes marked: what came is wrapped, what went is put where it stood.

Imports the core and its neighbours of tracked changes. The new paragraph's own elements are kept; a run is split where a
change begins or ends inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from docpipe.formats.ooxml.names import SHORT, Element, attributes, set_text
from docpipe.formats.ooxml.tracked_marks import Marks
from docpipe.formats.ooxml.tracked_row import Bit, Row, format_of
from docpipe.model.diff import Change, word_diff

KEEP, INSERT, FORMAT = "keep", "insert", "format"
_CODE_END = "/>"


@dataclass(slots=True)
class Stretch:
    """Places of the new row with one fate. ``gone``: what stood before it in the old row; ``old``: its run in the old one."""

    start: int
    end: int
    fate: str
    gone: list[tuple[Bit, str]] = field(default_factory=list)
    old: Element | None = None


Kept = list[tuple[Bit, Bit]]
"""Objects that both versions hold: (old, new)."""


def compare(old: Row, new: Row, marks: Marks, admit: Callable[[Bit], Bit | None]) -> Kept:
    """Marks in the new row's paragraph what changed since the old one. ``admit``: an old object as it may stand here, or None."""
    kept: Kept = []
    numbers: dict[str, int] = {}
    stretches = list(_stretches(old, new, word_diff(old.wire(numbers), new.wire(numbers)), kept, admit))
    apply(new, stretches, marks)
    return kept


def insert_all(new: Row, marks: Marks) -> None:
    """Marks the whole content of a paragraph as inserted."""
    apply(new, [Stretch(0, new.length, INSERT)], marks)


def _count(text: str) -> int:
    """Places of a piece of wire text."""
    count = at = 0
    while at < len(text):
        if text[at] == "<":
            at = text.index(_CODE_END, at) + 1
        count, at = count + 1, at + 1
    return count


def _slices(row: Row, start: int, end: int) -> list[tuple[Bit, str]]:
    found = []
    at = 0
    for bit in row.bits:
        if at >= end:
            break
        if at + bit.length > start:
            found.append((bit, bit.text[max(0, start - at) : end - at]))
        at += bit.length
    return found


def _stretches(
    old: Row, new: Row, changes: tuple[Change, ...], kept: Kept, admit: Callable[[Bit], Bit | None]
) -> Iterator[Stretch]:
    i = k = 0
    gone: list[tuple[Bit, str]] = []
    for op, text in changes:
        size = _count(text)
        if op == "delete":
            gone += [(a, t) for b, t in _slices(old, i, i + size) if (a := admit(b)) is not None]
            i += size
        elif op == "insert":
            yield Stretch(k, k + size, INSERT, gone)
            gone, k = [], k + size
        else:
            for stretch in _kept(_slices(old, i, i + size), _slices(new, k, k + size), k, kept):
                stretch.gone, gone = gone, []
                yield stretch
            i, k = i + size, k + size
    if gone:
        yield Stretch(k, k, KEEP, gone)


def _kept(old: list[tuple[Bit, str]], new: list[tuple[Bit, str]], at: int, kept: Kept) -> Iterator[Stretch]:
    """Stretches of equal text, by whether they look as before."""
    a = b = used = taken = 0
    start = at
    fate, run = KEEP, None
    while a < len(old) and b < len(new):
        (one, s), (other, t) = old[a], new[b]
        step = min((len(s) or 1) - used, (len(t) or 1) - taken)
        if not other.text and not (other.opens or other.closes):
            kept.append((one, other))
        same = other.run is None or one.run is None or format_of(one.run) == format_of(other.run)
        this, whose = (KEEP, None) if same else (FORMAT, one.run)
        if this != fate or (whose is not None and run is not None and format_of(whose) != format_of(run)):
            if at > start:
                yield Stretch(start, at, fate, old=run)
            start, fate, run = at, this, whose
        at, used, taken = at + step, used + step, taken + step
        if used == (len(s) or 1):
            a, used = a + 1, 0
        if taken == (len(t) or 1):
            b, taken = b + 1, 0
    if at > start:
        yield Stretch(start, at, fate, old=run)


# ---------------------------------------------------------------- writing


def apply(row: Row, stretches: list[Stretch], marks: Marks) -> None:
    """Carries the fates over into the paragraph's runs."""
    if all(s.fate == KEEP and not s.gone for s in stretches):
        return
    cuts = {s.start for s in stretches} | {s.end for s in stretches}
    at = 0
    places: list[tuple[int, Element, Bit]] = []
    """Start, the element that stands there (a run or part of one, an equation, a container), and its bit."""
    n = 0
    while n < len(row.bits):
        bit = row.bits[n]
        if bit.run is None:
            places.append((at, bit.element, bit))
            at, n = at + 1, n + 1
            continue
        last = n
        while last + 1 < len(row.bits) and row.bits[last + 1].run is bit.run:
            last += 1
        places += [(where, run, bit) for where, run in _split(bit.run, row.bits[n : last + 1], at, cuts)]
        at += sum(b.length for b in row.bits[n : last + 1])
        n = last + 1
    _mark(row, places, stretches, marks)


def _split(run: Element, bits: list[Bit], at: int, cuts: set[int]) -> Iterator[tuple[int, Element]]:
    """The run cut at the places that lie inside it; the run itself is the first part."""
    end = at + sum(b.length for b in bits)
    inside = sorted(c for c in cuts if at < c < end)
    if not inside:
        yield at, run
        return
    properties = next((el for el in run if SHORT[el.tag] == "w:rPr"), None)
    groups: list[list[Element]] = [[]]
    where, starts = at, [at]
    bit_of = {id(b.element): b for b in bits}
    for el in [e for e in run if e is not properties]:
        bit = bit_of.get(id(el))
        if bit is None:
            groups[-1].append(el)
            continue
        text, rest = bit.text, where
        for cut in [c for c in inside if where <= c < where + bit.length]:
            if cut > rest:
                piece = deepcopy(el)
                piece.tail = None
                set_text(piece, text[: cut - rest])
                groups[-1].append(piece)
                text, rest = text[cut - rest :], cut
            groups.append([])
            starts.append(cut)
        if text != bit.text:
            set_text(el, text)
        groups[-1].append(el)
        where += bit.length
    parent = run.getparent()
    assert parent is not None
    runs = [run]
    for group in groups[1:]:
        other = run.makeelement(run.tag, dict(attributes(run)))
        if properties is not None:
            other.append(deepcopy(properties))
        other.extend(group)
        runs.append(other)
    for el in list(run):
        if el is not properties:
            run.remove(el)
    run.extend(groups[0])
    parent[parent.index(run) + 1 : parent.index(run) + 1] = runs[1:]
    yield from zip(starts, runs, strict=True)


def _mark(row: Row, places: list[tuple[int, Element, Bit]], stretches: list[Stretch], marks: Marks) -> None:
    by_start: dict[int, list[tuple[Element, Bit]]] = {}
    for start, element, bit in places:
        by_start.setdefault(start, []).append((element, bit))
    waiting: list[Element] = []

    def flush() -> None:
        if waiting:
            marks.insert_runs(waiting)
            waiting.clear()

    for stretch in stretches:
        if stretch.gone:
            flush()
            _put(row, by_start.get(stretch.start, []), stretch, marks)
        if stretch.fate == KEEP:
            flush()
            continue
        for start in range(stretch.start, stretch.end):
            for element, bit in by_start.get(start, []):
                if bit.opens or bit.closes:
                    flush()
                elif stretch.fate == FORMAT:
                    if bit.run is not None:
                        marks.change_format(element, stretch.old)
                else:
                    if waiting and waiting[-1].getnext() is not element:
                        flush()
                    waiting.append(element)
    flush()


def _put(row: Row, here: list[tuple[Element, Bit]], stretch: Stretch, marks: Marks) -> None:
    """What is gone, before what stands at its place now: before an element, at the end of a container, or of the paragraph."""
    deletion = marks.deleted(row.paragraph, stretch.gone)
    if deletion is None:
        return
    if not here:
        row.paragraph.append(deletion)
        return
    element, bit = here[0]
    if bit.closes:
        element.append(deletion)
    else:
        parent = element.getparent()
        assert parent is not None
        parent.insert(parent.index(element), deletion)
