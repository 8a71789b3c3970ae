"""The protocol sample works as told: what version 1.0 has is carried over, the edits cover the rest, and tags fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from docpipe.formats.docx import FORMAT
from docpipe.memory.previous import align, carry
from docpipe.model.canonical import digest_bytes
from docpipe.model.document import Extraction, ReadPolicy
from docpipe.model.inline import from_wire
from docpipe.model.segment import Segment
from docpipe.segment.segments import pieces, segment


@dataclass(frozen=True)
class Compared:
    """A document of the submission: its segments, those not carried over, and places of the old version left out."""

    name: str
    segments: tuple[Segment, ...]
    remaining: tuple[Segment, ...]
    left: int


def read(path: Path) -> Extraction:
    return FORMAT.read(path.read_bytes(), ReadPolicy())


@pytest.fixture(scope="module")
def compared(samples: Path) -> list[Compared]:
    """Each document of the submission beside its previous version."""
    home = samples / "protocol-zh"
    found = []
    for path in sorted((home / "submission").rglob("*.docx")):
        name = path.relative_to(home / "submission").as_posix()
        source, target = (read(home / "previous" / side / name) for side in ("source", "target"))
        new = read(path)
        segments = segment(new.blocks, digest_bytes(path.read_bytes()), "zh-CN")
        carried = carry(align(source.blocks, target.blocks, "zh-CN", "en-GB", pieces), segments, new.blocks)
        remaining = tuple(s for s in segments if s.id not in carried.targets)
        found.append(Compared(name, segments, remaining, len(carried.left)))
    return found


def test_every_sentence_of_the_previous_version_is_paired(compared: list[Compared]) -> None:
    assert [(c.name, c.left) for c in compared if c.left] == []


def test_most_of_the_submission_is_carried_over(compared: list[Compared]) -> None:
    total = sum(len(c.segments) for c in compared)
    remaining = sum(len(c.remaining) for c in compared)
    assert total > 300
    assert remaining / total < 0.1


def test_the_edits_cover_exactly_what_is_not_carried_over(compared: list[Compared], samples: Path) -> None:
    lines = (samples / "protocol-zh/edits/translations.tsv").read_text(encoding="utf-8").splitlines()[1:]
    edits = dict(line.split("\t") for line in lines)
    remaining = {s.wire: s for c in compared for s in c.remaining}
    assert set(remaining) == set(edits)
    for wire, s in remaining.items():
        assert from_wire(edits[wire], s.source)


def test_every_character_of_the_samples_has_a_fate(samples: Path) -> None:
    for path in samples.rglob("*.docx"):
        assert read(path).coverage.balanced, path.name
