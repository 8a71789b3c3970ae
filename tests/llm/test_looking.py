"""The look at alignment: a shuffled question whose answer in the given order confirms nothing by chance."""

from __future__ import annotations

import json

from docpipe.llm.looking import Doubtful, confirmed, glimpse, look_at
from docpipe.model.segment import SegmentId
from docpipe.simulate.answers import answers_of
from docpipe.simulate.translation import translate

SOURCES = [
    "The investigator checks the eligibility of every participant.",
    "Samples are kept in the freezer until they are shipped.",
    "Adverse events are recorded from the first dose.",
    "The sponsor is told of every deviation from the protocol at once.",
    "Participants may leave the study at any time.",
]


def doubtful(order: list[int]) -> list[Doubtful]:
    """Each source with the target of ``order``'s."""
    return [
        Doubtful(SegmentId(f"g{n}"), source, translate(SOURCES[order[n]], "en", "de"), "")
        for n, source in enumerate(SOURCES)
    ]


def seen(order: list[int]) -> frozenset[str]:
    look = look_at(doubtful(order), "en", "de")
    answers = answers_of(look.text)
    assert answers is not None
    found, whole = confirmed(look, answers.reply())
    assert whole
    return frozenset(found)


def test_targets_under_their_own_ids_are_confirmed_and_moved_ones_are_not() -> None:
    assert seen([0, 1, 2, 3, 4]) == {"g0", "g1", "g2", "g3", "g4"}
    assert seen([1, 0, 2, 3, 4]) == {"g2", "g3", "g4"}
    assert seen([1, 2, 3, 4, 0]) == frozenset()


def test_the_question_depends_on_the_texts_only_and_turns_on_request() -> None:
    look = look_at(doubtful([0, 1, 2, 3, 4]), "en", "de")
    others = [Doubtful(SegmentId(f"x{n}"), d.source, d.target, d.reason) for n, d in enumerate(look.doubtful)]
    assert look_at(others, "en", "de").text == look.text
    assert look.again(1).text != look.text


def test_a_reply_that_names_two_sources_or_none_or_breaks_off_confirms_nothing() -> None:
    look = look_at(doubtful([0, 1, 2, 3, 4]), "en", "de")
    for rows in (["t1=-"], ["t1=s1+s2"], ["nonsense"], []):
        found, whole = confirmed(look, json.dumps({"matches": rows}))
        assert not found
        assert not whole


def test_long_texts_are_shown_by_their_ends_and_texts_with_equal_ends_whole() -> None:
    long = "The first words of a long text stand here, " + "and more of it, " * 8 + "and here are its last words."
    assert glimpse(long).startswith("The first words")
    assert glimpse(long).endswith("last words.")
    assert len(glimpse(long)) < 80
    twins = [
        Doubtful(SegmentId(n), f"The first words of a long text here and {n} stand in the middle of it and the last words are these.", f"{n} x", "")
        for n in ("one", "two")
    ]  # fmt: skip
    assert "one stand in the middle" in look_at(twins, "en", "de").text
