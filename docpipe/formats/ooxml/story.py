"""Walks a part block by block: paragraphs, tables, content controls, text boxes, each with its address and kind.

Imports the core and the other parts of this package.

Addresses: ``word/document.xml#/body/tbl[2]/tr[1]/tc[3]/p[1]``. Text boxes, alternative texts and list entries hang below the
paragraph by the ordinal of the object that carries them, ``.../p[4]/object[2]/box[1]/p[1]``, not by runs, which writing may split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from docpipe.formats.ooxml.aside import SMALL_CARRIERS, AsideReader
from docpipe.formats.ooxml.coding import encode
from docpipe.formats.ooxml.drawing_text import DrawingReader
from docpipe.formats.ooxml.face import is_face
from docpipe.formats.ooxml.fields import FieldPolicy, FieldStack
from docpipe.formats.ooxml.inline import CARRIERS, InlineReader
from docpipe.formats.ooxml.names import SHORT, Element, child, entry_text, w_attr
from docpipe.formats.ooxml.nodes import ObjectNode, Skips, SpanNode, TextNode, objects_in, texts_in
from docpipe.formats.ooxml.parts import Story
from docpipe.formats.ooxml.plain import Plain, PlainReader
from docpipe.formats.ooxml.records import Control, Entry, Reading, Record, is_copy
from docpipe.formats.ooxml.runprops import RunFormat, RunFormats
from docpipe.formats.ooxml.styles import Styles, outline_level
from docpipe.model.document import Address, BlockKind, ReadPolicy

PASSED_OVER = frozenset({
    "#", "w:sectPr", "w:tblPr", "w:tblGrid", "w:trPr", "w:tcPr", "w:tblPrEx", "w:sdtPr", "w:sdtEndPr", "w:customXmlPr",
    "w:bookmarkStart", "w:bookmarkEnd", "w:proofErr", "w:permStart", "w:permEnd", "w:background",
})  # fmt: skip
_ROWS = frozenset({"w:tbl", "w:tr"})
_STORY_KIND = {
    "footnote": BlockKind.FOOTNOTE, "endnote": BlockKind.ENDNOTE, "header": BlockKind.HEADER, "footer": BlockKind.FOOTER,
    "comment": BlockKind.COMMENT, "glossary": BlockKind.PLACEHOLDER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a block lies. ``kind``: of the story, or None in the body. ``reason``: nothing here is translated, and why."""

    kind: BlockKind | None = None
    cell: bool = False
    placeholder: bool = False
    reason: str = ""


class HiddenText:
    """Whether text of a format in a paragraph's style is hidden and by policy passed over; counts the hidden runs.

    Apart from the reader, which the inline readers that ask this must not hold: a circle would keep a whole reading in memory.
    """

    def __init__(self, reading: Reading, styles: Styles, skip: bool) -> None:
        self._reading = reading
        self._styles = styles
        self._skip = skip
        self._stated: dict[tuple[str, str], bool] = {}

    def __call__(self, fmt: RunFormat, paragraph_style: str) -> bool:
        hidden = not self.visible(fmt, paragraph_style)
        if hidden:
            self._reading.hidden_runs += 1
        return hidden and self._skip

    def visible(self, fmt: RunFormat, paragraph_style: str) -> bool:
        """Whether such text shows, without counting it."""
        hidden = fmt.hidden
        if hidden is None:
            key = fmt.style, paragraph_style
            hidden = self._stated.get(key)
            if hidden is None:
                stated = self._styles.of(fmt.style).hidden if fmt.style else None
                by_paragraph = self._styles.of(paragraph_style).hidden if paragraph_style else None
                hidden = self._stated[key] = bool(by_paragraph if stated is None else stated)
        return not hidden


class StoryReader:
    """Reads the stories of one document into a ``Reading``."""

    def __init__(self, reading: Reading, styles: Styles, policy: ReadPolicy) -> None:
        self._reading = reading
        self._styles = styles
        self._policy = policy
        self._fields = FieldPolicy(policy.fields, not policy.do_not_translate)
        self._formats = RunFormats()
        self._hidden = HiddenText(reading, styles, policy.hidden_text == "skip")
        self._plain = PlainReader(self._formats, self._hidden.visible, styles.default_paragraph)
        self._drawings = DrawingReader(reading, not policy.do_not_translate)
        self._part = ""
        self._quiet = ""
        self._aside = AsideReader(reading, policy)
        self._reader = self._new_reader()

    def read(self, story: Story) -> None:
        """Reads one story. Comments are passed over unless the policy says otherwise."""
        self._part = story.name
        self._reader = self._new_reader()
        reason = "comment" if story.kind == "comment" and self._policy.comments != "translate" else ""
        self._quiet = reason
        self._aside.part, self._aside.quiet = story.name, reason
        self._plain.steady = not (self._styles.hides or story.survey.each("w:vanish", "w:specVanish", "w:rtl", "w:cs"))
        scope = Scope(kind=_STORY_KIND.get(story.kind), reason=reason)
        if story.kind == "document":
            bodies = [el for el in story.root if SHORT[el.tag] == "w:body"]
            for number, el in enumerate(bodies, 1):  # a second one is against the standard, and occurs
                self._blocks(el, f"{story.name}#/body{f'[{number}]' if number > 1 else ''}", scope)
        else:
            self._blocks(story.root, f"{story.name}#", scope)

    def _new_reader(self) -> InlineReader:
        relations = self._reading.parts.relations_of(self._part) if self._part else {}
        return InlineReader(
            FieldStack(self._fields), self._formats, self._hidden,
            self._policy.tracked_changes == "keep", lambda rid: relations[rid].target if rid in relations else "",
            self._policy.equations != "keep",
        )  # fmt: skip

    def _blocks(self, parent: Iterable[Element], path: str, scope: Scope) -> None:
        counts: dict[str, int] = {}
        for el in parent:
            name = SHORT[el.tag]
            if name in PASSED_OVER:
                continue
            if name == "w:p":
                if not (scope.reason or self._reader.fields.frames) and (plain := self._plain.read(el)) is not None:
                    counts["p"] = counts.get("p", 0) + 1
                    self._plain_paragraph(el, plain, f"{path}/p[{counts['p']}]", scope)
                    continue
                if is_face(el):
                    self._reading.faces.append(el)
                    continue
                counts["p"] = counts.get("p", 0) + 1
                self._paragraph(el, f"{path}/p[{counts['p']}]", scope)
                continue
            local = name.rsplit(":", 1)[-1].rsplit("}", 1)[-1]
            counts[local] = counts.get(local, 0) + 1
            here = f"{path}/{local}[{counts[local]}]"
            if name == "w:tbl":
                self._aside.table(el, here)
            if name == "w:tc":
                self._blocks(
                    el, here, scope if scope.cell else Scope(scope.kind, True, scope.placeholder, scope.reason)
                )
            elif name == "w:sdt":
                self._block_control(el, here, scope)
            elif name == "mc:AlternateContent":
                self._alternate(el, here, scope)
            elif name in _ROWS or next(el.iter("{*}p"), None) is not None:
                self._blocks(el, here, scope)
            else:
                self._leftover(el)

    def _leftover(self, el: Element) -> None:
        """Text where no paragraph is: not Word's, but it is counted."""
        for text in el.iter("{*}t", "{*}delText"):
            self._reading.skips.append(("misplaced", len((text.text or "").strip())))

    def _block_control(self, sdt: Element, path: str, scope: Scope) -> None:
        content = child(sdt, "w:sdtContent")
        shows = self._control(sdt, path)
        if content is not None:
            self._blocks(content, path, replace(scope, placeholder=scope.placeholder or shows))

    def _control(self, sdt: Element, path: str) -> bool:
        """A control's list entries and binding; returns whether it shows its placeholder text."""
        properties = child(sdt, "w:sdtPr")
        if properties is None:
            return False
        number = 0
        for el in properties:
            name = SHORT[el.tag]
            if name in ("w:dropDownList", "w:comboBox"):
                for item in el:
                    if SHORT[item.tag] == "w:listItem":
                        number += 1
                        text = entry_text(item)
                        self._aside.value(
                            f"{path}/entry[{number}]", BlockKind.LIST_ENTRY, text, item, "displayText", word=True
                        )
            elif name in ("w:dataBinding", "w15:dataBinding"):
                self._reading.controls.append(Control(self._part, sdt, el))
        return child(properties, "w:showingPlcHdr") is not None

    def _plain_paragraph(self, p: Element, plain: Plain, path: str, scope: Scope) -> None:
        """As ``_paragraph`` does with text alone."""
        reading, style = self._reading, self._styles.of(plain.style)
        level = outline_level(plain.outline, style.level)
        kind = self._kind(scope, style.caption, level, style.numbered or plain.numbered, False)
        root = SpanNode("paragraph", p, p, p, children=plain.nodes)
        coding = encode(root)
        record = Record(
            self._part, Address(path), kind, root, coding, style.name, level if kind is BlockKind.HEADING else 0
        )
        reading.paragraphs.append(record)
        if coding is not None:
            record.language = self._language(record)
            reading.translated += sum([len(t.text) for t in plain.nodes if isinstance(t, TextNode)])
            reading.records.append(record)
        else:
            reading.skips += [("white-space", len(t.text)) for t in plain.nodes if isinstance(t, TextNode)]

    def _paragraph(self, p: Element, path: str, scope: Scope) -> None:
        first = next(iter(p), None)
        stated = {SHORT[e.tag]: e for e in first} if first is not None and SHORT[first.tag] == "w:pPr" else {}
        style_id = self._styles.default_paragraph
        if "w:pStyle" in stated:
            style_id = w_attr(stated["w:pStyle"], "val") or style_id
        frames = self._reader.fields.frames
        in_field = bool(frames) and any(f.in_result for f in frames)
        nodes = self._reader.paragraph(p, style_id)
        root = SpanNode("paragraph", p, p, p, children=nodes)
        style = self._styles.of(style_id)
        level = outline_level(stated.get("w:outlineLvl"), style.level)
        kind = self._kind(scope, style.caption, level, style.numbered or "w:numPr" in stated, in_field)
        record = Record(
            self._part, Address(path), kind, root, None, style.name, level if kind is BlockKind.HEADING else 0
        )
        self._reading.paragraphs.append(record)
        if self._reader.forms:
            self._aside.forms(self._reader.forms, path)
        self._settle(record, scope)
        if record.coding is None or record.coding.plain is None:
            self._nested(record, path, scope)

    def _kind(self, scope: Scope, caption: bool, level: int, numbered: bool, in_field: bool) -> BlockKind:
        if scope.kind is not None:
            return scope.kind
        if scope.placeholder:
            return BlockKind.PLACEHOLDER
        if in_field:
            return BlockKind.FIELD_RESULT
        if level:
            return BlockKind.HEADING
        if caption:
            return BlockKind.CAPTION
        if scope.cell:
            return BlockKind.CELL
        if numbered:
            return BlockKind.LIST_ITEM
        return BlockKind.PARAGRAPH

    def _settle(self, record: Record, scope: Scope) -> None:
        """Decides what becomes of the paragraph's text and enters it in the ledger."""
        reason = scope.reason
        if not reason:
            record.coding = encode(record.paragraph)
            if record.coding is not None and record.coding.plain is not None and not self._reader.skips:
                record.language = self._language(record)
                self._reading.translated += len(record.coding.content[0].text)  # type: ignore[union-attr]
                self._reading.records.append(record)
                return
        skips: Skips = list(self._reader.skips)
        for node in objects_in(record.paragraph.children):
            skips += node.skips
        record.unseen = tuple(self._reader.skipped)
        texts = list(texts_in(record.paragraph.children))
        if record.coding is not None:
            record.language = self._language(record)
            self._reading.translated += sum(len(t.text) for t in texts)
            self._reading.records.append(record)
        elif reason:
            skips = [(reason, n) for _, n in skips] + [(reason, len(t.text)) for t in texts]
            record.reason = reason
            record.passed_over = "".join(t.text for t in texts)
        else:
            skips += [("white-space", len(t.text)) for t in texts]
            kept = [n for n in objects_in(record.paragraph.children) if isinstance(n, ObjectNode) and n.skips]
            shown = [(r, t) for r, t in self._reader.skipped if r in ("hidden", "deleted")]
            if kept:
                record.reason, record.passed_over = kept[0].skips[0][0], "".join(n.equiv for n in kept)
            elif shown:
                record.reason, record.passed_over = shown[0][0], "".join(t for _, t in shown)
        if record.coding is None and record.passed_over.strip():
            self._reading.records.append(record)
        self._reading.skips += skips

    def _language(self, record: Record) -> str:
        coding = record.coding
        assert coding is not None
        if coding.plain is not None:
            text = coding.plain[0] if len(coding.plain) == 1 else max(coding.plain, key=_size)
        else:
            example = coding.gaps[0].context.format.example()
            if example is None:
                return ""
            text = example
        slot = "eastAsia" if "eastAsia" in text.scripts else "bidi" if "cs" in text.scripts else "val"
        return text.language(slot) or self._styles.language.get(slot, "")

    def _nested(self, record: Record, path: str, scope: Scope) -> None:
        """Text boxes, alternative texts, words of equations, control entries that the paragraph's objects carry."""
        ordinal = 0
        others: Counter[str] = Counter()
        for node in objects_in(record.paragraph.children):
            if node.kind in SMALL_CARRIERS and node.first is not None:
                others[node.kind] += 1
                self._aside.small(node.kind, node.first, f"{path}/{node.kind}[{others[node.kind]}]")
            if not carries_blocks(node):
                continue
            ordinal += 1
            if isinstance(node, ObjectNode) and node.kind == "block":
                self._apart([node.first], f"{path}/object[{ordinal}]", scope)
            elif isinstance(node, ObjectNode):
                self._carried(node.first, f"{path}/object[{ordinal}]", scope)
            elif node.control is not None:
                shows = self._control(node.control, f"{path}/object[{ordinal}]")
                if shows and record.kind is BlockKind.PARAGRAPH:
                    record.kind = BlockKind.PLACEHOLDER

    def _apart(self, parent: Iterable[Element], path: str, scope: Scope) -> None:
        """Blocks inside a paragraph: its fields are none of theirs."""
        outer = self._reader
        self._reader = self._new_reader()
        self._blocks(parent, path, scope)
        self._reader = outer

    def _carried(self, el: Element, path: str, scope: Scope) -> None:
        counts: Counter[str] = Counter()
        self._descend(el, path, scope, counts)

    def _descend(self, el: Element, path: str, scope: Scope, counts: Counter[str]) -> None:
        name = SHORT[el.tag]
        if name == "w:txbxContent":
            counts["box"] += 1
            self._apart(el, f"{path}/box[{counts['box']}]", replace(scope, kind=scope_kind(scope), cell=False))
            return
        if name == "mc:AlternateContent":
            counts["alternate"] += 1
            self._alternate(el, f"{path}/alternate[{counts['alternate']}]", scope, carried=True)
            return
        if name == "a:p":
            counts["text"] += 1
            kind = BlockKind.COMMENT if scope.kind is BlockKind.COMMENT else BlockKind.TEXT_BOX
            self._drawings.read(el, self._part, f"{path}/text[{counts['text']}]", kind, self._quiet)
            return
        self._aside.drawn(el, name, path, counts)
        for inner in el:
            self._descend(inner, path, scope, counts)

    def _alternate(self, el: Element, path: str, scope: Scope, carried: bool = False) -> None:
        """Reads the choice, then the fallback; paragraphs of the fallback that say the same are copies of the choice's."""
        reading = self._reading
        read: list[tuple[int, int]] = []
        for number, option in enumerate(el, 1):
            if not isinstance(option.tag, str):
                continue
            start = len(reading.records)
            here = path if number == 1 else f"{path}/copy[{number - 1}]"
            if carried:
                counts: Counter[str] = Counter()
                for inner in option:
                    self._descend(inner, here, scope, counts)
            else:
                self._blocks(option, here, scope)
            read.append((start, len(reading.records)))
        for start, stop in reversed(read[1:]):
            originals = [r for r in reading.records[read[0][0] : read[0][1]] if isinstance(r, Record)]
            separate = self._without_copies(originals, reading.records[start:stop])
            reading.records[start:stop] = separate

    def _without_copies(self, originals: list[Record], found: list[Entry]) -> list[Entry]:
        separate: list[Entry] = []
        at = 0
        for record in found:
            match = -1
            if isinstance(record, Record) and record.coding is not None:
                match = next((i for i in range(at, len(originals)) if is_copy(originals[i], record)), -1)
            if match < 0 or not isinstance(record, Record):
                separate.append(record)
                continue
            originals[match].copies.append(record)
            at = match + 1
            size = sum(len(t.text) for t in texts_in(record.paragraph.children))
            self._reading.translated -= size
            self._reading.skips.append(("copy-of-text-box", size))
        return separate


def _size(text: TextNode) -> int:
    return len(text.text)


def carries_blocks(node: ObjectNode | SpanNode) -> bool:
    """Whether addresses hang below this object: drawings and the like, and content controls."""
    return node.control is not None if isinstance(node, SpanNode) else node.kind in CARRIERS


def scope_kind(scope: Scope) -> BlockKind:
    """The kind of a text box's blocks; in a comment they stay comment."""
    return BlockKind.COMMENT if scope.kind is BlockKind.COMMENT else BlockKind.TEXT_BOX
