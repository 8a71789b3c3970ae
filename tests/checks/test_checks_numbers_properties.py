"""Properties of the number checks: the same number in both locales never raises, a changed digit always does."""

from __future__ import annotations

import re
import time
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from docpipe import registry
from docpipe.checks.reading.digits import localised
from docpipe.checks.reading.lexer import read
from docpipe.checks.reading.shadow import fold, shadow
from docpipe.model.check import Pair
from docpipe.model.inline import Close, Open, Text, plain_text

OURS = tuple(c for c in registry.checks() if re.match(r"B\d+\.|C[1-5]\.", c.id))
FRAMES = {
    "en": (
        "The dose was {} mg in the group.",
        "A total of {} patients and {} controls took part.",
        "Values of {}, {} and {} were found.",
    ),
    "zh": ("该组剂量为 {} mg。", "共有 {} 例患者和 {} 例对照参加。", "测得的值为 {}、{} 和 {}。"),
    "es": (
        "La dosis fue de {} mg en el grupo.",
        "Participaron {} pacientes y {} controles.",
        "Se hallaron valores de {}, {} y {}.",
    ),
    "de": (
        "Die Dosis in der Gruppe betrug {} mg.",
        "Insgesamt nahmen {} Patienten und {} Kontrollen teil.",
        "Es fanden sich Werte von {}, {} und {}.",
    ),
}
LANGUAGES = st.sampled_from([(a, b) for a in FRAMES for b in FRAMES if a != b])


@st.composite
def numbers(draw: st.DrawFn) -> tuple[Decimal, int]:
    decimals = draw(st.integers(0, 4))
    whole = draw(st.integers(2, 999_999))
    return Decimal(whole).scaleb(-decimals), decimals


def run(source: str, target: str, languages: tuple[str, str]) -> list[str]:
    pair = Pair((Text(source),), (Text(target),), *languages)
    return [f"{f.check} {f.message}" for check in OURS for f in check.run(pair)]


@settings(max_examples=250, deadline=None)
@given(LANGUAGES, st.integers(0, 2), st.lists(numbers(), min_size=3, max_size=3), st.booleans())
def test_the_same_numbers_in_both_locales_raise_nothing(
    languages: tuple[str, str], frame: int, values: list[tuple[Decimal, int]], grouped: bool
) -> None:
    source, target = (
        FRAMES[lang][frame].format(*(localised(v, d, lang, grouped) for v, d in values)) for lang in languages
    )
    assert run(source, target, languages) == []


@settings(max_examples=250, deadline=None)
@given(LANGUAGES, st.integers(0, 2), st.lists(numbers(), min_size=3, max_size=3), st.data())
def test_any_changed_digit_raises(
    languages: tuple[str, str], frame: int, values: list[tuple[Decimal, int]], data: st.DataObject
) -> None:
    source, target = (FRAMES[lang][frame].format(*(localised(v, d, lang) for v, d in values)) for lang in languages)
    at = data.draw(st.sampled_from([m.start() for m in re.finditer(r"\d", target)]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != target[at]]))
    changed = target[:at] + digit + target[at + 1 :]
    shown = sorted(str(n.readings[0].value) for n in read(target, languages[1]).numbers)
    assume(sorted(str(n.readings[0].value) for n in read(changed, languages[1]).numbers) != shown)
    assert run(source, changed, languages)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80), LANGUAGES)
def test_any_text_can_be_checked(source: str, target: str, languages: tuple[str, str]) -> None:
    run(source, target, languages)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.,-–−±%×^⁹⁻ eEIVX月日年十百千万亿第半周期mgµL/kh:()<>≥≤ ", max_size=40), LANGUAGES)
def test_any_numeric_noise_equals_itself_where_the_locale_is_the_same(text: str, languages: tuple[str, str]) -> None:
    assert run(text, text, (languages[0], languages[0])) == []


@given(st.text(max_size=60), st.text(max_size=10), st.text(max_size=60))
def test_the_shadow_keeps_every_offset(before: str, raised: str, after: str) -> None:
    coded = (Text(before), Open(1, "sup"), Text(raised), Close(1), Text(after))
    assert len(shadow(coded)) == len(plain_text(coded))
    assert len(fold(before)) == len(before)


@pytest.mark.parametrize("language", ["en", "zh", "es", "de", "fr", "ja"])
def test_a_raised_code_and_unicode_read_alike(language: str) -> None:
    coded = (Text("5 × 10"), Open(1, "sup"), Text("-9"), Close(1), Text("/L"))
    (one,) = read(shadow(coded), language).numbers
    (other,) = read("5 × 10⁻⁹/L", language).numbers
    assert one.readings[0].value == other.readings[0].value == Decimal("5E-9")


@pytest.mark.parametrize(
    "text",
    ["1 " * 3000, "v" + "1" * 39 + " x5 " * 200, "3.14, " * 2000, "10^9 ± " * 500, "1,2" * 1500, "9" * 5000, "第1周期第1天" * 300, "三千" * 1500, "Cycle " + "7" * 5000 + " Day 1"],
)  # fmt: skip
def test_hostile_rows_of_numbers_are_read_in_seconds(text: str) -> None:
    started = time.process_time()
    run(text, text.replace("1", "2", 7), ("en", "zh"))
    assert time.process_time() - started < 5
