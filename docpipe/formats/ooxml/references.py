"""References that repeat a heading or caption: found when a document is read, and what they must say once it is translated.

Imports the core and the parts of this package. An entry of a table of contents (or of figures) whose words are those of the
heading it points to is not translated a second time: it gets the words of the heading's target. A REF or STYLEREF field whose
result is what stands at its bookmark, or in a paragraph of its style, stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from docpipe.formats.ooxml.anchors import Field, Mark, anchors_in, fields_of, marks_of, paragraph_of
from docpipe.formats.ooxml.localise.aim import aim_of
from docpipe.formats.ooxml.localise.numbering import is_number, written_label
from docpipe.formats.ooxml.names import Element
from docpipe.formats.ooxml.nodes import SpanNode, texts_in
from docpipe.formats.ooxml.records import Live, Reading, Rebuilt, Record
from docpipe.model.document import Address, BlockKind, WriteOptions
from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text

REASON = "rebuilt-reference"
"""Why an entry is not offered for translation."""

_ENTRY_STYLE = re.compile(r"toc ?\d|table of figures|table of authorities", re.IGNORECASE)
_LIST_FIELD = re.compile(r"\s*TO[CA]\b")
_NOT_SHOWN_IN_LISTS = ("note", "comment", "annotation", "drawing", "embedded", "mark")


def find_references(reading: Reading) -> None:
    """Enters the references of a document into its reading; those that are rebuilt as a whole are no longer translatable."""
    paragraphs = {r.paragraph.element: r for r in reading.paragraphs if r.coding is not None}
    marks: dict[str, Mark] = {}
    for story in reading.parts.stories:
        marks |= {name: m for name, m in marks_of(story.survey).items() if name not in marks}
    originals = [r for r in reading.records if isinstance(r, Record) and r.coding is not None and not r.reason]
    shown = [r for r in originals if r.kind in (BlockKind.HEADING, BlockKind.CAPTION)]
    own = set(originals)
    lists = _lists(reading)
    entries = {r for r in originals if _is_entry(r, lists)}
    for record in originals:
        if record in entries and (found := _rebuilt(record, marks, paragraphs, shown, lists)) is not None:
            reading.rebuilt.append(found)
    for rebuilt in reading.rebuilt:
        _set_aside(reading, rebuilt.record)
    for story in reading.parts.stories:
        for field in fields_of(story.root, story.survey):
            record_ = paragraphs.get(field.paragraph)
            live = _live(field, marks, record_, shown) if record_ is not None and not record_.reason else None
            if live is not None:
                reading.live.append(live)
                if live.code == 0 and live.record in own:
                    _set_aside(reading, live.record)


def _set_aside(reading: Reading, record: Record) -> None:
    size = sum(len(t.text) for t in texts_in(record.paragraph.children))
    record.reason = REASON
    reading.translated -= size
    reading.skips.append((REASON, size))


# ---- entries of tables of contents and of figures


def _lists(reading: Reading) -> set[Element | None]:
    """The paragraphs in which a list's field begins."""
    fields = (el for story in reading.parts.stories for el in story.survey.each("w:instrText"))
    return {paragraph_of(el) for el in fields if _LIST_FIELD.match(el.text or "")}


def _is_entry(record: Record, lists: set[Element | None]) -> bool:
    """Also the first one, in whose paragraph the field of the list begins."""
    if record.kind is BlockKind.FIELD_RESULT or _ENTRY_STYLE.match(record.style):
        return True
    p = record.paragraph.element
    return p is not None and p in lists


def _rebuilt(
    entry: Record,
    marks: Mapping[str, Mark],
    paragraphs: Mapping[Element | None, Record],
    shown: Iterable[Record],
    lists: set[Element | None],
) -> Rebuilt | None:
    """What an entry repeats: the paragraph it points to, else the one heading or caption that says the same."""
    assert entry.paragraph.element is not None
    pointed = [paragraphs.get(marks[name].paragraph) for name in anchors_in(entry.paragraph.element) if name in marks]
    for model in pointed:
        if model is not None and not _is_entry(model, lists) and not model.reason and (found := _matched(entry, model)):
            return found
    if any(pointed):
        return None
    fitting = [
        found for r in shown if not r.reason and (found := _matched(entry, r))
    ]  # fmt: skip
    return fitting[0] if len({f.model.content for f in fitting}) == 1 else None


def _matched(entry: Record, model: Record) -> Rebuilt | None:
    """The entry cut at the model's words: code for code where it repeats its codes, else as plain text in one stretch."""
    content, words = entry.content, model.content
    for at in range(len(content) - len(words) + 1):
        row = content[at : at + len(words)]
        if all(_alike(a, b) for a, b in zip(row, words, strict=True)):
            codes: dict[tuple[type, int], Inline] = {
                (type(b), b.id): a
                for a, b in zip(row, words, strict=True)
                if not isinstance(b, Text) and not isinstance(a, Text)
            }
            return _cut(entry, model, content[:at], content[at + len(words) :], codes)
    plain = _squeezed(shown_in_list(words))
    places = [i for i, p in enumerate(content) if isinstance(p, Text) and _squeezed(p.text) == plain]
    if len(places) == 1 and plain:
        return _cut(entry, model, content[: places[0]], content[places[0] + 1 :], None)
    return None


def _cut(
    entry: Record, model: Record, before: CodedText, after: CodedText, codes: dict[tuple[type, int], Inline] | None
) -> Rebuilt | None:
    """What stands beside the words may be a number, dots and a page number, no words of its own."""
    if all(is_number(p.text) for p in (*before, *after) if isinstance(p, Text)):
        return Rebuilt(entry, model, before, after, codes)
    return None


def _alike(mine: Inline, models: Inline) -> bool:
    if isinstance(mine, Text) and isinstance(models, Text):
        return _squeezed(mine.text) == _squeezed(models.text)
    if isinstance(mine, Placeholder) and isinstance(models, Placeholder):
        return mine.kind == models.kind and mine.equiv == models.equiv
    if isinstance(mine, Open) and isinstance(models, Open):
        return mine.kind == models.kind
    return isinstance(mine, Close) and isinstance(models, Close)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def shown_in_list(content: CodedText) -> str:
    """The words of a heading as a table of contents shows them: breaks as spaces, notes and pictures left out."""
    out = []
    for part in content:
        if isinstance(part, Text):
            out.append(part.text)
        elif isinstance(part, Placeholder) and not part.kind.startswith(_NOT_SHOWN_IN_LISTS):
            out.append(" " if part.equiv in ("\n", "\t") else part.equiv)
    return "".join(out)


def with_rebuilt(
    reading: Reading, targets: Mapping[Address, CodedText], options: WriteOptions
) -> dict[Address, CodedText]:
    """The targets with those of rebuilt entries. An entry that has a target of its own keeps it."""
    found = dict(targets)
    for each in reading.rebuilt:
        target = targets.get(each.model.address)
        if target is None or target == each.model.content or each.record.address in targets:
            continue
        before, after = (_numbers(part, options) for part in (each.before, each.after))
        found[each.record.address] = merge_text((*before, *_words(each, target), *after))
    return found


def _words(each: Rebuilt, target: CodedText) -> CodedText:
    if each.codes is None or any((type(p), p.id) not in each.codes for p in target if not isinstance(p, Text)):
        return (Text(_squeezed(shown_in_list(target))),)
    return tuple(p if isinstance(p, Text) else each.codes[type(p), p.id] for p in target)


def _numbers(beside: CodedText, options: WriteOptions) -> CodedText:
    aim = aim_of(options)
    if aim is None or options.policy.numbering != "localise":
        return beside
    return tuple(Text(written_label(p.text, aim)) if isinstance(p, Text) else p for p in beside)


# ---- fields that repeat what stands elsewhere


def _live(field: Field, marks: Mapping[str, Mark], record: Record, all_: Iterable[Record]) -> Live | None:
    text = field.result()
    if field.name not in ("REF", "STYLEREF") or not any(ch.isalpha() for ch in text):
        return None
    if field.name == "REF":
        mark = marks.get(field.argument)
        if mark is None or mark.end is None or mark.text() != text or mark.paragraph is field.paragraph:
            return None
        model = None
    else:
        mark = None
        model = next((r for r in all_ if r.kind is BlockKind.HEADING and not r.reason and shown_of(r) == text), None)
        if model is None or model is record:
            return None
    code = _code(record, field)
    return Live(record, field, text, mark, model, code) if code is not None else None


def _code(record: Record, field: Field) -> int | None:
    """The number of the code that holds the field's result; 0 where it is the whole content; None where it is no span."""
    assert record.coding is not None
    if record.coding.root.first is field.first:
        return 0 if all(isinstance(p, Text) for p in record.content) else None
    return next(
        (i for i, n in record.coding.nodes.items() if isinstance(n, SpanNode) and n.first is field.first), None
    )  # fmt: skip


def shown_of(record: Record) -> str:
    """What a paragraph shows now."""
    p = record.paragraph.element
    return Mark("", p, None, p).text() if p is not None else ""


def wanted_of(live: Live, text: str) -> str:
    """What a live reference must say when ``text`` stands where it points; its own words where only a number is left there."""
    return text if any(ch.isalpha() for ch in text) else ""
