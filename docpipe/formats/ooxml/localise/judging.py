"""Judges a localised output by reading it: what governs translated text must be of the target language.

Imports the core and the parts of this package and of ooxml. The passes themselves are not called here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docpipe.formats.ooxml.localise.aim import Aim, aim_of
from docpipe.formats.ooxml.nodes import TextNode, texts_in
from docpipe.formats.ooxml.records import Reading, Record
from docpipe.formats.ooxml.styles import Styles
from docpipe.model.document import Address, WriteOptions
from docpipe.model.inline import CodedText

_SLOT_OF_SCRIPT = {"ascii": "val", "hAnsi": "val", "eastAsia": "eastAsia", "cs": "bidi"}


def judge_localised(
    source: Reading, found: Reading, options: WriteOptions, targets: Mapping[Address, CodedText]
) -> list[str]:
    """Where translated text is tagged as another language; places only, never text."""
    aim = aim_of(options)
    if aim is None:
        return []
    done = {
        r.address for r in source.records if isinstance(r, Record) and targets.get(r.address, r.content) != r.content
    }
    if not done:
        return []
    problems = [f"{what} is of another language" for what in _defaults(found, aim)]
    for record in found.records:
        if isinstance(record, Record) and record.address in done:
            problems += [f"{record.address}: {what}" for what in sorted({*_paragraph(record, aim)})]
    return problems


def _defaults(found: Reading, aim: Aim) -> Iterator[str]:
    for name in found.parts.related(found.parts.main, "styles"):
        root = found.parts.tree(name)
        if root is not None and not aim.keeps(Styles(root).language.get(aim.slot, "")):
            yield f"{name}: the default language"


def _paragraph(record: Record, aim: Aim) -> Iterator[str]:
    for text in texts_in(record.paragraph.children):
        if _governed(text, aim) and not aim.keeps(text.format.languages.get(aim.slot, aim.tag)):
            yield "text is tagged as another language"


def _governed(text: TextNode, aim: Aim) -> bool:
    return any(_SLOT_OF_SCRIPT[s] == aim.slot for s in text.scripts)
