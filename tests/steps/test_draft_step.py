"""Drafting with a model over a real store: plans by hand, the simulated provider faithful and inventing, rows sent back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from planned_rows import ARMS, ROWS

from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, canonical_json, digest_of
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate, Plan, PlannedBlock, PlannedRow, facts_in
from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.model.inline import CodedText, Placeholder, Text, merge_text, plain_text, to_wire
from docpipe.model.plan_codec import plan_bytes
from docpipe.model.segment import OriginKind, Status
from docpipe.model.source import Place
from docpipe.simulate import background
from docpipe.simulate.drafting import rows_of
from docpipe.simulate.inventions import DRAFT_KINDS
from docpipe.steps import check, decide, draft_rows, open_checkpoint
from docpipe.steps import draft as drafting
from docpipe.steps.draft_book import DraftBook
from docpipe.steps.draft_brief import make_wording
from docpipe.steps.draft_orders import DraftOrder, make_draft_recipe
from docpipe.steps.draft_records import REFUSED
from docpipe.steps.house import House, new_batch_id
from docpipe.steps.work import revive
from docpipe.store import batches, calls, documents, findings, generations, studies, units
from docpipe.store.studies import StudyRead
from docpipe.writing.factstore import FactStore
from docpipe.writing.study_card import Card

PLACE = Place(Digest("a" * 64), "display:1/r1/c1")
PROTOCOL = Place(Digest("b" * 64), "text:p4")
PASSAGE = "Randomization will be stratified by site in the trial"


def _facts_and_text(text: CodedText, known: dict[str, Fact], datums: Any) -> CodedText:
    """The text with its values bound to real facts."""
    parts: list[Any] = []
    for part in text:
        if isinstance(part, Placeholder) and part.kind == "fact":
            name, _, style = part.data.partition(":")
            datum = datums[name]
            raw = part.equiv
            fact = Fact(
                "S1", "v1", "Table 14-1", (datum.label, name), datum.arm, "quoted" if datum.quoted else "n", raw, raw,
                None, None, "Safety", "", (PLACE,),
            )  # fmt: skip
            known[fact.id] = fact
            part = replace(part, data=f"{fact.id}:{style}" if style else fact.id)
        parts.append(part)
    return merge_text(parts)


def make_plan() -> tuple[Plan, FactStore]:
    """Three blocks: a heading, standard words, rows of values, a gap, a quotation, and a short label."""
    known: dict[str, Fact] = {}
    blocks: list[PlannedBlock] = []
    for number, several in (("10.1", ROWS[:1]), ("12.2", ROWS[1:6]), ("12.3", ROWS[6:])):
        texts = [_facts_and_text(r.segment.source, known, r.facts) for r in several]
        kinds = [r.segment.kind for r in several]
        rows = [
            PlannedRow(Address(f"block:{number}/0"), BlockKind.HEADING, (Text("Results"),), 2, fixed=True),
            PlannedRow(Address(f"block:{number}/1"), BlockKind.PARAGRAPH, (Text("Percentages refer to columns."),), fixed=True),
        ]  # fmt: skip
        for kind, text in zip(kinds, texts, strict=True):
            rows.append(PlannedRow(Address(f"block:{number}/{len(rows)}"), kind, text, passages=(PROTOCOL,)))
        gap = (Text("[GAP: listing of deviations]"),)
        rows.append(PlannedRow(Address(f"block:{number}/{len(rows)}"), BlockKind.PARAGRAPH, gap, gap="deviations"))
        quoted = (Text(f"{PASSAGE}."),)
        rows.append(
            PlannedRow(Address(f"block:{number}/{len(rows)}"), BlockKind.PARAGRAPH, quoted, passages=(PROTOCOL,))
        )
        label = (Text("Sponsor: "), next(p for t in texts for p in t if isinstance(p, Placeholder)))
        rows.append(PlannedRow(Address(f"block:{number}/{len(rows)}"), BlockKind.LIST_ITEM, label))
        blocks.append(
            PlannedBlock(number, number, f"Results {number}", 2, Fate.DRAFTED, tuple(rows), "Word the results.", "Past tense.")
        )  # fmt: skip
    plan = Plan("draft/csr.v1", Digest("t" * 64), "Clinical Study Report", "en", "S1", "v1", tuple(blocks), arms=ARMS)
    return plan, FactStore(known.values())


PLAN, FACTS = make_plan()
WORDED = [row.address for block in PLAN.blocks for row in block.rows[2:-3]]
"""The rows that a model is asked for: neither headings, standard words, gaps, quotations nor labels."""


CARD = Card(study="S1", data_version="v1", arms=ARMS, passages={f"{PROTOCOL.sha256}|{PROTOCOL.locator}": f"{PASSAGE}."})


def faithful() -> dict[str, str]:
    """What the simulated model says of each row without a fault."""
    segments = draft_rows.segments_of(PLAN, Digest("d" * 64))
    wording = make_wording(DraftBook(PLAN, FACTS, CARD, {}, {}), segments, None, 8192)
    found: dict[str, str] = {}
    for chunk in wording.chunks:
        task = wording.craft.task(chunk, {})
        for item in rows_of(json.loads(task.text)) or ():
            found[task.segments[item.id].address] = " ".join(s.text for s in item.sentences)
    return found


FAITHFUL = faithful()


class Drafted:
    """A batch with one planned document."""

    def __init__(self, house: House, provider: str, profile: Path | None = None) -> None:
        self.house = house
        order = DraftOrder(("csr",), (), review="required", provider=provider, model="sim", profile=profile)
        recipe = make_draft_recipe(house, order)
        now = house.now()
        self.batch = Batch(new_batch_id(now), recipe, State.RUNNING, now, "local:test")
        put = house.store.blobs.put
        data = plan_bytes(PLAN)
        self.id = f"D{self.batch.id}"
        document = Document(
            self.id, self.batch.id, "csr.docx", "application/x", digest_of([self.batch.id]), len(data), State.RUNNING,
            "draft/csr.v1", 3, "extracted", put(data),
        )  # fmt: skip
        blobs = {
            "facts": put(FACTS.to_json().encode()), f"facts:{self.id}": put(FACTS.to_json().encode()),
            "card": put(CARD.to_json().encode()), "sources": put(b"[]"), "displays": put(b"[]"),
            "evidence": put(canonical_json([]).encode()),
        }  # fmt: skip
        with house.store.write() as s:
            batches.add(s, self.batch)
            documents.add(s, document)
            studies.put(s, StudyRead(self.batch.id, "S1", "v1", blobs, now), [])
        draft_rows.make_rows(house, self.id)

    def draft(self) -> Document:
        return drafting.draft(self.house, self.id)

    def rows(self) -> dict[str, Any]:
        """Address -> (segment, unit)."""
        with self.house.store.read() as s:
            current = units.units(s, self.id)
            return {g.address: (g, current[g.id]) for g in units.segments(s, self.id)}

    def said(self) -> list[Any]:
        with self.house.store.read() as s:
            return [f for f in findings.listing(s, self.id) if f.check == REFUSED]

    def records(self) -> list[Any]:
        with self.house.store.read() as s:
            return generations.of_document(s, self.id)

    def bill_is_ledger(self, bill: dict[str, Any]) -> None:
        with self.house.store.read() as s:
            totals = calls.totals(s, self.batch.id)
        assert totals.received == bill["charged"]["calls"]
        assert (totals.usage.input_tokens, totals.usage.output_tokens) == (
            bill["charged"]["input"],
            bill["charged"]["output"],
        )


def test_without_a_model_every_row_has_the_program_text(story: Any) -> None:
    drafted = Drafted(story.house, "program")
    assert drafted.draft().stage == "translated"
    for segment, unit in drafted.rows().values():
        assert unit.target == segment.source
        assert unit.origin.kind in (OriginKind.PROGRAM, OriginKind.SAME)
        assert unit.status is not Status.NEW
    assert drafted.records() == []


def test_a_model_words_the_rows_that_are_sentences_and_keeps_every_code(asked: Callable[..., Any]) -> None:
    with background() as provider:
        drafted = Drafted(asked(provider.base_url).house, "openai")
        assert drafted.draft().stage == "translated"
        drafted.bill_is_ledger(provider.bill())
        assert provider.bill()["charged"]["calls"] == 3, "a block, a request"
    rows = drafted.rows()
    changed = 0
    for address, (segment, unit) in rows.items():
        assert unit.status is not Status.NEW
        assert not unit.needs_person
        assert facts_in(unit.target) == facts_in(segment.source)
        assert (unit.origin.kind is OriginKind.MODEL) == (address in WORDED)
        if address in WORDED:
            assert unit.origin.detail.startswith("write/paragraphs.v1 ")
            assert unit.origin.detail.endswith(" sim-simulated")
            changed += unit.target != segment.source
        else:
            assert unit.target == segment.source
    assert changed > 3
    records = {g.block: g.record for g in drafted.records()}
    assert set(records) == {"10.1", "12.2", "12.3"}
    one = records["12.2"]
    assert one["prompt_sha256"] == drafted.batch.recipe.prompt_digest
    assert one["reported_model"] == ["sim-simulated"]
    assert one["verdict"] == "accepted"
    assert one["tokens"]["output"] > 0
    assert one["passages"] == [{"sha256": "b" * 64, "locator": "text:p4"}]
    assert {f["id"] for f in one["facts"]} <= {f.id for f in FACTS}
    bill = [sum(r["tokens"][k] for r in records.values()) for k in ("input", "output")]
    assert bill == [provider_total(drafted, "input_tokens"), provider_total(drafted, "output_tokens")]


def provider_total(drafted: Drafted, name: str) -> int:
    with drafted.house.store.read() as s:
        return int(getattr(calls.totals(s, drafted.batch.id).usage, name))


SHORT = ("swap_arms", "add_cause")
KINDS = [pytest.param(k, marks=() if k in SHORT else pytest.mark.slow) for k in DRAFT_KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_model_invents_reaches_no_row_and_is_named_in_a_finding(asked: Callable[..., Any], kind: str) -> None:
    script = f'[[fault]]\nkind = "{kind}"\nprobability = 0.7\n'
    with background(script=script, seed=5) as provider:
        drafted = Drafted(asked(provider.base_url).house, "openai")
        drafted.draft()
        drafted.bill_is_ledger(provider.bill())
        assert provider.bill()["faults"][kind]
    check.check(drafted.house, drafted.id)
    said = drafted.said()
    assert said, "no finding names what was refused"
    told = {f.segment for f in said if f.severity is Severity.MAJOR}
    for address, (segment, unit) in drafted.rows().items():
        if unit.origin.kind is OriginKind.MODEL:
            assert to_wire(unit.target) == FAITHFUL[address]
            assert segment.id not in told
        else:
            assert unit.target == segment.source
            assert (segment.id in told) == (address in WORDED)


def test_a_provider_that_goes_away_fails_the_document_and_a_resume_pays_nothing_twice(
    asked: Callable[..., Any], tmp_path: Path
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text("concurrency = 1\n")
    with background(script='[[fault]]\nkind = "401"\ncalls = [2]\n') as provider:
        drafted = Drafted(asked(provider.base_url).house, "openai", profile)
        assert drafted.draft().state is State.FAILED
        assert drafted.draft().error_code == "provider.wrong_key"
        revive(drafted.house, drafted.batch.id, "local:test")
        assert drafted.draft().stage == "translated"
        assert provider.bill()["charged"]["calls"] == 3
        drafted.bill_is_ledger(provider.bill())
    assert all(u.status is not Status.NEW for _, u in drafted.rows().values())


def sent_back(story: Any, drafted: Drafted, address: str, reason: str) -> Any:
    """The document at its checkpoint, with one row sent back."""
    check.check(drafted.house, drafted.id)
    open_checkpoint.open_checkpoint(drafted.house, drafted.id)
    segment, _ = drafted.rows()[address]
    decide.send_back(drafted.house, drafted.id, {segment.id: reason}, story.team["jose.ruiz"], reason)
    return segment


def test_a_row_that_was_sent_back_is_worded_again_alone_for_the_reviewers_reason(asked: Callable[..., Any]) -> None:
    with background() as provider:
        story = asked(provider.base_url)
        drafted = Drafted(story.house, "openai")
        drafted.draft()
        before = drafted.rows()
        segment = sent_back(story, drafted, WORDED[1], "Too stiff: name the groups first.")
        assert drafting.redraft(drafted.house, drafted.id) == (segment.id,)
        assert provider.bill()["charged"]["calls"] == 4
        drafted.bill_is_ledger(provider.bill())
        assert drafting.redraft(drafted.house, drafted.id) == ()
    after = drafted.rows()
    assert [a for a in after if after[a][1].revision != before[a][1].revision] == [WORDED[1]]
    unit = after[WORDED[1]][1]
    assert (unit.status, unit.needs_person, unit.origin.kind) == (Status.TRANSLATED, "", OriginKind.MODEL)
    assert unit.origin.spend_key != before[WORDED[1]][1].origin.spend_key
    with drafted.house.store.read() as s:
        (event,) = story.events(drafted.batch, "row.reworded")
        assert documents.get(s, drafted.id).state is State.WAITING
    assert event.reason == "Too stiff: name the groups first."
    assert len([g for g in drafted.records() if g.block == "12.2"]) == 2


def test_a_row_that_cannot_be_worded_as_asked_waits_for_a_person(asked: Callable[..., Any]) -> None:
    with background() as provider:
        story = asked(provider.base_url)
        drafted = Drafted(story.house, "openai")
        drafted.draft()
        segment = sent_back(story, drafted, WORDED[0], "Say that this is a good result.")
        before = drafted.rows()[WORDED[0]][1]
    with background(script='[[fault]]\nkind = "praise"\nprobability = 1.0\n', port=0) as provider:
        house = replace(drafted.house, settings=drafted.house.settings)
        drafted.batch = replace(drafted.batch, recipe=replace(drafted.batch.recipe, base_url=provider.base_url))
        with house.store.write() as s:
            batches.set_recipe(s, drafted.batch.id, drafted.batch.recipe)
        assert drafting.redraft(house, drafted.id) == ()
        assert drafting.redraft(house, drafted.id) == (), "not asked over and over"
    unit = drafted.rows()[WORDED[0]][1]
    assert unit.target == before.target
    assert unit.needs_person.startswith(drafting.NOT_WORDED)
    assert plain_text(unit.target)
    assert segment.id == unit.segment


def test_a_row_that_a_person_wrote_is_never_worded_again(asked: Callable[..., Any]) -> None:
    with background() as provider:
        story = asked(provider.base_url)
        drafted = Drafted(story.house, "openai")
        drafted.draft()
        check.check(drafted.house, drafted.id)
        open_checkpoint.open_checkpoint(drafted.house, drafted.id)
        segment, _ = drafted.rows()[WORDED[2]]
        decide.edit(drafted.house, drafted.id, {segment.id: segment.source}, story.team["mei.lin"], "plainer")
        decide.send_back(drafted.house, drafted.id, {segment.id: "No."}, story.team["jose.ruiz"], "No.")
        assert drafting.redraft(drafted.house, drafted.id) == ()
        assert provider.bill()["charged"]["calls"] == 3
