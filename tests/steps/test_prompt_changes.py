"""A prompt that has a newer version: what it would pay again is told of the batch and before the same files are submitted again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from docx_builder import docx
from translating_story import Story

from docpipe import prompts
from docpipe.simulate import background
from docpipe.steps import prompt_changes, status
from docpipe.steps.collect import collect
from docpipe.steps.estimate import estimate
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import calls, prompt_usage

TEXTS = (
    "The study was conducted in hospitals.",
    "Samples are kept in the freezer.",
    "Every visit is documented by the site.",
)
FILES = {"a.docx": docx("h1:Methods", *(f"p:{t}" for t in TEXTS))}


def newer(folder: Path, name: str) -> None:
    """A newer version of a prompt, released in one's own folder."""
    source = next(f for f in prompts.folders() if list(f.glob(f"{name}.v*.md")))
    latest = prompts.load(name).version
    for path in source.glob(f"{name}.v*.md"):
        (folder / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
        (folder / path.relative_to(source)).write_bytes(path.read_bytes())
    text = (folder / f"{name}.v{latest}.md").read_text("utf-8")
    changed = text.replace(f"version: {latest}", f"version: {latest + 1}", 1)
    (folder / f"{name}.v{latest + 1}.md").write_text(changed, "utf-8")
    prompts.write_lock(folder)


def test_what_a_changed_prompt_would_pay_again_is_told_in_one_sentence(
    asked: Callable[..., Story], tmp_path: Path
) -> None:
    with background() as provider:
        story = asked(provider.base_url)
        batch = story.submit(FILES)
        story.run(batch)
        assert "paid_again" not in status.status(story.house, batch.id).as_dict()
        own = tmp_path / "own"
        own.mkdir()
        newer(own, "translate/segments")
        settings = story.house.settings.model_copy(update={"prompts_folder": own})
        house = replace(story.house, settings=settings)
        told = status.status(house, batch.id).as_dict()["paid_again"]
        with house.store.read() as s:
            used = {use.prompt: use for use in prompt_usage.of_batch(s, batch.id)}
            assert sum(use.calls for use in used.values()) == calls.totals(s, batch.id).received
        (pair,) = told["prompts"]
        assert told["calls"] == used[pair["then"]].calls >= 1
        assert told["tokens"] == used[pair["then"]].tokens
        old, new = prompts.load("translate/segments").name, prompts.load("translate/segments", home=own).name
        assert (pair["then"], pair["now"]) == (old, new)
        assert f"{old} is now {new.rpartition('.')[2]}" in told["says"]
        assert told["says"].count(". ") == 0

        path = tmp_path / "again" / "renamed.docx"
        path.parent.mkdir()
        path.write_bytes(FILES["a.docx"])
        before = estimate(story.house, collect([path]), make_recipe(story.house, Order("en", "es"))).as_dict()
        assert "paid_again" not in before
        after = estimate(house, collect([path]), make_recipe(house, Order("en", "es"))).as_dict()["paid_again"]
        assert (after["documents"], after["calls"]) == (1, told["calls"])
        assert after["says"].startswith("1 of the files was translated before, but")
        other = estimate(house, collect([path]), make_recipe(house, Order("en", "de"))).as_dict()
        assert "paid_again" not in other, "into another language it was not"


@pytest.mark.parametrize("label", ["", "gone/away.v1", "no-version"])
def test_a_prompt_that_is_no_more_is_no_change(story: Story, label: str) -> None:
    assert prompt_changes._now(story.house, label, None) == ""
