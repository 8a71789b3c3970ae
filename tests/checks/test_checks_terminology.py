"""E1 to E3: terms of the termbase, inflected, forbidden, kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_pairs import hit, pair, raised

from docpipe.checks.runner import run_checks
from docpipe.checks.wording.inflection import occurrences, verbatim
from docpipe.registry import checks

FOUND = [
    ("adverse event", "Two adverse events occurred.", "en"),
    ("Subject", "all subjects' data", "en"),
    ("study", "several studies", "en"),
    ("analysis", "two analyses", "en"),
    ("dose", "three doses", "en"),
    ("diagnosis", "the diagnoses", "en"),
    ("study", "of this study", "en"),
    ("serious adverse event", "a serious adverse event", "en"),
    ("acontecimiento adverso", "los acontecimientos adversos graves", "es"),
    ("fármaco del estudio", "fármacos de los estudios", "es"),
    ("vez", "dos veces", "es"),
    ("paciente sano", "pacientes sanas", "es"),
    ("administración", "administraciones", "es"),
    ("unerwünschtes Ereignis", "unerwünschte Ereignisse", "de"),
    ("Prüfarzt", "des Prüfarztes und der Prüfärzte", "de"),
    ("Arzneimittel", "Prüfarzneimittelgabe", "de"),
    ("Studie", "in den Studien", "de"),
    ("Patient", "der Patientin und des Patienten", "de"),
    ("événement indésirable", "les événements indésirables", "fr"),
    ("essai", "des essais", "fr"),
    ("受试者", "所有受试者均", "zh"),
    ("EGFR 突变", "EGFR突变阳性", "zh"),
    ("不良事件", "不 良 事 件", "zh"),
    ("治験薬", "治験薬の投与", "ja"),
    ("AE", "all AEs", "en"),
    ("p-value", "p‑value", "en"),
    ("5-FU", "５－ＦＵ", "zh"),
]
NOT_FOUND = [
    ("adverse event", "adverse drug events", "en"),
    ("AE", "aerosol ae", "en"),
    ("age", "the average", "en"),
    ("dose", "dosing", "en"),
    ("sujeto", "sujeción", "es"),
    ("ensayo", "estudio", "es"),
    ("Prüfer", "Prüfung", "de"),
    ("Arzt", "Arznei", "de"),
    ("受试者", "患者", "zh"),
    ("治験薬", "治験", "ja"),
    ("IL-6", "IL-60", "zh"),
    ("Hand", "Behandlung", "de"),
]


@pytest.mark.parametrize(("term", "text", "language"), FOUND)
def test_an_inflected_term_is_found(term: str, text: str, language: str) -> None:
    spans = occurrences(term, text, language)
    assert spans
    assert all(0 <= a < b <= len(text) for a, b in spans)


@pytest.mark.parametrize(("term", "text", "language"), NOT_FOUND)
def test_another_word_is_not_the_term(term: str, text: str, language: str) -> None:
    assert occurrences(term, text, language) == []


SUBJECT = (("受试者", "preferred"), ("被试者", "allowed"), ("患者", "forbidden"))
TERMS = [
    ("E1", "subject", SUBJECT, "All subject data", "所有志愿者数据", "en-zh"),
    (
        "E1",
        "adverse event",
        (("acontecimiento adverso", "preferred"),),
        "An adverse event occurred.",
        "Ocurrió un evento adverso.",
        "en-es",
    ),
    (
        "E1",
        "adverse event",
        (("unerwünschtes Ereignis", "preferred"),),
        "An adverse event",
        "Ein Zwischenfall",
        "en-de",
    ),
    (
        "E1",
        "受试者",
        (("subject", "preferred"), ("participant", "allowed")),
        "受试者退出",
        "The patient withdrew",
        "zh-en",
    ),
    ("E1", "双盲", (("double-blind", "preferred"),), "双盲试验", "A masked trial", "zh-en"),
    ("E1", "placebo", (("安慰剂", "preferred"),), "placebo group", "对照组", "en-zh"),
    ("E1", "sponsor", (("promotor", "preferred"),), "The sponsor", "El patrocinador", "en-es"),
    ("E1", "sponsor", (("Sponsor", "preferred"),), "The sponsor", "Der Auftraggeber", "en-de"),
    ("E1", "Prüfarzt", (("investigator", "preferred"),), "Der Prüfarzt", "The doctor", "de-en"),
    ("E1", "criterio de valoración", (("endpoint", "preferred"),), "El criterio de valoración", "The target", "es-en"),
    ("E2", "subject", SUBJECT, "All subject data", "所有患者数据", "en-zh"),
    (
        "E2",
        "受试者",
        (("subject", "preferred"), ("patient", "forbidden")),
        "受试者退出",
        "The patients withdrew",
        "zh-en",
    ),
    (
        "E2",
        "sponsor",
        (("promotor", "preferred"), ("patrocinador", "forbidden")),
        "The sponsor",
        "Los patrocinadores",
        "en-es",
    ),
    (
        "E2",
        "adverse event",
        (("acontecimiento adverso", "preferred"), ("evento adverso", "forbidden")),
        "adverse event",
        "los eventos adversos",
        "en-es",
    ),
    (
        "E2",
        "subject",
        (("Prüfungsteilnehmer", "preferred"), ("Proband", "forbidden")),
        "The subject",
        "Den Probanden",
        "en-de",
    ),
    ("E2", "placebo", (("安慰剂", "preferred"), ("假药", "forbidden")), "placebo and placebo", "安慰剂和假药", "en-zh"),
    (
        "E2",
        "efficacy",
        (("Wirksamkeit", "preferred"), ("Effizienz", "forbidden")),
        "efficacy",
        "die Effizienz",
        "en-de",
    ),
    ("E2", "drug", (("药物", "preferred"), ("毒品", "forbidden")), "The drug", "该毒品", "en-zh"),
    ("E2", "药物", (("medicinal product", "preferred"), ("drug", "forbidden")), "药物", "drugs", "zh-en"),
    ("E2", "trial", (("ensayo", "preferred"), ("juicio", "forbidden")), "The trial", "El juicio", "en-es"),
    ("E3", "Lumivexan", (("", "do-not-translate"),), "Lumivexan was given", "给予卢米韦", "en-zh"),
    ("E3", "Lumivexan", (("Lumivexan", "do-not-translate"),), "Lumivexan was given", "Se dio lumivexán", "en-es"),
    ("E3", "RECIST", (("", "do-not-translate"),), "RECIST criteria", "实体瘤标准", "en-zh"),
    ("E3", "恒瑞", (("恒瑞", "do-not-translate"),), "由恒瑞生产", "Made by Hengrui", "zh-en"),
    (
        "E3",
        "Karnofsky Performance Status",
        (("", "do-not-translate"),),
        "Karnofsky Performance Status",
        "Karnofsky-Index",
        "en-de",
    ),
]
NO_TERMS = [
    ("E1", "subject", SUBJECT, "All subject data", "所有被试者数据", "en-zh"),
    ("E1", "adverse event", (("acontecimiento adverso", "preferred"),), "Any adverse event", "los acontecimientos adversos", "en-es"),
    ("E1", "adverse event", (("unerwünschtes Ereignis", "preferred"),), "adverse event", "unerwünschten Ereignissen", "en-de"),
    ("E1", "subject", (("患者", "forbidden"),), "subject", "人", "en-zh"),
    ("E1", "Lumivexan", (("", "do-not-translate"),), "Lumivexan", "卢米韦", "en-zh"),
    ("E1", "study drug", (("Prüfarzneimittel", "preferred"),), "study drug", "Prüfarzneimittelgabe", "en-de"),
    ("E2", "sponsor", (("patrocinador principal", "preferred"), ("patrocinador", "forbidden")), "sponsor", "el patrocinador principal", "en-es"),
    ("E2", "patient", (("受试患者", "allowed"), ("患者", "forbidden")), "patient", "受试患者", "en-zh"),
    ("E2", "drug", (("药物", "preferred"), ("药", "forbidden")), "drug", "药物治疗", "en-zh"),
    ("E2", "subject", SUBJECT, "subject", "受试者", "en-zh"),
    ("E2", "trial", (("ensayo", "preferred"), ("juicio", "forbidden")), "trial", "El ensayo prejuicioso", "en-es"),
    ("E3", "Lumivexan", (("", "do-not-translate"),), "Lumivexan was given", "给予Lumivexan", "en-zh"),
    ("E3", "RECIST", (("", "do-not-translate"),), "RECIST criteria", "RECIST-Kriterien", "en-de"),
    ("E3", "Lumivexan", (("", "do-not-translate"),), "Lumivexan", "Lumivexans Wirkung", "en-de"),
    ("E3", "subject", SUBJECT, "subject", "人", "en-zh"),
    ("E3", "Child-Pugh", (("", "do-not-translate"),), "Child-Pugh", "Child‑Pugh分级", "en-zh"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "term", "rows", "source", "target", "languages"), TERMS)
def test_a_broken_term_is_found(
    name: str, term: str, rows: tuple[tuple[str, str], ...], source: str, target: str, languages: str
) -> None:
    assert raised(name, pair(source, target, languages, terms=(hit(source, term, *rows),)))


@pytest.mark.parametrize(("name", "term", "rows", "source", "target", "languages"), NO_TERMS)
def test_a_good_term_raises_nothing(
    name: str, term: str, rows: tuple[tuple[str, str], ...], source: str, target: str, languages: str
) -> None:
    assert not raised(name, pair(source, target, languages, terms=(hit(source, term, *rows),)))


def test_a_term_of_two_concepts_may_have_the_target_of_either() -> None:
    source = "study"
    both = hit(source, "study", ("试验", "preferred"))
    other = hit(source, "study", ("", "do-not-translate"), concept="c2")
    from dataclasses import replace

    ambiguous = replace(both, terms=both.terms + other.terms)
    for target in ("试验", "study"):
        assert not raised("E1", pair(source, target, "en-zh", terms=(ambiguous,)))
        assert not raised("E3", pair(source, target, "en-zh", terms=(ambiguous,)))
    assert raised("E1", pair(source, "研究", "en-zh", terms=(ambiguous,)))


def test_a_part_of_a_longer_term_is_judged_with_it() -> None:
    source = "blood pressure cuff"
    hits = (hit(source, "blood pressure cuff", ("血压袖带", "preferred")), hit(source, "blood", ("血液", "preferred")))
    assert not raised("E1", pair(source, "血压袖带", "en-zh", terms=hits))


def test_a_forbidden_term_instead_of_the_right_one_is_told_once() -> None:
    source = "All subject data"
    found = run_checks(checks(), pair(source, "所有患者数据", "en-zh", terms=(hit(source, "subject", *SUBJECT),)))
    assert [(f.check, f.suggestion) for f in found] == [("E2.forbidden-term", "受试者")]


@settings(max_examples=200, deadline=None)
@given(
    st.text(min_size=1, max_size=20),
    st.text(max_size=30),
    st.text(max_size=30),
    st.sampled_from(["en", "es", "de", "fr", "zh", "ja"]),
)
def test_a_term_set_off_by_spaces_is_always_found_verbatim(term: str, before: str, after: str, language: str) -> None:
    if not any(c.isalnum() for c in term):
        return
    assert verbatim(term, f"{before} {term.strip()} {after}")
    for start, end in occurrences(term, f"{before} {term} {after}", language):
        assert 0 <= start < end <= len(before) + len(term) + len(after) + 2
