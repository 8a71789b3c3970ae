"""Analysis results (ARS) as facts and against the data; records of adverse events against themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from drawn import dataset, pilot_data, source

from docpipe.model.canonical import digest_bytes
from docpipe.model.source import Result, Results, SourceFile, SourceKind
from docpipe.sources import ars
from docpipe.writing.arms import Arms
from docpipe.writing.compare_results import compare_results
from docpipe.writing.event_logic import event_logic
from docpipe.writing.facts_of_results import facts_of_results
from docpipe.writing.factstore import FactStore
from docpipe.writing.records import Study

ADSL = dataset(
    "ADSL", "USUBJID TRT01P TRT01PN:n SAFFL SEX DTHFL", "01 Placebo 0 Y M .", "02 Placebo 0 Y F .", "03 Drug 1 Y F Y"
)


def results(*given: tuple[str, str, str, tuple[tuple[str, str], ...]]) -> Results:
    made = tuple(
        Result(f"R#{i}", "Subjects by Sex", op, groups, raw, shown, "Table 1", "Safety Population", "ADSL.USUBJID")
        for i, (op, raw, shown, groups) in enumerate(given)
    )
    return Results(source("r.json", SourceKind.RESULTS), "ST1", made)


def test_results_are_facts_and_agree_or_not() -> None:
    placebo, male = ("Treatment", "Placebo"), ("Gender", "Male")
    given = results(
        ("n", "2", "(N=2)", (placebo,)),
        ("n", "1", "1", (placebo, male)),
        ("%", "50", "(50.0)", (placebo, male)),
        ("n", "2", "2", (("Treatment", "Drug"), ("Gender", "Female"))),
        ("Kurtosis", "2", "2", (placebo,)),
    )
    study = Study([ADSL])
    read = facts_of_results(given, study.arms, "", "v")
    assert [(f.row, f.arm, f.statistic, f.formatted) for f in read.facts] == [
        (("Subjects by Sex",), "Placebo", "N", "2"),
        (("Subjects by Sex", "Male"), "Placebo", "n", "1"),
        (("Subjects by Sex", "Male"), "Placebo", "pct", "50.0"),
        (("Subjects by Sex", "Female"), "Drug", "n", "2"),
    ]
    assert [u.result for u in read.unread] == ["R#4"]
    found = compare_results(given, read, study)
    assert (len(found.pairs), found.agreeing) == (4, 3)
    assert [(e.finding.check, e.expected) for e in found.findings] == [("N2.value-differs", "1")]


@pytest.mark.slow
def test_results_of_the_pilot_agree_but_for_three_analyses_with_swapped_arms(shared: Callable[[str], Path]) -> None:
    folder = shared("data/cdiscpilot01")
    study = Study(pilot_data(folder / "adam"))
    wrong: dict[str, set[tuple[str, str]]] = {}
    for name, counts in (("ars-common-safety-displays.json", (3735, 3734)), ("ars-fda-standard-tables.json", (74, 74))):
        data = (folder / name).read_bytes()
        (given,) = ars.SOURCE.read(data, SourceFile(name, digest_bytes(data), "application/json", SourceKind.RESULTS))
        assert isinstance(given, Results)
        read = facts_of_results(given, study.arms, "CDISCPILOT01", "v")
        assert (len(given.results), len(read.facts)) == counts
        assert FactStore(read.facts).contradictions() == ()
        found = compare_results(given, read, study)
        assert len(found.pairs) - found.agreeing == len(found.findings)
        wrong[name] = {(e.shown[0].row[0].removeprefix("Summary of "), e.shown[0].arm) for e in found.findings}
    # The published file has the two doses of the drug in each other's place in these analyses.
    analyses = ("Subjects by Treatment and Ethnicity", "Subjects by Treatment and Race", "Height by Treatment")
    doses = ("Xanomeline Low Dose", "Xanomeline High Dose")
    assert wrong["ars-common-safety-displays.json"] == {(a, d) for a in analyses for d in doses}
    assert wrong["ars-fda-standard-tables.json"] == set()


def test_a_study_without_arms_in_its_results_keeps_them_apart_from_nothing() -> None:
    read = facts_of_results(results(("n", "2", "2", (("Treatment", "Other"),))), Arms(("Placebo",)), "S", "v")
    assert [(f.row, f.arm) for f in read.facts] == [(("Subjects by Sex", "Other"), "")]


@pytest.mark.parametrize(
    ("record", "checks"),
    [
        ("01 1 Y Y RECOVERED 10 5 6", []),
        ("01 1 N Y RECOVERED 10 5 6", ["P8.serious-not-flagged"]),
        ("01 1 Y N RECOVERED 10 5 6", ["P8.serious-without-criterion"]),
        ("01 1 Y Y FATAL 10 5 6", ["P8.death-not-flagged"]),
        ("03 1 Y Y FATAL 10 5 6", []),
        ("01 1 N N RECOVERED 10 5 5", ["T3.study-day"]),
        ("01 1 N N RECOVERED 3 5 -2", []),
    ],
)
def test_records_of_events_contradict_themselves_in_known_ways(record: str, checks: list[str]) -> None:
    events = dataset("ADAE", "USUBJID AESEQ:n AESER AESHOSP AEOUT ASTDT:n TRTSDT:n ASTDY:n", record)
    found = event_logic(Study([ADSL, events]))
    assert [e.finding.check for e in found] == checks
    assert all(e.places and e.formula for e in found)


def test_the_pilot_has_deaths_and_hospital_stays_that_are_not_flagged_as_serious(shared: Callable[[str], Path]) -> None:
    found = event_logic(Study(pilot_data(shared("data/cdiscpilot01/adam"))))
    said = {e.formula.split(" ")[0]: len(e.places) for e in found if e.finding.check == "P8.serious-not-flagged"}
    assert said == {"AESDTH": 3, "AESLIFE": 5, "AESHOSP": 30, "AESDISAB": 1}
