"""Token counts need no network, agree with the published encoding, and say when they are estimates."""

from __future__ import annotations

import hashlib
import lzma
from importlib.resources import files

import pytest

from docpipe.segment import tokens


def test_the_shipped_ranks_are_the_published_ones() -> None:
    packed = (files("docpipe.segment") / "data" / "o200k_base.tiktoken.xz").read_bytes()
    assert hashlib.sha256(lzma.decompress(packed)).hexdigest() == tokens.SHA256
    assert tokens.exact()


def test_known_texts_have_their_known_counts() -> None:
    assert [tokens.count(t) for t in ("", "hello world", "tiktoken is great!")] == [0, 2, 6]


def test_special_tokens_and_lone_surrogates_are_plain_text() -> None:
    assert tokens.count("<|endoftext|>") > 1
    assert tokens.count("a\ud800b") > 0


def test_counts_are_exact_for_the_encoding_only() -> None:
    assert tokens.exact("o200k_base")
    assert not tokens.exact("cl100k_base")
    assert not tokens.exact("")


def test_without_ranks_counts_are_estimates_that_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "SHA256", "0" * 64)
    tokens._made.cache_clear()
    try:
        assert not tokens.exact()
        assert tokens.count("中文字符") == 4
        assert tokens.count("seven characters: 35 in this text!!") == 10
    finally:
        tokens._made.cache_clear()
