"""Language of a draft: tense, person, length, praise, causes, preferred terms, spelling of the study's terms. Imports its room only."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from docpipe.model.draft import Plan
from docpipe.model.finding import Severity
from docpipe.model.inline import Text
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.checks.reading.words import (
    CAUSAL,
    CAUSE_OF_LABEL,
    CONTRACTION,
    FUTURE,
    NEGATION,
    OPINION,
    PERSON,
    PROMOTIONAL,
    UK,
    US,
)
from docpipe.writing.study_card import Card

_PEOPLE = re.compile(r"\b(subject|patient|participant|volunteer)s?\b", re.IGNORECASE)
_COMPOUND = re.compile(
    r"\b(?:inpatient|outpatient|patient-reported|patient reported|patient-year|subject-year|subject to|subject matter|body of the subject)\w*",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<![\w-])[a-z][a-z'’-]{5,}(?![\w-])")


class Tense(DraftCheck):
    id = "S1.tense"
    severity = Severity.MAJOR
    title = "Future tense in a report"
    description = "Will, shall and plans in methods and results of a report, which tell what was done. Quoted passages, gaps, and protocols (whose type says so) are let pass."

    def run(self, draft: DraftText) -> Raised:
        if "protocol" in f"{draft.kind} {draft.plan.title}".casefold():
            return
        for row in draft.asked:
            if not row.prose:
                continue
            for m in FUTURE.finditer(row.typed):
                if row.quoted(m[0]):
                    continue
                yield self.finding(row, f"“{m[0]}” is future tense.", m.start(), m.end())


class Person(DraftCheck):
    id = "S2.person-and-length"
    severity = Severity.MINOR
    title = "First person, contraction or long sentence"
    description = "We, our, I, you; didn't and the like; sentences of more than 40 words that are not lists of values. Quoted passages are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if not row.prose:
                continue
            for pattern, what in ((CONTRACTION, "a contraction"), (PERSON, "first or second person")):
                for m in pattern.finditer(row.typed):
                    if row.quoted(m[0]):
                        continue
                    if m[0] == "US" or (m[0] == "I" and re.match(r"\s*(?:\)|,|/|-|trial|study)", row.full[m.end() :])):
                        continue
                    yield self.finding(row, f"“{m[0]}” is {what}.", m.start(), m.end())
            for start, end in row.sentences:
                text = re.sub(r"\([^()]*\)", " ", row.typed[start:end])
                words = [w for w in re.findall(r"[^\W\d_][\w'’-]*", text) if "\ue000" not in w]
                if len(words) > 40 and not row.planned.passages and text.count(",") + text.count(";") < 6:
                    yield self.finding(row, f"A sentence of {len(words)} words.", start, end)


class Promotional(DraftCheck):
    id = "S3.promotional"
    severity = Severity.MAJOR
    title = "Promotional or absolute word"
    description = "Excellent, breakthrough, proven, well tolerated, safe, superior, trend towards. Quoted passages, and words that quote an objective or hypothesis, are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if not row.prose:
                continue
            for m in PROMOTIONAL.finditer(row.typed):
                if row.quoted(m[0]):
                    continue
                if re.search(
                    r"\b(?:objective|hypothes|to (?:evaluate|assess|test|demonstrate|determine|show))",
                    row.full[max(0, m.start() - 90) : m.start()],
                    re.IGNORECASE,
                ):
                    continue
                yield self.finding(row, f"“{m[0]}” praises or is absolute.", m.start(), m.end())


class Causal(DraftCheck):
    id = "S4.causal"
    severity = Severity.MAJOR
    title = "Causal word without a source for the cause"
    description = "Due to, caused by, led to and the like, outside reasons that the data record as such (discontinuation due to an adverse event, missing because of, death) and sentences that give an opinion as one (considered, assessed, the investigator). Quoted passages are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if not row.prose:
                continue
            for start, end in row.sentences:
                for m in CAUSAL.finditer(row.typed, start, end):
                    if row.quoted(m[0]):
                        continue
                    if (
                        OPINION.search(row.full[start:end])
                        or CAUSE_OF_LABEL.search(row.full[start : m.start()])
                        or NEGATION.search(row.full[max(start, m.start() - 12) : m.start()])
                    ):
                        continue
                    if re.match(
                        r"\s*(?:an? |the )?(?:adverse event|death|lack of efficacy|other reason)",
                        row.full[m.end() :],
                        re.IGNORECASE,
                    ) or any(m.start() >= t[0] and m.end() <= t[1] for t in _terms(draft, row.full)):
                        continue
                    yield self.finding(row, f"“{m[0]}” says a cause that no source carries.", m.start(), m.end())


def _terms(draft: DraftText, text: str) -> list[tuple[int, int]]:
    """Offsets of preferred terms that hold a causal word themselves (drug-induced …)."""
    found = []
    for term in draft.card.terms:
        if CAUSAL.search(term):
            at = text.casefold().find(term.casefold())
            if at >= 0:
                found.append((at, at + len(term)))
    return found


class Preferred(DraftCheck):
    id = "S5.preferred-terms"
    severity = Severity.MAJOR
    title = "Mixed terms or spelling"
    description = "Subject, patient and participant mixed in one document, British and American spelling mixed, a drug's name in two forms. The form that the document has most often is its own; quoted passages, labels of tables and official names are let pass."

    def run(self, draft: DraftText) -> Raised:
        own = [r for r in draft.rows if r.prose and not (r.planned.fixed and not r.edited)]
        people: Counter[str] = Counter()
        spelling: Counter[str] = Counter()
        for row in own:
            named, british, american = row.once(_habits)
            people.update(named)
            spelling["British"] += british
            spelling["American"] += american
        usual = people.most_common(1)[0][0] if people else ""
        theirs = "British" if spelling["British"] > spelling["American"] else "American"
        for row in own:
            if draft.only is not None and row.address not in draft.only:
                continue
            blanked = _COMPOUND.sub(lambda m: " " * len(m[0]), row.typed)
            for m in _PEOPLE.finditer(blanked):
                if row.quoted(m[0]):
                    continue
                if (
                    m[1].casefold() != usual
                    and people[usual] > 3 * people[m[1].casefold()]
                    and not self._official(draft, row.full, m)
                ):
                    yield self.finding(row, f"“{m[0]}” where the document says {usual}.", m.start(), m.end(), usual)
            other = UK if theirs == "American" else US
            for m in other.finditer(row.typed):
                if (
                    spelling[theirs] > 3 * spelling["British" if theirs == "American" else "American"]
                    and m[0].casefold() not in draft.card.words
                ):
                    yield self.finding(row, f"“{m[0]}” where the document has {theirs} spelling.", m.start(), m.end())

    @staticmethod
    def _official(draft: DraftText, text: str, m: re.Match[str]) -> bool:
        """Words of a title or indication of the study."""
        near = " ".join(re.findall(r"\w+", text[max(0, m.start() - 18) : m.end() + 18])[1:-1]).casefold()
        official = " ".join(
            (
                *draft.card.design.get("TITLE", ()),
                *draft.card.design.get("INDIC", ()),
                *draft.card.design.get("TDIGRP", ()),
                *draft.plan.constants,
                draft.plan.title,
            )
        )
        return bool(near) and near in " ".join(re.findall(r"\w+", official)).casefold()


def _habits(row: Seen) -> tuple[list[str], int, int]:
    """How a row names people, and its words of British and of American spelling."""
    people = [m[1].casefold() for m in _PEOPLE.finditer(_COMPOUND.sub(" ", row.typed))]
    return people, len(UK.findall(row.typed)), len(US.findall(row.typed))


class Spelling(DraftCheck):
    id = "S6.spelling"
    severity = Severity.MAJOR
    title = "Near miss of a known word"
    description = "A word that neither the sources nor the program's text have and that is one letter away from one of theirs: preferred terms, drug names, words of protocol and plan. Inflected forms and words without such a neighbour are let pass: this is no dictionary."

    def run(self, draft: DraftText) -> Raised:
        known = kept(_known, draft.plan, draft.card)
        for row in draft.asked:
            if not row.edited:
                continue
            for m in _WORD.finditer(row.typed):
                word = m[0].casefold()
                if word in known or any(
                    word.endswith(s) and (word[: -len(s)] in known or word[: -len(s)] + "e" in known)
                    for s in ("s", "es", "ed", "d", "ing", "ly", "'s", "’s", "al")
                ):
                    continue
                if word + "s" in known or word + "ed" in known or word + "d" in known or word + "ing" in known:
                    continue
                shapes = kept(_by_shape, known)
                near = {w for shape in _shapes(word) for w in shapes.get(shape, ()) if _inside(word, w)}
                if near:
                    yield self.finding(
                        row, f"“{m[0]}” is one letter away from “{min(near)}”.", m.start(), m.end(), min(near)
                    )


def _known(plan: Plan, card: Card) -> set[str]:
    known = set(card.words)
    for _, row in plan.rows():
        for part in row.text:
            said = part.text if isinstance(part, Text) else getattr(part, "equiv", "")
            known |= {w.casefold() for w in re.findall(r"[^\W\d_][\w'’-]*", said)}
    return known


def _by_shape(known: set[str]) -> dict[str, set[str]]:
    shapes: dict[str, set[str]] = defaultdict(set)
    for word in known:
        if len(word) > 5:
            for shape in _shapes(word):
                shapes[shape].add(word)
    return shapes


def _shapes(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def _inside(a: str, b: str) -> bool:
    """One letter away, elsewhere than at an end that inflection changes."""
    if abs(len(a) - len(b)) > 1 or a[0] != b[0]:
        return False
    return a[: len(a) - 2] != b[: len(a) - 2]
