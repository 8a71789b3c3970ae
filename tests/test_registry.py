"""What the registry finds by walking the folders, pinned: a plug-in cannot disappear in silence."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from docpipe.errors import InputUnsupported, SourceUnsupported
from docpipe.model.finding import Severity
from docpipe.registry import checks, draft_checks, format_for, formats, providers, source_for, source_target, sources

SNAPSHOT = Path(__file__).parent / "registry.txt"


def test_the_plug_ins_are_those_of_the_snapshot() -> None:
    found = (
        [f"format {f.name}" for f in formats()]
        + [f"source {s.name}" for s in sources()]
        + [f"provider {name}" for name in sorted(providers())]
        + [f"check {c.id} {c.severity.value}" for c in checks()]
        + [f"draft-check {c.id} {c.severity.value}" for c in draft_checks()]
    )
    assert SNAPSHOT.read_text("utf-8").splitlines() == found, (
        "a plug-in came or went: if that is meant, write tests/registry.txt anew"
    )


def test_check_ids_name_their_place_in_the_catalogue() -> None:
    for check in checks():
        number, _, name = check.id.partition(".")
        assert number[0].isupper()
        assert number[1:].isdigit()
        assert name
        assert check.title
        assert check.description
        assert check.severity in Severity


def test_a_media_type_without_a_reader_is_refused() -> None:
    with pytest.raises(InputUnsupported):
        format_for("image/png")


def test_a_source_without_a_reader_is_refused_by_kind_and_by_content() -> None:
    with pytest.raises(SourceUnsupported):
        source_for("image/png", b"", "a.png")
    with pytest.raises(SourceUnsupported):
        source_for("application/json", b"{}", "a.json")


def test_the_child_process_finds_each_reader_of_sources_by_its_name() -> None:
    for reader in sources():
        module, _, attribute = source_target(reader).partition(":")
        assert attribute == "SOURCE.read"
        assert importlib.import_module(module).SOURCE is reader
