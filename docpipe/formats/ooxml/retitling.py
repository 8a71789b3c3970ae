"""The pass that gives the list of a document's parts its new title: what a file browser shows beside the title itself.

Imports the core and the parts of this package. Source: ISO/IEC 29500-1, 22.2.2.28 (``TitlesOfParts``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docpipe.formats.ooxml.names import SHORT, Element
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.properties import local
from docpipe.formats.ooxml.records import Reading
from docpipe.model.document import Address, WriteOptions
from docpipe.model.inline import CodedText


def retitle(reading: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """Where the list said what the title said, it says what the title says now; returns the parts it changed."""
    new = _title(reading.parts) if options.policy.bound_data == "follow" else ""
    done: set[str] = set()
    for name, el in _titles(reading.parts) if new and reading.title and new != reading.title else ():
        if (el.text or "").strip() == reading.title:
            el.text = new
            done.add(name)
    return done


def retitled_parts(source: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """The parts beside the changed ones that ``retitle`` may change: where the title is listed, if it may have changed."""
    if (
        options.policy.bound_data != "follow"
        or not source.title
        or not changed.intersection(source.parts.related("", "core-properties"))
    ):
        return set()
    return {name for name, el in _titles(source.parts) if (el.text or "").strip() == source.title}


def judge_titles(
    source: Reading, found: Reading, options: WriteOptions, targets: Mapping[Address, CodedText]
) -> list[str]:
    """Whether the list of parts is the source's, with the new title where the old one stood."""
    new = (_title(found.parts) if options.policy.bound_data == "follow" else "") or source.title
    told = bool(source.title) and new != source.title
    wanted = [new if told and (el.text or "").strip() == source.title else el.text for _, el in _titles(source.parts)]
    listed = [el.text for _, el in _titles(found.parts)]
    if listed != wanted and listed != [el.text for _, el in _titles(source.parts)]:
        return ["the titles of the document's parts are not as they were"]
    return [] if listed == wanted else ["the list of the document's parts has its former title"]


def _title(parts: Parts) -> str:
    for name in parts.related("", "core-properties"):
        root = parts.tree(name)
        for el in root if root is not None else ():
            if SHORT[el.tag] == "dc:title":
                return (el.text or "").strip()
    return ""


def _titles(parts: Parts) -> Iterator[tuple[str, Element]]:
    for name in parts.related("", "extended-properties"):
        root = parts.tree(name)
        for holder in root if root is not None else ():
            if local(holder) == "TitlesOfParts":
                yield from ((name, el) for el in holder.iter("{*}lpstr"))
