"""ARS reporting events: results with the names of their groups, statistics, populations and displays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docpipe.errors import DataDamaged, SourceUnsupported
from docpipe.model.canonical import digest_bytes
from docpipe.model.finding import Severity
from docpipe.model.source import Result, Results, SourceFile, SourceKind
from docpipe.registry import source_for
from docpipe.safe.sniff import sniff
from docpipe.sources.ars import SOURCE


def event(**changes: Any) -> dict[str, Any]:
    groups = [{"groupingId": "G1", "groupId": "G1a"}, {"groupingId": "G2", "groupValue": "NAUSEA"}]
    title = {"sectionType": "Title", "orderedSubSections": [{"order": 1, "subSection": {"text": "Table 14.3.1."}}]}
    return {
        "@type": "ReportingEvent", "id": "E", "name": "Event",
        "analysisSets": [{"id": "SAF", "name": "Safety Population"}],
        "dataSubsets": [{"id": "D1", "name": "Treatment-emergent"}],
        "analysisGroupings": [
            {"id": "G1", "name": "Treatment", "groups": [{"id": "G1a", "name": "Placebo"}]}, {"id": "G2", "name": "PT"},
        ],
        "methods": [{"id": "M", "name": "Count", "operations": [{"id": "M1", "name": "Count of subjects", "label": "n"}]}],
        "analyses": [{
            "id": "A1", "name": "TEAE by treatment", "dataset": "ADAE", "variable": "USUBJID", "analysisSetId": "SAF",
            "dataSubsetId": "D1",
            "results": [{"operationId": "M1", "resultGroups": groups, "rawValue": "3", "formattedValue": "3"}],
        }],
        "outputs": [{"id": "O1", "displays": [{"display": {"name": "AE", "displaySections": [title]}}]}],
        "mainListOfContents": {"contentsList": {"listItems": [
            {"outputId": "O1", "sublist": {"listItems": [{"analysisId": "A1"}]}},
        ]}},
    } | changes  # fmt: skip


def read(data: bytes | dict[str, Any]) -> Results:
    raw = json.dumps(data).encode() if isinstance(data, dict) else data
    (results,) = SOURCE.read(raw, SourceFile("ars.json", digest_bytes(raw), "application/json", SourceKind.RESULTS))
    assert isinstance(results, Results)
    return results


def test_a_result_carries_the_names_of_what_it_is_about() -> None:
    results = read(event())
    assert results.results == (
        Result(
            id="A1#1", analysis="TEAE by treatment", operation="n", groups=(("Treatment", "Placebo"), ("PT", "NAUSEA")),
            raw="3", formatted="3", display="Table 14.3.1", population="Safety Population", variable="ADAE.USUBJID",
            subset="Treatment-emergent",
        ),
    )  # fmt: skip
    assert results.notices == ()


def test_numbers_keep_the_digits_they_are_written_with() -> None:
    raw = json.dumps(event()).replace('"rawValue": "3"', '"rawValue": 3.10').encode()
    assert read(raw).results[0].raw == "3.10"


def test_a_reporting_event_without_results_is_told() -> None:
    (notice,) = read(event(analyses=[{"id": "A1", "name": "x"}])).notices
    assert (notice.code, notice.severity) == ("source.results_empty", Severity.MAJOR)


def test_references_that_lead_nowhere_are_told() -> None:
    codes = [n.message for n in read(event(methods=[], analysisGroupings=[], analysisSets=[], dataSubsets=[])).notices]
    assert [m.split(" to a(n) ")[1].split(" that")[0] for m in codes] == [
        "analysis set", "data subset", "group", "grouping", "operation",
    ]  # fmt: skip


def test_two_values_of_the_same_result_contradict_each_other() -> None:
    data = event()
    results = data["analyses"][0]["results"]
    results.append({**results[0], "rawValue": "4", "formattedValue": "4"})
    (notice,) = read(data).notices
    assert (notice.code, notice.severity, notice.locator) == (
        "source.results_contradict", Severity.CRITICAL, "result:A1#2",
    )  # fmt: skip


def test_a_result_without_value_is_told() -> None:
    data = event()
    data["analyses"][0]["results"][0] = {"operationId": "M1", "resultGroups": []}
    assert [n.code for n in read(data).notices] == ["source.results_without_value"]


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(event()).encode()[:-30],
        b"[1]",
        json.dumps(event(analyses={})).encode(),
        json.dumps(event(analyses=[1])).encode(),
        json.dumps(event(analyses=[{"name": "no id"}])).encode(),
        json.dumps(event(methods="x")).encode(),
        json.dumps(event(analyses=[{"id": "A", "results": [1]}])).encode(),
    ],
    ids=["cut", "list", "no list", "no object", "no id", "methods", "result"],
)
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        read(data)


def test_a_list_of_contents_nested_without_end_is_no_danger() -> None:
    item: dict[str, Any] = {"analysisId": "A1"}
    for _ in range(300):
        item = {"sublist": {"listItems": [item]}}
    item["outputId"] = "O1"
    assert read(event(mainListOfContents={"contentsList": {"listItems": [item]}})).results[0].display == "Table 14.3.1"


# ---------------------------------------------------------------- real files


def test_the_common_safety_displays(shared: Callable[[str], Path]) -> None:
    data = (shared("data/cdiscpilot01") / "ars-common-safety-displays.json").read_bytes()
    assert source_for(sniff(data, "a.json"), data, "a.json") is SOURCE
    results = read(data)
    assert len(results.results) == 3735
    assert [(n.code, n.locator) for n in results.notices] == [
        ("source.results_without_value", "result:An07_10_SocPt_Comp_ByTrt_PlacLow#1")
    ]
    found = {(r.id.partition("#")[0], r.operation, r.groups): r for r in results.results}
    serious = found["An07_03_SerTEAE_Summ_ByTrt", "n", (("Treatment", "Xanomeline Low Dose"),)]
    assert (serious.subset, serious.population) == ("Serious Treatment-Emergent Adverse Events", "Safety Population")
    mean = found["An03_01_Age_Summ_ByTrt", "Mean", (("Treatment", "Placebo"),)]
    assert (mean.formatted, mean.variable, mean.display) == ("75.2", "ADSL.AGE", "Table 14.1.1")
    race = found["An03_05_Race_Comp_ByTrt", "p-value", (("Treatment", ""), ("Primary Race", ""))]
    assert (race.raw, race.formatted) == ("0.6040304365", "0.6040")
    assert {r.display.partition(";")[0] for r in results.results} >= {"Table 14.1.1", "Table 14.3.1.1"}


def test_the_standard_tables(shared: Callable[[str], Path]) -> None:
    results = read((shared("data/cdiscpilot01") / "ars-fda-standard-tables.json").read_bytes())
    assert len(results.results) == 74
    assert {r.display for r in results.results} == {"Table 2"}
    assert results.notices == ()


def test_a_schema_and_other_json_are_no_results(shared: Callable[[str], Path]) -> None:
    schema = (shared("data") / "schemas/ars_ldm.schema.json").read_bytes()
    with pytest.raises(SourceUnsupported):
        source_for("application/json", schema, "ars_ldm.schema.json")
    protocol = (shared("data") / "usdm/CDISC_Pilot_Study.json").read_bytes()
    assert source_for("application/json", protocol, "CDISC_Pilot_Study.json").name == "usdm"
