"""Names in extra fields: what an entry is called on reading it is called after rewriting, too."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from docpipe.safe.package import open_package, rewrite


def test_an_entry_named_by_its_unicode_path_keeps_that_name() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        info = zipfile.ZipInfo("plain.xml")
        path = b"\x01" + struct.pack("<L", zlib.crc32(b"plain.xml")) + "größe.xml".encode()
        info.extra = struct.pack("<2H", 0x7075, len(path)) + path
        package.writestr(info, b"<a/>")
        package.writestr("other.xml", b"<b/>")
    data = buffer.getvalue()
    assert open_package(data).names == ("größe.xml", "other.xml")
    again = rewrite(data, {"größe.xml": b"<c/>"})
    assert open_package(again).names == ("größe.xml", "other.xml")
    assert open_package(again).read("größe.xml") == b"<c/>"
    assert zipfile.ZipFile(io.BytesIO(again)).namelist() == ["größe.xml", "other.xml"]


def test_a_unicode_path_in_plain_letters_does_not_rival_the_name_in_the_header() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, other in (("word/document.xml", "other.xml"), ("other.xml", "word/document.xml")):
            info = zipfile.ZipInfo(name)
            path = b"\x01" + struct.pack("<L", zlib.crc32(name.encode())) + other.encode()
            info.extra = struct.pack("<2H", 0x7075, len(path)) + path
            package.writestr(info, f"<{name[0]}/>".encode())
    opened = open_package(buffer.getvalue())
    assert opened.names == ("word/document.xml", "other.xml")
    assert opened.read("word/document.xml") == b"<w/>"
