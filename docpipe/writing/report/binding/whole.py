"""Binds a whole report: prose sentence by sentence, tables row by row, narratives to their subjects, quotations to their passages.

Imports the core and its room.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from docpipe.model import draft as codes
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate as BlockFate
from docpipe.model.draft import PlannedBlock, PlannedRow
from docpipe.model.fact import Fact
from docpipe.model.inline import Placeholder, Text
from docpipe.model.report import Piece, PieceKind, ReportTable, ReportText
from docpipe.writing.arithmetic import percentage, rounded, same_when_rounded
from docpipe.writing.card import card_of
from docpipe.writing.checks.reading.arms import ArmMention, ArmNames
from docpipe.writing.checks.reading.ids import about, id_pattern
from docpipe.writing.checks.reading.numbers import Allowed, Token
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.checks.reading.words import dates_in, sets_in
from docpipe.writing.evidence import number_of
from docpipe.writing.factstore import FactStore, number_of_display
from docpipe.writing.report.binding.frames import Frames, equal
from docpipe.writing.report.binding.numbers import Cell, Slot, cells_of
from docpipe.writing.report.binding.planned import plan_of
from docpipe.writing.report.binding.quotes import Quote, Quotes
from docpipe.writing.report.binding.resolve import Context, Outcome, Resolver
from docpipe.writing.report.binding.subjects import Records
from docpipe.writing.report.binding.tables import Line, lines_of, sizes_of
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.checked import Checked, Fate, Number
from docpipe.writing.study import StudyData
from docpipe.writing.study_card import Card

_PROSE = (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM, PieceKind.NOTE, PieceKind.FOOTNOTE, PieceKind.CAPTION)
_TABLE = re.compile(r"\bTables?[\s\u00a0]+([\dA-Z][\w.\u2011-]*\d\w?)")
_POINT = re.compile(r"\b(?:baseline|screening|(?:week|day|month|visit|cycle|year)s?\s+\d+(?:\.\d+)?|end of (?:study|treatment))\b", re.IGNORECASE)
_FIXED = re.compile(r"\bversion\s+\d+(?:\.\d+)*|(?:\bat least|≥|>=|\bmore than|>|\bgreater than)\s*\d+(?:\.\d+)?\s?(?:%|percent)|\b(?:9[059]|80)(?:\.\d)?\s?%\s*(?:CIs?\b|confidence|two-sided)|\b0?\.\d+\s+level\b|\blevel (?:of|was|is)\s+(?:\w+\s+){0,2}0?\.\d+|\balpha\s*(?:=|of)?\s*0?\.\d+|±\s*\d+\s*(?:days?|weeks?)|H[₀₁01]\b|\bb\s*[=≠]\s*[₀0]", re.IGNORECASE)
_DIFFERENCE = re.compile(r"\b(?:difference|percentage points?|more than|fewer than|higher|lower|increase|decrease|sum|remaining|combined|together|ratio|times)\b", re.IGNORECASE)
_NONE = re.compile(r"\bnone(?=\s+(?:of\s+(?:the\s+)?\d|in\b|for\b))", re.IGNORECASE)
_DOSE = re.compile(r"^\s?(?:mg|mcg|µg|μg|g|mL|ml|cm²|cm2|IU|kg)\b")


class Ready:
    """What binding needs of a study, made once for many reports. ``facts``: more than the study's own, such as those of a type's plan."""

    def __init__(self, study: StudyData, facts: FactStore | None = None) -> None:
        self.study = study
        self.card: Card = card_of(study)
        self.facts = (facts if facts is not None else study.store).with_facts(_counted(self.card))
        titles = {d.number: d.title for d in study.displays}
        variables = {v.name.upper(): v.label for f in study.records.frames.values() for v in f.dataset.variables if v.label}
        self.frames = Frames(self.facts, titles, variables, self.card.subjects)
        self.resolver = Resolver(self.frames, study.arms.names)
        self.arms = ArmNames(study.arms.names)
        self.ids = id_pattern(self.card.subjects)
        self.records = Records(study, self.facts)
        self.quotes = Quotes(self.card.passages)
        self.displays = {number_of_display(d) for d in self.frames.titles}
        self.labels = _labels(self.frames)
        self.sizes: dict[str, set[int]] = defaultdict(set)
        for frame in self.frames.all:
            for arm, n in frame.sizes.items():
                self.sizes[arm].add(n)


def bind(
    report: ReportText, study: StudyData, facts: FactStore | None = None, type_name: str = "csr", ready: Ready | None = None
) -> Checked:
    """Every number of the report with what became of it. ``ready``: where many reports of one study and ``facts`` are bound."""
    return _Binder(report, ready or Ready(study, facts), type_name).checked()


def _counted(card: Card) -> Iterator[Fact]:
    """Subjects by disposition and analysis set, and with events, as the card counts them."""
    tables = [(kind, {a: c[kind] for a, c in card.counts.items() if kind in c}) for kind in ("randomised", "screened", "screen failures", "completed", "discontinued")]
    tables += [(f"{name} set", dict(sizes)) for name, sizes in card.sets.items()]
    tables += [(label, {a: c.get(kind, 0) for a, c in card.events.items()}) for kind, label in (("any", "adverse events"), ("serious", "serious adverse events"), ("deaths", "deaths"))]
    for label, sizes in tables:
        for arm, size in sizes.items():
            whole = card.counts.get(arm, {}).get("randomised")
            yield Fact(
                card.study, card.data_version, "subject-level data", (label,), arm, "n", str(size), str(size), 0, whole, "", "", (),
                f"subjects counted in the data: {label}",
            )  # fmt: skip
            if whole and label != "screened" and label != "screen failures":
                share = percentage(size, whole) or Decimal(0)
                yield Fact(card.study, card.data_version, "subject-level data", (label,), arm, "pct", format(share, "f"), format(rounded(share, 1), "f"), 1, whole, "", "", (), f"100 * {size} / {whole}")


def _labels(frames: Frames) -> dict[str, list[str]]:
    """Labels of rows and words of titles with digits, by their numbers."""
    index: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    for frame in frames.all:
        for part in frame.row:
            if part not in seen and 2 < len(part) < 40 and re.search(r"\d", part) and re.search(r"[^\W\d]|[<>=-]", part):
                seen.add(part)
                for n in set(re.findall(r"\d+(?:\.\d+)?", part)):
                    index[n].append(part)
    for title in frames.titles.values():
        for m in re.finditer(r"[\w-]+ ?\(?(\d+(?:\.\d+)?)\)?", title):
            if re.search(r"[^\W\d]", m[0]):
                index[m[1]].append(m[0])
    return dict(index)


class _Binder:
    def __init__(self, report: ReportText, ready: Ready, type_name: str) -> None:
        self.report, self.study, self.facts, self.type_name = report, ready.study, ready.facts, type_name
        self.card, self.frames, self.resolver, self.arms, self.ids = ready.card, ready.frames, ready.resolver, ready.arms, ready.ids
        self.records, self.quotes, self.displays, self.ready = ready.records, ready.quotes, ready.displays, ready
        self.plan, self.homes = plan_of(report, self.card, type_name, {})
        self.allowed = Allowed(self.plan, self.card)
        self.rows = {h.piece: Seen(b, r, r.text, self.facts) for b, r in self.plan.rows() if (h := self.homes.get(r.address)) and h.table < 0}
        found = about(tuple(self.rows.values()), self.ids, self.card.subjects)
        self.about = {piece: found[row.address] for piece, row in self.rows.items() if row.address in found}
        self.quoted: dict[tuple[int, int, int], Quote] = {}
        self.numbers: list[Number] = []
        self.codes: dict[int, list[tuple[int, int, Placeholder]]] = defaultdict(list)

    def checked(self) -> Checked:
        for piece in self.report.pieces:
            if piece.kind in _PROSE:
                self._prose(piece)
        for number, table in enumerate(self.report.tables):
            self._table(number, table)
        self._code()
        plan, homes = plan_of(self.report, self.card, self.type_name, self.codes)
        return Checked(self.report, tuple(self.numbers), plan, homes, self.facts, self.card, self.quoted)

    # ------------------------------------------------------------ prose

    def _prose(self, piece: Piece) -> None:
        row = self.rows.get(piece.id)
        if row is None or not piece.text.strip() or piece.text.startswith("[GAP"):
            return
        if piece.kind is PieceKind.CAPTION:
            return
        heading = self._heading(piece)
        dates = dates_in(row.full)
        ids = [(m.start(), m.end()) for m in self.ids.finditer(row.full)] if self.ids is not None else []
        fixed = [(m.start(), m.end()) for m in _FIXED.finditer(row.full)]
        subject = self.about.get(piece.id, "")
        tokens = [t for t in self.allowed.tokens(row)]
        before: frozenset[str] = frozenset()
        for start, end in row.sentences:
            inside = [t for t in tokens if start <= t.start and t.end <= end]
            said = row.full[start:end]
            quote = self.quotes.find(said) if len(said) > 20 else None
            if quote is not None:
                self.quoted[piece.id, start, end] = quote
            for a, b, form, parts in dates:
                if start <= a and b <= end:
                    self._date(piece, row, a, b, form, parts, subject)
            free: list[Token] = []
            for token in inside:
                if any(a < token.end and token.start < b for a, b, *_ in (*dates, *ids)):
                    continue
                reason = token.reason or ("constant" if any(a <= token.start and token.end <= b for a, b in fixed) else "")
                if not reason and self._label(row.full, token, start, end):
                    reason = "label of a row"
                if reason:
                    self._number(piece, token.start, token.end, Fate.ALLOWED, reason=reason)
                elif quote is not None and (token.start - start, token.end - start) in quote.numbers:
                    self._number(piece, token.start, token.end, Fate.ALLOWED, reason="protocol or analysis plan says it")
                else:
                    free.append(token)
            if free and subject:
                self._of_subject(piece, row, free, subject)
            elif free:
                self._sentence(piece, row, start, end, free, heading, before, quote)
            before = stems(said)

    def _heading(self, piece: Piece) -> frozenset[str]:
        return stems(" ".join(self.report.sections[piece.section].path[-2:])) if piece.section >= 0 else frozenset()

    def _label(self, text: str, token: Token, start: int, end: int) -> bool:
        """The number is part of a row's label, such as ``65-80 yrs`` or ``>=12 months``."""
        around = text[max(start, token.start - 14) : token.end + 16]
        return any(label in around for label in self.ready.labels.get(token.text.strip("<>≤≥=% "), ()))

    def _sentence(self, piece: Piece, row: Seen, start: int, end: int, tokens: Sequence[Token], heading: frozenset[str], before: frozenset[str], quote: Quote | None) -> None:
        text = row.full
        mentions = self._mentions(row, start, end)
        none = [Token(m.start(), m.end(), m[0], Decimal(0), False) for m in _NONE.finditer(text, start, end)]
        cells = cells_of(text, start, end, sorted((*tokens, *none), key=lambda t: t.start), mentions)
        cited = {number_of_display(m[1]): 0.35 for m in _TABLE.finditer(text) if number_of_display(m[1]) in self.displays}
        claims = bool(cited) and any(start <= m.start() < end for m in _TABLE.finditer(text))
        windows = stems(" ".join(m[0] for m in _POINT.finditer(text, start, end)))
        sets = stems(" ".join(n for _, _, n in sets_in(text[start:end])))
        weak = stems(text[start:end]) | heading
        at = start
        outcomes: list[tuple[Slot, Outcome]] = []
        for series in _series(cells, text, mentions):
            tail = re.match(r"[^.;]{0,60}", text[series[-1].end : end])
            near = stems(text[at : series[-1].end] + (tail[0] if tail else ""))
            context = Context(near, weak | before if len(near) < 3 else weak, dict(cited), windows, sets)
            slots = [s for c in series for s in c.slots]
            if len(slots) == 1:
                context.tight = _tight(text, slots[0], start, end)
            for slot, outcome in zip(slots, self.resolver.resolve(slots, context), strict=True):
                outcomes.append((slot, outcome))
            for cell in series:
                if len(cell.slots) > 1:
                    mine = {id(x) for x in cell.slots}
                    self.resolver.compared([o for x, o in outcomes if id(x) in mine])
            at = series[-1].end
        self._settle(piece, text, start, end, cells, outcomes, claims, quote)

    def _mentions(self, row: Seen, start: int, end: int) -> list[ArmMention]:
        """Arms named in a sentence, each with all words of its name that stand before it."""
        found = []
        for m in self.arms.mentions(row, start, end):
            words = "|".join(map(re.escape, re.findall(r"[\w.]+", m.arm)))
            before = re.search(rf"(?:\b(?:{words})[\s-]+)+$", row.full[start : m.start], re.IGNORECASE) if words else None
            after = re.match(rf"(?:[\s-]+(?:{words})\b)+", row.full[m.end : end], re.IGNORECASE) if words else None
            stop = m.end + after.end() if after else m.end
            found.append(ArmMention(start + before.start() if before else m.start, stop, m.arm, m.coded))
        return found

    def _settle(self, piece: Piece, text: str, start: int, end: int, cells: Sequence[Cell], outcomes: Sequence[tuple[Slot, Outcome]], claims: bool, quote: Quote | None) -> None:
        """Numbers that follow from others of the sentence are recomputed before anything is called contradicted."""
        bound = {id(s): o.facts[0] for s, o in outcomes if o.status == "bound"}
        values = [v[1] for f in dict.fromkeys(bound.values()) if (v := number_of(f)) is not None]
        mixed = _DIFFERENCE.search(text, start, end) is not None
        of_cell = {id(s): c for c in cells for s in c.slots}
        broken = {id(c) for c in cells if any(_share(c, s) is False for s in c.slots)}
        for slot, outcome in outcomes:
            if slot.stats == {"p"} and slot.value > 1:
                self._number(piece, slot.start, slot.end, Fate.CONTRADICTED, (), "a p value is not above 1", "U3.out-of-range", "", 3.0)
                continue
            if outcome.status == "bound":
                self._number(piece, slot.start, slot.end, Fate.BOUND, outcome.facts[:1], outcome.check)
                continue
            cell = of_cell[id(slot)]
            counted = _share(cell, slot)
            if counted is True or (mixed and _follows(slot, values)):
                self._number(piece, slot.start, slot.end, Fate.RECOMPUTED, reason="follows from numbers of the sentence")
                continue
            if quote is not None and any(a <= slot.start - start < b for a, b, _, _, k in quote.changed if k == "number"):
                self._number(piece, slot.start, slot.end, Fate.OPEN, claims=False)
                continue
            if outcome.status == "contradicted" and not _DOSE.match(text[slot.end : slot.end + 6]):
                self._against(piece, slot, outcome, claims)
            elif id(cell) in broken:
                self._number(piece, slot.start, slot.end, Fate.CONTRADICTED, outcome.facts[:1], "its count and N give another percentage", "N4.count-and-percentage", "", 2.0)
            else:
                self._number(piece, slot.start, slot.end, Fate.OPEN, outcome.facts[:1], claims=claims)

    def _against(self, piece: Piece, slot: Slot, outcome: Outcome, claims: bool) -> None:
        facts = outcome.facts
        if slot.stats == {"N", "denominator"}:
            expected = " or ".join(dict.fromkeys(str(f.n) if f.statistic != "N" and f.n is not None else f.formatted for f in facts[:4]))
        else:
            expected = " or ".join(dict.fromkeys(f.formatted for f in facts[:4]))
        self._number(piece, slot.start, slot.end, Fate.CONTRADICTED, facts[:4], "", outcome.check, expected, outcome.sure, claims)

    def _number(self, piece: Piece, start: int, end: int, fate: Fate, facts: tuple[Fact, ...] = (), reason: str = "", check: str = "", expected: str = "", sure: float = 0.0, claims: bool = False) -> None:
        self.numbers.append(Number(piece.id, start, end, piece.text[start:end], fate, facts, reason, check, expected, sure, claims))

    # ------------------------------------------------------------ subjects and dates

    def _date(self, piece: Piece, row: Seen, a: int, b: int, form: str, parts: tuple[str, ...], subject: str, label: str = "") -> None:
        before = f"{label} {row.full[max(0, a - 90) : a]}"
        fact = self.records.date(form, parts, subject)
        if fact is not None and ((subject and self.records.role(before, form, parts, subject) is None) or (not subject and ( fact.statistic in ("min", "max") or self.records.conduct(before, form, parts) is None))):
            self._number(piece, a, b, Fate.BOUND, (fact,))
        elif subject and (wrong := self.records.role(before, form, parts, subject)) is not None:
            self._number(piece, a, b, Fate.CONTRADICTED, (), f"the {wrong[0]} of {subject} is another", "T2.chronology", wrong[1], 3.0)
        elif subject and self.records.owns(form, parts, subject):
            self._number(piece, a, b, Fate.ALLOWED, reason="a date of the subject's records")
        elif subject:
            expected = self.records.nearest(form, parts, subject)
            self._number(piece, a, b, Fate.CONTRADICTED, (), f"no record of {subject} has this date", "T2.chronology", expected, 3.0)
        elif (expected := self.records.conduct(before, form, parts)) is not None:
            self._number(piece, a, b, Fate.CONTRADICTED, (), "no first or last date of the subjects is this one", "T2.chronology", expected, 2.5)
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
                self._number(piece, token.start, token.end, Fate.CONTRADICTED, facts, f"the {what} of {subject} is another", "P6.subject-facts", expected, 3.0)
            elif fact is not None:
                self._number(piece, token.start, token.end, Fate.BOUND, (fact,))
            elif self.records.has(token.value, subject):
                self._number(piece, token.start, token.end, Fate.ALLOWED, reason="a value of the subject's records")
            else:
                self._number(piece, token.start, token.end, Fate.OPEN, reason="subject")

    # ------------------------------------------------------------ tables

    def _table(self, number: int, table: ReportTable) -> None:
        pieces = self.report.pieces
        lines = lines_of(table, self.study.arms) if table.rows else []
        heading = stems(self.report.sections[table.section].heading) if table.section >= 0 else frozenset()
        notes = " ".join(pieces[i].text for i in table.notes)
        caption = stems(table.caption)
        windows = stems(" ".join(m[0] for m in _POINT.finditer(table.caption)))
        sets = stems(" ".join(n for _, _, n in sets_in(f"{table.caption} {notes}")))
        cited = {number_of_display(m[1]): 0.4 for m in _TABLE.finditer(f"{table.caption} {notes}") if number_of_display(m[1]) in self.displays}
        votes = self._votes(lines)
        for display, share in votes.items():
            cited[display] = max(cited.get(display, 0.0), 0.3 * share)
        done: set[tuple[int, int, int]] = set()
        for line in lines:
            near = stems(line.row[-1]) or stems(" ".join(line.row[-2:]))
            time = stems(line.window) or windows
            context = Context(near, caption | heading | stems(" ".join(line.row)), dict(cited), time, sets, True)
            for slot, at, outcome in zip(line.slots, line.cells, self.resolver.resolve(line.slots, context), strict=True):
                piece, offset = self._cell(table, at, slot)
                if piece is None:
                    continue
                done.add((piece.id, slot.start - offset, slot.end - offset))
                placed = Slot(slot.start - offset, slot.end - offset, slot.text, slot.value, slot.decimals, slot.relation, slot.stats, slot.arms)
                if outcome.status == "bound":
                    self._number(piece, placed.start, placed.end, Fate.BOUND, outcome.facts[:1])
                elif outcome.status == "contradicted":
                    self._against(piece, placed, outcome, True)
                else:
                    self._number(piece, placed.start, placed.end, Fate.OPEN, outcome.facts[:1], claims=bool(votes))
        self._heads(table, lines, sets)
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
                    if any(words & label for label in frame.labels) and any(equal(t, slot.value, slot.decimals, slot.relation) for t in self.resolver.told(frame, slot)):
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

    def _heads(self, table: ReportTable, lines: Sequence[Line], sets: frozenset[str]) -> None:
        """``N = …`` of heads against the sizes of the analysis sets and of the rows' own facts."""
        for r, c, start, end, arm, number in sizes_of(table, self.study.arms):
            known = {name: sizes[arm] for name, sizes in self.card.sets.items() if arm in sizes}
            own = self.ready.sizes[arm]
            piece, offset = self._cell(table, (r, c), Slot(start, end, "", Decimal(number), 0, "", frozenset()))
            if piece is None:
                continue
            fits = [s for n, s in known.items() if sets and stems(n) & sets]
            if number in known.values() or number in own:
                wrong = bool(fits) and number not in fits and number not in self._frame_sizes(lines, arm)
            else:
                wrong = bool(known)
            if wrong:
                expected = " or ".join(map(str, dict.fromkeys(fits or known.values())))
                self._number(piece, start - offset, end - offset, Fate.CONTRADICTED, (), "no analysis set has this size", "P1.set-size", expected, 3.0)
            else:
                self._number(piece, start - offset, end - offset, Fate.ALLOWED, reason="size of an analysis set")

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
            names = {m[0] for m in self.ids.finditer(label)} & set(self.card.subjects) if self.ids is not None else set()
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
                    self.numbers[at] = replace(self.numbers[at], fate=Fate.CONTRADICTED, reason="no record of the subject has this value", check="P6.subject-facts", sure=2.0)

    def _loose(self, piece: Piece, subject: str, quote: Quote | None, label: str = "", said: str = "") -> None:
        block = PlannedBlock("cell", "", "", 0, BlockFate.DRAFTED, ())
        planned = PlannedRow(Address(f"block:cell/{piece.id}"), BlockKind.PARAGRAPH, (Text(piece.text),))
        row = Seen(block, planned, planned.text, self.facts, cell=True)
        dates = dates_in(piece.text)
        for a, b, form, parts in dates:
            self._date(piece, row, a, b, form, parts, subject, label)
        ids = [(m.start(), m.end()) for m in self.ids.finditer(piece.text)] if self.ids is not None else []
        own = self.quotes.find(piece.text)
        if own is not None:
            self.quoted[piece.id, 0, len(piece.text)] = own
        elif quote is not None and (at := said.find(piece.text)) >= 0:
            own = replace(quote, changed=tuple(c for c in quote.changed if at <= c[0] < at + len(piece.text)))
            self.quoted[piece.id, -at, len(piece.text)] = own
        for token in self.allowed.tokens(row):
            if any(a < token.end and token.start < b for a, b, *_ in (*dates, *ids)):
                continue
            if token.reason or (own is not None and not any(k == "number" for *_, k in own.changed)):
                self._number(piece, token.start, token.end, Fate.ALLOWED, reason=token.reason or "protocol or analysis plan says it")
            elif subject and token.value is not None:
                self._of_subject(piece, row, [token], subject, label)
            else:
                self._number(piece, token.start, token.end, Fate.OPEN)

    # ------------------------------------------------------------ codes

    def _code(self) -> None:
        """Bound numbers as values, references to displays as codes."""
        for n in self.numbers:
            if n.fate is Fate.BOUND and n.facts and n.reason != "loose" and not re.search(r"[<>≤≥]", n.text):
                end = n.start + len(n.text.rstrip("% "))
                code = Placeholder(len(self.codes[n.piece]) + 1, codes.FACT, n.facts[0].id, self.report.pieces[n.piece].text[n.start : end])
                self.codes[n.piece].append((n.start, end, code))
        for piece in self.report.pieces:
            if piece.kind not in (*_PROSE, PieceKind.CELL) or piece.kind is PieceKind.CAPTION:
                continue
            for m in _TABLE.finditer(piece.text):
                if number_of_display(m[1]) in self.displays:
                    code = Placeholder(len(self.codes[piece.id]) + 1, codes.DISPLAY, m[0], m[0])
                    self.codes[piece.id].append((m.start(), m.end(), code))


def _series(cells: Sequence[Cell], text: str, mentions: Sequence[ArmMention]) -> Iterator[list[Cell]]:
    """Cells that state one row for several arms: alike in statistics, different in arms, in one stretch of the sentence."""
    group: list[Cell] = []
    for cell in cells:
        if group:
            gap = text[group[-1].end : cell.start]
            arms = [c.slots[0].arms for c in group]
            again = cell.slots[0].arms is not None and cell.slots[0].arms in arms
            other = not (cell.slots[0].stats & group[-1].slots[0].stats) and cell.slots[0].arms is not None
            loose = cell.slots[0].arms is None and not re.fullmatch(r"\s*(?:,|and|, and|to|or|;|/)*\s*", gap)
            apart = group[-1].slots[0].arms is None and cell.slots[0].arms is not None
            if again or other or loose or apart or cell.slots[0].between or group[-1].slots[0].between or len(gap) > 140:
                yield group
                group = []
        group.append(cell)
    if group:
        yield group


def _tight(text: str, slot: Slot, start: int, end: int) -> frozenset[str]:
    """Words right beside a number, of its own clause."""
    before = re.split(r"[.;:]\s|,\s", text[max(start, slot.start - 45) : slot.start])[-1]
    after = re.split(r"[.;:()]|,\s", text[slot.end : min(end, slot.end + 45)])[0]
    return stems(f"{before} {after}")


def _share(cell: Cell, slot: Slot) -> bool | None:
    """Whether a percentage is that of the count and N beside it; None where these are not both there."""
    if "pct" not in slot.stats:
        return None
    count = next((s for s in cell.slots if "n" in s.stats and "pct" not in s.stats), None)
    whole = next((s for s in cell.slots if s.stats == {"N", "denominator"}), None)
    if count is None or whole is None or not whole.value:
        return None
    exact = percentage(count.value, whole.value)
    return exact is not None and same_when_rounded(exact, slot.value, slot.decimals)


def _follows(slot: Slot, values: Sequence[Decimal]) -> bool:
    """The number is a difference, sum or ratio of two of the values, or the sum of all."""
    few = list(dict.fromkeys(values))[:14]
    for i, a in enumerate(few):
        for b in few[i + 1 :]:
            if any(same_when_rounded(abs(x), abs(slot.value), slot.decimals) for x in (a - b, a + b)):
                return True
            if a and b and any(same_when_rounded(x, slot.value, slot.decimals) for x in (a / b, b / a)):
                return True
    return bool(few) and sum(few) == slot.value
