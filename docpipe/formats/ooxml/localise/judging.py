"""Judges a localised output by reading it: what governs translated text must be of the target language.

Imports the core and the parts of this package and of ooxml. The passes themselves are not called here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docpipe.formats.ooxml.localise.aim import Aim, aim_of
from docpipe.formats.ooxml.localise.dates import foreign_dates
from docpipe.formats.ooxml.localise.direction import RIGHT_TO_LEFT
from docpipe.formats.ooxml.localise.fonttable import FontTable, font_table
from docpipe.formats.ooxml.localise.keys import twins_agree
from docpipe.formats.ooxml.localise.reach import running_parts
from docpipe.formats.ooxml.names import SHORT, child, is_on
from docpipe.formats.ooxml.nodes import TextNode, texts_in
from docpipe.formats.ooxml.records import Reading, Record
from docpipe.formats.ooxml.styles import Styles
from docpipe.model.document import Address, WriteOptions
from docpipe.model.inline import CodedText

_SLOT_OF_SCRIPT = {"ascii": "val", "hAnsi": "val", "eastAsia": "eastAsia", "cs": "bidi"}


def judge_localised(
    source: Reading, found: Reading, options: WriteOptions, targets: Mapping[Address, CodedText]
) -> list[str]:
    """Where translated text is tagged as another language, runs the wrong way or stands in a font without its letters.

    Places only, never text. Addresses that moved with their objects are judged where their paragraph is found.
    """
    aim = aim_of(options)
    if aim is None:
        return []
    written = [r for r in source.records if isinstance(r, Record) and targets.get(r.address, r.content) != r.content]
    done = {r.address for r in written}
    if not done:
        return []
    table = font_table(options.fonts)
    parts = {r.part for r in written}
    running = {name: each for name, each in running_parts(found).items() if name in parts}
    problems = [f"{what} is of another language" for what in _defaults(found, aim, {o for _, o in running.values()})]
    if options.policy.numbering == "localise":
        dated = (name for name, (root, _) in running.items() if foreign_dates(root, aim))
        problems += [f"{name}: a date control is of another language" for name in dated]
    for record in found.records:
        if isinstance(record, Record) and record.address in done:
            problems += [f"{record.address}: {what}" for what in sorted({*_paragraph(record, aim, table)})]
    return problems


def _defaults(found: Reading, aim: Aim, owners: set[str]) -> Iterator[str]:
    for name in (n for owner in sorted(owners) for n in found.parts.related(owner, "styles")):
        root = found.parts.tree(name)
        if root is not None and not aim.keeps(Styles(root).language.get(aim.slot, "")):
            yield f"{name}: the default language"


def _paragraph(record: Record, aim: Aim, table: FontTable) -> Iterator[str]:
    p = record.paragraph.element
    drawn = p is not None and SHORT[p.tag] == "a:p"  # one property there for the letters of all scripts
    for text in texts_in(record.paragraph.children):
        governed = {_SLOT_OF_SCRIPT[s] for s in text.scripts}
        if aim.slot in governed and not aim.keeps(text.format.languages.get(aim.slot, aim.tag)):
            yield "text is tagged as another language"
        if any(not table.suits(font, script) for font, script in _fonts(text, aim)):
            yield "text stands in a font that has no letters for it"
        if aim.complex and not aim.from_rtl and not drawn and not twins_agree(text.format):
            yield "text of a complex script looks another way than it did"
        if text.format.right_to_left and aim.from_rtl and not aim.rtl:
            yield "text runs from right to left"
        if aim.rtl and not _runs_right_to_left(text, record):
            yield "text runs from left to right"


def _fonts(text: TextNode, aim: Aim) -> Iterator[tuple[str, str]]:
    """The named fonts (not the theme's) that govern the text, each with the script it must have."""
    wanted = {"ascii": "latin", "hAnsi": "latin"} if not aim.east_asian else {}
    wanted[{"eastAsia": "eastAsia", "bidi": "cs"}.get(aim.slot, "ascii")] = aim.fonts
    for slot, script in wanted.items():
        attribute, _, font = text.format.fonts.get(slot, "").partition(":")
        if slot in text.scripts and attribute == slot and font:
            yield font, script


def _runs_right_to_left(text: TextNode, record: Record) -> bool:
    """Whether a text with letters from right to left lies in a run and a paragraph that say so (of drawings: nothing)."""
    p = record.paragraph.element
    if p is None or SHORT[p.tag] != "w:p" or not RIGHT_TO_LEFT.search(text.text):
        return True
    properties = child(p, "w:pPr")
    return text.format.right_to_left and properties is not None and is_on(child(properties, "w:bidi"))
