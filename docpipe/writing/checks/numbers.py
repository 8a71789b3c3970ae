"""Numbers in a draft: bound to facts, shown as the facts have them, attainable, their counts and percentages in step. Imports its room only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from docpipe.model import draft as codes
from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.writing.arithmetic import attainable, percentage, same_when_rounded
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.numbers import Allowed, Token, same_value, value_of
from docpipe.writing.checks.reading.seen import Code, Seen
from docpipe.writing.evidence import exact_number, said_of
from docpipe.writing.shown import STYLES, shown

_PCT = ("pct", "share")
_BETWEEN = re.compile(r"\s*\(\s*$")
_OF = re.compile(r"\s*(?:/|of|out of)\s*(?:the\s+)?$", re.IGNORECASE)


def _bare(code: Code) -> str:
    return code.shown.rstrip(" %")


def rows_and_cells(draft: DraftText) -> Iterator[Seen]:
    """Every text to check, those of in-text tables as well."""
    yield from draft.asked
    yield from draft.cells


class UnboundNumber(DraftCheck):
    id = "N1.unbound-number"
    title = "Number bound to no fact"
    description = "A number typed in digits or words that no fact carries. Let pass: references, labels of lists, citations, units (m²), names of the study and the type with digits (Week 24, ICH E3), words of a cited passage, “one” before anything but a counted noun. Where one fact of the row or its section has the value, the finding says which."

    def run(self, draft: DraftText) -> Raised:
        allowed = Allowed(draft.plan, draft.card)
        for row in rows_and_cells(draft):
            if row.planned.gap and not row.edited:
                continue
            for token in allowed.tokens(row):
                if not token.reason:
                    where = f" in a table of {row.block.number or row.block.id}" if row.cell else ""
                    yield self.finding(
                        row,
                        f"“{token.text.strip()}”{where} is bound to no fact.",
                        token.start,
                        token.end,
                        self.suggestion(draft, row, token),
                    )

    def suggestion(self, draft: DraftText, row: Seen, token: Token) -> str:
        """Which fact has this value: of the row as planned first, then of its section; "" where none or several do."""
        planned = [f for i in row.planned.facts if (f := draft.facts.get(i)) is not None]
        used = {c.key for c in row.codes}
        missing = [f for f in planned if f.id not in used]
        section = [
            f
            for r in draft.rows_of.get(row.block.id, ())
            for i in r.planned.facts
            if (f := draft.facts.get(i)) is not None
        ]
        for pool in (missing, planned, section):
            fits = {f.id: f for f in pool if same_value(token, f)}
            if len(fits) == 1:
                fact = next(iter(fits.values()))
                return f"Put the value of this fact: {said_of(fact)} = {fact.formatted}."
        return ""


class ValueDiffers(DraftCheck):
    id = "N2.value-differs"
    title = "Value is not that of its fact"
    description = "A value names a fact that the draft does not have, that contradicts itself, or whose value is another than the one shown. Unicode minus, thousands separators, full-width digits and <.0001 for <0.0001 are no difference."

    def run(self, draft: DraftText) -> Raised:
        for row in rows_and_cells(draft):
            for code in row.codes:
                if code.kind != codes.FACT:
                    continue
                if code.fact is None:
                    yield self.finding(
                        row,
                        f"The value “{code.shown}” names a fact that the facts of this draft do not hold.",
                        code.start,
                        code.end,
                    )
                    continue
                if len(draft.facts.versions(code.fact.id)) > 1:
                    yield self.finding(
                        row,
                        f"The sources contradict each other on “{code.shown}” ({said_of(code.fact)}).",
                        code.start,
                        code.end,
                    )
                    continue
                wanted = shown(code.fact, code.style) if code.style in STYLES else code.fact.formatted
                if normal(wanted) != normal(code.shown):
                    yield self.finding(
                        row,
                        f"“{code.shown}” is shown where the fact says “{wanted}” ({said_of(code.fact)}).",
                        code.start,
                        code.end,
                        wanted,
                    )


def normal(text: str) -> str:
    """A value for comparing as N2 compares."""
    import unicodedata

    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("\u2013", "-")
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    return re.sub(r"(?<![\d])\.(?=\d)", "0.", plain).replace(" ", "")


def pairs(row: Seen) -> Iterator[tuple[Code, Code, Decimal | None]]:
    """A count and the percentage that stands behind it in brackets, with the N between them (``12/86 (14.0%)``) where there is one."""
    known = row.values
    taken = -1
    for i, count in enumerate(known[:-1]):
        if i == taken:
            continue
        if count.fact is None or count.fact.statistic not in ("n", "N", "events") or exact_number(count.fact) is None:
            continue
        nxt = known[i + 1]
        gap = row.full[count.end : nxt.start]
        if nxt.fact is not None and _OF.fullmatch(gap):
            taken = i + 1
        if nxt.fact is not None and _OF.fullmatch(gap) and i + 2 < len(known) and nxt.fact.statistic in ("n", "N"):
            third = known[i + 2]
            between = row.full[nxt.end : third.start]
            if is_pct(third) and re.fullmatch(r"[^()\[\].;]{0,60}[(\[]\s*", between):
                yield count, third, exact_number(nxt.fact)
        elif is_pct(nxt) and re.fullmatch(r"(?:\s+[^\W\d][\w-]*){0,3}\s*[(\[]\s*", gap):
            yield count, nxt, None


def printed(code: Code) -> tuple[Decimal | None, int]:
    """The number that a code shows, and its decimals; None for words and bounds."""
    text = code.shown.strip().rstrip("%").strip()
    if text[:1] in "<>≤≥":
        return None, 0
    return value_of(text), len(text.partition(".")[2])


def is_pct(code: Code) -> bool:
    """Whether a code shows a percentage."""
    return code.fact is not None and (code.fact.statistic in _PCT or code.fact.statistic.startswith("share"))


class NotAttainable(DraftCheck):
    id = "N3.percentage-not-attainable"
    title = "Percentage that no count gives"
    description = "A percentage for which no whole number of subjects out of its N exists, rounded half up or half to even, and a percentage below 0 or above 100. Percentages of events, of means and without N are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in rows_and_cells(draft):
            for code in row.values:
                fact = code.fact
                if fact is None or fact.statistic != "pct" or fact.decimals is None or not fact.n:
                    continue
                number, decimals = printed(code)
                if number is not None and not attainable(number, fact.n, decimals):
                    yield self.finding(
                        row, f"No count out of {fact.n} gives {_bare(code)}% ({said_of(fact)}).", code.start, code.end
                    )
            for m in re.finditer(r"(\d+)\s*(?:/|of|out of)\s*(\d+)[^().;\d]{0,40}\(\s*(\d+(?:\.\d+)?)\s*%", row.typed):
                n, total, pct = int(m[1]), int(m[2]), Decimal(m[3])
                decimals = len(m[3].partition(".")[2])
                if not attainable(pct, total, decimals):
                    yield self.finding(
                        row, f"No count out of {total} gives {m[3]}%; {n} was written.", m.start(), m.end()
                    )


class CountAndPercentage(DraftCheck):
    id = "N4.count-and-percentage"
    title = "Count and percentage do not belong together"
    description = "A count and the percentage behind it are of different rows or arms, or the percentage is not that of the count and N. Where several N are known any of them may give it."

    def run(self, draft: DraftText) -> Raised:
        for row in rows_and_cells(draft):
            for count, pct, total in pairs(row):
                said = self._said(count, pct, total)
                if said:
                    yield self.finding(row, said, count.start, pct.end)
            if not row.cell:
                yield from self._typed(row)

    @staticmethod
    def _said(count: Code, pct: Code, total: Decimal | None) -> str:
        a, b = count.fact, pct.fact
        if a is None or b is None:
            return ""
        if a.arm != b.arm:
            return f"{count.shown} is of {a.arm or 'all arms'}, {_bare(pct)}% of {b.arm or 'all arms'}."
        number, (share, decimals) = exact_number(a), printed(pct)
        if number is None or share is None or a.statistic == "events":
            return ""
        whole = [Decimal(n) for n in (b.n, a.n) if n] if total is None else [total]
        if whole and not any(same_when_rounded(percentage(number, w) or Decimal(0), share, decimals) for w in whole):
            if a.display == b.display and a.row == b.row:
                return f"{number} of {whole[0]} is not {_bare(pct)}%."
            return f"{count.shown} ({said_of(a)}) and {_bare(pct)}% ({said_of(b)}) are not of the same thing: {number} of {whole[0]} is not {_bare(pct)}%."
        return ""

    def _typed(self, row: Seen) -> Raised:
        for m in re.finditer(r"(\d+)\s*(?:/|of|out of)\s*(\d+)[^().;\d]{0,40}\(\s*(\d+(?:\.\d+)?)\s*%", row.full):
            n, total, pct = Decimal(m[1]), Decimal(m[2]), Decimal(m[3])
            decimals = len(m[3].partition(".")[2])
            exact = percentage(n, total)
            if (
                exact is not None
                and not same_when_rounded(exact, pct, decimals)
                and "\ue000" not in row.typed[m.start() : m.end()]
            ):
                yield self.finding(row, f"{m[1]} of {m[2]} is not {m[3]}%.", m.start(), m.end())


class Decimals(DraftCheck):
    id = "N5.decimals"
    severity = Severity.MAJOR
    title = "Uneven decimals"
    description = "Percentages of one sentence with different numbers of decimals, and p values with fewer than three or more than four places. 0 and 100 and values that a table prints so for one row are let pass."

    def run(self, draft: DraftText) -> Raised:
        for row in draft.asked:
            for start, end in row.sentences:
                found = [
                    c
                    for c in row.within(start, end)
                    if is_pct(c) and value_of(c.shown) not in (None, Decimal(0), Decimal(100))
                ]
                places = Counter(len(c.shown.strip(" %").partition(".")[2]) for c in found)
                if len(places) > 1:
                    rare = min(places, key=lambda p: (places[p], -p))
                    odd = next(c for c in found if len(c.shown.strip(" %").partition(".")[2]) == rare)
                    yield self.finding(
                        row, f"Percentages of this sentence have different decimals: “{odd.shown}”.", start, end
                    )
            for code in row.values:
                if code.fact is not None and code.fact.statistic == "p" and code.fact.decimals is not None:
                    number = exact_number(code.fact)
                    if number is not None and number not in (0, 1) and not 2 < code.fact.decimals < 5:
                        yield self.finding(
                            row,
                            f"The p value {code.shown} has {code.fact.decimals} decimals; three or four are usual.",
                            code.start,
                            code.end,
                        )


class StaleSource(DraftCheck):
    id = "N15.stale-source"
    title = "Fact from a source that is not current"
    description = "A value whose fact names a file that is not among the approved sources any more, or facts of another version of the data."

    def run(self, draft: DraftText) -> Raised:
        current = set(draft.card.files)
        if not current:
            return
        for row in rows_and_cells(draft):
            for code in row.values:
                fact = code.fact
                if fact is not None and self._stale(draft, fact, current):
                    yield self.finding(
                        row,
                        f"“{code.shown}” comes from a version of the sources that is not current ({said_of(fact)}).",
                        code.start,
                        code.end,
                    )

    @staticmethod
    def _stale(draft: DraftText, fact: Fact, current: set[str]) -> bool:
        other = (
            bool(draft.card.data_version) and bool(fact.data_version) and fact.data_version != draft.card.data_version
        )
        return other or any(p.sha256 not in current for p in fact.places)
