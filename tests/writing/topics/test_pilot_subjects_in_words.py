"""The public pilot study in words: every number bound, and the values those that the data and the tables' cells give by themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from statistics import mean, median

import pytest
from small_studies import EVERY, all_texts, clumsy, planned, said, unbound, words_of

from docpipe.model.draft import ARM, FACT, Plan, TableRow
from docpipe.model.inline import CodedText, Placeholder
from docpipe.model.source import Dataset, Value
from docpipe.writing.book import Book
from docpipe.writing.study import StudyData

CALLS = [c for calls in EVERY.values() for c in calls]
_KEPT: dict[str, tuple[Plan, Book]] = {}


@pytest.fixture
def drafted(pilot: StudyData) -> tuple[Plan, Book]:
    if "pilot" not in _KEPT:
        _KEPT["pilot"] = planned(pilot, CALLS)
    return _KEPT["pilot"]


def column(dataset: Dataset, name: str) -> list[Value]:
    at = [v.name for v in dataset.variables].index(name)
    return [r[at] for r in dataset.records]


def data_of(pilot: StudyData, name: str) -> Dataset:
    found = pilot.dataset(name)
    assert found is not None
    return found


def cell(pilot: StudyData, number: str, label: str, at: int) -> str:
    """A cell's text by the last words of its row's label, straight from the display."""
    display = pilot.display(number)
    assert display is not None
    row = next(r for r in display.rows if r.path and r.path[-1] == label and r.cells)
    return re.sub(r"\(\s+", "(", next(c.text for c in row.cells if c.column == at))


def title(pilot: StudyData, words: str) -> str:
    """The number of the display with these words in its title."""
    return next(d.number for d in pilot.displays if words in d.title)


def test_no_number_stands_outside_a_code(drafted: tuple[Plan, Book]) -> None:
    assert unbound(drafted[0]) == []


def test_text_is_put_together_cleanly(drafted: tuple[Plan, Book]) -> None:
    assert clumsy(drafted[0]) == []


def test_every_call_says_something_and_gaps_are_few(drafted: tuple[Plan, Book]) -> None:
    gaps = {b.id for b in drafted[0].blocks for r in b.rows if r.gap}
    assert gaps == {
        "design.title_block()", "subjects.deviations()", "subjects.compliance()", "efficacy.secondary()", "efficacy.other()",
    }  # fmt: skip


def test_arms_are_named_where_values_of_arms_are(drafted: tuple[Plan, Book]) -> None:
    """Every paragraph with a value of one arm names that arm."""
    plan, book = drafted
    for block, row in plan.rows():
        named = {p.data for p in row.text if isinstance(p, Placeholder) and p.kind == ARM}
        facts = [book.get(f) for f in row.facts]
        arms = {f.arm for f in facts if f is not None and f.arm in plan.arms}
        assert arms <= named, (block.id, said(row.text))


def test_disposition_is_what_the_data_count(pilot: StudyData, drafted: tuple[Plan, Book]) -> None:
    words = words_of(drafted[0], "subjects.disposition()")
    dm, adsl = data_of(pilot, "DM"), data_of(pilot, "ADSL")
    failures = sum(a == "Screen Failure" for a in column(dm, "ARM"))
    assert f"A total of {len(dm.records)} subjects were screened, of whom {failures} were screen failures." in words
    size = Counter(column(adsl, "TRT01P"))
    arms = ["Placebo", "Xanomeline Low Dose", "Xanomeline High Dose"]
    assert f"The remaining {len(adsl.records)} subjects were randomized: {size[arms[0]]} to the Placebo group" in words
    done = Counter(a for a, c in zip(column(adsl, "TRT01P"), column(adsl, "COMP24FL"), strict=True) if c == "Y")
    for arm in arms:
        assert f"{done[arm]} ({100 * done[arm] / size[arm]:.0f}%) in the {arm} group" in words
    ended = column(adsl, "DCDECOD").count("COMPLETED")
    assert f"{ended} subjects ({100 * ended / len(adsl.records):.0f}%) completed the study" in words


def test_reasons_are_the_cells_of_the_table(pilot: StudyData, drafted: tuple[Plan, Book]) -> None:
    number = title(pilot, "End of Study")
    words = words_of(drafted[0], "subjects.disposition()")
    for at, arm in enumerate(("Placebo", "Xanomeline Low Dose", "Xanomeline High Dose")):
        assert f"{cell(pilot, number, 'Adverse Event', at)} in the {arm} group" in words
    assert f"({number})" in words
    listed = [words.index(w) for w in ("subject decided to withdraw", "lack of efficacy", "death", "lost to follow-up")]
    assert listed == sorted(listed)


def test_demographics_are_what_the_data_give(pilot: StudyData, drafted: tuple[Plan, Book]) -> None:
    words = words_of(drafted[0], "subjects.demographics()")
    adsl = data_of(pilot, "ADSL")
    ages: dict[Value, list[float]] = {}
    for arm, age in zip(column(adsl, "TRT01P"), column(adsl, "AGE"), strict=True):
        ages.setdefault(arm, []).append(float(age or 0))
    said_ages = [f"{mean(ages[a]):.1f}" for a in ("Placebo", "Xanomeline Low Dose", "Xanomeline High Dose")]
    found = re.search(r"The mean \(SD\) age was (\S+) \(\S+\), (\S+) \(\S+\), and (\S+) \(\S+\) years", words)
    assert found is not None
    assert list(found.groups()) == said_ages
    women = column(adsl, "SEX").count("F")
    assert f"Of all subjects, {women} ({100 * women / len(adsl.records):.0f}%) were female" in words


def test_exposure_adds_the_duration_that_no_table_has(pilot: StudyData, drafted: tuple[Plan, Book]) -> None:
    words = words_of(drafted[0], "subjects.exposure()")
    adsl = data_of(pilot, "ADSL")
    days = [
        float(d or 0) for a, d in zip(column(adsl, "TRT01A"), column(adsl, "TRTDUR"), strict=True) if a == "Placebo"
    ]
    assert f"The mean (SD) duration of treatment was {mean(days):.1f} (" in words
    assert f"and the median was {median(days):.1f}, " in words
    assert f"from {min(days):.0f} to {max(days):.0f} days in the Placebo group" in words
    assert f"({title(pilot, 'Exposure')})" in words


def test_primary_results_are_the_cells_of_their_tables(pilot: StudyData, drafted: tuple[Plan, Book]) -> None:
    words = words_of(drafted[0], "efficacy.primary()")
    for display in (d for d in pilot.displays if d.title.startswith("Primary Endpoint")):
        rows = [r for r in display.rows if r.cells and r.path[-1].startswith("Diff of LS Means")]
        assert rows
        for c in (c for r in rows for c in r.cells):
            estimate, error = re.findall(r"-?[\d.]+", c.text)
            assert f"was {estimate} (SE {error}; 95% CI " in words
            side = "with the lower value in" if float(estimate) < 0 else "with the higher value in"
            sentence = next(s for s in words.split(". ") if f"was {estimate} (SE {error};" in s)
            assert (side in sentence) == (float(estimate) != 0)
        assert f"; {display.number})" in words
    assert "None of these comparisons was statistically significant at the 0.05 level." in words


def test_dates_and_sites_are_those_of_the_data(pilot: StudyData, drafted: tuple[Plan, Book]) -> None:
    words = words_of(drafted[0], "design.conduct()")
    first = min(str(d) for d in column(data_of(pilot, "DM"), "RFXSTDTC") if d)
    day = int(first[8:10])
    assert f"received study treatment on {day} July {first[:4]}" in words
    sites = set(column(data_of(pilot, "ADSL"), "SITEID"))
    assert f"at {len(sites)} centers in the United States." in words_of(drafted[0], "design.sites()")


def test_tables_repeat_the_cells_of_their_displays(pilot: StudyData, drafted: tuple[Plan, Book]) -> None:
    plan, _ = drafted
    number = title(pilot, "Baseline Characteristics")
    rows = {said(r.cells[0]): [said(c) for c in r.cells[1:]] for r in plan.table("demographics").rows if not r.head}
    for label in ("Male", "Female", "Caucasian", "African Descent"):
        assert rows[label] == [cell(pilot, number, label, at) for at in range(4)]
    assert plan.table("disposition").displays == (title(pilot, "End of Study"),)


def bound_cells(rows: tuple[TableRow, ...]) -> Iterator[CodedText]:
    for row in rows:
        yield from row.cells[1:]


def test_every_filled_cell_of_a_table_is_a_fact(drafted: tuple[Plan, Book]) -> None:
    for key in ("disposition", "demographics", "exposure", "efficacy", "efficacy-2"):
        for text in bound_cells(drafted[0].table(key).rows):
            assert not said(text).strip(" -") or any(isinstance(p, Placeholder) and p.kind == FACT for p in text)


@cache
def own_words() -> str:
    from small_studies import PARTS

    return "".join((PARTS / f"{n}.v1.md").read_text("utf-8") for n in EVERY)


def test_parts_name_no_study(pilot: StudyData) -> None:
    """Nothing of a study stands in the program text: no arm, drug, table number, endpoint; and no digit at all in its words."""
    body = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", own_words().split("---\n", 2)[2], flags=re.DOTALL)
    for name in (*pilot.arms.names, pilot.id, *(d.number for d in pilot.displays), "ADAS", "CIBIC", "Xanomeline"):
        assert name.casefold() not in body.casefold() or name == "Placebo"
    assert len(all_texts(_KEPT["pilot"][0])) > 100 if "pilot" in _KEPT else True
