"""What a draft says of its values in words: higher and lower, most and few, and which arm a value belongs to. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from docpipe.model.finding import Severity
from docpipe.writing.checks.claims import of_program
from docpipe.writing.checks.numbers import is_pct
from docpipe.writing.checks.protocol import CRITERIA, operators
from docpipe.writing.checks.reading.arms import ArmMention
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.seen import Code, Seen
from docpipe.writing.checks.reading.words import DOWN, NEGATION, SAME, UP
from docpipe.writing.evidence import exact_number

_THAN = re.compile(r"\b(?:than|compared (?:with|to)|versus|vs\.?|relative to)\b", re.IGNORECASE)
_PREFERRED = ("pct", "mean", "median", "estimate", "n", "events")
_OF = re.compile(
    r"\b(increases?|decreases?|reduction|rise|fall|decline|improvement|worsening)\b[^.;,]{0,40}?\bof\s*$", re.IGNORECASE
)
_WITH = re.compile(r"\bwith the (higher|larger|greater|lower|smaller) (?:\w+ ){0,2}in (?:the )?", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:difference|ratio|between|versus|vs\.?|compar\w+|minus)\b", re.IGNORECASE)
_PAIRWISE = ("estimate", "se", "lower", "upper", "lsmean")
"""Statistics that a table prints in the column of one arm and that are of two."""
_DOWNWARD = re.compile(r"decrease|reduc|fall|declin", re.IGNORECASE)


class Direction(DraftCheck):
    id = "N10.direction"
    title = "Direction word against the values"
    description = "Higher, lower, more, fewer, increase or decrease where the bound values or difference say the opposite, and “similar” where percentages lie more than 20 points apart; comparators (fewer than, at least) of a quoted sentence turned round. Comparisons without both values bound in the sentence are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.heading:
                continue
            if row.edited and row.planned.passages and not CRITERIA.search(draft.section(row)):
                yield from self._turned(draft, row)
            for start, end in row.sentences if row.values else ():
                yield from self._compared(draft, row, start, end)
                yield from self._changed(row, start, end)

    def _turned(self, draft: DraftText, row: Seen) -> Raised:
        """Comparators of a quoted sentence that later words turn round."""
        program = of_program(draft, row)
        mine, theirs = operators(row.full), operators(program.full)
        if mine != theirs and len(mine) == len(theirs):
            said = f"The quoted sentence's comparators were {', '.join(theirs)}."
            yield self.finding(row, said, 0, len(row.full), program.full)

    def _compared(self, draft: DraftText, row: Seen, start: int, end: int) -> Raised:
        mentions = [m for m in draft.arms.mentions(row, start, end) if m.arm]
        for words, up in ((UP, True), (DOWN, False)):
            for m in words.finditer(row.typed, start, end):
                if NEGATION.search(row.typed[max(start, m.start() - 20) : m.start()]):
                    continue
                than = _THAN.search(row.typed, m.end(), end)
                if than is None:
                    continue
                left = [x for x in mentions if m.end() <= x.start < than.start()] or [
                    x for x in mentions if x.end <= m.start()
                ][-1:]
                stop = (
                    next(
                        (x.start() for x in re.finditer(r";|\bwhile\b|\bwhereas\b|\.\s", row.full[than.end() : end])),
                        end - than.end(),
                    )
                    + than.end()
                )
                right = [x for x in mentions if than.end() <= x.start < stop]
                if left and right:
                    yield from self._sides(row, m, up, {x.arm for x in left}, {x.arm for x in right}, start, end)
        for m in _WITH.finditer(row.typed, start, end):
            named = next((x.arm for x in mentions if x.start >= m.end()), None)
            first = next((x.arm for x in mentions if x.end <= m.start()), None)
            pair = {x.arm for x in mentions if x.end <= m.start()}
            number = next(
                (
                    exact_number(c.fact)
                    for c in row.within(start, m.start())
                    if c.fact is not None and c.fact.statistic == "estimate"
                ),
                None,
            )
            if named is None or len(pair) != 2 or named not in pair or not number:
                continue
            higher = m[1].casefold() in ("higher", "larger", "greater")
            if (number > 0) != (higher == (named == first)):
                yield self.finding(
                    row,
                    f"“{m[0].strip()}” {named} is said of a difference of {number} from {first}.",
                    m.start(),
                    m.end(),
                )
        for m in SAME.finditer(row.typed, start, end):
            values = [
                exact_number(c.fact) for c in row.within(start, end) if is_pct(c) and c.fact is not None and c.fact.arm
            ]
            rows = {c.fact.row for c in row.within(start, end) if is_pct(c) and c.fact is not None}
            known = [v for v in values if v is not None]
            if (
                len(rows) == 1
                and len(known) > 1
                and max(known) - min(known) > 20
                and not NEGATION.search(row.typed[max(start, m.start() - 12) : m.start()])
            ):
                yield self.finding(
                    row, f"“{m[0]}” is said of percentages from {min(known)} to {max(known)}.", m.start(), m.end()
                )

    def _sides(
        self, row: Seen, m: re.Match[str], up: bool, left: set[str], right: set[str], start: int, end: int
    ) -> Raised:
        found = [c.fact for c in row.within(start, end) if c.fact is not None]
        for fact in found:
            if fact.statistic.startswith("difference") and fact.inputs:
                a, b = (row.facts.get(i) for i in fact.inputs[:2]) if len(fact.inputs) == 2 else (None, None)
                number = exact_number(fact)
                if a is not None and b is not None and number:
                    sign = number > 0
                    said = (
                        up if a.arm in left and b.arm in right else not up if b.arm in left and a.arm in right else None
                    )
                    if said is not None and said != sign:
                        yield self.finding(
                            row, f"“{m[0]}” is said of a difference of {fact.formatted}.", m.start(), m.end()
                        )
                        return
        for statistic in _PREFERRED:
            mine = [f for f in found if f.statistic == statistic and not f.inputs]
            for path in dict.fromkeys(f.row for f in mine):
                x = [n for f in mine if f.row == path and f.arm in left and (n := exact_number(f)) is not None]
                y = [n for f in mine if f.row == path and f.arm in right and (n := exact_number(f)) is not None]
                if x and y:
                    wrong = min(x) <= max(y) if up else max(x) >= min(y)
                    if wrong and (max(x) <= min(y) if up else min(x) >= max(y)):
                        yield self.finding(
                            row,
                            f"“{m[0]}” is said where the values are {', '.join(map(str, x))} and {', '.join(map(str, y))}.",
                            m.start(),
                            m.end(),
                        )
                    return

    def _changed(self, row: Seen, start: int, end: int) -> Raised:
        for code in row.within(start, end):
            number = exact_number(code.fact) if code.fact is not None else None
            if number is None or not number:
                continue
            m = _OF.search(row.typed, start, code.start)
            if m is None or code.start - m.start() > 90:
                continue
            downward = bool(_DOWNWARD.search(m[1]))
            if "improv" in m[1].casefold() or "worsen" in m[1].casefold():
                continue
            change = any(
                re.search(r"\bchange\b", part, re.IGNORECASE) for part in (code.fact.row if code.fact else ())
            ) or bool(code.fact and code.fact.inputs)
            if number < 0 and not downward:
                yield self.finding(row, f"An {m[1]} of {code.shown} is a decrease.", m.start(), code.end)
            elif number > 0 and downward and change and code.fact is not None and not code.fact.inputs:
                yield self.finding(row, f"A {m[1]} is said of a change of {code.shown}.", m.start(), code.end)


class Quantifier(DraftCheck):
    id = "N11.quantifier"
    severity = Severity.MAJOR
    title = "Quantifier against the values"
    description = "Most or majority with 50% or less, half with a share outside 45 to 55%, all with less than 100%, few, rare or uncommon with more than 25%, 1% or 10%. Clauses without a bound percentage are let pass."

    RULES: tuple[tuple[re.Pattern[str], Decimal, Decimal], ...] = (
        (re.compile(r"\b(?:most (?:of (?:the )?)?(?:randomi[sz]ed |treated |reported |of the )?(?:subjects?|patients?|participants?|(?:adverse )?events?|discontinuations|deaths|cases)\b|(?:the )?majority\b|more than half\b)", re.IGNORECASE), Decimal("50.0001"), Decimal(100)),
        (re.compile(r"\b(?:about|approximately|nearly|almost) half\b|\bhalf of\b", re.IGNORECASE), Decimal(45), Decimal(55)),
        (re.compile(r"(?<!of )\b(?:all|every) (?:of the )?(?:randomi[sz]ed |treated |enrolled )?(?:subjects?|patients?|participants?)\b(?!\s+who)", re.IGNORECASE), Decimal(100), Decimal(100)),
        (re.compile(r"\b(?:few|a small (?:number|proportion) of) (?:subjects|patients|participants)\b", re.IGNORECASE), Decimal(0), Decimal(25)),
        (re.compile(r"\b(?:rare|rarely)\b", re.IGNORECASE), Decimal(0), Decimal(1)),
        (re.compile(r"\b(?:uncommon|infrequent|infrequently)\b", re.IGNORECASE), Decimal(0), Decimal(10)),
    )  # fmt: skip

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            if row.heading:
                continue
            for start, end in row.sentences:
                for a, b in row.clauses(start, end):
                    shares = [c for c in row.within(a, b) if is_pct(c)]
                    for pattern, low, high in self.RULES if shares else ():
                        m = pattern.search(row.typed, a, b)
                        if m is None or NEGATION.search(row.typed[max(a, m.start() - 6) : m.start()]):
                            continue
                        first = next((c for c in shares if c.start > m.start()), None)
                        number = exact_number(first.fact) if first is not None else None
                        if number is not None and not low <= number <= high and first is not None:
                            yield self.finding(
                                row, f"“{m[0].strip()}” is said of {first.shown.rstrip(' %')}%.", m.start(), m.end()
                            )


class ArmSwap(DraftCheck):
    id = "N14.arm-swap"
    title = "Value of another arm than the one named"
    description = "A value in a clause whose arm is another than the fact's, arms named by code or in plain words, before or behind their values, or in parallel order (in A, B, and C, respectively). In tables the head of the column is the arm. Sentences that name no arm are let pass."

    def run(self, draft: DraftText) -> Raised:
        arms = set(draft.plan.arms or draft.card.arms)
        for row in draft.asked:
            if not row.heading:
                for start, end in row.sentences:
                    yield from self._sentence(draft, row, start, end, arms)
            for table in draft.tables_of(row):
                heads = [Seen(row.block, row.planned, h, draft.facts, cell=True) for h in table.columns]
                named = [{m.arm for m in draft.arms.mentions(h) if m.arm} for h in heads]
                for line in table.rows:
                    for i, cell in enumerate(line.cells[: len(named)]):
                        if len(named[i]) != 1:
                            continue
                        seen = Seen(row.block, row.planned, cell, draft.facts, cell=True)
                        for code in seen.values:
                            if code.fact is not None and code.fact.arm in arms and code.fact.arm not in named[i]:
                                yield self.finding(
                                    seen,
                                    f"In the table, “{code.shown}” of {code.fact.arm} stands in the column of {next(iter(named[i]))}.",
                                )

    def _sentence(self, draft: DraftText, row: Seen, start: int, end: int, arms: set[str]) -> Raised:
        values = [
            c for c in row.within(start, end) if c.fact is not None and c.fact.arm in arms and c.fact.statistic != "p"
        ]
        mentions = draft.arms.mentions(row, start, end)
        if not values or not mentions:
            return
        if len({m.arm for m in mentions if m.arm}) > 1 and _COMPARED.search(row.typed, start, end):
            here = {m.arm for m in mentions}
            values = [
                c
                for c in values
                if c.fact is not None and (c.fact.statistic not in _PAIRWISE or c.fact.arm not in here)
            ]
        for code in wrong_arms(values, mentions):
            arm = code.fact.arm if code.fact is not None else ""
            before = [m.arm or "all arms" for m in mentions if m.end <= code.start]
            said = (before or [m.arm or "all arms" for m in mentions])[-1 if before else 0]
            message = (
                f"“{code.shown}” is the value of {arm}, the clause names {said}."
                if said != arm
                else f"“{code.shown}”, the value of {arm}, stands in another order than the arms."
            )
            yield self.finding(row, message, code.start, code.end)


def wrong_arms(values: Sequence[Code], mentions: Sequence[ArmMention]) -> list[Code]:
    """Values that no reading of the sentence explains, the reading with the fewest of them taken.

    A reading parts the sentence into: an arm and values of it behind or before it; several arms and values in their order, before
    or behind them; arms alone.
    """
    placed: list[tuple[int, str, Code | None]] = [(m.start, m.arm, None) for m in mentions if m.arm]
    placed += [(c.start, c.fact.arm if c.fact is not None else "", c) for c in values]
    events = [(name, code) for _, name, code in sorted(placed, key=lambda e: e[0])]
    size = len(events)
    best: list[tuple[int, list[Code]]] = [(0, [])] * (size + 1)
    for i in range(size - 1, -1, -1):
        code = events[i][1]
        cost, wrong = best[i + 1]
        best[i] = (cost, wrong) if code is None else (cost + 1, [code, *wrong])
        for j in range(i + 2, size + 1):
            if best[j][0] < best[i][0] and _reads(events[i:j]):
                best[i] = best[j]
    return best[0][1] if size else []


def _reads(events: Sequence[tuple[str, Code | None]]) -> bool:
    """One part of a sentence: arms all before or all behind their values, in one order."""
    kinds = [code is None for _, code in events]
    turn = next((i for i, k in enumerate(kinds) if k != kinds[0]), 0)
    if not turn or any(k != kinds[-1] for k in kinds[turn:]):
        return False
    arms = [name for name, code in events if code is None]
    told = [name for name, code in events if code is not None]
    groups = [name for i, name in enumerate(told) if not i or told[i - 1] != name]
    if len(set(arms)) != len(arms):
        return False
    return groups == arms * (len(groups) // len(arms)) and bool(groups)
