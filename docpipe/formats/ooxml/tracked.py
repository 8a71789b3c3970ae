"""A document with every change since an earlier one as a tracked change: real insertions and deletions, of a person, at a time.

Imports the core, errors, safe and its neighbours. The package is the new document's: accepting all changes gives it again,
rejecting all gives the earlier text. Source: ISO/IEC 29500-1, 17.13.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from docpipe.errors import TrackedChangesPolicy
from docpipe.formats.ooxml.face import is_face
from docpipe.formats.ooxml.names import SHORT, Element, attributes, child, outermost, same_flavour, w_attr
from docpipe.formats.ooxml.notices import tracked_changes
from docpipe.formats.ooxml.parts import Parts, open_parts
from docpipe.formats.ooxml.tracked_carry import Carrier
from docpipe.formats.ooxml.tracked_marks import Marks
from docpipe.formats.ooxml.tracked_pairs import Pair, Piece, pairs_of
from docpipe.formats.ooxml.tracked_row import PARAGRAPH_MARKS, Bit, Row, properties_copy, row_of
from docpipe.formats.ooxml.tracked_text import Kept, compare, insert_all
from docpipe.safe.xml import serialise

Block = Piece[Element]
_TRANSPARENT = frozenset({"w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo"})


def tracked_document(clean: bytes, previous: bytes, author: str, at: str) -> bytes:
    """The clean document with its changes since the previous one marked. ``at``: UTC, ISO 8601 with seconds and ``Z``.

    Raises ``TrackedChangesPolicy`` where the clean document holds tracked changes of its own, and leaves of ``InputRefused``.
    """
    new, old = open_parts(clean), open_parts(previous)
    if count := sum(tracked_changes(s.root) for s in new.stories):
        raise TrackedChangesPolicy("The document holds tracked changes of its own.", count=count)
    work = _Work(new, old, Marks(author, at))
    stories = {s.name: s for s in old.stories}
    for story in new.stories:
        other = stories.get(story.name)
        if other is None or other.kind != story.kind or story.kind in ("comment", "footnote", "endnote"):
            continue
        work.at = story.name
        if story.kind == "document":
            bodies = [next((e for e in s.root if SHORT[e.tag] == "w:body"), s.root) for s in (other, story)]
            work.container(bodies[0], bodies[1])
        else:
            work.container(other.root, story.root)
    replaced = {name: serialise(root) for name in work.touched if (root := new.tree(name)) is not None}
    return work.carrier.written(replaced)


def blocks_in(container: Element, target_of: Callable[[str], str]) -> list[Block]:
    """Paragraphs and tables of a body, cell, note, header or box in order, through content controls; faces left out."""
    found: list[Block] = []
    for el in container:
        name = SHORT[el.tag]
        if name == "w:p":
            if not is_face(el):
                style = child(el, "w:pPr")
                named = child(style, "w:pStyle") if style is not None else None
                shown = row_of(el, target_of).shown
                found.append(Piece("p", shown, el, style=(w_attr(named, "val") or "") if named is not None else ""))
        elif name == "w:tbl":
            text = "\n".join(r.text for r in rows_in(el, target_of))
            found.append(Piece("tbl", text, el))
        elif name in _TRANSPARENT:
            found += blocks_in(el, target_of)
    return found


def rows_in(table: Element, target_of: Callable[[str], str]) -> list[Block]:
    """The rows of a table, through content controls."""
    found: list[Block] = []
    for el in table:
        name = SHORT[el.tag]
        if name == "w:tr":
            texts = [" ".join(b.text for b in blocks_in(c, target_of)) for c in cells_in(el)]
            found.append(Piece("tr", "\t".join(texts), el, texts[0] if texts else ""))
        elif name in _TRANSPARENT:
            found += rows_in(el, target_of)
    return found


def cells_in(row: Element) -> list[Element]:
    """The cells of a table row, through content controls."""
    found: list[Element] = []
    for el in row:
        name = SHORT[el.tag]
        if name == "w:tc":
            found.append(el)
        elif name in _TRANSPARENT:
            found += cells_in(el)
    return found


@dataclass(frozen=True, slots=True)
class Placed:
    """A block as it stands in the new document. ``what``: ins, del or "" for one that both versions have; ``old``: as it was."""

    what: str
    element: Element
    old: Element | None

    @property
    def paragraph(self) -> bool:
        """Whether it is one; else a table."""
        return SHORT[self.element.tag] == "w:p"


@dataclass(slots=True)
class _Work:
    """One comparison. ``at``: the part in which the changes are put; ``touched``: parts that were written to."""

    new: Parts
    old: Parts
    marks: Marks
    at: str = ""
    touched: set[str] = field(default_factory=set)
    carrier: Carrier = field(init=False)

    def __post_init__(self) -> None:
        self.carrier = Carrier(self.new, self.old)

    def _old_target(self, identity: str) -> str:
        return self.carrier.digest(self.old, self.at, identity)

    def _new_target(self, identity: str) -> str:
        return self.carrier.digest(self.new, self.at, identity)

    # ------------------------------------------------------------ blocks

    def container(self, old: Element, new: Element) -> None:
        """Compares what two bodies, cells, notes, headers or boxes hold."""
        before, after = blocks_in(old, self._old_target), blocks_in(new, self._new_target)
        pairs = _last_together(pairs_of(before, after), before, after)
        last: Element | None = None
        placed: list[Placed] = []
        for number, (a, b) in enumerate(pairs):
            if a is None:
                assert b is not None
                last = after[b].it
                self._inserted(last)
                placed.append(Placed("ins", last, None))
            elif b is None:
                gone = self._gone(before[a].it, new)
                following = next((after[n].it for _, n in pairs[number + 1 :] if n is not None), None)
                _put_between(gone, last, following, new)
                last = gone
                placed.append(Placed("del", gone, before[a].it))
            else:
                last = after[b].it
                self._pair(before[a], after[b])
                placed.append(Placed("", last, before[a].it))
        self._ends(placed)

    def _pair(self, old: Block, new: Block) -> None:
        if new.kind == "tbl":
            self._table(old.it, new.it)
        else:
            self._paragraph(old.it, new.it)

    def _paragraph(self, old: Element, new: Element) -> None:
        kept = self._rows(row_of(old, self._old_target), row_of(new, self._new_target))
        before, after = child(old, "w:pPr"), child(new, "w:pPr")
        if _paragraph_key(before) != _paragraph_key(after):
            self.marks.change_paragraph(new, before)
            self.touched.add(self.at)
        for one, other in kept:
            self._inside(one, other)

    def _rows(self, old: Row, new: Row) -> Kept:
        count = self.marks.count
        kept = compare(old, new, self.marks, self._admit)
        if self.marks.count != count:
            self.touched.add(self.at)
        return kept

    def _admit(self, bit: Bit) -> Bit | None:
        return self.carrier.admitted(bit, self.at)

    def _table(self, old: Element, new: Element) -> None:
        before, after = rows_in(old, self._old_target), rows_in(new, self._new_target)
        last: Element | None = None
        pairs = [p for pair in pairs_of(before, after) for p in self._same_cells(pair, before, after)]
        for number, (a, b) in enumerate(pairs):
            if a is None:
                assert b is not None
                last = after[b].it
                self._row_inserted(last)
            elif b is None:
                gone = self._row_gone(before[a].it, new)
                following = next((after[n].it for _, n in pairs[number + 1 :] if n is not None), None)
                _put_between(gone, last, following, new)
                last = gone
            else:
                last = after[b].it
                for one, other in zip(cells_in(before[a].it), cells_in(last), strict=True):
                    self.container(one, other)

    def _same_cells(self, pair: Pair, before: list[Block], after: list[Block]) -> list[Pair]:
        """Rows of another number of cells are replaced as a whole: a word processor tracks rows, not cells."""
        a, b = pair
        if a is None or b is None or len(cells_in(before[a].it)) == len(cells_in(after[b].it)):
            return [pair]
        return [(a, None), (None, b)]

    # ------------------------------------------------------------ what came, what went

    def _inserted(self, block: Element) -> None:
        self.touched.add(self.at)
        if SHORT[block.tag] == "w:tbl":
            for row in rows_in(block, self._new_target):
                self._row_inserted(row.it)
        else:
            insert_all(row_of(block, self._new_target), self.marks)

    def _row_inserted(self, row: Element) -> None:
        self.touched.add(self.at)
        self.marks.mark_row(row, "ins")
        for cell in cells_in(row):
            for block in blocks_in(cell, self._new_target):
                self._inserted(block.it)

    def _gone(self, block: Element, near: Element) -> Element:
        """A block of the old document as a deleted one of the new."""
        self.touched.add(self.at)
        if SHORT[block.tag] == "w:p":
            return self._paragraph_gone(block, near)
        made = near.makeelement(same_flavour(near, "tbl"))
        for name in ("w:tblPr", "w:tblGrid"):
            if (properties := child(block, name)) is not None:
                made.append(properties_copy(properties, near, name[2:], without=frozenset({"w:tblPrChange"})))
        made.extend(self._row_gone(row.it, near) for row in rows_in(block, self._old_target))
        return made

    def _row_gone(self, row: Element, near: Element) -> Element:
        self.touched.add(self.at)
        made = near.makeelement(same_flavour(near, "tr"))
        if (properties := child(row, "w:trPr")) is not None:
            made.append(properties_copy(properties, near, "trPr", without=_ROW_MARKS))
        self.marks.mark_row(made, "del")
        for cell in cells_in(row):
            copy = near.makeelement(same_flavour(near, "tc"))
            if (properties := child(cell, "w:tcPr")) is not None:
                copy.append(properties_copy(properties, near, "tcPr", without=_CELL_MARKS))
            copy.extend(self._gone(b.it, near) for b in blocks_in(cell, self._old_target))
            if len(copy) == 0 or SHORT[copy[-1].tag] != "w:p":
                copy.append(near.makeelement(same_flavour(near, "p")))
            made.append(copy)
        return made

    def _paragraph_gone(self, paragraph: Element, near: Element) -> Element:
        made = near.makeelement(same_flavour(near, "p"))
        properties = properties_copy(child(paragraph, "w:pPr"), near, "pPr", without=PARAGRAPH_MARKS)
        if len(properties):
            made.append(properties)
        bits = [(a, b.text) for b in row_of(paragraph, self._old_target).bits if (a := self._admit(b)) is not None]
        if bits and (deletion := self.marks.deleted(made, bits)) is not None:
            made.append(deletion)
        return made

    # ------------------------------------------------------------ ends of paragraphs

    def _ends(self, placed: list[Placed]) -> None:
        """Marks the ends of what came and went. The end before a table or at the end of a container stands fast: where its
        paragraph is not in both, the end before it carries the mark, and that paragraph bears the other's properties."""
        n = 0
        while n < len(placed):
            what, last = placed[n].what, n
            if not what or not placed[n].paragraph:
                n += 1
                continue
            while last + 1 < len(placed) and placed[last + 1].what == what and placed[last + 1].paragraph:
                last += 1
            fast = last + 1 == len(placed) or not placed[last + 1].paragraph
            alone = n == 0 and last + 1 == len(placed)
            shift = fast and (alone or (n > 0 and self._shifted(placed[n - 1], placed[last])))
            for one in placed[n : last if shift else last + 1]:
                self.marks.mark_end(one.element, what)
            n = last + 1

    def _shifted(self, kept: Placed, last: Placed) -> bool:
        """Lets the end of the paragraph before carry the mark; False where there is none that both versions have."""
        if kept.what or not kept.paragraph or kept.old is None:
            return False
        self.marks.mark_end(kept.element, last.what)
        self.touched.add(self.at)
        if last.what == "ins":
            if _paragraph_key(child(kept.old, "w:pPr")) != _paragraph_key(child(last.element, "w:pPr")):
                self.marks.change_paragraph(last.element, child(kept.old, "w:pPr"))
            return True
        for stale in [el for el in last.element if SHORT[el.tag] == "w:pPr"]:
            last.element.remove(stale)
        if (properties := child(kept.element, "w:pPr")) is not None:
            last.element.insert(0, properties_copy(properties, last.element, "pPr", without=PARAGRAPH_MARKS))
        self.marks.change_paragraph(last.element, child(last.old, "w:pPr") if last.old is not None else None)
        return True

    # ------------------------------------------------------------ notes and boxes

    def _inside(self, old: Bit, new: Bit) -> None:
        """What hangs on an object that both versions hold: the note behind its mark, the text in its boxes."""
        if new.key in ("w:footnoteReference", "w:endnoteReference"):
            one, other = (self.carrier.note(p, b) for p, b in ((self.old, old), (self.new, new)))
            if one is None or other is None or other[1] in self.carrier.seen:
                return
            self.carrier.seen.add(other[1])
            here, self.at = self.at, other[0]
            self.container(one[1], other[1])
            self.at = here
            return
        boxes = [outermost(b.element, "w:txbxContent") for b in (old, new)]
        if len(boxes[0]) == len(boxes[1]):
            for a, b in zip(*boxes, strict=True):
                self.container(a, b)


_ROW_MARKS = frozenset({"w:ins", "w:del", "w:trPrChange"})
_CELL_MARKS = frozenset({"w:cellIns", "w:cellDel", "w:cellMerge", "w:tcPrChange"})
_UNKEYED = frozenset(
    {"w:rPr", "w:sectPr", "w:pPrChange", "w:rPrChange", "#", "w:bidi", "w:autoSpaceDE", "w:autoSpaceDN", "w:kinsoku"}
)


def _paragraph_key(properties: Element | None) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """What a reader sees of a paragraph's own properties: style, list, indents, alignment."""
    if properties is None:
        return ()
    return tuple(
        (SHORT[el.tag], tuple(sorted((k.rpartition("}")[2], str(v)) for k, v in attributes(el))) + tuple(
            (SHORT[e.tag], w_attr(e, "val") or "") for e in el))
        for el in properties if SHORT[el.tag] in ("w:pStyle", "w:numPr", "w:ind", "w:jc", "w:outlineLvl", "w:spacing")
    )  # fmt: skip


def _put_between(made: Element, last: Element | None, following: Element | None, container: Element) -> None:
    """Puts a deleted block after the one before it, else before the one that follows."""
    if last is not None and (parent := last.getparent()) is not None:
        parent.insert(parent.index(last) + 1, made)
    elif following is not None and (parent := following.getparent()) is not None:
        parent.insert(parent.index(following), made)
    else:
        at = next((i for i, el in enumerate(container) if SHORT[el.tag] == "w:sectPr"), len(container))
        container.insert(at, made)


def _last_together(pairs: list[Pair], before: list[Block], after: list[Block]) -> list[Pair]:
    """Where both texts have paragraphs of their own before a table or at the end, the last ones are taken as one: the end of
    such a paragraph cannot change."""
    found: list[Pair] = []
    gap: list[Pair] = []
    for pair in [*pairs, None]:
        if pair is not None and None in pair:
            gap.append(pair)
            continue
        fast = pair is None or (pair[1] is not None and after[pair[1]].kind == "tbl")
        found += _joined(gap, before, after) if fast else gap
        gap = []
        if pair is not None:
            found.append(pair)
    return found


def _joined(gap: list[Pair], before: list[Block], after: list[Block]) -> list[Pair]:
    gone = [a for a, _ in gap if a is not None]
    come = [b for _, b in gap if b is not None]
    if not gone or not come or before[gone[-1]].kind != "p" or after[come[-1]].kind != "p":
        return gap
    rest: list[Pair] = [(a, None) for a in gone[:-1]]
    rest += [(None, b) for b in come[:-1]]
    return [*rest, (gone[-1], come[-1])]
