"""The maker of packages: what it makes is readable, of the size asked for, repeated as real packages are, and the same for a seed."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from package_maker import make_package, plan, write_package

from docpipe.formats.docx import FORMAT
from docpipe.model.canonical import digest_bytes
from docpipe.model.document import BlockKind, ReadPolicy
from docpipe.model.inline import plain_text
from docpipe.segment.segments import segment


def test_a_package_is_readable_and_repeats_itself_as_real_ones_do() -> None:
    seen: set[str] = set()
    repeated = fresh = pages = 0
    kinds = set()
    for planned, data, _ in make_package(60, 3):
        extraction = FORMAT.read(data, ReadPolicy())
        pages += extraction.pages
        assert (extraction.pages, extraction.pages_estimated) == (planned.pages, False)
        for s in segment(extraction.blocks, digest_bytes(data), "en"):
            kinds.add(s.kind)
            if any(c.isalpha() for c in plain_text(s.source)):
                repeated, fresh = repeated + (s.digest in seen), fresh + (s.digest not in seen)
                seen.add(s.digest)
    assert pages == 60
    assert 0.2 < repeated / (repeated + fresh) < 0.5
    assert {BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.CELL, BlockKind.FOOTNOTE} <= kinds


def test_equal_seeds_give_equal_bytes_and_others_do_not() -> None:
    one, two = list(make_package(12, 1)), list(make_package(12, 1))
    assert one == two
    assert [d for _, d, _ in make_package(12, 2)] != [d for _, d, _ in one]


def test_a_large_package_has_many_small_documents_and_few_large_ones(tmp_path: Path) -> None:
    planned = plan(6600, 1)
    sizes = sorted(p.pages for p in planned)
    assert sum(sizes) == 6600
    assert 300 <= len(planned) <= 1000
    assert sizes[len(sizes) // 2] <= 5
    assert sizes[-1] > 200
    found = write_package(tmp_path / "p", 30, 1)
    assert found["documents"] == len(list((tmp_path / "p").rglob("*.docx")))
    assert 270 < found["words"] / found["pages"] < 400
