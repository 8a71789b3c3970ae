"""Simulated translations: codes, numbers, units, dates and terms as a careful translator would leave them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.simulate.translation import Term, translate

TAG = re.compile(r"<\\*/?\d{1,6}/?>")


@pytest.mark.parametrize(
    ("source", "a", "b", "held"),
    [
        (
            "受试者应在<1>第24周</1>前接受至少5.0 mg/kg的XYZ-101治疗。",
            "zh",
            "en",
            ["24 weeks</1>", "at least", "5.0 mg/kg", "XYZ-101"],
        ),
        ("2024年3月5日共入组1.5万例", "zh", "en", ["5 March 2024", "15,000"]),
        ("2024年3月5日共入组1.5万例", "zh", "de", ["5. März 2024", "15.000"]),
        ("10<1>9</1>/L", "zh", "de", ["10<1>9</1>/L"]),
        ("n = 1,234 on March 5, 2024; 0.05 mg", "en", "es", ["1.234", "5 de marzo de 2024", "0,05 mg"]),
        ("On 05-Mar-2024, not more than 12 hours.", "en", "zh", ["2024年3月5日", "不超过", "12", "小时", "。"]),
        (
            "https://a.org/x?y=1, a.b@c.org, NCT01234567, C1D15, 95% CI",
            "en",
            "ja",
            ["https://a.org/x?y=1", "a.b@c.org", "NCT01234567", "C1D15", "95%", "CI"],
        ),
        ("Section 5.2 and <\\1> stay", "en", "zh", ["5.2", "<\\1>"]),
        ("The Placebo arm", "en", "zh", ["安慰剂"]),
        ("Version 2.0", "en", "es", ["2.0"]),
        ("Kept <1>below</1> 37 °C, above 12 times.", "en", "es", ["<1>menos de</1> 37 °C", "más de 12 veces"]),
        ("Within 12.2 hours at 2.39 µM, was <1>4.73</1> L/h", "en", "es", ["12,2 horas", "2,39 µM", "</1> L/h"]),
        ("Equal to 8.83 times", "en", "es", ["8,83 veces"]),
        ("On 4 <1>November</1> 2018", "en", "es", ["4 <1>noviembre</1> 2018"]),
    ],
)
def test_what_must_stay_stays(source: str, a: str, b: str, held: list[str]) -> None:
    got = translate(source, a, b, (Term("placebo", "安慰剂"), Term("XYZ-101", keep=True)))
    assert not [h for h in held if h not in got], got


@pytest.mark.parametrize("target", ["zh-CN", "ja", "ko", "ru", "es", "de", "fr", "el", "th", "ar", "xx-unknown"])
def test_the_text_is_in_the_targets_script_and_not_the_source(target: str) -> None:
    got = translate("The patients were treated with care.", "en", target)
    assert got.lower() != "the patients were treated with care."
    ranges = {
        "zh-CN": r"[\u4e00-\u9fff]",
        "ja": r"[\u3040-\u30ff]",
        "ko": r"[\uac00-\ud7a3]",
        "ru": r"[а-я]",
        "el": r"[α-ω]",
    }
    assert re.search(ranges.get(target, r"\w"), got)
    assert not (target in ranges and re.search("[a-z]", got))


@given(st.text(max_size=120), st.sampled_from(["en", "zh", "es"]), st.sampled_from(["zh", "en", "ja", "de", "ru"]))
@settings(max_examples=300, deadline=None)
def test_any_text_keeps_its_tags_and_answers_the_same_twice(text: str, a: str, b: str) -> None:
    text = text.replace("a", "<1>x</1>").replace("b", "<2/>")
    got = translate(text, a, b)
    assert TAG.findall(got) == TAG.findall(text)
    assert translate(text, a, b) == got
    if any(c.isalnum() for c in text):
        assert got.strip()


@given(st.lists(st.integers(0, 99999), min_size=1, max_size=5), st.sampled_from(["zh", "es", "ja"]))
def test_whole_numbers_keep_their_digits(numbers: list[int], target: str) -> None:
    got = translate("Values " + " and ".join(map(str, numbers)) + " were found", "en", target)
    assert re.findall(r"\d+", got) == [str(n) for n in numbers]


@pytest.mark.parametrize("target", ["de", "zh"])
def test_headings_in_capitals_are_translated_and_abbreviations_are_not(target: str) -> None:
    heading = translate("2.<1/>QUALITATIVE AND QUANTITATIVE COMPOSITION", "en", target)
    assert "<1/>" in heading
    assert "QUALITATIVE" not in heading
    assert heading.upper() == heading
    assert translate("ICH GCP", "en", target) == "ICH GCP"
    assert "NASDAQ" in translate("The NASDAQ and NYSE listed it", "en", target)
