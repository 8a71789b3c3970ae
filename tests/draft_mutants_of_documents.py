"""Seeded defects of a document as a whole and of documents beside each other, as ``draft_mutants`` runs them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from draft_mutants import Mutant, World, appended, said, seeds, sentence_added, words_changed

from docpipe.model import draft as codes
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate, PlannedBlock, PlannedRow
from docpipe.model.finding import Finding
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.writing.checks.reading.check import DraftText
from docpipe.writing.cross_checks import run_cross_checks, run_version_checks
from docpipe.writing.factstore import FactStore
from docpipe.writing.study_card import Endpoint

SOURCES = ("CL1", "CL2")
WHOLE = Address("")

# ------------------------------------------------------------ references and order


@seeds("display that nothing names", "X2")
def _unnamed(world: World) -> Iterator[Mutant]:
    for n in range(1, 9):
        card = replace(world.card, displays={**world.card.displays, f"Table 99-9.{n:02d}": ("A table", "Safety")})
        yield Mutant("display that nothing names", "X2", WHOLE, (), frozenset(), None, card, whole=True)


@seeds("display no longer cited or listed", "X2")
def _uncited(world: World) -> Iterator[Mutant]:
    texts = [r.text for _, r in world.plan.rows()] + [t for table in world.plan.tables for t in table.texts()]
    for unused in world.plan.unused:
        plan = replace(world.plan, unused=tuple(u for u in world.plan.unused if u is not unused))
        named = any(unused.display.split()[-1] in said(t) for t in texts)
        if unused.display in world.card.displays and not named:
            yield Mutant("display no longer cited or listed", "X2", WHOLE, (), frozenset(), plan=plan, whole=True)


sentence_added("citation without entry", "X3", ("This was seen before [23].", "Others agree [7, 9]."), "N1", *SOURCES)


@seeds("reference that nothing cites", "X3")
def _entry(world: World) -> Iterator[Mutant]:
    entries = (
        "1. Author A. A title. Journal. 2001.",
        "[2] Author B. Another title. doi: 10.12/none.",
        "3. Author C. doi: none",
    )
    for n, entry in enumerate(entries * 3):
        row = PlannedRow(Address(f"block:R{n}/0"), BlockKind.HEADING, (Text("References"),), 1, fixed=True)
        line = PlannedRow(Address(f"block:R{n}/1"), BlockKind.PARAGRAPH, (Text(entry),))
        block = PlannedBlock(f"R{n}", "", "References", 1, Fate.DRAFTED, (row, line))
        plan = replace(world.plan, blocks=(*world.plan.blocks, block))
        may = frozenset({"N1", "S6", "AB1", "X4"})
        yield Mutant("reference that nothing cites", "X3", line.address, (), may, plan=plan, whole=True)


@seeds("sections in another order", "X4")
def _swapped(world: World) -> Iterator[Mutant]:
    blocks = world.plan.blocks
    numbered = [i for i, b in enumerate(blocks) if re.fullmatch(r"\d+(?:\.\d+)*", b.number) and b.rows]
    for i, j in itertools.pairwise(numbered):
        order = list(blocks)
        order[i], order[j] = order[j], order[i]
        plan = replace(world.plan, blocks=tuple(order))
        may = frozenset({"AB1", "AB3", "X3", "CL4"})
        yield Mutant("sections in another order", "X4", blocks[i].rows[0].address, (), may, plan=plan, whole=True)


@seeds("table without its caption", "X4")
def _caption(world: World) -> Iterator[Mutant]:
    for block in world.plan.blocks:
        for row in block.rows:
            if row.kind is BlockKind.CAPTION and any(r.kind is BlockKind.TABLE for r in block.rows):
                rows = tuple(r for r in block.rows if r is not row)
                blocks = tuple(replace(b, rows=rows) if b is block else b for b in world.plan.blocks)
                plan = replace(world.plan, blocks=blocks)
                yield Mutant(
                    "table without its caption", "X4", row.address, (), frozenset({"P2"}), plan=plan, whole=True
                )


@seeds("table that stands twice", "X4")
def _twice(world: World) -> Iterator[Mutant]:
    for block in world.plan.blocks:
        for n, row in enumerate(block.rows):
            if row.kind is BlockKind.TABLE:
                again = replace(row, address=Address(f"{row.address}9"))
                rows = (*block.rows[: n + 1], again, *block.rows[n + 1 :])
                blocks = tuple(replace(b, rows=rows) if b is block else b for b in world.plan.blocks)
                plan = replace(world.plan, blocks=blocks)
                yield Mutant(
                    "table that stands twice", "X4", row.address, (), frozenset({"N13"}), plan=plan, whole=True
                )


# ------------------------------------------------------------ language

sentence_added(
    "abbreviation defined twice", "AB3",
    (
        "A pain intensity score (PIS) was used. A pain intensity score (PIS) was used again.",
        "A quality index (QI) was kept, and the quality index (QI) was read.",
    ),
    "S2", "S6", "N1", "AB1", "AB2", *SOURCES,
)  # fmt: skip


@seeds("long form after its abbreviation", "AB3")
def _long_form(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: not r.passages):
        for short, long in world.plan.abbreviations:
            whole = said(row.text)
            if len(re.findall(rf"(?<![\w-]){re.escape(short)}s?(?![\w-])", whole)) != 1:
                continue
            for i, part in enumerate(row.text):
                if isinstance(part, Text) and re.search(rf"(?<![\w(-]){re.escape(short)}(?![\w)-])", part.text):
                    new = re.sub(rf"(?<![\w(-]){re.escape(short)}(?![\w)-])", long, part.text)
                    text = (*row.text[:i], Text(new), *row.text[i + 1 :])
                    may = frozenset({*SOURCES, "S6", "S5", "AB1", "P2", "P10", "P11", "N1"})
                    yield Mutant("long form after its abbreviation", "AB3", row.address, text, may)
                    break


@seeds("conclusion too strong", "CL4")
def _strong(world: World) -> Iterator[Mutant]:
    sentences = (
        "This definitively establishes the effect.", "These results have conclusively proven the benefit.",
        "The study establishes efficacy.", "This proves that the treatment works.",
    )  # fmt: skip
    rows = [
        r
        for b, r in world.plan.rows()
        if re.search(r"synopsis|conclusion|discussion", b.heading, re.IGNORECASE) and r.kind is BlockKind.PARAGRAPH
    ]
    for n, row in enumerate(r for r in rows if not r.passages and r.text):
        may = frozenset({*SOURCES, "S3", "M6", "N14"})
        yield Mutant("conclusion too strong", "CL4", row.address, appended(row.text, sentences[n % 4]), may)


@seeds("section worded much harder", "S7")
def _harder(world: World) -> Iterator[Mutant]:
    hard = (
        "Notwithstanding considerable methodological heterogeneity characterizing contemporaneous pharmacoepidemiological investigations, "
        "comprehensive multidimensional interpretation necessitates extraordinarily conscientious deliberation regarding generalizability, "
        "representativeness, and interdisciplinary transferability of observational characteristics."
    )
    may = frozenset({*SOURCES, "S2", "S3", "S6", "AB1"})
    for block in world.plan.blocks:
        rows = [r for r in block.rows if r.kind is BlockKind.PARAGRAPH and not r.passages and not r.gap and r.text]
        if rows and sum(len(re.findall(r"\w\. |\.$", said(r.text))) for r in rows) > 2:
            others = {r.address: (Text(f"{hard} {hard}"),) for r in rows[1:]}
            text: CodedText = (Text(f"{hard} {hard} {hard}"),)
            yield Mutant("section worded much harder", "S7", rows[0].address, text, may | {"N13", "N14"}, others=others)


# ------------------------------------------------------------ claims of the whole


@seeds("endpoint without result", "CL6")
def _endpoint(world: World) -> Iterator[Mutant]:
    if not any("fficacy" in b.heading for b in world.plan.blocks):
        return
    for n, name in enumerate(("QXR-Scale", "ZBT-9", "WPQ-Cog", "KLM-X", "FVR2", "GHT-II", "NMO-S", "TUV-C")):
        text = f"Change from baseline to the end of treatment in {name} score"
        kind = "primary" if n % 2 else "secondary"
        card = replace(world.card, endpoints=(*world.card.endpoints, Endpoint(kind, text)))
        yield Mutant("endpoint without result", "CL6", WHOLE, (), frozenset(), None, card, whole=True)


@seeds("results of the endpoint taken out", "CL6")
def _silenced(world: World) -> Iterator[Mutant]:
    """Every row that tells of one instrument has its words and values removed, the tables too."""
    names = {
        n
        for e in world.card.endpoints
        for n in re.findall(r"\b[A-Z]{2,}[\w+-]*[A-Z0-9+]\b", e.text)
        if e.kind == "primary" and not e.objective
    }
    for name in sorted(names):
        plain = name.casefold().replace("-", "")
        holds = lambda text, plain=plain: plain in re.sub(r"[\s-]", "", text.casefold())  # noqa: E731
        facts = {
            f.id
            for f in world.facts
            if holds(" ".join((*f.row, f.display, world.card.displays.get(f.display, ("", ""))[0])))
        }
        gone: CodedText = (Text("No statement."),)
        others = {
            r.address: gone
            for _, r in world.plan.rows()
            if r.text
            and (holds(said(r.text)) or facts & set(r.facts) or holds(r.gap))
            and r.kind is not BlockKind.HEADING
        }
        tables = {t.key for t in world.plan.tables if facts & set(t.facts) or any(holds(said(x)) for x in t.texts())}
        for _, r in world.plan.rows():
            if any(isinstance(p, Placeholder) and p.kind == codes.TABLE and p.data in tables for p in r.text):
                others[r.address] = gone
        if others:
            first = min(others)
            may = frozenset(
                {*SOURCES, "CL3", "M1", "M6", "N13", "X2", "X4", "P7", "P10", "P11", "AB1", "X1", "P2", "T5"}
            )
            yield Mutant("results of the endpoint taken out", "CL6", first, gone, may, others=others, whole=True)


# ------------------------------------------------------------ people and blinding

sentence_added(
    "personal data", "FL3",
    (
        "The subject was born on 3 March 1944.", "The subject's initials were J.S.", "Mrs. Miller was seen at home.",
        "The date of birth was 1944-03-03.", "Her hospital number was kept.",
    ),
    "N1", "T1", "T2", "P6", "AB1", "CL5", *SOURCES,
)  # fmt: skip


@seeds("subject named for the public", "FL3")
def _public(world: World) -> Iterator[Mutant]:
    plan = replace(world.plan, title=f"{world.plan.title}: plain language summary")
    subjects = sorted(world.card.subjects)
    for n, (_, row) in enumerate(world.rows(lambda b, r: bool(r.facts) and not r.passages)):
        text = appended(row.text, f"This was Subject {subjects[n % len(subjects)]}.")
        may = frozenset({"N1", "P6", *SOURCES, "T2", "T3"})
        yield Mutant("subject named for the public", "FL3", row.address, text, may, plan=plan)


@seeds("value of an arm in a blinded document", "FL4")
def _blinded(world: World) -> Iterator[Mutant]:
    card = replace(world.card, blinded=True)
    for _, row in world.rows():
        if any((f := world.fact(p)) is not None and f.arm in world.plan.arms for p in row.text):
            yield Mutant("value of an arm in a blinded document", "FL4", row.address, row.text, frozenset(), None, card)


@seeds("code broken in a blinded document", "FL4")
def _broken(world: World) -> Iterator[Mutant]:
    card = replace(world.card, blinded=True)
    sentences = (
        "The treatment allocation was Placebo.",
        "After unblinding, the code was read.",
        "The actual treatment was given.",
    )
    for n, (_, row) in enumerate(world.rows(lambda b, r: bool(r.facts) and not r.passages)):
        if not any((f := world.fact(p)) is not None and f.arm in world.plan.arms for p in row.text):
            may = frozenset({*SOURCES, "P6"})
            text = appended(row.text, sentences[n % 3])
            yield Mutant("code broken in a blinded document", "FL4", row.address, text, may, None, card)


# ------------------------------------------------------------ documents beside each other


def _across(one: DraftText, two: DraftText) -> Iterator[Finding]:
    for rows in run_cross_checks({"one.docx": one, "two.docx": two}).values():
        for found in rows.values():
            yield from found


@seeds("reused paragraph edited in one document", "R1")
def _reused(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: len(r.text) > 1):
        mutant = Mutant(
            "reused paragraph edited in one document", "R1", row.address, appended(row.text, "This is all.")
        )
        yield replace(mutant, found=lambda m=mutant: _across(world.draft(), world.draft(m)))


@seeds("one fact with two values", "R2")
def _two_values(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: bool(r.facts)):
        fact = next(f for p in row.text if (f := world.fact(p)) is not None)
        facts = FactStore(
            replace(f, raw=f"{f.raw}9", formatted=f"{f.formatted}9") if f is fact else f for f in world.facts
        )
        mutant = Mutant("one fact with two values", "R2", row.address, row.text, frozenset(), facts)
        yield replace(mutant, found=lambda m=mutant: _across(world.draft(), world.draft(m)))


@seeds("two versions of a dictionary", "R2")
def _versions(world: World) -> Iterator[Mutant]:
    for _, row in world.rows(lambda b, r: not r.passages):
        one, two = (
            Mutant("", "", row.address, appended(row.text, f"Terms were coded with MedDRA version {v}."))
            for v in ("71.0", "72.0")
        )
        found = lambda a=one, b=two: _across(world.draft(a), world.draft(b))  # noqa: E731
        may = frozenset({"R1"})
        yield Mutant("two versions of a dictionary", "R2", row.address, row.text, may, found=found)


@seeds("title page of another study", "R3")
def _titles(world: World) -> Iterator[Mutant]:
    plan = world.plan
    headers = [
        replace(plan, header=(*(h for h in plan.header if h is not x), (x[0], f"{x[1]} B"))) for x in plan.header
    ]
    others = [replace(plan, study="OTHER-1"), replace(plan, data_version="0" * 64), *headers]
    others += [replace(plan, header=(*plan.header, ("Sponsor", f"Sponsor {n}"))) for n in range(8)]
    known = ("document", "title of document", "version", "date", "status")
    for other in others:
        if {k.casefold() for k, v in other.header if (k, v) not in plan.header} & set(known):
            continue
        first = replace(plan, header=(*plan.header, ("Sponsor", "Sponsor"))) if other.header != plan.header else plan
        one = DraftText(first, {}, world.facts, world.card)
        two = DraftText(other, {}, world.facts, world.card)
        yield Mutant("title page of another study", "R3", WHOLE, (), found=lambda a=one, b=two: _across(a, b))


# ------------------------------------------------------------ versions of one document


def _listing(world: World, said_there: str) -> World:
    """The draft with a list of changes of its own."""
    head = PlannedRow(Address("block:H/0"), BlockKind.HEADING, (Text("Document History"),), 1, fixed=True)
    line = PlannedRow(Address("block:H/1"), BlockKind.PARAGRAPH, (Text(said_there),))
    block = PlannedBlock("H", "", "Document History", 1, Fate.DRAFTED, (head, line))
    return World(replace(world.plan, blocks=(block, *world.plan.blocks)), world.facts, world.card, world.random)


def _before(world: World) -> dict[Address, CodedText]:
    return {r.address: r.text for _, r in world.plan.rows()}


def _numbered(world: World) -> Iterator[tuple[PlannedBlock, PlannedRow]]:
    return (
        (b, r) for b, r in world.rows(lambda b, r: bool(re.match(r"\d", b.number)) and r.kind is BlockKind.PARAGRAPH)
    )


def _against_before(world: World, mutant: Mutant) -> Iterator[Finding]:
    for found in run_version_checks(world.draft(mutant), _before(world)).values():
        yield from found


@seeds("change that the list of changes has not", "M5")
def _unlisted(world: World) -> Iterator[Mutant]:
    listed = _listing(world, "First version.")
    for _, row in _numbered(world):
        mutant = Mutant(
            "change that the list of changes has not", "M5", row.address, appended(row.text, "This is new.")
        )
        yield replace(mutant, found=lambda m=mutant: _against_before(listed, m))


@seeds("listed change that was not made", "M5")
def _unmade(world: World) -> Iterator[Mutant]:
    for block, row in _numbered(world):
        listed = _listing(world, f"Section {block.number} was changed.")
        mutant = Mutant("listed change that was not made", "M5", row.address, row.text)
        yield replace(mutant, found=lambda w=listed, m=mutant: _against_before(w, m))


@seeds("harmless: change that is listed")
def _listed(world: World) -> Iterator[Mutant]:
    for block, row in _numbered(world):
        listed = _listing(world, f"Section {block.number} was changed.")
        mutant = Mutant("harmless: change that is listed", "", row.address, appended(row.text, "This is new."))
        yield replace(mutant, found=lambda w=listed, m=mutant: _against_before(w, m))


words_changed("harmless: a word for another", "", r"\bA total of\b", "In total,", where=r"^1[0-4]")
