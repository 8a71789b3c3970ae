"""Third-party documents by folder, a fixed sample of them, and what became of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from docpipe.errors import InputRefused
from docpipe.formats.docx import FORMAT
from docpipe.formats.pseudo import pseudo_targets
from docpipe.model.document import Address, Extraction, WriteOptions
from docpipe.model.inline import CodedText
from docpipe.steps.pseudo import CARRIED, EVERYTHING

FOLDERS = ("corpus/docx", "corpus/more/docx")
MODES = ("upper", "flip", "marker")
SUFFIXES = (".docx", ".docm", ".dotx", ".dotm")
OPTIONS = WriteOptions(policy=EVERYTHING)
FULL = WriteOptions(policy=CARRIED)


def documents(shared: Callable[[str], Path]) -> list[Path]:
    """Every word-processing document of both folders, by name."""
    files = [p for folder in FOLDERS for p in shared(folder).iterdir() if p.suffix.lower() in SUFFIXES]
    return sorted(files, key=lambda p: p.name)


def sample(files: list[Path], count: int, largest: int = 200_000) -> list[Path]:
    """The same ``count`` files in every run: by the digest of their names, without those of more than ``largest`` bytes."""
    small = [p for p in files if p.stat().st_size <= largest]
    return sorted(small, key=lambda p: hashlib.sha256(p.name.encode()).digest())[:count]


def mode_of(path: Path) -> str:
    """The one mode in which a short run tries a file."""
    return MODES[hashlib.sha256(path.name.encode()).digest()[31] % len(MODES)]


def extracted(data: bytes, options: WriteOptions = OPTIONS) -> Extraction | None:
    """The reading, or None where the file is refused."""
    try:
        return FORMAT.read(data, options.policy)
    except InputRefused:
        return None


def written(
    data: bytes, extraction: Extraction, mode: str, options: WriteOptions = OPTIONS
) -> tuple[bytes, dict[Address, CodedText]]:
    """The pseudo-translated document and the targets that are in it."""
    targets = pseudo_targets(extraction, mode)
    return FORMAT.write(data, targets, options), targets


def read_ones(files: list[Path], options: WriteOptions = OPTIONS) -> Iterator[tuple[Path, bytes, Extraction]]:
    """The files that are no refusals, with their bytes and readings."""
    for path in files:
        data = path.read_bytes()
        if (extraction := extracted(data, options)) is not None:
            yield path, data, extraction
