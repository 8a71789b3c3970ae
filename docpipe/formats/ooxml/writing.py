"""Writes targets into a document: reads the source (or takes the reading just made of it), places each target, rewrites what changed.

Imports the core, errors, safe and the other parts of this package.
"""

from __future__ import annotations

from collections.abc import Mapping

from docpipe.errors import Defect
from docpipe.formats.ooxml.binding import bound_values, follow_bindings
from docpipe.formats.ooxml.face import add_face
from docpipe.formats.ooxml.kept import take
from docpipe.formats.ooxml.names import SHORT
from docpipe.formats.ooxml.passes import PASSES
from docpipe.formats.ooxml.placing import checked_text, place
from docpipe.formats.ooxml.properties import follow_fields, shown_properties
from docpipe.formats.ooxml.reading import read_document
from docpipe.formats.ooxml.records import NestedRecord, Reading, Record
from docpipe.formats.ooxml.references import with_rebuilt
from docpipe.model.document import Address, WriteOptions
from docpipe.model.inline import CodedText, codes_of, plain_text
from docpipe.safe.package import Source
from docpipe.safe.xml import serialiser


def write_document(data: bytes, targets: Mapping[Address, CodedText], options: WriteOptions) -> bytes:
    """The document with the targets in place. Raises ``Defect`` for an address that is unknown or not translatable.

    A paragraph whose target equals its source is not touched, a part in which nothing changed keeps its bytes.
    """
    reading = take(data, options.policy) or read_document(data, options.policy)
    reading.inner_writer = write_document
    changed = set(reading.dropped.parts)
    changed |= place_targets(reading, with_rebuilt(reading, targets, options))
    for each in PASSES:
        changed |= each.run(reading, options, frozenset(changed))
    if options.face:
        changed |= _put_face(reading, options.face)
    replaced: dict[str, bytes | Source] = {}
    for name in reading.parts.package.names:
        if name in changed:
            made = reading.parts.made.get(name)
            root = reading.parts.tree(name) if made is None else None
            assert made is not None or root is not None
            replaced[name] = serialiser(root) if root is not None else made or b""
    return reading.parts.package.rewritten(replaced, without=reading.dropped.removed)


def place_targets(reading: Reading, targets: Mapping[Address, CodedText]) -> set[str]:
    """Puts the targets into the trees; returns the names of the parts that changed."""
    known = {record.address: record for record in reading.records}
    values, shown = bound_values(reading), shown_properties(reading)
    changed: set[str] = set()
    for address, target in targets.items():
        record = known.get(address)
        if record is None:
            raise Defect("A target's address is not in the document.", address=address)
        if isinstance(record, Record):
            if record.coding is None:
                raise Defect("A target was given for a block that is not translatable.", address=address)
            for each in (record, *record.copies):
                assert each.coding is not None
                if place(each.coding, target, address):
                    changed.add(each.part)
        elif isinstance(record, NestedRecord):
            record.target = target
        else:
            if codes_of(target):
                raise Defect("A target's codes do not fit its block.", address=address)
            text = checked_text(plain_text(target), address)
            if text != record.text:
                record.put(text)
                changed.add(record.part)
    return changed | follow_bindings(reading, values) | follow_fields(reading, shown)


def _put_face(reading: Reading, words: str) -> set[str]:
    """The words as first paragraph of the body and of every header."""
    changed = set()
    for number, story in enumerate(s for s in reading.parts.stories if s.kind in ("document", "header")):
        parent = (
            next((e for e in story.root if SHORT[e.tag] == "w:body"), None) if story.kind == "document" else story.root
        )
        if parent is not None:
            add_face(parent, checked_text(words, "face"), number)
            changed.add(story.name)
    return changed
