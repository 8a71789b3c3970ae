"""Questions on a design among the findings on the sources, each with an id that stays and the attributes that it is about."""

from __future__ import annotations

import json

from designed import changed, usdm

from docpipe.model.canonical import digest_bytes
from docpipe.model.finding import Severity
from docpipe.model.source import SourceFile, SourceKind
from docpipe.sources.usdm_json import SOURCE
from docpipe.steps.read_sources import SOURCES, findings_of_study
from docpipe.store.studies import StudyFinding
from docpipe.writing.study import build


def found(given: object) -> list[StudyFinding]:
    """The findings of a file on its design."""
    data = json.dumps(given).encode()
    read = SOURCE.read(data, SourceFile("made.json", digest_bytes(data), "application/json", SourceKind.PROTOCOL))
    return [f for f in findings_of_study(build(read)) if f.check.startswith("design.")]


def test_a_question_is_a_finding_of_the_first_checkpoint_with_its_pointers() -> None:
    (finding,) = found(changed(eligibilityCriterionItems__0__text="<p>Adults aged 21 to 75 years.</p>"))
    assert finding.stage == SOURCES
    assert (finding.check, finding.severity, finding.path) == ("design.criterion_age", Severity.MAJOR, "made.json")
    assert finding.locator == "usdm:/study/versions/0/studyDesigns/0/eligibilityCriteria/0"
    assert finding.expected == "18 years; usdm:/study/versions/0/studyDesigns/0/population/plannedAge/minValue/value"


def test_the_id_of_a_question_stays_while_it_says_the_same() -> None:
    first = found(changed(studyDesigns__0__estimands__0__intercurrentEvents=[]))
    again = found(changed(studyDesigns__0__estimands__0__intercurrentEvents=[], studyDesigns__0__arms__0__label="Sham"))
    assert [f.id for f in first] == [f.id for f in again if f.check == "design.estimand_without_events"]


def test_a_whole_design_adds_no_finding() -> None:
    assert found(usdm()) == []
