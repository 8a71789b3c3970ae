"""Fixtures for all tests: shared corpora that may be absent, and skips printed last with their reasons."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from studies import shared_study

from docpipe.writing.study import StudyData

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# Time is not what these tests are about. PROPERTY_EXAMPLES: tries of each property that does not say how many it wants.
settings.register_profile("docpipe", deadline=None, max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "30")))
settings.load_profile("docpipe")


@pytest.fixture(autouse=True)
def _environment_kept() -> Iterator[None]:
    """A command that a test runs in this process sets variables for its children: they end with the test."""
    before = {k: v for k, v in os.environ.items() if k.startswith(("DOCPIPE_", "OPENAI_"))}
    yield
    for name in [k for k in os.environ if k.startswith(("DOCPIPE_", "OPENAI_")) and k not in before]:
        del os.environ[name]
    os.environ.update(before)


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


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, one for all the processes that pytest runs in."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def pilot(shared: Callable[[str], Path], run_folder: Path) -> StudyData:
    """The public pilot study: datasets, tables, results, protocol and analysis plan."""
    return shared_study(shared("data/cdiscpilot01"), run_folder / "pilot.study")


@pytest.fixture(scope="session")
def prefect_home(run_folder: Path) -> Path:
    """Where the Prefect server of the tests lives: one for all the processes that pytest runs in."""
    return run_folder / "prefect"


@pytest.fixture(scope="session")
def prefect_api(prefect_home: Path) -> Iterator[str]:
    """The address of a real Prefect server, started when the first test asks for it and gone with the last."""
    from docpipe.dispatch import QUIET
    from docpipe.flowserver import needed

    with needed(prefect_home, {**QUIET, "PREFECT_HOME": str(prefect_home)}, lambda _: None) as standing:
        yield standing.api


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """``slow`` tests run only when asked for (``-m slow``, or ``-m "slow or not slow"`` for all)."""
    if config.getoption("-m"):
        return
    skip = pytest.mark.skip(reason="slow: run by `make test-all`")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
