"""A reading holds the trees of a whole document: once it is let go, it is gone without a search for circles."""

from __future__ import annotations

import gc

from docx_builder import docx

from docpipe.formats.ooxml.reading import read_document
from docpipe.formats.ooxml.records import Reading
from docpipe.model.document import ReadPolicy


def readings() -> int:
    """How many readings are in memory, reachable or not."""
    return sum(1 for o in gc.get_objects() if isinstance(o, Reading))


def test_a_reading_that_is_let_go_is_gone_at_once() -> None:
    data = docx(
        "h1:Title", "p:Hello *bold* world[fn:A note]", "tbl:a | b // c | d", 'p:{HYPERLINK "x"|text} [sdt:held]'
    )
    gc.collect()
    gc.disable()
    try:
        before = readings()
        reading = read_document(data, ReadPolicy(tracked_changes="final"))
        assert readings() == before + 1
        del reading
        assert readings() == before
    finally:
        gc.enable()
