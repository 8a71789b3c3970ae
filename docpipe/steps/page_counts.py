"""Pages of a translated document, reckoned where nothing lays it out: from lines of its texts, rows, pictures and breaks.

Imports the core, checks (widths of faces), safe and settings.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from docpipe.checks.fit import Look, width_of
from docpipe.errors import DocpipeError
from docpipe.model.document import ReadPolicy
from docpipe.model.inline import CodedText, plain_text, spaced_text
from docpipe.model.segment import Segment
from docpipe.safe.child import call
from docpipe.settings import Settings
from docpipe.steps import reading

_SHARE = 0.85
"""Part of a document's pages that its running text fills, where nothing else is known of it: a guess, not a measurement."""
_TALL = 1.2
"""Lines of East Asian faces are taller than those of Latin ones of the same size."""
_RAGGED = 1.04
"""Room that lines lose at their ends, since words are not broken."""
_LOST = 1.03
"""Room that pages lose at their feet: rows and headings that are not parted."""
_HARDLY = 0.1
"""What an empty document fills of its page."""
_STALE = 0.5
"""How far the number of pages that a file states may be from what is reckoned of it, as a share, to be believed."""


def pages_of_word(
    settings: Settings, data: bytes, policy: ReadPolicy, pages: int, rows: Sequence[tuple[Segment, CodedText]]
) -> tuple[int, int]:
    """Pages before and after of a Word document. ``pages``: as the file states them; ``rows``: segments with their targets.

    Where the file states something else than it can have, both are reckoned.
    """
    limits = reading.limits(settings, data)
    try:
        found = call("docpipe.formats.ooxml.paging:paging", (data, reading.plain_policy(policy)), **limits)
    except DocpipeError:
        return pages, reckoned(pages, ((s.source, target) for s, target in rows))
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for s, target in rows:
        for texts, words in ((old, s.source), (new, target)):
            texts[s.address] = texts.get(s.address, "") + s.before + spaced_text(words) + s.after
    before, after = laid(found, old), laid(found, new)
    if abs(whole(before) - pages) > _STALE * pages:
        return whole(before), whole(after)
    return pages, max(1, round(pages * after / before))


def breadth(text: str) -> float:
    """Width of a text in ems, about: full-width characters are 1, others half of that."""
    wide = sum(1 for c in text if unicodedata.east_asian_width(c) in "WF") if not text.isascii() else 0
    return wide + (len(text) - wide) * 0.5


def reckoned(pages: int, texts: Iterable[tuple[CodedText, CodedText]]) -> int:
    """Pages after, from pages before and the texts (before, after); for documents whose layout is not known."""
    before = after = 0.0
    for source, target in texts:
        before += breadth(plain_text(source))
        after += breadth(plain_text(target))
    if not pages or not before:
        return pages
    return max(1, round(pages * (1 + _SHARE * (after / before - 1))))


def laid(paging: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> float:
    """Pages that a document's body needs, the last one in part, from ``docpipe.formats.ooxml.paging``.

    ``texts`` by address stand instead of the document's own.
    """
    total = 0.0
    for run in paging:
        filled = _height(run["entries"], texts) / (run["height"] * run["columns"]) * _LOST
        if run["flows"]:
            total += filled
        else:
            total = whole(total) + filled
    return max(total, _HARDLY)


def whole(pages: float) -> int:
    """Pages begun."""
    return max(0, math.ceil(pages - 0.02))


def _height(entries: Sequence[Mapping[str, Any]], texts: Mapping[str, str], depth: int = 0) -> float:
    """Points that the entries need below each other, the cells of a row side by side; rows in cells likewise."""
    total = 0.0
    for places, stretch in groupby(entries, lambda e: e["places"][depth][0] if len(e["places"]) > depth else 0):
        held = list(stretch)
        if not places:
            total += sum(_needs(e, texts.get(e["address"], e["text"])) for e in held)
            continue
        cells = groupby(held, lambda e: e["places"][depth][1])
        heights = [_height(list(cell), texts, depth + 1) for _, cell in cells]
        total += max(*heights, held[0]["places"][depth][2]) if heights else 0.0
    return total


def _needs(entry: Mapping[str, Any], text: str) -> float:
    look = Look(**entry["look"])
    room = max(entry["width"] - look.indent, look.size * 2)
    lines = 0
    for line in text.split("\n") if not entry["merged"] else [""]:
        width = width_of(line, look)
        lines += max(1, math.ceil(width * (_RAGGED if width > room else 1.0) / room))
    leading = look.leading * (_TALL if _is_wide(text) else 1.0)
    if entry["pitch"] > 0:
        leading = math.ceil(round(leading / entry["pitch"], 2)) * entry["pitch"]
    return float(lines * leading + entry["apart"] + entry["extra"])


def _is_wide(text: str) -> bool:
    return not text.isascii() and any(unicodedata.east_asian_width(c) in "WF" for c in text)
