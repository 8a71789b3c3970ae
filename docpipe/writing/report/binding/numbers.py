"""The numbers of a sentence: what each may be a statistic of, which belong together, and which arm each belongs to.

Imports the core and its room.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from docpipe.writing.checks.reading.arms import ArmMention
from docpipe.writing.checks.reading.numbers import Token
from docpipe.writing.report.binding.frames import COUNTS

_OF = re.compile(
    r"\s*(?:subjects?|patients?|participants?)?\s*(?:/|\bof|\bout of)\s*(?:the\s+|all\s+)?$", re.IGNORECASE
)
_OPENS = re.compile(r"^(?:\s+[^\W\d][\w-]*){0,4}\s*[(\[]\s*$")
_P = re.compile(r"\bp(?:[- ]values?)?(?:\s*(?:=|<|>|≤|≥|of|was|:|is))?\s*$", re.IGNORECASE)
_SE = re.compile(r"\b(?:SE|standard error)(?:\s*\[SE\])?(?:\s*(?:=|of|:))?\s*$", re.IGNORECASE)
_SD = re.compile(r"(?:\b(?:SD|standard deviation)(?:\s*\[SD\])?(?:\s*(?:=|of|:))?|±)\s*$", re.IGNORECASE)
_CI = re.compile(r"(?:\bCI|\bconfidence (?:interval|limits?))[^\d]{0,16}$", re.IGNORECASE)
_TO = re.compile(r"^\s*(?:to|and|,|;|–|-)\s*$")
_MEMBER = re.compile(
    r"\s*[,;]\s*(?:with (?:an? )?)?(?:9[059]\s?%\s*)?(?:SE|SD|SEM|CI|confidence interval|standard (?:error|deviation))\b[\s:=(\[]*(?:of\s+)?",
    re.IGNORECASE,
)
"""Between an estimate and its error or limits."""
_EDGE = re.compile(
    r"\b(?:(?P<low>youngest|minimum|shortest|lightest)|(?:oldest|maximum|longest|heaviest))\b[^.;,\d]{0,36}$",
    re.IGNORECASE,
)
_EXTREME = re.compile(
    r"\s*(?:years?|months?|kg|cm)?(?:\s+of age)?[\s,;)(]*(?:and\s+)?(?:(?:the|with)\s+)*(?:youngest|oldest|minimum|maximum|shortest|longest|lightest|heaviest)\b[^.;\d]{0,36}",
    re.IGNORECASE,
)
_MIDDLES = frozenset(("mean", "median"))
_APART = re.compile(r"\s*[;,:/]\s*")
_NONE_OF = re.compile(r"\b(?:none|neither|any|each|no one) of (?:the )?$", re.IGNORECASE)
_LISTED = re.compile(
    r"[(\[]\s*[-−]?\d[\d.%\s]*(?:/\s*[-−]?\d[\d.%\s]*)+[)\]]|[(\[]\s*\d[\d.%]*(?:,\s*\d[\d.%]*)*,?\s+and\s+\d[\d.%]*(?:\s+[^\W\d]+)?\s*[)\]]"
)
"""Values of several arms in one pair of brackets, such as ``(22 / 21 / 20)``."""
_BIG_N = re.compile(r"\bN\s*=\s*$")
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bmeans?\s*\(\s*(?:SD|standard deviation)\b[^)]{0,8}\)", re.IGNORECASE), "mean (SD)"),
    (re.compile(r"\bmeans?\s*\(\s*(?:SE|standard error)\b[^)]{0,8}\)", re.IGNORECASE), "mean (SE)"),
    (re.compile(r"\b(?:hazard|odds|risk) ratio|\bdifferences?\b|\bLS means?\b|\bleast[- ]squares means?\b", re.IGNORECASE), "estimate"),
    (re.compile(r"(?<!squares )(?<!LS )\bmeans?\b|\baverage\b", re.IGNORECASE), "mean"),
    (re.compile(r"\bmedians?\s*\(\s*(?:SD|standard deviation)\b[^)]{0,8}\)", re.IGNORECASE), "median (SD)"),
    (re.compile(r"\bmedians?\b(?!\s*\(\s*(?:SD|standard deviation)\b)", re.IGNORECASE), "median"),
    (re.compile(r"\brang(?:e|es|ed|ing)\b|\bfrom\b(?=\s+[-−\d])", re.IGNORECASE), "range"),
)  # fmt: skip
_COUNTED = re.compile(
    r"^\s*(?:[a-z-]+\s+){0,2}(?:subjects?|patients?|participants?|events?|cases?|deaths?|cent(?:er|re)s?|sites?|women|men|females?|males?|people|records?)\b",
    re.IGNORECASE,
)
_MORE_THAN = re.compile(
    r"\s*(?:[^\W\d][\w/²%-]*\s+|%\s*){0,2}?(?:more|less|higher|lower|greater|better|worse|larger|smaller|longer|shorter|above|below)\s+than\b",
    re.IGNORECASE,
)
_IN_ARM = re.compile(r"\s*(?:[a-z%]+\s+)?(?:in|on|under|with|for|among)\s+(?:the\s+)?[A-Za-z]")
_PEOPLE = re.compile(r"\b(?:subject|patient|participant|women|men|female|male|people)", re.IGNORECASE)
_SIZES = frozenset(("N", "denominator"))
_BETWEEN = re.compile(r"\b(?:difference|ratio|between|versus|vs\.?|minus|compared)\b", re.IGNORECASE)
_PARALLEL = re.compile(r"\brespectively\b", re.IGNORECASE)
_NEXT = re.compile(
    r"\s*(?:groups?|arms?)?\s*(?:,|;|/|and|or|versus|vs\.?|to|than|minus)*\s*(?:and|or|to|in|for)?\s*(?:the|those in the|that in the)?\s*",
    re.IGNORECASE,
)
_IN = re.compile(
    r"^[^.;:]{0,90}?\b(?:in|for|of|with|on|among|from|receiving|received|given|to)\b(?:\s+(?:the|those|subjects|patients|participants|receiving|on|in|randomi[sz]ed|treated|to|with|assigned|allocated|who|received))*\s*$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Slot:
    """A number with what the sentence says of it. ``arms``: None where nothing is said; ``stats``: what it may be."""

    start: int
    end: int
    text: str
    value: Decimal
    decimals: int
    relation: str
    stats: frozenset[str]
    arms: tuple[str, ...] | None = None
    between: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """All that it says, not where it stands."""
        return (self.value, self.decimals, self.relation, self.stats, self.arms, self.between)

    @property
    def weight(self) -> float:
        """How much it tells that a value agrees."""
        number = abs(self.value)
        if self.decimals:
            return 1.0 if number >= 1 or self.decimals > 1 else 0.8
        return 0.35 if number < 4 else 0.55 if number < 12 else 0.8 if number < 100 else 1.0


@dataclass(slots=True)
class Cell:
    """A number and what stands with it in brackets."""

    slots: list[Slot] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.slots[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.slots[-1].end


def cells_of(text: str, start: int, end: int, tokens: Sequence[Token], mentions: Sequence[ArmMention]) -> list[Cell]:
    """The cells of a sentence, their statistics and arms."""
    cells: list[Cell] = []
    last: Slot | None = None
    lists = [m.span() for m in _LISTED.finditer(text, start, end)]
    for token in tokens:
        if token.value is None:
            continue
        gap = text[last.end : token.start] if last is not None else ""
        named = last is not None and any(last.end <= m.start < token.start for m in mentions)
        attached = ""
        if last is not None and not named and cells and not any(a < token.start < b for a, b in lists):
            cell = cells[-1]
            inside = text.count("(", cell.slots[0].end, token.start) + text.count("[", cell.slots[0].end, token.start) > text.count(")", cell.slots[0].end, token.start) + text.count("]", cell.slots[0].end, token.start)  # fmt: skip
            percent = any("pct" in s.stats for s in cell.slots)
            if _OF.fullmatch(gap) and not token.percent:
                attached = "of"
            elif (_OPENS.match(gap) and len(gap) < 60 and not (token.percent and percent)) or (
                token.percent and not percent and _APART.fullmatch(gap) and _in_bracket(text, start, last)
            ):
                attached = "bracket"
            elif (
                (inside and len(gap) < 40 and not (token.percent and percent))
                or (_TO.match(gap) and "lower" in last.stats)
                or _MEMBER.fullmatch(gap)
                or (_EXTREME.fullmatch(gap) and cell.slots[0].stats & _MIDDLES)
                or (_TO.match(gap) and last.stats == {"min"})
            ):
                attached = "inside"
        stats = _statistics(text, start, token, attached, last, cells[-1] if cells else None)
        digits = token.text.strip().lstrip("<>≤≥ ").rstrip("% ")
        decimals = len(digits.partition(".")[2]) if digits[:1].isdigit() or digits[:1] in "-−–." else 0
        relation = token.text.strip()[:1] if token.text.strip()[:1] in "<>≤≥" else ""
        slot = Slot(token.start, token.end, token.text.strip(), token.value, decimals, relation, stats)
        if attached:
            cells[-1].slots.append(slot)
        else:
            cells.append(Cell([slot]))
        last = slot
    for cell in cells:
        if any(s.stats == _SIZES for s in cell.slots[1:]):
            cell.slots[0].stats = cell.slots[0].stats - {"events"}
    _set_arms(text, start, end, cells, mentions)
    return cells


def _statistics(
    text: str, start: int, token: Token, attached: str, last: Slot | None, cell: Cell | None
) -> frozenset[str]:
    before = text[max(start, token.start - 40) : token.start]
    after = text[token.end : token.end + 60]
    governed = _governing(text, start, token.start)
    if _MORE_THAN.match(after):
        return frozenset(
            ("estimate", "difference of mean", "difference of pct", "difference of n", "difference of share")
        )
    if re.match(r"\s*points?\b", after):
        return frozenset(("mean", "lsmean", "median", "difference of mean", "estimate"))
    if re.match(r"\s*percentage points?\b", after):
        return frozenset(
            ("difference of pct", "difference of share", "difference of mean", "difference of n", "estimate")
        )
    if token.percent or after.lstrip().startswith(("percent", "%")):
        more = {"median": ("median",), "estimate": ("estimate", "difference of share")}.get(
            governed, ("mean", "lsmean") if governed.startswith("mean") else ()
        )
        return frozenset(("pct", "share", "difference of pct", *(more if not attached else ())))
    if _P.search(before):
        return frozenset(("p",))
    if _SE.search(before):
        return frozenset(("se",))
    if _SD.search(before):
        return frozenset(("sd",))
    if (edge := _EDGE.search(before)) is not None:
        return frozenset(("min" if edge["low"] else "max",))
    if _CI.search(before):
        return frozenset(("lower",))
    gap = text[last.end : token.start] if last is not None else ""
    if last is not None and last.stats == {"lower"} and _TO.match(gap):
        return frozenset(("upper",))
    if _BIG_N.search(before) or attached == "of" or _NONE_OF.search(before):
        return frozenset(("N", "denominator"))
    if re.match(r"\s*records?\b", after):
        return frozenset(("records",))
    if (counted := _COUNTED.match(after)) is not None and not attached:
        return COUNTS - {"events"} if _PEOPLE.search(counted[0]) else COUNTS
    word = governed
    if word == "range" and _IN_ARM.match(after) and (last is None or last.stats != {"min"}):
        word = _governing(text, start, token.start, ranges=False)  # the mean ranged from a in one group to b in another
    if word == "range":
        if last is not None and last.stats == {"min"} and _TO.match(gap):
            return frozenset(("max",))
        if re.match(r"\s*(?:to|–|-|,|and)\s*[-−]?\d", after):
            return frozenset(("min",))
        return frozenset(("min", "max", "range", *COUNTS))
    if attached and cell is not None:
        first = cell.slots[0].stats
        if "mean" in first:
            return (
                frozenset(("se",))
                if word == "mean (SE)"
                else frozenset(("sd",))
                if word == "mean (SD)"
                else frozenset(("sd", "se", "n"))
            )
        if "median" in first:
            if word == "median (SD)":
                return frozenset(("sd",))
            return frozenset(("min", "max", "q1", "q3", "range"))
        return (
            frozenset(("pct", "events", "n", "share"))
            if "n" in first
            else frozenset(("sd", "se", "events", "n", "lower", "upper"))
        )
    if word in ("mean", "mean (SD)", "mean (SE)"):
        return frozenset(("mean", "lsmean"))
    if word in ("median", "median (SD)"):
        return frozenset(("median",))
    if word == "estimate":
        return frozenset(
            ("estimate", "lsmean", "mean", "difference of pct", "difference of mean", "difference of n", "ratio of pct")
        )
    return COUNTS


def _give(cell: Cell, arm: str, taken: set[int]) -> None:
    taken.add(id(cell))
    for s in cell.slots:
        s.arms = (arm,)


def _in_bracket(text: str, start: int, slot: Slot) -> bool:
    """A bracket is open where a number stands."""
    return text.rfind("(", start, slot.start) > text.rfind(")", start, slot.start)


def _first(run: Sequence[object]) -> ArmMention:
    mention = run[0]
    assert isinstance(mention, ArmMention)
    return mention


def _governing(text: str, start: int, end: int, ranges: bool = True) -> str:
    """The last word before a number that says what statistic follows."""
    word, at = "", -1
    for pattern, name in _WORDS:
        for m in pattern.finditer(text, start, end):
            if m.start() > at and (ranges or name != "range"):
                word, at = name, m.start()
    return word


def _listed(text: str, arms: Sequence[ArmMention]) -> bool:
    """Arms stand one after the other as in ``A, B, and C``."""
    return all(_NEXT.fullmatch(text[a.end : b.start]) for a, b in pairwise(arms))


def _set_arms(text: str, start: int, end: int, cells: Sequence[Cell], mentions: Sequence[ArmMention]) -> None:
    """Gives cells their arms: in parallel lists, before or behind an arm's name; total where the sentence says so."""
    named = [m for m in mentions if m.arm]
    both = [m for m in mentions if not m.arm]
    events: list[tuple[int, int, object]] = [(m.start, m.end, m) for m in named] + [(c.start, c.end, c) for c in cells]
    events.sort(key=lambda e: e[0])
    runs: list[list[object]] = []
    for _, _, event in events:
        if runs and type(runs[-1][0]) is type(event):
            runs[-1].append(event)
        else:
            runs.append([event])
    taken: set[int] = set()
    for i, run in enumerate(runs):
        if not isinstance(run[0], ArmMention):
            continue
        arms = [m for m in run if isinstance(m, ArmMention)]
        before = [c for c in runs[i - 1] if isinstance(c, Cell)] if i else []
        after = [c for c in runs[i + 1] if isinstance(c, Cell)] if i + 1 < len(runs) else []
        before = [c for c in before if id(c) not in taken]
        gap = text[arms[0].end : arms[-1].start]
        if (
            len(arms) == 2
            and _BETWEEN.search(text[max(start, arms[0].start - 70) : arms[-1].start])
            and re.search(r"\b(?:and|versus|vs\.?|minus|than|with|to)\b|[-–]", gap)
        ):
            target = after[:1] or before[-1:]
            for c in target:
                taken.add(id(c))
                for s in c.slots:
                    s.arms, s.between = tuple(m.arm for m in arms), True
            continue
        if len(arms) > 1 and not _listed(text, arms):
            if before and _IN.match(text[before[-1].end : arms[0].start]):
                _give(before[-1], arms[0].arm, taken)
            if (
                after and (i + 2 >= len(runs) or not _IN.match(text[after[-1].end : _first(runs[i + 2]).start]))
            ) or len(after) > 1:
                _give(after[0], arms[-1].arm, taken)
            continue
        if len(arms) > 1:
            k = len(arms)
            pool = before[-k:] if len(before) >= k else after[:k] if len(after) >= k else []
            named_once = pool is not before and len(before) > k and len(before) % k == 0
            if named_once and _PARALLEL.search(text, arms[-1].end, end):
                pool = before  # the mean was a, b, and c, and the median d, e, and f in A, B, and C, respectively
            for n, c in enumerate(pool):
                m = arms[n % k]
                taken.add(id(c))
                for s in c.slots:
                    s.arms = (m.arm,)
            continue
        arm = arms[0]
        if before and _IN.match(text[before[-1].end : arm.start]):
            chosen = [before[-1]]
        elif after:
            chosen = after[:1]
            if len(after) > 1 and i + 2 >= len(runs):
                chosen = after
        else:
            chosen = before[-1:]
        for c in chosen:
            taken.add(id(c))
            for s in c.slots:
                s.arms = (arm.arm,)
    for c in cells:
        if id(c) not in taken and both:
            near = [m for m in both if m.start < c.start and not any(m.start < n.start < c.start for n in named)]
            if near:
                for s in c.slots:
                    s.arms = ("",)
    if not named:
        return
    for c in cells:
        if id(c) not in taken and c.slots[0].arms is None and cells.index(c) == 0 and len(cells) > len(named):
            for s in c.slots:
                s.arms = ("",)
