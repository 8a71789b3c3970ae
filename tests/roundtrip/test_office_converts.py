"""LibreOffice, which shares no code with us, opens every output whose source it opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from corpus_documents import FULL, documents, extracted, sample
from office_batches import converted

from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import pseudo_targets
from docpipe.safe.office import find_office


def output(path: Path) -> bytes:
    """The file with marks round every text; a file that is refused has no bytes."""
    data = path.read_bytes()
    extraction = extracted(data, FULL)
    return FORMAT.write(data, pseudo_targets(extraction, "marker"), FULL) if extraction is not None else b""


def unconvertible(files: list[Path], program: str) -> list[str]:
    """The files whose output does not convert though the source does."""
    read = [p for p in files if extracted(p.read_bytes(), FULL) is not None]
    done = converted(program, [(p.suffix.lower(), partial(output, p)) for p in read])
    left = [p for at, p in enumerate(read) if at not in done]
    sources = converted(program, [(p.suffix.lower(), p.read_bytes) for p in left])
    return [p.name for at, p in enumerate(left) if at in sources]


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(4))
def test_libreoffice_converts_every_output_whose_source_it_converts(part: int, shared: Callable[[str], Path]) -> None:
    program = find_office()
    if not program:
        pytest.skip("LibreOffice is not installed")
    files = sample(documents(shared), 10_000, largest=10_000_000)
    assert unconvertible(files[part::4], program) == []
