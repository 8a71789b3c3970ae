"""Fixtures for all tests: shared corpora that may be absent, and skips printed last with their reasons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """``shared("corpus/docx")``: a folder of third-party data beside the checkout, or a skip that says so."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"third-party data not here: shared/{name}")
        return path

    return find


@pytest.fixture(scope="session")
def samples() -> Path:
    """Our own samples."""
    return ROOT / "samples"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """``slow`` tests run only when asked for (``-m slow`` or ``-m ''``)."""
    if config.getoption("-m"):
        return
    skip = pytest.mark.skip(reason="slow: run by `make test-all`")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
