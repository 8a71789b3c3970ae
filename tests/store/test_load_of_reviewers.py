"""Many people save rows of one document at the same time, over HTTP: no edit is lost, nothing fails, the trail holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bench.review_load import run

from docpipe.settings import load
from docpipe.steps.house import House
from docpipe.store.database import Store


def _sound(figures: dict[str, Any]) -> None:
    assert figures["errors"] == []
    assert figures["lost"] == 0
    assert figures["audit_problems"] == 0
    assert figures["edits_taken"] > 0


def test_four_people_who_fight_for_rows_lose_nothing(store: Store, tmp_path: Path) -> None:
    _sound(run(House(load(home=tmp_path), store), 4, 2.0, 60))


@pytest.mark.slow
def test_twenty_people_lose_nothing(store: Store, tmp_path: Path) -> None:
    figures = run(House(load(home=tmp_path), store), 20, 10.0, 1_000)
    _sound(figures)
    assert figures["stale_refused"] > 0
