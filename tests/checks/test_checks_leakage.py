"""A11, A12, A13 and A17: tables of pairs that must and must not raise them."""

from __future__ import annotations

import pytest
from text_pairs import pair, raised

from docpipe.checks.leakage import longest_loop

FIRST = ("所有受试者均签署了知情同意书。", "All subjects signed the informed consent form.")
SECOND = ("主要终点为总生存期。", "The primary endpoint is overall survival.")
ENGLISH = ("The primary endpoint is overall survival.", "主要终点为总生存期，由研究者评估。")
SPANISH = (
    "Safety was assessed by the investigator at each visit.",
    "El investigador evaluó la seguridad en cada visita.",
)
GERMAN = (
    "Safety was assessed by the investigator at each visit.",
    "Der Prüfer beurteilte die Sicherheit bei jedem Besuch.",
)

LEAKS = [
    (
        "不良事件按MedDRA编码。",
        "Adverse events were coded with MedDRA. All subjects signed the informed consent form.",
        "zh-en",
        FIRST,
        SECOND,
    ),
    (
        "不良事件按MedDRA编码。",
        "The primary endpoint is overall survival. Adverse events were coded with MedDRA.",
        "zh-en",
        FIRST,
        SECOND,
    ),
    ("不良事件按MedDRA编码。", "All subjects signed the informed consent form.", "zh-en", FIRST, SECOND),
    ("不良事件按MedDRA编码。", "Adverse events 主要终点为总生存期 were coded.", "zh-en", FIRST, SECOND),
    ("Adverse events were coded.", "不良事件已编码。主要终点为总生存期，由研究者评估。", "en-zh", ("", ""), ENGLISH),
    ("Adverse events were coded.", "主要终点为总生存期，由研究者评估。", "en-zh", ENGLISH, ("", "")),
    (
        "Doses were reduced.",
        "Se redujeron las dosis. El investigador evaluó la seguridad en cada visita.",
        "en-es",
        SPANISH,
        ("", ""),
    ),
    ("Doses were reduced.", "El investigador evaluó la seguridad en cada visita.", "en-es", ("", ""), SPANISH),
    (
        "Doses were reduced.",
        "Der Prüfer beurteilte die Sicherheit bei jedem Besuch. Dosen wurden reduziert.",
        "en-de",
        GERMAN,
        ("", ""),
    ),
    (
        "Doses were reduced.",
        "Dosen wurden reduziert. Safety was assessed by the investigator at each visit.",
        "en-de",
        GERMAN,
        ("", ""),
    ),
]
NO_LEAKS = [
    ("不良事件按MedDRA编码。", "Adverse events were coded with MedDRA.", "zh-en", FIRST, SECOND),
    (FIRST[0], FIRST[1], "zh-en", FIRST, SECOND),
    ("次要终点为总生存期。", "The secondary endpoint is overall survival.", "zh-en", FIRST, SECOND),
    ("总生存期为主要终点。", "The primary endpoint is overall survival.", "zh-en", FIRST, SECOND),
    ("安慰剂", "Placebo", "zh-en", ("对照", "Placebo"), ("", "")),
    ("Result", "结果", "en-zh", ("Results", "结果"), ("Outcome", "结果")),
    ("Safety was assessed by the investigator.", "El investigador evaluó la seguridad.", "en-es", SPANISH, ("", "")),
    ("Week 1", "Woche 1", "en-de", ("Week 2", "Woche 2"), ("Week 3", "Woche 3")),
    ("Smith J, Jones K. N Engl J Med 2020;382:1708-20.", "Smith J, Jones K. N Engl J Med 2020;382:1708-20.", "en-zh",
     ("Smith J, Jones K. N Engl J Med 2020;382:1708-21.", "Smith J, Jones K. N Engl J Med 2020;382:1708-21."), ("", "")),
    ("Yes", "是", "en-zh", ("Y", "是"), ("", "")),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages", "before", "after"), LEAKS)
def test_the_neighbours_text_in_a_target_is_found(
    source: str, target: str, languages: str, before: tuple[str, str], after: tuple[str, str]
) -> None:
    assert raised("A11", pair(source, target, languages, before=before, after=after))


@pytest.mark.parametrize(("source", "target", "languages", "before", "after"), NO_LEAKS)
def test_like_sentences_beside_each_other_are_no_leak(
    source: str, target: str, languages: str, before: tuple[str, str], after: tuple[str, str]
) -> None:
    assert not raised("A11", pair(source, target, languages, before=before, after=after))


TALK = [
    ("受试者接受治疗。", "Here is the translation: Subjects were treated.", "zh-en"),
    ("受试者接受治疗。", "Sure! Here's the translated text: Subjects were treated.", "zh-en"),
    ("受试者接受治疗。", "Translation: Subjects were treated.", "zh-en"),
    ("受试者接受治疗。", "I'm sorry, but I can't assist with that.", "zh-en"),
    ("受试者接受治疗。", "I cannot translate this text.", "zh-en"),
    ("受试者接受治疗。", "As an AI language model, I do not have access.", "zh-en"),
    ("受试者接受治疗。", "Subjects were treated. (Note: I kept the tags in the translation.)", "zh-en"),
    ("受试者接受治疗。", "Subjects were treated. Let me know if you need anything else!", "zh-en"),
    ("受试者接受治疗。", '```json\n{"id": 1}', "zh-en"),
    ("受试者接受治疗。", '{"text": "Subjects were treated."}', "zh-en"),
    ("Subjects were treated.", "以下是翻译：受试者接受治疗。", "en-zh"),
    ("Subjects were treated.", "译文：受试者接受治疗。", "en-zh"),
    ("Subjects were treated.", "抱歉，我无法翻译该内容。", "en-zh"),
    ("Subjects were treated.", "作为一个人工智能语言模型，我没有", "en-zh"),
    ("Subjects were treated.", "受试者接受治疗。（注：此处译为治疗）", "en-zh"),
    ("Subjects were treated.", "翻译如下：受试者接受治疗。", "en-zh"),
    ("Subjects were treated.", "Aquí está la traducción: Los sujetos fueron tratados.", "en-es"),
    ("Subjects were treated.", "Lo siento, pero no puedo ayudar con eso.", "en-es"),
    ("Subjects were treated.", "Como modelo de lenguaje, no tengo acceso.", "en-es"),
    ("Subjects were treated.", "Traducción al español: Los sujetos fueron tratados.", "en-es"),
    ("Subjects were treated.", "Hier ist die Übersetzung: Die Probanden wurden behandelt.", "en-de"),
    ("Subjects were treated.", "Es tut mir leid, aber das geht nicht.", "en-de"),
    ("Subjects were treated.", "Übersetzung: Die Probanden wurden behandelt.", "en-de"),
    ("Subjects were treated.", "Als KI-Sprachmodell habe ich keinen Zugriff. Als KI bin ich begrenzt.", "en-de"),
    ("Subjects were treated.", "Voici la traduction : Les sujets ont été traités.", "en-fr"),
    ("Subjects were treated.", "Je suis désolé, mais je ne peux pas répondre.", "en-fr"),
    ("Subjects were treated.", "以下は翻訳です：被験者は治療を受けた。", "en-ja"),
]
NO_TALK = [
    ("以下是翻译：", "Here is the translation:", "zh-en"),
    ("翻译：王医生", "Translation: Dr. Wang", "zh-en"),
    ("很抱歉，我不能参加。", "I'm sorry, but I cannot come.", "zh-en"),
    ("I am sorry that I cannot join the trial.", "抱歉，我无法参加试验。", "en-zh"),
    ("The informed consent form was translated into Spanish.", "El consentimiento informado se tradujo al español. Texto traducido: sí", "en-es"),
    ("Source text: original document", "Ausgangstext: Originaldokument", "en-de"),
    ("Note: the dose was kept.", "注：剂量保持不变。", "en-zh"),
    ("The AI algorithm reads the images.", "Der KI-Algorithmus liest die Bilder. Als KI bezeichnet", "en-de"),
    ("The patients were not able to walk.", "Los pacientes no pudieron caminar.", "en-es"),
    ("患者无法行走。", "The patients were unable to walk.", "zh-en"),
    ("Regrettably, the sample was lost.", "Es tut mir leid, die Probe ging verloren.", "en-de"),
    ("See the translation certificate.", "Siehe Übersetzung: Zertifikat", "en-de"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), TALK)
def test_a_models_own_words_are_found(source: str, target: str, languages: str) -> None:
    assert raised("A12", pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), NO_TALK)
def test_words_that_the_source_explains_are_let_pass(source: str, target: str, languages: str) -> None:
    assert not raised("A12", pair(source, target, languages))


ADDED = [
    ("受试者接受治疗。", "Subjects were treated (NCT01234567).", "zh-en"),
    ("受试者接受治疗。", "Subjects were treated, see https://example.org.", "zh-en"),
    ("联系申办者。", "Contact the sponsor at info@example.org.", "zh-en"),
    ("The protocol was amended.", "方案ABC-123-45已修订。", "en-zh"),
    ("The protocol was amended.", "方案（CTR20210001）已修订。", "en-zh"),
    ("The protocol was amended.", "El protocolo XYZ-2021-004 fue enmendado.", "en-es"),
    ("The protocol was amended.", "El protocolo 2020-001234-56 fue enmendado.", "en-es"),
    ("Inhibitors were forbidden.", "CYP2C19-Hemmer waren verboten.", "en-de"),
    ("The file is attached.", "Die Datei protocol-v2.pdf liegt bei.", "en-de"),
    ("Substance in water", "Sustancia (CAS 50-78-2) en agua", "en-es"),
]
NOT_ADDED = [
    ("细胞色素P450 3A4抑制剂", "CYP3A4 inhibitors", "zh-en"),
    ("世界卫生组织", "WHO", "zh-en"),
    ("聚合酶链式反应", "PCR", "zh-en"),
    ("方案ABC-123-45", "Protocol ABC-123-45", "zh-en"),
    ("方案ＡＢＣ－１２３－４５", "Protocol ABC-123-45", "zh-en"),
    ("Protocol ABC‑123‑45", "方案ABC-123-45", "en-zh"),
    ("interleukin 6", "IL-6", "en-es"),
    ("Hepatitis B", "Hepatitis B", "en-de"),
    ("http://a.example.org/x", "http://a.example.org/x。", "en-zh"),
    ("Type 2 diabetes", "DMT2", "en-es"),
    ("Day 1 of cycle 2", "C2D1", "en-de"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), ADDED)
def test_an_identifier_without_source_is_found(source: str, target: str, languages: str) -> None:
    assert raised("A13", pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), NOT_ADDED)
def test_abbreviations_of_what_the_source_says_are_no_addition(source: str, target: str, languages: str) -> None:
    assert not raised("A13", pair(source, target, languages))


LOOPS = [
    ("受试者接受治疗。", "Subjects were treated treated treated treated treated treated.", "zh-en"),
    ("受试者接受治疗。", "Subjects were treated and followed and followed and followed and followed.", "zh-en"),
    ("Subjects were treated.", "受试者受试者受试者受试者受试者接受治疗。", "en-zh"),
    ("Subjects were treated.", "治治治治治治", "en-zh"),
    (
        "Subjects were treated.",
        "Los sujetos fueron tratados, los sujetos fueron tratados, los sujetos fueron tratados.",
        "en-es",
    ),
    ("Subjects were treated.", "Die Probanden die Probanden die Probanden wurden behandelt.", "en-de"),
    ("Subjects were treated.", "被験者は治療を受けた。被験者は治療を受けた。被験者は治療を受けた。", "en-ja"),
    ("Subjects were treated.", "Les sujets ont ont ont ont été traités.", "en-fr"),
    ("Subjects were treated.", "in the in the in the in the in the group", "zh-en"),
    ("Subjects were treated.", "研究" * 30, "en-zh"),
]
NO_LOOPS = [
    ("0 0 0 0 0", "0 0 0 0 0", "en-zh"),
    ("____________", "____________", "en-zh"),
    ("哈哈哈哈", "ha ha ha ha", "zh-en"),
    ("NA NA NA NA", "NA NA NA NA", "en-de"),
    ("very very good", "sehr, sehr gut", "en-de"),
    ("Day 1, Day 2, Day 3, Day 4", "第1天、第2天、第3天、第4天", "en-zh"),
    ("Tag für Tag für Tag", "day by day by day", "de-en"),
    ("The more the better", "Cuanto más más mejor", "en-es"),
    ("AAAAAAA motif", "AAAAAAA-Motiv", "en-de"),
    ("一一对应", "One-to-one", "zh-en"),
    ("A, B, A, B", "A、B、A、B", "en-zh"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target", "languages"), LOOPS)
def test_a_loop_is_found(source: str, target: str, languages: str) -> None:
    assert raised("A17", pair(source, target, languages))


@pytest.mark.parametrize(("source", "target", "languages"), NO_LOOPS)
def test_repetitions_of_the_source_are_no_loop(source: str, target: str, languages: str) -> None:
    assert not raised("A17", pair(source, target, languages))


def test_the_span_of_a_loop_is_the_loop() -> None:
    times, size, (start, end) = longest_loop("We saw the cat the cat the cat run.")
    assert (times, size, "We saw the cat the cat the cat run."[start:end]) == (3, 2, "the cat the cat the cat")
