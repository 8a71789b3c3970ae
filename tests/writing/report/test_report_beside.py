"""Records shown beside findings that name no fact: of the subject, of the event that the passage tells of, of deaths, of doses."""

from __future__ import annotations

import pytest
from drawn import dataset

from docpipe.writing.report.beside import Beside, beside
from docpipe.writing.study import StudyData, build

PASSAGE = "Subject S-1, a 61-year-old female, had a headache on Study Day 9."


@pytest.fixture(scope="module")
def study() -> StudyData:
    return build(
        [
            dataset("DM", "STUDYID USUBJID AGE:n SEX ARM DTHFL DTHDTC", "S S-1 61 M A . .", "S S-10 50 F B Y 2024-06-02"),
            dataset("AE", "STUDYID USUBJID AEDECOD AESTDY:n AESEV", "S S-1 HEADACHE 12 MILD", "S S-1 NAUSEA 3 MILD", "S S-10 HEADACHE 1 MILD"),
            dataset("EX", "STUDYID USUBJID EXTRT EXDOSE:n EXDOSU", "S S-1 A 50 mg", "S S-1 A 50 mg", "S S-10 B 0 mg"),
        ]
    )  # fmt: skip


def said(found: list[Beside]) -> list[tuple[str, str]]:
    return [(b.says, b.place.locator) for b in found]


def test_a_subjects_record_and_the_event_of_the_passage_stand_beside(study: StudyData) -> None:
    found = said(beside(study, "P6.subject-facts", "“female” is said of S-1, whose sex is M.", PASSAGE))
    assert found == [
        ("DM: USUBJID S-1: AGE = 61, SEX = M, ARM = A", "dataset:DM#1/USUBJID"),
        ("AE: USUBJID S-1: AEDECOD = HEADACHE, AESTDY = 12, AESEV = MILD", "dataset:AE#1/AEDECOD"),
    ]
    assert said(beside(study, "T3.study-day", "The study day is another.", PASSAGE)) == found, "named by the passage"
    (one,) = said(beside(study, "P6.subject-facts", "S-10 is another.", ""))
    assert "S-10: AGE = 50" in one[0], "the longer id is meant"


def test_deaths_and_doses_of_the_data_stand_beside(study: StudyData) -> None:
    assert said(beside(study, "P8.seriousness", "The data have 1 subject who died.", "")) == [
        ("DM: USUBJID = S-10, DTHFL = Y, DTHDTC = 2024-06-02", "dataset:DM#2/DTHFL")
    ]
    assert [s for s, _ in said(beside(study, "U1.dose", "The study has no dose of 500 mg.", ""))] == [
        "EX: EXTRT = A, EXDOSE = 50, EXDOSU = mg",
        "EX: EXTRT = B, EXDOSE = 0, EXDOSU = mg",
    ]


def test_nothing_is_told_where_nothing_can_be(study: StudyData) -> None:
    assert beside(study, "X1.dangling-reference", "There is no Table 88.", PASSAGE) == []
    assert beside(study, "P6.subject-facts", "Somebody is another.", "Nobody is named.") == []
    bare = build([dataset("TS", "STUDYID TSPARMCD", "S TITLE")])
    assert [beside(bare, c, "The data have 2 subjects who died.", PASSAGE) for c in ("P6", "P8.x", "U1.dose")] == [
        [],
        [],
        [],
    ]
