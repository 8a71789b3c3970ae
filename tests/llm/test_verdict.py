"""Tables of answers that stand and answers that must not."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from llm_builders import coded

from docpipe.llm.figures import clear_loss
from docpipe.llm.verdict import judge
from docpipe.model.inline import Text
from docpipe.model.terms import Term, TermHit, TermStatus

STANDS = [
    ("en", "zh", "The dose was <1>5 mg</1>.", "剂量为<1>5 mg</1>。"),
    ("zh", "en", "受试者应在<1>第24周</1>前接受治疗。", "Subjects should be treated before <1>Week 24</1>."),
    ("zh", "en", "共入组1.5万例。", "A total of 15,000 were enrolled."),
    ("zh", "en", "约3亿人", "About 300 million people"),
    ("en", "es", "1,234.5 mg", "1.234,5 mg"),
    ("en", "de", "On 5 March 2024", "Am 5. März 2024"),
    ("zh", "en", "2024年3月5日", "5 March 2024"),
    ("en", "zh", "Two doses of 10 mg", "2剂，每剂10 mg"),
    ("en", "zh", "twelve weeks", "12周"),
    ("en", "zh", "in the 1930s", "20世纪30年代"),
    ("en", "es", "Placebo", "Placebo"),
    ("en", "zh", "12.5", "12.5"),
    ("en", "zh", "XYZ-101", "XYZ-101"),
    ("en", "zh", "https://www.ema.europa.eu/en/x", "https://www.ema.europa.eu/en/x"),
    ("en", "es", "Smith J, et al. N Engl J Med 2019", "Smith J, et al. N Engl J Med 2019"),
    ("en", "zh", "[1,2,3]", "[1, 2, 3]"),
    ("en", "zh", "Figures differ ........................ 12", "数值不同 ........................ 12"),
    ("en", "fr", "Here is the translation of the leaflet.", "Voici la traduction de la notice."),
    ("en", "zh", "No", "否"),
    ("zh", "ja", "有効性", "有効性"),
    ("en", "zh", "<1>B</1> cell <2/>", "<2/><1>B</1>细胞"),
    ("zh", "en", "５０毫克", "50 mg"),
]  # fmt: skip

FALLS = [
    ("en", "zh", "The dose was <1>5 mg</1>.", "剂量为5 mg。", "<1>"),
    ("en", "zh", "The dose was <1>5 mg</1>.", "剂量为<1></1>5 mg。", "hold no words"),
    ("en", "zh", "The dose was given.", "", "empty"),
    ("en", "zh", "The dose was given.", "  ", "empty"),
    ("en", "zh", "The dose was given to all.", "The dose was given to all.", "source language"),
    ("zh", "en", "受试者应接受治疗。", "受试者应接受治疗。", "source language"),
    ("en", "es", "The patients were given the study drug at the site.", "Die Patienten erhielten das Prüfpräparat und the drug was in the site of study with a visit to be", "target language"),
    ("en", "zh", "The dose was given to all.", "La dosis fue administrada para todos los pacientes", "target language"),
    ("zh", "en", "受试者应接受治疗。", "Subjects 受试者应接受治疗 now", "target language"),
    ("en", "zh", "The dose was 5 mg.", "剂量为6 mg。", "5"),
    ("en", "zh", "The dose was 250 mg.", "剂量已给予。", "25"),
    ("en", "zh", "The dose was given.", "Here is the translation: 剂量已给予。", "assistant"),
    ("en", "zh", "The dose was given.", "以下是翻译：剂量已给予。", "assistant"),
    ("en", "zh", "The dose was given.", '```json 剂量已给予```', "markup"),
    ("en", "zh", "The dose was given.", '剂量已给予","id":"s2"', "markup"),
    ("en", "zh", "The dose was given.", "剂量" + "已给予了" * 40, "repeats"),
    ("en", "es", "The dose.", "La dosis " + " ".join(f"palabra{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(40)), "longer"),
    ("en", "zh", "The patients of the study were treated with care at all of the sites.", "患", "shorter"),
]  # fmt: skip


@pytest.mark.parametrize(("source_language", "target_language", "source", "target"), STANDS)
def test_a_faithful_answer_stands(source_language: str, target_language: str, source: str, target: str) -> None:
    verdict = judge(coded(source), target, source_language, target_language)
    assert not verdict.fault
    assert verdict.target is not None


@pytest.mark.parametrize(("source_language", "target_language", "source", "target", "word"), FALLS)
def test_a_broken_answer_falls_for_its_reason(
    source_language: str, target_language: str, source: str, target: str, word: str
) -> None:
    assert word in judge(coded(source), target, source_language, target_language).fault


def test_do_not_translate_terms_may_stand_as_they_are() -> None:
    text = "alpha beta gamma delta epsilon"
    hit = TermHit((0, len(text)), text, (Term("1", text, text, TermStatus.DO_NOT_TRANSLATE),))
    assert judge(coded(text), text, "en", "es").fault
    assert not judge(coded(text), text, "en", "es", (hit,)).fault


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [("5 and 7", "5 y 8", True), ("5.0 mg", "5 mg", False), ("0.5 mg", "0,5 mg", False), ("12 months", "doce meses", False),
     ("1 200 000", "1.200.000", False), ("n=345", "n=354", True), ("10⁹/L", "109/L", False), ("99 %", "99%", False),
     ("Day 45", "Tag", True), ("Phase 3", "III期", False)],
)  # fmt: skip
def test_only_clear_losses_of_figures_count(source: str, target: str, lost: bool) -> None:
    # A lost exponent or a lost zero is for the checks of numbers, not for this tripwire.
    assert bool(clear_loss(source, target)) is lost


@pytest.mark.parametrize(("name", "other"), [("tico19.en-zh.tmx", "zh"), ("tico19.en-fr.tmx", "fr")])
def test_translations_by_people_are_hardly_ever_rejected(shared: Callable[[str], Path], name: str, other: str) -> None:
    pairs = []
    for _, unit in ET.iterparse(shared("data/parallel") / name):
        if unit.tag == "tu":
            texts = [s.findtext("seg") or "" for s in unit.findall("tuv")]
            pairs.append((texts[0], texts[1]))
    pairs = [p for p in pairs if all(p)][::4]
    for one, two, a, b in (("en", other, 0, 1), (other, "en", 1, 0)):
        rejected = sum(bool(judge((Text(p[a]),), p[b], one, two).fault) for p in pairs)
        assert rejected <= 0.01 * len(pairs)
