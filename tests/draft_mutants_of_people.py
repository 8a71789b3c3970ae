"""Harmless edits that nothing may flag, and seeded defects of narratives, as ``draft_mutants`` runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from draft_mutants import (
    Mutant,
    World,
    appended,
    said,
    seeds,
    with_part,
    worded,
    words_changed,
)

from docpipe.model import draft as codes
from docpipe.model.draft import PlannedRow
from docpipe.model.inline import Placeholder, Text, merge_text

# ------------------------------------------------------------ harmless edits

words_changed("harmless: another verb", "", r"\b(?:was|were) reported\b", "was recorded")
words_changed("harmless: respectively left", "", r"\bgroups, respectively\b", "treatment groups, respectively")
words_changed("harmless: number of subjects", "", r"\bsubjects were\b", "study subjects were")
words_changed("harmless: linking word", "", r"^(The|A total of) ", lambda m: f"Overall, {m[1][0].lower()}{m[1][1:]} ")
words_changed("harmless: while for and", "", r", and (?=in the |$)", ", while ")
words_changed("harmless: prior to for before", "", r"\bprior to\b", "before", where="^1[0-3]|^2$")


@seeds("harmless: arm in plain words")
def _plain_arm(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, part in enumerate(row.text):
            if isinstance(part, Placeholder) and part.kind == codes.ARM:
                yield Mutant("harmless: arm in plain words", "", row.address, with_part(row.text, i, Text(part.equiv)))
                break


@seeds("harmless: sentences in another order")
def _order(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: not r.passages):
        for i, part in enumerate(row.text):
            if isinstance(part, Text) and ". " in part.text and i + 1 < len(row.text):
                first, rest = part.text.split(". ", 1)
                text = merge_text((Text(rest), *row.text[i + 1 :], Text(" "), *row.text[:i], Text(first + ".")))
                yield Mutant("harmless: sentences in another order", "", row.address, text)
                break


@seeds("harmless: subject number typed right")
def _right_subject(world: World) -> Iterator[Mutant]:
    subjects = sorted(world.card.subjects)
    for _, row in world.rows(lambda b, r: bool(r.facts) and not r.passages):
        for i, code in enumerate(row.text):
            if isinstance(code, Placeholder) and code.equiv in subjects:
                yield Mutant(
                    "harmless: subject number typed right", "", row.address, with_part(row.text, i, Text(code.equiv))
                )
                break


# ------------------------------------------------------------ narratives


@seeds("age of another", "P6")
def _age(world: World) -> Iterator[Mutant]:
    for row in _about_one(world):
        text = appended(row.text, "The subject was a 31-year-old person.")
        yield Mutant("age of another", "P6", row.address, text, frozenset({"N1", "CL1", "CL2"}))


def _about_one(world: World) -> Iterator[PlannedRow]:
    """Paragraphs about one subject."""
    about = world.draft().about
    return (r for _, r in world.rows(lambda b, r: r.address in about and not r.passages))


@seeds("sex of another", "P6")
def _other_sex(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: not r.passages and bool(r.facts)):
        other = {"man": "woman", "woman": "man", "male": "female", "female": "male", "men": "women", "women": "men"}
        text = worded(row.text, r"\b(men|women|man|woman|male|female)\b", lambda m, other=other: other[m[1]])
        if text is not None and len(re.findall(r"\b(?:fe)?male|\b(?:wo)?m[ae]n\b", said(row.text))) == 1:
            yield Mutant("sex of another", "P6", row.address, text, frozenset({"CL1", "CL2", "N12"}))


@seeds("sex as a value typed over", "P6")
def _sex(world: World) -> Iterator[Mutant]:
    other = {"male": "female", "female": "male", "man": "woman", "woman": "man"}
    for _, row in world.rows():
        for i, part in enumerate(row.text):
            if isinstance(part, Placeholder) and part.equiv.casefold() in other:
                yield Mutant(
                    "sex as a value typed over",
                    "P6",
                    row.address,
                    with_part(row.text, i, Text(other[part.equiv.casefold()])),
                    frozenset({"CL2", "S6", "M3"}),
                )
                break


@seeds("value of another subject", "P6")
def _of_another(world: World) -> Iterator[Mutant]:
    subjects = set(world.card.subjects)
    pool = [f for f in world.facts if f.row and f.row[0] in subjects]
    for row in _about_one(world):
        for i, part in enumerate(row.text):
            fact = world.fact(part)
            if fact is None or not fact.row or fact.row[0] not in subjects:
                continue
            others = [f for f in pool if f.statistic == fact.statistic and f.row[0] != fact.row[0]]
            if others:
                new = world.random.choice(others)
                yield Mutant(
                    "value of another subject",
                    "P6",
                    row.address,
                    with_part(row.text, i, replace(part, data=new.id, equiv=new.formatted)),
                    frozenset({"T1", "T2", "T3", "N2", "P5", "N9"}),
                )  # type: ignore[type-var]
                break


@seeds("study day off by one", "T3")
def _day(world: World) -> Iterator[Mutant]:
    for row in _about_one(world):
        for i, part in enumerate(row.text):
            before = row.text[i - 1] if i else None
            if (
                isinstance(part, Placeholder)
                and re.fullmatch(r"-?\d+", part.equiv)
                and isinstance(before, Text)
                and re.search(r"\((?:study )?day $", before.text, re.IGNORECASE)
            ):
                yield Mutant(
                    "study day off by one",
                    "T3",
                    row.address,
                    with_part(row.text, i, Text(str(int(part.equiv) + 3))),
                    frozenset({"N1"}),
                )
                break
