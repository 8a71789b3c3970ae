"""Amendments of a protocol: the block of the title page, the table of those before, changes with their sections; nothing unsaid is filled in."""

from __future__ import annotations

from typing import Any

from designed import changed, sources_of
from soa_types import drafted_schedule, shown

from docpipe.model.draft import Plan, read_text


def block(plan: Plan, name: str) -> list[str]:
    """The rows of a block."""
    return [read_text(r.text) for b in plan.blocks if b.id == name for r in b.rows]


def plan_of(**puts: Any) -> Plan:
    """The plan of the made trial, changed."""
    return drafted_schedule(sources_of(changed(**puts)))[0]


def test_the_title_page_tells_the_amendment_that_this_protocol_is() -> None:
    plan = plan_of()
    assert block(plan, "0") == [
        "Title Page",
        "This protocol has been amended previously. Details of prior amendments are presented in Section 12.3 Prior Protocol Amendment(s).",
        "Amendment identifier: 2", "Scope: Global", "[GAP: enrolment at the time of the amendment]", "Primary reason for the amendment: Recruitment Difficulty",
        "Summary of the amendment: What amendment 2 did.", "Substantial impact on the safety or rights of participants: Yes. More visits.",
        "[GAP: Substantial impact on the reliability and robustness of the data]", "Changes of amendment 2", "",
    ]  # fmt: skip
    assert shown(plan.table("amendment.2")) == [["A visit more", "Asked for", "1.3 Schedule of Activities"]]


def test_amendments_before_stand_in_a_table_and_each_by_itself() -> None:
    plan = plan_of()
    assert shown(plan.table("amendments")) == [["1", "–", "Global", "Recruitment Difficulty", "–", "No"]]
    assert "Amendment 1" in block(plan, "12.3")
    assert shown(plan.table("amendment.1")) == [["A visit more", "Asked for", "1.3 Schedule of Activities"]]


def test_a_first_amendment_and_none_say_so() -> None:
    plan = plan_of(amendments=[])
    assert block(plan, "0") == ["Title Page", "This protocol has not been amended."]
    assert block(plan, "12.3")[1] == "Not applicable. The protocol was not amended before."
    given = changed()
    del given["study"]["versions"][0]["amendments"][1]
    assert block(drafted_schedule(sources_of(given))[0], "0")[1] == "This is the first protocol amendment."


def test_links_order_the_amendments_whatever_the_order_of_the_file() -> None:
    given = changed()
    given["study"]["versions"][0]["amendments"].reverse()
    plan, _ = drafted_schedule(sources_of(given))
    assert block(plan, "0")[2] == "Amendment identifier: 2"


def test_enrolment_country_and_reasons_in_words_are_said() -> None:
    global_ = {"id": "G9", "type": {"id": "G8", "code": "C25464", "codeSystem": "x", "codeSystemVersion": "1", "decode": "Country", "instanceType": "Code"}, "code": {"id": "G7", "standardCode": {"id": "G6", "code": "DEU", "codeSystem": "ISO", "codeSystemVersion": "1", "decode": "Germany", "instanceType": "Code"}, "standardCodeAliases": [], "instanceType": "AliasCode"}, "instanceType": "GeographicScope"}  # fmt: skip
    enrolled = {"id": "N9", "name": "n", "label": "", "description": "", "quantity": {"id": "N8", "value": 35.0, "unit": None, "instanceType": "Quantity"}, "forGeographicScope": global_, "forStudyCohortId": None, "forStudySiteId": None, "instanceType": "SubjectEnrollment"}  # fmt: skip
    plan = plan_of(
        amendments__1__enrollments=[enrolled], amendments__1__geographicScopes=[{**global_, "id": "G5"}],
        amendments__1__primaryReason__otherReason="A site closed",
    )  # fmt: skip
    rows = block(plan, "0")
    assert "Scope: Not Global (Country: Germany)" in rows
    assert "Enrolment at the time of the amendment: 35 participants (Country: Germany)" in rows
    assert "Primary reason for the amendment: Recruitment Difficulty: A site closed" in rows
