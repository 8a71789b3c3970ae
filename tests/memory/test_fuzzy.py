"""Similar texts of a memory: what is found, what percent means, and that nothing below the threshold is offered."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.memory.fuzzy import FuzzyIndex, similarity

WORDS = [
    "patients",
    "received",
    "the",
    "study",
    "drug",
    "twice",
    "daily",
    "for",
    "weeks",
    "and",
    "were",
    "seen",
    "at",
    "each",
    "planned",
    "visit",
    "by",
    "site",
    "staff",
    "who",
    "noted",
    "all",
    "adverse",
    "events",
]


def test_a_changed_word_is_found_and_the_best_comes_first() -> None:
    texts = ["The dose was 5 mg per day.", "The dose was 10 mg per day.", "Nothing of the kind was ever seen there."]
    found = FuzzyIndex(texts, "en").find("The dose was 10 mg per week.")
    assert [(f.number, f.percent) for f in found] == [(1, 87), (0, 75)]


def test_a_hundred_percent_is_the_same_words() -> None:
    index = FuzzyIndex(["The dose was 5 mg."], "en")
    assert index.find("the dose was 5 mg.")[0].percent == 100
    assert index.find("The dose was 6 mg.")[0].percent == 83


def test_chinese_is_compared_by_characters() -> None:
    index = FuzzyIndex(["受试者每日口服研究药物一次。", "研究者应记录所有不良事件。"], "zh")
    found = index.find("受试者每日口服试验药物两次。")
    assert [f.number for f in found] == [0]
    assert 70 <= found[0].percent < 90


@given(st.lists(st.sampled_from(WORDS), min_size=4, max_size=25), st.data())
def test_what_is_offered_is_as_similar_as_it_says(words: list[str], data: st.DataObject) -> None:
    other = list(words)
    for at in data.draw(st.lists(st.integers(0, len(words) - 1), max_size=6)):
        other[at] = "something"
    found = FuzzyIndex([" ".join(other)], "en").find(" ".join(words))
    percent = similarity(words, other)
    assert [f.percent for f in found] == ([percent] if percent >= 70 else [])


@pytest.mark.parametrize("seed", range(3))
def test_of_many_texts_the_one_that_was_changed_a_little_is_found(seed: int) -> None:
    chance = random.Random(seed)
    words = [f"w{n}" for n in range(3000)]
    texts = [
        " ".join(chance.choices(words[: 40 * chance.randint(1, 75)], k=chance.randint(6, 30))) for _ in range(2000)
    ]
    index = FuzzyIndex(texts, "en")
    for number in chance.sample(range(2000), 100):
        tokens = texts[number].split()
        for at in chance.sample(range(len(tokens)), len(tokens) // 5):
            tokens[at] = "other"
        assert number in [f.number for f in index.find(" ".join(tokens))]


def test_nothing_is_found_in_nothing() -> None:
    assert FuzzyIndex([], "en").find("The dose.") == ()
    assert FuzzyIndex(["The dose."], "en").find("  ") == ()
