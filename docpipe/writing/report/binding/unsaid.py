"""Results that nothing in the data says, and numbers of one sentence that do not follow from each other. Imports the core and its room.

It looks at what was left without a row: a mean, a p value or a share that the whole study has not is an invented or a changed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from docpipe.model.report import Piece, PieceKind
from docpipe.writing.arithmetic import percentage, same_when_rounded
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.factstore import number_of_display
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.binding.numbers import Cell, Slot
from docpipe.writing.report.binding.words import stem, stems
from docpipe.writing.report.checked import Fate, Number

_SIZES = frozenset(("N", "denominator"))
_PROSE = (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM)
_PLANNED = re.compile(
    r"\b(?:plans?|statistical|planned|methods?|sample size|determination|objectives?|introduction|references?|rationale|criteria|background|administrative)\b",
    re.IGNORECASE,
)
_MIDDLE = re.compile(
    r"\b(?:means?|medians?|averages?|differences?)\b(?:\s*\((?:SD|SE)\))?[^.;()]{0,70}\b(?:was|were|of)\s+$",
    re.IGNORECASE,
)
_P = re.compile(r"\bp\s*(?:=|<|>|of|was)?\s*$", re.IGNORECASE)
_EXPECTED = re.compile(
    r"\b(?:power|alpha|level|assum\w+|expect\w+|at least|detect\w*|if|planned|would|threshold|margin|previous\w*|earlier|literature|publish\w*|et al|historical|other stud\w+|meta-analys\w+)\b|\[\d+\]",
    re.IGNORECASE,
)
"""What was assumed before the study or found in another one."""
_WAS = re.compile(r"\b(?:mean|median|average)\b[^.;]{0,60}\b(?:was|were) (?!to\b|not to\b)", re.IGNORECASE)
_UNEVEN = re.compile(r"\b(?:geometric|ratios?|odds|hazard|medians?|log)\b", re.IGNORECASE)
_SHARE = re.compile(
    r"(?<![\d.,])(\d+)\s+(?:of the\s+)?(?:subjects|patients|participants)\s*[(\[](\d+(?:\.\d+)?)\s?%[)\]]"
)
_POINTS = re.compile(r"\bdifference(?:\s+(?:of|was))?\s+([-−]?\d+(?:\.\d+)?)\s+percentage points", re.IGNORECASE)
_SHARES = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s?%|(?<=and )(0)(?= in\b)")
_INTERVAL = re.compile(
    r"\bwas\s+([-−]?\d+\.\d+)\s*\((?:[^()]|\([^()]*\)){0,50}?9\d\s?%\s*(?:CI|confidence interval(?:\s*\(CI\))?)[\s:=]*([-−]?\d+\.\d+)\s*(?:to|,|;)\s*([-−]?\d+\.\d+)"
)
_MEANS = re.compile(r"\b(?:LS |least[- ]squares )?means?\b", re.IGNORECASE)
_WERE = re.compile(
    r"(?<![\d.,])(\d+)\s*[(\[](?:\d+(?:\.\d+)?)\s?%[)\]]\s+(?:(?:of the )?(?:subjects|patients|participants) )?(?:were|was)\s+([a-z]{3,})\b"
)


def _number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))


def crossed_sizes(cells: Sequence[Cell], known: Iterable[Mapping[str, int]]) -> list[Slot]:
    """The Ns of ``k of N`` for several arms that no set has together, though one has them for the arms in another order."""
    told: dict[str, Slot] = {}
    for cell in cells:
        for slot in cell.slots[1:]:
            if slot.stats == _SIZES and slot.arms is not None and len(slot.arms) == 1 and slot.arms[0]:
                if slot.arms[0] in told:
                    return []
                told[slot.arms[0]] = slot
    values = {arm: int(slot.value) for arm, slot in told.items()}
    if len(set(values.values())) < 2:
        return []
    orders = [tuple(sizes[a] for a in values) for sizes in known if all(a in sizes for a in values)]
    mine = tuple(values.values())
    if mine in orders or not any(sorted(order) == sorted(mine) for order in orders):
        return []
    right = next(order for order in orders if sorted(order) == sorted(mine))
    return [slot for slot, n in zip(told.values(), right, strict=True) if slot.value != n]


class Unsaid(Ledger):
    """A report whose numbers were looked up; what is left is judged here."""

    def _unsaid(self) -> None:
        for piece in self.report.pieces:
            if piece.kind not in _PROSE or piece.table >= 0:
                continue
            mine = (
                [i for i, n in enumerate(self.numbers) if n.piece == piece.id] if re.search(r"\d", piece.text) else []
            )
            if not mine:
                continue
            for at, check, reason, expected in (
                *self._beside(piece),
                *self._nowhere(piece, mine),
                *self._named_otherwise(piece, mine),
            ):
                for i in mine:
                    n = self.numbers[i]
                    if n.start <= at < n.end and n.fate is not Fate.CONTRADICTED:
                        self.numbers[i] = replace(
                            n, fate=Fate.CONTRADICTED, reason=reason, check=check, expected=expected, sure=1.5
                        )

    def _known_row(self, n: Number, said: str) -> bool:
        """Words of the sentence name a row that the study has, or a single subject's text speaks of an arm."""
        if n.reason == "subject":
            return any(arm in said for arm in self.study.arms.names) or "difference" in said
        words = stems(said)
        return any(words & stems(" ".join(f.row)) for f in n.facts)

    def _told(self, said: str) -> bool:
        """A result of an arm, though it stands among what was planned."""
        return _WAS.search(said) is not None and any(arm in said for arm in self.study.arms.names)

    def _quoted(self, piece: Piece, at: int) -> bool:
        return any(p == piece.id and a <= at < b for p, a, b in self.quoted)

    def _open(self, mine: list[int], at: int) -> Number | None:
        return next(
            (n for i in mine if (n := self.numbers[i]).start <= at < n.end and n.fate is Fate.OPEN),
            None,
        )

    # ------------------------------------------------------------ numbers of nobody

    def _nowhere(self, piece: Piece, mine: list[int]) -> Iterator[tuple[int, str, str, str]]:
        """Means, differences, p values and shares that no row of the study has, at any arm or time."""
        path = self.report.sections[piece.section].path[-1:] if piece.section >= 0 else ()
        planned = _PLANNED.search(" ".join(path)) is not None
        row = self.rows.get(piece.id)
        for start, end in row.sentences if row is not None else ():
            said = piece.text[start:end]
            if _EXPECTED.search(said) or (planned and not self._told(said)):
                continue
            for i in mine:
                n = self.numbers[i]
                if not start <= n.start < end or n.fate is not Fate.OPEN or self._quoted(piece, n.start):
                    continue
                value = value_of(n.text.strip("% "))
                if value is None:
                    continue
                decimals = len(n.text.strip("% ").partition(".")[2])
                before = piece.text[start : n.start]
                if (
                    _P.search(before)
                    and decimals > 1
                    and self.ready.has("p")
                    and not self.ready.says("p", value, decimals)
                ):
                    yield n.start, "N1.unbound-number", "no p value of the study is this", ""
                elif (
                    (decimals or abs(value) >= 100)
                    and _MIDDLE.search(before)
                    and self._known_row(n, said)
                    and not self.ready.says("", value, decimals)
                ):
                    yield n.start, "N1.unbound-number", "nothing in the data says this number", ""
            for m in _SHARE.finditer(piece.text, start, end):
                if self._open(mine, m.start(2)) is None:
                    continue
                others = {int(x) for x in re.findall(r"(?<![\d.,])\d+(?![\d.,%]|\s?%)", piece.text)}
                sizes = {*others, *(s for known in self.ready.sizes.values() for s in known)}
                decimals = len(m[2].partition(".")[2])
                if not any(
                    s and (p := percentage(int(m[1]), s)) is not None and same_when_rounded(p, Decimal(m[2]), decimals)
                    for s in sizes
                ):
                    yield m.start(2), "N4.count-and-percentage", f"no group has {m[1]} subjects as this share", ""

    # ------------------------------------------------------------ numbers beside each other

    def _beside(self, piece: Piece) -> Iterator[tuple[int, str, str, str]]:
        """Differences that their two percentages do not give, and estimates that their interval does not hold."""
        for m in _POINTS.finditer(piece.text):
            start = max(piece.text.rfind(c, 0, m.start()) for c in "(.")
            while start > 0 and piece.text[start] == "." and piece.text[start + 1 : start + 2].isdigit():
                start = max(piece.text.rfind(c, 0, start) for c in "(.")
            shares = [_number(x[1] or x[2]) for x in _SHARES.finditer(piece.text, max(0, start), m.start())]
            if len(shares) != 2:
                continue
            found = abs(shares[0] - shares[1])
            unit = Decimal(1).scaleb(-len(m[1].partition(".")[2]))
            if abs(found - abs(_number(m[1]))) > unit:
                yield m.start(1), "N9.derived-number", "the two percentages give another difference", str(found)
        for m in _INTERVAL.finditer(piece.text):
            value, low, high = _number(m[1]), _number(m[2]), _number(m[3])
            if low > high:
                continue
            if not low <= value <= high:
                yield m.start(1), "N9.derived-number", "its interval does not hold it", ""
            elif (
                (near := piece.text[max(0, m.start() - 160) : m.start()])
                and _MEANS.search(near)
                and not _UNEVEN.search(near)
            ):
                unit = Decimal(1).scaleb(-min(len(m[i].partition(".")[2]) for i in (1, 2, 3)))
                if abs(value - (low + high) / 2) > unit * Decimal("1.5"):
                    yield m.start(1), "N9.derived-number", "it is not in the middle of its interval", ""

    # ------------------------------------------------------------ another level of the same variable

    def _named_otherwise(self, piece: Piece, mine: list[int]) -> Iterator[tuple[int, str, str, str]]:
        """``26 (39.4%) were male`` where the row named has another count and a row beside it has this one."""
        for m in _WERE.finditer(piece.text):
            n = next((x for i in mine if (x := self.numbers[i]).start == m.start(1)), None)
            word = stem(m[2])
            if n is None or n.fate not in (Fate.BOUND, Fate.OPEN) or not n.facts or not n.facts[0].row:
                continue
            fact = n.facts[0]
            counts: dict[str, str] = {}
            named = ""
            for i in self.frames.by_display.get(number_of_display(fact.display), ()):
                frame = self.frames.all[i]
                if frame.row[:-1] == fact.row[:-1] and frame.population == fact.population:
                    told = next((t for t in frame.told.get("n", ()) if t.arm == fact.arm), None)
                    if told is not None:
                        counts[frame.row[-1]] = told.fact.formatted
                        if stems(frame.row[-1]) == {word}:
                            named = frame.row[-1]
            others = [label for label, said in counts.items() if said == m[1] and label != named]
            if named and counts[named] != m[1] and others:
                yield m.start(1), "P6.subject-facts", f"it is the count of {others[0]}", counts[named]
