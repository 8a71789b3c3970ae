from __future__ import annotations

import re
from functools import cache

import pytest
from safety_studies import EVERY, contradicted, nothing_happened, one_death, subjects_alone, tables_alone, two_arms
from told import Told, narratives, plain, unbound

from docpipe.writing.narrative_set import narrative_set

CLUMSY = re.compile(
    r"  |\s[.,;:](?!\d)|\.\.|,,|\( |\(\)|\[\]| \)|;\.|\b(in|the|of|was|were|set|and|for|to|with|a|group) \1\b|: \.|, \.|\band \.|\b1 \w+s (?:died|had)|\ba 8\d-|\ba 1[18]-"
)


@cache
def told(name: str) -> Told:
    return Told(EVERY[name]())


@pytest.mark.parametrize("name", EVERY)
def test_every_section_of_every_study_renders_with_all_numbers_bound(name: str) -> None:
    assert list(unbound(told(name).plan)) == []


@pytest.mark.parametrize("name", EVERY)
def test_no_sentence_is_put_together_badly(name: str) -> None:
    plan = told(name).plan
    texts = [plain(r.text) for b in plan.blocks for r in b.rows] + [
        plain(t) for table in plan.tables for t in table.texts()
    ]
    assert [t for t in texts if CLUMSY.search(t)] == []
    sentences = [
        plain(r.text) for b in plan.blocks for r in b.rows if r.kind.value in ("paragraph", "list-item") and not r.gap
    ]
    assert [t for t in sentences if not t.endswith((".", ":", "”"))] == []
    assert [t for t in sentences if "GAP" in t] == []
    assert [t for t in sentences if not t[:1].isupper() and not t.startswith("“")] == []


@pytest.mark.parametrize("name", EVERY)
def test_the_narratives_of_every_study_are_those_of_its_set(name: str) -> None:
    study = EVERY[name]()
    plan, _ = narratives(study)
    heads = [plain(r.text) for _, r in plan.rows() if r.kind.value == "heading" and not r.fixed]
    assert [h.split()[1].rstrip(":") for h in heads] == list(narrative_set(study.records).subjects)


def test_zero_cases_are_said() -> None:
    t = told("two arms")
    assert t.says("events.deaths()") == "No deaths were recorded during the study."
    assert t.says("events.serious()") == "No serious adverse events were reported."
    assert "no narratives are required" in t.says("narratives.listing()")
    quiet = told("nothing happened")
    assert quiet.says("events.overview()").startswith(
        "No treatment-emergent adverse events were reported in the safety population."
    )


def test_what_nobody_recorded_is_not_said_to_be_absent() -> None:
    t = told("subjects alone")
    for macro in (
        "events.overview()",
        "events.serious()",
        "narratives.listing()",
        "narratives.main()",
        "events.conclusions()",
    ):
        assert t.says(macro).startswith("[GAP:"), macro


def test_events_in_a_single_arm_are_told_as_such() -> None:
    text = told("two arms").says("events.overview()")
    assert "reported only in the Zelanib 10 mg group, for 1 of 4 subjects (25.0%)" in text
    assert "1 of 4 subjects (25.0%) in the Placebo group and 2 of 4 (50.0%) in the Zelanib 10 mg group" in text
    assert "were 1 and 2, respectively" in text


def test_an_event_before_treatment_is_not_counted() -> None:
    assert told("two arms").table("ae-overview")[0][1:] == ["1 (25.0%)", "2 (50.0%)"]


def test_a_withdrawal_is_told_with_its_term() -> None:
    assert told("two arms").says("events.discontinuations()").endswith("The only term was nausea.")


def test_a_single_arm_is_not_named_in_every_clause() -> None:
    text = told("one death").says("events.overview()")
    assert text.startswith("Among all subjects, adverse events were reported for 2 of 2 subjects (100.0%).")
    assert "respectively" not in text


def test_toxicity_grades_stand_for_severity() -> None:
    t = told("one death")
    assert "Severe adverse events (toxicity grade 5) were reported" in t.says("events.overview()")
    assert "worst grade was 2 for 1 of 2 subjects (50.0%); and 5 for 1 of 2 subjects (50.0%)" in t.says(
        "events.by_severity()"
    )


def test_one_death_is_told_in_the_singular() -> None:
    t = told("one death")
    text = t.says("events.deaths()")
    assert text == "One subject died during the study: 1 of 2 subjects (50.0%). Table lists the death by subject."
    assert t.table("deaths")[0][:6] == ["A-001", "81/male", "Test", "Cardiac arrest", "38", "9 March 2020"]


def test_a_narrative_holds_medication_results_and_signs_around_the_event() -> None:
    text = told("one death").says("narratives.all()")
    assert "Medication in use before the event: acetylsalicylic acid." in text
    assert "Medication begun on or after the day of onset: epinephrine." in text
    assert "alanine aminotransferase 90 U/L (range 5 to 40, high); potassium 2.9 mmol/L (range 3.5 to 5.1, low)" in text
    assert "systolic blood pressure 150 mmHg; pulse rate 88 beats/min" in text
    assert "testol 10 mg twice daily (oral) from 1 February 2020 to 14 February 2020; testol 20 mg" in text
    assert "(Study Day 38, eight days after the last dose)" in text
    assert "“Heart stopped”" in text
    assert told("one death").lines("narratives.missing()") == [
        "[GAP: post-mortem findings (autopsy or hospital reports)]"
    ]


def test_what_was_not_measured_is_a_gap_of_the_document() -> None:
    gaps = told("one death, unmeasured").lines("narratives.missing()")
    assert any("concomitant medication" in g for g in gaps)
    assert any("laboratory" in g for g in gaps)


def test_laboratory_values_of_tabulation_data_are_summed_up() -> None:
    text = told("one death").says("measurements.laboratory()")
    assert "outside the reference range after baseline were recorded for alanine aminotransferase (2 [100.0%])" in text
    assert (
        "The mean (SD) alanine aminotransferase was 25.0 (7.07) U/L at baseline, and 91.0 (1.41) U/L at Week 4." in text
    )
    assert "The mean potassium was 2.90 mmol/L at Week 4." in text


def test_deaths_that_datasets_do_not_agree_on_are_told_openly() -> None:
    text = told("contradicted").says("events.deaths()")
    assert "Two subjects died during the study" in text
    assert "The death of subject B-1 is not recorded in DM and DS." in text
    assert "The death of subject B-2 is not recorded in DM and AE." in text
    assert (
        "[GAP: reconciled records of the deaths: the datasets that do not hold them and the flag of seriousness]"
        in text
    )
    assert "do not flag cerebrovascular accident (AESER recorded as N) as serious although it resulted in death" in text
    serious = told("contradicted").says("events.serious()")
    assert serious.startswith(
        "No adverse events flagged as serious were reported.\nHowever, the event records hold one event"
    )
    study = contradicted()
    found = narrative_set(study.records)
    assert (found.deaths, found.serious, found.special) == (("B-1", "B-2"), ("B-1",), ("B-3",))


def test_a_flag_marks_events_of_special_interest() -> None:
    text = told("contradicted").says("events.special()")
    assert (
        "Events flagged as being of special interest were recorded for none of 2 subjects in the X group and 1 of 1 (100.0%) in the Y group."
        in text
    )


def test_tables_alone_give_the_same_sections() -> None:
    t = told("tables alone")
    assert "(Table 8.1)" in t.says("events.overview()")
    assert t.says("events.deaths()") == "No deaths were reported (Table 8.1)."
    assert "reported only in the Zelanib 10 mg group, for 1 of 52 subjects (1.9%) (Table 8.1)" in t.says(
        "events.serious()"
    )
    assert t.table("ae-overview")[0][1:] == ["20 (40.0%)", "30 (57.7%)"]


def test_a_threshold_that_a_source_states_wins() -> None:
    t = told("tables alone")
    assert [row[0] for row in t.table("ae-common")] == ["Nausea", "Headache"]
    assert "at least 4% of the subjects" in t.says("events.common()")


def test_the_made_studies_are_what_they_are_called() -> None:
    assert two_arms().arms.names == ("Placebo", "Zelanib 10 mg") == tables_alone().arms.names
    assert one_death().arms.names == ("Test",)
    assert nothing_happened().dataset("ADAE") is not None
    assert subjects_alone().dataset("ADAE") is None
