"""What a drafting model may make up, as faults: numbers, groups, drugs, causes, sentences, and what it may lose. Imports its room only.

Each changes a faithful wording so that it says something that the given text does not say, and says so in plain, likely words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from docpipe.simulate.drafting import DraftItem, Worded

__all__ = ["CAUSES", "DRAFT_KINDS", "DRUGS", "UNSOURCED", "spoil_rows"]

_TAG = re.compile(r"<\d+/>")
_NOT = re.compile(
    r"\b(?:did not|were not|was not|had not|has not|could not|not|no|none of|none|without|never)\b ?", re.IGNORECASE
)
_WITHOUT_NOT = {"did not": "", "were not": "were ", "was not": "was ", "had not": "had ", "has not": "has ", "could not": "could ",
                "none of": "", "none": "some", "without": "with ", "no": ""}  # fmt: skip
DRUGS = ("Donepezil", "zelvomab", "Xanterolol", "Memantine", "corvaxinib", "Aspirin")
CAUSES = ("which was due to the study drug", "because of the higher dose", "as a result of treatment", "caused by the study treatment",
          "which was related to treatment", "and this led to discontinuation")  # fmt: skip
UNSOURCED = (
    "The treatment was well tolerated.", "These findings were consistent with earlier studies.", "No new safety signal was seen.",
    "This was expected in this population.", "The study was conducted in several countries.", "All participants gave consent.",
    "The groups were similar.",
)  # fmt: skip
PRAISE = ("notably", "only", "significantly", "remarkably", "clearly")


def _some(items: list[DraftItem], chance: random.Random, fits: Callable[[DraftItem], bool]) -> DraftItem | None:
    able = [i for i in items if i.sentences and fits(i)]
    return chance.choice(able) if able else None


def _tagged(item: DraftItem) -> list[Worded]:
    return [s for s in item.sentences if _TAG.search(s.text)]


def _before_end(text: str, more: str) -> str:
    return f"{text[:-1]}{more}{text[-1]}" if text[-1:] in ".:;" else text + more


def _invent_number(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: bool(_tagged(i)))
    if item is None:
        return
    sentence = chance.choice(_tagged(item))
    tag = chance.choice(_TAG.findall(sentence.text))
    match chance.randrange(4):
        case 0:
            sentence.text = sentence.text.replace(tag, str(chance.randint(2, 400)), 1)
        case 1:
            sentence.text = _before_end(sentence.text, f" ({chance.randint(10, 99)}.{chance.randint(1, 9)}%)")
        case 2:
            sentence.text = _before_end(sentence.text, " in seventeen cases")
        case _:
            sentence.text = sentence.text.replace(tag, f"{tag} ({chance.randint(1, 9)})", 1)


def _swap_arms(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: len({i.shows[a] for a in i.arms}) > 1)
    if item is None:
        return
    arms = item.arms

    def two(s: Worded) -> list[str]:
        return [t for t in _TAG.findall(s.text) if t in arms]

    rows = [s for s in item.sentences if len({item.shows[t] for t in two(s)}) > 1]
    if rows and chance.random() < 0.7:
        sentence = chance.choice(rows)
        one = chance.choice(two(sentence))
        other = chance.choice([t for t in two(sentence) if item.shows[t] != item.shows[one]])
        sentence.text = _exchanged(sentence.text, one, other)
        return
    holders = [s for s in item.sentences if two(s)]
    if not holders:
        return
    sentence = chance.choice(holders)
    tag = chance.choice(two(sentence))
    other = chance.choice([a for a in item.arms if item.shows[a] != item.shows[tag]])
    sentence.text = sentence.text.replace(tag, other if chance.random() < 0.5 else item.shows[other], 1)


def _exchanged(text: str, one: str, other: str) -> str:
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def _drop_not(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: any(_NOT.search(s.text) for s in i.sentences))
    if item is None:
        return
    sentence = chance.choice([s for s in item.sentences if _NOT.search(s.text)])

    def without(m: re.Match[str]) -> str:
        return _WITHOUT_NOT.get(m[0].strip().lower(), "")

    text = _NOT.sub(without, sentence.text, count=1)
    sentence.text = text[:1].upper() + text[1:]


def _cite_nothing(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: bool(_tagged(i)))
    if item is None:
        return
    if chance.random() < 0.4:
        item.sentences = [Worded([], s.text) for s in item.sentences]
        return
    for sentence in item.sentences if chance.random() < 0.5 else [chance.choice(_tagged(item))]:
        sentence.text = re.sub(r"\s+([.,;)])", r"\1", re.sub(r" ?<\d+/>", "", sentence.text))


def _other_drug(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: True)
    if item is None:
        return
    sentence, drug = chance.choice(item.sentences), chance.choice(DRUGS)
    arms = [t for t in _TAG.findall(sentence.text) if t in item.arms]
    if arms and chance.random() < 0.5:
        sentence.text = sentence.text.replace(arms[0], drug, 1)
    else:
        sentence.text = _before_end(
            sentence.text, chance.choice((f" with {drug}", f" during {drug}", f", as for {drug}"))
        )


def _add_cause(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: True)
    if item is not None:
        sentence = chance.choice(item.sentences)
        sentence.text = _before_end(sentence.text, f", {chance.choice(CAUSES)}")


def _praise(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: any(" " in s.text for s in i.sentences))
    if item is not None:
        sentence = chance.choice([s for s in item.sentences if " " in s.text])
        head, _, tail = sentence.text.partition(" ")
        sentence.text = f"{head} {chance.choice(PRAISE)} {tail}"


def _add_sentence(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: True)
    if item is not None:
        at = chance.randint(1, len(item.sentences))
        of = chance.choice(([], list(item.sentences[at - 1].of), [len(item.given) + 1]))
        item.sentences.insert(at, Worded(of, chance.choice(UNSOURCED)))


def _move_value(items: list[DraftItem], chance: random.Random) -> None:
    item = _some(items, chance, lambda i: len({i.shows[f] for f in i.facts}) > 1)
    if item is None:
        return
    facts = item.facts

    def values(s: Worded) -> list[str]:
        return [t for t in _TAG.findall(s.text) if t in facts]

    holders = [s for s in item.sentences if values(s)]
    if len(holders) > 1 and chance.random() < 0.6:
        one, other = chance.sample(holders, 2)
        tag = chance.choice(values(one))
        one.text = re.sub(r" ?\(?" + re.escape(tag) + r"%?\)?", "", one.text, count=1)
        other.text = _before_end(other.text, f" and {tag}")
        return
    tags = [t for s in holders for t in values(s)]
    first = chance.choice(tags)
    second = next((t for t in tags if item.shows[t] != item.shows[first]), None)
    if second is not None:
        for sentence in item.sentences:
            sentence.text = _exchanged(sentence.text, first, second)


def _drop_row(items: list[DraftItem], chance: random.Random) -> None:
    del items[chance.randrange(len(items))]


INVENTORS: dict[str, Callable[[list[DraftItem], random.Random], None]] = {
    "invent_number": _invent_number, "swap_arms": _swap_arms, "drop_not": _drop_not, "cite_nothing": _cite_nothing,
    "other_drug": _other_drug, "add_cause": _add_cause, "praise": _praise, "add_sentence": _add_sentence,
    "move_value": _move_value,
}  # fmt: skip
DRAFT_KINDS = tuple(INVENTORS)
"""Faults of the wording of a draft."""


def spoil_rows(kind: str, chance: random.Random, items: list[DraftItem]) -> None:
    """The rows with the fault in them; faults of translations that make sense here too are carried out on a row."""
    if kind in INVENTORS:
        INVENTORS[kind](items, chance)
    elif kind == "drop":
        _drop_row(items, chance)
    elif kind == "empty":
        chance.choice(items).sentences = []
    elif kind == "lose_code":
        _cite_nothing(items, chance)
    elif kind == "invent":
        items.append(DraftItem("r9999", (), [Worded([1], "Zelvo kidu marfo.")]))
    elif kind == "swap" and len(items) > 1:
        n = chance.randrange(len(items) - 1)
        items[n].sentences, items[n + 1].sentences = items[n + 1].sentences, items[n].sentences
    elif kind in ("meta", "loop"):
        item = _some(items, chance, lambda i: True)
        if item is not None:
            sentence = item.sentences[0]
            sentence.text = (
                f"Here is the revised text: {sentence.text}"
                if kind == "meta"
                else sentence.text + sentence.text[-12:] * 60
            )
