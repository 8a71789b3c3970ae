"""Termbases: the CSV with its faults named by line, and hits that people would mark too."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.errors import AssetMalformed
from docpipe.memory.termbase import Termbase, read_termbase
from docpipe.model.terms import Term, TermStatus

HEADER = "concept,source,target,status,note\n"


def base(language: str, *sources: str) -> Termbase:
    return Termbase([Term(f"c{n}", s, s.upper(), TermStatus.PREFERRED) for n, s in enumerate(sources)], language)


def found(terms: Termbase, text: str) -> list[str]:
    return [text[slice(*h.span)] for h in terms.hits(text)]


def test_rows_are_read_with_or_without_mark_and_note() -> None:
    text = HEADER + '1,"adverse event, serious",严重不良事件,Preferred,see SOP\n\n2,Acme,,do-not-translate,\n'
    terms = read_termbase(text.encode("utf-8-sig"))
    assert terms[0] == Term("1", "adverse event, serious", "严重不良事件", TermStatus.PREFERRED, "see SOP")
    assert terms[1].target == "Acme"
    assert len(read_termbase(b"concept,source,target,status\n1,a,b,allowed\n")) == 1


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", None), (b"  \n", None), (b"source,target\na,b\n", 1), (HEADER.encode(), 1),
        ((HEADER + "1,a,b,allowed,\n2,c,d,wrong,\n").encode(), 3), ((HEADER + "1,a,,preferred,\n").encode(), 2),
        ((HEADER + "1,a\n").encode(), 2), ((HEADER + "1,a,b,allowed,n,more\n").encode(), 2),
        (HEADER.encode() + b"1,\xff,b,allowed,\n", 2), ((HEADER + '1,"a,b,allowed,\n').encode(), 2), (b"a\0b", None),
    ],
)  # fmt: skip
def test_a_bad_termbase_is_refused_with_its_line(data: bytes, line: int | None) -> None:
    with pytest.raises(AssetMalformed) as caught:
        read_termbase(data)
    assert caught.value.details.get("line") == line


def test_the_longest_term_wins_and_hides_its_parts() -> None:
    terms = base("en", "adverse event", "serious adverse event", "event")
    assert found(terms, "One serious adverse event and one event.") == ["serious adverse event", "event"]


def test_terms_are_whole_words_with_plural_and_letter_case_let_go() -> None:
    terms = base("en", "dose", "study", "AE", "mRNA", "X-ray")
    assert found(terms, "Doses in STUDIES; overdose, doser") == ["Doses", "STUDIES"]
    assert found(terms, "AEs, ae, Ae; mRNA, MRNA; x-ray X-rays") == ["AEs", "mRNA", "x-ray", "X-rays"]


def test_endings_of_german_and_spanish() -> None:
    assert found(base("de", "Patient"), "Den Patienten und des Patients, nicht Patientin") == ["Patienten", "Patients"]
    assert found(base("es", "efecto adverso", "ensayo"), "efectos adversos de los ensayos") == [
        "efectos adversos",
        "ensayos",
    ]


def test_chinese_terms_are_found_inside_running_text() -> None:
    terms = base("zh-CN", "不良事件", "严重不良事件", "AUC", "双盲")
    assert found(terms, "发生严重不良事件2例，不良事件5例；AUC0-24，双盲。") == ["严重不良事件", "不良事件", "双盲"]
    assert found(terms, "测得AUC值") == ["AUC"]


def test_a_hit_holds_all_rows_of_all_its_concepts() -> None:
    rows = [
        Term("1", "subject", "受试者", TermStatus.PREFERRED), Term("1", "subject", "病人", TermStatus.FORBIDDEN),
        Term("1", "participant", "受试者", TermStatus.ALLOWED), Term("2", "subject", "主题", TermStatus.ALLOWED),
        Term("3", "other", "其他", TermStatus.ALLOWED),
    ]  # fmt: skip
    (hit,) = Termbase(rows, "en").hits("Each subject.")
    assert (hit.span, hit.source) == ((5, 12), "subject")
    assert set(hit.terms) == set(rows[:4])


@given(st.text(max_size=60), st.sampled_from(["en", "zh", "de"]))
def test_hits_lie_in_order_inside_any_text(text: str, language: str) -> None:
    at = 0
    for hit in base(language, "a", "b c", "不", "x1").hits(text):
        assert at <= hit.span[0] < hit.span[1] <= len(text)
        at = hit.span[1]


def test_thousands_of_terms_cost_little() -> None:
    terms = base("en", *[f"term{n} of kind{n % 7}" for n in range(5000)])
    start = time.perf_counter()
    for _ in range(200):
        assert (
            len(terms.hits("We saw term42 of kind0 and a long sentence with some twenty other words in it today.")) == 1
        )
    assert time.perf_counter() - start < 2
