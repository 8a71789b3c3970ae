"""A small trial of our own as USDM v4 JSON: whole and free of contradictions, for tests that put one in."""

from __future__ import annotations

import copy
import json
from typing import Any

from docpipe.model.canonical import digest_bytes
from docpipe.model.source import Source, SourceFile, SourceKind
from docpipe.model.trial import Trial
from docpipe.sources.usdm_json import SOURCE

Json = dict[str, Any]
NCI = "http://www.cdisc.org"


def code(number: str, decode: str, name: str) -> Json:
    """A coded value."""
    return {
        "id": name,
        "code": number,
        "codeSystem": NCI,
        "codeSystemVersion": "1",
        "decode": decode,
        "instanceType": "Code",
    }


def alias(number: str, decode: str, name: str) -> Json:
    """A coded value with room for aliases."""
    return {
        "id": f"A_{name}",
        "standardCode": code(number, decode, name),
        "standardCodeAliases": [],
        "instanceType": "AliasCode",
    }


def quantity(value: float, name: str, unit: Json | None = None) -> Json:
    """A quantity."""
    return {"id": name, "value": value, "unit": unit, "instanceType": "Quantity"}


def thing(kind: str, name: str, label: str, **more: Any) -> Json:
    """An object with name, label and description."""
    return {"id": name, "name": name, "label": label, "description": "", "instanceType": kind, **more}


def linked(things: list[Json]) -> list[Json]:
    """Things with links to the one before and after them."""
    for n, one in enumerate(things):
        one["previousId"] = things[n - 1]["id"] if n else None
        one["nextId"] = things[n + 1]["id"] if n + 1 < len(things) else None
    return things


ARMS = (("ARM_P", "Placebo"), ("ARM_D", "Drug 10 mg"))
EPOCHS = (("EP_S", "Screening"), ("EP_T", "Treatment"), ("EP_F", "Follow-up"))
VISITS = (
    ("V1", "Screening visit", "EP_S", "Before", "P14D", "P3D", "P3D"), ("V2", "Baseline", "EP_T", "Fixed Reference", "P1D", "", ""),
    ("V3", "Week 4", "EP_T", "After", "P4W", "P3D", "P3D"), ("V4", "Week 8", "EP_T", "After", "P8W", "P3D", "P3D"),
    ("V5", "Week 12", "EP_F", "After", "P12W", "P7D", "P7D"),
)  # fmt: skip
ACTIVITIES = (
    ("AC_G", "Eligibility", ("AC_1", "AC_2")), ("AC_1", "Informed consent", ()), ("AC_2", "Inclusion and exclusion criteria", ()),
    ("AC_3", "Randomisation", ()), ("AC_4", "Walk test", ()), ("AC_5", "Vital signs", ()), ("AC_6", "Adverse events", ()),
    ("AC_7", "Standing blood pressure", ()),
)  # fmt: skip
DONE = {
    "V1": ("AC_1", "AC_2", "AC_5"), "V2": ("AC_3", "AC_4", "AC_5", "AC_6"), "V3": ("AC_4", "AC_5", "AC_6"),
    "V4": ("AC_4", "AC_5", "AC_6"), "V5": ("AC_4", "AC_6"),
}  # fmt: skip
_TIMES = {"Before": "C201357", "After": "C201356", "Fixed Reference": "C201358"}


def timing(visit: tuple[str, ...], to: str) -> Json:
    """The timing of an instance."""
    name, label, _, kind, value, lower, upper = visit
    return thing(
        "Timing", f"T_{name}", label, type=code(_TIMES[kind], kind, f"TT_{name}"), value=value, valueLabel="",
        relativeToFrom=code("C201355", "Start to Start", f"TR_{name}"), relativeFromScheduledInstanceId=f"I_{name}",
        relativeToScheduledInstanceId=f"I_{name}" if kind == "Fixed Reference" else to, windowLower=lower, windowUpper=upper, windowLabel="",
    )  # fmt: skip


def instance(name: str, label: str, done: tuple[str, ...], following: str | None, **more: Any) -> Json:
    """A scheduled instance."""
    return thing(
        "ScheduledActivityInstance", f"I_{name}", label, activityIds=list(done), defaultConditionId=following, **more,
    )  # fmt: skip


def _timelines() -> list[Json]:
    order = [v[0] for v in VISITS]
    instances = [
        instance(
            v[0], v[1], DONE[v[0]], f"I_{order[n + 1]}" if n + 1 < len(order) else None, encounterId=f"E_{v[0]}", epochId=v[2],
            timelineExitId=None if n + 1 < len(order) else "X_1",
        )
        for n, v in enumerate(VISITS)
    ]  # fmt: skip
    main = thing(
        "ScheduleTimeline", "TL_1", "Main Timeline", mainTimeline=True, entryCondition="Consent was given", entryId="I_V1",
        exits=[{"id": "X_1", "instanceType": "ScheduleTimelineExit"}], instances=instances, timings=[timing(v, "I_V2") for v in VISITS],
    )  # fmt: skip
    points = (
        ("B1", "Supine", "", "Fixed Reference", "PT0M", "", ""),
        ("B2", "After 1 minute", "", "After", "PT1M", "", ""),
    )
    own = [
        instance("B1", "Supine", ("AC_7",), "I_B2"),
        instance("B2", "After 1 minute", ("AC_7",), None, timelineExitId="X_2"),
    ]
    pressure = thing(
        "ScheduleTimeline", "TL_2", "Blood Pressure Timeline", mainTimeline=False, entryCondition="Automatic", entryId="I_B1",
        exits=[{"id": "X_2", "instanceType": "ScheduleTimelineExit"}], instances=own, timings=[timing(p, "I_B1") for p in points],
    )  # fmt: skip
    early = thing(
        "ScheduleTimeline", "TL_3", "Early Termination Timeline", mainTimeline=False, entryCondition="The participant leaves early",
        entryId="I_ET", exits=[{"id": "X_3", "instanceType": "ScheduleTimelineExit"}],
        instances=[instance("ET", "Early Termination", ("AC_5", "AC_6"), None, timelineExitId="X_3")],
        timings=[timing(("ET", "Early Termination", "", "Fixed Reference", "PT0M", "", ""), "I_ET")],
    )  # fmt: skip
    return [main, pressure, early]


def _design() -> Json:
    elements = [
        thing("StudyElement", "EL_S", "Screening"), thing("StudyElement", "EL_P", "Placebo", studyInterventionIds=["IN_P"]),
        thing("StudyElement", "EL_D", "Drug", description="10 mg once daily", studyInterventionIds=["IN_D"]),
        thing("StudyElement", "EL_F", "Follow-up"),
    ]  # fmt: skip
    elements[2]["description"] = "10 mg once daily"
    course = {"EP_S": ("EL_S", "EL_S"), "EP_T": ("EL_P", "EL_D"), "EP_F": ("EL_F", "EL_F")}
    cells = [
        {"id": f"C_{a}_{e}", "armId": a, "epochId": e, "elementIds": [course[e][n]], "instanceType": "StudyCell"}
        for n, (a, _) in enumerate(ARMS)
        for e, _ in EPOCHS
    ]
    activities = linked(
        [
            thing("Activity", a, label, childIds=list(under), biomedicalConceptIds=[], bcCategoryIds=[], bcSurrogateIds=[], definedProcedures=[])
            for a, label, under in ACTIVITIES
        ]
    )  # fmt: skip
    next(a for a in activities if a["id"] == "AC_5")["timelineId"] = "TL_2"
    year = alias("C29848", "Year", "U_Y")
    endpoint = thing(
        "Endpoint", "EN_1", "", text="Change from baseline in walk test distance at Week 8", purpose="Efficacy",
        level=code("C94496", "Primary Endpoint", "L_E1"),
    )  # fmt: skip
    safety = thing(
        "Endpoint", "EN_2", "", text="Adverse events", purpose="Safety", level=code("C139173", "Secondary Endpoint", "L_E2")
    )  # fmt: skip
    return thing(
        "InterventionalStudyDesign", "SD_1", "The design", description="A randomised, double-blind trial; allocation in a ratio of 1:1.",
        rationale="Two arms are compared.", studyType=code("C98388", "Interventional Study", "ST_1"),
        studyPhase=alias("C15601", "Phase II Trial", "PH_1"), model=code("C82639", "Parallel Study", "MO_1"),
        blindingSchema=alias("C15228", "Double Blind Study", "BL_1"), therapeuticAreas=[], characteristics=[], subTypes=[], intentTypes=[],
        arms=[thing("StudyArm", a, label, type=code("C174266", "Arm", f"AT_{a}"), populationIds=["PO_1"]) for a, label in ARMS],
        epochs=linked([thing("StudyEpoch", e, label, type=code("C48262", label, f"ET_{e}")) for e, label in EPOCHS]),
        elements=elements, studyCells=cells,
        encounters=linked([thing("Encounter", f"E_{v[0]}", v[1], type=code("C25716", "Visit", f"VT_{v[0]}")) for v in VISITS]),
        activities=activities, scheduleTimelines=_timelines(),
        population=thing(
            "StudyDesignPopulation", "PO_1", "Adults with claudication", includesHealthySubjects=False, criterionIds=["CR_1", "CR_2", "CR_3"],
            plannedEnrollmentNumber=quantity(120, "Q_N"), plannedSex=[code("C49636", "Both", "SX_1")],
            plannedAge={
                "id": "R_1", "minValue": quantity(18, "Q_A", year), "maxValue": quantity(75, "Q_B", alias("C29848", "Year", "U_Y2")),
                "isApproximate": False, "instanceType": "Range",
            },
            cohorts=[
                thing("StudyCohort", "CO_1", "Mild", includesHealthySubjects=False, criterionIds=[], plannedEnrollmentNumber=quantity(60, "Q_C1")),
                thing("StudyCohort", "CO_2", "Severe", includesHealthySubjects=False, criterionIds=[], plannedEnrollmentNumber=quantity(60, "Q_C2")),
            ],
        ),
        eligibilityCriteria=linked([
            thing("EligibilityCriterion", f"CR_{n}", "", identifier=f"{n}", category=code(c, kind, f"CC_{n}"), criterionItemId=f"CI_{n}")
            for n, (c, kind) in enumerate(
                (("C25532", "Inclusion Criteria"), ("C25532", "Inclusion Criteria"), ("C25370", "Exclusion Criteria")), 1
            )
        ]),
        objectives=[
            thing("Objective", "OB_1", "", text="To show that the drug improves walking", level=code("C85826", "Primary Objective", "L_1"), endpoints=[endpoint]),
            thing("Objective", "OB_2", "", text="To describe safety", level=code("C85827", "Secondary Objective", "L_2"), endpoints=[safety]),
        ],
        estimands=[thing(
            "Estimand", "ES_1", "Walking distance", populationSummary="Difference in means", analysisPopulationId="AP_1", variableOfInterestId="EN_1",
            interventionIds=["IN_D"],
            intercurrentEvents=[thing("IntercurrentEvent", "IE_1", "", text="Use of rescue medication", strategy="Treatment policy")],
        )],
        analysisPopulations=[thing("AnalysisPopulation", "AP_1", "All randomised", text="All randomised participants")],
        studyInterventionIds=["IN_P", "IN_D"], indications=[], biospecimenRetentions=[], documentVersionIds=[], notes=[],
    )  # fmt: skip


def _amendment(number: int) -> Json:
    return thing(
        "StudyAmendment", f"AM_{number}", f"Amendment {number}", number=str(number), summary=f"What amendment {number} did.",
        primaryReason={"id": f"RE_{number}", "code": code("C218500", "Recruitment Difficulty", f"RC_{number}"), "otherReason": None, "instanceType": "StudyAmendmentReason"},
        secondaryReasons=[], previousId=f"AM_{number - 1}" if number > 1 else None,
        impacts=[{
            "id": f"IM_{number}", "type": code("C99912x1", "Study Subject Safety", f"IT_{number}"), "text": "More visits.", "isSubstantial": number == 2,
            "instanceType": "StudyAmendmentImpact",
        }],
        changes=[thing(
            "StudyChange", f"CH_{number}", "", summary="A visit more", rationale="Asked for", changedSections=[
                {"id": f"SE_{number}", "sectionNumber": "1.3", "sectionTitle": "Schedule of Activities", "appliesToId": None, "instanceType": "DocumentContentReference"},
            ],
        )],
        geographicScopes=[{"id": f"GS_{number}", "type": code("C68846", "Global", f"GT_{number}"), "code": None, "instanceType": "GeographicScope"}],
        enrollments=[], dateValues=[],
    )  # fmt: skip


def usdm() -> Json:
    """The whole file, new at each call."""
    items = ("Adults aged 18 to 75 years.", "Able to walk without help.", "Pregnant or breastfeeding women.")
    version = {
        "id": "SV_1", "versionIdentifier": "3", "rationale": "First trial in claudication.", "instanceType": "StudyVersion",
        "titles": [{"id": "TI_1", "text": "A randomised trial of the drug in claudication", "type": code("C207616", "Official Study Title", "TY_1"), "instanceType": "StudyTitle"}],
        "studyIdentifiers": [{"id": "SI_1", "text": "DRUG-201", "scopeId": "OR_1", "instanceType": "StudyIdentifier"}],
        "organizations": [thing("Organization", "OR_1", "The sponsor", identifier="1", identifierScheme="x", type=code("C70793", "Clinical Study Sponsor", "OT_1"))],
        "roles": [
            thing("StudyRole", f"RO_{n}", label, code=code(c, label, f"RR_{n}"), organizationIds=[], assignedPersons=[], appliesToIds=["SV_1"],
                  masking={"id": f"MA_{n}", "text": "Masked", "isMasked": True, "instanceType": "Masking"})
            for n, (c, label) in enumerate((("C25936", "Investigator"), ("C142710", "Study Subject")), 1)
        ],
        "eligibilityCriterionItems": [thing("EligibilityCriterionItem", f"CI_{n}", "", text=f"<p>{text}</p>") for n, text in enumerate(items, 1)],
        "studyInterventions": [
            thing("StudyIntervention", "IN_P", "Placebo", role=code("C753", "Placebo", "IR_1"), type=code("C1909", "Drug", "IY_1"), codes=[], administrations=[
                thing("Administration", "AD_1", "Placebo"),
            ]),
            thing("StudyIntervention", "IN_D", "Drug", role=code("C41161", "Experimental", "IR_2"), type=code("C1909", "Drug", "IY_2"), codes=[], administrations=[
                thing("Administration", "AD_2", "Drug", dose=quantity(10, "Q_D", alias("C28253", "Milligram", "U_M"))),
            ]),
        ],
        "administrableProducts": [], "medicalDevices": [], "biomedicalConcepts": [], "bcCategories": [], "bcSurrogates": [], "dictionaries": [],
        "narrativeContentItems": [], "abbreviations": [], "dateValues": [], "amendments": [_amendment(1), _amendment(2)], "documentVersionIds": [],
        "conditions": [
            thing("Condition", "CN_1", "", text="Only in women below 55 years.", contextIds=["I_V1"], appliesToIds=["AC_5"]),
            thing("Condition", "CN_2", "", text="In the morning.", contextIds=[], appliesToIds=["AC_4"]),
            thing("Condition", "CN_3", "", text="By telephone.", contextIds=["I_V5"], appliesToIds=[]),
        ],
        "studyDesigns": [_design()],
    }  # fmt: skip
    study = {
        "id": "S_1",
        "name": "DRUG-201",
        "label": "",
        "description": "",
        "instanceType": "Study",
        "versions": [version],
        "documentedBy": [],
    }
    return {"study": study, "usdmVersion": "4.0.0", "systemName": "made", "systemVersion": "1"}


def changed(**puts: Any) -> Json:
    """The file with values put in by path below the study version: ``studyDesigns__0__arms__1__label="x"``."""
    given = copy.deepcopy(usdm())
    for path, value in puts.items():
        at: Any = given["study"]["versions"][0]
        *way, last = (int(p) if p.isdigit() else p for p in path.split("__"))
        for step in way:
            at = at[step]
        at[last] = value
    return given


def sources_of(given: Json, name: str = "made.json") -> tuple[Source, ...]:
    """What the reader makes of a file."""
    data = json.dumps(given, ensure_ascii=False).encode()
    file = SourceFile(name, digest_bytes(data), "application/json", SourceKind.PROTOCOL)
    return SOURCE.read(data, file)


def trial_of(given: Json) -> Trial:
    """The trial of a file."""
    return next(s for s in sources_of(given) if isinstance(s, Trial))
