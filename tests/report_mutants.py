"""Defects typed into a report as people have it: own ones by what stands where, and those of drafts whose words differ, as edits of the same texts.

Each names the checks that have to find it; the one who makes it knows which fact every number is, the report does not say so any more.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from draft_mutants import MAKERS as DRAFT_MAKERS
from draft_mutants import MUST as DRAFT_MUST
from draft_mutants import World, chosen, said
from report_written import Edit, Para, Report

from docpipe.model.document import Address
from docpipe.model.inline import CodedText
from docpipe.writing.word.names import row_name

for _path in sorted(Path(__file__).parent.glob("draft_mutants_of_*.py")):
    importlib.import_module(_path.stem)

BODY = re.compile(r"BodyText|BodyText\d|ListBullet\d?|ListNumber\d?|TitlePage|Normal|ModelText")


@dataclass(frozen=True, slots=True)
class Typed:
    """A defect. ``must``: checks of which one has to find it, the first is the one it is counted under; ``whole``: it may be found anywhere.

    ``harmless``: no blocking check may speak of it.
    """

    kind: str
    must: tuple[str, ...]
    edits: tuple[Edit, ...]
    whole: bool = False

    @property
    def harmless(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.must

    @property
    def places(self) -> frozenset[int]:
        """Paragraphs that it touches."""
        return frozenset(e.index for e in self.edits)


@dataclass
class Desk:
    """A report and what makers of mutants need. ``world``: the draft it was made from."""

    report: Report
    world: World
    random: Random = field(default_factory=lambda: Random(11))

    def prose(self, test: Callable[[Para], bool] = lambda p: True) -> list[Para]:
        """Paragraphs of text outside tables, in a random order."""
        found = [p for p in self.report.paras if p.cell is None and BODY.fullmatch(p.style) and p.text and test(p)]
        self.random.shuffle(found)
        return found

    def boxes(self, test: Callable[[Para], bool] = lambda p: True) -> list[Para]:
        """Cells of tables in a random order."""
        found = [p for p in self.report.paras if p.cell is not None and p.text and test(p)]
        self.random.shuffle(found)
        return found


Maker = Callable[[Desk], Iterator[Typed]]
MAKERS: dict[str, Maker] = {}
MUST: dict[str, tuple[str, ...]] = {}
MANY = frozenset(("item of a list left out", "item of a list without a rule left out"))
"""Kinds of which a paragraph takes several: few paragraphs have such lists."""


def types(kind: str, *must: str) -> Callable[[Maker], Maker]:
    """Registers a maker of defects of a kind."""

    def kept(maker: Maker) -> Maker:
        MAKERS[kind], MUST[kind] = maker, must
        return maker

    return kept


def put(kind: str, para: Para, start: int, end: int, new: str, *more: Edit, whole: bool = False) -> Typed:
    """A defect of a kind in one paragraph."""
    return Typed(kind, MUST[kind], (Edit(para.index, start, end, new), *more), whole)


def replaced(
    kind: str, pattern: str, new: str | Callable[[re.Match[str]], str], *must: str, where: str = "", cells: bool = False
) -> None:
    """Registers defects that replace words wherever they stand."""

    def make(desk: Desk) -> Iterator[Typed]:
        paras = desk.prose() if not cells else desk.boxes()
        for para in paras:
            if where and not re.search(where, " > ".join(para.heads), re.IGNORECASE):
                continue
            found = list(re.finditer(pattern, para.text))
            if found:
                m = desk.random.choice(found)
                changed = m.expand(new) if isinstance(new, str) else new(m)
                if changed != m[0]:
                    yield put(kind, para, m.start(), m.end(), changed)

    types(kind, *must)(make)


def added(kind: str, sentences: tuple[str, ...], *must: str, where: str = "") -> None:
    """Registers defects that type a sentence behind a paragraph of results."""

    def make(desk: Desk) -> Iterator[Typed]:
        paras = desk.prose(lambda p: p.text.endswith(".") and any(s.kind == "fact" for s in p.spans))
        paras = [p for p in paras if not where or re.search(where, " > ".join(p.heads), re.IGNORECASE)]
        for n, para in enumerate(paras):
            end = len(para.text)
            arm = desk.report.arms[n % max(1, len(desk.report.arms))] if desk.report.arms else ""
            yield put(kind, para, end, end, " " + sentences[n % len(sentences)].format(arm=arm))

    types(kind, *must)(make)


def other_digit(text: str, random: Random) -> str:
    """One digit changed, the first not to 0."""
    places = [i for i, c in enumerate(text) if c.isdigit()]
    at = random.choice(places)
    return text[:at] + random.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]


# ---------------------------------------------------------------- defects of drafts as edits

ALSO = {
    "N1": ("N2",), "N2": ("N1", "N14"), "N3": ("N4", "N2", "N1"), "N4": ("N2", "N3", "N14"), "N5": ("N2", "N1"), "N6": ("N2", "P4"), "N7": ("N2",), "N8": ("N2",),
    "N9": ("N2", "N1", "P6", "T3"), "N14": ("N2", "P6", "U1"), "P1": ("N2", "N1"), "P3": ("P2", "N2"), "P4": ("N2", "N1", "N4"), "P6": ("P5", "N2", "N1", "T2"), "P8": ("N2", "CL3"),
    "P9": ("N2", "N1", "P10"), "P10": ("P9", "P11"), "P11": ("P10", "N1", "N2"), "U1": ("N2", "N1", "U2", "P6"), "U2": ("U1", "P6"), "U3": ("N2", "N1", "N3", "N4", "P1", "N8"), "U4": ("U1", "U2"),
    "T1": ("T2", "P6", "N1", "N2"), "T2": ("P6", "T3", "N2"), "T3": ("T2", "P6", "N2", "N1"), "T4": ("N2",), "T5": ("N1", "N2", "T2"), "N12": ("N13", "N2"), "N13": ("N12", "N2"), "N10": ("N2",),
    "CL3": ("P8", "CL2"), "CL2": ("N2",),
}  # fmt: skip
"""Checks that say the same of a report of people, where no code tells which of them it is."""
TAKEN = (
    "N1", "N2", "N3", "N4", "N6", "N7", "N8", "N9", "N10", "N11", "N12", "N13", "N14", "P1", "P2", "P3", "P4", "P5", "P6", "P8", "P9", "P10", "P11",
    "U1", "U2", "U3", "U4", "T1", "T2", "T3", "T4", "T5", "X1", "AB1", "AB2", "M2", "CL3", "CL4", "CL5", "CL6", "",
)  # fmt: skip
"""Checks whose defects in drafts are edits of words; those of codes, files and documents beside each other are not taken."""
LEFT = frozenset(
    {
        "typed number with a changed digit", "code removed, number typed", "number in words", "value shown otherwise than its fact",
        "value of a fact that is not there", "total that is not the sum", "disposition that does not add up", "harmless: change that is listed",
        "sex as a value typed over", "value of a list typed over", "endpoint without result", "source replaced since", "item of a list dropped", "harmless: subject number typed right",
    }
)  # fmt: skip
"""Kinds that are about codes, or that own makers type better."""


def of_drafts(desk: Desk, count: int, only: tuple[str, ...] = ()) -> Iterator[Typed]:
    """Defects and harmless edits of drafts, as edits of the report's words."""
    report, world = desk.report, desk.world
    rows = {r.address: r for _, r in world.plan.rows()}
    paras = {p.name: p for p in report.paras if p.name}
    for kind in DRAFT_MAKERS:
        must = DRAFT_MUST[kind]
        if must not in TAKEN or kind in LEFT or (only and kind not in only):
            continue
        for mutant in chosen(world, count, (kind,)):
            if mutant.card is not None or mutant.plan is not None or mutant.found is not None:
                continue
            if must == "CL3" and not rows[mutant.address].passages:
                continue
            if kind == "arms named the other way round" and not _differ(world, rows[mutant.address].text, mutant.text):
                continue
            texts = {**mutant.others, **({mutant.address: mutant.text} if mutant.text else {})}
            edits: list[Edit] = [
                e
                for a, t in texts.items()
                if (e := _edit(paras.get(row_name(a)), said(rows[a].text), said(t))) is not None
            ]
            if kind == "derived number off its formula" and any(_rounding(report.paras[e.index], e) for e in edits):
                continue
            if len(edits) == len(texts) and edits:
                yield Typed(kind, (must, *ALSO.get(must, ())) if must else (), tuple(edits), mutant.whole)


def _differ(world: World, before: CodedText, now: CodedText | None) -> bool:
    """Whether arms that changed places have different values beside them: where all are equal the text is still true."""
    places = [i for i, (a, b) in enumerate(zip(before, now or (), strict=False)) if a != b]
    values: dict[tuple[str, tuple[str, ...], str], set[str]] = {}
    arms = {getattr(before[i], "data", "") for i in places}
    for part in before[max(0, places[0] - 7) : places[-1] + 8] if places else ():
        fact = world.fact(part)
        if fact is not None and fact.arm in arms:
            values.setdefault((fact.display, fact.row, fact.statistic), set()).add(fact.formatted)
    return any(len(v) > 1 for v in values.values())


def _rounding(para: Para, edit: Edit) -> bool:
    """A difference that is off by one in its last decimal: the printed percentages may give that one too."""
    m = next((x for x in re.finditer(r"\d+\.\d+", para.text) if x.start() <= edit.start < x.end()), None)
    if m is None or edit.end != m.end() or len(edit.new) != edit.end - edit.start:
        return False
    now = m[0][: edit.start - m.start()] + edit.new
    return abs(int(now.replace(".", "")) - int(m[0].replace(".", ""))) <= 1


def _edit(para: Para | None, before: str, now: str) -> Edit | None:
    """The part of a row's words that differs, in the paragraph as it is written; None where it cannot be told for sure."""
    if para is None or before.casefold() == now.casefold():
        return None
    start = 0
    while start < min(len(before), len(now)) and before[start] == now[start]:
        start += 1
    end, tail = len(before), len(now)
    while end > start and tail > start and before[end - 1] == now[tail - 1]:
        end, tail = end - 1, tail - 1
    if para.text == before:
        return Edit(para.index, start, end, now[start:tail])
    for reach in (60, 30, 15):
        a, b = max(0, start - reach), min(len(before), end + reach)
        if para.text.count(before[a:b]) == 1:
            at = para.text.index(before[a:b]) + start - a
            return Edit(para.index, at, at + end - start, now[start:tail])
    return None


def every(desk: Desk, count: int, only: tuple[str, ...] = ()) -> Iterator[Typed]:
    """So many defects of each kind, no paragraph twice in a kind where there are enough of them."""
    for name, maker in MAKERS.items():
        if only and name not in only and not set(only) & set(MUST[name][:1]):
            continue
        yield from _spread(maker(desk), count)
    drafts = tuple(k for k in DRAFT_MAKERS if not only or k in only or DRAFT_MUST[k] in only)
    if drafts:
        yield from of_drafts(desk, count, drafts)


def _spread(given: Iterable[Typed], count: int) -> Iterator[Typed]:
    seen: set[frozenset[int]] = set()
    again: list[Typed] = []
    made = 0
    for mutant in given:
        if mutant.places in seen:
            if mutant.kind in MANY:
                again.append(mutant)
            continue
        seen.add(mutant.places)
        yield mutant
        made += 1
        if made == count:
            return
    yield from again[: count - made]


__all__ = [
    "MAKERS",
    "MUST",
    "Address",
    "Desk",
    "Edit",
    "Para",
    "Typed",
    "added",
    "every",
    "of_drafts",
    "other_digit",
    "put",
    "replaced",
    "types",
]
