"""Pseudo-translation and plain extraction of files: no database, server or model. Imports safe, formats and settings."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from docpipe.errors import DocpipeError, InputEmpty, InputMissing
from docpipe.formats.pseudo import pseudo_targets
from docpipe.model.document import Block, Extraction, ReadPolicy, WriteOptions
from docpipe.safe.sniff import sniff
from docpipe.settings import Settings
from docpipe.steps import reading

EVERYTHING = ReadPolicy(
    tracked_changes="keep", comments="translate", hidden_text="translate", macros="carry", properties="all",
    glossary="translate", embedded="keep", bound_data="keep", shape_text="skip", equations="keep", do_not_translate=False,
)  # fmt: skip
"""Every running text of the document; the data behind it stays, so that a comparison of structures finds it as it was."""

CARRIED = dataclasses.replace(
    EVERYTHING, embedded="translate", bound_data="follow", shape_text="translate", equations="text"
)
"""Also what is no running text: worksheets and files it carries, custom XML, WordArt, attributes, words of equations."""


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise InputMissing(f"There is no file {path}.", path=str(path))
    data = path.read_bytes()
    if not data:
        raise InputEmpty(f"{path.name} has no bytes.", file=path.name)
    return data


def _read(settings: Settings, path: Path, policy: ReadPolicy) -> tuple[bytes, str, Extraction]:
    data = _bytes(path)
    media_type = sniff(data, path.name)
    return data, media_type, reading.load(reading.read(settings, media_type, data, policy))


def _one(settings: Settings, path: Path, rule: str, folder: Path, policy: ReadPolicy) -> dict[str, Any]:
    began = time.monotonic()
    result: dict[str, Any] = {"file": path.name, "output": "", "ok": False, "error": None}
    counts = {"characters": 0, "translated": 0, "skipped": dict[str, int]()}
    try:
        data, media_type, extraction = _read(settings, path, policy)
        targets = pseudo_targets(extraction, rule)
        written = reading.write(settings, media_type, data, targets, WriteOptions(policy=policy))
        output = folder / path.name
        output.write_bytes(written)
        covered = extraction.coverage
        counts = {"characters": covered.characters, "translated": covered.translated, "skipped": dict(covered.skipped)}
        result |= {"output": str(output), "ok": True}
    except DocpipeError as error:
        result["error"] = {"code": error.code, "message": error.message}
    return result | {"seconds": round(time.monotonic() - began, 3)} | counts


def pseudo_each(
    settings: Settings, files: Sequence[Path], rule: str, folder: Path, jobs: int, carried: bool = False
) -> Iterator[dict[str, Any]]:
    """Writes each file pseudo-translated into the folder; the results in the order of the files.

    ``carried``: with what a document holds beside its running text.
    """
    policy = CARRIED if carried else EVERYTHING
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda p: _one(settings, p, rule, folder, policy), files)


def extract_each(
    settings: Settings, files: Sequence[Path], policy: ReadPolicy
) -> Iterator[tuple[str, Sequence[Block], DocpipeError | None]]:
    """Name, blocks and error of each file."""
    carried = dataclasses.replace(policy, macros="carry")
    for path in files:
        try:
            yield path.name, _read(settings, path, carried)[2].blocks, None
        except DocpipeError as error:
            yield path.name, (), error
