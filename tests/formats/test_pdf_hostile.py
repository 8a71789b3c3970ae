"""Hostile PDFs (B1, B2): read or refused within the limits of a child process; the parent and the next file are unhurt."""

from __future__ import annotations

import random
import resource
import sys
import time
import zlib
from collections.abc import Iterator

import pytest
from pdf_builder import Sheet, assembled, objects_of, pdf, running, stream

from docpipe.errors import InputRefused, ParserKilled
from docpipe.model.document import ReadPolicy
from docpipe.safe.child import Pool

MIB = 1024 * 1024
GOOD = Sheet(running(["A page with a line of ordinary text on it."]))
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the child's limits are Linux's")


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(1) as pool:
        yield pool


def outcome(pool: Pool, data: bytes, seconds: float = 20) -> str:
    try:
        extraction = pool.call("docpipe.formats.pdf:FORMAT.read", (data, ReadPolicy()), seconds=seconds)
    except InputRefused as error:
        return error.code
    return "read" if extraction.coverage.balanced else "unbalanced"


def with_content(body: bytes) -> bytes:
    objects = objects_of([GOOD])
    objects[11] = body
    return assembled(objects)


def nested_flate() -> bytes:
    data = zlib.compress(bytes(100 * MIB), 9)
    data = zlib.compress(data, 9)
    return with_content(stream(zlib.compress(data, 9), b"/Filter [/FlateDecode /FlateDecode /FlateDecode] "))


def long_runs() -> bytes:
    return with_content(stream(b"\x81\x00" * 2 * MIB + b"\x80", b"/Filter /RunLengthDecode "))


def pages_in_a_circle() -> bytes:
    objects = objects_of([GOOD])
    objects[2] = b"<< /Type /Pages /Count 2 /Kids [10 0 R 2 0 R] /Parent 2 0 R >>"
    return assembled(objects)


def deep_pages() -> bytes:
    objects = objects_of([GOOD])
    for n in range(5000):
        objects[100 + n] = b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (101 + n)
    objects[5100] = objects[10]
    objects[2] = b"<< /Type /Pages /Count 1 /Kids [100 0 R] >>"
    return assembled(objects)


def outline_in_a_circle() -> bytes:
    objects = objects_of([GOOD], [("One", 0), ("Two", 0)])
    objects[15] = b"<< /Title (Two) /Parent 5 0 R /First 14 0 R /Next 14 0 R >>"
    return assembled(objects)


def deep_arrays() -> bytes:
    objects = objects_of([GOOD])
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 100_000 + b"]" * 100_000 + b" >>"
    return assembled(objects)


def form_that_draws_itself() -> bytes:
    objects = objects_of([GOOD])
    objects[11] = stream(b"/X Do")
    objects[10] = objects[10].replace(b"/Font", b"/XObject << /X 90 0 R >> /Font")
    objects[90] = stream(
        b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 90 0 R >> >> "
    )
    return assembled(objects)


def many_pages_claimed() -> bytes:
    objects = objects_of([GOOD])
    objects[2] = b"<< /Type /Pages /Count 2000000000 /Kids [10 0 R] >>"
    return assembled(objects)


@pytest.mark.parametrize(
    "make",
    [nested_flate, long_runs, pages_in_a_circle, deep_pages, outline_in_a_circle, deep_arrays, form_that_draws_itself,
     many_pages_claimed],
)  # fmt: skip
def test_a_hostile_file_is_read_or_refused_and_the_next_one_is_unhurt(pool: Pool, make: object) -> None:
    assert callable(make)
    data = make()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    end = outcome(pool, data, seconds=4)
    assert end == "read" or end.startswith("input.")
    assert time.monotonic() - start < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    assert outcome(pool, pdf(GOOD)) == "read"


def mutants(pool: Pool, count: int) -> None:
    rng = random.Random(11)
    good = pdf(GOOD, Sheet(running(["Another page", "with two lines of text on it."])), outline=[("A", 0), ("B", 1)])
    for _ in range(count):
        data = bytearray(good)
        for _ in range(rng.choice((1, 3, 10))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.2:
            del data[rng.randrange(9, len(data)) :]
        try:
            end = outcome(pool, bytes(data))
        except ParserKilled as error:  # pragma: no cover - the assertion below tells which
            end = str(error.details)
        assert end == "read" or (end.startswith("input.") and end != "input.parser_killed"), end


def test_broken_files_meet_only_errors_of_our_tree(pool: Pool) -> None:
    mutants(pool, 100)


@pytest.mark.slow
def test_two_thousand_broken_files_meet_only_errors_of_our_tree(pool: Pool) -> None:
    mutants(pool, 2000)
