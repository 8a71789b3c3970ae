"""The judging program of round trips, which is no part of this project."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def judge(shared: Callable[[str], Path]) -> ModuleType:
    """The judging program as a module."""
    path = shared("tools/check_docx.py")
    spec = importlib.util.spec_from_file_location("docx_judge", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    depth = sys.getrecursionlimit()
    spec.loader.exec_module(module)
    sys.setrecursionlimit(depth)
    return module
