"""The command line with one Prefect server for all its tests, and a home folder for each module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from whole import Cli, Done

from docpipe.simulate import Running, background


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """The command line over a fresh home, without a server."""
    (tmp_path / "home").mkdir()
    return Cli(tmp_path / "home")


@pytest.fixture
def flowing(tmp_path: Path, prefect_api: str) -> Cli:
    """The command line over a fresh home, with the tests' Prefect server."""
    (tmp_path / "home").mkdir()
    return Cli(tmp_path / "home", prefect_api)


@pytest.fixture
def inside(cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """``inside(*words)``: a command in this process."""
    return lambda *words: cli.inside(monkeypatch, capsys, *words)


@pytest.fixture
def provider() -> Iterator[Running]:
    """A simulated provider."""
    with background() as running:
        yield running
