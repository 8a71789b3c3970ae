"""The number, unit and date checks on human translations: few false alarms, and every changed digit found."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from docpipe import registry
from docpipe.checks.reading.lexer import read
from docpipe.checks.reading.shadow import fold
from docpipe.checks.reading.tokens import Form
from docpipe.model.check import Pair
from docpipe.model.inline import Text

OURS = tuple(c for c in registry.checks() if re.match(r"B\d+\.|C[1-5]\.", c.id))


def corpus(folder: Path, name: str) -> list[Pair]:
    pairs = []
    for line in (folder / name).read_text(encoding="utf-8").splitlines():
        sides = re.findall(r'xml:lang="([^"]+)"><seg>(.*?)</seg>', line)
        if len(sides) == 2:
            (sl, source), (tl, target) = sides
            pairs.append(Pair((Text(html.unescape(source)),), (Text(html.unescape(target)),), sl, tl))
    return pairs


def loud(pair: Pair) -> set[str]:
    return {f.check + f.message for check in OURS for f in check.run(pair)}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tico19.en-zh.tmx", "tico19.en-fr.tmx"])
def test_human_translations_raise_fewer_than_fifteen_findings_a_thousand_segments(
    shared: Callable[[str], Path], name: str
) -> None:
    pairs = corpus(shared("data/parallel"), name)
    assert 1000 * sum(len(loud(p)) for p in pairs) / len(pairs) < 15


def test_a_sample_of_human_translations_raises_little(shared: Callable[[str], Path]) -> None:
    pairs = corpus(shared("data/parallel"), "tico19.en-zh.tmx")[::8]
    assert sum(len(loud(p)) for p in pairs) <= 4


@pytest.mark.slow
def test_a_digit_changed_in_a_human_translation_is_found(shared: Callable[[str], Path]) -> None:
    """One digit of one number outside names is changed at a time; the finding must be new."""
    chance = random.Random(20)
    tried, silent = 0, []
    for pair in corpus(shared("data/parallel"), "tico19.en-zh.tmx"):
        text = pair.target_text
        before = loud(pair)
        for number in read(fold(text), "zh").numbers:
            places = [i for i in range(number.start, number.end) if text[i].isdigit()]
            if number.form is not Form.DIGITS or not places:
                continue
            at = chance.choice(places)
            digit = chance.choice([d for d in "123456789" if d != text[at]])
            tried += 1
            if not loud(Pair(pair.source, (Text(text[:at] + digit + text[at + 1 :]),), "en", "zh")) - before:
                silent.append((text[max(0, at - 10) : at + 10], digit))
    assert tried > 1000
    assert len(silent) <= tried // 100, silent
