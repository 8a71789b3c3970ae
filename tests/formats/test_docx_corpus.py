"""Third-party documents: read, written by every rule and verified. A few in the normal run, all of them in the long one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from docpipe.errors import InputRefused
from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import pseudo_targets
from docpipe.model.document import ReadPolicy, WriteOptions

POLICY = ReadPolicy(tracked_changes="keep", macros="carry", do_not_translate=False)


def round_trip(path: Path, rules: tuple[str, ...]) -> list[str]:
    data = path.read_bytes()
    try:
        extraction = FORMAT.read(data, POLICY)
    except InputRefused:
        return []
    problems = [] if extraction.coverage.balanced else ["the ledger does not balance"]
    if len({b.address for b in extraction.blocks}) != len(extraction.blocks):
        problems.append("an address stands twice")
    for rule in rules:
        targets = pseudo_targets(extraction, rule)
        options = WriteOptions(policy=POLICY)
        problems += [
            f"{rule}: {p}" for p in FORMAT.verify(data, FORMAT.write(data, targets, options), targets, options)
        ]
    return [f"{path.name}: {p}" for p in problems]


def test_a_sample_of_documents_survives(shared: Callable[[str], Path]) -> None:
    files = sorted(shared("corpus/docx").iterdir(), key=lambda p: p.stat().st_size)[:20]
    assert [p for f in files for p in round_trip(f, ("marker",))] == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("folder", ["corpus/docx", "corpus/more/docx"])
def test_every_document_survives(folder: str, shared: Callable[[str], Path]) -> None:
    assert [p for f in sorted(shared(folder).iterdir()) for p in round_trip(f, ("upper", "marker"))] == []
