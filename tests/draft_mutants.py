"""Defects and harmless edits seeded into a planned draft by program: one a copy, each with the checks that must, or may, speak of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random

from docpipe.model import draft as codes
from docpipe.model.document import Address
from docpipe.model.draft import Plan, PlannedBlock, PlannedRow
from docpipe.model.fact import Fact
from docpipe.model.finding import Finding
from docpipe.model.inline import CodedText, Inline, Placeholder, Text, merge_text
from docpipe.writing.checks.reading.check import DraftText
from docpipe.writing.factstore import FactStore
from docpipe.writing.study_card import Card
from docpipe.writing.word.options import WordOptions
from docpipe.writing.word.write import write

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mutant:
    """One edit. ``must``: the check that has to find it, "" for a harmless edit; ``may``: checks that may speak of it as well.

    ``facts``, ``card``, ``plan``: in place of the draft's own; ``others``: further rows that are changed with it; ``whole``: the
    checks look at the whole document, not at the row alone; ``found``: what finds it where that is no check of one draft's text.
    """

    kind: str
    must: str
    address: Address
    text: CodedText
    may: frozenset[str] = NOTHING
    facts: FactStore | None = None
    card: Card | None = None
    plan: Plan | None = None
    others: Mapping[Address, CodedText] = field(default_factory=dict)
    whole: bool = False
    found: Callable[[], Iterable[Finding]] | None = None


@dataclass
class World:
    """A draft to seed: its plan, facts and card."""

    plan: Plan
    facts: FactStore
    card: Card
    random: Random = field(default_factory=lambda: Random(7))

    def rows(
        self, test: Callable[[PlannedBlock, PlannedRow], bool] = lambda b, r: True
    ) -> list[tuple[PlannedBlock, PlannedRow]]:
        """Rows of prose in a random order."""
        found = [
            (b, r)
            for b, r in self.plan.rows()
            if r.text and not r.gap and r.kind.value in ("paragraph", "list-item") and test(b, r)
        ]
        self.random.shuffle(found)
        return found

    def fact(self, part: Inline) -> Fact | None:
        """The fact of a code."""
        if isinstance(part, Placeholder) and part.kind == codes.FACT:
            versions = self.facts.versions(part.data.partition(":")[0])  # type: ignore[arg-type]
            return versions[0] if versions else None
        return None

    def draft(self, mutant: Mutant | None = None) -> DraftText:
        """The draft with one edit."""
        if mutant is None:
            return DraftText(self.plan, {}, self.facts, self.card)
        texts = {**mutant.others, **({mutant.address: mutant.text} if mutant.text else {})}
        return DraftText(mutant.plan or self.plan, texts, mutant.facts or self.facts, mutant.card or self.card)

    @cached_property
    def document(self) -> bytes:
        """The draft as a Word file."""
        return write(self.plan, {}, self.facts, WordOptions(study=self.plan.study))


def said(text: CodedText) -> str:
    """As it is read."""
    return "".join(p.text if isinstance(p, Text) else p.equiv if isinstance(p, Placeholder) else "" for p in text)


def with_part(text: CodedText, at: int, *new: Inline) -> CodedText:
    """The text with one part replaced."""
    return merge_text((*text[:at], *new, *text[at + 1 :]))


def worded(
    text: CodedText, pattern: str, new: str | Callable[[re.Match[str]], str], count: int = 1
) -> CodedText | None:
    """The first match in the typed words replaced; None where nothing matches."""
    for i, part in enumerate(text):
        if isinstance(part, Text) and re.search(pattern, part.text):
            changed = re.sub(pattern, new, part.text, count=count)
            return None if changed == part.text else with_part(text, i, Text(changed))
    return None


def appended(text: CodedText, sentence: str) -> CodedText:
    """A sentence typed behind the last."""
    return merge_text((*text, Text(f" {sentence}")))


def revalued(world: World, text: CodedText, fact: Fact, new: str, **fields: object) -> tuple[CodedText, FactStore]:
    """The text with another value of a fact, and the facts with it: as if the source had said so."""
    changed = replace(fact, raw=new, formatted=new, **fields)  # type: ignore[arg-type]
    facts = FactStore(changed if f is fact else f for f in world.facts)
    same = (isinstance(p, Placeholder) and p.kind == codes.FACT and p.data.partition(":")[0] == fact.id for p in text)
    return tuple(replace(p, equiv=new) if s else p for p, s in zip(text, same, strict=True)), facts  # type: ignore[type-var]


def other_digit(text: str, random: Random) -> str:
    """One digit changed to another."""
    at = random.choice([i for i, c in enumerate(text) if c.isdigit()])
    return text[:at] + random.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]


Maker = Callable[[World], Iterator[Mutant]]
MAKERS: dict[str, Maker] = {}
MUST: dict[str, str] = {}
"""Kind of mutant -> the check that has to find it, "" for harmless edits."""


def seeds(kind: str, must: str = "") -> Callable[[Maker], Maker]:
    """Registers a maker of mutants of a kind."""

    def kept(maker: Maker) -> Maker:
        MAKERS[kind], MUST[kind] = maker, must
        return maker

    return kept


def words_changed(
    kind: str, must: str, pattern: str, new: str | Callable[[re.Match[str]], str], *may: str, where: str = ""
) -> None:
    """Registers mutants that change typed words wherever they stand."""

    def make(world: World) -> Iterator[Mutant]:
        for _, row in world.rows(
            lambda b, r: not where or bool(re.search(where, f"{b.id} {b.heading}", re.IGNORECASE))
        ):
            changed = worded(row.text, pattern, new)
            if changed is not None:
                yield Mutant(kind, must, row.address, changed, frozenset(may))

    seeds(kind, must)(make)


def sentence_added(kind: str, must: str, sentences: tuple[str, ...], *may: str) -> None:
    """Registers mutants that type a sentence behind a paragraph."""

    def make(world: World) -> Iterator[Mutant]:
        rows = world.rows(lambda b, r: r.kind.value == "paragraph" and not r.passages and bool(r.facts))
        for i, (_, row) in enumerate(rows):
            sentence = sentences[i % len(sentences)]
            yield Mutant(
                kind, must, row.address, appended(row.text, sentence.format(arm=world.plan.arms[-1])), frozenset(may)
            )

    seeds(kind, must)(make)


def chosen(world: World, count: int, only: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """So many mutants of each kind, spread over the document."""
    for name, maker in MAKERS.items():
        if only and name not in only:
            continue
        given = 0
        seen: set[Address] = set()
        for mutant in maker(world):
            if mutant.text == () and not mutant.whole and mutant.found is None:
                continue
            if mutant.address in seen and len(seen) < 6 and not mutant.whole and mutant.found is None:
                continue
            seen.add(mutant.address)
            yield mutant
            given += 1
            if given >= count:
                break


__all__ = [
    "MAKERS", "MUST", "Address", "FactStore", "Mutant", "World", "appended", "chosen", "other_digit", "replace", "revalued", "said", "seeds", "sentence_added", "with_part",
    "worded", "words_changed",
]  # fmt: skip
