"""LibreOffice, which shares no code with us, opens every output whose source it opens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from corpus_documents import FULL, documents, read_ones, sample

from docpipe.errors import OfficeFailed
from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import pseudo_targets
from docpipe.safe.office import find_office, to_pdf

SECONDS = 90.0


def converts(program: str, data: bytes, suffix: str) -> bool:
    """Whether a PDF comes of it in time."""
    try:
        return to_pdf(program, data, suffix, seconds=SECONDS).startswith(b"%PDF")
    except OfficeFailed:
        return False


def unconvertible(files: list[Path], program: str) -> list[str]:
    """The files whose output does not convert though the source does."""
    found = []
    for path, data, extraction in read_ones(files, FULL):
        suffix = path.suffix.lower()
        output = FORMAT.write(data, pseudo_targets(extraction, "marker"), FULL)
        if not converts(program, output, suffix) and converts(program, data, suffix):
            found.append(path.name)
    return found


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(4))
def test_libreoffice_converts_every_output_whose_source_it_converts(part: int, shared: Callable[[str], Path]) -> None:
    program = find_office()
    if not program:
        pytest.skip("LibreOffice is not installed")
    files = sample(documents(shared), 10_000, largest=10_000_000)
    assert unconvertible(files[part::4], program) == []
