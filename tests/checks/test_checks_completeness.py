"""A3 to A9 and A18: tables of pairs that must and must not raise them."""

from __future__ import annotations

import pytest
from text_pairs import hit, pair, raised

from docpipe.model.document import BlockKind
from docpipe.model.segment import OriginKind


@pytest.mark.parametrize("target", ["", " ", "\u200b", "\u00a0\u3000", "\n\t"])
@pytest.mark.parametrize("source", ["受试者", "Placebo", "5 mg", "N = 45"])
def test_a_target_without_text_is_found(source: str, target: str) -> None:
    given = pair(source, target, "zh-en")
    assert raised("A3", given) is (target == "")
    assert raised("A4", given) is (target != "")


def test_a_source_of_codes_alone_needs_no_target() -> None:
    for source, target in (("<1/>", "<1/>"), ("", ""), (" ", ""), ("<1></1>", "<1></1>"), ("\u200b", "")):
        assert not raised("A3", pair(source, target))
        assert not raised("A4", pair(source, target))


@pytest.mark.parametrize(
    ("source", "target"), [("", "文本"), (" ", "text"), ("<1/>", "<1/>x"), ("\u00a0", "No."), ("\t", "5")]
)
def test_text_that_no_source_has_is_found(source: str, target: str) -> None:
    assert raised("A5", pair(source, target))


SAME = [
    ("The study was completed.", "en-zh"),
    ("Placebo", "en-zh"),
    ("Baseline", "en-ja"),
    ("Adverse Events Leading to Discontinuation", "en-zh"),
    ("Adverse Events Leading to Discontinuation", "en-es"),
    ("Adverse Events", "en-de"),
    ("Baseline", "en-de"),
    ("Number of subjects (%)", "en-es"),
    ("Study drug was stored at 2-8 °C.", "en-de"),
    ("受试者", "zh-en"),
    ("安慰剂 10 mg", "zh-en"),
    ("给药前", "zh-de"),
    ("研究方案编号：ABC-001", "zh-es"),
    ("Los pacientes recibieron 5 mg.", "es-en"),
    ("Acontecimientos adversos", "es-en"),
    ("Unerwünschte Ereignisse", "de-en"),
    ("Behandlung", "de-en"),
    ("discontinued", "en-zh"),
    ("患者登録", "ja-en"),
    ("随机双盲试验", "zh-ja"),
]
NOT_SAME = [
    ("12.5", "en-zh"), ("N = 45", "en-zh"), ("NCT01234567", "zh-en"), ("10 mg/kg", "en-es"), ("Escherichia coli", "en-zh"),
    ("ALT, AST", "en-de"), ("HbA1c (%)", "en-zh"), ("a.b@example.org", "en-zh"), ("https://www.ema.europa.eu/en", "en-de"),
    ("Placebo", "en-de"), ("Hospital", "en-es"), ("Total", "en-es"), ("Smith J, Jones K. N Engl J Med 2020;382:1708-20.", "en-zh"),
    ("Pfizer Inc.", "en-zh"), ("John Smith", "en-zh"), ("in vitro", "en-zh"), ("mRNA", "en-zh"), ("p < 0.001", "en-es"),
    ("C57BL/6", "en-zh"), ("5–10", "en-zh"), ("CYP3A4", "zh-en"), ("Dr. Hans Meier", "de-en"), ("IgG4", "en-ja"), ("結果", "zh-ja"),
    ("SD", "en-zh"), ("m5/53-clin/study.pdf", "en-zh"), ("Hotel Central", "en-es"), ("±", "en-zh"), ("Merck Sharp & Dohme", "en-zh"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "languages"), SAME)
def test_a_source_left_as_it_is_is_found(text: str, languages: str) -> None:
    assert raised("A6", pair(text, text, languages))


@pytest.mark.parametrize(("text", "languages"), NOT_SAME)
def test_what_stays_the_same_in_every_language_is_let_pass(text: str, languages: str) -> None:
    assert not raised("A6", pair(text, text, languages))
    assert not raised("A7", pair(text, text, languages))
    assert not raised("A18", pair(text, text, languages))


def test_a_do_not_translate_term_may_equal_its_source() -> None:
    text = "Lumivexan Extra strong"
    kept = hit(text, "Lumivexan Extra strong", ("", "do-not-translate"))
    assert not raised("A6", pair(text, text, "en-zh", terms=(kept,)))
    assert not raised("A6", pair("Placebo", "Placebo", "en-zh", origin=OriginKind.SAME))


RESIDUE = [
    ("受试者接受安慰剂治疗。", "Subjects received 安慰剂 treatment.", "zh-en"),
    ("本研究为随机研究。", "This study is 随机.", "zh-en"),
    ("不良事件", "Adverse 事件", "zh-de"),
    ("给药后第1天", "Día 1 后", "zh-es"),
    ("（见表1）", "(see 表 1)", "zh-en"),
    ("患者は投与された", "Patients were 投与された", "ja-en"),
    ("Patients were randomised to receive placebo.", "患者 were randomised to receive placebo。", "en-zh"),
    (
        "Subjects who discontinued the treatment early were followed.",
        "对 who discontinued the treatment early 进行了随访。",
        "en-zh",
    ),
    ("Efficacy and safety", "有效性 and 安全性", "en-zh"),
    ("The dose of the drug", "药物 of 剂量", "en-zh"),
    (
        "The patients who were in the control group died.",
        "Los pacientes who were in the control group murieron.",
        "en-es",
    ),
    (
        "The mean age of the subjects in this study was 45 years.",
        "Das mittlere Alter of the subjects in this study betrug 45 Jahre.",
        "en-de",
    ),
]
NO_RESIDUE = [
    ("中国北京", "Beijing, China", "zh-en"),
    ("Patients received placebo.", "患者接受安慰剂（placebo）。", "en-zh"),
    ("Treated with CYP3A4 inhibitors", "接受CYP3A4抑制剂治疗", "en-zh"),
    ("Escherichia coli was found in vitro.", "体外发现Escherichia coli（in vitro）。", "en-zh"),
    ("Published in The New England Journal of Medicine.", "发表于《The New England Journal of Medicine》。", "en-zh"),
    ("N Engl J Med 2020;382:1708-20", "N Engl J Med 2020;382:1708-20", "en-zh"),
    ("mRNA level", "mRNA水平", "en-zh"),
    ("The sponsor is Merck Sharp and Dohme.", "申办者为Merck Sharp and Dohme。", "en-zh"),
    ("See https://www.fda.gov/the/of/and/for", "见https://www.fda.gov/the/of/and/for", "en-zh"),
    ("Hospital Universitario de la Paz", "La Paz University Hospital (Hospital Universitario de la Paz)", "es-en"),
    ("The placebo group", "El grupo placebo", "en-es"),
    ("p value", "p值", "en-zh"),
    ("The trial was done in Berlin in the Charité", "Die Prüfung fand in Berlin in der Charité statt", "en-de"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), RESIDUE)
def test_a_rest_of_the_source_is_found(source: str, target: str, languages: str) -> None:
    assert raised("A7", pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), NO_RESIDUE)
def test_names_and_asides_are_no_rest(source: str, target: str, languages: str) -> None:
    assert not raised("A7", pair(source, target, languages))


def test_a_kept_chinese_name_is_no_rest() -> None:
    text = "由中国恒瑞医药生产"
    kept = hit(text, "恒瑞", ("恒瑞", "do-not-translate"))
    assert not raised("A7", pair(text, "Made by 恒瑞 of China", "zh-en", terms=(kept,)))


CUT = [
    ("所有受试者均签署了知情同意书，并完成了筛选。", "All subjects signed the informed consent form and", "zh-en"),
    ("所有受试者均签署了知情同意书。", "All subjects signed the informed", "zh-en"),
    ("The patients were randomised in a 2:1 ratio to receive drug or placebo.", "患者按2:1的比例随机分组，", "en-zh"),
    (
        "The patients were randomised in a 2:1 ratio to receive drug or placebo.",
        "患者按2:1的比例随机分组接受药",
        "en-zh",
    ),
    ("The patients were randomised to drug or placebo.", "Los pacientes fueron aleatorizados a fármaco o", "en-es"),
    ("The patients were randomised to drug or placebo.", "Die Patienten wurden randomisiert und der", "en-de"),
    ("The patients were randomised to drug or placebo.", "Los pacientes fueron aleatorizados (", "en-es"),
    ("Were there any serious adverse events?", "是否发生了任何严重", "en-zh"),
    ("Patients were treated for 12 weeks (see Table 3).", "患者接受了12周治疗（", "en-zh"),
    (
        "Sponsor responsibilities include monitoring of the trial",
        "Las responsabilidades del promotor incluyen el",
        "en-es",
    ),
    ("Die Prüfung wurde vorzeitig beendet.", "The trial was terminated", "de-en"),
    ("Los sujetos recibieron el tratamiento asignado.", "The subjects received the", "es-en"),
]
NOT_CUT = [
    ("所有受试者均签署了知情同意书。", "All subjects signed the informed consent form.", "zh-en"),
    ("All subjects signed the consent form.", "所有受试者均签署了知情同意书。", "en-zh"),
    ("He said “no treatment is needed.”", "他说“无需治疗”。", "en-zh"),
    ("All subjects were treated (see Table 1).", "所有受试者均接受治疗（见表1）。", "en-zh"),
    ("Primary objective:", "主要目的：", "en-zh"),
    ("Study drug was made by Example Pharma Inc.", "试验药物由Example制药公司生产", "en-zh"),
    ("Apples, pears, plums etc.", "苹果、梨、李子等", "en-zh"),
    ("N = 45.", "N = 45", "en-zh"),
    ("The following criteria were applied:", "Se aplicaron los siguientes criterios:", "en-es"),
    ("All patients were treated;", "Alle Patienten wurden behandelt;", "en-de"),
    ("Overall response rate in the full analysis set", "全分析集中的总缓解率", "en-zh"),
    ("The trial was stopped.<1/>", "试验终止。<1/>", "en-zh"),
    ("The trial was stopped early for futility!", "¡El ensayo se interrumpió por futilidad!", "en-es"),
    ("Dose was reduced, then stopped.", "先减量，后停药。*", "en-zh"),
    ("Patients treated with", "接受治疗的患者：", "en-zh"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), CUT)
def test_a_target_that_stops_early_is_found(source: str, target: str, languages: str) -> None:
    assert raised("A9", pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), NOT_CUT)
def test_a_target_that_ends_as_its_source_is_whole(source: str, target: str, languages: str) -> None:
    assert not raised("A9", pair(source, target, languages))


def test_a_heading_may_lack_the_full_stop() -> None:
    for kind in (BlockKind.HEADING, BlockKind.CELL, BlockKind.CAPTION):
        assert not raised(
            "A9", pair("Summary of the main results of part two.", "第二部分主要结果摘要", "en-zh", block=kind)
        )


WRONG = [
    ("Patients received the study drug once daily.", "Patients received the study drug once daily.", "en-zh"),
    ("Patients received the study drug once daily.", "Los pacientes recibieron el fármaco.", "en-zh"),
    ("患者每日一次接受试验药物。", "患者每日一次接受试验药物治疗。", "zh-en"),
    ("患者每日一次接受试验药物。", "被験者は治験薬を投与された。", "zh-en"),
    ("Patients received the study drug once daily.", "被験者は治験薬を1日1回投与された。", "en-zh"),
    ("Patients received the study drug once daily in the study.", "患者每日一次接受试验药物治疗并进行随访", "en-ja"),
    (
        "The patients were treated in the hospital for a week.",
        "Les patients ont été traités à l'hôpital pendant une semaine.",
        "en-es",
    ),
    (
        "The patients were treated in the hospital for a week.",
        "The patients were treated in the hospital for one week.",
        "en-es",
    ),
    (
        "The patients were treated in the hospital for a week.",
        "Los pacientes fueron tratados en el hospital durante una semana.",
        "en-de",
    ),
    (
        "Die Patienten wurden eine Woche lang im Krankenhaus behandelt.",
        "Die Patienten wurden eine Woche im Krankenhaus behandelt.",
        "de-en",
    ),
    ("The patients were treated in the hospital.", "Пациенты лечились в больнице.", "en-de"),
    ("The patients were treated in the hospital.", "تم علاج المرضى في المستشفى.", "en-es"),
    ("患者接受治疗并随访。", "환자는 치료를 받았다.", "zh-en"),
]
RIGHT = [
    ("Placebo", "Placebo", "en-zh"), ("N = 45", "N = 45", "en-zh"), ("N = 45", "N = 45", "en-ja"), ("Placebo", "Placebo", "en-de"),
    ("Hospital", "Hospital", "en-es"), ("CYP3A4, CYP2D6 and UGT1A1", "CYP3A4、CYP2D6和UGT1A1", "en-zh"),
    ("Merck Sharp & Dohme Corp., Whitehouse Station, New Jersey", "Merck Sharp & Dohme Corp., Whitehouse Station, New Jersey", "en-zh"),
    ("ALT (U/L)", "ALT (U/L)", "en-zh"), ("北京协和医院", "Peking Union Medical College Hospital", "zh-en"),
    ("The patients were treated.", "Die Patienten wurden behandelt.", "en-de"), ("The patients were treated.", "患者接受了治疗。", "en-zh"),
    ("Intention-to-treat population", "Intention-to-Treat-Population", "en-de"), ("患者", "Patients", "zh-en"),
    ("The ITT set", "El conjunto ITT", "en-es"), ("Staphylococcus aureus, Escherichia coli", "Staphylococcus aureus, Escherichia coli", "en-zh"),
    ("Analysis of covariance (ANCOVA)", "协方差分析（ANCOVA, analysis of covariance）", "en-zh"), ("0.9% NaCl", "0,9 % NaCl", "en-de"),
    ("表皮生长因子受体", "EGFR", "zh-en"), ("The patients were treated in the ward and sent home.", "Los pacientes fueron tratados en la sala y enviados a casa.", "en-es"),
    ("治験実施計画書", "治験実施計画書", "en-ja"), ("Subject", "対象", "en-ja"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), WRONG)
def test_a_target_in_another_language_is_found(source: str, target: str, languages: str) -> None:
    assert raised("A18", pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), RIGHT)
def test_short_texts_names_and_codes_have_no_language(source: str, target: str, languages: str) -> None:
    assert not raised("A18", pair(source, target, languages))


def test_traditional_for_simplified_characters_is_found() -> None:
    from dataclasses import replace

    given = pair("The subjects were treated.", "對這個試驗的結論進行過認真審議，還沒有開會。", "en-zh")
    assert raised("A18", replace(given, target_language="zh-CN"))
    assert not raised("A18", replace(given, target_language="zh-TW"))
    assert not raised("A18", given)
