"""The difference between two texts: nothing lost, words and codes whole, characters where no space parts words."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.model.diff import Change, diff_tokens, word_diff

TEXTS = st.lists(
    st.sampled_from(
        [
            "dose",
            "Dosis",
            " ",
            "5.25",
            "mg",
            "<1>",
            "</1>",
            "<2/>",
            "<\\1>",
            ",",
            ".",
            "剂",
            "量",
            "每日",
            "جرعة",
            "مِ",
            "ก",
            "ี",
            "\u202b",
            "e\u0301",
            "-",
            "\n",
            "\ud800",
        ]
    )
    | st.text(max_size=4),
    max_size=25,
).map("".join)


def side(changes: tuple[Change, ...], op: str) -> str:
    return "".join(c.text for c in changes if c.op in ("keep", op))


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_kept_and_inserted_give_the_new_text_kept_and_deleted_the_old(old: str, new: str) -> None:
    changes = word_diff(old, new)
    assert side(changes, "insert") == new
    assert side(changes, "delete") == old
    assert all(c.text for c in changes)
    ops = [c.op for c in changes]
    assert all(a != b for a, b in pairwise(ops))
    assert ("insert", "delete") not in set(pairwise(ops))
    if old == new:
        assert ops in ([], ["keep"])


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_tokens_joined_give_the_text(text: str) -> None:
    tokens = diff_tokens(text)
    assert "".join(tokens) == text
    assert all(tokens)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Dose <1>5.25</1> mg.", ["Dose", " ", "<1>", "5.25", "</1>", " ", "mg", "."]),
        ("patient’s follow-up", ["patient’s", " ", "follow-up"]),
        ("每日5 mg。", ["每", "日", "5", " ", "mg", "。"]),
        ("<\\1> e\u0301te\u0301", ["<\\1>", " ", "e\u0301te\u0301"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("الجُرعة 5", ["الجُرعة", " ", "5"]),
        ("한국어 문장", ["한국어", " ", "문장"]),
    ],
)
def test_tokens_are_what_a_reader_takes_for_one_thing(text: str, tokens: list[str]) -> None:
    assert list(diff_tokens(text)) == tokens
    assert "".join(diff_tokens(text)) == text


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "The dose is 5 mg daily.",
            "The dose is 10 mg daily.",
            [("keep", "The dose is "), ("delete", "5"), ("insert", "10"), ("keep", " mg daily.")],
        ),
        (
            "每日一次口服。",
            "每日两次口服。",
            [("keep", "每日"), ("delete", "一"), ("insert", "两"), ("keep", "次口服。")],
        ),
        ("الجرعة 5 ملغ", "الجرعة 10 ملغ", [("keep", "الجرعة "), ("delete", "5"), ("insert", "10"), ("keep", " ملغ")]),
        ("a <1>b</1> c", "a <1>d</1> c", [("keep", "a <1>"), ("delete", "b"), ("insert", "d"), ("keep", "</1> c")]),
        ("one two", "three four", [("delete", "one two"), ("insert", "three four")]),
        ("", "new", [("insert", "new")]),
        ("old", "", [("delete", "old")]),
    ],
)
def test_the_difference_reads_as_a_person_would_mark_it(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert list(word_diff(old, new)) == expected


def test_a_code_is_never_cut() -> None:
    changes = word_diff("x <1>a</1>", "x <12/>a")
    assert all(c.text.count("<") == c.text.count(">") for c in changes)


def test_the_longest_segment_is_compared_within_a_moment() -> None:
    old, new = "剂量每日" * 5000, "每日剂量" * 5000
    began = time.perf_counter()
    changes = word_diff(old + "a", new + "b")
    words = word_diff("one two " * 1200, "two one " * 1200 + "x")
    assert time.perf_counter() - began < 5
    assert side(changes, "insert") == new + "b"
    assert side(words, "delete") == "one two " * 1200
