"""Proposals for the gaps of a draft: ordered or not, marked, blocked, accepted, turned back, written anew, and what a model may not say."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from designed import usdm
from drafting_story import Drafting
from installation import APPROVER, REVIEWER

from docpipe.errors import ReviewRefused, UsageError
from docpipe.model.batch import State
from docpipe.model.draft import PROPOSAL, facts_in, proposed
from docpipe.model.inline import plain_text, to_wire
from docpipe.model.segment import OriginKind, Status
from docpipe.safe.package import rewrite
from docpipe.settings import load
from docpipe.simulate import background
from docpipe.simulate.inventions import DRAFT_KINDS
from docpipe.steps import change, decide, draft, draft_figures, draft_orders, proposals, review, sign
from docpipe.steps.draft_build import build
from docpipe.steps.exchange_import import plan_import
from docpipe.steps.exchange_plan import Upload
from docpipe.steps.house import open_house
from docpipe.store import findings, generations, units

TYPE = """---
id: draft/mini
version: 1
why: tests
title: Small protocol
language: en
name: mini
parts: [draft/parts/words, draft/parts/protocol, draft/parts/schedule]
---
=== block 1
heading: Objectives
level: 1
---
{{ protocol.aims("primary") }}

=== block 2
heading: Rationale for Trial Duration
level: 1
instruction: Why the trial lasts as long as it does.
gap: why the trial lasts as long as it does
propose: 'protocol.known(("design", "aims", "population", "interventions", "schedule"), ("1",))'
=== block 3
heading: Measures to Maintain Blinding
level: 1
instruction: How blinding is maintained.
gap: how blinding is maintained
propose: 'protocol.known(("design",))'
=== block 5
heading: Trial Oversight
level: 1
gap: what investigators and sponsor answer for
propose: 'protocol.known(("design",))'
=== block 6
heading: Participant Adherence
level: 1
gap: how adherence is measured
propose: 'protocol.known(("interventions", "schedule"))'
=== block 7
heading: Description of Trial Population
level: 1
gap: the population in words
propose: 'protocol.known(("population",))'
=== block 4
heading: Insurance
level: 1
gap: insurance and indemnity
"""
OPENS = {f"block:{n}/1" for n in "23567"}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """``story(address)``: an installation of its own whose provider is the one at the address."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DOCPIPE_OFFICE", "off")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DOCPIPE_MODEL", "DOCPIPE_PROVIDER"):
        patch.delenv(name, raising=False)
    opened: list[Drafting] = []

    def make(address: str = "") -> Drafting:
        given = {"provider": "openai", "model": "sim", "base_url": address, "api_key": "k"} if address else {}
        folder = tmp_path_factory.mktemp("story")
        made = Drafting(open_house(load(home=folder / "home", **given)), folder)
        made.people()
        opened.append(made)
        return made

    yield make
    for made in opened:
        made.house.store.close()
    patch.undo()


class Protocol:
    """A drafted protocol of the made-up trial, through its early checkpoints."""

    def __init__(self, story: Drafting, **order: Any) -> None:
        self.story, self.house = story, story.house
        self.batch = story.submit({"made.json": json.dumps(usdm()).encode()}, type_text=TYPE, **order)
        self.state = story.run(self.batch)
        if self.state is State.WAITING:
            self.state = story.through_gates(self.batch)
        self.document = story.documents(self.batch)[0]
        self.id = self.document.id
        self.fine: dict[str, str] = {}
        self.bill: Any = dict

    def rows(self) -> dict[str, Any]:
        with self.house.store.read() as s:
            current = units.units(s, self.id)
            return {str(g.address): (g, current[g.id]) for g in units.segments(s, self.id)}

    def said(self, segment: str = "") -> list[Any]:
        with self.house.store.read() as s:
            return [f for f in findings.listing(s, self.id) if not segment or f.segment == segment]

    def records(self) -> list[dict[str, Any]]:
        with self.house.store.read() as s:
            return [g.record for g in generations.of_document(s, self.id) if g.record.get("proposal")]

    @property
    def editor(self) -> Any:
        return self.story.team[REVIEWER]

    @property
    def approver(self) -> Any:
        return self.story.team[APPROVER]


@pytest.fixture(scope="module")
def made(story: Callable[..., Drafting]) -> Iterator[Protocol]:
    """One protocol with proposals; each test looks at rows of its own."""
    with background() as provider:
        found = Protocol(story(provider.base_url), proposals=True)
        found.bill = provider.bill
        found.fine = {a: to_wire(found.rows()[a][1].target) for a in OPENS}
        yield found


@pytest.mark.slow
def test_without_an_order_a_gap_stays_a_gap_with_a_model_too(story: Callable[..., Drafting]) -> None:
    with background() as provider:
        made = Protocol(story(provider.base_url))
    for address in OPENS:
        segment, unit = made.rows()[address]
        assert unit.target == segment.source
        assert unit.origin.kind is OriginKind.PROGRAM
    assert made.records() == []


def test_proposals_without_a_model_are_refused_before_anything_is_taken_in(story: Callable[..., Drafting]) -> None:
    order = draft_orders.DraftOrder(("m11",), (), proposals=True)
    with pytest.raises(UsageError, match="Proposals are a model's"):
        draft_orders.make_draft_recipe(story().house, order)


def test_a_proposal_is_marked_bound_recorded_counted_and_blocks(made: Protocol) -> None:
    rows = made.rows()
    assert {p.block for p in proposals.waiting(made.house, made.id)} >= {"2", "3"}
    for address in ("block:2/1", "block:3/1"):
        segment, unit = rows[address]
        assert plain_text(unit.target).startswith(PROPOSAL)
        assert (unit.origin.kind, unit.status) == (OriginKind.MODEL, Status.TRANSLATED)
        assert unit.origin.detail.startswith("write/proposals.v1 ")
        (open_one,) = [f for f in made.said(segment.id) if f.severity.value == "critical"]
        assert open_one.check == "M7.proposal"
        with pytest.raises(ReviewRefused, match="cannot be dismissed"):
            decide.dismiss(made.house, open_one.id, made.approver, "looks fine")
    assert facts_in(rows["block:2/1"][1].target), "a proposal shows bound values"
    gap, unit = rows["block:4/1"]
    assert unit.target == gap.source
    figures = draft_figures.document_figures(made.house, made.document)
    assert {"2", "3"} <= {g["block"] for g in figures["proposals"]}
    assert "4" in {g["block"] for g in figures["gaps"]}
    assert not {"2", "3"} & {g["block"] for g in figures["gaps"]}
    record = next(r for r in made.records() if any(x["row"] == "block:2/1" for x in r["rows"]))
    assert (record["prompt"], record["verdict"]) == ("write/proposals.v1", "accepted")
    assert record["facts"]
    outcome = decide.approve(made.house, made.id, None, made.approver)
    assert {rows[a][0].id for a in ("block:2/1", "block:3/1")} <= set(outcome.refused), (
        "nobody approves a proposal by approving all rows"
    )


def test_accepted_words_are_the_persons_and_another_person_approves_them(made: Protocol) -> None:
    segment, before = made.rows()["block:5/1"]
    with pytest.raises(ReviewRefused, match="needs a reason"):
        proposals.accept(made.house, made.id, [segment.id], made.editor, " ")
    outcome = proposals.accept(
        made.house, made.id, [segment.id, made.rows()["block:1/0"][0].id], made.editor, "as our SOP"
    )
    assert outcome.changed == [segment.id]
    assert len(outcome.refused) == 1, "a row without a proposal"
    _, unit = made.rows()["block:5/1"]
    assert unit.target == proposed(before.target)
    assert (unit.origin.kind, unit.editor) == (OriginKind.HUMAN, made.editor.name)
    assert not [f for f in made.said(segment.id) if f.blocking]
    assert {f.reason for f in made.said(segment.id) if f.check.startswith("CL1")} == {"as our SOP"}
    (event,) = made.story.events(made.batch, proposals.ACCEPTED)
    assert (event.actor, event.reason) == (made.editor.name, "as our SOP")
    own = decide.approve(made.house, made.id, [segment.id], made.editor)
    assert segment.id in own.refused
    assert decide.approve(made.house, made.id, [segment.id], made.approver).changed == [segment.id]
    assert "5" not in {p.block for p in proposals.waiting(made.house, made.id)}


def test_turned_back_it_is_the_gap_again_and_written_anew_it_keeps_its_values(made: Protocol) -> None:
    segment, unit = made.rows()["block:6/1"]
    assert proposals.turn_back(made.house, made.id, [segment.id], made.editor, "we decide later").changed == [
        segment.id
    ]
    again, now = made.rows()["block:6/1"]
    assert now.target == again.source
    assert {f.check for f in made.said(segment.id) if f.blocking} == {"M6.gap"}
    (event,) = made.story.events(made.batch, proposals.TURNED_BACK)
    assert event.reason == "we decide later"
    segment, unit = made.rows()["block:7/1"]
    wire = to_wire(proposed(unit.target) or ())
    typed = review.Typed(f"We plan so: {wire}", unit.revision)
    assert review.save(made.house, made.id, segment.id, typed, made.editor)
    _, now = made.rows()["block:7/1"]
    assert facts_in(now.target) == facts_in(unit.target)
    assert {f.check for f in made.said(segment.id) if f.blocking} <= {"CL1.no-source"}


def test_a_proposal_that_was_sent_back_is_asked_for_anew_for_the_reason(made: Protocol) -> None:
    calls = made.bill()["charged"]["calls"]
    segment, before = made.rows()["block:3/1"]
    decide.send_back(made.house, made.id, {segment.id: "Say less."}, made.approver, "Say less.")
    assert draft.redraft(made.house, made.id) == (segment.id,)
    assert made.bill()["charged"]["calls"] == calls + 1
    _, unit = made.rows()["block:3/1"]
    assert proposed(unit.target) is not None
    assert unit.revision > before.revision


def test_a_copy_comes_back_from_word_as_it_was_and_words_without_marks_are_the_persons(made: Protocol) -> None:
    data = build(made.house, made.batch, made.document, preview=True)
    (plan,) = plan_import(made.house, [Upload("mini.docx", data)], made.editor, made.batch.id)
    assert (plan.error, plan.changes, plan.refused) == (None, (), ())
    segment, unit = made.rows()["block:2/1"]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = package.read("word/document.xml").decode()
    at = text.index('<w:pStyle w:val="Proposal"/>')
    end = text.index("</w:p>", at)
    bare = re.sub(r"\](</w:t>)(?!.*</w:t>)", r"\1", text[at:end].replace(PROPOSAL, ""), flags=re.DOTALL)
    changed = rewrite(data, {"word/document.xml": (text[:at] + bare + text[end:]).encode()})
    (plan,) = plan_import(made.house, [Upload("mini.docx", changed)], made.editor, made.batch.id)
    assert plan.refused == ()
    (change,) = plan.changes
    assert change.segment == segment.id
    assert facts_in(change.target) == facts_in(unit.target), "values stay bound"
    assert proposed(change.target) is None


SHORT = ("invent_number",)
KINDS = [pytest.param(k, marks=() if k in SHORT else pytest.mark.slow) for k in DRAFT_KINDS if k not in ("swap_arms",)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_model_invents_stands_in_no_proposal(story: Callable[..., Drafting], made: Protocol, kind: str) -> None:
    script = f'[[fault]]\nkind = "{kind}"\nprobability = 1.0\n'
    with background(script=script, seed=7) as provider:
        spoiled = Protocol(story(provider.base_url), proposals=True)
        assert provider.bill()["faults"][kind]
    for address in OPENS:
        segment, unit = spoiled.rows()[address]
        if unit.target != segment.source:
            assert to_wire(unit.target) == made.fine[address], plain_text(unit.target, equiv=True)
            continue
        assert unit.origin.kind is OriginKind.PROGRAM
        checks = {f.check for f in spoiled.said(segment.id)}
        assert {"M6.gap", "CL7.wording-refused"} <= checks, "the gap stays, and a finding says what was refused"


@pytest.mark.slow
def test_an_unreviewed_draft_shows_them_in_a_style_of_their_own_and_the_trace_says_so(
    story: Callable[..., Drafting],
) -> None:
    with background() as provider:
        found = Protocol(story(provider.base_url), proposals=True, review="none")
    assert found.state is State.DRAFT
    folder = Path(found.batch.out) / "DRAFT"
    trace = json.loads((folder / "mini.trace.json").read_bytes())
    marked = [e for e in trace if e.get("proposal")]
    assert {e["block"] for e in marked} == set("23567")
    assert not any(s["locator"].startswith("block:") for e in marked for s in e["sources"]), "the type does not hold it"
    with zipfile.ZipFile(folder / "mini.docx") as package:
        text = package.read("word/document.xml").decode()
        styles = package.read("word/styles.xml").decode()
    assert text.count('<w:pStyle w:val="Proposal"/>') == 5
    assert 'w:styleId="Proposal"' in styles
    assert "FFF2CC" in styles


@pytest.mark.slow
def test_a_protocol_with_accepted_proposals_is_released(story: Callable[..., Drafting]) -> None:
    with background() as provider:
        made = Protocol(story(provider.base_url), proposals=True)
    ids = [p.segment for p in proposals.waiting(made.house, made.id)]
    proposals.accept(made.house, made.id, ids, made.editor, "read and right")
    for f in made.said():
        if f.blocking:
            decide.dismiss(made.house, f.id, made.approver, "known")
    assert not decide.approve(made.house, made.id, None, made.approver).refused
    sign.sign(made.house, made.id, made.approver.name, "correct horse battery", "approval")
    assert made.story.run(made.batch) is State.RELEASED


@pytest.mark.slow
def test_new_data_ask_for_unanswered_proposals_anew_and_find_old_values_in_accepted_ones(
    story: Callable[..., Drafting],
) -> None:
    with background() as provider:
        found = Protocol(story(provider.base_url), proposals=True)
        rows = found.rows()
        taken = next(
            a for a in sorted(OPENS) if facts_in(rows[a][1].target) and "Phase" not in plain_text(rows[a][0].source)
        )
        proposals.accept(found.house, found.id, [rows[taken][0].id], found.editor, "read and right")
        given = usdm()
        given["study"]["versions"][0]["studyDesigns"][0]["population"]["plannedEnrollmentNumber"]["value"] = 777
        folder = found.story.folder / "next"
        folder.mkdir()
        (folder / "made.json").write_text(json.dumps(given))
        after = change.follow(found.house, found.batch.id, [folder], actor="local:test", out=str(folder / "out"))
        found.story.run(after)
        found.story.through_gates(after)
    document = found.story.documents(after)[0]
    now = {str(s.address): u for s, u in found.story.rows(document)}
    assert now[taken].editor == found.editor.name
    for address in OPENS - {taken}:
        assert proposed(now[address].target) is not None
        assert now[address].origin.kind is OriginKind.MODEL, "asked for in this batch"
