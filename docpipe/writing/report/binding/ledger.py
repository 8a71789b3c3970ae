"""What becomes of each number of a report: the ledger that prose and tables write into. Imports the core and its room.

Dates and the numbers of single subjects are told here, for they stand in both."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from docpipe.model.fact import Fact
from docpipe.model.inline import Placeholder
from docpipe.model.report import Piece, ReportText
from docpipe.writing.checks.reading.arms import ArmMention
from docpipe.writing.checks.reading.ids import about
from docpipe.writing.checks.reading.numbers import Allowed, Token
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.report.binding.numbers import Slot
from docpipe.writing.report.binding.planned import plan_of
from docpipe.writing.report.binding.quotes import Quote
from docpipe.writing.report.binding.ready import Ready
from docpipe.writing.report.binding.resolve import Outcome
from docpipe.writing.report.checked import Fate, Number


class Ledger:
    """A report being bound."""

    def __init__(self, report: ReportText, ready: Ready, type_name: str) -> None:
        self.report, self.study, self.facts, self.type_name = report, ready.study, ready.facts, type_name
        self.card, self.frames, self.resolver, self.arms, self.ids = (
            ready.card,
            ready.frames,
            ready.resolver,
            ready.arms,
            ready.ids,
        )
        self.records, self.quotes, self.displays, self.ready = ready.records, ready.quotes, ready.displays, ready
        self.groups = ready.groups
        self.plan, self.homes = plan_of(report, self.card, type_name, {})
        self.allowed = Allowed(self.plan, self.card)
        self.rows = {
            h.piece: Seen(b, r, r.text, self.facts)
            for b, r in self.plan.rows()
            if (h := self.homes.get(r.address)) and h.table < 0
        }
        found = about(tuple(self.rows.values()), self.ids, self.card.subjects)
        self.about = {piece: found[row.address] for piece, row in self.rows.items() if row.address in found}
        self.quoted: dict[tuple[int, int, int], Quote] = {}
        self.numbers: list[Number] = []
        self.codes: dict[int, list[tuple[int, int, Placeholder]]] = defaultdict(list)

    def named(self, row: Seen, start: int, end: int) -> list[ArmMention]:
        """Arms named in a sentence, each with all words of its name that stand before it."""
        found = []
        for m in self.arms.mentions(row, start, end):
            words = "|".join(map(re.escape, re.findall(r"[\w.]+", m.arm)))
            before = (
                re.search(rf"(?:\b(?:{words})[\s-]+)+$", row.full[start : m.start], re.IGNORECASE) if words else None
            )
            after = re.match(rf"(?:[\s-]+(?:{words})\b)+", row.full[m.end : end], re.IGNORECASE) if words else None
            stop = m.end + after.end() if after else m.end
            found.append(ArmMention(start + before.start() if before else m.start, stop, m.arm, m.coded))
        taken = [(m.start, m.end) for m in found]
        found += [ArmMention(a, b, arm, False) for a, b, arm in self.groups.short(row.full, start, end, taken)]
        return sorted(found, key=lambda m: m.start)

    def _against(self, piece: Piece, slot: Slot, outcome: Outcome, claims: bool) -> None:
        facts = outcome.facts
        if slot.stats == {"N", "denominator"}:
            expected = " or ".join(
                dict.fromkeys(str(f.n) if f.statistic != "N" and f.n is not None else f.formatted for f in facts[:4])
            )
        else:
            expected = " or ".join(
                dict.fromkeys(
                    f"{f.statistic} {f.formatted}"
                    if f.statistic in ("mean", "median") and f.statistic not in slot.stats
                    else f.formatted
                    for f in facts[:4]
                )
            )
        self._number(
            piece, slot.start, slot.end, Fate.CONTRADICTED, facts[:4], "", outcome.check, expected, outcome.sure, claims
        )

    def _number(
        self,
        piece: Piece,
        start: int,
        end: int,
        fate: Fate,
        facts: tuple[Fact, ...] = (),
        reason: str = "",
        check: str = "",
        expected: str = "",
        sure: float = 0.0,
        claims: bool = False,
    ) -> None:
        self.numbers.append(
            Number(piece.id, start, end, piece.text[start:end], fate, facts, reason, check, expected, sure, claims)
        )

    # ------------------------------------------------------------ subjects and dates

    def _date(
        self, piece: Piece, row: Seen, a: int, b: int, form: str, parts: tuple[str, ...], subject: str, label: str = ""
    ) -> None:
        before = f"{label} {row.full[max(0, a - 90) : a]}"
        fact = self.records.date(form, parts, subject)
        if fact is not None and (
            (subject and self.records.role(before, form, parts, subject) is None)
            or (not subject and (fact.statistic in ("min", "max") or self.records.conduct(before, form, parts) is None))
        ):
            self._number(piece, a, b, Fate.BOUND, (fact,))
        elif subject and (wrong := self.records.role(before, form, parts, subject)) is not None:
            self._number(
                piece,
                a,
                b,
                Fate.CONTRADICTED,
                (),
                f"the {wrong[0]} of {subject} is another",
                "T2.chronology",
                wrong[1],
                3.0,
            )
        elif subject and self.records.owns(form, parts, subject):
            self._number(piece, a, b, Fate.ALLOWED, reason="a date of the subject's records")
        elif subject:
            expected = self.records.nearest(form, parts, subject)
            self._number(
                piece,
                a,
                b,
                Fate.CONTRADICTED,
                (),
                f"no record of {subject} has this date",
                "T2.chronology",
                expected,
                3.0,
            )
        elif (dates := self.records.conduct(before, form, parts)) is not None:
            self._number(
                piece,
                a,
                b,
                Fate.CONTRADICTED,
                (),
                "no first or last date of the subjects is this one",
                "T2.chronology",
                dates,
                2.5,
            )
        elif self.records.dated(form, parts):
            self._number(piece, a, b, Fate.ALLOWED, reason="a date of the data")
        else:
            self._number(piece, a, b, Fate.OPEN)

    def _of_subject(self, piece: Piece, row: Seen, tokens: Sequence[Token], subject: str, head: str = "") -> None:
        for token in tokens:
            if token.value is None:
                continue
            against = self.records.against(f"{head} {row.full[: token.start]}", row.full[token.end :], token, subject)
            fact = self.records.value(token.value, subject)
            if against is not None:
                what, expected, facts = against
                self._number(
                    piece,
                    token.start,
                    token.end,
                    Fate.CONTRADICTED,
                    facts,
                    f"the {what} of {subject} is another",
                    _check(what),
                    expected,
                    3.0,
                )
            elif fact is not None:
                self._number(piece, token.start, token.end, Fate.BOUND, (fact,))
            elif self.records.has(token.value, subject):
                self._number(piece, token.start, token.end, Fate.ALLOWED, reason="a value of the subject's records")
            else:
                self._number(piece, token.start, token.end, Fate.OPEN, reason="subject")


def _check(what: str) -> str:
    """The check that a reader would look for: a dose, a unit or a study day of a subject is one of these, the rest are its facts."""
    if what == "dose":
        return "U1.dose"
    if what.startswith("duration is in"):
        return "U2.unit"
    if what.startswith("study day"):
        return "T3.study-day"
    return "P6.subject-facts"
