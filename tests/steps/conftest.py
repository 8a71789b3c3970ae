"""Fixtures of the steps' stories: one with the rehearsal, one with a provider."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from translating_story import Story
from whole import clean_environment

from docpipe.settings import load
from docpipe.steps.house import open_house


@pytest.fixture(autouse=True)
def _no_foreign_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = clean_environment()
    for name in set(os.environ) - set(kept):
        monkeypatch.delenv(name)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A story with its people, its provider the rehearsal."""
    yield from _told(tmp_path)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """``asked(address)``: a story whose provider is the one at the address."""
    made: list[Iterator[Story]] = []

    def make(address: str, **settings: Any) -> Story:
        made.append(_told(tmp_path, provider="openai", model="sim", base_url=address, **settings))
        return next(made[-1])

    yield make
    for told in made:
        next(told, None)


def _told(folder: Path, **settings: Any) -> Iterator[Story]:
    house = open_house(load(home=folder / "home", **{"second_look": "off", **settings}))
    story = Story(house, folder)
    story.people()
    yield story
    house.store.close()
