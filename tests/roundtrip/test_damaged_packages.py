"""Damaged packages: whatever happens to a file, what comes back is a document or an error of our own tree."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus_documents import FULL, documents, sample
from damage import DAMAGES

from docpipe.errors import DocpipeError
from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import pseudo_targets
from docpipe.safe.package import open_package

UNBALANCED = "unbalanced"
"""Text where none can be, inside properties say: the ledger tells that nobody reached it, and check A16 holds the document up."""


def survives(data: bytes) -> str:
    """What became of a damaged file: the code it was refused with, or "read". Whatever else is raised is a fault of ours."""
    try:
        extraction = FORMAT.read(data, FULL.policy)
    except DocpipeError as error:
        return error.code
    if not extraction.coverage.balanced:
        return UNBALANCED
    targets = pseudo_targets(extraction, "marker")
    try:
        output = FORMAT.write(data, targets, FULL)
    except DocpipeError as error:
        return error.code
    assert FORMAT.verify(data, output, targets, FULL) == []
    return "read"


def damaged(files: list[Path], count: int, seed: int) -> dict[str, int]:
    """How many of ``count`` damaged packages came to which end."""
    chance = random.Random(seed)
    ends: dict[str, int] = {}
    kinds = list(DAMAGES)
    for number in range(count):
        path, kind = chance.choice(files), kinds[number % len(kinds)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # two files of one name are meant
            data = DAMAGES[kind](path.read_bytes(), chance)
        try:
            end = survives(data)
        except Exception as error:
            raise AssertionError(f"{path.name}, {kind}, number {number} of seed {seed}") from error
        ends[end] = ends.get(end, 0) + 1
    return ends


def whole(shared: Callable[[str], Path], count: int) -> list[Path]:
    """Files that are read whole, small enough for many tries."""
    found = []
    for path in sample(documents(shared), 6 * count, largest=40_000):
        try:
            open_package(path.read_bytes())
            FORMAT.read(path.read_bytes(), FULL.policy)
        except DocpipeError:
            continue
        found.append(path)
        if len(found) == count:
            break
    return found


def test_damaged_packages_give_documents_or_errors_of_our_own(shared: Callable[[str], Path]) -> None:
    ends = damaged(whole(shared, 20), 140, 1)
    assert ends.pop("read") > 20
    assert ends.pop(UNBALANCED, 0) < 5
    assert all(code.startswith("input.") for code in ends), ends


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(2, 6))
def test_two_thousand_damaged_packages_give_documents_or_errors_of_our_own(
    seed: int, shared: Callable[[str], Path]
) -> None:
    ends = damaged(whole(shared, 60), 500, seed)
    assert ends.pop("read") > 50
    assert ends.pop(UNBALANCED, 0) < 10
    assert all(code.startswith("input.") for code in ends), ends
