"""A small made-up trial as a USDM file of version 4 or 3, for tests: two arms, an estimand, criteria with tags, a narrative with references."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

Json = dict[str, Any]


def code(value: str, decode: str, system: str = "http://www.cdisc.org") -> Json:
    """A code; ids are given when the file is made."""
    return {"code": value, "codeSystem": system, "codeSystemVersion": "1", "decode": decode, "instanceType": "Code"}


def alias(value: str, decode: str) -> Json:
    """An alias code."""
    return {"standardCode": code(value, decode), "standardCodeAliases": [], "instanceType": "AliasCode"}


def named(kind: str, key: str, label: str, **more: Any) -> Json:
    """An object with id, name and label."""
    return {"id": key, "name": key, "label": label, "description": "", "instanceType": kind, **more}


def quantity(value: float, unit: Json | None = None, key: str = "") -> Json:
    """A quantity."""
    found: Json = {"value": value, "unit": unit, "instanceType": "Quantity"}
    return {"id": key, **found} if key else found


SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("1", "Introduction", "<p>Drug X is new. It was given to 12 people before (see Section 3).</p>"),
    ("2", "Study Rationale", "<p>The dose of <b>10</b> mg/m<sup>2</sup> is tested in <usdm:ref klass='Indication' id='I1' attribute='label'/>.</p>"),
    ("3", "Study Population", ""),
    ("3.1", "Inclusion Criteria", "<p>All of these must hold:</p><table><tr><td>1</td><td><usdm:ref klass='EligibilityCriterionItem' id='CI1' attribute='text'></usdm:ref></td></tr></table>"),
    ("3.2", "Screen Failures", "<ol type='a'><li>They may be screened again.</li><li><p>Not more than twice.</p></li></ol>"),
    ("4", "Study Intervention", "<p>Table 1 says how it is given.</p><p>Table 1: Dosing</p><table><tr><th>Day</th><th>Dose</th></tr>"
     "<tr><td rowspan='2'>1</td><td>10 mg</td></tr><tr><td>5 mg &amp; rest</td></tr></table>"),
    ("5", "Sample Size", "<p>About 20 participants are enough, as in Section 14 of the brochure.</p>"),
    ("6", "Kitchen Recipes", "<p>Soup is served at every visit to all who take part in this trial.</p>"),
)  # fmt: skip


def sample() -> Json:
    """The trial in version 4, wrapped."""
    criteria = [("C1", "1", "C25532", "Inclusion Criteria", "CI1"), ("C2", "2", "C25370", "Exclusion Criteria", "CI2")]
    items = [
        named("EligibilityCriterionItem", "CI1", "", text="<p>At least <usdm:tag name='min_age'/> years old.</p>", dictionaryId="D1"),
        named("EligibilityCriterionItem", "CI2", "", text="<p>Any of these:</p><ul><li>pregnant</li><li>ill within 3 months</li></ul>", dictionaryId=None),
    ]  # fmt: skip
    endpoint = named(
        "Endpoint", "E1", "", text="Change of the score at Week 8", purpose="", level=code("C94496", "Primary Endpoint")
    )
    objectives = [
        named("Objective", "O1", "", text="To show that Drug X lowers the score.", level=code("C85826", "Primary Objective"), endpoints=[endpoint]),
        named("Objective", "O2", "", text="To learn about sleep.", level=code("C85827", "Secondary Objective"), endpoints=[
            named("Endpoint", "E2", "", text="*** To be determined ***", purpose="", level=code("C139173", "Secondary Endpoint"))]),
    ]  # fmt: skip
    estimand = named(
        "Estimand", "ES1", "", populationSummary="Difference of means", analysisPopulationId="AP1", variableOfInterestId="E1",
        interventionIds=["SI1"], intercurrentEvents=[named("IntercurrentEvent", "IE1", "", text="Rescue", strategy="Treatment policy")],
    )  # fmt: skip
    design = named(
        "InterventionalStudyDesign", "SD1", "Design",
        rationale="Because.", studyType=code("C98388", "Interventional Study"), studyPhase=alias("C15602", "Phase III Trial"),
        model=code("C82639", "Parallel Study"), blindingSchema=alias("C49659", "Open Label Study"),
        characteristics=[code("C25196", "RANDOMIZED")], intentTypes=[], subTypes=[], therapeuticAreas=[],
        arms=[named("StudyArm", "A1", "Drug X", type=code("C174266", "Investigational Arm"), populationIds=[]),
              named("StudyArm", "A2", "Usual care", type=code("C0000", "Some Other Arm"), populationIds=[])],
        epochs=[named("StudyEpoch", "EP2", "Treatment", type=code("C101526", "Treatment Epoch"), previousId="EP1", nextId=None),
                named("StudyEpoch", "EP1", "Screening", type=code("C202487", "Screening Epoch"), previousId=None, nextId="EP2")],
        elements=[named("StudyElement", "EL1", "Take Drug X", studyInterventionIds=["SI1"])],
        studyCells=[{"id": "SC1", "armId": "A1", "epochId": "EP2", "elementIds": ["EL1"], "instanceType": "StudyCell"}],
        encounters=[named("Encounter", "V1", "Visit 1", type=code("C25716", "Visit"), previousId=None, nextId=None)],
        activities=[named("Activity", "AC1", "Vital signs", definedProcedures=[], childIds=[], previousId=None, nextId=None)],
        scheduleTimelines=[named("ScheduleTimeline", "T1", "Main", mainTimeline=True, entryCondition="", entryId="SA1", exits=[], timings=[], instances=[
            named("ScheduledActivityInstance", "SA1", "Day 1", activityIds=["AC1"], encounterId="V1", epochId="EP2")])],
        population=named("StudyDesignPopulation", "P1", "", includesHealthySubjects=False, plannedSex=[code("C16576", "Female")],
            plannedAge={"id": "R1", "minValue": quantity(18.0, alias("C29848", "Year"), "Q1"), "maxValue": quantity(65.0, alias("C29848", "Year"), "Q2"), "isApproximate": False, "instanceType": "Range"},
            plannedEnrollmentNumber=quantity(20.0), plannedCompletionNumber=None, criterionIds=["C1", "C2"], cohorts=[]),
        eligibilityCriteria=[named("EligibilityCriterion", c, "", identifier=n, category=code(k, d), criterionItemId=i, previousId=None, nextId=None) for c, n, k, d, i in criteria],
        objectives=objectives, estimands=[estimand],
        analysisPopulations=[named("AnalysisPopulation", "AP1", "", text="All who were randomised", subsetOfIds=["P1"])],
        indications=[named("Indication", "I1", "Long Disease", codes=[], isRareDisease=False)], studyInterventionIds=["SI1"],
    )  # fmt: skip
    contents = [
        named("NarrativeContent", f"N{n}", "", sectionNumber=number, sectionTitle=title, contentItemId=f"NI{n}", childIds=["N4", "N5"] if number == "3" else [],
            previousId=f"N{n - 1}" if n > 1 else None, nextId=f"N{n + 1}" if n < len(SECTIONS) else None, displaySectionNumber=True, displaySectionTitle=True)
        for n, (number, title, _) in enumerate(SECTIONS, 1)
    ]  # fmt: skip
    sponsor = named("Organization", "ORG1", "Sponsor Ltd", type=code("C70793", "Sponsor"), legalAddress={
        "id": "AD1", "text": "1 Road, Town", "lines": ["1 Road"], "city": "Town", "country": code("FRA", "France"), "instanceType": "Address"})  # fmt: skip
    registry = named(
        "Organization", "ORG2", "ClinicalTrials.gov", type=code("C93453", "Study Registry"), legalAddress=None
    )
    version = {
        "id": "SV1", "versionIdentifier": "2", "rationale": "Why this trial.", "amendments": [], "dateValues": [], "instanceType": "StudyVersion",
        "titles": [{"id": "TI1", "text": "A trial of Drug X in Long Disease", "type": code("C207616", "Official Study Title"), "instanceType": "StudyTitle"}],
        "studyIdentifiers": [{"id": "ID1", "text": "DX-01", "scopeId": "ORG1", "instanceType": "StudyIdentifier"},
                             {"id": "ID2", "text": "NCT00000001", "scopeId": "ORG2", "instanceType": "StudyIdentifier"}],
        "organizations": [sponsor, registry], "roles": [], "abbreviations": [], "conditions": [],
        "dictionaries": [{"id": "D1", "name": "D1", "instanceType": "SyntaxTemplateDictionary", "parameterMaps": [
            {"id": "PM1", "tag": "min_age", "reference": "<usdm:ref klass='Quantity' id='Q1' attribute='value'></usdm:ref>", "instanceType": "ParameterMap"}]}],
        "eligibilityCriterionItems": items, "studyDesigns": [design],
        "narrativeContentItems": [named("NarrativeContentItem", f"NI{n}", "", text=f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>') for n, (_, _, text) in enumerate(SECTIONS, 1)],
        "studyInterventions": [named("StudyIntervention", "SI1", "Drug X", role=code("C41161", "Experimental Intervention"), type=code("C1909", "Pharmacologic Substance"), codes=[], administrations=[
            named("Administration", "AM1", "10 mg", dose=quantity(10.0, alias("C28253", "Milligram")), frequency=alias("C25473", "Daily"), route=alias("C38288", "Oral"), duration={
                "id": "DU1", "text": "", "quantity": quantity(8.0, alias("C29844", "Week")), "durationWillVary": False, "reasonDurationWillVary": None, "instanceType": "Duration"}, administrableProductId=None)])],
    }  # fmt: skip
    document = named("StudyDefinitionDocument", "DOC1", "", templateName="OWN", type=None, language=None, versions=[
        {"id": "DV1", "version": "2", "status": None, "dateValues": [], "contents": contents, "instanceType": "StudyDefinitionDocumentVersion"}])  # fmt: skip
    study = {"id": None, "name": "DX", "label": None, "description": None, "versions": [version], "documentedBy": [document], "instanceType": "Study"}  # fmt: skip
    return {"study": study, "usdmVersion": "4.0.0", "systemName": "tests", "systemVersion": "1"}


def sample_v3() -> Json:
    """The same trial as version 3 has it: pools inside the design, one document, organisations inside identifiers."""
    found = deepcopy(sample())
    study = found["study"]
    version = study["versions"][0]
    design = version["studyDesigns"][0]
    texts = {i["id"]: i["text"] for i in version.pop("narrativeContentItems")}
    document = study["documentedBy"][0]
    study["documentedBy"] = {**document, "instanceType": "StudyProtocolDocument"}
    for latest in document["versions"]:
        latest |= {"protocolVersion": latest.pop("version"), "protocolStatus": latest.pop("status"), "instanceType": "StudyProtocolDocumentVersion"}  # fmt: skip
        for section in latest["contents"]:
            section["text"] = texts[section.pop("contentItemId")]
    organizations = {o["id"]: o for o in version.pop("organizations")}
    for given in version["studyIdentifiers"]:
        given |= {"studyIdentifier": given.pop("text"), "studyIdentifierScope": organizations[given.pop("scopeId")]}
    for key in ("studyType", "studyPhase"):
        version[key] = design.pop(key)
    design |= {
        "instanceType": "StudyDesign", "interventionModel": design.pop("model"), "trialIntentTypes": design.pop("intentTypes"),
        "trialTypes": design.pop("subTypes"), "dictionaries": version.pop("dictionaries"), "conditions": version.pop("conditions"),
        "studyInterventions": version.pop("studyInterventions"),
    }  # fmt: skip
    del design["studyInterventionIds"]
    for i in design["studyInterventions"]:
        for a in i["administrations"]:
            a["instanceType"] = "AgentAdministration"
            a["duration"] |= {"instanceType": "AdministrationDuration", "description": a["duration"].pop("text")}
    items = {i["id"]: i for i in version.pop("eligibilityCriterionItems")}
    criteria = design.pop("eligibilityCriteria")
    for c in criteria:
        item = items[c.pop("criterionItemId")]
        c |= {"text": item["text"], "dictionaryId": item["dictionaryId"]}
    population = design["population"]
    del population["criterionIds"]
    population["criteria"] = criteria
    for section in document["versions"][0]["contents"]:
        section["text"] = section["text"].replace("EligibilityCriterionItem' id='CI1'", "EligibilityCriterion' id='C1'")
    populations = {p["id"]: p for p in design.pop("analysisPopulations")}
    for e in design["estimands"]:
        e |= {"summaryMeasure": e.pop("populationSummary"), "analysisPopulation": populations[e.pop("analysisPopulationId")],
              "interventionId": e.pop("interventionIds")[0]}  # fmt: skip
    found["usdmVersion"] = "3.0.0"
    return found


def observational() -> Json:
    """A study without intervention."""
    found = sample()
    design = found["study"]["versions"][0]["studyDesigns"][0]
    design |= {"instanceType": "ObservationalStudyDesign", "studyType": code("C16084", "Observational Study")}
    return found


def as_bytes(found: Mapping[str, Any]) -> bytes:
    """The file."""
    return json.dumps(found, ensure_ascii=False).encode()
