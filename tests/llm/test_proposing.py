"""Proposals for gaps as the judge sees them: what follows from the known lines may stand, what says more is refused with its reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.llm.accept import Worded
from docpipe.llm.drafting import Brief
from docpipe.llm.proposing import GapToFill, Proposing, gap_chunk, judge_proposal
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import ARM, FACT, PROPOSAL, proposal, proposed, row_codes
from docpipe.model.inline import CodedText, Placeholder, Text, plain_text, to_wire
from docpipe.model.segment import Segment, SegmentId
from docpipe.simulate.proposing import proposals_of


def line(*parts: str | tuple[str, str, str]) -> CodedText:
    """A line; a code is kind, data and what it shows."""
    return tuple(Text(p) if isinstance(p, str) else Placeholder(1, *p) for p in parts)


GROUND = (
    line("Trial blind schema: Double Blind"),
    line("Planned number of participants: ", (FACT, "F1", "300")),
    line("Total planned duration of trial intervention: ", (FACT, "F2", "24"), " weeks"),
    line("Arm: ", (ARM, "Placebo", "Placebo"), ", placebo comparator"),
    line("Exclusion criterion: Participants who are not able to swallow tablets of ", (FACT, "F3", "10"), " mg"),
    line("Activities of the schedule: Informed consent; Vital signs; Adverse events"),
)
SEGMENT = Segment(
    SegmentId("s1"),
    Address("block:7.3/1"),
    0,
    BlockKind.PARAGRAPH,
    (Text("[GAP: lost]"),),
    Digest("d" * 64),
    Digest("c" * 64),
)
BRIEF = Brief(
    "Clinical Trial Protocol", ("7 Discontinuation", "7.3 Management of Loss to Follow-Up"),
    "How a participant who does not come back is sought.", "Future tense.",
)  # fmt: skip
GAP = GapToFill.of(
    SEGMENT, BRIEF, "how a participant who does not come back is sought, and when they count as lost", GROUND
)


def judged(text: str, *of: int) -> tuple[str, str]:
    """One sentence as it would stand, and the reason against it."""
    target, fault = judge_proposal(GAP, [Worded(of, text)])
    return plain_text(target, equiv=True), fault


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("The investigator will try to reach a participant who misses a scheduled visit.", (6,)),
        ("A participant who cannot be reached will be considered lost to follow-up.", (6,)),
        ("The duration of trial intervention is <2/> weeks.", (3,)),
        ("Vital signs and adverse events will be assessed at the visits of the schedule.", (6,)),
        ("Because the trial is double blind, the investigator will not know the intervention of a participant.", (1,)),
        ("Participants of the <3/> arm receive placebo.", (4,)),
    ],
)  # fmt: skip
def test_plain_duties_and_what_the_lines_say_may_stand(text: str, of: tuple[int, ...]) -> None:
    said, fault = judged(text, *of)
    assert not fault
    assert "<" not in said


@pytest.mark.parametrize(
    ("text", "of", "why"),
    [
        ("The investigator will call the participant 3 times.", (6,), "outside tags: 3"),
        ("The investigator will call the participant three times.", (6,), "in words"),
        ("The participant will take Aspirin when lost.", (6,), "Aspirin"),
        ("The participant will take zelvomab when lost.", (6,), "medicine"),
        ("The participant was reached by the investigator.", (6,), "what happened"),
        ("The intervention has been safe for the participant.", (6,), "no known line"),
        ("Earlier studies of lost participants support this schedule.", (6,), "no known line"),
        ("Following the guideline, the participant will be sought.", (6,), "guideline"),
        ("A data monitoring committee will count the lost participants.", (6,), "committee"),
        ("An interim analysis will count the lost participants.", (6,), "interim"),
        ("A stratified sample of participants will be sought.", (6,), "stratif"),
        ("A participant who is lost leaves due to adverse events.", (6,), "cause"),
        ("The participant will be sought with excellent methods.", (6,), "judges"),
        ("The number of participants is <1/>.", (3,), "does not name"),
        ("The schedule has <1/> of them.", (2,), "says what it is"),
        ("Weeks <2/> of it are the total planned duration of the trial intervention, which <9/> tell.", (3,), "Tags"),
        ("Participants able to swallow tablets of <4/> mg meet the exclusion criterion.", (5,), "negation"),
        ("Participants not able to swallow tablets meet the exclusion criterion.", (5,), "without its value"),
        ("The participant will be sought [as above].", (6,), "no place"),
        ("The participant will be sought", (6,), "full stop"),
        ("The participant will be sought.", (), "names the known lines"),
        ("The participant will be sought.", (7,), "names the known lines"),
        ("Zelvo kidu marfo.", (6,), "no word"),
        ("The schema of the trial is.", (1,), "missing"),
    ],
)  # fmt: skip
def test_what_says_more_is_refused_with_its_reason(text: str, of: tuple[int, ...], why: str) -> None:
    said, fault = judged(text, *of)
    assert not said
    assert why in fault, fault


def test_a_sentence_may_go_on_about_the_one_before_it() -> None:
    first = "The investigator will try to reach a participant who misses a scheduled visit."
    other = "All attempts to reach the participant will be recorded."
    assert not judge_proposal(GAP, [Worded((6,), first), Worded((6,), other)])[1]
    assert judge_proposal(GAP, [Worded((6,), other), Worded((6,), first)])[1]


def test_nothing_proposed_is_an_answer_and_too_much_is_none() -> None:
    assert judge_proposal(GAP, []) == ((), "")
    many = [Worded((6,), "The participant will be sought.")] * 9
    assert "at most" in judge_proposal(GAP, many)[1]


def test_codes_are_numbered_through_and_a_value_told_twice_is_two() -> None:
    twice = [
        Worded((3,), "The duration of trial intervention is <2/> weeks."),
        Worded((3,), "All <2/> weeks of the duration are planned."),
    ]
    target, fault = judge_proposal(GAP, twice)
    assert not fault
    assert [(p.id, p.data) for p in target if isinstance(p, Placeholder)] == [(1, "F2"), (2, "F2")]


def test_the_task_holds_the_lines_and_a_reply_is_judged_by_its_row() -> None:
    craft = Proposing({SEGMENT.id: GAP})
    task = craft.task(gap_chunk(GAP), {SEGMENT.id: "Say less."})
    told = json.loads(task.text)
    assert told["propose"] == [{"id": "r1", "missing": GAP.missing}]
    assert told["asked_again"] == [{"id": "r1", "fault": "Say less."}]
    assert [k["n"] for k in told["known"]] == list(range(1, 7))
    assert {t["tag"] for t in told["tags"]} == {"<1/>", "<2/>", "<3/>", "<4/>"}
    (item,) = proposals_of(told) or []
    good = json.dumps({"rows": [{"id": "r1", "sentences": [{"of": s.of, "text": s.text} for s in item.sentences]}]})
    assert craft.assess(task, good, {}).accepted
    for bad in ('{"rows": []}', '{"rows": [{"id": "r9", "sentences": []}]}', '{"rows": [{"id": "r1"}]}', "no JSON"):
        assert craft.assess(task, bad, {}).faults
    none = craft.assess(task, '{"rows": [{"id": "r1", "sentences": []}]}', {})
    assert none.accepted[SEGMENT.id].target == ()


@given(st.text(min_size=1, max_size=60))
def test_marks_come_off_as_they_went_on(text: str) -> None:
    coded: CodedText = (Text(text), Placeholder(1, FACT, "F1", "300"), Text("."))
    marked = proposal(coded)
    assert plain_text(marked).startswith(PROPOSAL)
    assert to_wire(proposed(marked) or ()) == to_wire(coded)
    assert proposed(coded) is None or text.startswith(PROPOSAL)


def test_a_gap_may_have_values_and_a_row_with_codes_only_its_own() -> None:
    value, image = Placeholder(1, FACT, "F1", "300"), Placeholder(2, "image", "x", "")
    assert row_codes((Text("[GAP: x]"),), (value, image)) == (Text("[GAP: x]"), value)
    own = (Placeholder(3, FACT, "F9", "1"),)
    assert row_codes(own, (value,)) == own
