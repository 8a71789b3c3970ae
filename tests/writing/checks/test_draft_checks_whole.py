"""Checks that need several rows, several documents or the finished file, the runner's switches, the card and the independent counter."""

from __future__ import annotations

import io
import json
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from small_draft import ARMS, CARD, FACTS, coded, fact, small

from docpipe.errors import AssetMalformed
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import PlannedRow, PlannedTable, TableRow
from docpipe.writing.audit_numbers import audit
from docpipe.writing.checking import DraftText, number, run_draft_checks
from docpipe.writing.cross_checks import run_cross_checks
from docpipe.writing.factstore import FactStore
from docpipe.writing.file_checks import run_file_checks
from docpipe.writing.study_card import Card
from docpipe.writing.trace import trace

ROW = Address("block:12.2/1")
PLAIN = "Nausea was reported for {nausea.hi} subjects ({nausea%.hi}%) in the {arm:Alphadrug High Dose} group."


def found(draft: DraftText, **how: Any) -> dict[str, str]:
    return {number(f.check): f.message for fs in run_draft_checks(draft, **how).values() for f in fs}


def test_uneven_decimals_of_one_sentence_are_told() -> None:
    facts = dict(FACTS)
    facts["odd"] = replace(facts["rash%.hi"], formatted="15", raw="15", decimals=0)
    line = "Nausea ({nausea%.hi}%), headache ({headache%.hi}%), and rash ({odd}%) were reported."
    assert "N5" in found(small(line, facts=facts))
    assert "N5" not in found(small(line.replace("{odd}", "{rash%.hi}"), facts=facts))


def test_arms_that_do_not_give_the_total_are_told() -> None:
    facts = dict(FACTS)
    facts["nausea.all"] = replace(facts["nausea.all"], formatted="44", raw="44")
    line = "A total of {nausea.all} subjects had nausea: {nausea.pbo}, {nausea.lo}, and {nausea.hi}."
    assert "N6" in found(small(line, facts=facts))
    other = line.replace("{nausea.all}", "{headache.all}")
    assert "N6" in found(small(other))


def test_a_derived_number_off_its_formula_is_told() -> None:
    facts = dict(FACTS)
    facts["gap"] = replace(facts["gap"], raw="41.0", formatted="41.0")
    assert "N9" in found(small("The difference was {gap} percentage points.", facts=facts))


def test_two_versions_of_a_dictionary_in_one_document_are_told() -> None:
    assert "T5" in found(
        small("Terms were coded with MedDRA version 20.0.", before=("Terms were coded with MedDRA version 21.1.",))
    )


def test_an_uncited_display_is_told_and_a_cited_one_is_not() -> None:
    draft = small("See {display:Table 14-1}, {display:Table 14-2}, {display:Table 14-3}, and {display:Table 14-5}.")
    assert "X2" not in found(draft)
    assert "X2" in found(small("See {display:Table 14-1}."))


def test_a_table_without_caption_is_told() -> None:
    table = PlannedTable(
        "t",
        coded("Nausea"),
        (coded(""), coded("{arm:Placebo}")),
        (TableRow((coded("Nausea"), coded("{nausea.pbo}"))),),
        (coded("Safety population"),),
    )
    bare = small("{table:t}", kind=BlockKind.TABLE, tables=(table,))
    assert "X4" in found(bare)
    assert "X4" not in found(small("{table:t}", kind=BlockKind.TABLE, tables=(table,), before=("Caption: Nausea",)))


def test_cells_of_tables_are_looked_at_as_well() -> None:
    wrong = PlannedTable(
        "t",
        coded("Nausea"),
        (coded(""), coded("{arm:Placebo}")),
        (TableRow((coded("Nausea"), coded("{nausea.hi} (12.5%)"))),),
    )
    said = found(small("{table:t}", kind=BlockKind.TABLE, tables=(wrong,), before=("Caption: Nausea",)))
    assert {"N1", "N14", "P2"} <= set(said)


def test_a_list_by_a_threshold_in_a_table_is_complete() -> None:
    def rows(*names: str) -> PlannedTable:
        lines = tuple(
            TableRow((coded(n), *(coded(f"{{{n}.{a}}} ({{{n}%.{a}}}%)") for a in ("pbo", "lo", "hi")))) for n in names
        )
        return PlannedTable(
            "t",
            coded("Events in at least 10% of subjects in any group, Safety population"),
            (coded(""), *(coded(f"{{arm:{a}}}") for a in ARMS)),
            lines,
        )

    full = small("{table:t}", kind=BlockKind.TABLE, tables=(rows("nausea", "headache", "rash"),))
    assert "N13" not in found(full)
    assert "RASH" in found(small("{table:t}", kind=BlockKind.TABLE, tables=(rows("nausea", "headache"),)))["N13"]
    assert (
        "COUGH"
        in found(small("{table:t}", kind=BlockKind.TABLE, tables=(rows("nausea", "headache", "rash", "cough"),)))["N13"]
    )


def test_one_result_with_two_sets_is_told() -> None:
    facts = dict(FACTS)
    facts["itt"] = fact("Pain score / Difference", "estimate", "", "-1.9", "Table 14-4", "Safety", "Week 12", 150)
    draft = small("The difference was {itt}.", facts=facts, heading="Synopsis", block="2")
    other = small("The difference was {diff}.", facts=facts)
    plan = replace(draft.plan, blocks=(*draft.plan.blocks, *other.plan.blocks))
    assert "P3" in found(DraftText(plan, {}, draft.facts, draft.card))


def test_a_number_that_one_fact_has_is_suggested() -> None:
    findings = run_draft_checks(small(PLAIN, PLAIN.replace("{nausea.hi}", "26")))[ROW]
    assert "NAUSEA, Alphadrug High Dose, n = 26" in next(f.suggestion for f in findings if number(f.check) == "N1")


def test_spans_count_in_the_text_without_codes() -> None:
    draft = small(PLAIN, PLAIN + " Seven had vomiting.")
    finding = next(f for f in run_draft_checks(draft)[ROW] if number(f.check) == "N1")
    from docpipe.model.inline import spaced_text

    assert finding.target_span is not None
    assert spaced_text(draft.texts[ROW])[slice(*finding.target_span)] == "Seven"


def test_only_the_rows_asked_for_are_checked() -> None:
    draft = small(PLAIN, PLAIN + " Seven had vomiting.", before=("Eight had it.",))
    second = Address("block:12.2/2")
    assert set(run_draft_checks(draft)) >= {ROW, second}
    assert set(run_draft_checks(draft, only=[second])) == {second}


def test_checks_are_switched_off_by_family_number_id_and_section() -> None:
    draft = small(PLAIN, PLAIN + " Seven had vomiting.")
    for off in ("N", "N1", "N1.unbound-number"):
        assert "N1" not in found(draft, off=[off])
    plan = replace(draft.plan, blocks=(replace(draft.plan.blocks[0], checks_off=("N1",)),))
    assert "N1" not in found(DraftText(plan, draft.texts, draft.facts, draft.card))


def test_the_card_survives_json_and_refuses_other_text() -> None:
    assert Card.from_json(CARD.to_json()) == CARD
    for text in ("{}", "[]", "nonsense", json.dumps({"version": 99, "card": {}})):
        with pytest.raises(AssetMalformed):
            Card.from_json(text)


def test_documents_of_a_batch_agree() -> None:
    one, two = small(PLAIN), small(PLAIN, PLAIN.replace("was reported", "was noted"))
    assert {
        number(f.check) for rows in run_cross_checks({"a": one, "b": two}).values() for fs in rows.values() for f in fs
    } == {"R1"}
    assert run_cross_checks({"a": one, "b": one}) == {}
    facts = {**FACTS, "nausea.hi": replace(FACTS["nausea.hi"], raw="27", formatted="27")}
    found = run_cross_checks({"a": one, "b": small(PLAIN, facts=facts)})
    assert "R2" in {number(f.check) for fs in found["b"].values() for f in fs}
    other = DraftText(replace(one.plan, study="BETA-2"), {}, one.facts, one.card)
    assert "R3" in {number(f.check) for fs in run_cross_checks({"a": one, "b": other})["b"].values() for f in fs}


def test_what_protocol_and_data_plan_is_compared_whatever_way_it_is_written() -> None:
    protocol = replace(
        CARD, planned={"PLANSUB": ("300",), "AGEMIN": ("50 Year",), "TPHASE": ("Phase II Trial",), "SEXPOP": ("Both",)}
    )
    summary = {
        "PLANSUB": ("300",),
        "AGEMIN": ("P50Y",),
        "AGEMAX": ("No maximum",),
        "TPHASE": ("PHASE 2 TRIAL",),
        "SEXPOP": ("F", "M"),
    }
    one = small(PLAIN)

    def said(design: dict[str, tuple[str, ...]]) -> list[str]:
        pair = {"p": replace_card(one, protocol), "r": replace_card(one, replace(CARD, design=design))}
        return [f.check for rows in run_cross_checks(pair).values() for fs in rows.values() for f in fs]

    assert said(summary) == []
    assert said({**summary, "PLANSUB": ("254",)}) == ["R7.design-across-documents"]
    assert said({**summary, "AGEMIN": ("P50M",), "TPHASE": ("Phase III",)}) == ["R7.design-across-documents"] * 2


def replace_card(draft: DraftText, card: Card) -> DraftText:
    return DraftText(draft.plan, draft.texts, draft.facts, card)


def document(*lines: str) -> bytes:
    import docx

    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def counted(*lines: str, draft: DraftText) -> Any:
    entries = trace(draft.plan, draft.texts, draft.facts, {}, lambda text: [text])
    return audit(document(*lines), json.dumps(entries).encode(), draft.facts.to_json().encode(), draft.plan.constants)


def test_the_counter_binds_every_number_through_the_trace() -> None:
    draft = small(PLAIN)
    line = "Nausea was reported for 26 subjects (50.0%) in the Alphadrug High Dose group."
    right = counted(line, draft=draft)
    assert (right.numbers, right.bound, right.proved) == (2, 2, True)
    for wrong in (
        line.replace("26", "27"),
        line.replace("50.0", "50.1"),
        line + " Seven fell.",
        line.replace("26", "twenty-seven"),
    ):
        assert not counted(wrong, draft=draft).proved
    assert counted(line.replace("26", "twenty-six"), draft=draft).proved


def test_the_counter_says_why_a_number_may_stand_without_a_fact() -> None:
    found = counted(
        "See Section 12.2 and Table 14-5.", "By ICH E3.", "It took 54mg.", "There were 3 of them.", draft=small(PLAIN)
    )
    assert found.allowed == {"reference": 3, "word of the document type": 1}
    assert {u.number for u in found.unbound} == {"54", "3"}


def test_errors_and_editing_left_in_a_file_are_told() -> None:
    assert {number(f.check) for f in run_file_checks(document("Error! Reference source not found."))} == {"X5", "FL1"}
    assert "FL1" not in {number(f.check) for f in run_file_checks(document("Fine."), final=False)}


@pytest.mark.slow
def test_a_long_draft_is_checked_in_seconds_and_a_row_at_once() -> None:
    base = small(PLAIN)
    blocks = []
    for n in range(300):
        rows = tuple(PlannedRow(Address(f"block:{n}/{i}"), BlockKind.PARAGRAPH, coded(PLAIN)) for i in range(10))
        blocks.append(replace(base.plan.blocks[0], id=str(n), number=str(n), rows=rows))
    plan = replace(base.plan, blocks=tuple(blocks))
    draft = DraftText(plan, {}, FactStore(FACTS.values()), CARD)
    began = time.process_time()
    run_draft_checks(draft)
    whole = time.process_time() - began
    began = time.process_time()
    run_draft_checks(draft, only=[Address("block:7/3")])
    assert whole < 20
    assert time.process_time() - began < 1


def test_the_translation_checks_that_the_help_names_for_translated_drafts_exist() -> None:
    from docpipe.registry import checks
    from docpipe.steps.help import page

    said = re.search(
        r"is checked when the released draft is translated as a document: checks ([^.]+)\.", page("drafting-checks")
    )
    assert said is not None
    known = {c.id.partition(".")[0] for c in checks()}
    for first, last in re.findall(r"([A-Z]\d+)(?: to ([A-Z]\d+))?", said[1]):
        assert {first, last or first} <= known
