"""The schedule of activities: every cell is the file's own, by a reading of the JSON that shares nothing with the code; heads, notes, parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from designed import changed, sources_of, usdm
from soa_types import drafted_schedule, shown, split

from docpipe.model.canonical import digest_bytes
from docpipe.model.draft import Plan, PlannedTable, facts_in
from docpipe.model.source import SourceFile, SourceKind
from docpipe.sources.usdm_json import SOURCE
from docpipe.writing.book import Book

PILOT, WILSON = "CDISC_Pilot_Study.json", "Alexion_NCT04573309_Wilsons.json"
Shared = Callable[[str], Path]


@cache
def drafted_of(path: Path) -> tuple[Plan, Book]:
    """The schedule of a file of the shared folder."""
    data = path.read_bytes()
    file = SourceFile(path.name, digest_bytes(data), "application/json", SourceKind.PROTOCOL)
    return drafted_schedule(SOURCE.read(data, file))


# ------------------------------------------------------------ the JSON, read by itself


def raw_design(given: dict[str, Any]) -> dict[str, Any]:
    """The design of the JSON."""
    found: dict[str, Any] = given["study"]["versions"][0]["studyDesigns"][0]
    return found


def raw_columns(timeline: dict[str, Any]) -> list[dict[str, Any]]:
    """The activity instances of a timeline as its default links lead."""
    by_id = {i["id"]: i for i in timeline["instances"]}
    at, found = by_id.get(timeline["entryId"]), []
    while at is not None:
        if at["instanceType"] == "ScheduledActivityInstance":
            found.append(at)
        at = by_id.get(at.get("defaultConditionId"))
    return found


def raw_main(design: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns of the main schedule: its own, then those of timelines of one point that nothing runs."""
    run = {x.get("timelineId") for x in design["activities"]}
    run |= {i.get("timelineId") for t in design["scheduleTimelines"] for i in t["instances"]}
    main = next(t for t in design["scheduleTimelines"] if t["mainTimeline"])
    found = raw_columns(main)
    for timeline in design["scheduleTimelines"]:
        if not timeline["mainTimeline"] and timeline["id"] not in run and len(timeline["instances"]) == 1:
            found += timeline["instances"]
    return found


def raw_activities(design: dict[str, Any]) -> list[dict[str, Any]]:
    """Activities as their links lead."""
    by_id = {a["id"]: a for a in design["activities"]}
    at = next(a for a in design["activities"] if not a.get("previousId"))
    found = [at]
    while at.get("nextId"):
        at = by_id[at["nextId"]]
        found.append(at)
    assert len(found) == len(by_id)
    return found


def raw_rows(design: dict[str, Any], columns: list[dict[str, Any]]) -> list[list[str]]:
    """What a part must show: activities with a cross in one of its columns."""
    made = []
    for activity in raw_activities(design):
        cells = ["X" if activity["id"] in i["activityIds"] else "" for i in columns]
        if any(cells):
            made.append(cells)
    return made


def compared(plan: Plan, design: dict[str, Any]) -> int:
    """Compares every cell of the main schedule; returns how many."""
    columns = raw_main(design)
    tables = [t for t in plan.tables if t.key == "soa" or (t.key.startswith("soa.") and t.key[4:].isdigit())]
    at = cells = 0
    for table in tables:
        wide = len(table.columns) - 1
        part = columns[at : at + wide]
        at += wide
        rows = [r[1:] for r in shown(table)]
        assert {c for r in rows for c in r} <= {"X", ""}
        assert [r for r in rows if any(r)] == raw_rows(design, part)
        cells += sum(map(len, rows))
    assert at == len(columns)
    return cells


@pytest.mark.parametrize(("name", "least", "parts"), [(PILOT, 500, 1), (WILSON, 1400, 4)])
def test_every_cell_of_the_schedule_equals_the_json(shared: Shared, name: str, least: int, parts: int) -> None:
    path = shared("data/usdm") / name
    design = raw_design(json.loads(path.read_text("utf-8")))
    plan, book = drafted_of(path)
    assert compared(plan, design) >= least
    main = [t for t in plan.tables if t.key.startswith("soa") and not t.key.startswith("soa.t")]
    assert len(main) == parts
    crosses = [c for t in main for r in t.rows[t.lead :] for c in r.cells if split(c)[0] == "X"]
    places = [book.get(facts_in(c)[0]).places[0].locator for c in crosses]  # type: ignore[union-attr]
    assert len(set(places)) == len(places)
    given = json.loads(path.read_text("utf-8"))
    for locator in places:
        at: Any = given
        for step in locator.removeprefix("usdm:/").split("/"):
            at = at[int(step)] if isinstance(at, list) else at[step]
        assert isinstance(at, str)
        assert at.startswith("Activity")


@pytest.mark.parametrize("name", [PILOT, WILSON])
def test_timelines_with_tables_of_their_own_equal_the_json(shared: Shared, name: str) -> None:
    path = shared("data/usdm") / name
    design = raw_design(json.loads(path.read_text("utf-8")))
    plan, _ = drafted_of(path)
    tables = [t for t in plan.tables if t.key.startswith("soa.t")]
    run = [t for t in design["scheduleTimelines"] if not t["mainTimeline"] and t["id"] in {a["timelineId"] for a in design["activities"]}]  # fmt: skip
    assert len(tables) == len(run)
    for table, timeline in zip(tables, run, strict=True):
        rows = [r[1:] for r in shown(table)]
        assert [r for r in rows if any(r)] == raw_rows(design, raw_columns(timeline))


# ------------------------------------------------------------ the made trial


def soa(**puts: Any) -> tuple[PlannedTable, Plan]:
    """The schedule of the made trial, changed."""
    plan, _ = drafted_schedule(sources_of(changed(**puts)))
    return plan.table("soa"), plan


def heads_of(table: PlannedTable) -> list[list[str]]:
    """The rows of the heads."""
    return [[split(c)[0] for c in row] for row in (table.columns, *(r.cells for r in table.rows[: table.lead]))]


def test_heads_say_periods_visits_times_and_windows_in_words() -> None:
    table, _ = soa()
    assert heads_of(table) == [
        ["Period", "Screening", "Treatment", "", "", "Follow-up", "Unplanned"],
        ["Visit", "Screening visit", "Baseline", "Week 4", "Week 8", "Week 12", "Early Termination"],
        ["Planned time (from Baseline)", "−14 days", "Reference (1 day)", "+4 weeks", "+8 weeks", "+12 weeks", "–"],
        ["Window", "±3 days", "–", "±3 days", "±3 days", "±7 days", "–"],
    ]


def test_conditions_hang_on_cells_rows_and_columns_with_letters() -> None:
    table, _ = soa()
    letters = {split(c)[0] + "|" + split(c)[1] for r in table.rows for c in r.cells if split(c)[1]}
    assert letters == {"Week 12|e", "Early Termination|a", "Walk test|d", "Vital signs|b", "X|c"}
    notes = ["".join(split(n)[::-1]) for n in table.notes]
    assert notes == [
        "a The participant leaves early.", "b See Table: Automatic.", "c Only in women below 55 years.", "d In the morning.", "e By telephone.",
    ]  # fmt: skip


def test_numbers_in_notes_and_heads_are_bound() -> None:
    table, _ = soa()
    for text in table.texts():
        assert not any(ch.isdigit() for part in text if hasattr(part, "text") for ch in part.text)


def test_a_decision_becomes_a_note_on_the_visit_before_it() -> None:
    given = usdm()
    timeline = raw_design(given)["scheduleTimelines"][0]
    third, decision = timeline["instances"][2], "I_DEC"
    timeline["instances"].append({
        "id": decision, "name": "DEC", "label": "", "description": "", "instanceType": "ScheduledDecisionInstance", "defaultConditionId": "I_V4",
        "conditionAssignments": [{"id": "CA_1", "condition": "walking is worse", "conditionTargetId": "I_V2", "instanceType": "ConditionAssignment"}],
    })  # fmt: skip
    third["defaultConditionId"] = decision
    plan, _ = drafted_schedule(sources_of(given))
    table = plan.table("soa")
    assert heads_of(table)[1] == ["Visit", "Screening visit", "Baseline", "Week 4", "Week 8", "Week 12", "Early Termination"]  # fmt: skip
    assert split(table.notes[0]) == (
        " After this visit, where walking is worse, the schedule goes to Baseline; otherwise to Week 8.",
        "a",
    )


def test_groups_head_their_activities_and_unscheduled_activities_are_named() -> None:
    given = usdm()
    for one in raw_design(given)["scheduleTimelines"][0]["instances"]:
        one["activityIds"] = [a for a in one["activityIds"] if a != "AC_3"]
    plan, _ = drafted_schedule(sources_of(given))
    table = plan.table("soa")
    body = table.rows[table.lead :]
    assert [(split(r.cells[0])[0], r.depth, r.head) for r in body[:3]] == [
        ("Eligibility", 0, True), ("Informed consent", 1, False), ("Inclusion and exclusion criteria", 1, False),
    ]  # fmt: skip
    assert [split(n)[0] for n in table.notes][-1] == "Scheduled at no visit: Randomisation."


def test_what_a_procedure_says_beyond_its_activity_is_a_note() -> None:
    procedure = {
        "id": "PR_1", "name": "PR_1", "label": "Walk test", "description": "On a level floor of 30 metres.", "procedureType": "", "instanceType": "Procedure",
        "code": {"id": "PC_1", "code": "C115789", "codeSystem": "x", "codeSystemVersion": "1", "decode": "6 Minute Walk Test", "instanceType": "Code"},
    }  # fmt: skip
    table, _ = soa(studyDesigns__0__activities__4__definedProcedures=[procedure])
    assert split(table.notes[1])[0] == " 6 Minute Walk Test: On a level floor of 30 metres."


def test_a_condition_that_only_repeats_how_a_column_begins_is_said_once() -> None:
    table, _ = soa(
        conditions__0__text="The participant leaves early",
        conditions__0__contextIds=["I_ET"],
        conditions__0__appliesToIds=["AC_5", "AC_6"],
    )
    assert [split(n)[0] for n in table.notes][:2] == [" The participant leaves early.", " See Table: Automatic."]
    assert [split(n)[1] for n in table.notes if split(n)[1]] == ["a", "b", "c", "d"]


def test_a_trial_without_a_timeline_leaves_a_gap() -> None:
    plan, _ = drafted_schedule(sources_of(changed(studyDesigns__0__scheduleTimelines=[])))
    assert [r.gap for b in plan.blocks if b.id == "1.3" for r in b.rows if r.gap] == ["a timeline with activities"]
