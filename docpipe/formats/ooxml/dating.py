"""The pass that writes dates of fields in the target's way, picture and result alike, and the judge of what it left.

Imports the core and the parts of this package. Source: ISO/IEC 29500-1, 17.16.5.15 (DATE and its like).
Pictures of numbers stay: Word reads their signs by the settings of the reader's computer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from docpipe.formats.ooxml.anchors import Field, fields_of
from docpipe.formats.ooxml.fields import DATES, PICTURE, FieldPolicy
from docpipe.formats.ooxml.localise.aim import Aim, aim_of
from docpipe.formats.ooxml.localise.order import ensure, properties_of
from docpipe.formats.ooxml.localise.pictures import Moment, read, translated_picture, write
from docpipe.formats.ooxml.names import SHORT, Element, set_text, set_w_attr
from docpipe.formats.ooxml.parts import Story
from docpipe.formats.ooxml.records import Reading
from docpipe.model.document import Address, WriteOptions
from docpipe.model.inline import CodedText


def redate(reading: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """Gives date fields the target's picture where theirs can be read; returns the parts it changed."""
    aim = _aim(options)
    done: set[str] = set()
    for story in reading.parts.stories if aim is not None and changed else ():
        assert aim is not None
        for field in _dates(story, options):
            wanted = _wanted(field, aim)
            if wanted is not None:
                _put(field, *wanted)
                _tell_language(field, wanted[0], aim)
                done.add(story.name)
    return done


def redated_parts(source: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """The parts beside the changed ones that ``redate`` may change: those with date fields."""
    if _aim(options) is None or not changed:
        return set()
    return {s.name for s in source.parts.stories if next(_dates(s, options), None) is not None}


def judge_dates(
    source: Reading, found: Reading, options: WriteOptions, targets: Mapping[Address, CodedText]
) -> list[str]:
    """Date fields that show another moment than in the source, or by another picture than the target's; places only."""
    aim = _aim(options)
    told = any(targets.get(r.address, r.content) != r.content for r in source.records)
    problems = []
    for before, after in zip(source.parts.stories, found.parts.stories, strict=False):
        mine, others = list(_dates(before, options)), list(_dates(after, options))
        if len(mine) != len(others):
            problems.append(f"{before.name}: another number of date fields")
            continue
        wrong = _wrong(mine, others, aim if told else None)
        problems += [f"{before.name}: a date field does not show its date"] * wrong
    return problems


def _wrong(mine: list[Field], others: list[Field], aim: Aim | None) -> int:
    """How many fields are not right. In the target's sentence the fields of a paragraph may stand in another order."""
    count = 0
    for home in dict.fromkeys(map(_home, mine)):
        left = [new for old, new in zip(mine, others, strict=True) if _home(old) is home]
        for old in (f for f in mine if _home(f) is home):
            match = next((new for new in left if _right(old, new, aim)), None)
            count += match is None
            left = [new for new in left if new is not match]
    return count


def _home(field: Field) -> Element:
    """The paragraph that a field begins in."""
    return next((a for a in field.first.iterancestors() if SHORT[a.tag] == "w:p"), field.first)


def _right(old: Field, new: Field, aim: Aim | None) -> bool:
    moment = _moment(old, aim) if aim is not None else None
    if aim is None or moment is None or not old.result().strip():
        return old.result() == new.result() and (aim is not None or old.code == new.code)
    picture = _picture(new)
    if picture != translated_picture(_picture(old), aim.source, aim.tag):
        return False
    return picture == _picture(old) or read(new.result(), picture, aim.tag) == moment


def _aim(options: WriteOptions) -> Aim | None:
    return aim_of(options) if options.policy.numbering == "localise" else None


def _dates(story: Story, options: WriteOptions) -> Iterator[Field]:
    policy = FieldPolicy(options.policy.fields, not options.policy.do_not_translate)
    if story.kind != "comment":
        for field in fields_of(story.root):
            if field.name in DATES and policy.keeps(field.code):
                yield field


def _picture(field: Field) -> str:
    found = PICTURE.search(field.code)
    return (found.group(1) or found.group(2) or "") if found else ""


def _moment(field: Field, aim: Aim) -> Moment | None:
    picture = _picture(field)
    return read(field.result(), picture, aim.source) if picture else None


def _wanted(field: Field, aim: Aim) -> tuple[str, str] | None:
    """Picture and result in the target, or None where the field stays as it is."""
    picture = _picture(field)
    there = translated_picture(picture, aim.source, aim.tag)
    moment = _moment(field, aim)
    text = write(moment, there, aim.tag) if moment is not None else ""
    return (there, text) if there != picture and text else None


def _put(field: Field, picture: str, text: str) -> None:
    code = PICTURE.sub(lambda _: f'\\@ "{picture}"', field.code)
    if SHORT[field.first.tag] == "w:fldSimple":
        set_w_attr(field.first, "instr", f" {code} ")
    else:
        for number, el in enumerate(_instructions(field)):
            set_text(el, f" {code} " if number == 0 else "")
    texts = field.texts()
    taker = max(texts, key=lambda el: len(el.text or ""))
    for el in texts:
        set_text(el, text if el is taker else "")


def _tell_language(field: Field, picture: str, aim: Aim) -> None:
    """Names of months and weekdays are written in the language of the field's Latin letters, whatever the script beside them."""
    if aim.slot == "val" or not re.search("ddd|MMM", picture):
        return
    marks = [field.first, field.start, *_instructions(field), *field.texts(), field.last]
    for run in {a for el in marks if el is not None for a in el.iterancestors() if SHORT[a.tag] == "w:r"}:
        set_w_attr(ensure(properties_of(run, "rPr"), "lang"), "val", aim.tag)


def _instructions(field: Field) -> Iterator[Element]:
    """The instruction's elements, between the beginning of the field and its separator."""
    within = False
    for el in field.paragraph.iter() if field.paragraph is not None else ():
        if el is field.first:
            within = True
        elif el is field.start:
            return
        elif within and SHORT[el.tag] == "w:instrText":
            yield el
