"""Hostile and odd ZIP packages (A1, A2, A3, A7): refused by name within bounds, or read and rewritten as they were."""

from __future__ import annotations

import contextlib
import io
import random
import resource
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import (
    DamagedPackage,
    DocpipeError,
    Encrypted,
    InputEmpty,
    InputRefused,
    NotAPackage,
    TooLarge,
    TooLargeInflated,
    UnsafeName,
)
from docpipe.safe.budget import DEFAULT
from docpipe.safe.package import members, open_package, rewrite

MIB = 1024 * 1024


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as z:
        warnings.simplefilter("ignore")
        for name, content in entries:
            info = zipfile.ZipInfo("x", (2024, 5, 6, 7, 8, 10))
            info.filename = name
            info.compress_type = method
            z.writestr(info, content)
    return out.getvalue()


def raw_zip(*entries: tuple[bytes, int, bytes, int, int]) -> bytes:
    """A ZIP by hand: name, method, packed bytes, stated size, stated CRC of each entry."""
    body, listing = bytearray(), bytearray()
    for name, method, packed, size, crc in entries:
        zip64 = size >= 0xFFFFFFFF
        extra = struct.pack("<2HQ", 1, 8, size) if zip64 else b""
        stated = 0xFFFFFFFF if zip64 else size
        head = struct.pack("<5H3L", 20, 0, method, 0, 33, crc, len(packed), stated)
        at = len(body)
        body += b"PK\x03\x04" + head + struct.pack("<2H", len(name), 0) + name + packed
        listing += b"PK\x01\x02" + struct.pack("<H", 20) + head
        listing += struct.pack("<5H2L", len(name), len(extra), 0, 0, 0, 0, at) + name + extra
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(listing), len(body), 0)
    return bytes(body + listing + end)


def zeros(size: int) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(MIB)
    return b"".join([engine.compress(block) for _ in range(size // MIB)] + [engine.flush()])


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def refused(data: bytes, leaf: type[DocpipeError]) -> DocpipeError:
    before, start = peak(), time.monotonic()
    with pytest.raises(leaf) as caught:
        for _ in members(data):
            pass
    assert type(caught.value) is leaf
    assert time.monotonic() - start < 2
    assert peak() - before < 100 * MIB
    return caught.value


def test_a_stated_bomb_of_ten_gigabytes_is_refused_by_entry_and_ratio() -> None:
    packed = zeros(64 * MIB)
    error = refused(raw_zip((b"word/document.xml", 8, packed, 10 * 1024 * MIB, 0)), TooLargeInflated)
    assert error.details["entry"] == "word/document.xml"
    assert int(error.details["ratio"] or 0) > 1000


def test_a_bomb_under_the_entry_limit_is_refused_by_its_ratio() -> None:
    data = raw_zip((b"a.xml", 8, zeros(100 * MIB), 100 * MIB, 0))
    error = refused(data, TooLargeInflated)
    assert int(error.details["ratio"] or 0) > 250


def test_four_thousand_entries_of_a_megabyte_are_refused() -> None:
    packed = zeros(MIB)
    data = raw_zip(*((b"m%d" % n, 8, packed, MIB, 0) for n in range(4000)))
    refused(data, TooLargeInflated)


def test_more_entries_than_the_limit_are_refused() -> None:
    refused(raw_zip(*((b"e%d" % n, 0, b"", 0, 0) for n in range(5001))), TooLargeInflated)


def test_an_entry_that_inflates_to_more_than_it_states_is_refused() -> None:
    refused(raw_zip((b"a.xml", 8, zeros(64 * MIB), 1000, 0)), DamagedPackage)


def test_an_entry_that_inflates_to_less_than_it_states_is_refused() -> None:
    refused(raw_zip((b"a.xml", 8, zlib.compress(b"abc", 9, -15), 1000, zlib.crc32(b"abc"))), DamagedPackage)


def test_overlapping_entries_are_refused() -> None:
    data = bytearray(raw_zip((b"a", 0, b"x" * 50, 50, zlib.crc32(b"x" * 50)), (b"b", 0, b"y", 1, zlib.crc32(b"y"))))
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    refused(bytes(data), DamagedPackage)


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "..\\x", "/etc/x", "C:/x", "c:\\x", "\\\\server\\share\\x", "a\x00b", "a\nb", "..", "a/.."],
)
def test_an_unsafe_entry_name_is_refused_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    refused(zipped(("ok.txt", b"1"), (name, b"2")), UnsafeName)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("one", "two"), [("a.xml", "a.xml"), ("word/A.xml", "word/a.xml"), ("w/a", "w\\a"), ("a", "a/")]
)
def test_two_entries_of_one_name_are_refused(one: str, two: str) -> None:
    refused(zipped((one, b"1"), (two, b"")), UnsafeName)


def test_each_kind_of_non_package_has_its_own_error() -> None:
    with pytest.raises(InputEmpty):
        open_package(b"")
    with pytest.raises(NotAPackage):
        open_package(b"%PDF-1.7 and more text than an end record has")
    with pytest.raises(DamagedPackage):
        open_package(zipped(("a", b"1" * 500))[:40])
    with pytest.raises(TooLarge):
        open_package(b"PK" * 100, replace(DEFAULT, file_size=100))


def test_an_encrypted_entry_is_refused_as_encrypted() -> None:
    data = bytearray(zipped(("a", b"secret")))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    refused(bytes(data), Encrypted)
    refused(raw_zip((b"a", 99, b"x", 1, 0)), Encrypted)


def test_backslashes_and_directory_entries_of_real_files_are_taken_in() -> None:
    data = zipped(("word/", b""), ("word\\document.xml", b"<a/>"), ("[Content_Types].xml", b"<b/>"))
    package = open_package(data)
    assert package.names == ("word/document.xml", "[Content_Types].xml")
    assert package.read("/Word/Document.xml") == b"<a/>"
    assert "word" not in package
    with pytest.raises(DamagedPackage):
        package.read("word/styles.xml")
    new = rewrite(data, {"word/document.xml": b"<c/>"})
    with zipfile.ZipFile(io.BytesIO(new)) as z:
        assert [i.orig_filename for i in z.infolist()] == ["word/", "word\\document.xml", "[Content_Types].xml"]
    assert open_package(new).read("word/document.xml") == b"<c/>"


def test_a_package_behind_other_bytes_is_read() -> None:
    assert open_package(b"#!stub\n" + zipped(("a", b"1"))).read("a") == b"1"


def test_a_rewrite_keeps_order_methods_and_untouched_bytes_and_does_not_depend_on_the_clock() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("b.xml", b"<b/>" * 100, zipfile.ZIP_DEFLATED)
        z.writestr("a.png", b"\x89PNG" * 100, zipfile.ZIP_STORED)
        z.writestr("naïve.xml", b"<n/>")
    data = out.getvalue()
    new = rewrite(data, {"b.xml": b"<new/>"})
    assert new == rewrite(new, {}) == rewrite(data, {"b.xml": b"<new/>"})
    with zipfile.ZipFile(io.BytesIO(new)) as z:
        assert z.testzip() is None
        assert [(i.filename, i.compress_type) for i in z.infolist()] == [
            ("b.xml", zipfile.ZIP_DEFLATED), ("a.png", zipfile.ZIP_STORED), ("naïve.xml", zipfile.ZIP_STORED),
        ]  # fmt: skip
        assert {i.date_time for i in z.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert z.read("b.xml") == b"<new/>"
        assert z.read("a.png") == b"\x89PNG" * 100


def test_a_rewrite_refuses_to_pass_on_a_broken_part_or_to_add_one() -> None:
    with pytest.raises(DamagedPackage):
        rewrite(raw_zip((b"a", 0, b"abc", 3, 0)), {})
    with pytest.raises(DamagedPackage):
        rewrite(zipped(("a", b"1")), {"b": b"2"})


@given(st.dictionaries(st.text(st.characters(codec="ascii", min_codepoint=97, max_codepoint=122), min_size=1, max_size=5),
                       st.binary(max_size=300), min_size=1, max_size=6))  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_what_goes_in_comes_out(content: dict[str, bytes]) -> None:
    data = zipped(*content.items())
    assert dict(members(data)) == content
    assert dict(members(rewrite(data, content))) == content


def mutants(count: int) -> None:
    rng = random.Random(7)
    good = zipped(*((f"word/p{n}.xml", rng.randbytes(200) * 5) for n in range(6)))
    for _ in range(count):
        data = bytearray(good)
        for _ in range(rng.choice((1, 1, 2, 8))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        if rng.random() < 0.3:
            del data[rng.randrange(len(data)) :]
        elif rng.random() < 0.2:
            at = rng.randrange(len(data))
            data[at:at] = rng.randbytes(rng.randrange(40))
        for work in (lambda d: list(members(d)), lambda d: rewrite(d, {})):
            _only_our_errors(work, bytes(data))


def _only_our_errors(work: Callable[[bytes], object], data: bytes) -> None:
    """Any other exception ends the test with its traceback."""
    with contextlib.suppress(InputRefused):
        work(data)


def test_a_broken_package_meets_only_errors_of_our_tree() -> None:
    mutants(200)


@pytest.mark.slow
def test_two_thousand_broken_packages_meet_only_errors_of_our_tree() -> None:
    mutants(2000)
