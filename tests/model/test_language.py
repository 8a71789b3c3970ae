"""Language codes are normalised, refused with a clear error, and carry facts of script."""

from __future__ import annotations

import pytest

from docpipe.errors import UnknownLanguage
from docpipe.model.language import normal, primary, region, right_to_left, same, script, spaceless


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("en", "en"), ("EN_us", "en-US"), ("zh-cn", "zh-CN"), ("ZH_hans_cn", "zh-Hans-CN"), ("zh-Hant", "zh-Hant"),
        ("zh-TW", "zh-TW"), ("ja", "ja"), ("pt-br", "pt-BR"), ("iw", "he"), ("eng", "en"), ("cmn-Hans", "zh-Hans"),
        ("es-419", "es-419"), ("de-1996", "de-1996"), (" fr ", "fr"), ("yue-HK", "yue-HK"), ("sr-Latn-RS", "sr-Latn-RS"),
    ],
)  # fmt: skip
def test_a_code_takes_its_usual_form(given: str, wanted: str) -> None:
    assert normal(given) == wanted
    assert normal(wanted) == wanted


@pytest.mark.parametrize(
    "code", ["", "xx", "klingon", "english", "en-QQ1", "zh-Foo", "en-x-private", "e", "-", "en-", "en--US"]
)
def test_an_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownLanguage):
        normal(code)


def test_scripts_follow_from_language_and_subtag() -> None:
    table = {
        "en": "Latin", "zh-CN": "Han", "zh-TW": "Han", "ja": "Japanese", "ko": "Korean", "ru": "Cyrillic", "ar": "Arabic",
        "he": "Hebrew", "el": "Greek", "sr": "Cyrillic", "sr-Latn": "Latin", "th": "Thai", "hi": "Devanagari", "vi": "Latin",
    }  # fmt: skip
    assert {code: script(code) for code in table} == table


def test_only_chinese_and_japanese_write_sentences_without_a_space() -> None:
    assert [c for c in ("en", "zh-CN", "ja", "ko", "th", "ru", "yue") if spaceless(c)] == ["zh-CN", "ja", "yue"]


def test_parts_of_a_code() -> None:
    assert primary("pt-BR") == "pt"
    assert region("pt-BR") == "BR"
    assert region("zh-Hans") == ""
    assert right_to_left("ar-EG")
    assert not right_to_left("en")


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("en", "en-US", True), ("en-GB", "en-US", False), ("zh", "zh-CN", True), ("zh-Hans", "zh-CN", True),
        ("zh-Hans", "zh-TW", False), ("zh-Hant", "zh-HK", True), ("zh-CN", "zh-SG", True), ("de", "nl", False),
        ("sr-Latn", "sr", False),
    ],
)  # fmt: skip
def test_codes_that_may_stand_for_each_other(one: str, other: str, wanted: bool) -> None:
    assert same(one, other) is wanted
    assert same(other, one) is wanted
