"""Text passages: headings above each, places that lead back to the text, from Markdown, plain text, DOCX and PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rtf_writer import docx, w_paragraph, w_table

from docpipe.errors import DamagedPackage, NoText
from docpipe.model.canonical import Digest
from docpipe.model.source import SourceFile, SourceKind, TextSource
from docpipe.safe.sniff import DOCX, PDF
from docpipe.sources.text_passages import SOURCE

Shared = Callable[[str], Path]


def read(data: bytes | str, media_type: str = "text/markdown") -> TextSource:
    data = data.encode() if isinstance(data, str) else data
    (found,) = SOURCE.read(data, SourceFile("t", Digest("0" * 64), media_type, SourceKind.TEXT))
    return found


def shown(source: TextSource) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in source.passages]


TEXT = """\
# Protocol

**Protocol Number: AB-12**

## 1. Intro <!-- hidden -->

Some *emphasised* text
on `two` lines with a [link](http://x "t").

- first item
  goes on
- second

| Item | Value |
|------|-------|
| Dose | 54 mg<br>daily |

Setext
------

```
 code *as is*
```
1. numbered &amp; escaped \\*
"""


def test_markdown_is_cut_into_passages_with_their_headings() -> None:
    source = read(TEXT)
    assert shown(source) == [
        ("heading", "Protocol"),
        ("paragraph", "Protocol Number: AB-12"),
        ("heading", "1. Intro"),
        ("paragraph", "Some emphasised text on two lines with a link."),
        ("list-item", "first item goes on"),
        ("list-item", "second"),
        ("row", "Item | Value"),
        ("row", "Dose | 54 mg daily"),
        ("heading", "Setext"),
        ("code", " code *as is*"),
        ("list-item", "numbered & escaped *"),
    ]
    assert source.passages[4].headings == ("Protocol", "1. Intro")
    assert source.passages[-1].headings == ("Protocol", "Setext")
    assert (source.title, source.file.study) == ("Protocol", "AB-12")
    assert source.passages[3].place.locator == "text:p4/0-46"


@given(st.text(max_size=300))
def test_no_word_of_any_markdown_is_invented_and_every_place_is_its_own(text: str) -> None:
    try:
        source = read(text.encode("utf-8", "replace"))
    except NoText:
        return
    places = [p.place.locator for p in source.passages]
    assert len(set(places)) == len(places)
    assert all(p.text.strip() for p in source.passages)


@pytest.mark.parametrize(
    "nasty", ["#" + " " * 200_000, "*" * 50_000, "[" * 50_000, "| " * 50_000 + "|", "a_" * 50_000, "<!--" * 50_000]
)
@pytest.mark.timeout(30)
def test_nasty_markdown_is_read_in_no_time(nasty: str) -> None:
    read("x\n\n" + nasty)


def test_words_of_a_line_stay_in_order() -> None:
    assert shown(read("5 * 3 * 2 and snake_case_name and 2*3*4"))[0][1] == "5 * 3 * 2 and snake_case_name and 2*3*4"


def test_front_matter_is_not_text() -> None:
    assert shown(read("---\ntitle: x\n---\nText")) == [("paragraph", "Text")]


def test_plain_text_has_paragraphs_and_numbered_headings() -> None:
    source = read("1 Introduction\n\nFirst line\nsecond line.\n\n1.1 Aims\n\nTwo.", "text/plain")
    assert shown(source) == [
        ("heading", "1 Introduction"), ("paragraph", "First line second line."), ("heading", "1.1 Aims"), ("paragraph", "Two."),
    ]  # fmt: skip
    assert source.passages[-1].headings == ("1 Introduction", "1.1 Aims")


def test_text_that_is_not_utf8_is_told() -> None:
    source = read("Größe".encode("cp1252"), "text/plain")
    assert (shown(source), [n.code for n in source.notices]) == (
        [("paragraph", "Größe")],
        ["text.encoding", "text.no_headings"],
    )


@pytest.mark.parametrize("empty", ["", "\n\n", "<!-- x -->", "---\n"])
def test_a_file_without_text_is_refused(empty: str) -> None:
    with pytest.raises(NoText):
        read(empty)


def test_a_docx_is_read_with_its_headings() -> None:
    heading = '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>9 Methods</w:t></w:r></w:p>'
    source = read(
        docx(heading, w_paragraph("Text here."), w_table([["A", "B"]]), header=w_paragraph("Protocol: AB-12")), DOCX
    )
    assert shown(source) == [("heading", "9 Methods"), ("paragraph", "Text here."), ("row", "A | B")]
    assert source.passages[1].headings == ("9 Methods",)
    assert source.file.study == "AB-12"


def test_lines_of_a_table_of_contents_head_nothing() -> None:
    contents = '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>9 Methods ......... 12</w:t></w:r></w:p>'
    source = read(docx(contents, w_paragraph("Text."), header=w_paragraph("Final report XYZ-1234 of today")), DOCX)
    assert shown(source) == [("contents", "9 Methods ......... 12"), ("paragraph", "Text.")]
    assert source.passages[1].headings == ()
    assert source.file.study == "XYZ-1234"


def test_a_damaged_docx_is_refused() -> None:
    with pytest.raises(DamagedPackage):
        read(docx(w_paragraph("x"))[:-40], DOCX)


def test_passages_of_a_pdf_stand_on_their_pages(shared: Shared) -> None:
    source = read((shared("data/send-cj16050") / "protocol.pdf").read_bytes(), PDF)
    assert source.file.study == "CJ16050"
    animals = next(p for p in source.passages if p.text == "Sprague-Dawley Rat (Crl:CD(SD))")
    assert animals.headings[-2:] == ("5.4 ANIMALS", "5.4.1 Species/Strain")
    assert animals.place.locator.startswith("text:p5/")
    ends: dict[str, int] = {}
    for passage in source.passages:
        page, _, span = passage.place.locator.partition("/")
        start, end = (int(n) for n in span.split("-"))
        assert start == ends.get(page, -1) + 1
        assert end - start == len(passage.text)
        ends[page] = end


@pytest.mark.parametrize(
    ("name", "heading"), [("protocol-reconstructed.md", "4.2 Study Schema"), ("sap-reconstructed.md", "1.1 Purpose")]
)
def test_the_pilot_s_markdown_is_read(name: str, heading: str, shared: Shared) -> None:
    source = read((shared("data/cdiscpilot01") / name).read_bytes())
    assert source.file.study == "CDISCPilot01"
    assert any(p.kind == "heading" and p.text == heading for p in source.passages)
    assert len(source.passages) > 200


def test_rows_keep_their_empty_cells_so_that_columns_can_be_told() -> None:
    source = read("| Visit | One | Two |\n|---|---|---|\n| ECG | | X |\n| Weight | X | |\n")
    assert [t for _, t in shown(source)] == ["Visit | One | Two", "ECG |  | X", "Weight | X"]
    table = w_table([["Visit", "One", "Two"], ["ECG", "", "X"], ["Weight", "X", ""]])
    assert [t for _, t in shown(read(docx(w_paragraph("Plan"), table), DOCX))][1:] == [
        "Visit | One | Two",
        "ECG |  | X",
        "Weight | X",
    ]


def test_list_items_know_how_deep_they_lie() -> None:
    said = "# A\n\n1. one\n2. two:\n   - inside\n     goes on\n     * deeper\n   - inside again\n\n3. three\n\nText.\n\n  - alone\n"
    found = read(said).passages
    assert [(p.text, p.depth) for p in found if p.kind == "list-item"] == [
        ("one", 0), ("two:", 0), ("inside goes on", 1), ("deeper", 2), ("inside again", 1), ("three", 0), ("alone", 0),
    ]  # fmt: skip
