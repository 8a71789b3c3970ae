"""Text in places where the standard has none, and files have some all the same: read, counted and written like any other."""

from __future__ import annotations

import pytest
from docx_builder import docx, run, textbox

from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import pseudo_targets
from docpipe.model.document import ReadPolicy, WriteOptions

POLICY = ReadPolicy(tracked_changes="keep", do_not_translate=False)
WORD_2006 = "http://schemas.microsoft.com/office/word/2006/wordml"
CELL = f"<w:tbl><w:tr><w:tc><w:p>{run('a cell')}</w:p></w:tc></w:tr></w:tbl>"


def texts(data: bytes) -> list[str]:
    extraction = FORMAT.read(data, POLICY)
    assert extraction.coverage.balanced
    return [b.text for b in extraction.blocks]


def after(data: bytes) -> list[str]:
    """The texts once every one of them is in capitals."""
    targets, options = pseudo_targets(FORMAT.read(data, POLICY), "upper"), WriteOptions(policy=POLICY)
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    return texts(output)


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (f"<w:p>{run('inner')}</w:p>", ["outer", "inner"]),
        (CELL, ["outer", "a cell"]),
        (f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{run('held')}</w:p>{CELL}</w:sdtContent></w:sdt>", ["outer", "held", "a cell"]),
    ],
)  # fmt: skip
def test_blocks_inside_a_paragraph_are_blocks_of_their_own(inner: str, expected: list[str]) -> None:
    data = docx(f"xml:<w:p>{run('outer')}{inner}</w:p>")
    assert texts(data) == expected
    assert after(data) == [text.upper() for text in expected]


def test_a_text_box_in_a_namespace_of_its_own_is_a_text_box() -> None:
    box = textbox(f"<w:p>{run('boxed')}</w:p>", f"<w:p>{run('boxed')}</w:p>").replace(
        "<w:txbxContent", f'<x:txbxContent xmlns:x="{WORD_2006}"'
    )
    data = docx(f"xml:<w:p>{run('outer')}{box.replace('</w:txbxContent', '</x:txbxContent')}</w:p>")
    assert "boxed" in texts(data)
    assert "BOXED" in after(data)
