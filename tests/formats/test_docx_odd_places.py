"""Text in places where the standard has none, and files have some all the same: read, counted and written like any other."""

from __future__ import annotations

import re

import pytest
from docx_builder import docx, part, run, textbox

from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import pseudo_targets
from docpipe.model.document import ReadPolicy, WriteOptions
from docpipe.model.inline import Text, to_wire

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


def test_nothing_comes_between_the_beginning_of_a_field_that_ends_elsewhere_and_its_result() -> None:
    begin, split, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    code = "<w:r><w:instrText> QUOTE </w:instrText></w:r>"
    data = docx(f"xml:<w:p>{run('See ')}{begin}{code}{split}{run('one')}</w:p>", f"xml:<w:p>{run('two')}{end}</w:p>")
    content = FORMAT.read(data, POLICY).blocks[0].content
    assert to_wire(content) == "See <1/>one"
    moved = (Text("eins "), *(p for p in content if not isinstance(p, Text)), Text("siehe"))
    targets, options = {FORMAT.read(data, POLICY).blocks[0].address: moved}, WriteOptions(policy=POLICY)
    output = FORMAT.write(data, targets, options)
    assert FORMAT.verify(data, output, targets, options) == []
    assert re.search(r"eins .*begin.*QUOTE.*separate.*siehe", part(output, "word/document.xml"))
