"""What of a model's wording can stand: plain changes are taken, inventions are refused, each with the reason."""

from __future__ import annotations

import pytest
from drafting_builders import judged
from hypothesis import given, settings
from hypothesis import strategies as st
from planned_rows import ROWS, row

from docpipe.llm.drafting import RowToWord
from docpipe.llm.wording import lexicon, stem
from docpipe.model.inline import to_wire

COMPLETED = row(
    "In the {arm:Placebo} group, {f:58|Placebo/completed} of {f:86|Placebo/N} patients ({f:67.4|Placebo/pct}%) completed the study ({display:Table 14-1.02})."
)
TWO_ARMS = row(
    "Adverse events were reported for {f:65|Placebo/ae} patients in the {arm:Placebo} group and {f:77|Olvexin Low Dose/ae} patients in the {arm:Olvexin Low Dose} group."
)
TOLD_BEFORE = row(
    "In the {arm:Placebo} group, {f:65|Placebo/ae} patients ({f:75.6|Placebo/pct}%) had adverse events; in the {arm:Olvexin Low Dose} group, {f:77|Olvexin Low Dose/ae} patients did."
)
LISTED = row(
    "Adverse events were reported for {f:65|Placebo/ae}, {f:77|Olvexin Low Dose/ae}, and {f:76|Olvexin High Dose/ae} patients in the {arm:Placebo}, {arm:Olvexin Low Dose}, and {arm:Olvexin High Dose} groups, respectively."
)
REASONS = row(
    "Reasons for discontinuation were adverse event ({f:8|/ae}), death ({f:1|/death}), and lack of efficacy ({f:3|/lack})."
)
SEXES = row("{f:33|/male} patients were male and {f:53|/female} patients were female.")
FROM_ONE = row(
    "In the {arm:Placebo} group, {f:2|/withdrew} patients withdrew and {f:3|/died} patients died; in the {arm:Olvexin Low Dose} group, {f:4|/withdrew} withdrew."
)
NONE_DIED = row("No deaths were reported in the {arm:Placebo} group.")
NO_SERIOUS = row("No serious adverse events were reported.")
NOT_ALL = row("Not all patients completed the study, and {f:3|/lost} patients were lost to follow-up.")
OUTCOME = row(
    "Patient {f:01-701-1015|/id} had a myocardial infarction on Day {f:23|/day}.",
    "The event was not considered related to study drug.",
)
COUNTS = row("There were {f:10|/events} events in {f:4|/patients} patients.")
TESTED = row(
    "The difference was {f:2.1|/est} points (p={f:0.04|/p}; {f:95|/level}% CI {f:0.2|/lower} to {f:4.0|/upper})."
)
BEGUN = row("{f:Two~Word|/deaths} patients died.", "{f:Five~Word|/n} patients withdrew consent.")
CITED = row(
    "Randomization was stratified by site.",
    passages=("Randomization will be stratified by investigational site using permuted blocks.",),
)
SAID_TWICE = row(
    "In the {arm:Placebo} group, {f:8|Placebo/died} patients died.",
    "In the {arm:Placebo} group, {f:3|Placebo/withdrew} patients withdrew consent.",
)

STANDS = [
    (COMPLETED, ["Of the patients in the <1/> group, <2/> of <3/> patients (<4/>%) completed the study (<5/>)."]),
    (COMPLETED, ["A total of <2/> of <3/> patients (<4/>%) in the <1/> group completed the study (<5/>)."]),
    (COMPLETED, [([1], "In the <1/> group, <2/> of <3/> patients (<4/>%) had completed the study (<5/>).")]),
    (TWO_ARMS, ["In the <2/> group, <1/> patients, and in the <4/> group, <3/> patients reported adverse events."]),
    (TOLD_BEFORE, [([1], "In the <1/> group, <2/> patients (<3/>%) had adverse events; in the <4/> group, <5/> patients did.")]),
    (TOLD_BEFORE, ["Adverse events were reported for <2/> patients (<3/>%) in the <1/> group; <5/> patients did in the <4/> group."]),
    (LISTED, ["In the <4/>, <5/>, and <6/> groups, adverse events were observed in <1/>, <2/>, and <3/> patients, respectively."]),
    (NONE_DIED, ["There were no deaths in the <1/> group."]),
    (TWO_ARMS, ["In the <2/> group, adverse events were reported for <1/> patients, compared with <3/> patients in the <4/> group."]),
    (NONE_DIED, ["In the <1/> group, no deaths were recorded."]),
    (NONE_DIED, ["None died in the <1/> group."]),
    (NO_SERIOUS, ["There were no serious adverse events."]),
    (OUTCOME, ["Patient <1/> experienced a myocardial infarction on Day <2/>.", "The event was not considered related to study drug."]),
    (OUTCOME, [([1, 2], "Patient <1/> experienced a myocardial infarction on Day <2/>, and the event was not considered related to study drug.")]),
    (SAID_TWICE, [([1, 2], "In the <1/> group, <2/> patients died, and <4/> patients withdrew consent.")]),
    (REASONS, ["The reasons for discontinuation were adverse event (<1/>), death (<2/>), as well as lack of efficacy (<3/>)."]),
    (CITED, ["Randomization was stratified by investigational site."]),
]  # fmt: skip


@pytest.mark.parametrize(("to_word", "answer"), STANDS)
def test_a_plain_change_of_wording_stands(to_word: RowToWord, answer: list[tuple[list[int], str] | str]) -> None:
    text, fault = judged(to_word, *answer)
    assert fault == ""
    assert text == " ".join(a if isinstance(a, str) else a[1] for a in answer)


REFUSED = [
    # numbers
    (COMPLETED, ["In the <1/> group, 58 of <3/> patients (<4/>%) completed the study (<5/>)."], "value <2/> is missing"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) completed the study (<5/>) in 12 weeks."], "number outside tags: 12"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) completed the study (<5/>) twice."], "number outside tags: twice"),
    (COMPLETED, ["In the <1/> group, <3/> of <2/> patients (<4/>%) completed the study (<5/>)."], "another order"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>) completed the study (<5/>)."], "signs beside <4/>"),
    (COMPLETED, ["In the <1/> group, <2/>% of <3/> patients (<4/>%) completed the study (<5/>)."], "signs beside <2/>"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%), of which <2/>, completed the study (<5/>)."], "more often"),
    (TESTED, ["The difference was <1/> points (p<<2/>; <3/>% CI <4/> to <5/>)."], "sign < is not"),
    (TESTED, ["The difference was -<1/> points (p=<2/>; <3/>% CI <4/> to <5/>)."], "<1/> differ"),
    (TESTED, ["The difference was <1/> percentage points (p=<2/>; <3/>% CI <4/> to <5/>)."], "percentage"),
    # tags
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) completed the study (<9/>)."], "Tags do not fit"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) completed the study."], "reference <5/> is missing"),
    (COMPLETED, ["Of <2/> of <3/> patients (<4/>%), all completed the study (<5/>)."], "group <1/> is missing"),
    (COMPLETED, ["Patients completed the study."], "is missing"),
    (OUTCOME, ["Patient <1/> had a myocardial infarction.", "On Day <2/>, the event was not considered related to study drug."], "<2/> is missing"),
    # groups
    (TWO_ARMS, ["Adverse events were reported for <1/> patients in the <4/> group and <3/> patients in the <2/> group."], "another group"),
    (TWO_ARMS, ["In the <2/> group, <1/> and <3/> patients reported adverse events, and patients in the <4/> group."], "another group"),
    (TWO_ARMS, ["Adverse events were reported for <1/> patients in the placebo group (<2/>) and <3/> patients in the <4/> group."], "placebo"),
    (TOLD_BEFORE, ["In the <1/> group, <2/> patients had adverse events; in the <4/> group, (<3/>%) <5/> patients did."], "another group"),
    (FROM_ONE, ["In the <1/> group, <2/> patients withdrew; <3/> patients in the <4/> group died, and <5/> withdrew."], "another group"),
    (LISTED, ["Adverse events were reported for <1/>, <2/>, and <3/> patients in the <5/>, <4/>, and <6/> groups, respectively."], "another group"),
    # negations
    (NONE_DIED, ["Deaths were reported in the <1/> group."], "negation of the given sentence is missing"),
    (OUTCOME, ["Patient <1/> had a myocardial infarction on Day <2/>.", "The event was considered related to study drug."], "negation"),
    (OUTCOME, ["Patient <1/> had no myocardial infarction on Day <2/>.", "The event was not considered related to study drug."], "negation that"),
    (NO_SERIOUS, ["Adverse events were not serious."], "negation belongs to"),
    (NO_SERIOUS, ["There were adverse events that were not serious."], "negation belongs to"),
    (NOT_ALL, ["All patients did not complete the study, and <1/> patients were lost to follow-up."], "negation belongs to"),
    (NOT_ALL, ["All patients completed the study, and <1/> patients were not lost to follow-up."], "negation belongs to"),
    # names and claims
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) on Donepezil completed the study (<5/>)."], "name “Donepezil”"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) on zelvomab completed the study (<5/>)."], "medicine"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) completed the study because of care (<5/>)."], "cause"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) successfully completed the study (<5/>)."], "judges"),
    (COMPLETED, ["In the <1/> group, only <2/> of <3/> patients (<4/>%) completed the study (<5/>)."], "“only” is not in the given text"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) discontinued the study (<5/>)."], "discontinued"),
    (COMPLETED, ["In the <1/> group, <2/> of <3/> patients (<4/>%) were in the study (<5/>)."], "“completed” of the given sentence is missing"),
    (COUNTS, ["There were <1/> patients in <2/> events."], "counts"),
    (COUNTS, ["There were <1/> events; of these, <2/> were in patients."], "part of another"),
    (REASONS, ["Reasons for discontinuation were death (<1/>), adverse event (<2/>), and lack of efficacy (<3/>)."], "changed places"),
    (REASONS, ["Reasons for discontinuation with adverse event: (<1/>) death, (<2/>) lack of efficacy, and (<3/>)."], "<1/> stands with words"),
    (SEXES, ["<1/> patients were female and <2/> patients were male."], "changed places"),
    (TWO_ARMS, [([1], "Adverse events were reported for <1/> patients in the <2/> group."), ([1], "In the <4/> group, <3/> patients were recorded.")], "what its values mean"),
    # sentences
    (OUTCOME, ["Patient <1/> had a myocardial infarction on Day <2/>."], "Given sentence 2 is not worded"),
    (OUTCOME, [([2], "The event was not considered related to study drug."), ([1], "Patient <1/> had a myocardial infarction on Day <2/>.")], "order"),
    (NONE_DIED, ["No deaths were reported in the <1/> group.", ([1], "These were reported in the study.")], "“study”"),
    (NONE_DIED, ["No deaths were reported in the <1/> group.", ([1], "There was a total.")], "has no source"),
    (NONE_DIED, ["No deaths were reported in the <1/> group.", ([2], "There was a total.")], "neighbouring"),
    (NONE_DIED, ["No deaths were reported in the <1/> group.", ([], "There was a total.")], "names the given sentence"),
    (NONE_DIED, ["No deaths were reported in the <1/> group"], "must end with"),
    (NONE_DIED, ["**No deaths** were reported in the <1/> group."], "sign * is not"),
    (NONE_DIED, ["Here is the revised text: no deaths were reported in the <1/> group."], "assistant"),
    (NONE_DIED, [""], "empty"),
    (NONE_DIED, [], "no sentence"),
    (BEGUN, ["Of the patients, <1/> patients died.", "<2/> patients withdrew consent."], "<1/> must begin"),
    (COUNTS, ["<1/> events were in <2/> patients."], "cannot begin a sentence"),
    (SAID_TWICE, ["In the <1/> group, <2/> patients died.", "There, <4/> patients withdrew consent."], "<3/> is missing"),
    (SAID_TWICE, [([1, 2], "In the <1/> group, <2/> patients died, as well as <4/>.")], "withdrew"),
    (CITED, ["Randomization was stratified by significant site."], "judges"),
]  # fmt: skip


@pytest.mark.parametrize(("to_word", "answer", "why"), REFUSED)
def test_an_invention_or_a_loss_is_refused_with_its_reason(
    to_word: RowToWord, answer: list[tuple[list[int], str] | str], why: str
) -> None:
    text, fault = judged(to_word, *answer)
    assert text is None
    assert why in fault


@pytest.mark.parametrize("to_word", [*ROWS, COMPLETED, TWO_ARMS, TOLD_BEFORE, LISTED, REASONS, NOT_ALL, TESTED, BEGUN])
def test_the_program_text_itself_always_stands(to_word: RowToWord) -> None:
    text, fault = judged(to_word, *(to_wire(s) for s in to_word.sentences))
    assert (text, fault) == (to_wire(to_word.segment.source), "")


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_exchange_of_two_words_or_tags_makes_a_number_say_something_else(data: st.DataObject) -> None:
    """Whatever two tags of values are exchanged, or one is given the place of another, it is refused."""
    to_word = data.draw(st.sampled_from([r for r in ROWS if len(r.facts) > 1]))
    values = [p for p in to_word.segment.source if getattr(p, "kind", "") == "fact"]
    one, other = data.draw(st.permutations(values))[:2]
    if one.data == other.data:  # type: ignore[union-attr]
        return
    texts = [to_wire(s) for s in to_word.sentences]
    swapped = [
        t.replace(f"<{one.id}/>", "\0").replace(f"<{other.id}/>", f"<{one.id}/>").replace("\0", f"<{other.id}/>")  # type: ignore[union-attr]
        for t in texts
    ]
    assert judged(to_word, *swapped)[0] is None


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_word_from_outside_can_be_put_into_a_sentence_with_values(data: st.DataObject) -> None:
    to_word = data.draw(st.sampled_from(ROWS[:6]))
    word = data.draw(st.text(st.characters(categories=["Ll", "Lu"]), min_size=3, max_size=12))
    known = {
        stem(w)
        for s in to_word.sentences
        for w in to_wire(s).replace(".", " ").replace(",", " ").replace(";", " ").split()
    }
    if word.casefold() in lexicon().free or stem(word) in known:
        return
    texts = [to_wire(s) for s in to_word.sentences]
    n = data.draw(st.integers(0, len(texts) - 1))
    words = texts[n].split(" ")
    words.insert(data.draw(st.integers(1, len(words) - 1)), word)
    texts[n] = " ".join(words)
    assert judged(to_word, *texts)[0] is None


def test_forms_of_a_word_share_a_stem_and_others_do_not() -> None:
    for forms in ("completed completion completes", "discontinued discontinuation discontinue", "event events", "randomised randomization",
                  "died death", "severe severity", "serious seriousness", "evaluated evaluation"):  # fmt: skip
        assert len({stem(w) for w in forms.split()}) == 1, forms
    for pair in ("male female", "increase decrease", "mild severe", "completed discontinued", "serious severe", "related unrelated",
                 "treated untreated", "nausea vomiting", "efficacy effect"):  # fmt: skip
        one, other = pair.split()
        assert stem(one) != stem(other), pair
