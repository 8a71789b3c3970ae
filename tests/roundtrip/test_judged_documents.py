"""Third-party documents, pseudo-translated and judged by a program that knows nothing of ours.

Where we hold the judge to be wrong the file stands in ``divergences.toml``, with what differs and why; a failure that does
not stand there fails the test, and so does, in the long run, one that stands there and is none any more.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from corpus_documents import MODES, OPTIONS, documents, extracted, mode_of, sample, written

from docpipe.errors import InputRefused
from docpipe.formats.docx import FORMAT
from docpipe.model.document import WriteOptions
from docpipe.safe.sniff import sniff

SAMPLE = 150
DIVERGENCES = Path(__file__).with_name("divergences.toml")
SEVERITIES = ("judge", "minor", "major")


def listed() -> dict[tuple[str, str], set[str]]:
    """What is listed to fail: by file (its digest's first twelve digits) and mode."""
    found: dict[tuple[str, str], set[str]] = {}
    for entry in tomllib.loads(DIVERGENCES.read_text(encoding="utf-8"))["divergence"]:
        for mode in entry["modes"]:
            found.setdefault((entry["file"], mode), set()).update(entry["fails"])
    return found


def verdict(judge: ModuleType, path: Path, mode: str, folder: Path, options: WriteOptions = OPTIONS) -> dict[str, Any]:
    """What the judge says of one file in one mode. A file that we refuse leaves no output."""
    data = path.read_bytes()
    output = folder / path.name
    output.unlink(missing_ok=True)
    if (extraction := extracted(data, options)) is not None:
        output.write_bytes(written(data, extraction, mode, options)[0])
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        result: dict[str, Any] = judge.judge(str(path), str(output), mode)
    finally:
        sys.setrecursionlimit(depth)
    return result


def new_failures(judge: ModuleType, tried: list[tuple[Path, str]], folder: Path) -> tuple[list[str], list[str]]:
    """Failures that are not listed, and listed ones that are none any more."""
    known = listed()
    new, stale = [], []
    for path, mode in tried:
        result = verdict(judge, path, mode, folder)
        fails = set(result.get("fails", ())) if result["verdict"] != "source_unusable" else set()
        expected = known.get((path.name[:12], mode), set())
        if fails - expected:
            new.append(f"{path.name} {mode}: {', '.join(sorted(fails - expected))}")
        if expected - fails:
            stale.append(f"{path.name} {mode}: {', '.join(sorted(expected - fails))}")
    return new, stale


def test_the_list_of_divergences_says_what_and_why() -> None:
    entries = tomllib.loads(DIVERGENCES.read_text(encoding="utf-8"))["divergence"]
    for entry in entries:
        assert set(entry) == {"file", "name", "modes", "fails", "what", "why", "severity"}, entry["file"]
        assert entry["severity"] in SEVERITIES
        assert set(entry["modes"]) <= set(MODES)
        assert len(entry["what"]) > 20
        assert len(entry["why"]) > 20
    keys = [(e["file"], m) for e in entries for m in e["modes"]]
    assert len(keys) == len(set(keys))


@pytest.mark.timeout(300)
def test_a_sample_of_documents_passes_every_gate(
    judge: ModuleType, shared: Callable[[str], Path], tmp_path: Path
) -> None:
    tried = [(p, mode_of(p)) for p in sample(documents(shared), SAMPLE, largest=60_000)]
    new, _ = new_failures(judge, tried, tmp_path)
    assert new == []


REFUSED = {
    "cde5752f6523": "input.encrypted", "254d301a6ee3": "input.encrypted", "39ae9e6928ad": "input.encrypted",
    "e57ddbf2d16a": "input.encrypted", "e1932cabff10": "input.legacy_word", "80bd96317d85": "input.unsupported_type",
    "b418f2b0e307": "input.damaged", "39619851dab0": "input.damaged", "7d34e905b8df": "input.damaged",
    "9c9d14a0ed83": "input.damaged", "d9eb560e2285": "input.damaged", "dda9dd500d69": "input.damaged",
    "87429f6cef09": "input.damaged", "46c7495d54cd": "input.xml_malformed", "a97afa0cdbfe": "input.xml_malformed",
}  # fmt: skip


def opened(path: Path) -> None:
    """Reads a file as `docpipe pseudo` does."""
    data = path.read_bytes()
    sniff(data, path.name)
    FORMAT.read(data, OPTIONS.policy)


def test_files_that_are_no_documents_are_refused_each_with_its_code(shared: Callable[[str], Path]) -> None:
    files = {p.name[:12]: p for p in documents(shared)}
    for digest, code in REFUSED.items():
        with pytest.raises(InputRefused) as refused:
            opened(files[digest])
        assert refused.value.code == code, files[digest].name


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", MODES)
def test_every_document_passes_every_gate(
    mode: str, judge: ModuleType, shared: Callable[[str], Path], tmp_path: Path
) -> None:
    new, stale = new_failures(judge, [(p, mode) for p in documents(shared)], tmp_path)
    assert new == []
    assert stale == []
