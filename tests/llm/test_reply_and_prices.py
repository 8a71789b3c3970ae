"""Reading replies leniently but safely, prices per model, and the waits between attempts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docpipe.errors import BadSetting
from docpipe.llm.pace import delay
from docpipe.llm.pricing import cost, prices, profile
from docpipe.llm.reply import Answer, read_reply
from docpipe.model.chunk import Usage

WHOLE = json.dumps({"segments": [{"id": "s1", "text": "a"}, {"id": "s2", "merged_into": "s1"}]})
BOTH = (Answer("s1", "a"), Answer("s2", merged_into="s1"))


@pytest.mark.parametrize(
    ("text", "answers", "whole"),
    [
        (WHOLE, BOTH, True),
        (f"Here you are:\n```json\n{WHOLE}\n```\nBye", BOTH, True),
        (WHOLE[:-2], BOTH, False),
        (WHOLE[:-20], BOTH[:1], False),
        (WHOLE[:20], (), False),
        ('{"segments": [{"id": "s1"}]}', (), False),
        ('{"segments": [{"id": 1, "text": "a"}, {"id": "s2", "text": "b"}]}', (Answer("s2", "b"),), False),
        ('{"segments": [{"id": "s1", "text": "a", "merged_into": "s2"}]}', (Answer("s1", "a"),), True),
        ('{"segments": {"s1": "a"}}', (), False),
        ('{"translations": ["a"]}', (), False),
        ("[1, 2]", (), False),
        ("", (), False),
        ("{" * 5000, (), False),
    ],
)
def test_only_whole_answers_with_an_id_are_read(text: str, answers: tuple[Answer, ...], whole: bool) -> None:
    reading = read_reply(text)
    assert reading.answers == answers
    assert reading.whole is whole


def test_prices_are_found_by_family_and_not_guessed() -> None:
    assert prices("gpt-4.1") == prices("gpt-4.1-2025-04-14") == prices("openai/GPT-4.1") == (2.0, 0.5, 8.0)
    assert prices("gpt-4.1-mini") != prices("gpt-4.1")
    assert prices("some-local-model") is None
    assert prices("gpt-4.1-turbo-x") is None


def test_reasoning_models_are_known_by_name_where_the_table_is_silent() -> None:
    assert not profile("gpt-5-mini").temperature
    assert not profile("o9-mini").temperature
    assert profile("gpt-4.1").temperature
    assert profile("olmo-2").temperature


def test_cached_tokens_cost_their_own_price() -> None:
    assert cost(Usage(1_000_000, 400_000, 500_000), (2.0, 0.5, 8.0)) == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.5 * 8)


def test_ones_own_price_table_is_read_or_named(tmp_path: Path) -> None:
    table = tmp_path / "mine.toml"
    table.write_text('[models]\n"m" = { input = 1, cached = 0.5, output = 2 }\n', "utf-8")
    assert prices("m", table) == (1.0, 0.5, 2.0)
    broken = tmp_path / "broken.toml"
    for text in ("[models]\nm = 1\n", "x", '[models]\n"m" = { input = 1 }\n'):
        broken.write_text(text, "utf-8")
        profile.__globals__["_rows"].cache_clear()
        with pytest.raises(BadSetting):
            prices("m", broken)


def test_waits_grow_and_obey_the_provider_and_are_the_same_for_the_same_key() -> None:
    waits = [delay(n, None, "k") for n in range(8)]
    assert waits == [delay(n, None, "k") for n in range(8)]
    assert waits != [delay(n, None, "other") for n in range(8)]
    assert all(0.5 * min(60, 2**n) <= w <= min(60, 2**n) for n, w in enumerate(waits))
    assert 7.0 <= delay(5, 7.0, "k") <= 7.7
    assert delay(5, 0.0, "k") <= 0.01
