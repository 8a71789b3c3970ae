from __future__ import annotations

import re
from datetime import date

import pytest
from told import narratives, plain, unbound

from docpipe.model.draft import Plan
from docpipe.writing.book import Book
from docpipe.writing.narrative_set import narrative_set
from docpipe.writing.study import StudyData

SEX = {"M": "male", "F": "female"}


@pytest.fixture(scope="module")
def document(pilot: StudyData) -> tuple[Plan, Book]:
    return narratives(pilot)


def cases(plan: Plan) -> dict[str, list[str]]:
    """Subject -> the rows under its heading."""
    found: dict[str, list[str]] = {}
    mine: list[str] = []
    for _, row in plan.rows():
        text = plain(row.text)
        if row.kind.value == "heading":
            mine = []
            if hit := re.match(r"Subject (\S+?):? ", text + " "):
                found[hit[1]] = mine
        mine.append(text)
    return found


def rows_of(study: StudyData, name: str, subject: str) -> list[dict[str, str]]:
    dataset = study.dataset(name)
    assert dataset is not None
    names = [v.name for v in dataset.variables]
    made = [{n: "" if v is None else str(v).strip() for n, v in zip(names, r, strict=True)} for r in dataset.records]
    return [r for r in made if r["USUBJID"] == subject]


def said(iso: str) -> str:
    day = date.fromisoformat(iso[:10])
    return f"{day.day} {day:%B %Y}"


def test_every_subject_of_the_set_is_narrated_and_no_other(pilot: StudyData, document: tuple[Plan, Book]) -> None:
    assert set(cases(document[0])) == set(narrative_set(pilot.records).subjects)


def test_every_number_of_the_narratives_is_a_code(document: tuple[Plan, Book]) -> None:
    assert list(unbound(document[0])) == []


def test_each_row_of_a_narrative_cites_records_of_its_subject_alone(document: tuple[Plan, Book]) -> None:
    plan, book = document
    subject = ""
    for block, row in plan.rows():
        if block.id in ("1", "2"):
            continue
        if row.kind.value == "heading" and (hit := re.match(r"Subject (\S+?):? ", plain(row.text) + " ")):
            subject = hit[1]
        for fact_id in row.facts:
            fact = book.get(fact_id)
            assert fact is not None
            assert fact.places
            assert not fact.row or fact.row[0].startswith(subject), (fact.row, subject)


def test_the_deaths_are_narrated_with_the_values_of_their_records(
    pilot: StudyData, document: tuple[Plan, Book]
) -> None:
    told = cases(document[0])
    for subject in narrative_set(pilot.records).deaths:
        text = "\n".join(told[subject])
        person = rows_of(pilot, "DM", subject)[0]
        assert f"{int(float(person['AGE']))}-year-old {SEX[person['SEX']]} at site {person['SITEID']}" in text
        assert f"The subject died on {said(person['DTHDTC'])}." in text
        assert f"treated in the {person['ACTARM']} group" in text
        doses = rows_of(pilot, "EX", subject)
        assert f"from {said(doses[0]['EXSTDTC'])} to {said(doses[-1]['EXENDTC'])}" in text
        event = next(r for r in rows_of(pilot, "AE", subject) if r["AEOUT"] == "FATAL")
        day, last = int(float(event["AESTDY"])), int(float(doses[-1]["EXENDY"]))
        assert f"On {said(event['AESTDTC'])} (Study Day {day}" in text
        assert f"an adverse event of {event['AEDECOD'].lower()}" in text
        assert (" after the last dose)" in text) == (day > last)
        assert f"recorded as {event['AESEV'].lower()}" in text
        assert "not flagged as serious (AESER recorded as N)" in text
        assert f"recorded as {event['AEREL'].lower()}" in text
        for history in rows_of(pilot, "MH", subject):
            if history["MHCAT"] != "PRIMARY DIAGNOSIS":
                assert history["MHDECOD"].lower() in text
        assert "Alzheimer's disease" in text
        others = [r for r in rows_of(pilot, "AE", subject) if r["AEOUT"] != "FATAL"]
        for other in others:
            assert other["AEDECOD"].lower() in text.lower()


def test_days_after_the_last_dose_are_a_difference_with_its_formula(document: tuple[Plan, Book]) -> None:
    plan, book = document
    row = next(r for _, r in plan.rows() if "two days after the last dose" in plain(r.text))
    made = [f for i in row.facts if (f := book.get(i)) is not None and f.statistic.startswith("difference")]
    assert [f.raw for f in made] == ["2"]
    assert len(made[0].inputs) == 2


def test_elements_that_no_source_holds_are_gaps_said_once(document: tuple[Plan, Book]) -> None:
    gaps = [r.gap for _, r in document[0].rows() if r.gap]
    assert len(gaps) == len(set(gaps)) == 5
    assert any("concomitant medication" in g for g in gaps)
    assert any("post-mortem" in g for g in gaps)


def test_records_of_one_event_are_told_together(pilot: StudyData, document: tuple[Plan, Book]) -> None:
    for rows in cases(document[0]).values():
        full = [
            r.partition(" (Study")[0] + r.partition("adverse event of ")[2].partition(" (")[0]
            for r in rows
            if "had an adverse event of" in r
        ]
        assert len(full) == len(set(full))
