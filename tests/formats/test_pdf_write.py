"""Rebuilt documents of PDFs: targets in their places, a banner, equal bytes, and verification that names what differs."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_builder import At, Sheet, pdf, running

from docpipe.formats.pdf import FORMAT
from docpipe.model.document import Address, ReadPolicy, WriteOptions
from docpipe.model.inline import CodedText, Text
from docpipe.registry import format_for

SOURCE = pdf(
    *(
        Sheet([At(72, 815, "Protocol ABC-123"), At(72, 760, f"{n} Title of this part", 16),
               *running(["A paragraph that says what is done in this part", f"of the study, number {n}."]),
               At(290, 30, f"Page {n}")])
        for n in (1, 2, 3)
    )
)  # fmt: skip
OPTIONS = WriteOptions(target_language="de", face="DRAFT, NOT REVIEWED")


def targets() -> dict[Address, CodedText]:
    return {b.address: (Text(b.text.upper() + " 药"),) for b in FORMAT.read(SOURCE, ReadPolicy()).blocks}


def opened(data: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(data))


def test_the_rebuilt_document_holds_the_targets_as_headings_and_paragraphs() -> None:
    out = opened(FORMAT.write(SOURCE, targets(), OPTIONS))
    assert [(p.style.name, p.text) for p in out.paragraphs][:4] == [
        ("Normal", "DRAFT, NOT REVIEWED"),
        ("Heading 1", "1 TITLE OF THIS PART 药"),
        ("Normal", "A PARAGRAPH THAT SAYS WHAT IS DONE IN THIS PART OF THE STUDY, NUMBER 1. 药"),
        ("Heading 1", "2 TITLE OF THIS PART 药"),
    ]
    assert out.sections[0].header.paragraphs[0].text == "PROTOCOL ABC-123 药"
    assert out.sections[0].footer.paragraphs[0].text == "PAGE 1 药"


def test_blocks_without_a_target_keep_their_text_and_no_face_means_no_banner() -> None:
    out = opened(FORMAT.write(SOURCE, {}, WriteOptions()))
    assert out.paragraphs[0].text == "1 Title of this part"


def test_the_banner_is_in_its_bookmark_and_the_language_is_stated() -> None:
    with zipfile.ZipFile(io.BytesIO(FORMAT.write(SOURCE, {}, OPTIONS))) as z:
        assert b'w:name="_docpipe_face"' in z.read("word/document.xml")
        assert b'w:val="de"' in z.read("word/styles.xml")


def test_a_right_to_left_language_turns_the_paragraphs() -> None:
    with zipfile.ZipFile(io.BytesIO(FORMAT.write(SOURCE, {}, WriteOptions(target_language="ar")))) as z:
        assert z.read("word/document.xml").count(b"<w:bidi/>") == 6


def test_the_same_arguments_give_the_same_bytes() -> None:
    one = FORMAT.write(SOURCE, targets(), OPTIONS)
    assert one == FORMAT.write(SOURCE, targets(), OPTIONS)
    with zipfile.ZipFile(io.BytesIO(one)) as z:
        assert {i.date_time[:3] for i in z.infolist()} == {(1980, 1, 1)}


def test_an_output_as_written_verifies() -> None:
    assert FORMAT.verify(SOURCE, FORMAT.write(SOURCE, targets(), OPTIONS), targets(), OPTIONS) == []


def test_verification_names_what_differs_without_its_text() -> None:
    output = FORMAT.write(SOURCE, targets(), OPTIONS)
    changed = targets()
    changed[Address("page[2]/p[2]")] = (Text("something else"),)
    assert FORMAT.verify(SOURCE, output, changed, OPTIONS) == ["page[2]/p[2]: text differs"]
    assert FORMAT.verify(SOURCE, output, targets(), WriteOptions()) == ["face: the banner differs"]
    fewer = pdf(Sheet(running(["Another document with one paragraph only in it."])))
    assert "page[1]/p[1]: text differs" in FORMAT.verify(fewer, output, {}, OPTIONS)
    assert any("more than in the source" in fault for fault in FORMAT.verify(fewer, output, {}, OPTIONS))


@given(st.text(max_size=60))
@settings(max_examples=15, deadline=None)
def test_any_target_is_written_and_verified(text: str) -> None:
    target: dict[Address, CodedText] = {Address("page[1]/p[1]"): (Text(text),)}
    assert FORMAT.verify(SOURCE, FORMAT.write(SOURCE, target, OPTIONS), target, OPTIONS) == []


@pytest.mark.parametrize("media_type", ["application/pdf"])
def test_the_registry_finds_the_format(media_type: str) -> None:
    assert format_for(media_type) is FORMAT
