"""Files that others wrote and that we ship or test with are the ones we looked at."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = {
    "docpipe/web/static/vendor/htmx.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "tests/browser/vendor/axe.min.js": "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
}


@pytest.mark.parametrize("name", PINNED)
def test_a_vendored_file_is_unchanged(name: str) -> None:
    assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == PINNED[name]


def test_nothing_else_is_vendored() -> None:
    found = {str(p.relative_to(ROOT)) for folder in ("docpipe", "tests") for p in (ROOT / folder).rglob("vendor/*.js")}
    assert found == set(PINNED)
