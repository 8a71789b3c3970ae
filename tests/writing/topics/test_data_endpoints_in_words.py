"""Endpoints that only the data give: change with limits, categories, criteria, times to an event; each value is counted again."""

from __future__ import annotations

from functools import cache

import pytest
from recount import recounts
from small_studies import STUDY, clumsy, data, planned, rows_of, study, unbound, words_of

from docpipe.model.draft import Plan
from docpipe.model.source import Dataset
from docpipe.writing.book import Book
from docpipe.writing.study import StudyData

ARMS = ("Placebo", "Zelanib 10 mg")
CALLS = (
    "efficacy.primary()",
    "efficacy.secondary()",
    "efficacy.other()",
    'efficacy.times("safety")',
    "efficacy.efficacy_brief()",
)


def person(i: int) -> str:
    return f"{STUDY}-101-{i:03d}"


@cache
def made() -> StudyData:
    people = range(20)
    adsl = data(
        "ADSL",
        "STUDYID USUBJID TRT01P TRT01A SAFFL ITTFL",
        [(STUDY, person(i), ARMS[i % 2], ARMS[i % 2], "Y", "Y") for i in people],
    )
    scores = []
    for i in people:
        for visit, number, change in (("Baseline", 0.0, None), ("Week 12", 12.0, -2.0 - i % 2 * 3 - i % 5)):
            scores.append(
                (
                    STUDY,
                    person(i),
                    "Itch Score (mm)",
                    visit,
                    number,
                    20.0 + (change or 0),
                    change,
                    "",
                    "Reduction by at least 4 mm",
                    "Y" if (change or 0) <= -4 else "N",
                )
            )
        best = ("CR", "PR", "SD")[i % 3]
        scores.append((STUDY, person(i), "Best Overall Response", "Week 12", 12.0, float(i % 3), None, best, "", ""))
        scores.append(
            (
                STUDY,
                person(i),
                "Objective Response",
                "Week 12",
                12.0,
                float(i % 3 < 2),
                None,
                "Y" if i % 3 < 2 else "N",
                "",
                "",
            )
        )
    adrs = data("ADRS", "STUDYID USUBJID PARAM AVISIT AVISITN:n AVAL:n CHG:n AVALC CRIT1 CRIT1FL", scores)
    times = [
        (STUDY, person(i), "Progression-Free Survival (Days)", "PFS", 30.0 + 7 * i, float(i % 4 == 0), "RS")
        for i in people
    ]
    times += [
        (STUDY, person(i), "Time to First Fall", "FALL", 10.0 + i, float(i % 2 == 0 or i > 5), "ADAE") for i in people
    ]
    adtte = data("ADTTE", "STUDYID USUBJID PARAM PARAMCD AVAL:n CNSR:n SRCDOM", times)
    ts = data(
        "TS",
        "STUDYID TSSEQ:n TSPARMCD TSVAL",
        [
            (STUDY, 1.0, "OUTMSPRI", "Progression-free survival"),
            (STUDY, 1.0, "OUTMSSEC", "Itch score at Week 12; objective response; best overall response"),
        ],
    )
    return study(adsl, adrs, adtte, ts)


@cache
def told() -> tuple[Plan, Book]:
    return planned(made(), CALLS)


def test_a_change_has_its_limits_and_a_criterion_its_count() -> None:
    words = words_of(told()[0], "efficacy.secondary()")
    assert (
        "The mean (SD) [95% CI] change from baseline to Week 12 was -4.0 (1.49) [-5.1 to -2.9] and -7.0 (1.49) [-8.1 to -5.9] mm"
        in words
    )
    assert (
        "subjects with reduction by at least 4 mm at Week 12 was 6 (60.0%) in the Placebo group and 10 (100.0%)"
        in words
    )


def test_categories_are_counted_and_an_answer_names_its_question() -> None:
    words = words_of(told()[0], "efficacy.secondary()")
    assert (
        "subjects with CR as best overall response at Week 12 was 4 (40.0%) in the Placebo group and 3 (30.0%)" in words
    )
    assert "subjects with objective response at Week 12 was 7 (70.0%) in the Placebo group" in words


def test_a_time_to_an_event_is_told_where_its_kind_belongs() -> None:
    plan, _ = told()
    words = words_of(plan, "efficacy.primary()")
    assert (
        "For progression-free survival, counted from the data (ADTTE; Intent-to-Treat set), the event was recorded for"
        in words
    )
    assert "The Kaplan-Meier median was" in words
    assert "days (95% CI" in words
    assert not any(r.gap for r in rows_of(plan, "efficacy.primary()"))
    safety = words_of(plan, 'efficacy.times("safety")')
    assert "time to first fall" in safety
    assert "not estimable (NE" in safety
    assert "fall" not in words


def test_nothing_is_clumsy_or_unbound() -> None:
    plan, _ = told()
    assert clumsy(plan) == []
    assert unbound(plan) == []


@pytest.mark.parametrize("statistic", ["median", "lower", "upper"])
def test_every_estimate_is_counted_again(statistic: str) -> None:
    _, book = told()
    found = {s.name.upper(): s for s in made().sources if isinstance(s, Dataset)}
    estimates = [
        f for f in book.made.values() if f.statistic == statistic and ("Kaplan" in f.formula or "limit" in f.formula)
    ]
    assert len(estimates) >= 4
    assert [f.formula for f in estimates if not recounts(f.formula, f.raw, found)] == []
