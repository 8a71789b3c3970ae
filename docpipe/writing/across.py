"""What documents of one study say differently: paragraphs, facts, versions, plans, title pages, each with its place in either document. Imports its room only.

Where more than two say something, those in the minority are the ones told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from docpipe.model import draft as codes
from docpipe.model.document import Address
from docpipe.model.draft import Plan
from docpipe.model.fact import Fact
from docpipe.model.inline import CodedText, Placeholder, Text, renumber, text_digest
from docpipe.writing.amended import table_of
from docpipe.writing.checks.reading.check import WHOLE, DraftText
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.seen import Code, Seen
from docpipe.writing.checks.times import stated
from docpipe.writing.evidence import said_of
from docpipe.writing.factstore import FactStore
from docpipe.writing.planned import NAMES, normal

Place = tuple[str, Address]
"""Document by its name, row."""
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\w+|[^\w\s]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ATTRIBUTES = {
    "PLANSUB": ("plannedEnrollmentNumber",), "AGEMIN": ("plannedAge",), "AGEMAX": ("plannedAge",), "SEXPOP": ("plannedSex",),
    "TPHASE": ("studyPhase",),
}  # fmt: skip
"""Where a designed trial states what a trial summary states under these names."""
_LINE = re.compile(
    r"(Study title|Protocol title|Study identifier|Protocol(?: number)?|Phase|Development phase|Sponsor|Indication(?: studied)?)\s*:\s*(.+)"
)
_SUMMARY = ("TS", "TSVAL")
_OWN = ("document", "title of document", "version", "date", "status")
"""Lines of a header that each document has its own of."""


@dataclass(frozen=True, slots=True)
class Across:
    """What stands otherwise in one document. ``check``: the check's number; ``others``: where the others say something else; ``span``: in the
    row's whole text; ``facts``: what it is about."""

    check: str
    message: str
    place: Place
    others: tuple[Place, ...] = ()
    span: tuple[int, int] | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """A value that a document states. ``key``: equal for equal values."""

    key: str
    shown: str
    place: Place
    code: Code | None = None
    facts: tuple[Fact, ...] = ()


def differences(drafts: Mapping[str, DraftText]) -> Iterator[Across]:
    """Every difference, by the drafts' names."""
    yield from _reused(drafts)
    yield from _facts(drafts)
    yield from _versions(drafts)
    yield from _titles(drafts)
    yield from _designs(drafts)


def _reused(drafts: Mapping[str, DraftText]) -> Iterator[Across]:
    """Rows whose program text is alike in several documents: the same codes and words."""
    groups: dict[str, list[tuple[str, Seen]]] = defaultdict(list)
    for name, draft in drafts.items():
        for row in draft.rows:
            text = row.planned.text
            worded = len(text) > 1 and any(isinstance(p, Text) for p in text)
            if worded and not row.heading and not row.planned.gap:
                groups[_shape(text)].append((name, row))
    for group in groups.values():
        if len({name for name, _ in group}) < 2 or len({text_digest(renumber(row.coded)) for _, row in group}) < 2:
            continue
        for name, row in group:
            if row.edited:
                mine = text_digest(row.coded)
                others = [(n, r.address) for n, r in group if n != name and text_digest(r.coded) != mine]
                if others:
                    message = f"The same paragraph stands otherwise in {', '.join(sorted({n for n, _ in others}))}."
                    yield Across("R1", message, (name, row.address), tuple(others))


def _shape(text: CodedText) -> str:
    return "".join(
        p.text if isinstance(p, Text) else f"\ue000{p.data}" if isinstance(p, Placeholder) else "" for p in text
    )


def _outvoted(several: Sequence[_Said]) -> Iterator[tuple[_Said, _Said]]:
    """Those that say something else than most, or than the first where as many say one as the other; each with one of the others."""
    groups: dict[str, list[_Said]] = defaultdict(list)
    for one in several:
        groups[one.key].append(one)
    if len(groups) < 2:
        return
    most = max(groups.values(), key=lambda g: len({s.place[0] for s in g}))
    for group in groups.values():
        if group is not most:
            told: set[str] = set()
            for one in group:
                other = next((s for s in most if s.place[0] != one.place[0]), None)
                if other is not None and one.place[0] not in told:
                    told.add(one.place[0])
                    yield one, other


# ------------------------------------------------------------ facts


def _facts(drafts: Mapping[str, DraftText]) -> Iterator[Across]:
    """Facts of one id with other values, and values that a person typed over one that another document shows."""
    shown: dict[str, dict[str, _Said]] = defaultdict(dict)
    for name, draft in drafts.items():
        for row in draft.rows:
            for code in row.values:
                fact = code.fact
                if fact is not None and name not in shown[fact.id]:
                    shown[fact.id][name] = _Said(fact.raw, fact.formatted, (name, row.address), code, (fact,))
        for key, (fact, address) in kept(_in_tables, draft.plan, draft.facts).items():
            shown[key].setdefault(name, _Said(fact.raw, fact.formatted, (name, address), None, (fact,)))
    for several in shown.values():
        for one, other in _outvoted(list(several.values())):
            message = f"{said_of(one.facts[0])} is {one.shown} here and {other.shown} in {other.place[0]}."
            span = (one.code.start, one.code.end) if one.code is not None else None
            yield Across("R2", message, one.place, (other.place,), span, (*one.facts, *other.facts))
    for name, draft in drafts.items():
        for row in draft.rows:
            for typed, start, end in _typed_over(row) if row.edited else ():
                there = next((s for n, s in shown.get(typed.data.partition(":")[0], {}).items() if n != name), None)
                if there is not None:
                    message = f"{said_of(there.facts[0])} is {row.full[start:end]} here, typed by hand, and {there.shown} in {there.place[0]}."
                    yield Across("R2", message, (name, row.address), (there.place,), (start, end), there.facts)


def _in_tables(plan: Plan, facts: FactStore) -> dict[str, tuple[Fact, Address]]:
    """The facts that in-text tables show, each with the first row that stands for such a table."""
    found: dict[str, tuple[Fact, Address]] = {}
    for _, row in plan.rows():
        table = table_of(plan, row)
        for key in table.facts if table is not None else ():
            versions = facts.versions(key) if key not in found else ()
            if versions:
                found[key] = (versions[0], row.address)
    return found


def _typed_over(row: Seen) -> Iterator[tuple[Placeholder, int, int]]:
    """Values of the program's text that stand here as another number of as many decimals, typed: each with the number's place."""
    before, now = _tokens(row.planned.text), _tokens(row.coded)
    matcher = SequenceMatcher(None, [k for k, *_ in before], [k for k, *_ in now], autojunk=False)
    for op, i, j, k, m in matcher.get_opcodes():
        old = [p for _, p, _, _ in before[i:j] if p is not None and p.kind == codes.FACT]
        new = [(key, a, b) for key, p, a, b in now[k:m] if p is None and _NUMBER.fullmatch(key)]
        if op != "replace" or len(old) != len(new):
            continue
        for code, (typed, a, b) in zip(old, new, strict=True):
            said = code.equiv.strip("−-+ ")
            alike = _NUMBER.fullmatch(said) and len(said.partition(".")[2]) == len(typed.partition(".")[2])
            if alike and said.replace(",", "") != typed.replace(",", ""):
                yield code, a, b


def _tokens(text: CodedText) -> list[tuple[str, Placeholder | None, int, int]]:
    """Words, numbers, signs and codes, with their places in the whole text."""
    found: list[tuple[str, Placeholder | None, int, int]] = []
    at = 0
    for part in text:
        if isinstance(part, Text):
            found += [(m[0], None, at + m.start(), at + m.end()) for m in _TOKEN.finditer(part.text)]
            at += len(part.text)
        elif isinstance(part, Placeholder):
            found.append((f"\ue000{part.kind}:{part.data}", part, at, at + len(part.equiv)))
            at += len(part.equiv)
    return found


# ------------------------------------------------------------ what documents state of themselves


def _versions(drafts: Mapping[str, DraftText]) -> Iterator[Across]:
    found: dict[str, list[_Said]] = defaultdict(list)
    for name, draft in drafts.items():
        for what, values in stated(draft.rows).items():
            found[what] += [_Said(value, value, (name, row.address)) for value, row in values.items()]
    for what, several in found.items():
        for one, other in _outvoted(several):
            yield Across(
                "R2", f"{what}: {one.shown} here, {other.shown} in {other.place[0]}.", one.place, (other.place,)
            )


def _designs(drafts: Mapping[str, DraftText]) -> Iterator[Across]:
    found: dict[str, list[_Said]] = defaultdict(list)
    for name, draft in drafts.items():
        for source, values in (("the protocol", draft.card.planned), ("the trial summary", draft.card.design)):
            for parameter in NAMES.keys() & values.keys():
                if said := normal(parameter, values[parameter]):
                    row, facts = _place_of(draft, parameter, values[parameter], source == "the protocol")
                    shown = f"{', '.join(values[parameter])} by {source} of {name}"
                    found[parameter].append(_Said(said, shown, (name, row), None, facts))
    for parameter, several in found.items():
        groups: dict[str, list[_Said]] = defaultdict(list)
        for one in several:
            groups[one.key].append(one)
        most = max(groups.values(), key=len)
        for group in (g for g in groups.values() if g is not most):
            one, other = (next((s for s in g if s.facts), g[0]) for g in (group, most))
            message = f"{NAMES[parameter]}: {one.shown}, {other.shown}."
            yield Across("R7", message, one.place, (other.place,), None, (*one.facts, *other.facts))


def _place_of(
    draft: DraftText, parameter: str, values: Sequence[str], protocol: bool
) -> tuple[Address, tuple[Fact, ...]]:
    """The first row that shows a parameter; ``WHOLE`` where none does."""
    in_rows = ((code.fact, row.address) for row in draft.rows for code in row.values)
    for fact, address in chain(in_rows, kept(_in_tables, draft.plan, draft.facts).values()):
        if fact is None:
            continue
        of_trial = protocol and any(n in fact.row for n in _ATTRIBUTES.get(parameter, ()))
        if of_trial or (not protocol and (fact.display, fact.statistic) == _SUMMARY and fact.raw in values):
            return address, (fact,)
    return WHOLE, ()


def _titles(drafts: Mapping[str, DraftText]) -> Iterator[Across]:
    found: dict[str, list[_Said]] = defaultdict(list)
    for name, draft in drafts.items():
        plan = draft.plan
        lines: list[tuple[str, str, Address]] = [
            ("study", plan.study, WHOLE),
            ("data version", plan.data_version, WHOLE),
        ]
        lines += [(k.casefold(), v, WHOLE) for k, v in plan.header]
        for row in draft.rows:
            m = _LINE.match(row.full)
            if m is not None and not row.planned.gap and not m[2].startswith("file "):
                lines.append((m[1].casefold().replace("development phase", "phase"), m[2], row.address))
        for what, value, address in lines:
            if what not in _OWN:
                found[what].append(_Said(plain(value), value, (name, address)))
    for what, several in found.items():
        for one, other in _outvoted(several):
            yield Across("R3", f"{what.capitalize()} is another than in {other.place[0]}.", one.place, (other.place,))


def plain(text: str) -> str:
    """Words alone, in small letters."""
    return re.sub(r"\W+", " ", text).strip().casefold()
