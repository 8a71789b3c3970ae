"""Seeded defects of disposition, sets, design, dates, codelists and narratives, as ``draft_mutants`` runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from draft_mutants import Mutant, World, revalued, said, seeds, sentence_added, with_part, worded, words_changed

from docpipe.model import draft as codes
from docpipe.model.draft import PlannedBlock, PlannedRow
from docpipe.model.fact import Fact
from docpipe.model.inline import CodedText, Placeholder, Text, merge_text
from docpipe.writing.checks.populations import Disposition
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.evidence import exact_number
from docpipe.writing.factstore import FactStore

SOURCES = ("CL1", "CL2")


def _code_changed(row: PlannedRow, i: int, **fields: object) -> CodedText:
    part = row.text[i]
    assert isinstance(part, Placeholder)
    return with_part(row.text, i, replace(part, **fields))  # type: ignore[arg-type]


def _facts_of(world: World, row: PlannedRow) -> Iterator[tuple[int, Fact]]:
    for i, part in enumerate(row.text):
        fact = world.fact(part)
        if fact is not None:
            yield i, fact


# ------------------------------------------------------------ numbers of a kind


@seeds("percentage with other decimals", "N5")
def _decimals(world: World) -> Iterator[Mutant]:
    for block, row in world.rows():
        seen = Seen(block, row, row.text, world.facts)
        for start, end in seen.sentences:
            shares = [
                c.fact
                for c in seen.within(start, end)
                if c.fact is not None and c.fact.statistic == "pct" and (exact_number(c.fact) or 0) not in (0, 100)
            ]
            if len({f.id for f in shares}) < 2 or len({f.decimals for f in shares}) > 1:
                continue
            number = exact_number(shares[1]) or 0
            places = 2 if shares[1].decimals == 0 else 0
            text, facts = revalued(world, row.text, shares[1], format(number, f".{places}f"), decimals=places)
            may = frozenset({"N3", "N4", "N9", "N10", "N11", "N12", "N13"})
            yield Mutant("percentage with other decimals", "N5", row.address, text, may, facts)
            break


@seeds("p value with two decimals", "N5")
def _p_decimals(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for _, fact in _facts_of(world, row):
            number = exact_number(fact)
            if fact.statistic == "p" and number is not None and 0 < number < 1:
                text, facts = revalued(world, row.text, fact, format(number, ".2f"), decimals=2)
                may = frozenset({"N8", "N9"})
                yield Mutant("p value with two decimals", "N5", row.address, text, may, facts)
                break


_IMPOSSIBLE = (
    (r"^age\b", "231"), (r"\b(?:bmi|body mass index)\b", "412.5"), (r"\bweight\b.*\bkg\b", "702.4"), (r"\bheight\b.*\bcm\b", "16.3"),
    (r"\bsystolic\b", "913.0"), (r"\bdiastolic\b", "3.1"), (r"\b(?:pulse|heart) rate\b", "4.0"),
)  # fmt: skip


@seeds("value that no person has", "U3")
def _impossible(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for _, fact in _facts_of(world, row):
            label = " ".join(fact.row)
            if fact.statistic not in ("mean", "median", "min", "max") or re.search(
                r"change|diff", label, re.IGNORECASE
            ):
                continue
            new = next((v for p, v in _IMPOSSIBLE if re.search(p, label, re.IGNORECASE)), "")
            if new:
                text, facts = revalued(world, row.text, fact, new)
                may = frozenset({"N6", "N7", "N9", "N10", "N12", "P6"})
                yield Mutant("value that no person has", "U3", row.address, text, may, facts)
                break


@seeds("share or p value out of its range", "U3")
def _no_share(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for _, fact in _facts_of(world, row):
            if fact.statistic in ("pct", "p") and exact_number(fact) is not None:
                new = "140.2" if fact.statistic == "pct" else "1.204"
                text, facts = revalued(world, row.text, fact, new)
                may = frozenset({"N3", "N4", "N5", "N8", "N9", "N10", "N11", "N12", "N13"})
                yield Mutant("share or p value out of its range", "U3", row.address, text, may, facts)
                break


# ------------------------------------------------------------ sets, disposition, design


@seeds("result of another set in the synopsis", "P3")
def _switched(world: World) -> Iterator[Mutant]:
    body = {f.id for b, r in world.plan.rows() if "ynopsis" not in b.heading for _, f in _facts_of(world, r)}
    for _, row in world.rows(lambda b, r: "ynopsis" in b.heading):
        for i, fact in _facts_of(world, row):
            if fact.statistic not in ("estimate", "p", "mean") or not fact.population or fact.id not in body:
                continue
            for name in ("Per-Protocol", "Safety", "Enrolled", "Full Analysis Set"):
                other = replace(fact, population=f"{name} population")
                if name.casefold() in fact.population.casefold():
                    continue
                text = _code_changed(row, i, data=other.id)
                facts = FactStore((*world.facts, other))
                may = frozenset({"P2", "N6", "N7"})
                yield Mutant("result of another set in the synopsis", "P3", row.address, text, may, facts, whole=True)


@seeds("disposition that does not add up", "P4")
def _disposition(world: World) -> Iterator[Mutant]:
    kind = Disposition().kind
    tables = {t.key: t for t in world.plan.tables}
    for _, row in world.plan.rows():
        parts = list(row.text)
        for part in row.text:
            if isinstance(part, Placeholder) and part.kind == codes.TABLE and part.data in tables:
                parts += [p for line in tables[part.data].rows for cell in line.cells for p in cell]
        found = [f for p in parts if (f := world.fact(p)) is not None and f.statistic == "n" and not f.window]
        for fact in found:
            if len(fact.row) > 1 or not kind(fact) or kind(fact) not in world.card.counts.get(fact.arm, {}):
                continue
            new = str(int(exact_number(fact) or 0) + 3)
            text, facts = revalued(world, row.text, fact, new)
            may = frozenset({"N2", "N4", "N6", "N9", "N10", "N11", "N12", "N13", "P1"})
            yield Mutant("disposition that does not add up", "P4", row.address, text, may, facts, whole=True)


sentence_added(
    "allocation otherwise", "P9",
    ("Subjects were randomized in a 7:2 ratio.", "Randomization was 5:4:3 by site."), "N1", *SOURCES,
)  # fmt: skip
words_changed(
    "number of arms otherwise", "P9", r"\b(two|three|four) (treatment groups|arms)\b",
    lambda m: f"{ {'two': 'three', 'three': 'four', 'four': 'two'}[m[1]] } {m[2]}".strip(), "N1", *SOURCES, "P10",
)  # fmt: skip


@seeds("objective in other words", "P10")
def _objective(world: World) -> Iterator[Mutant]:
    draft = world.draft()
    by_address = {r.address: r for r in draft.rows}
    aims = re.compile(r"objective|endpoint|hypothes", re.IGNORECASE)
    for _, row in world.rows(lambda b, r: bool(r.passages)):
        seen = by_address[row.address]
        words = list(re.findall(r"[a-z]{5,}", seen.typed))
        if not aims.search(draft.section(seen)) or len(words) < 4:
            continue
        for word in (words[0], words[-1]):
            for new in ("convenience", ""):
                text = worded(row.text, rf"\b{word}\b ?", f"{new} " if new else "")
                if text is not None:
                    may = frozenset({"CL2", "CL3", "S6", "N2"})
                    yield Mutant("objective in other words", "P10", row.address, text, may)


# ------------------------------------------------------------ time


@seeds("another time point named", "T4")
def _window(world: World) -> Iterator[Mutant]:
    for block, row in world.rows(lambda b, r: bool(r.facts) and not r.fixed):
        seen = Seen(block, row, row.text, world.facts)
        for start, end in seen.sentences:
            facts = [c.fact for c in seen.within(start, end) if c.fact is not None]
            timed = [f for f in facts if f.statistic not in ("N", "p")]
            if not timed or not all(re.search(r"week|visit|month|cycle", f.window, re.IGNORECASE) for f in timed):
                continue
            m = re.search(r"\b(Week|Visit|Month|Cycle) (\d+)\b", seen.typed[start:end])
            if m is not None:
                text = worded(row.text, re.escape(m[0]), f"{m[1]} {97 if m[2] != '97' else 95}", 9)
                if text is not None:
                    may = frozenset({"N1", "CL2", "CL3", "P10", "P11"})
                    yield Mutant("another time point named", "T4", row.address, text, may)
                break


@seeds("value told of another time point", "T4")
def _at_another(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: not r.passages):
        for i, fact in _facts_of(world, row):
            if re.match(r"(?:week|month|visit|cycle) \d+$", fact.window, re.IGNORECASE) and fact.statistic not in (
                "N",
                "p",
            ):
                sentence = (Text(" At Week 97, the value was "), row.text[i], Text("."))
                may = frozenset({"N1", "N14", "N13", *SOURCES})
                text = merge_text((*row.text, *sentence))
                yield Mutant("value told of another time point", "T4", row.address, text, may)
                break


@seeds("dates of a subject in another order", "T2")
def _order(world: World) -> Iterator[Mutant]:
    about = world.draft().about
    for _, row in world.rows():
        subject = world.card.subjects.get(about.get(row.address, ""))
        for i, part in enumerate(row.text):
            before = row.text[i - 1] if i else None
            if subject is None or not isinstance(part, Placeholder) or not isinstance(before, Text):
                continue
            fact = world.fact(part)
            role = re.search(r"\b(first|last) (?:dose|study treatment)[^.;]{0,40}$|\bdied on $", before.text)
            if fact is None or role is None or not re.fullmatch(r"\d{1,2} \w+ \d{4}", part.equiv):
                continue
            text = with_part(row.text, i, Text("3 March 1999"))
            yield Mutant("dates of a subject in another order", "T2", row.address, text, frozenset({"N1", *SOURCES}))
            break


@seeds("first and last date of the study swapped", "T2")
def _study_dates(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        ends: dict[str, int] = {}
        for i, part in enumerate(row.text):
            before = re.split(r"\. |, and ", said(row.text[:i]))[-1]
            kind = re.search(r"\b(first|last) (?:subject|patient|participant|dose)", before, re.IGNORECASE)
            if isinstance(part, Placeholder) and kind and re.fullmatch(r"\d{1,2} \w+ \d{4}", part.equiv):
                ends[kind[1].casefold()] = i
        if len(ends) == 2:
            parts = list(row.text)
            i, j = ends["first"], ends["last"]
            parts[i], parts[j] = parts[j], parts[i]
            yield Mutant(
                "first and last date of the study swapped", "T2", row.address, tuple(parts), frozenset({"CL3"})
            )


sentence_added(
    "period that ends before it begins", "T2",
    ("The period ran from 5 May 2014 to 3 May 2014.", "Visits took place from 9 July 2013 until 2 June 2012."), "N1", "T1", *SOURCES,
)  # fmt: skip
sentence_added(
    "another version of a dictionary", "T5",
    (
        "Terms were coded with MedDRA version 77.1, first with MedDRA version 76.0.",
        "The data cut-off was 3 May 2014; the earlier data cut-off was 2 May 2014.",
        "The database lock was on 3 May 2014 (earlier database lock: 2 May 2014).",
    ),
    "N1", "T1", "T2", "AB1", *SOURCES,
)  # fmt: skip


# ------------------------------------------------------------ codelists


@seeds("value of a list typed over", "M3")
def _typed_over(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, fact in _facts_of(world, row):
            listed = world.card.codelists.get(fact.statistic, {})
            others = [v for k, v in listed.items() if fact.raw not in (k, v) and len(v) > 3 and v.isalpha()]
            others = [v for v in others if v.casefold() not in said(row.text).casefold()]
            if others and fact.raw in listed:
                text = with_part(row.text, i, Text(others[0].lower()))
                may = frozenset({"CL2", "CL3", "N13", "S6", "U1", "P6", "S4", "M2"})
                yield Mutant("value of a list typed over", "M3", row.address, text, may)
                break


@seeds("value that its list does not hold", "M3")
def _not_listed(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for _, fact in _facts_of(world, row):
            if fact.statistic in world.card.codelists and fact.raw:
                text, facts = revalued(world, row.text, fact, "OTHERWISE")
                may = frozenset({"CL2", "CL3", "N2", "N9", "U1", "P6"})
                yield Mutant("value that its list does not hold", "M3", row.address, text, may, facts)
                break


@seeds("code beside another decode", "M3")
def _decode(world: World) -> Iterator[Mutant]:
    for _, row in world.rows():
        for i, fact in _facts_of(world, row):
            variable = fact.statistic.removesuffix(" decode")
            listed = world.card.codelists.get(variable, {})
            others = [v for k, v in listed.items() if fact.raw not in (k, v) and re.fullmatch(r"[A-Za-z ]{3,}", v)]
            if others and fact.raw in {*listed, *listed.values()}:
                text = with_part(row.text, i, row.text[i], Text(f" ({others[0].lower()})"))
                may = frozenset({"CL2", "S6", "N4", "P6", "U1", "S4", "T2"})
                yield Mutant("code beside another decode", "M3", row.address, text, may)
                break


# ------------------------------------------------------------ narratives


def _narratives(world: World) -> Iterator[tuple[PlannedBlock, PlannedRow, str]]:
    draft = world.draft()
    for row in draft.rows:
        names = row.named(draft.ids) if draft.ids is not None and row.heading else frozenset()
        if len(names) == 1 and min(names) in draft.card.subjects:
            yield row.block, row.planned, min(names)


@seeds("narrative of a subject lost", "P7")
def _lost(world: World) -> Iterator[Mutant]:
    wanted = {*world.card.deaths, *world.card.serious}
    for block, row, subject in _narratives(world):
        if subject not in wanted or not re.search("narrative|death|serious", block.heading, re.IGNORECASE):
            continue
        later = list(block.rows[block.rows.index(row) + 1 :])
        ends = next((n for n, r in enumerate(later) if r.kind is row.kind), len(later))
        empty: CodedText = (Text(" "),)
        others = {r.address: empty for r in later[:ends] if r.text}
        may = frozenset({"M1", "N13", "P5", "P10", "X4"})
        yield Mutant("narrative of a subject lost", "P7", row.address, empty, may, others=others, whole=True)


@seeds("narrative of a subject who needs none", "P7")
def _one_too_many(world: World) -> Iterator[Mutant]:
    card = world.card
    every = {*card.deaths, *card.serious, *card.special}
    none = sorted(s for s in card.subjects if s not in every)
    for n, (block, row, _) in enumerate(_narratives(world)):
        if none and re.search("narrative|death|serious|interest", block.heading, re.IGNORECASE):
            text: CodedText = (Text(f"Subject {none[n % len(none)]}"),)
            may = frozenset({"N1", "P6", "M1", "T2", "T3", "N13"})
            yield Mutant("narrative of a subject who needs none", "P7", row.address, text, may, whole=True)
