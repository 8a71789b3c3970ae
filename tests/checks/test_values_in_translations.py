"""Single values in a translation: said or not, in the locale's figures, numerals or words; and with the group that they belong to."""

from __future__ import annotations

import pytest

from docpipe.checks.values import Comparison, in_order
from docpipe.model.inline import Text

SOURCE = "The study was completed by 18 subjects in the Placebo group and 17.5% in the Corvelast group on 02 July 2014."


def pair(target: str, language: str, source: str = SOURCE) -> Comparison:
    return Comparison((Text(source),), (Text(target),), "en", language)


def at(words: str, source: str = SOURCE) -> tuple[int, int]:
    start = source.index(words)
    return start, start + len(words)


@pytest.mark.parametrize(
    ("language", "target"),
    [
        ("zh", "安慰剂组18例受试者和Corvelast组17.5%于2014年7月2日完成研究。"),
        ("ja", "2014年7月2日、プラセボ群18例、Corvelast群17.5%が試験を完了した。"),
        ("de", "Am 02.07.2014 schlossen 18 Patienten der Placebogruppe und 17,5 % der Corvelastgruppe ab."),
    ],
)
def test_a_faithful_translation_says_every_value(language: str, target: str) -> None:
    found = pair(target, language)
    assert not [w for w in ("18", "17.5%", "02 July 2014") if found.unsaid(at(w))]


@pytest.mark.parametrize(
    ("language", "target", "lost"),
    [
        ("zh", "安慰剂组81例受试者和Corvelast组17.5%于2014年7月2日完成研究。", "18"),
        ("ja", "2014年7月2日、プラセボ群18例、Corvelast群15.7%が試験を完了した。", "17.5%"),
        ("ja", "2014年7月2日、プラセボ群13例、Corvelast群17.5%が試験を完了した。", "18"),
        (
            "de",
            "Am 02.08.2014 schlossen 18 Patienten der Placebogruppe und 17,5 % der Corvelastgruppe ab.",
            "02 July 2014",
        ),
    ],
)
def test_a_wrong_value_is_unsaid_and_no_other(language: str, target: str, lost: str) -> None:
    found = pair(target, language)
    assert [w for w in ("18", "17.5%", "02 July 2014") if found.unsaid(at(w))] == [lost]


def test_a_small_number_may_be_a_japanese_numeral() -> None:
    source = "There were 8 deaths."
    assert not pair("死亡は八例であった。", "ja", source).unsaid(at("8", source))
    assert pair("死亡は九例であった。", "ja", source).unsaid(at("8", source))


NAMES = {"Placebo": "安慰剂", "Low": "低剂量", "High": "高剂量"}
GROUPS = "Placebo 18, Low 12, and High 12 subjects."


def changed(target: str) -> list[str]:
    spans = {name: at(f"{name} {n}", GROUPS) for name, n in (("Placebo", 18), ("Low", 12), ("High", 12))}
    return pair(target, "zh", GROUPS).changed_places(spans, NAMES)


def test_values_that_change_groups_are_named_and_another_order_of_groups_is_fine() -> None:
    assert changed("安慰剂组18例、低剂量组12例、高剂量组12例。") == []
    assert changed("低剂量组12例、高剂量组12例、安慰剂组18例。") == []
    assert changed("安慰剂组12例、低剂量组18例、高剂量组12例。") == ["Placebo", "Low"]
    assert changed("安慰剂组81例、低剂量组12例、高剂量组12例、共12例。") == [], (
        "a value that is not there: another finding's affair"
    )
    assert changed("安慰剂组12例、低剂量组18例。") == [], "a group without a name in the target: nothing is said"


def test_places_go_up_together() -> None:
    assert in_order([3, 9, 20], [1, 7, 15])
    assert not in_order([3, 20, 9], [1, 7, 15])


def test_values_that_differ_in_their_decimals_alone_are_told_apart() -> None:
    source = "The mean (SD) dose was 0.0 (0.00) and 5347.3 (3680.35) in the Placebo and Low groups."
    names = {"Placebo": "安慰剂", "Low": "低剂量"}
    spans = {"Placebo": at("0.00", source), "Low": at("3680.35", source)}
    for first, second, said in (("0.00", "3680.35", []), ("3680.35", "0.00", ["Placebo", "Low"])):
        target = f"安慰剂组和低剂量组的平均（SD）剂量分别为0.0（{first}）和5347.3（{second}）。"
        assert pair(target, "zh", source).changed_places(spans, names) == said
