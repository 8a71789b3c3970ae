"""What a file is: decided by its content; each refusal has its own leaf."""

from __future__ import annotations

import io
import zipfile

import pytest

from docpipe.errors import (
    DamagedPackage,
    DocpipeError,
    DtdForbidden,
    Encrypted,
    InputEmpty,
    InputUnsupported,
    LegacyWord,
    NotAPackage,
)
from docpipe.safe.sniff import DOCM, DOCX, DOTM, DOTX, PDF, ZIP, sniff

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def package(main: str, *, part: str = "word/document.xml", rels: str | None = None) -> bytes:
    out = io.BytesIO()
    if rels is None:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        rels = f'<Relationships><Relationship Id="r1" Type="{kind}" Target="{part}"/></Relationships>'
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(
            "[Content_Types].xml",
            f'<Types><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/{part}" ContentType="{main}"/></Types>',
        )
        if rels:
            z.writestr("_rels/.rels", rels)
        z.writestr(part, "<a/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("main", "media_type"),
    [
        (WORD + "document.main+xml", DOCX),
        (WORD + "template.main+xml", DOTX),
        ("application/vnd.ms-word.document.macroEnabled.main+xml", DOCM),
        ("application/vnd.ms-word.template.macroEnabledTemplate.main+xml", DOTM),
    ],
)
@pytest.mark.parametrize("name", ["a.docx", "a.docm", "a.pdf", "a"])
def test_a_word_file_is_known_by_its_main_part_whatever_its_name(main: str, media_type: str, name: str) -> None:
    assert sniff(package(main), name) == media_type
    assert sniff(package(main, part="odd/place.xml"), name) == media_type
    assert sniff(package(main, rels=""), name) == media_type


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"%PDF-1.7\n...", "a.bin", PDF),
        (b"\r\n\r\n%PDF-1.4", "a.pdf", PDF),
        (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "a.bin", "application/x-sas-xport"),
        (b'{"a": 1}', "a.dat", "application/json"),
        (b'{"a": 1}', "a.ndjson", "application/x-ndjson"),
        (b'{"a": 1}', "a.txt", "text/plain"),
        (b"a,b\n1,2", "a.csv", "text/csv"),
        (b"<?xml version='1.0'?><tmx/>", "a.TMX", "application/x-tmx+xml"),
        (b"<?xml version='1.0'?><x/>", "a", "application/xml"),
        (b"{\\rtf1 x}", "a.doc", "application/rtf"),
        ("текст".encode(), "a.txt", "text/plain"),
        (b"\x89PNG\r\n\x1a\n...", "a.png", "image/png"),
    ],
)
def test_other_kinds_are_known(data: bytes, name: str, media_type: str) -> None:
    assert sniff(data, name) == media_type


def test_a_zip_without_content_types_is_an_archive() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("m5/report.docx", b"x")
    assert sniff(out.getvalue(), "submission.zip") == ZIP
    with pytest.raises(DamagedPackage):
        sniff(out.getvalue(), "a.docx")


@pytest.mark.parametrize(
    ("data", "name", "leaf"),
    [
        (b"", "a.docx", InputEmpty),
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", LegacyWord),
        (OLE + "WordDocument".encode("utf-16-le"), "a.docx", LegacyWord),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", Encrypted),
        (OLE + "Workbook".encode("utf-16-le"), "a.xls", InputUnsupported),
        (b"just text", "a.docx", NotAPackage),
        (b"just text", "a.pdf", NotAPackage),
        (b"\x00\x01\x02", "a.bin", InputUnsupported),
        (package("application/x-other"), "a.vsdx", DamagedPackage),
        (package("application/x-other", part="visio/d.xml"), "a.vsdx", InputUnsupported),
        (package(WORD + "document.main+xml")[:-30], "a.docx", DamagedPackage),
        (package(WORD + "document.main+xml", rels="<!DOCTYPE a []><a/>"), "a.docx", DtdForbidden),
    ],
)
def test_what_is_not_taken_in_is_refused_by_name(data: bytes, name: str, leaf: type[DocpipeError]) -> None:
    with pytest.raises(leaf) as caught:
        sniff(data, name)
    assert type(caught.value) is leaf


@pytest.mark.parametrize("name", ["ae.xpt", "ae.XPT", "table.rtf"])
def test_a_name_that_promises_a_signature_is_held_to_it(name: str) -> None:
    with pytest.raises(NotAPackage):
        sniff(b"something else", name)
