"""The displays of the public pilot study against its own datasets; then faults sown one at a time, each of which must be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from drawn import changed, dropped, pilot_data, pilot_displays, swapped

from docpipe.model.finding import Finding
from docpipe.model.source import ColumnHead, Display
from docpipe.writing.between import same_display, sizes
from docpipe.writing.compare import Comparison, compare
from docpipe.writing.consistency import consistency
from docpipe.writing.facts_of_display import DisplayFacts, facts_of_display
from docpipe.writing.factstore import FactStore, number_of_display
from docpipe.writing.records import Study

Shown = dict[str, Display]


@pytest.fixture(scope="module")
def study(shared: Callable[[str], Path]) -> Study:
    return Study(pilot_data(shared("data/cdiscpilot01/adam")))


@pytest.fixture(scope="module")
def rtf(shared: Callable[[str], Path]) -> Shown:
    return {number_of_display(d.number): d for d in pilot_displays(shared("data/cdiscpilot01/tlf"), "rtf")}


@pytest.fixture(scope="module")
def docx(shared: Callable[[str], Path]) -> Shown:
    return {number_of_display(d.number): d for d in pilot_displays(shared("data/cdiscpilot01/tlf"), "docx")}


@pytest.fixture(scope="module")
def told(rtf: Shown, study: Study) -> Callable[[str], set[Finding]]:
    """What is said of a display as it is."""
    return cache(lambda number: {e.finding for e in against(rtf[number], study).findings})


def read(shown: Display, study: Study) -> DisplayFacts:
    return facts_of_display(shown, study.arms, "v")


def against(shown: Display, study: Study) -> Comparison:
    return compare(shown, read(shown, study).facts, study)


def checks(shown: Display, study: Study) -> set[str]:
    facts = read(shown, study).facts
    found = (*compare(shown, facts, study).findings, *consistency(facts, study.arms))
    return {e.finding.check for e in found}


def test_every_cell_of_every_display_is_understood(rtf: Shown, docx: Shown, study: Study) -> None:
    found = [read(d, study) for d in (*rtf.values(), *docx.values())]
    assert len(found) == 18
    assert sum(f.cells for f in found) == 4562
    assert [u for f in found for u in f.unread] == []


def test_displays_agree_with_the_data_in_all_but_one_value(rtf: Shown, study: Study) -> None:
    found = {number: against(d, study) for number, d in rtf.items()}
    compared = {number: (len(c.pairs), c.agreeing, len(c.left)) for number, c in found.items()}
    assert compared == {
        "14-1.01": (44, 44, 0),
        "14-1.02": (108, 108, 3),
        "14-1.03": (228, 228, 0),
        "14-2.01": (290, 289, 12),
        "14-3.01": (3, 3, 70),
        "14-3.02": (21, 21, 16),
        "14-4.01": (78, 78, 0),
        "14-5.01": (2015, 2015, 0),
        "14-5.02": (39, 39, 0),
    }
    # A median of 60.55 that R printed as 60.5, because the nearest binary number lies below.
    assert [(e.finding.check, e.expected) for c in found.values() for e in c.findings] == [
        ("N5.tie-rounded-down", "60.55")
    ]


def test_known_values_of_the_pilot(rtf: Shown, study: Study) -> None:
    store = FactStore(f for d in rtf.values() for f in read(d, study).facts)

    def value(display: str, statistic: str, arm: str, **pattern: str) -> str:
        found = store.find(display=display, statistic=statistic, arm=arm, **pattern)
        assert len(found) == 1, found
        return found[0].formatted

    arms = study.arms.names
    assert arms == ("Placebo", "Xanomeline Low Dose", "Xanomeline High Dose")
    assert [value("14-5.01", "N", a) for a in arms] == ["86", "84", "84"]
    assert [value("14-5.01", "n", a, contains="ANY BODY SYSTEM") for a in arms] == ["65", "77", "76"]
    assert [value("14-5.01", "pct", a, contains="ANY BODY SYSTEM") for a in arms] == ["75.6%", "91.7%", "90.5%"]
    assert [value("14-5.02", "n", a, contains="ANY BODY SYSTEM") for a in arms] == ["0", "1", "2"]
    assert value("14-2.01", "mean", "", contains="Age (y)") == "75.1"
    assert value("14-3.01", "p", arms[2], contains="p-value(Xan - Placebo)") == "0.233"
    assert value("14-5.01", "p", "Placebo vs Xanomeline Low Dose", contains="ANY BODY SYSTEM") == "0.007"


def test_rtf_and_docx_of_a_table_differ_in_one_mean_only(rtf: Shown, docx: Shown, study: Study) -> None:
    found = [e for n in rtf for e in same_display(read(rtf[n], study).facts, read(docx[n], study).facts)]
    assert [(e.finding.check, [f.formatted for f in e.shown], e.shown[0].row) for e in found] == [
        ("R2.versions-differ", ["42.6", "42.7"], ("Duration of disease",))
    ]


def test_displays_agree_with_themselves_but_for_the_groups_of_body_mass_index(rtf: Shown, study: Study) -> None:
    found = [e for d in rtf.values() for e in consistency(read(d, study).facts, study.arms)]
    assert [(e.finding.check, e.shown[0].row, e.shown[0].arm, e.expected) for e in found] == [
        ("N6.parts-do-not-add-up", ("Baseline BMI",), "Xanomeline Low Dose", "84"),
        ("N6.parts-do-not-add-up", ("Baseline BMI",), "", "254"),
    ]
    assert not list(sizes(f for d in rtf.values() for f in read(d, study).facts))


# ---------------------------------------------------------------- sown faults

DIGITS = [
    ("14-1.01", ("Safety",), 0, "85 ( 99%)"),
    ("14-1.02", ("Completion Status:", "Completed Week 24"), 1, " 29 ( 35%)"),
    ("14-1.03", ("701", "701"), 2, "12"),
    ("14-2.01", ("Age (y)", "Mean"), 0, " 75.3"),
    ("14-2.01", ("Sex", "Female"), 2, " 41 ( 49%)"),
    ("14-2.01", ("Race (Origin)", "Hispanic"), 1, "  5 (  6%)"),
    ("14-3.02", ("Week 24", "Mean (SD)"), 0, " 4.3 ( 0.78)"),
    ("14-4.01", ("Average daily dose (mg)", "Max"), 2, "   79.6"),
    ("14-5.01", ("ANY BODY SYSTEM",), 0, "65 (75.7%)"),
    ("14-5.01", ("CARDIAC DISORDERS", "SINUS BRADYCARDIA"), 3, "[11]"),
    ("14-5.01", ("CARDIAC DISORDERS", "PALPITATIONS"), 6, "0.234 "),
    ("14-5.02", ("ANY BODY SYSTEM",), 4, " 3 ( 3.6%)"),
]


@pytest.mark.parametrize(("number", "row", "column", "text"), DIGITS)
def test_a_changed_digit_is_found(
    rtf: Shown,
    study: Study,
    told: Callable[[str], set[Finding]],
    number: str,
    row: tuple[str, ...],
    column: int,
    text: str,
) -> None:
    from docpipe.writing.labels import clean

    given = rtf[number]
    path = next(r.path for r in given.rows if tuple(map(clean, r.path)) == tuple(map(clean, row)))
    found = [e for e in against(changed(given, path, column, text), study).findings if e.finding not in told(number)]
    assert {e.finding.check for e in found} <= {"N2.value-differs", "P1.set-size"}
    assert found
    assert all(f.row == tuple(map(clean, row))[: len(f.row)] and e.formula and e.places for e in found for f in e.shown)


@pytest.mark.parametrize(
    ("number", "a", "b"), [("14-1.02", (0,), (1,)), ("14-4.01", (1,), (2,)), ("14-5.01", (2, 3), (4, 5))]
)
def test_swapped_arms_are_found(rtf: Shown, study: Study, number: str, a: tuple[int, ...], b: tuple[int, ...]) -> None:
    found = checks(swapped(rtf[number], a, b), study)
    assert "N14.arm-swap" in found
    assert "N2.value-differs" in found


@pytest.mark.parametrize("label", ["PALPITATIONS", "PRURITUS", "DIZZINESS", "SOCIAL CIRCUMSTANCES"])
def test_a_dropped_row_is_found(rtf: Shown, study: Study, label: str) -> None:
    path = next(r.path for r in rtf["14-5.01"].rows if r.path[-1].strip() == label)
    found = against(dropped(rtf["14-5.01"], path), study).findings
    assert [e.finding.check for e in found] == ["N13.row-missing"]
    assert label in found[0].finding.message


def test_a_dropped_category_is_found(rtf: Shown, study: Study) -> None:
    path = next(r.path for r in rtf["14-2.01"].rows if r.path[-1].strip() == "Female")
    found = [e for e in against(dropped(rtf["14-2.01"], path), study).findings if e.finding.check == "N13.row-missing"]
    assert [e.expected for e in found] == ["143"]


def test_a_changed_n_is_found_in_the_display_and_between_displays(rtf: Shown, study: Study) -> None:
    given = rtf["14-2.01"]
    columns = (replace(given.columns[0], n=87), *given.columns[1:])
    assert all(isinstance(c, ColumnHead) for c in columns)
    wrong = replace(given, columns=columns)
    assert "P1.set-size" in checks(wrong, study)
    facts = [*read(wrong, study).facts, *read(rtf["14-1.02"], study).facts]
    assert [e.finding.check for e in sizes(facts)] == ["P1.set-size-differs"]
