"""With the policy of production the outside judge meets carriers of text that it takes for data: each change of one is listed by class.

The judge knows no worksheets behind charts, no values bound to controls, no texts in attributes. What we write there stands in
``carried.toml`` by class, with what, why and in which files; anything else that fails, or fails no more, fails the test.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from corpus_documents import FULL, documents
from test_judged_documents import listed, verdict

CLASSES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("carried.toml").read_text("utf-8"))["carrier"]
MODE = "marker"
"""The one mode that changes every text, also those without letters that a change of case shows."""


def changed(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(gate, what the judge names there): parts that are not XML, field codes, elements of structures as ``part: element``."""
    for name in result.get("binary_changed", ()):
        yield "binary part changed", name
    for code in result.get("fields_ex", ()):
        yield "fields", code
    for part, found in result.get("struct_diffs", {}).items():
        if "moved_at" in found:
            yield "structure", f"{part}: moved"
        for token in (*found.get("lost", ()), *found.get("added", ())):
            yield "structure", f"{part}: {token}"


def classes_of(result: dict[str, Any]) -> set[str]:
    """The classes that explain all that the judge faults of one file; what none explains stands there as it is."""
    found: set[str] = set()
    explained: set[str] = set()
    for gate, what in changed(result):
        kind = next(
            (c["kind"] for c in CLASSES if c["gate"] == gate and re.search(c["names"], what)), f"{gate}: {what}"
        )
        found.add(kind)
        explained.add(gate)
    return found | (set(result.get("fails", ())) - explained)


def test_the_table_of_carriers_says_what_and_why() -> None:
    for entry in CLASSES:
        assert set(entry) == {"kind", "gate", "names", "what", "why", "files"}, entry["kind"]
        assert len(entry["what"]) > 20
        assert len(entry["why"]) > 20
        assert len(entry["files"]) == len({f.split()[0] for f in entry["files"]}) > 0
    assert len(CLASSES) == len({entry["kind"] for entry in CLASSES})


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_what_the_policy_of_production_changes_beside_texts_is_listed(
    judge: ModuleType, shared: Callable[[str], Path], tmp_path: Path
) -> None:
    there: dict[str, set[str]] = {}
    for path in documents(shared):
        result = verdict(judge, path, MODE, tmp_path, FULL)
        if result["verdict"] != "source_unusable":
            for kind in classes_of(result) - listed().get((path.name[:12], MODE), set()):
                there.setdefault(kind, set()).add(path.name[:12])
    assert there == {entry["kind"]: {f.split()[0] for f in entry["files"]} for entry in CLASSES}
