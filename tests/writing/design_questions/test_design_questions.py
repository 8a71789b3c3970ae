"""Questions on designs: a fault put into a whole trial is found where it was put, and the whole trial gives none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from designed import changed, trial_of, usdm
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.finding import Severity
from docpipe.model.trial import Trial
from docpipe.writing.design_questions import questions
from docpipe.writing.design_questions.asked import words
from docpipe.writing.design_questions.criteria import ages_in

D = "studyDesigns__0__"
T = f"{D}scheduleTimelines__0__"
Seed = Callable[[dict[str, Any]], None]


def design(given: dict[str, Any]) -> dict[str, Any]:
    """The design of a file."""
    found: dict[str, Any] = given["study"]["versions"][0]["studyDesigns"][0]
    return found


def item(given: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    """A thing of the design by its id."""
    return next(x for x in design(given)[key] if x["id"] == name)


def without(key: str, name: str) -> Seed:
    """Takes a thing out of the design."""

    def seed(given: dict[str, Any]) -> None:
        design(given)[key] = [x for x in design(given)[key] if x["id"] != name]

    return seed


def unscheduled(activity: str) -> Seed:
    """Takes an activity out of every timeline."""

    def seed(given: dict[str, Any]) -> None:
        for timeline in design(given)["scheduleTimelines"]:
            for one in timeline["instances"]:
                one["activityIds"] = [a for a in one["activityIds"] if a != activity]

    return seed


def unmasked(given: dict[str, Any]) -> None:
    for role in given["study"]["versions"][0]["roles"]:
        role["masking"]["isMasked"] = False


def more(key: str, *names: str) -> Seed:
    """Puts a copy of the first thing with another id and label behind the others."""

    def seed(given: dict[str, Any]) -> None:
        for name in names:
            new = {**design(given)[key][0], "id": name, "label": name, "name": name, "previousId": None, "nextId": None}
            design(given)[key].append({**new, "childIds": []} if key == "activities" else new)

    return seed


def untimed(given: dict[str, Any]) -> None:
    timeline = design(given)["scheduleTimelines"][0]
    timeline["timings"] = [x for x in timeline["timings"] if x["id"] != "T_V3"]


def undecided(given: dict[str, Any]) -> None:
    timeline = design(given)["scheduleTimelines"][0]
    timeline["instances"].append(
        {"id": "I_D", "name": "D", "label": "", "description": "", "instanceType": "ScheduledDecisionInstance", "defaultConditionId": "I_V4", "conditionAssignments": []}
    )  # fmt: skip
    timeline["instances"][2]["defaultConditionId"] = "I_D"


def men_only(given: dict[str, Any]) -> None:
    design(given)["population"]["plannedSex"][0].update(decode="Male", code="C20197")


PUT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("no_primary_objective", {f"{D}objectives__0__level__decode": "Secondary Objective"}),
    ("objective_without_endpoint", {f"{D}objectives__0__endpoints": []}),
    ("objective_without_estimand", {f"{D}estimands__0__variableOfInterestId": "EN_2"}),
    ("estimand_without_events", {f"{D}estimands__0__intercurrentEvents": []}),
    ("event_without_strategy", {f"{D}estimands__0__intercurrentEvents__0__strategy": ""}),
    ("estimand_incomplete", {f"{D}estimands__0__interventionIds": []}),
    ("estimand_incomplete", {f"{D}estimands__0__populationSummary": ""}),
    ("endpoint_unassessed", {f"{D}objectives__0__endpoints__0__text": "Urinary cortisol at Week 8"}),
    ("assessment_unserved", {f"{D}activities__7__label": "Hair analysis", f"{D}activities__7__name": "Hair analysis"}),
    ("window_overlap", {f"{T}timings__2__windowUpper": "P4W"}),
    ("time_disorder", {f"{T}timings__2__value": "P9W"}),
    ("window_unmeasured", {f"{T}timings__2__windowLower": "", f"{T}timings__2__windowUpper": "", f"{T}timings__2__windowLabel": "3 days"}),
    ("window_half", {f"{T}timings__2__windowLower": ""}),
    ("time_unmeasured", {f"{T}timings__2__value": "four weeks"}),
    ("main_timeline", {f"{T}mainTimeline": False}),
    ("main_timeline", {f"{D}scheduleTimelines__1__mainTimeline": True}),
    ("instance_unreached", {f"{T}instances__1__defaultConditionId": "I_V4"}),
    ("criterion_age", {"eligibilityCriterionItems__0__text": "<p>Adults aged 21 to 75 years.</p>"}),
    ("criterion_age", {"eligibilityCriterionItems__0__text": "<p>Participants at least 18 years of age and not older than 65 years of age.</p>"}),
    ("criterion_sex", {"eligibilityCriterionItems__1__text": "<p>Male participants only.</p>"}),
    ("criterion_health", {"eligibilityCriterionItems__1__text": "<p>Healthy volunteers.</p>"}),
    ("criterion_health", {f"{D}population__includesHealthySubjects": True, "eligibilityCriterionItems__1__text": "<p>Diagnosis of claudication.</p>"}),
    ("criterion_identifier", {f"{D}eligibilityCriteria__1__identifier": "1"}),
    ("criterion_unnumbered", {f"{D}eligibilityCriteria__1__identifier": ""}),
    ("criterion_twice", {"eligibilityCriterionItems__1__text": "<p>Adults aged 18 to 75 years.</p>"}),
    ("cohort_sizes", {f"{D}population__cohorts__1__plannedEnrollmentNumber__value": 50}),
    ("arm_without_cells", {f"{D}studyCells": []}),
    ("cell_empty", {f"{D}studyCells__1__elementIds": []}),
    ("arms_alike", {f"{D}studyCells__4__elementIds": ["EL_P"]}),
    ("open_but_masked", {f"{D}blindingSchema__standardCode__decode": "Open Label Study"}),
    ("allocation_ratio", {f"{D}description": "A randomised, double-blind trial."}),
    ("dose_unknown", {f"{D}elements__2__description": "20 mg once daily"}),
    ("intervention_without_administration", {"studyInterventions__0__administrations": []}),
    ("placeholder", {f"{D}objectives__1__endpoints__0__text": "*** To be determined ***"}),
    ("label_letter", {f"{D}activities__4__name": "Walk test", f"{D}activities__4__label": "Walk testk"}),
    ("label_twice", {f"{D}activities__4__label": "Vital signs"}),
    ("condition_loose", {"conditions__1__appliesToIds": []}),
    ("condition_unscheduled", {"conditions__0__appliesToIds": ["AC_6"]}),
)  # fmt: skip
PUT += (
    ("time_unrelated", {f"{T}timings__2__type__decode": "Sometime"}),
    ("time_elsewhere", {f"{T}timings__2__relativeToScheduledInstanceId": "I_B1"}),
    ("cohort_age", {f"{D}population__cohorts__0__plannedAge": {
        "id": "R_9", "minValue": {"id": "Q_91", "value": 12, "unit": None, "instanceType": "Quantity"},
        "maxValue": {"id": "Q_92", "value": 17, "unit": None, "instanceType": "Quantity"}, "isApproximate": False, "instanceType": "Range",
    }}),
    ("blinding_one_role", {"roles__1__masking__isMasked": False}),
    ("criterion_age", {"eligibilityCriterionItems__2__text": "<p>Aged 70 years or older.</p>"}),
)  # fmt: skip
DONE_TO: tuple[tuple[str, Seed], ...] = (
    ("activity_never_scheduled", unscheduled("AC_3")),
    ("endpoint_unassessed", unscheduled("AC_4")),
    ("encounter_unused", more("encounters", "Extra visit")),
    ("epoch_without_visit", more("epochs", "Run-out")),
    ("cell_missing", without("studyCells", "C_ARM_P_EP_F")),
    ("element_unused", more("elements", "Washout")),
    ("blinding_without_roles", unmasked),
    ("criterion_sex", men_only),
    ("instance_untimed", untimed),
    ("decision_without_condition", undecided),
)


def asked(trial: Trial) -> set[str]:
    """The checks that ask something, without their family."""
    return {q.check.removeprefix("design.") for q in questions(trial)}


def test_a_whole_trial_raises_no_question() -> None:
    trial = trial_of(usdm())
    assert questions(trial) == ()
    assert trial.notices == ()


@pytest.mark.parametrize(("check", "put"), PUT, ids=[f"{n}-{c}" for n, (c, _) in enumerate(PUT)])
def test_a_fault_put_into_an_attribute_is_asked_about(check: str, put: dict[str, Any]) -> None:
    assert check in asked(trial_of(changed(**put)))


@pytest.mark.parametrize(("check", "seed"), DONE_TO, ids=[f"{n}-{c}" for n, (c, _) in enumerate(DONE_TO)])
def test_a_fault_put_into_the_structure_is_asked_about(check: str, seed: Seed) -> None:
    given = usdm()
    seed(given)
    assert check in asked(trial_of(given))


def test_a_question_points_at_what_it_is_about_and_says_both_sides() -> None:
    trial = trial_of(changed(eligibilityCriterionItems__0__text="<p>Adults aged 21 to 75 years.</p>"))
    (question,) = questions(trial)
    assert question.severity is Severity.MAJOR
    assert question.message == "Criterion 1 says 21 years for the youngest participants, the population 18."
    assert question.pointers[0] == trial.design.criteria[0].pointer
    assert question.pointers[1].endswith("/population/plannedAge/minValue/value")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Adults aged 18 to 75 years.", 18, 75), ("Age ≥ 18 and ≤ 65 years", 18, 65), ("Males and females at least 50 years of age.", 50, None),
        ("Participants aged ≥ 18 at the time of consent", 18, None), ("Subjects 12 years of age or older", 12, None),
        ("A history of syncope within the last 5 years.", None, None), ("Between 18 and 55 years old, inclusive", 18, 55),
        ("Leipzig score ≥ 4 documented by testing", None, None), ("Not older than 80 years of age", None, 80),
        ("At least 2 relapses in the last 3 years", None, None), ("Patients 18-65 years of age", 18, 65),
    ],
)  # fmt: skip
def test_ages_are_read_from_the_words_of_criteria(text: str, low: int | None, high: int | None) -> None:
    (first, _), (last, _) = ages_in(text)
    assert (first, last) == (low, high)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Change in trough FEV1 at Week 24", "Spirometry"), ("Laboratory evaluations", "Haematology"), ("HbA1c at Week 26", "Glycated haemoglobin"),
        ("Treatment-emergent AEs", "Adverse events"), ("Copper in faeces", "Feces for Cu"), ("ADAS-Cog (11)", "ADAS-Cog"), ("12-lead ECGs", "Electrocardiogram"),
    ],
)  # fmt: skip
def test_names_of_one_thing_are_brought_to_one(one: str, other: str) -> None:
    assert words(one) & words(other)


@given(st.text())
def test_words_and_ages_of_any_text_are_read_without_fault(text: str) -> None:
    assert all(w == w.casefold() for w in words(text))
    ages_in(text)


def test_questions_on_the_public_studies_are_those_that_were_looked_at(shared: Any) -> None:
    from docpipe.model.canonical import digest_bytes
    from docpipe.model.source import SourceFile, SourceKind
    from docpipe.sources.usdm_json import SOURCE

    found: dict[str, list[str]] = {}
    for name in ("CDISC_Pilot_Study.json", "Alexion_NCT04573309_Wilsons.json"):
        data = (shared("data/usdm") / name).read_bytes()
        read = SOURCE.read(data, SourceFile(name, digest_bytes(data), "application/json", SourceKind.PROTOCOL))
        trial = next(s for s in read if isinstance(s, Trial))
        found[name.partition("_")[0]] = [q.check.removeprefix("design.") for q in questions(trial)]
    assert sorted(set(found["CDISC"])) == [
        "allocation_ratio", "assessment_unserved", "blinding_one_role", "objective_without_estimand", "placeholder",
    ]  # fmt: skip
    assert sorted(set(found["Alexion"])) == [
        "condition_loose", "condition_unscheduled", "label_letter", "label_twice", "objective_without_estimand", "open_but_masked", "placeholder",
        "window_overlap", "window_unmeasured",
    ]  # fmt: skip
