"""Arithmetic of a draft: sums over arms, intervals, p values against claims, derived numbers. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.writing.checks.numbers import rows_and_cells
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.checks.reading.seen import Code, Seen
from docpipe.writing.checks.reading.words import NEGATION
from docpipe.writing.derive import evaluates
from docpipe.writing.evidence import exact_number, number_of, said_of

_TOTAL = re.compile(r"\b(?:a total of|in total,?|altogether|overall,?|in all,?|of the)\s*$", re.IGNORECASE)
_CI = re.compile(
    r"(?:\bCIs?\b|confidence (?:interval|limit)s?)[^\d\-−]{0,24}?([-−]?\d+(?:\.\d+)?)\s*(?:,|to|;|–|and)\s*([-−]?\d+(?:\.\d+)?)"
)
_SIGNIFICANT = re.compile(r"\b(?:statistically )?significan(?:t|tly|ce)\b", re.IGNORECASE)
_CLINICAL = re.compile(r"\b(?:clinically|clinical|medically)\s+$", re.IGNORECASE)
_THESE = re.compile(r"\b(?:these|those|this|all of|none of|neither|both)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:all|both|each|every|none|neither|no)\b", re.IGNORECASE)
_STATISTICAL = re.compile(
    r"\bstatistically\b|\bsignificantly\b|\bsignifican(?:t|ce)\s+(?:\w+ )?(?:difference|effect|improvement|reduction|increase|decrease|change|benefit|trend|dose|treatment)"
    r"|\b(?:was|were|is|are|not|reach\w*|attain\w*|achiev\w*)\s+(?:statistical\s+)?significan",
    re.IGNORECASE,
)


class SumOfParts(DraftCheck):
    id = "N6.sum-of-parts"
    title = "Parts do not add up"
    description = "Counts of subjects of all arms in one sentence that do not give the total counted with them, and displays whose arms do not add up to their total column. Counts of events and values of different rows are let pass."

    def run(self, draft: DraftText) -> Raised:
        arms = draft.plan.arms or draft.card.arms
        if len(arms) < 2:
            return
        told: set[tuple[object, ...]] = set()
        for row in rows_and_cells(draft):
            for code in row.values:
                fact = code.fact
                if fact is None or fact.arm or fact.statistic not in ("n", "N") or fact.formula:
                    continue
                key = (fact.display, fact.row, fact.statistic, fact.population, fact.window)
                if key in told or not fact.display:
                    continue
                told.add(key)
                parts = [self._part(draft, fact, arm) for arm in arms]
                total = exact_number(fact)
                if (
                    total is not None
                    and all(p is not None for p in parts)
                    and sum((p for p in parts if p is not None), Decimal(0)) != total
                ):
                    yield self.finding(
                        row,
                        f"The arms give {sum((p for p in parts if p is not None), Decimal(0))}, the total says {code.shown} ({said_of(fact)}).",
                        code.start,
                        code.end,
                    )
        for row in draft.asked:
            for start, end in row.sentences:
                yield from self._sentence(row, row.within(start, end), arms)

    @staticmethod
    def _part(draft: DraftText, fact: Fact, arm: str) -> Decimal | None:
        found = draft.facts.find(
            display=fact.display,
            row=fact.row,
            arm=arm,
            statistic=fact.statistic,
            population=fact.population,
            window=fact.window,
        )
        return exact_number(found[0]) if len(found) == 1 else None

    def _sentence(self, row: Seen, found: Sequence[Code], arms: Sequence[str]) -> Raised:
        counts = [c for c in found if c.fact is not None and c.fact.statistic in ("n", "N")]
        for i, total in enumerate(counts):
            if not _TOTAL.search(row.full[: total.start]):
                continue
            rest = counts[i + 1 : i + 1 + len(arms)]
            if (
                len(rest) == len(arms)
                and {c.fact.arm for c in rest if c.fact} == set(arms)
                and len({c.fact.row for c in rest if c.fact}) == 1
            ):
                values = [exact_number(c.fact) for c in rest]
                whole = exact_number(total.fact)
                if whole is None or any(v is None for v in values):
                    continue
                same = total.fact is not None and rest[0].fact is not None and total.fact.row == rest[0].fact.row
                added = sum((v for v in values if v is not None), Decimal(0))
                if added != whole and (same or added > whole):
                    yield self.finding(
                        row,
                        f"The arms give {added}, the total before them says {total.shown}.",
                        total.start,
                        rest[-1].end,
                    )


def intervals(row: Seen) -> Iterator[tuple[Code | None, Decimal, Decimal, int, int]]:
    """Estimate before it (None where unknown), limits, and where they stand."""
    for m in _CI.finditer(row.full):
        before = re.sub(r"[-−]?\d+(?:\.\d+)?\s*%\s*$", "", row.full[: m.start()])
        limits = [value_of(m[1]), value_of(m[2])]
        if limits[0] is None or limits[1] is None:
            continue
        estimate = next(
            (
                c
                for c in reversed(row.values)
                if c.end <= len(before)
                and c.fact is not None
                and len(before) - c.end < 40
                and exact_number(c.fact) is not None
                and c.fact.statistic in ("estimate", "mean", "difference", "ratio", "lsmean", "median")
            ),
            None,
        )
        yield estimate, limits[0], limits[1], m.start(), m.end()


class Interval(DraftCheck):
    id = "N7.interval"
    title = "Confidence interval out of order"
    description = "An interval whose lower limit is not below its upper one, that does not hold its estimate, or a ratio with a limit that is not positive."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            for estimate, lower, upper, start, end in intervals(row):
                if lower > upper:
                    yield self.finding(row, f"The lower limit {lower} is above the upper limit {upper}.", start, end)
                    continue
                number = exact_number(estimate.fact) if estimate is not None else None
                if number is not None and not lower <= number <= upper:
                    yield self.finding(
                        row, f"The interval from {lower} to {upper} does not hold the estimate {number}.", start, end
                    )
                if (
                    re.search(
                        r"\b(?:hazard|odds|risk|rate) ratio\b|\bHR\b|\bRR\b", row.full[max(0, start - 60) : start]
                    )
                    and lower <= 0
                ):
                    yield self.finding(row, f"A ratio cannot have the limit {lower}.", start, end)
            yield from self._facts(row)

    def _facts(self, row: Seen) -> Raised:
        found = {
            (f.display, f.row, f.arm, f.window, f.statistic): (c, f) for c in row.values if (f := c.fact) is not None
        }
        for key, (code, fact) in found.items():
            if key[-1] != "lower":
                continue
            others = (found.get((*key[:-1], "estimate")), found.get((*key[:-1], "upper")))
            values = [exact_number(fact), *(exact_number(o[1]) for o in others if o is not None)]
            known = [v for v in values if v is not None]
            if known != sorted(known):
                yield self.finding(
                    row, f"The interval's limits and estimate are out of order ({said_of(fact)}).", code.start, code.end
                )


class PAgainstClaim(DraftCheck):
    id = "N8.p-against-claim"
    title = "Significance without the p value for it"
    description = "“Significant” where the p values of the sentence are not below the study's alpha, “not significant” where one is, “significant” with no p value in it or before it in the paragraph, and an interval that says otherwise than its p value. Clinical significance is another matter; sentences about methods (tests, levels) are let pass."

    def run(self, draft: DraftText) -> Raised:
        alpha = Decimal(draft.card.alpha)
        for row in draft.asked:
            if not row.prose:
                continue
            for start, end in row.sentences:
                yield from self._sentence(draft, row, start, end, alpha)

    def _sentence(self, draft: DraftText, row: Seen, start: int, end: int, alpha: Decimal) -> Raised:
        text = row.full[start:end]
        ps = [c for c in row.within(start, end) if c.fact is not None and c.fact.statistic == "p"]
        for estimate, lower, upper, a, b in intervals(row):
            if not (start <= a and b <= end) or len(ps) != 1 or estimate is None:
                continue
            null = Decimal(1) if re.search(r"\bratio\b|\bHR\b", text) else Decimal(0)
            below = self._below(ps[0].fact, alpha)
            if (
                below is not None
                and lower != upper
                and below == (lower <= null <= upper)
                and null not in (lower, upper)
            ):
                yield self.finding(
                    row, f"The interval from {lower} to {upper} and p = {ps[0].shown} say different things.", a, b
                )
        for m in _SIGNIFICANT.finditer(text):
            before = text[: m.start()]
            around = text[max(0, m.start() - 16) : m.end() + 40]
            if _CLINICAL.search(before) or not _STATISTICAL.search(around) or re.search(r"[“\"][^”\"]*$", before):
                continue
            if re.search(r"\b(?:test|tests|tested|testing|threshold|defined|assessed at|set at)\b", text):
                continue
            negated = bool(NEGATION.search(before[-60:]))
            below_each = [x for c in ps if (x := self._below(c.fact, alpha)) is not None]
            told = [] if ps else self._told_before(draft, row, start, start + m.start(), end)
            if told:
                below_told = [x for c in told if (x := self._below(c.fact, alpha)) is not None]
                each = bool(_EACH.search(before)) or len(below_told) == 1
                wrong = any(below_told) if negated else not all(below_told)
                surely = all(below_told) if negated else not any(below_told)
                if below_told and (surely or (each and wrong)):
                    shown = ", ".join(c.shown for c in told)
                    said = f"“{m[0]}” is {'denied' if negated else 'said'} where p is {shown}."
                    yield self.finding(row, said, start + m.start(), start + m.end())
            elif not ps:
                if not negated and not re.search(
                    r"%|\bsignificant (?:medical|illness|disease|history|change from screening)", text[m.start() :]
                ):
                    yield self.finding(
                        row, "“Significant” is said without a p value.", start + m.start(), start + m.end()
                    )
            elif below_each and not negated and not any(below_each):
                yield self.finding(
                    row,
                    f"“Significant” is said where p is {', '.join(c.shown for c in ps)}.",
                    start + m.start(),
                    start + m.end(),
                )
            elif below_each and negated and all(below_each):
                yield self.finding(
                    row,
                    f"“Not significant” is said where p is {', '.join(c.shown for c in ps)}.",
                    start + m.start(),
                    start + m.end(),
                )

    @staticmethod
    def _told_before(draft: DraftText, row: Seen, start: int, at: int, end: int) -> list[Code]:
        """p values of earlier sentences that a sentence without its own speaks of: of the arms that it names, or of “these comparisons”."""
        earlier = [c for c in row.values if c.fact is not None and c.fact.statistic == "p" and c.end <= start]
        clause = next(((a, b) for a, b in row.clauses(start, end) if a <= at <= b), (start, end))
        named = {m.arm for m in draft.arms.mentions(row, *clause) if m.arm}
        of_arms = [
            c
            for c in earlier
            for a, b in row.sentences
            if a <= c.start < b and {m.arm for m in draft.arms.mentions(row, a, b) if m.arm} == named
        ]
        if len(named) > 1 and of_arms:
            return of_arms
        return earlier if _THESE.search(row.full, start, end) else []

    @staticmethod
    def _below(fact: Fact | None, alpha: Decimal) -> bool | None:
        said = number_of(fact) if fact is not None else None
        if said is None:
            return None
        relation, number = said
        if relation in ("<", "<="):
            return True if number <= alpha else None
        return number < alpha


class Derived(DraftCheck):
    id = "N9.derived-number"
    title = "Derived number does not follow from its formula"
    description = "A derived value whose inputs are missing, or give another value today. Values whose formula is a question to the data are compared with the tables before drafting."

    def run(self, draft: DraftText) -> Raised:
        seen: dict[str, bool] = {}
        for row in rows_and_cells(draft):
            for code in row.values:
                fact = code.fact
                if fact is None or not fact.inputs:
                    continue
                if fact.id not in seen:
                    inputs = [f for i in fact.inputs if (f := draft.facts.get(i)) is not None]
                    seen[fact.id] = self._holds(fact, inputs)
                if not seen[fact.id]:
                    yield self.finding(
                        row, f"“{code.shown}” does not follow from its formula ({said_of(fact)}).", code.start, code.end
                    )

    @staticmethod
    def _holds(fact: Fact, inputs: Sequence[Fact]) -> bool:
        if len(inputs) != len(fact.inputs):
            return False
        if not re.search(r" [-+/*] |^(?:min|max)\(", fact.formula):
            return True
        return evaluates(fact, inputs)
