from __future__ import annotations

from drawn import ARMS, display

from docpipe.model.fact import Fact
from docpipe.writing.facts_of_display import facts_of_display


def said(facts: tuple[Fact, ...]) -> dict[tuple[object, ...], str]:
    return {(f.row, f.arm, f.statistic): f.formatted for f in facts if f.statistic != "N"}


def test_counts_and_percentages_stand_apart_with_arm_n_and_place() -> None:
    shown = display("Placebo N=10 | 10 mg N=11 | Total N=21", "Sex >> Male | 5 ( 50%) | 6 ( 55%) | 11 ( 52%)")
    found = facts_of_display(shown, ARMS, "v")
    assert said(found.facts) == {
        (("Sex", "Male"), "Placebo", "n"): "5",
        (("Sex", "Male"), "Placebo", "pct"): "50%",
        (("Sex", "Male"), "Drug 10 mg", "n"): "6",
        (("Sex", "Male"), "Drug 10 mg", "pct"): "55%",
        (("Sex", "Male"), "", "n"): "11",
        (("Sex", "Male"), "", "pct"): "52%",
    }
    male = next(f for f in found.facts if f.arm == "Drug 10 mg" and f.statistic == "pct")
    assert (male.raw, male.decimals, male.n, male.population, male.study) == ("55", 0, 11, "Safety", "ST1")
    assert male.places[0].locator == "display:1/r1/c2"
    assert not found.unread


def test_ns_of_heads_are_facts() -> None:
    found = facts_of_display(display("Placebo N=10 | Total N=21", "Any | 5 | 6"), ARMS, "v")
    heads = {(f.arm, f.raw, f.places[0].locator) for f in found.facts if f.statistic == "N"}
    assert heads == {("Placebo", "10", "display:1/r0/c1"), ("", "21", "display:1/r0/c2")}


def test_rows_of_statistics_are_taken_apart() -> None:
    rows = """
    Age >> n | 10 | 11
    Age >> Mean (SD) | 75.2 ( 8.59) | 74.0 ( 7.1)
    Age >> Median (Range) | 76.0 ( 52;89) | NE
    Age >> Min - Max | 52 - 89 | 51 - 88
    """
    found = facts_of_display(
        display("Placebo N=10 | 10 mg N=11", rows.replace("Min - Max | 52 - 89", "Min - Max | 52 - 89")), ARMS, "v"
    )
    values = said(found.facts)
    assert values[("Age",), "Placebo", "mean"] == "75.2"
    assert values[("Age",), "Placebo", "sd"] == "8.59"
    assert values[("Age",), "Placebo", "median"] == "76.0"
    assert values[("Age",), "Placebo", "n"] == "10"
    assert values[("Age",), "Drug 10 mg", "max"] == "88"
    assert [u.text for u in found.unread] == ["NE"]


def test_limits_and_estimates_keep_their_label() -> None:
    rows = """
    p-value (Drug - Placebo) | | 0.569
    p-value (Drug - Placebo) >> Diff of LS Means (SE) | | -0.5 (0.82)
    p-value (Drug - Placebo) >> 95% CI | | (-2.1;1.1)
    """
    values = said(facts_of_display(display("Placebo N=79 | 10 mg N=81", rows), ARMS, "v").facts)
    group = "p-value (Drug - Placebo)"
    assert values == {
        ((group,), "Drug 10 mg", "p"): "0.569",
        ((group, "Diff of LS Means (SE)"), "Drug 10 mg", "estimate"): "-0.5",
        ((group, "Diff of LS Means (SE)"), "Drug 10 mg", "se"): "0.82",
        ((group, "95% CI"), "Drug 10 mg", "lower"): "-2.1",
        ((group, "95% CI"), "Drug 10 mg", "upper"): "1.1",
    }


def test_columns_say_the_statistic_and_the_comparison() -> None:
    columns = "Placebo >> n(%) N=86 | Placebo >> [AEs] N=86 | 10 mg >> n(%) N=84 | 10 mg >> [AEs] N=84 | Fisher's Exact p-values >> Placebo vs. 10 mg"
    rows = """
    ANY BODY SYSTEM | 65 (75.6%) | [281] | 77 (91.7%) | [412] | 0.007*
    CARDIAC DISORDERS >> PALPITATIONS | 0 | | 2 ( 2.4%) | [2] | 0.243
    """
    values = said(facts_of_display(display(columns, rows), ARMS, "v").facts)
    assert values[("ANY BODY SYSTEM",), "Placebo", "events"] == "281"
    assert values[("ANY BODY SYSTEM",), "Placebo vs Drug 10 mg", "p"] == "0.007"
    assert values[("CARDIAC DISORDERS", "PALPITATIONS"), "Placebo", "n"] == "0"
    assert (("CARDIAC DISORDERS", "PALPITATIONS"), "Placebo", "pct") not in values


def test_sets_come_from_spanning_heads_and_footnotes() -> None:
    shown = display(
        "Completers at Week 24 >> Placebo N=6 | Safety Population [1] >> Placebo N=10",
        "Dose >> Mean | 5.0 | 6.0",
        population="Safety",
    )
    found = facts_of_display(shown, ARMS, "v")
    assert {f.population for f in found.facts} == {"Completers at Week 24", "Safety"}
    notes = ("ITT: Number of subjects in the ITT population, Eff: Number of subjects in the Efficacy population;",)
    sites = display(
        "Placebo >> ITT N=10 | Placebo >> Eff N=10", "701 | 5 | 4", population="All Subjects", footnotes=notes
    )
    found = facts_of_display(sites, ARMS, "v")
    assert {(f.population, f.statistic) for f in found.facts} == {
        ("ITT", "n"),
        ("Efficacy", "n"),
        ("All Subjects", "N"),
    }


def test_windows_come_from_the_row_then_the_title() -> None:
    rows = "Baseline >> Mean | 24.1\nChange from Baseline >> Mean | 2.5\nReason (prior to Week 24) >> Death | 1 ( 10%)"
    found = facts_of_display(display("Placebo N=10", rows, title="ADAS - Change from Baseline to Week 24"), ARMS, "v")
    assert [f.window for f in found.facts if f.statistic != "N"] == [
        "Baseline",
        "Week 24",
        "prior to Week 24",
        "prior to Week 24",
    ]


def test_no_cell_is_left_in_silence() -> None:
    rows = """
    Weight | 62.8 | 67.3
    Sex >> Male | many | 5 (140%)
    p-value | 1.2 | 0.5
    n | 4.5 | 4
    """
    found = facts_of_display(display("Placebo N=10 | 10 mg N=11", rows), ARMS, "v")
    behind = {p.locator for f in found.facts for p in f.places if f.statistic != "N"} | {
        u.place.locator for u in found.unread
    }
    assert len(behind) == found.cells == 8
    assert len(found.unread) == 6
    assert all(u.reason.endswith(".") and u.text not in u.reason for u in found.unread)


def test_a_head_that_names_no_arm_keeps_its_words_and_is_told() -> None:
    found = facts_of_display(display("Comparator N=10", "Any | 5 (50%)"), ARMS, "v")
    assert {f.arm for f in found.facts} == {"Comparator"}
    assert [u.reason for u in found.unread] == ["The column's head names no arm of the study."]


def test_ids_are_stable_and_tell_facts_apart() -> None:
    shown = display("Placebo N=10 | 10 mg N=11", "Sex >> Male | 5 (50%) | 6 (55%)\nSex >> Female | 5 (50%) | 5 (45%)")
    first, again = (facts_of_display(shown, ARMS, "v").facts for _ in range(2))
    assert [f.id for f in first] == [f.id for f in again]
    assert len({f.id for f in first}) == len(first)
