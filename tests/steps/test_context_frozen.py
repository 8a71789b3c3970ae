"""What the model is told: frozen before the first call, the same in the estimate, older batches as they were, briefs borne out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from sqlalchemy import select
from whole import report

from docpipe import prompts
from docpipe.llm.briefing import Briefing, Extracts, brief_chunk, enriched
from docpipe.model.batch import State
from docpipe.model.brief import Brief
from docpipe.model.inline import plain_text
from docpipe.simulate import background
from docpipe.steps import assets, package_terms
from docpipe.steps.context import planned, prepared
from docpipe.store import briefs, units
from docpipe.store.tables import llm_calls

SOME = docx(
    "h1:Clinical study protocol QLZ-2417-301",
    "p:Serious adverse events (SAEs) were recorded for every participant at each visit.",
    "p:Velquotinib 50 mg was taken once daily; velquotinib 50 mg was not taken on visit days.",
    "h1:Safety",
    "tbl:Visit | Assessment // Week 4 | Physical examination of the participant",
    "p:An SAE was reported to the sponsor within one day of the visit.",
)


def tasks_of(told: Any) -> list[dict[str, Any]]:
    return [json.loads(told.craft.task(c, {}).text) for c in told.chunks]


def segments_of(story: Any, document: Any) -> list[Any]:
    with story.house.store.read() as s:
        return list(units.segments(s, document.id))


@pytest.fixture
def translated(asked: Callable[..., Any]) -> Any:
    with background() as provider:
        story = asked(provider.base_url)
        batch = story.submit({"m5/protocol.docx": SOME})
        assert story.run(batch) is State.WAITING
        yield story, batch, provider


def test_a_request_tells_the_document_its_abbreviations_and_the_heads_of_a_cell(translated: Any) -> None:
    story, batch, _ = translated
    document = story.document(batch)
    segments = segments_of(story, document)
    told = prepared(story.house, batch, document, segments, segments)
    (task,) = tasks_of(told)
    assert list(task)[:3] == ["from", "to", "document"]
    assert list(task)[-1] == "paragraphs"
    assert task["document"]["title"] == "Clinical study protocol QLZ-2417-301"
    assert task["document"]["study"] == ["QLZ-2417-301"]
    cell = next(p for p in task["paragraphs"] if "Physical" in json.dumps(p))
    assert [task["table"][n] for n in cell["in"]] == ["Assessment", "Week 4"]
    # The segments themselves spell it out.
    assert "abbreviations" not in task
    last = [s for s in segments if plain_text(s.source).startswith("An SAE")]
    (alone,) = tasks_of(prepared(story.house, batch, document, segments, last))
    assert alone["abbreviations"] == {"SAE": "Serious adverse event"}
    assert "- " in told.prompt.render_system().rsplit("# Style", 1)[1]
    assert "536/2014" in told.prompt.system


def test_nothing_that_comes_later_changes_a_request(translated: Any) -> None:
    story, batch, provider = translated
    document = story.document(batch)
    segments = segments_of(story, document)
    before = prepared(story.house, batch, document, segments, segments)
    package_terms.lock(story.house, batch.id, "participant", "participante", story.team["jose.ruiz"])
    after = prepared(story.house, batch, document, segments, segments)
    assert [before.craft.task(c, {}).text for c in before.chunks] == [
        after.craft.task(c, {}).text for c in after.chunks
    ]
    assert before.prompt == after.prompt
    assert provider.bill()["charged"]["calls"] >= 1


def test_the_estimate_plans_the_very_requests(translated: Any) -> None:
    story, batch, _ = translated
    document = story.document(batch)
    segments = segments_of(story, document)
    done = prepared(story.house, batch, document, segments, segments)
    plan = planned(story.house, batch.recipe, document.path, segments, segments)
    assert [plan.craft.task(c, {}).text for c in plan.chunks] == [done.craft.task(c, {}).text for c in done.chunks]
    assert plan.prompt == done.prompt


def test_an_older_batch_keeps_the_first_prompt_and_its_form(translated: Any) -> None:
    story, batch, _ = translated
    first = prompts.load("translate/segments", 1)
    old = replace(batch.recipe, prompt=first.name, prompt_digest=first.digest, style="", style_digest="")
    document = story.document(batch)
    segments = segments_of(story, document)
    plan = planned(story.house, old, document.path, segments, segments)
    (task,) = tasks_of(plan)
    assert set(task) <= {"from", "to", "section", "before", "after", "terms", "paragraphs"}
    assert list(task) == sorted(task)
    assert all(set(p) <= {"segments", "kind"} for p in task["paragraphs"])
    assert plan.prompt == first


def test_similar_approved_texts_are_shown_with_the_ids_they_serve(asked: Callable[..., Any], tmp_path: Path) -> None:
    memory = tmp_path / "m.csv"
    rows = [
        ("An SAE was reported to the sponsor within two days of the visit.", "Se notificó un AAG en dos días."),
        ("Nothing of the kind.", "Nada por el estilo."),
    ]
    memory.write_text("source,target\n" + "".join(f'"{a}","{b}"\n' for a, b in rows), "utf-8")
    with background() as provider:
        story = asked(provider.base_url)
        batch = story.submit({"protocol.docx": SOME}, assets=(assets.add_memory(story.house, memory, "en", "es"),))
        assert story.run(batch) is State.WAITING
    document = story.document(batch)
    segments = segments_of(story, document)
    (task,) = tasks_of(prepared(story.house, batch, document, segments, segments))
    (shown,) = task["similar"]
    assert (shown["source"], shown["target"]) == rows[0]
    assert shown["percent"] == 85
    assert "An SAE was reported" in next(p[shown["for"][0]] for p in task["paragraphs"] if shown["for"][0] in p)


def test_a_long_document_is_summed_up_by_a_first_call_that_is_on_the_books(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text("brief_words = 300\n")
    with background() as provider:
        story = asked(provider.base_url)
        batch = story.submit({"a.docx": report(600, 7), "b.docx": report(60, 8)}, profile=profile)
        assert story.run(batch) is State.WAITING
        charged = provider.bill()["charged"]
    with story.house.store.read() as s:
        calls = s.execute(
            select(llm_calls.c.document, llm_calls.c.prompt, llm_calls.c.purpose, llm_calls.c.state)
        ).all()
        long = next(d for d in story.documents(batch) if d.path == "a.docx")
        assert briefs.get(s, long.id)
    asked_for = [(c.document, c.purpose, c.state) for c in calls if c.prompt == "brief/document.v1"]
    assert asked_for == [(long.id, "brief", "received")]
    assert charged["calls"] == len(calls)
    segments = segments_of(story, long)
    assert all("summary" in t["document"] for t in tasks_of(prepared(story.house, batch, long, segments, segments)))


EXTRACTS = Extracts(
    "en", "A study of velquotinib", ("Safety",), ("Velquotinib was given to 312 patients.", "Placebo was given.")
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            {"product": ["Velquotinib", "aspirin"], "n": ["312 patients"]},
            {"product": ["Velquotinib"], "n": ["312 patients"]},
        ),
        ({"summary": "A study of 312 patients."}, {"summary": "A study of 312 patients."}),
        ({"summary": "A study of 313 patients."}, {"summary": ""}),
        ({"summary": "word " * 200}, {"summary": ""}),
        ({"terms": ["Placebo", 7, "x" * 200, "Placebo"]}, {"terms": ["Placebo"]}),
    ],
)
def test_only_what_the_extracts_bear_out_is_believed(said: dict[str, Any], kept: dict[str, Any]) -> None:
    craft = Briefing(EXTRACTS)
    task = craft.task(brief_chunk(EXTRACTS, 10), {})
    whole = {"summary": "", **{k: [] for k in ("study", "product", "arm", "endpoint", "n", "terms")}, **said}
    result = craft.assess(task, json.dumps(whole), {})
    (accepted,) = result.accepted.values()
    read = json.loads(plain_text(accepted.target))
    assert {k: read[k] for k in kept} == kept
    brief = enriched(Brief("A", "", {"product": ("velquotinib 50 mg",)}), plain_text(accepted.target), ["a"])
    assert brief.entities.get("product", ())[-1] == "velquotinib 50 mg"


@pytest.mark.parametrize("reply", ["", "{", "[]", '{"summary": 3}', '{"summary": "a", "terms": []}', "no JSON"])
def test_a_reply_that_is_no_brief_is_done_without(reply: str) -> None:
    craft = Briefing(EXTRACTS)
    result = craft.assess(craft.task(brief_chunk(EXTRACTS, 10), {}), reply, {})
    assert not result.accepted
    assert result.faults
