"""Chunks of HTML and plain text: read as blocks with codes, written in place, judged, named where they cannot be read."""

from __future__ import annotations

import pytest
from docx_builder import docx, part
from docx_parts import relation
from hypothesis import given
from hypothesis import strategies as st

from docpipe.formats.docx import FORMAT
from docpipe.formats.ooxml.chunks import open_chunk
from docpipe.formats.pseudo import RULES
from docpipe.model.document import Address, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText, Text, to_wire

PAGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>T</title><style>p > b { color: red }</style></head><body>\n'
    '<!-- a note --><h1>Heading</h1>\n<p class="x">Plain <b>bold &amp; new</b>&nbsp;text<br/>next line</p>'
    "<table><tr><td>Cell</td><td> </td></tr></table><script>var a = '<p>no</p>';</script></body></html>"
)


def with_chunk(content: str | bytes, suffix: str = "html", media_type: str = "text/html") -> bytes:
    return docx(
        "p:Body", 'xml:<w:altChunk r:id="rId70"/>', parts={f"word/chunk.{suffix}": content},
        types={f"word/chunk.{suffix}": media_type}, relations=relation("rId70", "aFChunk", f"chunk.{suffix}"),
    )  # fmt: skip


def wires(content: str, media_type: str = "text/html") -> list[str]:
    chunk = open_chunk(content.encode(), media_type)
    assert chunk is not None
    return [to_wire(b.content) for b in chunk.blocks]


def test_a_page_is_read_block_by_block_with_codes() -> None:
    assert wires(PAGE) == ["Heading", "Plain <1>bold & new</1>\u00a0text<2/>next line", "Cell"]


def test_a_chunk_is_written_in_place_and_verified() -> None:
    data = with_chunk(PAGE)
    found = FORMAT.read(data, ReadPolicy())
    assert found.coverage.balanced
    assert "docx.foreign_chunk" not in {n.code for n in found.notices}
    block = next(b for b in found.blocks if b.text.startswith("Plain"))
    assert block.address == "word/chunk.html!p[2]"
    opening, bold, closing = block.content[1:4]
    target: CodedText = (opening, Text("fett < neu"), closing, Text(" & schlicht"), block.content[5], Text("Zeile"))
    out = FORMAT.write(data, {block.address: target}, WriteOptions())
    assert FORMAT.verify(data, out, {block.address: target}, WriteOptions()) == []
    html = part(out, "word/chunk.html")
    assert '<p class="x"><b>fett &lt; neu</b> &amp; schlicht<br/>Zeile</p>' in html
    assert html.replace("<b>fett &lt; neu</b> &amp; schlicht<br/>Zeile", "") == PAGE.replace(
        "Plain <b>bold &amp; new</b>&nbsp;text<br/>next line", ""
    )
    assert FORMAT.verify(data, data, {block.address: target}, WriteOptions()) != []
    assert bold == Text("bold & new")


def test_lines_of_plain_text_are_blocks() -> None:
    data = with_chunk("First line\r\n\r\n  second line \r\n", "txt", "text/plain")
    blocks = [b for b in FORMAT.read(data, ReadPolicy()).blocks if "!" in b.address]
    assert [b.text for b in blocks] == ["First line", "second line"]
    targets: dict[Address, CodedText] = {blocks[1].address: (Text("zweite"),)}
    out = FORMAT.write(data, targets, WriteOptions())
    assert FORMAT.verify(data, out, targets, WriteOptions()) == []
    assert part(out, "word/chunk.txt") == "First line\r\n\r\n  zweite \r\n"


def test_letters_that_the_chunks_encoding_lacks_become_references() -> None:
    page = '<html><head><meta charset="iso-8859-1"></head><p>Größe</p></html>'.encode("latin-1")
    chunk = open_chunk(page, "text/html")
    assert chunk is not None
    assert b"<p>&#23610;&#23544; \xf6</p>" in chunk.written({1: (Text("尺寸 ö"),)})


@pytest.mark.parametrize(("content", "kind"), [
    (b"{\\rtf1 text}", "application/rtf"), (b"MIME-Version: 1.0", "message/rfc822"), (b"<p>a <textarea>b</p>", "text/html"),
])  # fmt: skip
def test_a_chunk_that_cannot_be_told_for_sure_is_carried_and_named(content: bytes, kind: str) -> None:
    found = FORMAT.read(with_chunk(content, "bin", kind), ReadPolicy())
    assert [b.text for b in found.blocks] == ["Body"]
    assert "docx.foreign_chunk" in {n.code for n in found.notices}


def test_an_embedded_document_as_chunk_is_read() -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    data = with_chunk(docx("p:Inner *text*"), "docx", kind)
    assert [b.text for b in FORMAT.read(data, ReadPolicy()).blocks] == ["Body", "Inner text"]
    assert [b.text for b in FORMAT.read(data, ReadPolicy(embedded="keep")).blocks] == ["Body"]


_MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<i>",
            "</i>",
            "<br>",
            "<td>",
            "a word",
            " ",
            "&lt;",
            "&nbsp;",
            "x < y",
            "<!-- c -->",
        ]
    ),
    max_size=25,
).map("".join)


@given(_MARKUP, st.sampled_from(sorted(RULES)))
def test_any_markup_comes_back_and_takes_any_rule(content: str, rule: str) -> None:
    chunk = open_chunk(content.encode(), "text/html")
    if chunk is None:
        return
    assert chunk.written({}) == content.encode()
    targets = {n: RULES[rule](b.content) for n, b in enumerate(chunk.blocks, 1)}
    again = open_chunk(chunk.written(targets), "text/html")
    assert again is not None
    assert again.row({}) == chunk.row(targets)
