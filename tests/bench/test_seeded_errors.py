"""Seeded errors: each kind changes what it says and nothing else, keeps every code, and is silent where the source has nothing of it."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from seeded_errors import KINDS, altered, wrong

from docpipe.simulate.translation import translate

CASES = {
    "number": ("The study enrolled <1>250</1> subjects in Study ABC-101.", r"The study enrolled <1>\d+</1> subjects in Study ABC-101\."),
    "negation": ("The dose must not be increased.", r"The dose must be increased\."),
    "unit": ("A dose of 5 mg was given.", r"A dose of 5 g was given\."),
    "drug": ("Subjects received Ranitidine.", r"Subjects received (?:Warfarin|Digoxin|Insulin|Methotrexate|Lithium)\."),
    "clause": ("Treatment is stopped for good, if a serious infection occurs at any time.", r"Treatment is stopped for good\."),
    "frequency": ("It was given twice daily.", r"It was given once daily\."),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", ["es", "de", "zh", "ja"])
def test_a_kind_changes_what_it_says(kind: str, target: str) -> None:
    source, expected = CASES[kind]
    for seed in range(20):
        chance = random.Random(seed)
        made = altered(kind, source, chance)
        assert made != source
        assert re.fullmatch(expected, made), made
        spoiled = wrong(kind, source, ("en", target), random.Random(seed))
        assert spoiled == translate(made, "en", target) != translate(source, "en", target)
        assert re.findall(r"</?\d+/?>", spoiled) == re.findall(r"</?\d+/?>", source)


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_without_it_is_left_alone(kind: str) -> None:
    plain = "Vital signs were recorded by the site."
    assert altered(kind, plain, random.Random(1)) == plain
    assert wrong(kind, plain, ("en", "es"), random.Random(1)) == ""
