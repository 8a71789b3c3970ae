"""Analysis sets, disposition and design: their sizes, their names, the identities that must hold. Imports its room only."""

from __future__ import annotations

import re
from collections import defaultdict

from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.numbers import tokens
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.checks.reading.words import NEGATION, sets_in
from docpipe.writing.evidence import exact_number, said_of
from docpipe.writing.labels import key_of
from docpipe.writing.study_card import Card

_SYNONYMS = {
    "ITT": "Intent-to-Treat",
    "Intent-to-Treat": "Intent-to-Treat",
    "Randomized": "Intent-to-Treat",
    "Enrolled": "All Subjects",
}
_SIZE = re.compile(r"\(?\bN\s*=\s*$")
_BLIND = {
    "double-blind": re.compile(r"\bdouble[- ](?:blind|mask)\w*", re.IGNORECASE),
    "open-label": re.compile(r"\bopen[- ]label\b", re.IGNORECASE),
    "single-blind": re.compile(r"\bsingle[- ](?:blind|mask)\w*", re.IGNORECASE),
}
_PHASE = re.compile(r"\bPhase\s+((?:[1-4]|I{1,3}V?|IV)(?:\s?[/-]\s?(?:[1-4]|I{1,3}V?))?[ab]?)\b")
_RATIO = re.compile(r"(?<![\d:.])[1-9](?::[1-9])+(?![\d:.])")
_PLANNED = re.compile(
    r"\bplanned (?:to (?:enroll?|include|randomi[sz]e)|number of (?:subjects|patients|participants) (?:was|is)|sample size (?:was|is|of))\s*"
    r"(?:approximately |about |up to )?$|\bplanned to (?:enroll?|include|randomi[sz]e) (?:approximately |about |up to )?",
    re.IGNORECASE,
)
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}


def _set_of(fact: Fact) -> str:
    """The set of a fact under its one name."""
    name = fact.population
    if re.fullmatch(r"all (?:subjects|patients|participants)", name, re.IGNORECASE):
        return "All Subjects"
    for key in (name, re.sub(r"\s*(?:population|analysis set|set)$", "", name, flags=re.IGNORECASE)):
        found = sets_in(key) or sets_in(f"{key} population")
        if found:
            return _SYNONYMS.get(found[0][2], found[0][2])
    return _SYNONYMS.get(name, name)


class SizeOfSet(DraftCheck):
    id = "P1.size-of-set"
    title = "N is not the size of the analysis set"
    description = "“N = …” with another number than the N of the set and arm that the data flag. Sets that the data do not flag and N of displays with other denominators (subjects with a baseline) are let pass where the fact states them."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            for start, end in row.sentences:
                named = [s for s in sets_in(row.typed[start:end]) if s[2] in draft.card.sets]
                for code in row.within(start, end):
                    if (
                        code.fact is None
                        or not _SIZE.search(row.full[: code.start])
                        or len({n for _, _, n in named}) != 1
                    ):
                        continue
                    sizes = draft.card.sets[named[0][2]]
                    arm, number = code.fact.arm, exact_number(code.fact)
                    if number is not None and arm in sizes and sizes[arm] != number:
                        yield self.finding(
                            row,
                            f"N = {code.shown} where {named[0][2]} has {sizes[arm]} ({arm or 'all arms'}).",
                            code.start,
                            code.end,
                        )
                for token in tokens(row.typed[start:end]):
                    at = start + token.start
                    if token.value is None or not _SIZE.search(row.full[:at]):
                        continue
                    mention = next((m.arm for m in reversed(draft.arms.mentions(row, start, at))), "")
                    known = {
                        sizes[mention]
                        for name, sizes in draft.card.sets.items()
                        if mention in sizes and (not named or name in {n for _, _, n in named})
                    }
                    if known and int(token.value) not in known:
                        yield self.finding(
                            row,
                            f"N = {token.text.strip()} is the size of no analysis set in {mention or 'all arms'}.",
                            at,
                            start + token.end,
                        )


def _sets_of_study(card: Card) -> set[str]:
    """Analysis sets that data, displays or texts of the study name."""
    known = " ".join((*card.sets, *(f"{p} set." for _, p in card.displays.values() if p), *card.passages.values()))
    return {_SYNONYMS.get(n, n) for _, _, n in sets_in(known)} | set(card.sets)


class SetNamed(DraftCheck):
    id = "P2.set-named"
    title = "Analysis set missing, unknown or another than that of the values"
    description = "A sentence that names one analysis set while all its values are of another; a set that neither the data nor the analysis plan have; an in-text table of results with one set that neither it nor its section nor a cited table names. Completers and sets of one and the same subjects are let pass."

    def run(self, draft: DraftText) -> Raised:
        in_study = kept(_sets_of_study, draft.card)
        for row in draft.asked:
            if row.planned.passages and not row.edited:
                continue
            for start, end in row.sentences:
                named = sets_in(row.typed[start:end])
                rows = (f.row[-1] for c in row.within(start, end) if (f := c.fact) is not None and f.row)
                counted = {
                    n for _, _, n in sets_in(" ".join(f"{label} set." for label in rows))
                }  # rows of a table of sets
                for a, b, name in named:
                    if not {_SYNONYMS.get(name, name), name} & (in_study | counted):
                        yield self.finding(
                            row,
                            f"The study has no analysis set “{row.full[start + a : start + b]}”.",
                            start + a,
                            start + b,
                        )
                facts = [
                    c.fact
                    for c in row.within(start, end)
                    if c.fact is not None and c.fact.population and not c.fact.inputs
                ]
                bound = {_set_of(f) for f in facts}
                names = {_SYNONYMS.get(n, n) for _, _, n in named}
                if not row.edited and not self._differs(bound, names):
                    continue
                about = any(
                    n.casefold() in " ".join(f.row).casefold() or sets_in(" ".join(f.row)) for f in facts for n in names
                )
                if len(names) == 1 and bound and not bound & names and not about and self._differs(bound, names):
                    a, b, name = named[0]
                    yield self.finding(
                        row, f"{name} is named, the values are of {', '.join(sorted(bound))}.", start + a, start + b
                    )
            yield from self._tables(draft, row)

    @staticmethod
    def _differs(bound: set[str], names: set[str]) -> bool:
        """Values of other sets than the named ones; values of all subjects may stand beside any set."""
        return bool(bound) and bool(names) and not bound & names and not any(b == "All Subjects" for b in bound)

    def _tables(self, draft: DraftText, row: Seen) -> Raised:
        for table in draft.tables_of(row):
            facts = [f for i in table.facts if (f := draft.facts.get(i)) is not None and f.population]
            bound = {f.population for f in facts}
            if not bound:
                continue
            around = [r.full for r in draft.rows_of.get(row.block.id, ())] + [
                s.full for s in draft.cells if s.address == row.address
            ]
            cited = [
                draft.card.displays[d][1] for d in (*table.displays, *row.block.displays) if d in draft.card.displays
            ]
            said = " ".join((*around, *cited))
            if not sets_in(said) and not any(key_of(b) in key_of(said) for b in bound):
                yield self.finding(row, f"The table does not say its analysis set ({', '.join(sorted(bound))}).")


def _results(row: Seen) -> list[tuple[tuple[object, ...], Fact, str]]:
    """Results that a row states with their set: what they are, the fact, the set's one name."""
    facts = (c.fact for c in row.values if c.fact is not None)
    return [
        ((tuple(map(key_of, f.row)), f.arm, f.statistic, f.window), f, _set_of(f))
        for f in facts
        if f.population and f.statistic in ("estimate", "p", "mean")
    ]


class SetSwitch(DraftCheck):
    id = "P3.set-switch"
    severity = Severity.MAJOR
    title = "One result quoted with two analysis sets"
    description = "The same row, arm, statistic and time point bound to facts of different analysis sets in a synopsis or summary and in the body. Baseline data and disposition, and sets of equal size, are let pass."

    def run(self, draft: DraftText) -> Raised:
        brief: dict[tuple[object, ...], tuple[Fact, Seen]] = {}
        body: dict[tuple[object, ...], set[str]] = defaultdict(set)
        for row in draft.rows:
            for key, fact, name in row.once(_results):
                if row.brief:
                    brief.setdefault(key, (fact, row))
                else:
                    body[key].add(name)
        for told, (fact, row) in brief.items():
            if body[told] and _set_of(fact) not in body[told]:
                yield self.finding(
                    row, f"{said_of(fact)}: {fact.population} here, {', '.join(sorted(body[told]))} in the body."
                )


_NO_DISPOSITION = re.compile(
    r"week|visit|due to|because|reason|\bdid not\b|event|leading|\bdose|\bdrug|treatment|medication|:", re.IGNORECASE
)
"""Labels that tell of a part of the subjects' disposition only."""


class Disposition(DraftCheck):
    id = "P4.disposition"
    title = "Disposition does not add up"
    description = "Screened less failures is not randomised, or randomised less discontinued is not completed, among the counts that one sentence or table states for an arm; and counts of these that the data contradict."

    KINDS = (
        ("discontinued", re.compile(r"\b(?:discontinu|withdr|prematurely terminat|did not complete)", re.IGNORECASE)),
        ("completed", re.compile(r"\bcomplet", re.IGNORECASE)),
        ("screen failures", re.compile(r"\bscreen(?:ing)? fail", re.IGNORECASE)),
        ("randomised", re.compile(r"\brandomi[sz]ed|\bintent", re.IGNORECASE)),
        ("screened", re.compile(r"\bscreened\b", re.IGNORECASE)),
    )

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            spans = [row.within(a, b) for a, b in row.sentences]
            spans += [
                tuple(
                    c
                    for t in table.rows
                    for cell in t.cells
                    for c in Seen(row.block, row.planned, cell, draft.facts, cell=True).values
                )
                for table in draft.tables_of(row)
            ]
            for codes in spans:
                counts: dict[str, dict[str, int]] = defaultdict(dict)
                for code in codes:
                    fact = code.fact
                    if fact is None or fact.statistic != "n" or fact.window or len(fact.row) > 1:
                        continue
                    kind = self.kind(fact)
                    number = exact_number(fact)
                    if kind and number is not None:
                        counts[fact.arm].setdefault(kind, int(number))
                for arm, found in counts.items():
                    yield from self._broken(row, arm, found)
                    yield from self._against_data(draft, row, arm, found)

    def kind(self, fact: Fact) -> str:
        """What a count of disposition counts, by its own label; "" for reasons and others."""
        label = fact.row[-1] if fact.row else ""
        if _NO_DISPOSITION.search(label):
            return ""
        return next((kind for kind, pattern in self.KINDS if pattern.search(label)), "")

    def _against_data(self, draft: DraftText, row: Seen, arm: str, found: dict[str, int]) -> Raised:
        known = draft.card.counts.get(arm, {})
        for kind, number in found.items():
            if known.get(kind, number) != number:
                yield self.finding(row, f"{number} {kind} where the data have {known[kind]} ({arm or 'all arms'}).")

    def _broken(self, row: Seen, arm: str, found: dict[str, int]) -> Raised:
        who = arm or "all arms"
        if {"screened", "screen failures", "randomised"} <= set(found) and found["screened"] - found[
            "screen failures"
        ] != found["randomised"]:
            yield self.finding(
                row,
                f"{found['screened']} screened less {found['screen failures']} failures is not {found['randomised']} randomised ({who}).",
            )
        if {"randomised", "discontinued", "completed"} <= set(found) and found["randomised"] - found[
            "discontinued"
        ] != found["completed"]:
            yield self.finding(
                row,
                f"{found['randomised']} randomised less {found['discontinued']} discontinued is not {found['completed']} completed ({who}).",
            )


class Design(DraftCheck):
    id = "P9.design"
    title = "Design is not that of the sources"
    description = "Blinding, phase, allocation ratio, planned number of subjects or number of arms named otherwise than trial summary and protocol do. What the sources do not say is let pass; so are negations and open extensions that the protocol names."

    def run(self, draft: DraftText) -> Raised:
        known, phases, ratios = kept(_design_of, draft.card)
        arms = len(draft.plan.arms or draft.card.arms)
        words = {"two": 2, "three": 3, "four": 4, "five": 5, "2": 2, "3": 3, "4": 4, "5": 5}
        for row in draft.asked:
            if row.planned.passages and not row.edited:
                continue
            yield from self._planned(draft, row)
            for m in _RATIO.finditer(row.full) if ratios else ():
                if m[0] not in ratios and "andomi" in row.full:
                    said = ", ".join(sorted(ratios))
                    yield self.finding(row, f"The sources say the ratio {said}, not {m[0]}.", m.start(), m.end())
            for name, pattern in _BLIND.items() if known else ():
                found = pattern.search(row.full)
                if found is None or name in known:
                    continue
                if not NEGATION.search(row.full[max(0, found.start() - 15) : found.start()]):
                    said = f"The sources call the study {', '.join(sorted(known))}, not {found[0]}."
                    yield self.finding(row, said, found.start(), found.end())
            for m in _PHASE.finditer(row.full):
                if phases and _phase(m[1]) not in phases:
                    yield self.finding(
                        row, f"The sources say Phase {', '.join(sorted(phases))}, not {m[0]}.", m.start(), m.end()
                    )
            for m in re.finditer(
                r"\b(two|three|four|five|[2-5])[- ](?:arm|group|treatment[- ](?:arm|group))(?:s|ed)?\b",
                row.full,
                re.IGNORECASE,
            ):
                if arms and words[m[1].casefold()] != arms:
                    yield self.finding(row, f"The study has {arms} arms, not {m[1]}.", m.start(), m.end())

    def _planned(self, draft: DraftText, row: Seen) -> Raised:
        """A value behind “planned to enrol” is the trial summary's number of planned subjects."""
        planned = {n for n in draft.card.design.get("PLANSUB", ()) if n.isdigit()}
        for m in _PLANNED.finditer(row.typed) if planned else ():
            code = next((c for c in row.values if m.end() <= c.start <= m.end() + 12), None)
            number = exact_number(code.fact) if code is not None else None
            if code is not None and number is not None and format(number, "f") not in planned:
                said = f"{', '.join(sorted(planned))} subjects were planned, not {code.shown}."
                yield self.finding(row, said, code.start, code.end)


_Design = tuple[set[str], set[str], set[str]]


def _design_of(card: Card) -> _Design:
    """Blinding, phases and allocation ratios that trial summary and texts name."""
    design = card.design
    said = " ".join(
        (*design.get("TBLIND", ()), *design.get("TPHASE", ()), *design.get("TITLE", ()), *card.passages.values())
    )
    phases = {_phase(m[1]) for m in _PHASE.finditer(said)}
    phases |= {p for both in phases for p in both.split("/")}
    blinding = {name for name, pattern in _BLIND.items() if pattern.search(said)}
    return blinding, phases, {m[0] for m in _RATIO.finditer(said)}


def _phase(text: str) -> str:
    return "/".join(_ROMAN.get(p, p) for p in re.split(r"\s?[/-]\s?", text.rstrip("ab")))
