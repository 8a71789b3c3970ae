"""The simulated drafter: faithful rewording keeps tags and negations, inventions change something, equal seeds invent alike."""

from __future__ import annotations

import copy
import json
import random
import re
from typing import Any

import pytest

from docpipe.simulate.answers import answers_of
from docpipe.simulate.drafting import DraftItem, rows_of
from docpipe.simulate.faults import Drafted, Fault, Translated, spoil
from docpipe.simulate.inventions import CAUSES, DRAFT_KINDS, DRUGS, UNSOURCED

TAG = re.compile(r"<\d+/>")


def task() -> dict[str, Any]:
    def tag(n: int, shows: str, arm: bool = False) -> dict[str, str]:
        return (
            {"tag": f"<{n}/>", "shows": shows, "is": "group"}
            if arm
            else {"tag": f"<{n}/>", "shows": shows, "fact": f"F{n}"}
        )

    return {
        "document": "Report",
        "rows": [
            {"given": "Results"},
            {
                "id": "r1",
                "sentences": [
                    {"n": 1, "text": "In the <1/> group, no deaths were reported and <2/> of <3/> patients completed."},
                    {"n": 2, "text": "There were <4/> withdrawals in the <5/> group; <6/> patients did not return."},
                ],
                "tags": [tag(1, "Placebo", True), tag(2, "5"), tag(3, "10"), tag(4, "7"), tag(5, "Low Dose", True), tag(6, "2")],
            },
            {"id": "r2", "sentences": [{"n": 1, "text": "Events were reported for <1/> patients in the <2/> group and <3/> in the <4/> group."}],
             "tags": [tag(1, "3"), tag(2, "Placebo", True), tag(3, "4"), tag(4, "Low Dose", True)]},
        ],
    }  # fmt: skip


def fresh() -> list[DraftItem]:
    return rows_of(task()) or []


def texts(items: list[DraftItem]) -> list[str]:
    return [s.text for i in items for s in i.sentences]


def test_a_faithful_answer_keeps_tags_negations_and_the_order_of_sentences() -> None:
    for item in fresh():
        assert sorted(TAG.findall(" ".join(item.given))) == sorted(
            TAG.findall(" ".join(s.text for s in item.sentences))
        )
        numbers = [n for s in item.sentences for n in s.of]
        assert numbers == sorted(numbers)
        assert set(numbers) == set(range(1, len(item.given) + 1))
        for word in ("no ", "not "):
            assert " ".join(item.given).lower().count(word) == " ".join(s.text for s in item.sentences).lower().count(
                word
            )


def test_drafting_and_translation_tasks_are_told_apart() -> None:
    assert isinstance(answers_of(json.dumps(task())), Drafted)
    translation = {"from": "en", "to": "es", "paragraphs": [{"segments": [{"id": "s1", "text": "A dose."}]}]}
    assert isinstance(answers_of(json.dumps(translation)), Translated)
    assert answers_of("hello") is None
    assert answers_of("{}") is None


@pytest.mark.parametrize("kind", DRAFT_KINDS)
def test_an_invention_changes_the_wording_and_is_the_same_for_the_same_seed(kind: str) -> None:
    truth = texts(fresh())
    seen = set()
    for seed in range(40):
        replies = [spoil(Fault(kind), random.Random(seed), Drafted(copy.deepcopy(fresh()))) for _ in range(2)]
        assert replies[0] == replies[1]
        said = [s["text"] for r in json.loads(replies[0])["rows"] for s in r["sentences"]]
        of = [s["of"] for r in json.loads(replies[0])["rows"] for s in r["sentences"]]
        assert said != truth or [] in of, seed
        seen.add(replies[0])
    assert len(seen) > 1


def test_inventions_are_what_they_say() -> None:
    def one(kind: str, seed: int) -> str:
        return spoil(Fault(kind), random.Random(seed), Drafted(fresh()))

    for seed in range(20):
        assert any(d in one("other_drug", seed) for d in DRUGS)
        assert any(c in one("add_cause", seed) for c in CAUSES)
        assert any(u in one("add_sentence", seed) for u in UNSOURCED)
        assert re.search(
            r"\d",
            TAG.sub(
                "", " ".join(s["text"] for r in json.loads(one("invent_number", seed))["rows"] for s in r["sentences"])
            ),
        ) or ("seventeen" in one("invent_number", seed))


@pytest.mark.parametrize("kind", ["drop", "empty", "lose_code", "invent", "swap", "meta", "loop"])
def test_faults_of_single_answers_reach_rows_too(kind: str) -> None:
    assert spoil(Fault(kind), random.Random(1), Drafted(fresh())) != Drafted(fresh()).reply()
