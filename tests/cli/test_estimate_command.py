"""`docpipe estimate`: the fields of the contract, its exit codes, and nothing left behind but the memory it looked into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from docx_builder import docx
from whole import Cli, submission


def test_the_fields_of_the_contract_are_there_for_the_sample(cli: Cli, samples: Path) -> None:
    root = samples / "protocol-zh"
    done = cli(
        "estimate", root / "submission", "--from", "zh-CN", "--to", "en", "--tm", root / "assets/memory.tmx", "--termbase",
        root / "assets/termbase.csv", "--previous", root / "previous", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    value = done.json
    assert value["pages"] >= 10
    assert value["leverage"]["previous"] > 0.7 * value["words"]
    assert sum(value["leverage"].values()) == value["words"]
    assert value["cost"] == value["cost"] | {"amount": 0.0, "currency": "USD"}
    assert value["people"]["hours"] > 0
    assert value["machine"]["basis"].endswith(".")
    assert len(value["documents"]) == 3
    listed = cli("review", "list", "--json")
    assert listed.json in ([], {"batches": []}) or not listed.json.get("batches", listed.json.get("waiting"))


def test_refused_files_end_with_their_own_codes(inside: Callable[..., Any], tmp_path: Path) -> None:
    good, bad = (
        submission(tmp_path / "a", {"a.docx": docx("p:One."), "b.docx": b""}),
        submission(tmp_path / "b", {"b.docx": b""}),
    )
    assert inside("estimate", good, "--from", "en", "--to", "es", "--json").code == 1
    assert inside("estimate", bad, "--from", "en", "--to", "es", "--json").code == 3
    told = inside("estimate", good, "--from", "en", "--to", "es")
    assert "b.docx would be refused: input.empty" in told.out
    assert "People:" in told.out
    assert inside("estimate", tmp_path / "none", "--from", "en", "--to", "es", "--json").error == "input.missing"
    assert inside("estimate", good, "--from", "en", "--to", "en", "--json").code == 2
