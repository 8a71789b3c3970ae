"""Most common, highest, and lists by a threshold: that nothing is dropped from them or added to them. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from docpipe.model.fact import Fact
from docpipe.writing.checks.reading.check import DraftCheck, DraftText, Raised
from docpipe.writing.checks.reading.seen import Code, Seen
from docpipe.writing.checks.reading.words import NEGATION
from docpipe.writing.derive import exact_share
from docpipe.writing.evidence import exact_number
from docpipe.writing.factstore import number_of_display

_MOST = re.compile(r"\bmost (?:common|frequent|commonly|frequently|often)\w*\b", re.IGNORECASE)
_HIGHEST = re.compile(r"\b(highest|greatest|largest|lowest|smallest|fewest)\b", re.IGNORECASE)
_THRESHOLD = re.compile(
    r"(?:≥|>=|\bat least|\bgreater than or equal to)\s*(\d+(?:\.\d+)?)\s*(?:%|percent)", re.IGNORECASE
)
_ANY = re.compile(
    r"^(?:any|total|at least|overall|all|number of|subjects|n)\b|\bany\b|\bcomplet|\bterminat|\bdiscontinu|\bwithdrew\b|\brandomi|\btreated\b|\bas counted\b|^missing$",
    re.IGNORECASE,
)
_SUBSET = re.compile(r"\b(?:among|of) (?:them|these|those)\b|\bother\b|\bnext\b", re.IGNORECASE)
_Row = tuple[str, ...]


def _rows_of(draft: DraftText, fact: Fact) -> dict[_Row, list[Fact]]:
    """Rows of the fact's display at the depth of its row, sums left out."""
    found: dict[_Row, list[Fact]] = {}
    for other in draft.facts.find(display=fact.display, population=fact.population, window=fact.window):
        computed = fact.formula and not fact.inputs  # rows of a dataset are of one variable each
        if computed and other.row[:1] != fact.row[:1]:
            continue
        if len(other.row) == len(fact.row) and other.row and not _ANY.search(other.row[-1]):
            found.setdefault(other.row, []).append(other)
    return found


def _share(facts: Iterable[Fact], arm: str, statistic: str) -> Decimal | None:
    given = list(facts)
    if statistic == "pct" and (share := exact_share(given, arm)) is not None:
        return share
    return next(
        (n for f in given if f.arm == arm and f.statistic == statistic and (n := exact_number(f)) is not None), None
    )


def listed(codes: Sequence[Code]) -> list[Fact]:
    """One fact a row of a display, for values of counts and percentages."""
    found: dict[tuple[str, _Row], Fact] = {}
    for code in codes:
        fact = code.fact
        if fact is not None and fact.row and fact.statistic in ("n", "pct") and not fact.inputs:
            known = found.get((fact.display, fact.row))
            if known is None or fact.statistic == "pct":
                found[(fact.display, fact.row)] = fact
    return list(found.values())


class MostCommon(DraftCheck):
    id = "N12.most-common"
    title = "Not the most common, highest or lowest"
    description = "Rows called most common of which some unlisted row of the same table has a larger value in every arm, and an arm called highest or lowest that is not. A list whose first value is of all arms is measured there; another stands where it is the top of any one arm, of all arms together or of the largest share over arms."

    def run(self, draft: DraftText) -> Raised:
        arms = draft.plan.arms or draft.card.arms
        for row in draft.asked:
            if row.heading or not row.values:
                continue
            for start, end in row.sentences:
                m = _MOST.search(row.typed, start, end)
                if m is not None and not _SUBSET.search(row.typed, start, end):
                    yield from self._most(draft, row, m, row.within(m.start(), end), arms)
                for m in _HIGHEST.finditer(row.typed, start, end):
                    yield from self._highest(draft, row, m, start, end)

    def _most(
        self, draft: DraftText, row: Seen, m: re.Match[str], codes: Sequence[Code], arms: Sequence[str]
    ) -> Raised:
        facts = listed(codes)
        if not facts or any(f.display != facts[0].display or len(f.row) != len(facts[0].row) for f in facts):
            return
        overall = not next((c.fact.arm for c in codes if c.fact is not None and c.fact.row == facts[0].row), "")
        rows = _rows_of(draft, facts[0])
        if not rows or len(rows) <= len(facts):
            return
        statistic = "pct" if any(f.statistic == "pct" for f in facts) else "n"
        mine = {f.row for f in facts}
        own = {f.arm for f in facts}
        orders: list[dict[_Row, Decimal]] = []
        for arm in ("",) if overall else dict.fromkeys((*sorted(own), "", *arms)):
            values = {r: v for r, found in rows.items() if (v := _share(found, arm, statistic)) is not None}
            if values:
                orders.append(values)
        top = {
            r: max(vs)
            for r, found in rows.items()
            if (vs := [v for a in arms if (v := _share(found, a, statistic)) is not None])
        }
        if top and not (overall and orders):
            orders.append(top)
        worst: tuple[Decimal, _Row] | None = None
        for values in orders:
            inside = [values.get(r, Decimal(0)) for r in mine]
            outside = [(v, r) for r, v in values.items() if r not in mine]
            if not outside or min(inside) >= max(outside)[0]:
                return
            worst = worst or max(outside)
        if worst is not None:
            yield self.finding(row, f"“{m[0]}”: {worst[1][-1]} is more common and is not named.", m.start(), m.end())

    def _highest(self, draft: DraftText, row: Seen, m: re.Match[str], start: int, end: int) -> Raised:
        if NEGATION.search(row.typed[max(start, m.start() - 12) : m.start()]) or re.match(
            r"\s+dose", row.typed[m.end() :], re.IGNORECASE
        ):
            return
        named = next((x for x in draft.arms.mentions(row, m.end(), end) if x.arm), None)
        if named is None:
            return
        low = m[1].casefold() in ("lowest", "smallest", "fewest")
        near = re.match(r"[^.;,]{0,40}\b(?:in|for|among|with)\b(?: the)? ?$", row.typed[m.end() : named.start])
        if near is None:
            return
        by_row: dict[tuple[_Row, str], dict[str, Decimal]] = {}
        for code in row.within(start, end):
            fact = code.fact
            if fact is not None and fact.arm and (n := exact_number(fact)) is not None:
                by_row.setdefault((fact.row, fact.statistic), {})[fact.arm] = n
        for (_, statistic), values in by_row.items():
            if statistic in ("N", "p") or named.arm not in values or len(values) < 2:
                continue
            if statistic == "n" and any(s == "pct" for _, s in by_row):
                continue
            best = min(values.values()) if low else max(values.values())
            if values[named.arm] != best:
                yield self.finding(
                    row, f"“{m[0]}” is said of {values[named.arm]} where another arm has {best}.", m.start(), m.end()
                )
                return


class CompleteList(DraftCheck):
    id = "N13.list-complete"
    title = "List by a threshold is not the one that the data give"
    description = "A table or sentence that says at least so many percent and leaves out a row that reaches it in one of its arms, or has one that does not; and an item of the program's list that a later wording dropped. Counts with N decide, not printed percentages."

    def run(self, draft: DraftText) -> Raised:
        arms = draft.plan.arms or draft.card.arms
        for row in draft.asked:
            for table in draft.tables_of(row):
                said = " ".join(
                    Seen(row.block, row.planned, t, draft.facts).full
                    for t in (table.caption, *table.notes, *table.columns)
                )
                m = _THRESHOLD.search(said)
                cells = [
                    c
                    for line in table.rows
                    for t in line.cells
                    for c in Seen(row.block, row.planned, t, draft.facts, cell=True).values
                ]
                if m is not None and cells:
                    yield from self._against(draft, row, Decimal(m[1]), listed(cells), arms, "The table", None)
            if row.heading:
                continue
            for start, end in row.sentences:
                m = _THRESHOLD.search(row.full, start, end)
                facts = listed(row.within(start, end))
                if m is not None and len(facts) > 1:
                    mine = tuple(dict.fromkeys(f.arm for f in facts if f.arm))
                    yield from self._against(
                        draft, row, Decimal(m[1]), facts, mine or ("",), "The sentence", (start, end)
                    )
            if row.edited:
                yield from self._dropped(draft, row)

    def _against(
        self,
        draft: DraftText,
        row: Seen,
        threshold: Decimal,
        facts: Sequence[Fact],
        arms: Sequence[str],
        what: str,
        span: tuple[int, int] | None,
    ) -> Raised:
        deepest = max((len(f.row) for f in facts), default=0)
        items = [f for f in facts if len(f.row) == deepest]
        displays = {number_of_display(f.display) for f in items}
        if len(displays) != 1 or not items:
            return
        rows = _rows_of(draft, items[0])
        passing = set()
        for path, found in rows.items():
            shares = [
                v
                for a in (*arms, *([""] if what == "The table" and not arms else []))
                if (v := _share(found, a, "pct")) is not None
            ]
            if shares and max(shares) >= threshold:
                passing.add(path)
        named = {f.row for f in items if not _ANY.search(f.row[-1])}
        place = span or (None, None)
        missing, extra = sorted(passing - named), sorted(named - passing)
        if missing and named:
            yield self.finding(row, f"{what} leaves out {_said(missing)}, which reached {threshold}%.", *place)
        if extra and passing:
            yield self.finding(row, f"{what} has {_said(extra)}, which did not reach {threshold}%.", *place)

    def _dropped(self, draft: DraftText, row: Seen) -> Raised:
        planned = Seen(row.block, row.planned, row.planned.text, draft.facts)
        for start, end in planned.sentences:
            facts = listed(planned.within(start, end))
            if len({f.row for f in facts}) < 3:
                continue
            here = {c.fact.row for c in row.values if c.fact is not None}
            gone = [f.row for f in facts if f.row not in here]
            if gone and len(gone) < len(facts):
                yield self.finding(row, f"The program's list has {_said(gone)}, this wording has not.")


def _said(rows: Sequence[_Row]) -> str:
    names = [r[-1] for r in rows[:3]]
    return ", ".join(names) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")
