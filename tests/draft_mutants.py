"""Defects and harmless edits seeded into a planned draft by program: one a copy, each with the checks that must, or may, speak of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from docpipe.model import draft as codes
from docpipe.model.document import Address
from docpipe.model.draft import Plan, PlannedBlock, PlannedRow
from docpipe.model.fact import Fact
from docpipe.model.inline import CodedText, Inline, Placeholder, Text, merge_text
from docpipe.writing.checks.reading.check import DraftText
from docpipe.writing.factstore import FactStore
from docpipe.writing.study_card import Card

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mutant:
    """One edit. ``must``: the check that has to find it, "" for a harmless edit; ``may``: checks that may speak of it as well."""

    kind: str
    must: str
    address: Address
    text: CodedText
    may: frozenset[str] = NOTHING
    facts: FactStore | None = None
    card: Card | None = None
    whole: bool = False


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
        texts: Mapping[Address, CodedText] = {mutant.address: mutant.text}
        return DraftText(self.plan, texts, mutant.facts or self.facts, mutant.card or self.card)


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


def other_digit(text: str, random: Random) -> str:
    """One digit changed to another."""
    at = random.choice([i for i, c in enumerate(text) if c.isdigit()])
    return text[:at] + random.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]


Maker = Callable[[World], Iterator[Mutant]]
MAKERS: dict[str, Maker] = {}


def seeds(name: str) -> Callable[[Maker], Maker]:
    """Registers a maker of mutants."""

    def kept(maker: Maker) -> Maker:
        MAKERS[name] = maker
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

    MAKERS[kind] = make


def sentence_added(kind: str, must: str, sentences: tuple[str, ...], *may: str) -> None:
    """Registers mutants that type a sentence behind a paragraph."""

    def make(world: World) -> Iterator[Mutant]:
        rows = world.rows(lambda b, r: r.kind.value == "paragraph" and not r.passages and bool(r.facts))
        for i, (_, row) in enumerate(rows):
            sentence = sentences[i % len(sentences)]
            yield Mutant(
                kind, must, row.address, appended(row.text, sentence.format(arm=world.plan.arms[-1])), frozenset(may)
            )

    MAKERS[kind] = make


def chosen(world: World, count: int, only: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """So many mutants of each kind, spread over the document."""
    for name, maker in MAKERS.items():
        if only and name not in only:
            continue
        given = 0
        seen: set[Address] = set()
        for mutant in maker(world):
            if mutant.text == () and not mutant.whole:
                continue
            if mutant.address in seen and len(seen) < 6:
                continue
            seen.add(mutant.address)
            yield mutant
            given += 1
            if given >= count:
                break


__all__ = [
    "MAKERS", "Address", "FactStore", "Mutant", "World", "appended", "chosen", "other_digit", "replace", "said", "seeds", "sentence_added", "with_part",
    "worded", "words_changed",
]  # fmt: skip
