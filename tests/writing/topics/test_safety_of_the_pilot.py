from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import pytest
from told import Told, unbound

from docpipe.writing.narrative_set import narrative_set
from docpipe.writing.study import StudyData

Records = list[dict[str, str]]


def records(study: StudyData, name: str) -> Records:
    dataset = study.dataset(name)
    assert dataset is not None
    names = [v.name for v in dataset.variables]
    return [{n: str(v or "").strip() for n, v in zip(names, r, strict=True)} for r in dataset.records]


@pytest.fixture(scope="module")
def told(pilot: StudyData) -> Told:
    return Told(pilot)


@pytest.fixture(scope="module")
def events(pilot: StudyData) -> Records:
    return [r for r in records(pilot, "ADAE") if r["TRTEMFL"] == "Y"]


@pytest.fixture(scope="module")
def sizes(pilot: StudyData) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for r in records(pilot, "ADSL"):
        if r["SAFFL"] == "Y":
            found[r["TRT01A"]] += 1
    return found


def share(n: int, size: int) -> str:
    return f"{(Decimal(100 * n) / size).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def counted(events: Records, passes: Callable[[dict[str, str]], bool]) -> dict[str, int]:
    found: dict[str, set[str]] = defaultdict(set)
    for r in events:
        if passes(r):
            found[r["TRTA"]].add(r["USUBJID"])
    return {a: len(s) for a, s in found.items()}


def cells(counts: dict[str, int], sizes: dict[str, int], arms: tuple[str, ...]) -> list[str]:
    return [f"{n} ({share(n, sizes[a])})" if (n := counts.get(a, 0)) else "0" for a in arms]


def test_every_number_of_the_safety_sections_is_a_code(told: Told) -> None:
    assert list(unbound(told.plan)) == []


def test_every_fact_behind_them_has_a_place_in_a_source(told: Told) -> None:
    for row in (r for b in told.plan.blocks for r in b.rows):
        for fact_id in row.facts:
            fact = told.book.get(fact_id)
            assert fact is not None
            assert fact.places, fact_id


def test_the_overview_counts_what_the_records_hold(
    told: Told, pilot: StudyData, events: Records, sizes: dict[str, int]
) -> None:
    arms = pilot.arms.names
    table = {row[0]: row[1:] for row in told.table("ae-overview")}
    assert table["Any treatment-emergent adverse event"] == cells(counted(events, lambda r: True), sizes, arms)
    related = counted(events, lambda r: r["AEREL"] in ("POSSIBLE", "PROBABLE"))
    assert table["Related to study treatment"] == cells(related, sizes, arms)
    assert table["Severe"] == cells(counted(events, lambda r: r["AESEV"] == "SEVERE"), sizes, arms)
    assert table["Serious, as flagged"] == cells(counted(events, lambda r: r["AESER"] == "Y"), sizes, arms)
    assert table["Resulting in death"] == cells(counted(events, lambda r: r["AEOUT"] == "FATAL"), sizes, arms)
    criteria = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG")
    logic = counted(events, lambda r: r["AESER"] == "Y" or r["AEOUT"] == "FATAL" or any(r[c] == "Y" for c in criteria))
    assert table["Serious, by flag or criteria of seriousness"] == cells(logic, sizes, arms)


def test_the_common_terms_are_all_of_them_and_no_others(
    told: Told, pilot: StudyData, events: Records, sizes: dict[str, int]
) -> None:
    arms = pilot.arms.names
    expected = {}
    for term in {r["AEDECOD"] for r in events}:
        counts = counted(events, lambda r, t=term: r["AEDECOD"] == t)  # type: ignore[misc]
        if any(20 * counts.get(a, 0) >= sizes[a] for a in arms):
            expected[term.capitalize()] = cells(counts, sizes, arms)
    table = told.table("ae-common")
    assert {row[0]: row[1:] for row in table} == expected
    tops = [max(Decimal(c.partition("(")[2].rstrip("%)") or 0) for c in row[1:]) for row in table]
    assert tops == sorted(tops, reverse=True)
    text = told.says("events.common()")
    assert all(row[0].lower() in text for row in table)


def test_the_threshold_can_be_another(pilot: StudyData, events: Records, sizes: dict[str, int]) -> None:
    told = Told(pilot, ("events.common(10)", "events.common_table(10)"))
    expected = set()
    for term in {r["AEDECOD"] for r in events}:
        counts = counted(events, lambda r, t=term: r["AEDECOD"] == t)  # type: ignore[misc]
        if any(10 * counts.get(a, 0) >= sizes[a] for a in pilot.arms.names):
            expected.add(term.capitalize())
    assert {row[0] for row in told.table("ae-common")} == expected
    assert "at least 10% of the subjects" in told.says("events.common(10)")


def test_three_deaths_are_told_with_their_values(told: Told) -> None:
    text = told.says("events.deaths()")
    assert text.startswith("Three subjects died during the study: 2 of 86 subjects (2.3%) in the Placebo group")
    assert "recorded in" not in text, "the datasets agree"
    assert "do not flag sudden death" in text
    assert "treated as serious" in text
    assert "[GAP: reconciled records of the deaths: the flag of seriousness]" in text
    assert [row[0] for row in told.table("deaths")] == ["01-701-1211", "01-704-1445", "01-710-1083"]


def test_serious_events_by_flag_and_by_criteria_are_both_said(told: Told, events: Records) -> None:
    text = told.says("events.serious()")
    criteria = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG")
    bare = [r for r in events if r["AESER"] != "Y" and any(r[c] == "Y" for c in criteria)]
    subjects = {r["USUBJID"] for r in bare}
    assert f"hold {len(bare)} events of {len(subjects)} subjects that met a criterion of seriousness or" in text
    hospital = sum(r["AESHOSP"] == "Y" for r in bare)
    assert f"initial or prolonged hospitalization ({hospital} events)" in text
    listed = told.table("ae-serious-events")
    assert ["01-718-1371", "Xanomeline High Dose", "Partial seizures with secondary generalisation"] in [
        row[:3] for row in listed
    ]
    assert len(listed) == sum(r["AESER"] == "Y" for r in events)


def test_the_reason_within_a_window_is_told_with_its_window(told: Told, pilot: StudyData) -> None:
    text = told.says("events.discontinuations()")
    left: dict[str, int] = defaultdict(int)
    for r in records(pilot, "ADSL"):
        left[r["TRT01A"]] += r["DCDECOD"] == "ADVERSE EVENT"
    for arm, n in left.items():
        assert f"{n} of" in text
        assert arm in text
    assert "Under “Reason for Early Termination (prior to Week 24)”, Table 14-1.02" in text
    assert "[GAP:" in text, "which events led to it is not recorded"


def test_events_of_special_interest_are_counted(told: Told, events: Records, sizes: dict[str, int]) -> None:
    text = told.says("events.special()")
    for arm, n in counted(events, lambda r: bool(r["CQ01NAM"])).items():
        assert f"{n} of {sizes[arm]}" in text
        assert arm in text
    assert "None of these events was flagged as serious." in text


def test_what_the_pilot_lacks_is_a_gap(told: Told) -> None:
    for macro in ("laboratory", "vitals", "other"):
        assert told.says(f"measurements.{macro}()").startswith("[GAP:")
    assert told.says("measurements.ecg()") == "ECG analyses were not planned.", "in the words of the plan"
    assert told.lines("measurements.brief()")[0] == "ECG analyses were not planned."


def test_displays_are_cited_by_what_they_are_about(told: Told) -> None:
    used = {d for b in told.plan.blocks for d in b.displays}
    assert {"Table 14-5.01", "Table 14-5.02"} <= used


def test_the_set_of_narratives_is_that_of_the_records(pilot: StudyData) -> None:
    found = narrative_set(pilot.records)
    every = records(pilot, "ADAE")
    criteria = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESER")
    assert set(found.deaths) == {r["USUBJID"] for r in records(pilot, "DM") if r["DTHFL"] == "Y"}
    assert set(found.serious) == {r["USUBJID"] for r in every if any(r[c] == "Y" for c in criteria)}
    assert set(found.special) == {r["USUBJID"] for r in every if r["CQ01NAM"]}
    assert found.subjects[:3] == found.deaths
