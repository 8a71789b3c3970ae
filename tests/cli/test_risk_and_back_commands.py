"""`docpipe review list|show --risk` and `docpipe review back`: the riskiest first, a target said in the source language by a person's wish."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from docx_builder import docx
from translating_story import Story
from whole import Cli, Done

from docpipe.model.batch import Batch
from docpipe.model.inline import Text, plain_text
from docpipe.settings import load
from docpipe.simulate import Running
from docpipe.simulate.translation import translate
from docpipe.steps.house import open_house
from docpipe.store import units

FILES = {
    "a.docx": docx("h1:Methods", "p:The study was conducted in hospitals.", "p:The dose must not be increased."),
    "b.docx": docx("h1:Methods", "p:Samples are kept in the freezer.", "p:A dose of 5 mg was given once daily."),
}


@pytest.fixture
def told(cli: Cli, provider: Running) -> Iterator[tuple[Story, Batch]]:
    """A batch of two documents at their checkpoints; in the second a model wrote another number."""
    house = open_house(load(home=cli.home, provider="openai", model="sim", base_url=provider.base_url, api_key="none"))
    story = Story(house, cli.home.parent)
    story.people()
    batch = story.submit(FILES)
    story.upto(batch, "translated")
    (document,) = [d for d in story.documents(batch) if d.path == "b.docx"]
    unit = next(u for g, u in story.rows(document) if "5 mg" in plain_text(g.source))
    wrong = plain_text(unit.target).replace("5", "50")
    with house.store.write() as s:
        changed = replace(unit, target=(Text(wrong),), revision=unit.revision + 1)
        units.save(s, document.id, [changed], house.now(), "docpipe")
    story.run(batch)
    yield story, batch
    house.store.close()


def test_the_riskiest_comes_first_in_list_and_rows(inside: Callable[..., Done], told: tuple[Story, Batch]) -> None:
    _, batch = told
    listed = json.loads(inside("review", "list", "--risk", "--json").out)["checkpoints"]
    assert [c["file"] for c in listed] == ["b.docx", "a.docx"]
    rows = inside("review", "show", batch.id, "--document", "b.docx", "--risk", "--json").lines
    plain = inside("review", "show", batch.id, "--document", "b.docx", "--json").lines
    assert "5 mg" in rows[0]["source"]
    assert sorted(r["segment"] for r in rows) == sorted(r["segment"] for r in plain)


def test_a_target_is_translated_back(cli: Cli, inside: Callable[..., Done], told: tuple[Story, Batch]) -> None:
    story, batch = told
    (document,) = [d for d in story.documents(batch) if d.path == "a.docx"]
    row, unit = story.rows(document)[1]
    words = ("review", "back", batch.id, "--document", "a.docx", "--row", row.id, "--json")
    assert inside(*words).code == 2, "nobody is named"
    done = cli(*words, acting="mei.lin", OPENAI_API_KEY="none")
    assert done.code == 0, done.err
    assert done.json["text"] == translate(plain_text(unit.target), "es", "en")
