"""Binds the prose of a report, sentence by sentence. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from docpipe.model.report import Piece, PieceKind
from docpipe.writing.arithmetic import percentage, same_when_rounded
from docpipe.writing.checks.reading.arms import ArmMention
from docpipe.writing.checks.reading.numbers import Token
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.checks.reading.words import dates_in, sets_in
from docpipe.writing.evidence import number_of
from docpipe.writing.factstore import number_of_display
from docpipe.writing.report.binding.clauses import BACK as _BACK
from docpipe.writing.report.binding.clauses import Clauses, Words
from docpipe.writing.report.binding.doubts import Doubts
from docpipe.writing.report.binding.frames import equal
from docpipe.writing.report.binding.groups import Several
from docpipe.writing.report.binding.numbers import Cell, Slot, cells_of
from docpipe.writing.report.binding.quotes import Quote
from docpipe.writing.report.binding.resolve import Outcome
from docpipe.writing.report.binding.spelled import spelled
from docpipe.writing.report.binding.unsaid import crossed_sizes
from docpipe.writing.report.binding.words import stems
from docpipe.writing.report.checked import Fate

_PROSE = (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM, PieceKind.NOTE, PieceKind.FOOTNOTE, PieceKind.CAPTION)
_TABLE = re.compile(r"\bTables?[\s\u00a0]+([\dA-Z][\w.\u2011-]*\d\w?)")
_POINT = re.compile(
    r"\b(?:baseline|screening|(?:week|day|month|visit|cycle|year)s?\s+\d+(?:\.\d+)?|end of (?:study|treatment))\b",
    re.IGNORECASE,
)
_FIXED = re.compile(
    r"\b[\w-]+/[\w./-]+\.\w{2,4}\b|\b(?:twice|half|double|triple|dozen|quarter)\b|(?<![\d:])\d{1,2}(?:(?::|\s:\s)\d{1,2})+(?![\d:])|\bphase\s+[\dIV]+[ab]?(?:\s*[/–-]\s*[\dIV]+[ab]?)?|\bversion\s+\d+(?:\.\d+)*|(?:\bat least|≥|>=|\bmore than|>|\bgreater than)\s*\d+(?:\.\d+)?\s?(?:%|percent)|\b(?:9[059]|80)(?:\.\d)?\s?%\s*(?:CIs?\b|confidence|two-sided)|\b0?\.\d+\s+level\b|\blevel (?:of|was|is)\s+(?:\w+\s+){0,2}0?\.\d+|\balpha\s*(?:=|of)?\s*0?\.\d+|±\s*\d+\s*(?:days?|weeks?)|H[₀₁01]\b|\bb\s*[=≠]\s*[₀0]",
    re.IGNORECASE,
)
_COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine|ten)"
_PARTS = re.compile(
    rf"\b{_COUNT}[- ](?:half|halves|thirds?|quarters?|fifths?|tenths?)\b|\b{_COUNT}\s+(?:in|out of)\s+(?:every\s+)?{_COUNT}\b|\bof (?:the|these|those) (?:other\s+)?{_COUNT}\b"
    rf"|\b(?:{_COUNT}|[2-6])\s+(?:other\s+|active\s+|treatment\s+|dose\s+|study\s+|parallel\s+)?(?:groups?|arms?|doses|treatments|dose levels?|regimens)\b",
    re.IGNORECASE,
)
"""Shares in words, numbers that point back (``two of the four``), and how many groups there are."""
_BOUND = re.compile(
    r"\b(?:older than|younger than|over|above|below|under|at least|(?<=aged )|up to|less than|more than|fewer than)\s*\d+(?:\.\d+)?(?=\s*(?:years?|months?|weeks?|days?|kg)\b)"
    r"|\b\d+(?:\.\d+)?\s*(?:(?:years?|months?|weeks?|days?)(?: of age| old)?\s+)?(?:or|and) (?:more|over|older|above|under|younger|below|less|longer)\b",
    re.IGNORECASE,
)
"""Bounds of a group of subjects, such as ``older than 80 years``: words of a row, not its value."""
_OF_GROUP = re.compile(r"\b\d+ (?:subjects|patients|participants) [(\[]\d+(?:\.\d+)?\s?%")
"""A sentence on a group, also where the text is on one subject."""
_FOLLOWING = frozenset(("n", "pct", "estimate", "difference of pct", "events"))
_BEFORE = re.compile(r"([A-Za-z][\w /,'’-]{3,90}?)\s*[(\[](?:[^()\[\]]{0,30}[, ])?$")
_SIZES = frozenset(("N", "denominator"))
_DIFFERENCE = re.compile(
    r"\b(?:difference|percentage points?|more than|fewer than|higher|lower|increase|decrease|sum|remaining|combined|together|ratio|times)\b",
    re.IGNORECASE,
)
_NONE = re.compile(r"\bnone(?=\s+(?:of\s+(?:the\s+)?\d|in\b|for\b|on\b|under\b|with\b))", re.IGNORECASE)
_ONE = re.compile(
    r"(?<!at least )(?<!no )(?<!any )(?<!every )\bone(?=\s+(?:in|on|under|with)\s+(?:the\s+)?(?:\w+\s+){0,3}?(?:placebo|dose|group|arm|\d+(?:\.\d+)?\s?m?c?g)\b|\s+each\b)",
    re.IGNORECASE,
)
"""``one`` as a count of an arm, without the noun that stands behind the first number of a list."""
_DOSE = re.compile(r"^\s?(?:mg|mcg|µg|μg|g|mL|ml|cm²|cm2|IU|kg)\b")


class Prose(Clauses, Doubts):
    """The prose of a report."""

    def _prose(self, piece: Piece) -> None:
        row = self.rows.get(piece.id)
        if row is None or not piece.text.strip() or piece.text.startswith("[GAP"):
            return
        if piece.kind is PieceKind.CAPTION:
            return
        heading = self._heading(piece)
        dates = dates_in(row.full)
        ids = [(m.start(), m.end()) for m in self.ids.finditer(row.full)] if self.ids is not None else []
        taken = [*((a, b) for a, b, _, _ in dates), *ids]
        fixed = [(m.start(), m.end()) for p in (_FIXED, _BOUND, _PARTS) for m in p.finditer(row.full)]
        subject = self.about.get(piece.id, "")
        first = row.sentences[0][1] if row.sentences else 0
        own = min((a for a, b in ids if row.full[a:b] == subject), default=None)
        tokens = spelled(row.full, list(self.allowed.tokens(row)))
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
                if any(a < token.end and token.start < b for a, b in taken):
                    continue
                reason = token.reason or (
                    "constant" if any(a <= token.start and token.end <= b for a, b in fixed) else ""
                )
                if not reason and self._label(row.full, token, start, end):
                    reason = "label of a row"
                if reason:
                    self._number(piece, token.start, token.end, Fate.ALLOWED, reason=reason)
                elif quote is not None and (token.start - start, token.end - start) in quote.numbers:
                    self._number(
                        piece, token.start, token.end, Fate.ALLOWED, reason="protocol or analysis plan says it"
                    )
                else:
                    free.append(token)
            if (
                free
                and subject
                and (own is None or own < first or start <= own < end or (own < end and _BACK.match(row.full, start)))
                and not _OF_GROUP.search(said)
            ):
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

    def _sentence(
        self,
        piece: Piece,
        row: Seen,
        start: int,
        end: int,
        tokens: Sequence[Token],
        heading: frozenset[str],
        before: frozenset[str],
        quote: Quote | None,
    ) -> None:
        text = row.full
        mentions = self.named(row, start, end)
        several = self.groups.find(text, start, end, [(m.start, m.end) for m in mentions])
        tokens = self._no_names(piece, tokens, (*mentions, *several))
        none = [Token(m.start(), m.end(), m[0], Decimal(0), False) for m in _NONE.finditer(text, start, end)]
        none += [Token(m.start(), m.end(), m[0], Decimal(1), False) for m in _ONE.finditer(text, start, end)]
        cells = cells_of(text, start, end, sorted((*tokens, *none), key=lambda t: t.start), mentions)
        cited = {
            number_of_display(m[1]): 0.35 for m in _TABLE.finditer(text) if number_of_display(m[1]) in self.displays
        }
        claims = bool(cited) and any(start <= m.start() < end for m in _TABLE.finditer(text))
        windows = stems(" ".join(m[0] for m in _POINT.finditer(text, start, end)))
        sets = stems(" ".join(n for _, _, n in sets_in(text[start:end])))
        words = Words(stems(text[start:end]) | heading, before, cited, windows, sets)
        read = self._best(text, start, end, cells, mentions, several, words)
        for at, outcomes in read.series:
            self._other_row(piece, text, start, at, outcomes)
        of_slot = {id(s): c for c in read.cells for s in c.slots}
        for slot, outcome in read.outcomes:
            if outcome.status == "contradicted" and (
                read.dark
                or self._true_elsewhere(
                    text, slot, of_slot[id(slot)], read.near.get(slot.start, frozenset()), mentions, read.cost
                )
                or self._of_display(slot, read.outcomes, stems(text[start:end]))
            ):
                outcome.status, outcome.check = "open", ""
        self._settle(piece, text, start, end, read.cells, read.outcomes, claims, quote)

    def _no_size(self, cell: Cell, fine: set[int]) -> str | None:
        """The sizes of which none gives the count and percentage of a cell that nothing in the data has; None where one does or N is stated."""
        count = next((s for s in cell.slots if "n" in s.stats and "pct" not in s.stats), None)
        share = next((s for s in cell.slots if "pct" in s.stats and s.text.endswith("%")), None)
        if (
            count is None
            or share is None
            or any(id(s) in fine or s.stats == _SIZES for s in cell.slots)
            or count.between
        ):
            return None
        if count.value != count.value.to_integral_value() or count.decimals:
            return None
        sizes = {n for arm in (count.arms or ("", *self.study.arms.names)) for n in self.ready.sizes.get(arm, ())}
        fits = any(
            same_when_rounded(percentage(count.value, n) or Decimal(0), share.value, share.decimals) for n in sizes if n
        )
        return None if fits or not sizes else " or ".join(map(str, sorted(sizes)[-4:]))

    def _other_row(self, piece: Piece, text: str, start: int, at: int, outcomes: Sequence[Outcome]) -> None:
        """A coded term right before values that are all of another term's row."""
        m = _BEFORE.search(text, max(start, at - 110), at)
        facts = [o.facts[0] for o in outcomes if o.status == "bound" and o.facts[0].row]
        weight = sum(o.slot.weight for o in outcomes if o.status == "bound")
        if m is None or not facts or weight < 1.5:
            return
        words = [(w.start(), w[0]) for w in re.finditer(r"[^\s,;]+", m[1])]
        for n in range(len(words)):
            said = " ".join(w for _, w in words[n:]).casefold()
            if said in self.ready.terms:
                own = stems(said)
                slots = [o.slot for o in outcomes]
                if own and all(own.isdisjoint(stems(" ".join(f.row))) for f in facts) and not self._states(own, slots):
                    a = m.start(1) + words[n][0]
                    expected = " or ".join(dict.fromkeys(f.row[-1] for f in facts[:3]))
                    self._number(
                        piece,
                        a,
                        m.end(1),
                        Fate.CONTRADICTED,
                        tuple(facts[:3]),
                        "the values behind it are of another row",
                        "N2.value-differs",
                        expected,
                        2.0,
                    )
                return

    def _states(self, label: frozenset[str], slots: Sequence[Slot]) -> bool:
        """Some row with these words has all of the values."""
        rows = self.frames.by_word.get(min(label, key=lambda w: len(self.frames.by_word.get(w, ()))), ())
        for i in rows:
            frame = self.frames.all[i]
            if any(label <= x for x in frame.labels) and all(
                any(equal(t, s.value, s.decimals, s.relation) for t in self.resolver.told(frame, s)) for s in slots
            ):
                return True
        return False

    def _no_names(self, piece: Piece, tokens: Sequence[Token], mentions: Sequence[ArmMention | Several]) -> list[Token]:
        """Tokens that are no part of an arm's name."""
        free: list[Token] = []
        for token in tokens:
            if any(m.start <= token.start and token.end <= m.end for m in mentions):
                self._number(piece, token.start, token.end, Fate.ALLOWED, reason="name of an arm")
            else:
                free.append(token)
        return free

    def _settle(
        self,
        piece: Piece,
        text: str,
        start: int,
        end: int,
        cells: Sequence[Cell],
        outcomes: Sequence[tuple[Slot, Outcome]],
        claims: bool,
        quote: Quote | None,
    ) -> None:
        """Numbers that follow from others of the sentence are recomputed before anything is called contradicted."""
        bound = {id(s): o.facts[0] for s, o in outcomes if o.status == "bound"}
        values = [v[1] for f in dict.fromkeys(bound.values()) if (v := number_of(f)) is not None]
        mixed = _DIFFERENCE.search(text, start, end) is not None
        of_cell = {id(s): c for c in cells for s in c.slots}
        broken = {id(c) for c in cells if any(_share(c, s) is False for s in c.slots)}
        fine = {id(s) for s, o in outcomes if o.status == "bound"}
        wrong = {
            id(s)
            for c in cells
            if id(c) in broken and all(id(s) in fine for s in c.slots)
            for s in c.slots
            if "pct" in s.stats
        }
        exchanged = {id(s) for s in crossed_sizes(cells, self.ready.together)}
        for slot, outcome in outcomes:
            if id(slot) in exchanged:
                self._number(
                    piece, slot.start, slot.end, Fate.CONTRADICTED, (), "no analysis set has these numbers of subjects for the arms in this order", "N14.arm-swap", "", 2.0
                )  # fmt: skip
                continue
            if slot.stats == {"p"} and slot.value > 1:
                self._number(
                    piece,
                    slot.start,
                    slot.end,
                    Fate.CONTRADICTED,
                    (),
                    "a p value is not above 1",
                    "U3.out-of-range",
                    "",
                    3.0,
                )
                continue
            if outcome.status == "bound" and id(slot) not in wrong:
                self._number(piece, slot.start, slot.end, Fate.BOUND, outcome.facts[:1], outcome.check)
                continue
            cell = of_cell[id(slot)]
            counted = _share(cell, slot)
            if counted is True or (mixed and slot.stats & _FOLLOWING and _follows(slot, values)):
                self._number(
                    piece, slot.start, slot.end, Fate.RECOMPUTED, reason="follows from numbers of the sentence"
                )
                continue
            if quote is not None and any(
                a <= slot.start - start < b for a, b, _, _, k in quote.changed if k == "number"
            ):
                self._number(piece, slot.start, slot.end, Fate.OPEN, claims=False)
                continue
            if outcome.status == "contradicted" and not _DOSE.match(text[slot.end : slot.end + 6]):
                self._against(piece, slot, outcome, claims)
            elif (known := self._no_size(cell, fine)) is not None:
                self._number(
                    piece, slot.start, slot.end, Fate.CONTRADICTED, (), f"no group of {known} subjects gives this count and percentage", "N4.count-and-percentage", "", 1.5
                )  # fmt: skip
            elif id(cell) in broken:
                self._number(
                    piece,
                    slot.start,
                    slot.end,
                    Fate.CONTRADICTED,
                    outcome.facts[:1],
                    "its count and N give another percentage",
                    "N4.count-and-percentage",
                    "",
                    2.0,
                )
            else:
                self._number(piece, slot.start, slot.end, Fate.OPEN, outcome.facts[:1], claims=claims)


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
