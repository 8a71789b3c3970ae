"""The estimate against what the batch then really is: leverage to the word, tokens within 15 %, refusals with their codes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from sqlalchemy import func, select
from whole import report, sentence

from docpipe.errors import InputMissing, SameNameTwice
from docpipe.model.batch import State
from docpipe.simulate import background
from docpipe.simulate.planning import Limits
from docpipe.steps import assets
from docpipe.steps.collect import Submitted, collect
from docpipe.steps.durations import REVIEW_WORDS_AN_HOUR
from docpipe.steps.estimate import estimate
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store.past_usage import past_usage
from docpipe.store.tables import llm_calls


def reckoned(
    story: Any, files: dict[str, bytes], source: str = "en", target: str = "es", **order: Any
) -> dict[str, Any]:
    recipe = make_recipe(story.house, Order(source, target, **order))
    given = [Submitted(name, data) for name, data in sorted(files.items())]
    return estimate(story.house, given, recipe).as_dict()


def same_leverage(told: dict[str, Any], figures: dict[str, Any]) -> None:
    for name, words in told["leverage"].items():
        assert words == figures["leverage"][name], name
    assert told["words"] == figures["words"]
    assert told["pages"] == figures["pages"]
    assert told["segments"] == figures["segments"]


def near(told: int, real: int) -> None:
    assert abs(told - real) <= 0.15 * real, (told, real)


def first_asked(story: Any, batch: Any) -> tuple[int, int]:
    """Tokens in and out of the calls that were not re-asks: how often a model must be asked again is not reckoned."""
    with story.house.store.read() as s:
        c = llm_calls.c
        query = select(func.sum(c.input_tokens), func.sum(c.output_tokens))
        row = s.execute(query.where(c.batch == batch.id, c.purpose == "first")).one()
    return int(row[0]), int(row[1])


def sample(samples: Path, name: str) -> dict[str, bytes]:
    root = samples / name / "submission"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*.docx"))}


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        ("report-en", "en", "es"),
        ("report-en", "en", "zh-CN"),
        pytest.param("protocol-zh", "zh-CN", "en", marks=pytest.mark.slow),
    ],
)
def test_the_samples_come_out_as_estimated(
    name: str, source: str, target: str, asked: Callable[..., Any], samples: Path
) -> None:  # fmt: skip
    with background() as provider:
        story = asked(provider.base_url)
        files = sample(samples, name)
        given: list[Any] = []
        if name == "protocol-zh":
            given = [
                assets.add_memory(story.house, samples / name / "assets/memory.tmx", source, target),
                assets.add_termbase(story.house, samples / name / "assets/termbase.csv"),
                assets.add_previous(story.house, samples / name / "previous"),
            ]
        told = reckoned(story, files, source, target, review="none", assets=tuple(given))
        assert provider.bill()["charged"]["calls"] == 0
        batch = story.submit(files, source, target, review="none", assets=tuple(given))
        assert story.run(batch) is State.DRAFT
        real = first_asked(story, batch)
    same_leverage(told, story.figures(batch))
    near(told["tokens"]["input"], real[0])
    near(told["tokens"]["output"], real[1])


def test_the_cost_is_the_tokens_at_the_recipes_prices_and_cached_ones_as_measured(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text('prices = [2.0, 0.5, 8.0]\ncurrency = "EUR"\nbudget = 0.001\nmax_output_tokens = 900\n')
    files = {f"r{n}.docx": report(700, n) for n in range(2)}
    with background() as provider:
        story = asked(provider.base_url)
        first = reckoned(story, files, profile=profile)
        assert not first["tokens"]["cached_measured"]
        cached = first["tokens"]["cached"]
        fresh = first["tokens"]["input"] - cached
        assert first["cost"]["amount"] == pytest.approx(
            (fresh * 2 + cached * 0.5 + first["tokens"]["output"] * 8) / 1e6, abs=1e-6
        )
        assert first["cost"]["currency"] == "EUR"
        assert first["cost"]["over_budget"]
        assert "No batch with sim was measured here" in first["machine"]["basis"]
        assert not first["machine"]["measured"]
        batch = story.submit(files, profile=profile, budget=0.0)
        assert story.run(batch) is State.WAITING
        figures = story.figures(batch)
        second = reckoned(story, {n: report(700, k + 10) for k, n in enumerate(files)}, profile=profile)
    assert second["tokens"]["cached_measured"]
    told = second["purposes"]["first"]
    share = figures["tokens"]["cached"] / figures["tokens"]["input"]
    assert told["cached"] == pytest.approx(told["input"] * share, rel=0.05)
    assert second["machine"]["measured"]
    assert "as measured in 1 past batches here" in second["machine"]["basis"]
    near(first["tokens"]["input"], first_asked(story, batch)[0])


def test_repetitions_are_counted_inside_and_across_documents(story: Any) -> None:
    chance = random.Random(3)
    lines = [f"p:{sentence(chance)}" for _ in range(10)]
    files = {"a.docx": docx(*lines, *lines[:4]), "b.docx": docx(*lines[:6], "p:12.5")}
    told = reckoned(story, files)
    batch = story.submit(files)
    story.run(batch)
    same_leverage(told, story.figures(batch))
    assert told["repetitions"] == told["leverage"]["repetition"] > 0
    assert told["leverage"]["no_text"] == 1
    assert told["leverage"]["model"] == 0
    assert told["leverage"]["pseudo"] > 0


def test_files_that_would_be_refused_are_named_with_their_codes_and_nothing_is_admitted(story: Any) -> None:
    good = docx("p:The dose was 5 mg.")
    files = {
        "a.docx": good, "b.docx": b"", "c.docx": good[: len(good) // 2], "d.txt": b"plain",
        "e.docx": docx("p:It was [ins:not] given."),
    }  # fmt: skip
    told = reckoned(story, files)
    codes = {d["file"]: (d["error"] or {"code": ""})["code"] for d in told["documents"]}
    assert told["refused"] == 4
    assert codes["a.docx"] == ""
    assert codes["e.docx"] == "input.tracked_changes"
    batch = story.submit(files)
    story.run(batch)
    assert {d.path: d.error_code for d in story.documents(batch)} == codes
    from docpipe.store import batches

    with story.house.store.read() as s:
        assert [b.id for b in batches.listing(s)] == [batch.id]


def test_chinese_is_counted_in_characters_and_the_pace_is_said_to_be_assumed(story: Any) -> None:
    told = reckoned(story, {"a.docx": docx("p:剂量为5毫克。", "p:研究于今年开始。")}, "zh-CN", "en")
    assert told["words"] >= 12
    assert told["characters"] >= told["words"]
    assert "ISO 18587" in told["people"]["basis"]
    assert not told["people"]["measured"]
    assert told["people"]["hours"] > 0


def test_review_hours_leave_out_what_the_gate_needs_no_eyes_for(asked: Callable[..., Any], tmp_path: Path) -> None:
    seen = tmp_path / "m.tmx"
    text = "The dose was five milligrams in each of the groups of this study."
    seen.write_text(
        f'<tmx version="1.4"><header srclang="en" segtype="sentence" creationtool="t" creationtoolversion="1" adminlang="en" '
        f'datatype="plaintext" o-tmf="t"/><body><tu><tuv xml:lang="en"><seg>{text}</seg></tuv><tuv xml:lang="es">'
        "<seg>La dosis fue de cinco miligramos en cada uno de los grupos.</seg></tuv></tu></body></tmx>"
    )
    profile = tmp_path / "p.toml"
    profile.write_text('[gate]\nskip = ["exact"]\n')
    with background() as provider:
        story = asked(provider.base_url)
        memory = assets.add_memory(story.house, seen, "en", "es")
        files = {"a.docx": docx(f"p:{text}", "p:Another sentence that is new here.")}
        plain = reckoned(story, files, assets=(memory,))
        gated = reckoned(story, files, assets=(memory,), profile=profile)
    assert plain["leverage"]["exact"] == 13
    assert plain["people"]["hours"] - gated["people"]["hours"] == pytest.approx(13 / REVIEW_WORDS_AN_HOUR, abs=0.02)


def test_nothing_and_two_of_one_name_are_told(story: Any, tmp_path: Path) -> None:
    recipe = make_recipe(story.house, Order("en", "es"))
    with pytest.raises(InputMissing):
        estimate(story.house, [], recipe)
    (tmp_path / "x").mkdir()
    for folder in ("x/a", "x/b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "r.docx").write_bytes(docx("p:One."))
    with pytest.raises(SameNameTwice):
        estimate(story.house, collect([tmp_path / "x/a", tmp_path / "x/b"]), recipe)


def test_progress_is_told_and_only_a_few_documents_are_held_at_once(story: Any) -> None:
    taken = done = most = 0

    def files() -> Any:
        nonlocal taken, most
        for n in range(12):
            taken += 1
            most = max(most, taken - done)
            yield Submitted(f"r{n}.docx", report(60, n))

    told: list[Any] = []

    def tell(progress: Any) -> None:
        nonlocal done
        done += 1
        told.append(progress)

    estimate(story.house, files(), make_recipe(story.house, Order("en", "es")), total=12, told=tell)
    assert [(p.done, p.total) for p in told] == [(n, 12) for n in range(1, 13)]
    assert most <= 5


def test_hours_can_be_planned_for_limits(asked: Callable[..., Any]) -> None:
    files = {f"r{n}.docx": report(700, n) for n in range(3)}
    with background() as provider:
        story = asked(provider.base_url)
        recipe = make_recipe(story.house, Order("en", "es"))
        given = [Submitted(name, data) for name, data in files.items()]
        slow, fast = (
            estimate(story.house, given, recipe, limits=Limits(0, tpm, "fixed:0.1", 1000, 64)).as_dict()
            for tpm in (2_000, 2_000_000)
        )
        assert provider.bill()["calls"] == 0
    used = slow["tokens"]["input"] + slow["tokens"]["output"]
    assert slow["machine"]["binds"] == "tokens"
    assert slow["machine"]["model_hours"] == pytest.approx(used / 2_000 / 60, rel=0.5)
    assert fast["machine"]["binds"] == "latency"
    assert fast["machine"]["model_hours"] < slow["machine"]["model_hours"] / 10
    assert "Planned for" in slow["machine"]["basis"]


def test_overnight_first_requests_cost_their_share_and_come_within_a_day(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text("prices = [2.0, 0.5, 8.0]\nsecond_look = 'all'\n")
    models = {"sim": {"batch": 0.5}}
    with background() as provider:
        story = asked(provider.base_url, models=models)
        files = {f"r{n}.docx": report(700, n) for n in range(2)}
        now = reckoned(story, files, profile=profile)
        late = reckoned(story, files, profile=profile, delivery="overnight")
    assert late["tokens"] == now["tokens"]
    assert late["purposes"]["first"]["cost"] == pytest.approx(now["purposes"]["first"]["cost"] / 2, abs=1e-6)
    assert late["purposes"]["second-look"] == now["purposes"]["second-look"]
    assert late["cost"]["amount"] == pytest.approx(sum(p["cost"] for p in late["purposes"].values()), abs=1e-5)
    assert (now["machine"]["overnight_hours"], late["machine"]["overnight_hours"]) == (0, 24)
    assert late["machine"]["model_hours"] < now["machine"]["model_hours"]
    assert "overnight" in late["machine"]["basis"]


def test_looks_back_translations_and_what_is_asked_again_are_reckoned_as_a_run_makes_them(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text("second_look = 'all'\nback_translation = true\n")
    files = {f"r{n}.docx": report(700, n) for n in range(3)}
    with background() as provider:
        story = asked(provider.base_url)
        told = reckoned(story, files, profile=profile)
        batch = story.submit(files, profile=profile)
        assert story.run(batch) is State.WAITING
        with story.house.store.read() as s:
            past = past_usage(s, "openai", ["sim"])
    for name in ("first", "second-look", "back-translation"):
        assert told["purposes"][name]["calls"] == past[name].calls, name
        near(told["purposes"][name]["input"], past[name].usage.input_tokens)
        if name != "back-translation":  # the simulated one is longer than a natural text
            near(told["purposes"][name]["output"], past[name].usage.output_tokens)
