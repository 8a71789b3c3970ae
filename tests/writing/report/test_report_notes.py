"""Notes put on reports: at the very words, in DOCX as comments and in PDF as highlights, with everything else as it was."""

from __future__ import annotations

import io
import random
import re

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from docpipe.errors import DocpipeError, Encrypted
from docpipe.safe import xml
from docpipe.safe.package import open_package, rewrite
from docpipe.writing.report.commented import commented
from docpipe.writing.report.highlighted import highlighted
from docpipe.writing.report.reading.word import paragraph_text

MAIN = "word/document.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LINES = ("A total of 66 subjects were randomized.", "Bold and\tplain\nwords 18 (81.8%).", "x")


def report(*lines: str) -> bytes:
    """A file whose paragraphs are made of several runs."""
    made = docx.Document()
    for line in lines:
        paragraph = made.add_paragraph()
        for n, piece in enumerate(re.split(r"(?<= )", line)):
            paragraph.add_run(piece).bold = True if n % 2 else None
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def paragraphs(data: bytes) -> list[str]:
    return [paragraph_text(p) for p in xml.parse(open_package(data).read(MAIN)).iter(f"{W}p")]


def marked(data: bytes, number: int) -> str:
    """The characters between the marks of a comment."""
    inside, said = False, ""
    for e in xml.parse(open_package(data).read(MAIN)).iter():
        if e.get(f"{W}id") == str(number) and e.tag in (f"{W}commentRangeStart", f"{W}commentRangeEnd"):
            inside = e.tag == f"{W}commentRangeStart"
        elif inside and e.tag in (f"{W}t", f"{W}tab", f"{W}br"):
            said += e.text or "" if e.tag == f"{W}t" else "\t" if e.tag == f"{W}tab" else "\n"
    return said


@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 40), st.integers(1, 40)), min_size=1, max_size=6))
def test_a_comment_stands_at_its_words_and_every_text_stays(places: list[tuple[int, int, int]]) -> None:
    data = report(*LINES)
    texts = paragraphs(data)
    notes = []
    for number, start, length in places:
        start = min(start, len(texts[number - 1]) - 1)
        notes.append(
            (MAIN, number, start, min(len(texts[number - 1]), start + length), ["N2: “66” & <more>", "Expected: 65"])
        )
    made = commented(data, notes, "docpipe", "2026-01-01T00:00:00Z")
    assert paragraphs(made) == texts
    for n, (_, number, start, end, _) in enumerate(notes):
        assert marked(made, n) == texts[number - 1][start:end]
    assert [c.text for c in docx.Document(io.BytesIO(made)).comments] == ["N2: “66” & <more>\nExpected: 65"] * len(
        notes
    )


def test_parts_that_hold_no_comment_keep_their_bytes_and_comments_of_people_stay() -> None:
    given = docx.Document(io.BytesIO(report(*LINES)))
    given.add_comment(given.paragraphs[0].runs[0], "mine", author="Mei Lin")
    out = io.BytesIO()
    given.save(out)
    made = commented(
        out.getvalue(), [(MAIN, 2, 0, 4, ["new"]), ("word/header1.xml", 1, 0, 2, ["of a header"])], "docpipe", ""
    )
    before, after = open_package(out.getvalue()), open_package(made)
    assert {n for n in before.names if before.read(n) != after.read(n)} == {MAIN, "word/comments.xml"}
    assert set(before.names) == set(after.names)
    assert [(c.author, c.text) for c in docx.Document(io.BytesIO(made)).comments] == [
        ("Mei Lin", "mine"), ("docpipe", "new"), ("docpipe", "of a header"),
    ]  # fmt: skip


def test_looks_of_words_stay_where_a_run_is_cut() -> None:
    data = report("one two three")
    made = commented(data, [(MAIN, 1, 5, 6, ["x"])], "docpipe", "")
    root = xml.parse(open_package(made).read(MAIN))
    looks = [
        ("".join(t.text or "" for t in r.iter(f"{W}t")), r.find(f"{W}rPr/{W}b") is not None) for r in root.iter(f"{W}r")
    ]
    assert [x for x in looks if x[0]] == [("one ", False), ("t", True), ("w", True), ("o ", True), ("three", False)]


@pytest.mark.parametrize("spoilt", [b"", b"PK\x03\x04 no package", b"%PDF-1.7 none"])
def test_what_is_no_package_is_refused_by_an_error_of_ours(spoilt: bytes) -> None:
    with pytest.raises(DocpipeError):
        commented(spoilt, [(MAIN, 1, 0, 1, ["x"])], "docpipe", "")


def test_a_body_that_asks_for_entities_is_refused() -> None:
    body = b'<!DOCTYPE w [<!ENTITY a "b">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    with pytest.raises(DocpipeError):
        commented(rewrite(report("x"), {MAIN: body}), [(MAIN, 1, 0, 1, ["x"])], "docpipe", "")


def pdf(pages: int = 2, turn: int = 0) -> bytes:
    made = PdfWriter()
    for _ in range(pages):
        made.add_blank_page(200, 100)
        if turn:
            made.pages[-1].rotate(turn)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def test_a_highlight_is_an_update_behind_the_files_own_bytes() -> None:
    data = pdf()
    made = highlighted(
        data,
        [([(2, 10.0, 20.0, 50.0, 30.0)], "critical", "N2: 19 for 18", "19"), ([], "major", "whole", "")],
        "docpipe",
        "D:20260101000000Z",
    )
    assert made.startswith(data)
    first, second = PdfReader(io.BytesIO(made)).pages
    (sign,), (note,) = first.annotations or [], second.annotations or []
    assert (sign.get_object()["/Subtype"], sign.get_object()["/Contents"]) == ("/Text", "whole")
    shown = note.get_object()
    assert (shown["/Subtype"], shown["/Contents"], shown["/T"]) == ("/Highlight", "N2: 19 for 18", "docpipe")
    assert [float(v) for v in shown["/QuadPoints"]] == [10, 30, 50, 30, 10, 20, 50, 20]


@pytest.mark.parametrize(
    ("turn", "expected"), [(90, (170, 10, 180, 50)), (180, (150, 70, 190, 80)), (270, (20, 50, 30, 90))]
)
def test_boxes_of_a_turned_page_are_turned_back(turn: int, expected: tuple[int, ...]) -> None:
    made = highlighted(pdf(1, turn), [([(1, 10.0, 20.0, 50.0, 30.0)], "minor", "x", "")], "docpipe", "")
    (note,) = PdfReader(io.BytesIO(made)).pages[0].annotations or []
    assert tuple(round(float(v)) for v in note.get_object()["/Rect"]) == expected


def test_a_pdf_under_a_password_or_without_sense_is_refused() -> None:
    made = PdfWriter(io.BytesIO(pdf()))
    made.encrypt("secret")
    out = io.BytesIO()
    made.write(out)
    with pytest.raises(Encrypted):
        highlighted(out.getvalue(), [], "docpipe", "")
    rng = random.Random(1)
    for _ in range(20):
        broken = bytearray(pdf())
        for _ in range(30):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            highlighted(bytes(broken), [([(1, 1.0, 1.0, 2.0, 2.0)], "minor", "x", "")], "docpipe", "")
        except DocpipeError:
            continue


def lines(*several: tuple[float, float, str], turn: int = 0) -> bytes:
    """A page of 300 by 200 points with lines of Helvetica at their places."""
    text = " ".join(f"BT /F1 12 Tf {x} {y} Td ({said}) Tj ET" for x, y, said in several).encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Rotate %d/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
        % turn,
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.7\n", []
    for n, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (n, part)
    table = b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


def area(made: bytes) -> tuple[float, ...]:
    (note,) = PdfReader(io.BytesIO(made)).pages[0].annotations or []
    return tuple(round(float(v)) for v in note.get_object()["/Rect"])


def test_a_highlight_stands_on_the_very_letters_and_not_where_they_were_reckoned() -> None:
    data = lines((20, 100, "iiiiiiiiii 19 WWWWWWWWWW 19"), (20, 60, "19"))
    reckoned = (1, 75.0, 98.0, 95.0, 108.0)  # 19 is the third part of the letters, but not of the line
    x0, y0, x1, y1 = area(highlighted(data, [([reckoned], "minor", "x", "19")], "docpipe", ""))
    assert (x0, x1) == (50, 63)
    assert y0 < 100 < 108 < y1
    assert area(highlighted(data, [([reckoned], "minor", "x", "20")], "docpipe", "")) == (75, 98, 95, 108), "not there"
    below = (1, 22.0, 58.0, 40.0, 68.0)
    assert area(highlighted(data, [([below], "minor", "x", "19")], "docpipe", ""))[0] == 20


def test_words_over_two_lines_are_marked_on_both() -> None:
    data = lines((200, 100, "no severe"), (20, 80, "event was seen"))
    boxes = [(1, 215.0, 98.0, 250.0, 108.0), (1, 20.0, 78.0, 50.0, 88.0)]
    made = highlighted(data, [(boxes, "minor", "x", "severe event")], "docpipe", "")
    (note,) = PdfReader(io.BytesIO(made)).pages[0].annotations or []
    quads = [round(float(v)) for v in note.get_object()["/QuadPoints"]]
    assert len(quads) == 16
    assert quads[0] == 217
    assert quads[8] == 20
