"""Source and translation beside each other: everything of both is there, in order, with its own lists, notes and table rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from docx_builder import docx, part
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import InputRefused
from docpipe.formats.docx import FORMAT
from docpipe.formats.ooxml.columns import blocks_of, rows_of, two_columns
from docpipe.formats.ooxml.columns_read import columns_differences
from docpipe.formats.ooxml.names import SHORT, Element
from docpipe.formats.ooxml.parts import open_parts
from docpipe.formats.pseudo import pseudo_targets
from docpipe.model.document import ReadPolicy, WriteOptions
from docpipe.safe.package import open_package, rewrite

MAIN = "word/document.xml"
LANGUAGES = ("en", "de")


def translated(data: bytes) -> bytes:
    options = WriteOptions(policy=ReadPolicy(tracked_changes="final"))
    return FORMAT.write(data, pseudo_targets(FORMAT.read(data, options.policy), "upper"), options)


def rows(data: bytes) -> list[tuple[str, str]]:
    """Text of each row's two cells."""
    body = next(e for e in open_parts(data).stories[0].root if SHORT[e.tag] == "w:body")
    table = next(e for e in blocks_of(body) if SHORT[e.tag] == "w:tbl")

    def text(cell: Element) -> str:
        return "|".join("".join(t.text or "" for t in p.iter("{*}t")) for p in cell.iter("{*}p")).strip("|")

    found = [[text(c) for c in r if SHORT[c.tag] == "w:tc"] for r in rows_of(table)]
    return [(f[0], f[1] if len(f) > 1 else "") for f in found]


def test_a_row_for_each_paragraph_and_each_table_row() -> None:
    source = docx("h1:Title", "p:Some *bold* text[fn:A note] here.", "tbl:a | b // c | d", "p:End", header="Head")
    made = two_columns(source, target := translated(source), LANGUAGES)
    assert columns_differences(made, source, target) == []
    assert rows(made) == [
        ("Source (en)", "Target (de)"), ("Title", "TITLE"), ("Some bold text1 here.", "SOME BOLD TEXT1 HERE."), ("a|b", "A|B"), ("c|d", "C|D"),
        ("End", "END"), ("Footnotes", ""), ("1  A note", "1  A NOTE"), ("Headers and footers", ""), ("Head", "HEAD"),
    ]  # fmt: skip
    assert made == two_columns(source, target, LANGUAGES)


def test_nothing_is_left_that_cannot_stand_twice() -> None:
    source = docx("p:A [mark:_Ref1|marked] place on {PAGEREF _Ref1|12}", "p:Dose [sdt:10 mg] daily")
    made = two_columns(source, translated(source), LANGUAGES)
    xml = part(made, MAIN)
    for gone in ("bookmarkStart", "fldChar", "instrText", "w:sdt", "commentRange", "footnoteReference"):
        assert gone not in xml
    assert FORMAT.read(made, ReadPolicy()).coverage.balanced


def test_only_the_number_of_a_note_is_raised_where_its_run_holds_words_too() -> None:
    source = docx("p:Some text[fn:A note] here.")
    shared = re.sub(
        rb"</w:r><w:r><w:rPr>.*?</w:rPr>(<w:footnoteReference.*?>)</w:r><w:r>", rb"\1", open_package(source).read(MAIN)
    )
    source = rewrite(source, {MAIN: shared})
    made = two_columns(source, target := translated(source), LANGUAGES)
    assert columns_differences(made, source, target) == []
    runs = re.findall(r"<w:r>(.*?)</w:r>", part(made, MAIN))
    assert [("vertAlign" in r, re.sub(r"<.*?>", "", r)) for r in runs[2:5]] == [
        (False, "Some text"), (True, "1"), (False, " here."),
    ]  # fmt: skip


def test_words_on_the_face_stand_above() -> None:
    source = docx("p:Text")
    made = two_columns(source, translated(source), LANGUAGES, "DRAFT, NOT REVIEWED")
    assert re.search(r"<w:body><w:p>.*?DRAFT, NOT REVIEWED.*?</w:p><w:tbl>", part(made, MAIN))


def test_the_judge_sees_what_is_missing() -> None:
    source = docx("p:One sentence", "p:Another sentence")
    target = translated(source)
    made = two_columns(source, target, LANGUAGES)
    spoilt = rewrite(made, {MAIN: open_package(made).read(MAIN).replace(b"ANOTHER", b"OTHER")})
    assert columns_differences(spoilt, source, target) == ["1 paragraphs are not in the right column"]


WORDS = st.lists(
    st.sampled_from(["dose", "10 mg", "*bold*", "剂量", "x[fn:a note]", "{REF _a|Section 2}"]), min_size=1, max_size=4
)


@settings(max_examples=20, deadline=None)
@given(st.lists(WORDS.map(" ".join), min_size=1, max_size=5))
def test_both_texts_are_always_whole(lines: list[str]) -> None:
    source = docx(*(f"p:{line}" for line in lines), f"tbl:{lines[0]} | b // c | d")
    target = translated(source)
    assert columns_differences(two_columns(source, target, LANGUAGES), source, target) == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_both_texts_of_documents_of_others_are_whole(shared: Callable[[str], Path]) -> None:
    wrong, tried = [], 0
    for path in [*sorted(shared("corpus/docx").glob("*.do*")), *sorted(shared("corpus/more/docx").glob("*.do*"))]:
        source = path.read_bytes()
        try:
            target = translated(source)
        except InputRefused:
            continue
        tried += 1
        if differences := columns_differences(two_columns(source, target, LANGUAGES), source, target):
            wrong.append((path.name, differences))
    assert tried > 1000
    assert wrong == []
