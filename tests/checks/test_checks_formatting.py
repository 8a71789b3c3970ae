"""D8 to D10 and D14 to D16: what codes stand for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from text_pairs import pair, raised

from docpipe.checks.runner import run_checks
from docpipe.model.inline import CodedText, Open, Text, merge_text
from docpipe.registry import checks

SUP = {1: "sup", 2: "sub", 3: "footnote", 4: "formula"}

LOST = [
    ("10<1>9</1>/L", "109<1>/L</1>", "en-zh"),
    ("10<1>9</1>/L", "10<1>8</1>/L", "en-zh"),
    ("10<1>9</1>/L", "109/L", "en-zh"),
    ("10<1>9</1>/L", "10<1></1>9/L", "en-es"),
    ("剂量<1>a</1>", "Dose<1>b</1>", "zh-en"),
    ("剂量<1>a</1>", "<1>Dose</1> a", "zh-en"),
    ("m<1>2</1>", "<1>m</1>2", "en-de"),
    ("CO<2>2</2>", "CO2<2>x</2>", "en-de"),
    ("Placebo<1>†</1> group1", "Placebogruppe<1>1</1>†", "en-de"),
    ("Dose<1>1,2</1>", "Dosis<1>1,3</1>", "en-es"),
    ("10<1>-3</1> mol", "10<1>3</1> mol", "en-zh"),
    ("AUC<2>0-24</2>", "AUC<2>0-12</2>", "en-zh"),
]
NOT_LOST = [
    ("10<1>9</1>/L", "10<1>9</1>/L", "en-zh"),
    ("m<1>２</1>", "m<1>2</1>", "zh-en"),
    ("5<1>th</1> day", "第5天<1></1>", "en-zh"),
    ("1<1>er</1> jour", "day 1<1></1>", "fr-en"),
    ("n.<1>o</1> 5", "No. 5<1></1>", "es-en"),
    ("C<2>max</2>", "C<2>max</2>", "en-zh"),
    ("剂量<1>注</1>", "Dose<1>note</1>", "zh-en"),
    ("10<1>−3</1>", "10<1>-3</1>", "en-zh"),
    ("Dose<1>1, 2</1>", "剂量<1>1，2</1>", "en-zh"),
    ("C<2>last</2>", "C<2>letzte</2>", "en-de"),
    ("AUC<2>0–24</2>", "AUC<2>0-24</2>", "en-zh"),
    ("see <3/>", "见<3/>", "en-zh"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), LOST)
def test_a_lost_superscript_or_subscript_is_found(source: str, target: str, languages: str) -> None:
    given = pair(source, target, languages, kinds=SUP)
    if "<" not in target:
        given = replace(given, source=pair(source, source, languages, kinds=SUP).source)
    assert raised("D9", given)


@pytest.mark.parametrize(("source", "target", "languages"), NOT_LOST)
def test_a_kept_superscript_raises_nothing(source: str, target: str, languages: str) -> None:
    assert not raised("D9", pair(source, target, languages, kinds=SUP))


MOVED = [
    ("p = <1>0.001</1> and 0.05", "p = 0,001 und <1>0,05</1>", "en-de"),
    ("p = <1>0.001</1> for the drug", "p = 0.001，<1>药物</1>", "en-zh"),
    ("第<1>12</1>周", "<1>Week</1> 12", "zh-en"),
    ("<1>45</1> subjects", "45 <1>sujetos</1>", "en-es"),
    ("<1>5 mg</1> or 10 mg", "5 mg oder <1>10 mg</1>", "en-de"),
    ("<1>NCT01234567</1> study", "NCT01234567<1>研究2</1>", "en-zh"),
    ("study <1>ABC-123</1>", "<1>estudio</1> ABC-123", "en-es"),
    ("<1>2.5</1> to 3.5", "2,5 a <1>3,5</1>", "en-es"),
    ("<1>100</1> (10)", "100 (<1>10</1>)", "en-de"),
    ("共<1>45</1>例", "a total of 45 <1>subjects</1>", "zh-en"),
]
NOT_MOVED = [
    ("p = <1>0.001</1>", "p = <1>0,001</1>", "en-de"),
    ("<1>1,000</1> subjects", "<1>1.000</1> Probanden", "en-de"),
    ("<1>the drug</1> 5 mg", "5 mg <1>药物</1>", "en-zh"),
    ("第<1>十二</1>周", "Week <1>12</1>", "zh-en"),
    ("<1>Table 3</1> shows", "<1>表3</1>显示", "en-zh"),
    ("<1>5 mg</1>", "<1>5毫克</1>", "en-zh"),
    ("<1>45</1> subjects", "<1>45 sujetos</1>", "en-es"),
    ("<1>CYP3A4</1>", "<1>CYP3A4</1>", "en-zh"),
    ("<1>(10 %)</1>", "<1>（10%）</1>", "de-zh"),
    ("<1>2024-03-05</1>", "<1>5 de marzo de 2024</1>", "en-es"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), MOVED)
def test_formatting_that_left_its_number_is_found(source: str, target: str, languages: str) -> None:
    assert raised("D8", pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), NOT_MOVED)
def test_formatting_that_stayed_raises_nothing(source: str, target: str, languages: str) -> None:
    assert not raised("D8", pair(source, target, languages))


@pytest.mark.parametrize(("mark", "name"), [(3, "D10"), (4, "D16")])
@pytest.mark.parametrize("languages", ["zh-en", "en-zh", "en-es", "en-de"])
def test_a_lost_note_mark_or_formula_is_told_once(mark: int, name: str, languages: str) -> None:
    given = pair(f"剂量 dose<{mark}/>.", "Dose 剂量。", languages, kinds=SUP)
    assert raised(name, given)
    assert [f.check[:3] for f in run_checks(checks(), given) if f.check[0] == "D"] == [name]
    assert not raised(name, pair(f"剂量<{mark}/>", f"<{mark}/>Dose", languages, kinds=SUP))


VARIABLES = [
    ("Dear {name}", "尊敬的{姓名}", "en-zh"),
    ("{name}您好", "Dear name", "zh-en"),
    ("Page %s of %d", "第%s页", "en-zh"),
    ("Dear ${user}", "Estimado $user", "en-es"),
    ("{{study}} study", "{study}-Studie", "en-de"),
    ("Sponsor: <<SPONSOR>>", "申办者：", "en-zh"),
    ("Sponsor: <<SPONSOR>>", "Promotor: <<PROMOTOR>>", "en-es"),
    ("Date: [●]", "日期：", "en-zh"),
    ("Date: [●] and [●]", "Fecha: [●]", "en-es"),
    ("Site «SITE_ID»", "Zentrum", "en-de"),
    ("Hello", "你好{name}", "en-zh"),
    ("%(count)s items", "%(zahl)s Posten", "en-de"),
]
NO_VARIABLES = [
    ("Dear {name}", "尊敬的{name}", "en-zh"),
    ("%s of %s", "%s / %s", "en-zh"),
    ("50% significant, 5 % did", "50 % significativo, 5 % dio", "en-es"),
    ("the so-called \"drug\"", "el llamado «fármaco»", "en-es"),
    ("p<<0.05", "p<<0,05", "en-de"),
    ("[●]", "［●］", "en-zh"),
    ("[1]", "[1]", "en-zh"),
    ("{ name }", "{name}", "en-zh"),
    ("100%d", "100%", "en-de"),
    ("{a} and {b}", "{b}和{a}", "en-zh"),
    ("[•]", "[●]", "en-de"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), VARIABLES)
def test_a_changed_variable_is_found(source: str, target: str, languages: str) -> None:
    assert raised("D14", pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), NO_VARIABLES)
def test_a_kept_variable_raises_nothing(source: str, target: str, languages: str) -> None:
    assert not raised("D14", pair(source, target, languages))


def test_a_link_that_leads_elsewhere_is_found() -> None:
    given = pair("See <1>here</1>.", "见<1>此处</1>。", "en-zh", kinds={1: "link"})
    other: CodedText = merge_text(replace(p, data="x") if isinstance(p, Open) else p for p in given.target)
    assert not raised("D15", given)
    assert raised("D15", replace(given, target=other))


def test_exchanged_addresses_of_two_links_are_found() -> None:
    kinds = {1: "link", 2: "link"}
    source = "<1>www.fda.gov/a</1> and <2>www.ema.europa.eu/b</2>"
    assert raised("D15", pair(source, "<2>www.fda.gov/a</2> und <1>www.ema.europa.eu/b</1>", "en-de", kinds=kinds))
    assert not raised("D15", pair(source, "<2>www.ema.europa.eu/b</2> und <1>www.fda.gov/a</1>", "en-de", kinds=kinds))


def test_a_lost_superscript_is_told_once() -> None:
    source = pair("10<1>9</1>/L", "", "en-zh", kinds=SUP).source
    given = replace(pair("", "109/L", "en-zh"), source=source)
    assert [f.check for f in run_checks(checks(), given) if f.check[0] == "D"] == ["D9.superscript-lost"]
    assert Text("109/L") in given.target
