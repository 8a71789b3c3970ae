"""Protocols after ICH M11 from designed trials: headings and codes, words of the source, pick lists, conditions, gaps, numbers bound."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from drafted import every_text, part, said, typed
from usdm_sample import as_bytes, sample, sample_v3

from docpipe.model.canonical import digest_bytes
from docpipe.model.draft import Fate, Plan
from docpipe.model.inline import Placeholder
from docpipe.model.source import SourceFile, SourceKind
from docpipe.model.trial import Trial
from docpipe.sources.usdm_json import SOURCE
from docpipe.steps.draft_brief import wordable
from docpipe.steps.read_sources import findings_of_study
from docpipe.writing.book import Book
from docpipe.writing.card import card_of
from docpipe.writing.checking import DraftText, run_draft_checks
from docpipe.writing.doctype import DocumentType, parse_type
from docpipe.writing.m11.placing import unknown_targets
from docpipe.writing.m11.prescribed import headings, pick_lists
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData, build

Shared = Callable[[str], Path]
PILOT, WILSON = "CDISC_Pilot_Study.json", "Alexion_NCT04573309_Wilsons.json"
GAPS = {PILOT: 88, WILSON: 68}
"""Gaps of the documents of the example studies: a change is looked at."""


@cache
def kind() -> DocumentType:
    """The type of the checkout."""
    return parse_type(part("draft/m11"), "draft/m11.v1", part)


@cache
def made_of(data: bytes) -> tuple[StudyData, Plan, Book]:
    """Study, plan and book of a USDM file."""
    study = build(
        SOURCE.read(data, SourceFile("trial.json", digest_bytes(data), "application/json", SourceKind.PROTOCOL))
    )
    return study, *make_plan(kind(), study)


def plan_of(given: Any) -> Plan:
    """The plan of a made-up trial."""
    return made_of(as_bytes(given))[1]


def block(plan: Plan, name: str) -> list[str]:
    """The lines of a block, its heading left out."""
    found = next(b for b in plan.blocks if b.id == name)
    return [said(r.text) for r in found.rows[1 if found.heading else 0 :]]


def table(plan: Plan, key: str) -> list[list[str]]:
    """The rows of a table."""
    return [[said(c) for c in row.cells] for row in plan.table(key).rows]


def every_word(plan: Plan) -> str:
    """All that the document says, letters and digits alone."""
    return words(" ".join(said(text) for _, text in every_text(plan)))


def words(text: str) -> str:
    """Letters and digits; references inside the text have the new document's numbers and are left out."""
    text = re.sub(r"\b(?:[Ss]ections?|Tables?)\b(?:\s+(?:[A-Z]+\.)?\d+(?:\.\d+)*,?(?:\s+and)?)*", " ", f"{text} ")
    text = re.sub(r"(?<=\bin )\d{1,2}(?:\.\d{1,2}){2,}", " ", text)
    text = re.sub(r"(?:^|(?<=\s))(?:\d{1,2}|[a-z]|[ivx]{2,4})[.)]\s", " ", text)
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


# ------------------------------------------------------------ the template


def test_headings_and_codes_are_those_of_the_template_in_order(shared: Shared) -> None:
    with (shared("data/template-facts") / "ich-m11-step4-headings.csv").open(encoding="utf-8") as lines:
        wanted = [(r["number"], int(r["level"]), r["heading"], r["ncit_code"]) for r in csv.DictReader(lines)]
    assert len(wanted) == 158
    assert [(h.number, h.level, h.title, h.code) for h in headings()] == wanted
    plan = plan_of(sample())
    assert [(b.number, b.level, b.heading, b.code) for b in plan.blocks if b.code] == wanted


def test_pick_lists_are_those_of_the_template(shared: Shared) -> None:
    with (shared("data/template-facts") / "ich-m11-codelists.csv").open(encoding="utf-8") as lines:
        wanted = [(r["codelist"], r["code"], r["term"]) for r in csv.DictReader(lines) if r["codelist"] != "C217272"]
    assert [(x.code, c, t) for x in pick_lists().values() for c, t in x.terms.items()] == wanted


def test_rules_of_placing_lead_to_headings_of_the_template() -> None:
    assert not unknown_targets()


# ------------------------------------------------------------ a made-up trial


def test_elements_of_the_title_page_and_the_synopsis_are_terms_of_their_lists() -> None:
    plan = plan_of(sample())
    title = dict(table(plan, "title-page"))
    assert title["Sponsor Protocol Identifier"] == "DX-01"
    assert title["Trial Phase"] == "Phase 3"
    assert title["NCT Number"] == "NCT00000001"
    assert title["Sponsor Legal Address"] == "1 Road, Town, France"
    assert title["Original Protocol Indicator"] == "Yes"
    design = dict(table(plan, "synopsis"))
    assert design["Intervention Model"] == "Parallel Group"
    assert (design["Population Age, minimum"], design["Population Age, maximum"]) == ("18 Years", "65 Years")
    assert design["Intervention Assignment Method"] == "Randomisation"
    assert (design["Trial Blind Schema"], design["Blinded Roles"]) == ("Open Label", "Not Applicable")
    assert design["Total Planned Duration of Trial Intervention"] == "8 Weeks"
    assert "[GAP: Site Distribution]" in block(plan, "1.1.2")


def test_a_value_outside_its_list_is_shown_and_found() -> None:
    study, plan, book = made_of(as_bytes(sample()))
    assert table(plan, "arms")[1][1] == "Some Other Arm"
    texts = {r.address: r.text for _, r in plan.rows()}
    found = run_draft_checks(DraftText(plan, texts, book.facts(), card_of(study), lambda text: [text]))
    lists = [f.message for fs in found.values() for f in fs if f.check.startswith("M3")]
    assert lists == ["“Some Other Arm” is not in the codelist of trial arm type (C217283)."]


def test_objectives_have_endpoints_and_estimands_and_stand_ins_are_gaps() -> None:
    plan = plan_of(sample())
    assert block(plan, "3.1.1")[:3] == [
        "To show that Drug X lowers the score.",
        "Endpoint:",
        "Change of the score at Week 8",
    ]
    assert table(plan, "estimand-primary-1-1") == [
        ["Population", "All who were randomised"], ["Treatment", "Drug X (10 mg, Daily, Oral)"], ["Endpoint", "Change of the score at Week 8"],
        ["Population-level summary", "Difference of means"], ["Intercurrent event", "Rescue"], ["Strategy", "Treatment policy"],
    ]  # fmt: skip
    secondary = block(plan, "3.2.1")
    assert secondary[0] == "To learn about sleep."
    assert "[GAP: endpoint of this secondary objective]" in secondary
    assert block(plan, "3.3.1") == ["Not applicable. The trial has no exploratory objective."]


def test_criteria_stand_word_for_word_in_order_behind_what_leads_to_them() -> None:
    plan = plan_of(sample())
    assert block(plan, "5.2") == ["All of these must hold:", "1. At least 18 years old."]
    assert block(plan, "5.3") == ["2. Any of these:", "pregnant", "ill within 3 months"]


def test_sections_of_the_narrative_stand_where_their_titles_say() -> None:
    plan = plan_of(sample())
    assert block(plan, "2.1")[0] == "Drug X is new. It was given to 12 people before (see Section 5)."
    assert block(plan, "5.6") == ["a. They may be screened again.", "b. Not more than twice."]
    assert block(plan, "10.11") == ["About 20 participants are enough, as in Section 14 of the brochure."]
    assert block(plan, "12.4")[-1].startswith("Soup is served")
    rows = table(plan, "concordance")
    assert rows[-1] == ["6", "Kitchen Recipes", "Section 12.4"]


def test_tables_of_the_narrative_keep_their_cells_and_are_referred_to() -> None:
    plan = plan_of(sample())
    lines = [r for b in plan.blocks if b.id == "6.1" for r in b.rows[1:]]
    refs = [c.data for c in lines[0].text if isinstance(c, Placeholder)]
    assert len(refs) == 1
    made = plan.table(refs[0].removeprefix("table:"))
    assert said(made.caption) == "Dosing"
    assert [said(c) for c in made.columns] == ["Day", "Dose"]
    assert [[said(c) for c in r.cells] for r in made.rows] == [["1", "10 mg"], ["", "5 mg & rest"]]


def test_the_history_of_amendments_keeps_the_numbers_of_its_time() -> None:
    given = deepcopy(sample())
    version = given["study"]["versions"][0]
    version["narrativeContentItems"][7]["text"] = "<p>Changed in Section 3 and in Section 5.</p>"
    given["study"]["documentedBy"][0]["versions"][0]["contents"][7]["sectionTitle"] = "Protocol Amendment History"
    assert block(plan_of(given), "12.3") == ["Changed in Section 3 and in Section 5."]


def test_conditional_sections_say_why_they_do_not_apply() -> None:
    plan = plan_of(sample())
    assert block(plan, "6.7.3") == ["Not applicable. The trial is open label."]
    assert block(plan, "6.7.2")[0].startswith("[GAP:")
    assert block(plan, "8.4.1") == ["Not applicable. No physical examination is among the activities of the schedule."]
    assert block(plan, "8.4.2")[0].startswith("[GAP:")
    assert block(plan, "9.3.2") == ["Not applicable. Men do not take part in the trial."]
    assert {b.fate for b in plan.blocks if b.id == "9.3.1"} == {Fate.GAP}


def test_a_double_blind_trial_of_one_arm_has_other_conditions() -> None:
    given = deepcopy(sample())
    design = given["study"]["versions"][0]["studyDesigns"][0]
    design["blindingSchema"]["standardCode"] |= {"code": "C15228", "decode": "Double Blind Study"}
    design["characteristics"] = []
    del design["arms"][1]
    plan = plan_of(given)
    assert block(plan, "6.7.3")[0].startswith("[GAP:")
    assert block(plan, "6.7.2") == ["Not applicable. Participants are not assigned to a trial intervention at random."]
    assert dict(table(plan, "synopsis"))["Control Type"] == "No Control"


def test_version_3_gives_the_same_document() -> None:
    old, new = plan_of(sample_v3()), plan_of(sample())
    assert [(b.id, b.fate, [said(r.text) for r in b.rows]) for b in old.blocks] == [
        (b.id, b.fate, [said(r.text) for r in b.rows]) for b in new.blocks
    ]


def test_without_a_designed_trial_all_is_a_gap() -> None:
    plan, _ = make_plan(kind(), build(()))
    assert not [b.id for b in plan.blocks if b.fate in (Fate.DRAFTED, Fate.NOT_APPLICABLE)]


# ------------------------------------------------------------ real studies


def assert_bound(plan: Plan, book: Book, name: str) -> None:
    """No digit stands outside codes, and every code has its fact."""
    for where, text in every_text(plan):
        assert not re.search(r"\d", typed(text)), f"{name} {where}: {said(text)[:120]}"
    assert not [f for _, r in plan.rows() for f in r.facts if book.get(f) is None]


def test_numbers_of_the_made_up_trial_are_bound() -> None:
    _, plan, book = made_of(as_bytes(sample()))
    assert_bound(plan, book, "sample")


def lost(text: str, document: str) -> bool:
    """Whether neither a text nor all its sentences stand in the document."""
    text = re.sub(r"^Timeline: [^,]*, ", "", text)  # the label of a table of the schedule
    sentences = [w for w in map(words, re.split(r"(?<=[.:])\s", text)) if len(w) > 45]
    return words(text) not in document and not (sentences and all(w in document for w in sentences))


@pytest.mark.parametrize("name", [PILOT, WILSON])
def test_real_studies_keep_their_words_and_lose_nothing(shared: Shared, name: str) -> None:
    data = (shared("data/usdm") / name).read_bytes()
    study, plan, book = made_of(data)
    trial: Trial = study.trials[0]
    assert [b.id for b in plan.blocks if b.code] == [h.number for h in headings()]
    assert_bound(plan, book, name)
    document = every_word(plan)
    design = trial.design
    texts = [p.text for c in design.criteria for p in c.text.passages if p.kind != "row"]
    texts += [o.text.text for o in design.objectives]
    sections = [
        s for d in trial.documents for s in d.sections if s.title.casefold() not in ("title page", "abbreviations")
    ]
    texts += [p.text for s in sections for p in s.text.passages if p.kind != "row" and len(p.text) >= 80]
    assert not [t for t in texts if lost(t, document)]
    assert len(texts) > 250


@pytest.mark.parametrize("name", [PILOT, WILSON])
def test_gaps_of_real_studies_are_counted_and_findings_make_sense(shared: Shared, name: str) -> None:
    data = (shared("data/usdm") / name).read_bytes()
    study, plan, book = made_of(data)
    assert sum(bool(r.gap) for _, r in plan.rows()) == GAPS[name]
    texts = {r.address: r.text for _, r in plan.rows()}
    found = run_draft_checks(DraftText(plan, texts, book.facts(), card_of(study), lambda text: [text]))
    checks = Counter(f.check.partition(".")[0] for fs in found.values() for f in fs)
    assert checks["M6"] == GAPS[name]
    assert set(checks) <= {"M6", "M3", "M4", "U4"}, checks


def test_criteria_of_real_studies_stand_in_order(shared: Shared) -> None:
    for name in (PILOT, WILSON):
        data = (shared("data/usdm") / name).read_bytes()
        plan = made_of(data)[1]
        raw = json.loads(data)["study"]["versions"][0]["studyDesigns"][0]["eligibilityCriteria"]
        for section, category in (("5.2", "C25532"), ("5.3", "C25370")):
            wanted = [c["identifier"] for c in raw if c["category"]["code"] == category]
            lines = [m[1] for x in block(plan, section) if (m := re.match(r"(\d+[a-z]?)\. ", x))]
            assert [x for x in lines if x in wanted] == wanted


def test_no_model_words_what_was_designed() -> None:
    plan = plan_of(sample())
    cited = [r for _, r in plan.rows() if r.passages]
    assert len(cited) > 15
    assert not [r for r in cited if wordable(r)]


def test_a_design_alone_needs_no_subjects() -> None:
    study = made_of(as_bytes(sample()))[0]
    assert "source.no_subjects" not in {f.check for f in findings_of_study(study)}
    assert "source.no_subjects" in {f.check for f in findings_of_study(build(()))}
