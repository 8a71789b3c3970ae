"""Binds the tables of a report, row by row and cell by cell. Imports the core and its room."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate as BlockFate
from docpipe.model.draft import PlannedBlock, PlannedRow
from docpipe.model.inline import Text
from docpipe.model.report import Piece, ReportTable
from docpipe.writing.arithmetic import percentage, same_when_rounded
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.checks.reading.words import dates_in, sets_in
from docpipe.writing.factstore import number_of_display
from docpipe.writing.report.binding.frames import equal
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.numbers import Slot
from docpipe.writing.report.binding.quotes import Quote
from docpipe.writing.report.binding.resolve import Context
from docpipe.writing.report.binding.tables import Line, lines_of, sizes_of
from docpipe.writing.report.binding.worded import lines_of_arms, other_lines, sizes_by_cell, sizes_of_rows, turned
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.checked import Fate

_TABLE = re.compile(r"\bTables?[\s\u00a0]+([\dA-Z][\w.\u2011-]*\d\w?)")
_POINT = re.compile(
    r"\b(?:baseline|screening|(?:week|day|month|visit|cycle|year)s?\s+\d+(?:\.\d+)?|end of (?:study|treatment))\b",
    re.IGNORECASE,
)
_SAID = stems("mean SD SE median min max range CI number percent value")
"""Words of a label that say its statistics."""


class Tabled(Ledger):
    """The tables of a report."""

    def _table(self, number: int, table: ReportTable) -> None:
        pieces = self.report.pieces
        rows = turned(table, self.study.arms, self.groups) if table.rows else {}
        if rows:
            lines = list(lines_of_arms(table, rows))
        else:
            lines = lines_of(table, self.study.arms) if table.rows else []
            covered = {at for line in lines for at in line.cells}
            lines += other_lines(table, self.study.arms, self.groups, covered)
        heading = stems(self.report.sections[table.section].heading) if table.section >= 0 else frozenset()
        notes = " ".join(pieces[i].text for i in table.notes)
        caption = stems(table.caption)
        windows = stems(" ".join(m[0] for m in _POINT.finditer(table.caption)))
        sets = stems(" ".join(n for _, _, n in sets_in(f"{table.caption} {notes}")))
        cited = {
            number_of_display(m[1]): 0.4
            for m in _TABLE.finditer(f"{table.caption} {notes}")
            if number_of_display(m[1]) in self.displays
        }
        votes = self._votes(lines)
        for display, share in votes.items():
            cited[display] = max(cited.get(display, 0.0), 0.3 * share)
        done: set[tuple[int, int, int]] = set()
        for line in lines:
            near = stems(line.row[-1]) - _SAID or stems(" ".join(line.row[-2:]))
            time = stems(line.window) or windows
            context = Context(near, caption | heading | stems(" ".join(line.row)), dict(cited), time, sets, True)
            for slot, at, outcome in zip(
                line.slots, line.cells, self.resolver.resolve(line.slots, context), strict=True
            ):
                piece, offset = self._cell(table, at, slot)
                if piece is None:
                    continue
                done.add((piece.id, slot.start - offset, slot.end - offset))
                placed = Slot(
                    slot.start - offset,
                    slot.end - offset,
                    slot.text,
                    slot.value,
                    slot.decimals,
                    slot.relation,
                    slot.stats,
                    slot.arms,
                )
                if outcome.status == "bound":
                    self._number(piece, placed.start, placed.end, Fate.BOUND, outcome.facts[:1])
                elif outcome.status == "contradicted":
                    self._against(piece, placed, outcome, True)
                else:
                    self._number(piece, placed.start, placed.end, Fate.OPEN, outcome.facts[:1], claims=bool(votes))
        self._heads(table, lines, sets, rows)
        self._shares(table, lines, rows)
        self._other_cells(table, done)

    def _votes(self, lines: Sequence[Line]) -> dict[str, float]:
        """Displays whose rows have most of the table's values, with the share of values that they have."""
        found: Counter[str] = Counter()
        total = 0
        for line in lines:
            words = stems(line.row[-1]) if line.row else frozenset()
            for slot in line.slots:
                total += 1
                rows = self.frames.by_value.get(((slot.arms or ("",))[0], slot.value.normalize()), [])
                hit = set()
                for i in rows[:600]:
                    frame = self.frames.all[i]
                    if any(words & label for label in frame.labels) and any(
                        equal(t, slot.value, slot.decimals, slot.relation) for t in self.resolver.told(frame, slot)
                    ):
                        hit.add(frame.number)
                for display in hit:
                    found[display] += 1
        return {d: n / total for d, n in found.most_common(3) if total and n >= 0.3 * total and n >= 3}

    def _cell(self, table: ReportTable, at: tuple[int, int], slot: Slot) -> tuple[Piece | None, int]:
        """The piece of a cell that holds a slot, and the offset of the piece in the cell's text."""
        offset = 0
        for i in table.pieces[at[0]][at[1]]:
            piece = self.report.pieces[i]
            if slot.start < offset + len(piece.text):
                return piece, offset
            offset += len(piece.text) + 1
        return None, 0

    def _heads(self, table: ReportTable, lines: Sequence[Line], sets: frozenset[str], rows: dict[int, str]) -> None:
        """``N = …`` of heads against the sizes of the analysis sets and of the rows' own facts."""
        for r, c, start, end, arm, number in (*sizes_of(table, self.study.arms), *sizes_of_rows(table, rows)):
            known = {name: sizes[arm] for name, sizes in self.card.sets.items() if arm in sizes}
            own = self.ready.sizes[arm]
            piece, offset = self._cell(table, (r, c), Slot(start, end, "", Decimal(number), 0, "", frozenset()))
            if piece is None:
                continue
            fits = [s for n, s in known.items() if sets and stems(n) & sets]
            counted = self._counted(table, arm)
            if number in counted:
                wrong = False
            elif counted and (number in known.values() or number in own):
                wrong, fits = True, sorted(counted)
            elif number in known.values() or number in own:
                wrong = bool(fits) and number not in fits and number not in self._frame_sizes(lines, arm)
            else:
                wrong = bool(known)
            if wrong:
                expected = " or ".join(map(str, dict.fromkeys(fits or known.values())))
                self._number(
                    piece,
                    start - offset,
                    end - offset,
                    Fate.CONTRADICTED,
                    (),
                    "no analysis set has this size",
                    "P1.set-size",
                    expected,
                    3.0,
                )
            else:
                self._number(piece, start - offset, end - offset, Fate.ALLOWED, reason="size of an analysis set")

    def _counted(self, table: ReportTable, arm: str) -> set[int]:
        """The Ns of an arm's values in a table, where at least three values agree on few of them."""
        cells = {i for row in table.pieces[table.heads :] for ids in row for i in ids}
        found = Counter(
            f.n for n in self.numbers if n.piece in cells and n.fate is Fate.BOUND for f in n.facts[:1] if f.arm == arm and f.n is not None
        )  # fmt: skip
        return set(found) if sum(found.values()) >= 3 and len(found) < 3 else set()

    def _shares(self, table: ReportTable, lines: Sequence[Line], rows: dict[int, str]) -> None:
        """A count and its percentage in one cell that no N of the head, the row or the arm gives, and no row of the sources has both."""
        given = sizes_by_cell(table, rows)
        placed = {(n.piece, n.start): at for at, n in enumerate(self.numbers)}
        for line in lines:
            for (a, b), where in zip(pairwise(line.slots), line.cells, strict=False):
                if "n" not in a.stats or "pct" not in b.stats or a.arms != b.arms or not 0 <= b.start - a.end < 4:
                    continue
                piece, offset = self._cell(table, where, b)
                at = placed.get((piece.id, b.start - offset)) if piece is not None else None
                if piece is None or at is None or self.numbers[at].fate is Fate.CONTRADICTED:
                    continue
                first = placed.get((piece.id, a.start - offset))
                if first is not None and self._one_row(at, first):
                    continue
                whole = {*given.get(where, ()), *self.ready.sizes[(a.arms or ("",))[0]]} - {0}
                shares = [percentage(a.value, n) for n in whole]
                if (
                    whole
                    and not any(x is not None and same_when_rounded(x, b.value, b.decimals) for x in shares)
                    and not b.relation
                    and a.value == a.value.to_integral_value()
                ):
                    self.numbers[at] = replace(
                        self.numbers[at], fate=Fate.CONTRADICTED, reason=f"no group of {' or '.join(map(str, sorted(whole)[-4:]))} gives this count and percentage",
                        check="N4.count-and-percentage", sure=2.0,
                    )  # fmt: skip

    def _one_row(self, share: int, count: int) -> bool:
        """Both numbers are those of one row of the sources."""
        a, b = self.numbers[share], self.numbers[count]
        if a.fate is not Fate.BOUND or b.fate is not Fate.BOUND or not a.facts or not b.facts:
            return False
        return b.facts[0].statistic == "n" and a.facts[0].row[-1:] == b.facts[0].row[-1:]

    def _frame_sizes(self, lines: Sequence[Line], arm: str) -> set[int]:
        return {
            f.n for n in self.numbers if n.fate is Fate.BOUND and self.report.pieces[n.piece].table >= 0 for f in n.facts if f.arm == arm and f.n is not None
        }  # fmt: skip

    def _other_cells(self, table: ReportTable, done: set[tuple[int, int, int]]) -> None:
        """Numbers of cells that hold no statistic of an arm: quotations, records of a subject, words of the study."""
        for r, row in enumerate(table.pieces):
            if r < table.heads:
                continue
            label = " ".join(table.rows[r])
            names = (
                {m[0] for m in self.ids.finditer(label)} & set(self.card.subjects) if self.ids is not None else set()
            )
            subject = next(iter(names)) if len(names) == 1 else ""
            quote = self.quotes.find(label) if not subject else None
            for ids in row:
                for i in ids:
                    piece = self.report.pieces[i]
                    if any(d[0] == i for d in done) or not re.search(r"\d", piece.text):
                        continue
                    heads = " ".join(h[piece.column] for h in table.rows[: table.heads] if piece.column < len(h))
                    self._loose(piece, subject, quote, f"{heads} {table.rows[r][0]}" if not subject else heads, label)
        self._listing(table)

    def _listing(self, table: ReportTable) -> None:
        """In a column where nearly every number is one of the row's subject, those that are not contradict the records."""
        cells = {i: c for row in table.pieces[table.heads :] for c, ids in enumerate(row) for i in ids}
        by_column: dict[int, list[int]] = defaultdict(list)
        for at, n in enumerate(self.numbers):
            if n.piece in cells and n.check != "of":
                by_column[cells[n.piece]].append(at)
        for column in by_column.values():
            good = [at for at in column if self.numbers[at].fate is Fate.BOUND or "subject" in self.numbers[at].reason]
            bad = [at for at in column if self.numbers[at].fate is Fate.OPEN and self.numbers[at].reason == "subject"]
            if bad and len(good) >= 2 and len(good) >= 3 * len(bad):
                for at in bad:
                    self.numbers[at] = replace(
                        self.numbers[at],
                        fate=Fate.CONTRADICTED,
                        reason="no record of the subject has this value",
                        check="P6.subject-facts",
                        sure=2.0,
                    )

    def _loose(self, piece: Piece, subject: str, quote: Quote | None, label: str = "", said: str = "") -> None:
        block = PlannedBlock("cell", "", "", 0, BlockFate.DRAFTED, ())
        planned = PlannedRow(Address(f"block:cell/{piece.id}"), BlockKind.PARAGRAPH, (Text(piece.text),))
        row = Seen(block, planned, planned.text, self.facts, cell=True)
        dates = dates_in(piece.text)
        for a, b, form, parts in dates:
            self._date(piece, row, a, b, form, parts, subject, label)
        ids = [(m.start(), m.end()) for m in self.ids.finditer(piece.text)] if self.ids is not None else []
        taken = [*((a, b) for a, b, _, _ in dates), *ids]
        own = self.quotes.find(piece.text)
        if own is not None:
            self.quoted[piece.id, 0, len(piece.text)] = own
        elif quote is not None and (at := said.find(piece.text)) >= 0:
            own = replace(quote, changed=tuple(c for c in quote.changed if at <= c[0] < at + len(piece.text)))
            self.quoted[piece.id, -at, len(piece.text)] = own
        for token in self.allowed.tokens(row):
            if any(a < token.end and token.start < b for a, b in taken):
                continue
            if token.reason or (own is not None and not any(k == "number" for *_, k in own.changed)):
                self._number(
                    piece,
                    token.start,
                    token.end,
                    Fate.ALLOWED,
                    reason=token.reason or "protocol or analysis plan says it",
                )
            elif subject and token.value is not None:
                self._of_subject(piece, row, [token], subject, label)
            else:
                self._number(piece, token.start, token.end, Fate.OPEN)
