"""Studies of every shape render as text that reads well and binds every number: data alone, tables alone, one arm, four arms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_studies import (
    EVERY,
    STUDY,
    all_texts,
    clumsy,
    data,
    data_only,
    four_arms,
    one_arm,
    one_arm_tables,
    planned,
    rows_of,
    study,
    table,
    tables_only,
    text,
    unbound,
    words_of,
)

from docpipe.model.draft import FACT, Plan
from docpipe.model.fact import FactId
from docpipe.model.inline import Placeholder
from docpipe.writing.book import Book
from docpipe.writing.shown import shown
from docpipe.writing.study import StudyData
from docpipe.writing.topics._labelled import running, set_words, unit_of

MAKERS: dict[str, Callable[[], StudyData]] = {
    "data only": data_only,
    "tables only": tables_only,
    "one arm": one_arm,
    "one arm, tables": one_arm_tables,
    "four arms": four_arms,
}
CALLS = [c for calls in EVERY.values() for c in calls]


@cache
def plan_of(name: str) -> tuple[Plan, Book]:
    return planned(MAKERS[name](), CALLS)


@pytest.mark.parametrize("name", MAKERS)
def test_no_number_stands_outside_a_code(name: str) -> None:
    assert unbound(plan_of(name)[0]) == []


@pytest.mark.parametrize("name", MAKERS)
def test_text_is_put_together_cleanly(name: str) -> None:
    assert clumsy(plan_of(name)[0]) == []


@pytest.mark.parametrize("name", MAKERS)
def test_every_code_of_a_fact_shows_that_fact(name: str) -> None:
    plan, book = plan_of(name)
    facts = book.facts()
    codes = [p for t in all_texts(plan) for p in t if isinstance(p, Placeholder) and p.kind == FACT]
    assert codes
    for code in codes:
        fact_id, _, style = code.data.partition(":")
        fact = facts.get(FactId(fact_id))
        assert fact is not None
        assert shown(fact, style) == code.equiv
        assert fact.places


@pytest.mark.parametrize("name", MAKERS)
def test_every_row_is_carried_by_a_fact_or_a_passage(name: str) -> None:
    plan, _ = plan_of(name)
    bare = [
        r.text for b in plan.blocks for r in b.rows[1:] if not (r.facts or r.passages or r.gap or r.kind == "table")
    ]
    captions = [t for t in bare if not any("Study at a glance" in getattr(p, "text", "") for p in t)]
    assert [t for t in captions if not any(isinstance(p, Placeholder) for p in t) and len(str(t)) > 200] == []


def test_data_alone_give_screening_disposition_and_reasons() -> None:
    words = words_of(plan_of("data only")[0], "subjects.disposition()")
    assert "A total of 23 subjects were screened, of whom 3 were screen failures." in words
    assert (
        "The remaining 20 subjects were randomized: 10 to the Placebo group and 10 to the Zelanib 10 mg group." in words
    )
    assert "16 subjects (80.0%) completed the study" in words
    assert (
        "adverse event, reported for 3 subjects (15.0%) overall: 1 (10.0%) in the Placebo group and 2 (20.0%)" in words
    )
    assert "The only other reason was withdrawal by subject (1 subject [5.0%])." in words


def test_data_alone_give_design_from_the_trial_summary() -> None:
    plan, _ = plan_of("data only")
    assert words_of(plan, "design.overview()").startswith(
        f"Study {STUDY} was a Phase III, randomized, double-blind, placebo-controlled, parallel-group study of Zelanib in "
        "subjects with plaque psoriasis. The study had two treatment groups: Placebo and Zelanib 10 mg."
    )
    assert "The planned length of the study was 16 weeks for each subject." in words_of(plan, "design.overview()")
    assert "received Zelanib 10 mg BID orally (tablet)." in words_of(plan, "design.arms_and_doses()")
    conduct = words_of(plan, "design.conduct()")
    assert "The first subject gave informed consent on 1 January 2023." in conduct
    assert "It was planned to enroll 24 subjects; 20 were randomized." in conduct


def test_data_alone_give_the_endpoint_and_say_that_no_comparison_is_there() -> None:
    rows = rows_of(plan_of("data only")[0], "efficacy.primary()")
    assert rows[-1].gap.startswith("statistical comparison of the groups")
    assert "a decrease in every group" in words_of(plan_of("data only")[0], "efficacy.primary()")


def test_tables_alone_give_totals_that_are_sums() -> None:
    plan, book = plan_of("tables only")
    words = words_of(plan, "subjects.disposition()")
    assert "Overall, 74 patients" not in words
    assert "Overall, 74 subjects (91.4%) completed the study: 36 (90.0%) in the Control group" in words
    whole = next(f for f in book.made.values() if f.statistic == "n" and f.formatted == "74" and f.inputs)
    assert " + " in whole.formula
    assert "No subject discontinued because of death." in words
    assert "higher in the Control group (10.0%)" in words


def test_the_word_for_subjects_is_the_types() -> None:
    plan, _ = planned(tables_only(), ['subjects.disposition("patients")', 'design.conduct("participants")'])
    assert "81 patients were randomized" in words_of(plan, 'subjects.disposition("patients")')
    assert "No patient discontinued because of death." in words_of(plan, 'subjects.disposition("patients")')


def test_a_column_of_a_comparison_gives_both_arms_and_the_direction() -> None:
    words = words_of(plan_of("tables only")[0], "efficacy.primary()")
    assert (
        "The difference in least squares means between the Melvorin 5 mg group and the Control group was -0.8 percent "
        "(SE 0.13; 95% CI -1.1 to -0.5; p<0.001), with the lower value in the Melvorin 5 mg group. "
        "This comparison was statistically significant at the 0.05 level." in words
    )
    ratio = words_of(plan_of("tables only")[0], "efficacy.secondary()")
    assert (
        "The odds ratio for the Melvorin 5 mg group relative to the Control group was 4.6 (95% CI 1.6 to 13.5; p=0.004)."
        in ratio
    )
    assert "higher value" not in ratio


def test_four_arms_are_compared_one_by_one_and_an_estimate_of_nothing_has_no_direction() -> None:
    words = words_of(plan_of("four arms")[0], "efficacy.primary()")
    assert "group was 0.0 (SE 0.91; 95% CI -1.8 to 1.8; p>0.99). The difference" in words
    assert "the comparison of the Ruxadine 100 mg group with the Placebo group was statistically significant" in words
    assert "The overall comparison of the groups gave a p-value of 0.012." in words


def test_one_arm_has_no_comparison_and_no_overall() -> None:
    plan, _ = plan_of("one arm, tables")
    words = words_of(plan, "subjects.disposition()")
    assert (
        "In the Tovarimab 3 mg/kg group, 19 subjects (100%) completed the study. No subject discontinued the study."
        in words
    )
    assert "Overall" not in words
    assert not any(r.gap for r in rows_of(plan_of("one arm")[0], "efficacy.primary()"))
    assert "an open-label" not in words_of(plan_of("one arm")[0], "design.overview()")
    assert "open-label, uncontrolled, single-group study of Zelanib" in words_of(
        plan_of("one arm")[0], "design.overview()"
    )


def test_a_significance_level_that_no_plan_states_is_not_used() -> None:
    without = study(*(s for s in tables_only().sources if not hasattr(s, "passages")))
    words = words_of(planned(without, ["efficacy.primary()"])[0], "efficacy.primary()") if without.displays else ""
    assert "p<0.001" in words_of(planned(without, ["efficacy.other()"])[0], "efficacy.other()") + words
    assert "significant" not in words


def test_a_sponsor_that_is_the_study_id_is_a_gap() -> None:
    made = study(
        data("TS", "STUDYID TSPARMCD TSVAL", [(STUDY, "SPONSOR", STUDY), (STUDY, "TRT", "ZELANIB")]),
        data("ADSL", "STUDYID USUBJID TRT01P", [(STUDY, "1", "Zelanib")]),
    )
    rows = rows_of(planned(made, ["design.title_block()"])[0], "design.title_block()")
    assert any("gives the study identifier in its place" in r.gap for r in rows)


def test_a_shell_without_numbers_is_no_result() -> None:
    made = study(
        table("14.1.3", "Demographics", "Safety", "A | B", "Age (years) >> Mean (SD) | XX.X (XX.X) | XX.X (XX.X)")
    )
    rows = rows_of(planned(made, ["subjects.demographics()"])[0], "subjects.demographics()")
    assert [bool(r.gap) for r in rows] == [True]


def test_a_table_of_events_that_lead_to_discontinuation_is_no_disposition() -> None:
    made = study(
        table(
            "14.3.1",
            "Adverse Events Leading to Discontinuation",
            "Safety",
            "A N=9 | B N=9",
            "Any event | 3 (33.3%) | 1 (11.1%)",
        )
    )
    assert rows_of(planned(made, ["subjects.disposition()"])[0], "subjects.disposition()")[0].gap


def test_deviations_of_a_table_are_told_by_frequency() -> None:
    made = study(
        table("14.1.5", "Major Protocol Deviations", "Enrolled", "A N=10 | B N=10",
              "At least one deviation | 4 (40%) | 2 (20%)\nVisit missed | 1 (10%) | 0\nProhibited medication | 3 (30%) | 2 (20%)")
    )  # fmt: skip
    words = words_of(planned(made, ["subjects.deviations()"])[0], "subjects.deviations()")
    assert words.startswith(
        "Overall, 6 subjects (30%) had at least one protocol deviation: 4 (40%) in the A group and 2 (20%) in the B group."
    )
    assert words.index("prohibited medication (5 subjects [25%])") < words.index("visit missed (1 subject [5%])")
    assert words.endswith("The deviations are shown in Table 14.1.5.")


def test_plans_that_state_two_levels_state_none() -> None:
    made = study(
        table("14.2.1", "Primary Endpoint: Score", "ITT", "A N=5 | B N=5", "Mean (SD) | 1.0 (0.10) | 2.0 (0.20)\nDifference vs A (SE) | | 1.0 (0.2)\np-value | | 0.03"),
        text("Analysis plan", "The significance level is 0.05.", "The second test has a significance level of 0.01."),
    )  # fmt: skip
    words = words_of(planned(made, ["efficacy.primary()"])[0], "efficacy.primary()")
    assert "p=0.03" in words
    assert "significant" not in words


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Adverse Event", "adverse event"), ("ADVERSE EVENT", "adverse event"), ("MMSE", "MMSE"), ("African Descent", "African descent"),
        ("Completed Week 24", "completed Week 24"), ("Baseline BMI", "baseline BMI"), ("Lost to Follow-up", "lost to follow-up"),
        ("Mild Alzheimer's Disease", "mild Alzheimer's disease"),
    ],
)  # fmt: skip
def test_labels_take_the_case_of_a_sentence(label: str, said: str) -> None:
    assert running(label) == said


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("Age (y)", ("Age", "years")), ("Weight (kg)", ("Weight", "kg")), ("Race (Origin)", ("Race (Origin)", "")),
        ("Sex, n (%)", ("Sex", "")), ("HbA1c (%)", ("HbA1c", "percent")), ("Trough FEV1 (L)", ("Trough FEV1", "L")),
    ],
)  # fmt: skip
def test_units_are_parted_from_labels(label: str, found: tuple[str, str]) -> None:
    assert unit_of(label) == found


def test_a_set_is_named_once() -> None:
    assert [set_words(x) for x in ("Full Analysis Set", "Safety population", "Efficacy")] == [
        "Full Analysis Set", "Safety population", "Efficacy set",
    ]  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=4))
def test_any_counts_of_reasons_render_bound_and_clean(counts: list[tuple[int, int]]) -> None:
    names = ["Adverse event", "Lack of efficacy", "Withdrawal by subject", "Death"]
    a, b = (sum(c[i] for c in counts) for i in (0, 1))
    lines = [f"Completed study | {30 - a} | {30 - b}", f"Discontinued study | {a} | {b}"]
    lines += [f"Reason for discontinuation >> {n} | {x} | {y}" for n, (x, y) in zip(names, counts, strict=False)]
    made = study(table("14.1.2", "Disposition", "Randomized", "A N=30 | B N=30", "\n".join(lines)))
    plan, _ = planned(made, ["subjects.disposition()", "subjects.disposition_table()", "subjects.disposition_brief()"])
    assert unbound(plan) == []
    assert clumsy(plan) == []
    if a + b == 0:
        assert "No subject discontinued the study." in words_of(plan, "subjects.disposition()")
