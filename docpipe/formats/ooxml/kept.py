"""The last reading of a document, kept while its extraction lives: who writes the same bytes next does not read them again.

Imports the core and records. A reading is handed out once, since writing changes its trees; nothing outlives the extraction.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass

from docpipe.formats.ooxml.records import Reading
from docpipe.model.document import Extraction, ReadPolicy


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    data: bytes
    policy: ReadPolicy
    reading: Reading
    extraction: weakref.ref[Extraction]


_slot: list[_Kept] = []
"""One at most. Threads that come between each other lose a reading at worst: each step below is one step of the interpreter."""


def keep(data: bytes, policy: ReadPolicy, reading: Reading, extraction: Extraction) -> None:
    """Keeps the reading until the extraction is gone, another document is read, or ``take`` asks for it."""

    def gone(dead: weakref.ref[Extraction]) -> None:
        _slot[:] = [kept for kept in _slot if kept.extraction is not dead]

    _slot[:] = [_Kept(data, policy, reading, weakref.ref(extraction, gone))]


def take(data: bytes, policy: ReadPolicy) -> Reading | None:
    """The kept reading of these bytes by this policy, or None. It is no longer kept then."""
    try:
        kept = _slot.pop()
    except IndexError:
        return None
    return kept.reading if kept.policy == policy and kept.data == data else None
