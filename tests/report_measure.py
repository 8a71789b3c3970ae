"""Counts what the check of reports finds of defects typed into them, and what it says of correct ones and of harmless edits."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import report_mutants_of_people  # noqa: F401 - registers its kinds
from report_mutants import Desk, Typed, every
from report_written import Para, Report, after, edited

from docpipe.model.finding import Severity
from docpipe.model.report import ReportFinding, ReportText
from docpipe.registry import draft_checks
from docpipe.safe.sniff import DOCX, PDF
from docpipe.writing.checking import number
from docpipe.writing.factstore import FactStore
from docpipe.writing.report.binding import Ready, bind
from docpipe.writing.report.findings import findings
from docpipe.writing.report.reading import read_report
from docpipe.writing.study import StudyData

BLOCKING = frozenset(number(c.id) for c in draft_checks() if c.severity is Severity.CRITICAL)
_TOLD = 12
"""Letters from which on a part of a paragraph is known by its words, where a report has no paragraph numbers."""
Said = tuple[str, str, str, str]
"""Check, severity, place, message and words."""
_FAR = 40
"""So many defects stand in one copy at the most."""
_APART = 2
"""Paragraphs of text with defects of one copy are further from each other than this; a table has one defect a copy."""


@dataclass
class Bench:
    """A correct report with its study. ``as_pdf``: makes a PDF of a DOCX, where the report is to be read as one."""

    desk: Desk
    study: StudyData
    facts: FactStore
    type: str = "csr"
    as_pdf: Callable[[bytes], bytes] | None = None

    @cached_property
    def ready(self) -> Ready:
        """What binding needs of the study, made once."""
        return Ready(self.study, self.facts)

    def look(self, data: bytes) -> tuple[ReportText, tuple[ReportFinding, ...]]:
        """The report as read, and what is found in it."""
        kind, given = (PDF, self.as_pdf(data)) if self.as_pdf is not None else (DOCX, data)
        report = read_report(given, "report", kind)
        return report, findings(bind(report, self.study, ready=self.ready), self.study, self.type)


def measure(bench: Bench, count: int = 20, only: tuple[str, ...] = (), show: bool = False) -> dict[str, Any]:
    """Seeds, runs, counts; ``table`` adds the counts of several reports up."""
    began = time.perf_counter()
    report, correct = bench.look(bench.desk.report.data)
    pages = report.pages or _pages(report)
    base = Counter(_key(report, f) for f in correct)
    by_check: dict[str, Counter[str]] = defaultdict(Counter)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    examples: dict[str, list[str]] = defaultdict(list)
    for f in correct:
        by_check[number(f.check)]["false"] += 1
        by_check[number(f.check)]["false blocking"] += f.severity is Severity.CRITICAL
        examples[f"correct report {number(f.check)}"].append(f"{f.location.said}: {f.message}")
    copies = 0
    for group in together(bench, every(bench.desk, count, only)):
        copies += 1
        text, found = bench.look(edited(bench.desk.report, [e for m in group for e in m.edits]))
        new = _new(text, found, base)
        left = _left(bench.desk.report, group)
        at = {id(m): [f for f in new if _at(text, f, m, bench.desk.report, left)] for m in group}
        if show:
            print(f"{copies}: {len(group)} defects, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        for mutant in group:
            mine = at[id(mutant)]
            if mutant.whole:
                others = [f for m in group if m is not mutant for f in at[id(m)]]
                mine = [f for f in new if f not in others and (len(group) == 1 or number(f.check) in mutant.must)]
            told = {number(f.check) for f in mine}
            blocked = any(f.severity is Severity.CRITICAL for f in mine)
            kind = by_kind[mutant.kind]
            kind["seeded"] += 1
            if mutant.harmless:
                kind["spoken of"] += blocked
                for f in mine:
                    by_check[number(f.check)]["on harmless edits"] += f.severity is Severity.CRITICAL
                if blocked:
                    examples[f"harmless {mutant.kind}"].append(
                        f"{_where(bench, mutant)}: {next(f.message for f in mine if f.severity is Severity.CRITICAL)}"
                    )
                continue
            own = bool(told & set(mutant.must))
            by_check[mutant.must[0]].update(mutants=1, own=own, blocked=blocked, any=bool(mine))
            kind.update(own=own, blocked=blocked, any=bool(mine))
            if mine and not own:
                examples[f"told otherwise {mutant.must[0]} {mutant.kind}"].append(
                    f"{', '.join(sorted(told))}: {_where(bench, mutant)}"
                )
            if not (blocked if mutant.must[0] in BLOCKING else own or blocked):
                examples[f"missed {mutant.must[0]} {mutant.kind}"].append(_where(bench, mutant))
    result: dict[str, Any] = {
        "pages": pages, "copies": copies, "seconds": round(time.perf_counter() - began, 1),
        "counts": {c: dict(n) for c, n in by_check.items()}, "kinds": {k: dict(n) for k, n in by_kind.items()},
    }  # fmt: skip
    if show:
        result["examples"] = {k: v[:20] for k, v in examples.items()}
    return result


def together(bench: Bench, given: Iterable[Typed]) -> Iterator[list[Typed]]:
    """Defects that stand far enough from each other to be in one copy; of those that may be found anywhere no two of one check."""
    paras = bench.desk.report.paras
    open_: list[tuple[list[Typed], set[int]]] = []
    for mutant in given:
        near = {n for i in mutant.places for n in _near(paras, i)}
        for group, taken in open_:
            alike = mutant.whole and any(m.whole and set(m.must) & set(mutant.must) for m in group)
            if not alike and not taken & near:
                group.append(mutant)
                taken |= near
                break
        else:
            open_.append(([mutant], near))
        if len(open_[0][0]) >= _FAR:
            yield open_.pop(0)[0]
    for group, _ in open_:
        yield group


def _near(paras: Sequence[Para], index: int) -> Iterator[int]:
    """A paragraph with those around it, or as a negative number the table that it is in."""
    cell = paras[index].cell
    if cell is not None:
        yield -1 - cell[0]
        return
    yield from range(index, index + _APART + 1)


def _key(report: ReportText, f: ReportFinding) -> Said:
    piece = report.pieces[f.piece].text if 0 <= f.piece < len(report.pieces) else ""
    return (f.check, f.severity.value, _squeezed(piece), f"{f.message} {f.text}")


def _new(report: ReportText, found: Sequence[ReportFinding], base: Mapping[Said, int]) -> list[ReportFinding]:
    """What is said of a copy and not of the correct report."""
    left = Counter(base)
    new = []
    for f in found:
        key = _key(report, f)
        if left[key] > 0:
            left[key] -= 1
        else:
            new.append(f)
    return new


def _left(written: Report, group: Sequence[Typed]) -> list[int]:
    """Indexes of the paragraphs that a copy still has, in its order."""
    gone = {e.index for m in group for e in m.edits if e.drop and not after(written.paras[e.index], m.edits)}
    return [p.index for p in written.paras if p.index not in gone]


def _at(report: ReportText, f: ReportFinding, mutant: Typed, written: Report, left: Sequence[int]) -> bool:
    """Whether a finding stands where the defect does: in the same paragraph, or in the same row of a table."""
    if not 0 <= f.piece < len(report.pieces):
        return False
    if f.location.paragraph:
        return f.location.paragraph <= len(left) and left[f.location.paragraph - 1] in _around(mutant, written)
    said = _squeezed(report.pieces[f.piece].text)
    return any(
        said and (said == t or (len(t) > _TOLD and t in said) or (len(said) > _TOLD and said in t))
        for t in _texts(mutant, written)
    )


def _around(mutant: Typed, written: Report) -> set[int]:
    places = set(mutant.places)
    rows = {p.cell[:2] for i in mutant.places if (p := written.paras[i]).cell is not None}
    if rows:
        places |= {p.index for p in written.paras if p.cell is not None and p.cell[:2] in rows}
    return places


def _texts(mutant: Typed, written: Report) -> list[str]:
    return [_squeezed(after(written.paras[i], mutant.edits)) for i in _around(mutant, written)]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _where(bench: Bench, mutant: Typed) -> str:
    e = mutant.edits[0]
    text = bench.desk.report.paras[e.index].text
    return f"{text[max(0, e.start - 40) : e.start]}[{text[e.start : e.end]} -> {e.new}]{text[e.end : e.end + 30]}"


def _pages(report: ReportText) -> int:
    words = sum(len(p.text.split()) for p in report.pieces if p.table < 0)
    return max(1, round(words / 350 + sum(len(t.rows) + 3 for t in report.tables) / 35))


def table(results: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts of several reports as one table by check, and in all."""
    given = list(results)
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    harmless: Counter[str] = Counter()
    for result in given:
        for check, counts in result["counts"].items():
            sums[check].update(counts)
        for kind, counts in result["kinds"].items():
            if kind.startswith("harmless"):
                harmless.update(counts)
    pages = sum(r["pages"] for r in given)
    rows = {check: _row(check, n) for check, n in sorted(sums.items(), key=lambda i: _place(i[0]))}
    blocking = [n for c, n in sums.items() if c in BLOCKING]
    mutants = sum(n["mutants"] for n in blocking)
    every_one = sum(n["mutants"] for n in sums.values())
    return {
        "checks": rows, "pages": pages, "mutants": every_one, "mutants of blocking checks": mutants,
        "checks with 20 mutants": sum(n["mutants"] >= 20 for n in sums.values()),
        "recall of blocking checks": _share(sum(n["blocked"] for n in blocking), mutants),
        "recall by the own check": _share(sum(n["own"] for n in sums.values()), every_one),
        "false alarms per 10 pages": round(10 * sum(n["false blocking"] for n in sums.values()) / max(1, pages), 3),
        "findings of any severity per 10 pages": round(10 * sum(n["false"] for n in sums.values()) / max(1, pages), 3),
        "harmless edits": harmless["seeded"], "harmless edits spoken of": harmless["spoken of"],
    }  # fmt: skip


def _row(check: str, n: Counter[str]) -> dict[str, Any]:
    return {
        "blocks": check in BLOCKING, "mutants": n["mutants"], "own check": n["own"], "any blocking check at the place": n["blocked"],
        "any finding at the place": n["any"], "recall": _share(n["blocked"] if check in BLOCKING else n["any"], n["mutants"]), "false": n["false"],
        "false and blocking": n["false blocking"], "on harmless edits": n["on harmless edits"],
    }  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _place(check: str) -> tuple[str, int]:
    family = re.match(r"[A-Z]+", check)
    return (family[0] if family else "", int("".join(filter(str.isdigit, check)) or 0))


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """The table for people."""
    yield f"{'check':8}{'blocks':>7}{'mutants':>9}{'own':>6}{'blocked':>9}{'any':>6}{'recall':>8}{'false':>7}{'blocking':>9}{'harmless':>9}"
    for check, r in told["checks"].items():
        recall = "" if r["recall"] is None else f"{r['recall']:.2f}"
        yield (
            f"{check:8}{'yes' if r['blocks'] else '':>7}{r['mutants']:>9}{r['own check']:>6}{r['any blocking check at the place']:>9}"
            f"{r['any finding at the place']:>6}{recall:>8}{r['false']:>7}{r['false and blocking']:>9}{r['on harmless edits']:>9}"
        )
    yield from (f"{name}: {value}" for name, value in told.items() if name != "checks")
