"""The pass that makes references say what they point to in the target, and the judge of what it left.

Imports the core and the parts of this package. Entries of lists are written with the targets (``references.with_rebuilt``).
"""

from __future__ import annotations

from collections.abc import Mapping

from docpipe.formats.ooxml.anchors import Field, Mark, fields_of, mark_dirty, marks_of
from docpipe.formats.ooxml.localise.aim import aim_of
from docpipe.formats.ooxml.names import set_text
from docpipe.formats.ooxml.records import Live, Reading, Record
from docpipe.formats.ooxml.references import shown_of, wanted_of
from docpipe.model.document import Address, WriteOptions
from docpipe.model.inline import Close, CodedText, Open, Text, merge_text, plain_text

_OF_PAGES = frozenset({"PAGEREF"})


def rebuild(reading: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """Writes the results of live references anew; page numbers of references are marked for Word, which alone knows them.

    Nothing is done where no language changes or no text did.
    """
    done: set[str] = set()
    if aim_of(options) is None or not changed:
        return done
    for live in reading.live:
        wanted = wanted_of(live, live.mark.text() if live.mark is not None else shown_of(_model(live)))
        if wanted and wanted != live.field.result() and _put(live.field, wanted):
            done.add(live.record.part)
    for story in reading.parts.stories:
        if story.name in changed | done:
            for field in fields_of(story.root):
                if field.name in _OF_PAGES and mark_dirty(field):
                    done.add(story.name)
    return done


def _model(live: Live) -> Record:
    assert live.model is not None
    return live.model


def _put(field: Field, text: str) -> bool:
    """The text in the longest element of the result, the others empty."""
    texts = field.texts()
    if not texts:
        return False
    taker = max(texts, key=lambda el: len(el.text or ""))
    for el in texts:
        set_text(el, text if el is taker else "")
    return True


def rebuilt_parts(source: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """The parts beside the changed ones that ``rebuild`` may change: those that hold live references."""
    if aim_of(options) is None or not changed:
        return set()
    return {live.record.part for live in source.live}


def expected_targets(
    source: Reading, found: Reading, options: WriteOptions, targets: Mapping[Address, CodedText]
) -> dict[Address, CodedText]:
    """The targets with what live references must say by the output's own bookmarks and headings."""
    out = dict(targets)
    if (
        aim_of(options) is None
        or not source.live
        or all(targets.get(r.address, r.content) == r.content for r in source.records)
    ):
        return out
    marks: dict[str, Mark] = {}
    for story in found.parts.stories:
        marks |= {name: m for name, m in marks_of(story.survey).items() if name not in marks}
    here = {r.address: r for r in found.paragraphs}
    for live in source.live:
        address = live.record.address
        text = ""
        if live.mark is not None and live.mark.name in marks:
            text = marks[live.mark.name].text()
        elif live.model is not None and live.model.address in here:
            text = shown_of(here[live.model.address])
        if wanted := wanted_of(live, text):
            out[address] = _with_result(out.get(address, live.record.content), live.code, wanted)
    return out


def _with_result(target: CodedText, code: int, text: str) -> CodedText:
    """The target with the text in place of what the code holds: in that of its stretches which is the longest, as it is written."""
    if code == 0:
        return (Text(text),)
    start = next((i for i, p in enumerate(target) if isinstance(p, Open) and p.id == code), -1)
    stop = next((i for i, p in enumerate(target) if isinstance(p, Close) and p.id == code), -1)
    if not -1 < start < stop:
        return target
    inner = target[start + 1 : stop]
    if plain_text(inner) == text:
        return target
    taker = max((p for p in inner if isinstance(p, Text)), key=lambda p: len(p.text), default=None)
    kept = [Text(text) if p is taker else p for p in inner if p is taker or not isinstance(p, Text)]
    first = [] if taker is not None else [Text(text)]
    return merge_text((*target[: start + 1], *first, *kept, *target[stop:]))


def judge_rebuilt(
    source: Reading, found: Reading, options: WriteOptions, targets: Mapping[Address, CodedText]
) -> list[str]:
    """Where an entry of a list no longer says what the heading it points to says; places only."""
    here = {r.address: r for r in found.paragraphs}
    problems = []
    for each in source.rebuilt:
        entry, model = here.get(each.record.address), here.get(each.model.address)
        if each.record.address in targets or entry is None or model is None:
            continue
        if _letters(shown_of(model)) not in _letters(shown_of(entry)):
            problems.append(f"{each.record.address}: the entry does not say what its heading says")
    return problems


def _letters(text: str) -> str:
    return "".join(ch for ch in text if ch.isalpha())
