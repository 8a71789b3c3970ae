"""A batch with a chain of models: who refuses or is away is stood in for, told, priced by itself, and no key goes astray."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from whole import KEY, report

from docpipe.errors import BadSetting
from docpipe.llm.profiles import Profile, overridden, profile
from docpipe.model.batch import State
from docpipe.model.canonical import plain
from docpipe.model.codec import load_recipe
from docpipe.settings import load
from docpipe.simulate import background
from docpipe.steps.providers import connection, fallbacks, keys_of_model, links, prices_of, traits
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import calls, findings
from docpipe.store.tables import llm_calls

REFUSES = '[[fault]]\nkind = "refuse"\nprobability = 1.0\n'
PRICE = {"input": 1.0, "cached": 0.1, "output": 4.0}
DEAR = {"input": 2.0, "cached": 0.2, "output": 8.0}


def test_a_refusing_model_is_stood_in_for_and_both_bills_are_the_ledger(
    asked: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARE_KEY", KEY)
    file = tmp_path_factory.mktemp("profile") / "chain.toml"
    file.write_text('fallback = ["spare"]\n')
    with background(script=REFUSES, key="first") as one, background(key=KEY, prices={"big": (2.0, 0.2, 8.0)}) as two:
        tables = {"sim": PRICE, "spare": {**DEAR, "model": "big", "base_url": two.base_url, "key_env": "SPARE_KEY"}}
        story = asked(one.base_url, api_key="first", models=tables)
        batch = story.submit({"a.docx": report(250, 1)}, review="none", profile=file)
        assert [ref.model for ref in batch.recipe.models] == ["sim", "big"]
        assert load_recipe(plain(batch.recipe)) == batch.recipe
        assert KEY not in repr(batch.recipe)
        assert story.run(batch) is State.DRAFT
        assert one.bill()["charged"]["calls"] == 0
        bill = two.bill()
        assert bill["charged"]["calls"] > 0
    with story.house.store.read() as s:
        totals = calls.totals(s, batch.id)
        rows = s.execute(select(llm_calls.c.model, llm_calls.c.state, llm_calls.c.error_code)).all()
        [document] = story.documents(batch)
        found = [f for f in findings.listing(s, document.id) if f.check == "engine.fallback"]
    assert totals.received == bill["charged"]["calls"]
    assert totals.cost == pytest.approx(bill["cost"], abs=1e-6)
    assert {(r.model, r.state, r.error_code) for r in rows} == {
        ("sim", "failed", "provider.refused"),
        ("big", "received", ""),
    }
    assert found
    assert found[0].message == "Another model answered (big-simulated): the first one refused the text."


def _settings(tmp_path: Any, **given: Any) -> Any:
    return load(home=tmp_path, provider="openai", model="sim", **given)


def test_a_key_goes_only_where_it_was_set_for(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARE_KEY", "spare-secret")
    tables = {
        "far": {"base_url": "http://far/v1"}, "own": {"base_url": "http://far/v1", "key_env": "SPARE_KEY"},
        "near": {"model": "gpt-4.1"}, "azure": {"azure_endpoint": "https://x.azure.com", "azure_api_version": "v", "key_env": "SPARE_KEY"},
    }  # fmt: skip
    settings = _settings(tmp_path, api_key="main-secret", base_url="http://main/v1", models=tables)
    keys = {ref.name: connection(settings, ref).key for ref in fallbacks(settings, ["far", "own", "azure"])}
    assert keys == {"far": "", "own": "spare-secret", "azure": "spare-secret"}
    [azure] = fallbacks(settings, ["azure"])
    assert connection(settings, azure).azure_endpoint == "https://x.azure.com"
    assert connection(settings, azure).base_url == ""
    plain_settings = _settings(tmp_path, api_key="main-secret", models=tables)
    [near] = fallbacks(plain_settings, ["near"])
    assert connection(plain_settings, near).key == "main-secret"
    assert "spare-secret" in settings.secrets


def test_the_models_of_a_chain_are_checked_when_the_batch_is_ordered(tmp_path: Any) -> None:
    tables = {
        "a": {"input": 1.0, "output": 2.0},
        "b": {"model": "sim", "input": 9.0, "output": 9.0},
        "r": {"provider": "rehearsal"},
    }
    settings = _settings(tmp_path, models=tables)
    for names, said in ((["none"], "no \\[models.none\\]"), (["a", "a"], "twice"), (["r"], "cannot be asked")):
        with pytest.raises(BadSetting, match=said):
            fallbacks(settings, names)
    with pytest.raises(BadSetting, match="two prices"):
        keys_of_model(settings, "openai", "sim", {"prices": [1, 1, 1], "fallback": ["b"]})
    with pytest.raises(BadSetting, match="now or overnight"):
        keys_of_model(settings, "openai", "sim", {"delivery": "weekly"})


def test_ones_own_tables_go_before_the_shipped_one(tmp_path: Any) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('[models]\n"gpt-4.1" = { input = 1.0, output = 2.0, max_output = 100 }\n')
    settings = _settings(tmp_path, models_file=own, models={"gpt-4.1": {"output": 3.0, "context": 900}})
    found = traits(settings, "gpt-4.1")
    assert found.prices == (1.0, 1.0, 3.0)
    assert (found.max_output, found.context, found.output_within(8192), found.known) == (100, 900, 100, True)
    assert profile("gpt-4.1").max_output == 32768
    assert traits(settings, "gpt-5.1").api == "responses"
    unknown = traits(settings, "house-llm")
    assert (unknown.known, unknown.prices, unknown.output_within(8192)) == (False, None, 8192)
    with pytest.raises(BadSetting):
        overridden(Profile(), {"api": "soap"})
    with pytest.raises(BadSetting):
        load(home=tmp_path, models={"m": {"colour": "red"}})


def test_a_model_that_thinks_is_asked_by_responses_at_its_own_address_only(tmp_path: Any) -> None:
    own = keys_of_model(_settings(tmp_path, api_key="k"), "openai", "gpt-5.1", {})
    other = keys_of_model(_settings(tmp_path, base_url="http://gateway/v1"), "openai", "gpt-5.1", {})
    said = keys_of_model(
        _settings(tmp_path, base_url="http://gateway/v1", models={"gpt-5.1": {"api": "responses"}}),
        "openai",
        "gpt-5.1",
        {},
    )
    assert (own["api"], other["api"], said["api"]) == ("responses", "chat", "responses")
    assert own["temperature"] is False
    assert own["batch_factor"] == 0.5


def test_links_share_a_scope_only_where_they_share_everything(asked: Callable[..., Any]) -> None:
    story = asked("http://one/v1", api_key=KEY, models={"spare": {"base_url": "http://two/v1"}})
    recipe = make_recipe(story.house, Order("en", "de", values={"fallback": ["spare"]}))
    first, spare = links(story.house.settings, recipe)
    assert first.scope != spare.scope
    assert KEY not in first.scope + repr(first)
    assert set(prices_of(recipe)) == {"sim", "spare"}


def test_responses_end_to_end_against_the_simulated_provider(asked: Callable[..., Any]) -> None:
    with background() as provider:
        story = asked(provider.base_url, models={"sim": {**PRICE, "api": "responses", "temperature": False}})
        batch = story.submit({"a.docx": report(200, 3)}, review="none")
        assert batch.recipe.api == "responses"
        assert story.run(batch) is State.DRAFT
        bill = provider.bill()
    with story.house.store.read() as s:
        totals = calls.totals(s, batch.id)
    assert (totals.received, totals.usage.output_tokens) == (bill["charged"]["calls"], bill["charged"]["output"])
