"""Checks over several documents: those of one batch (the same text, fact and title wherever they stand), two versions of one. Imports its room only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docpipe.model.document import Address
from docpipe.model.fact import Fact
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import CodedText, Placeholder, Text, plain_text, renumber, text_digest
from docpipe.writing.checks.reading.check import WHOLE, DraftText
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.checks.times import stated
from docpipe.writing.evidence import said_of
from docpipe.writing.planned import NAMES, normal


@dataclass(frozen=True, slots=True)
class Described:
    """A check that looks at more or at other than one draft's text: its id, severity, title and what it finds."""

    id: str
    severity: Severity
    title: str
    description: str


CROSS_CHECKS = (
    Described("R1.reused-text", Severity.MAJOR, "Reused text differs", "A paragraph that the program wrote alike in two documents and that stands otherwise in one of them, with no edit of it recorded in the other. Gaps and headings are let pass."),
    Described("R2.fact-across-documents", Severity.CRITICAL, "One fact, two values", "A fact that two documents show with different values, or two versions of a dictionary or cut-off."),
    Described("M5.list-of-changes", Severity.CRITICAL, "List of changes is not what changed", "In a document with a history or list of changes of its own, against its previous version: a section that differs and is not named there, by its number, that of a section above it, or its heading; and a section named there that is as before. Documents without such a list, and first versions, are let pass."),
    Described("R3.title-across-documents", Severity.CRITICAL, "Title pages differ", "Study, data version or a line of the header (title, protocol, phase, sponsor, dates) that is not the same in every document of the batch."),
)  # fmt: skip
STUDY_CHECKS = (
    Described("R4.value-in-translation", Severity.CRITICAL, "Value not said in the translation", "In the translation of a draft: a number or date of a sentence, by the fact that the draft shows there, that the target does not say in figures, numerals or words of its language. Sentences that are not the draft's own are let pass."),
    Described("R5.group-in-translation", Severity.CRITICAL, "Values of groups changed places", "In the translation of a draft: values that belong to groups and stand with another group's name, as the translation's own column heads call them. Silent where a name or value is not unique in the sentence."),
    Described("R6.translation-out-of-date", Severity.MAJOR, "Translation of a former version", "Of docpipe check-study: the newest translation of a draft into a language translates a version before this one."),
    Described("R7.design-across-documents", Severity.CRITICAL, "Protocol and data plan differently", "Numbers of subjects and arms, ages, sex and phase that the protocol as a design and the trial summary of the data, or two documents of one study, state with different values. What one does not state is let pass."),
)  # fmt: skip
"""Checks over documents of several batches, and over translations of drafts."""
_BY_ID = {c.id.partition(".")[0]: c for c in (*CROSS_CHECKS, *STUDY_CHECKS)}
Found = Mapping[str, Mapping[Address, Sequence[Finding]]]


def run_cross_checks(drafts: Mapping[str, DraftText]) -> dict[str, dict[Address, list[Finding]]]:
    """Findings by document (its name in ``drafts``) and row, ``""`` for the document as a whole."""
    found: dict[str, dict[Address, list[Finding]]] = {name: {} for name in drafts}
    for name, address, finding in (
        *_reused(drafts), *_facts(drafts), *_versions(drafts), *_titles(drafts), *_designs(drafts),
    ):  # fmt: skip
        found[name].setdefault(address, []).append(finding)
    return {name: rows for name, rows in found.items() if rows}


_CHANGES = re.compile(
    r"\b(?:(?:document|version|revision) history|(?:summary|list|overview|table) of (?:the )?(?:changes|amendments|revisions)|"
    r"changes (?:to|from|since|in) (?:the )?previous version|amendment details)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(r"\bSections?\s+(\d[\d.]*\d|\d)")


def run_version_checks(draft: DraftText, previous: Mapping[Address, CodedText]) -> dict[Address, list[Finding]]:
    """Findings of a document against its previous version, by row. ``previous``: its texts by row address."""
    lists = [b for b in draft.plan.blocks if _CHANGES.search(b.heading)]
    if not lists or not previous:
        return {}
    inside = {b.id for b in lists}
    rows = [r for b in lists for r in draft.rows_of.get(b.id, ())]
    said = " ".join([r.full for r in rows if not r.heading] + [t for r in rows for t in _cells(draft, r)])
    named = {m[1] for m in _SECTION.finditer(said)}
    before: dict[str, list[str]] = defaultdict(list)
    for address, text in previous.items():
        before[address.rpartition("/")[0].removeprefix("block:")].append(plain_text(text, equiv=True))
    found: dict[Address, list[Finding]] = {}
    changed: set[str] = set()
    for block in draft.plan.blocks:
        now = [r.full for r in draft.rows_of.get(block.id, ())]
        if block.id in inside or list(map(_plain, now)) == list(map(_plain, before.get(block.id, []))):
            continue
        changed.add(block.number or block.id)
        above = any(block.number == n or block.number.startswith(f"{n}.") for n in named)
        if not above and not (block.heading and _plain(block.heading) in _plain(said)) and block.rows:
            message = f"Section {block.number or block.heading} differs from the previous version and is not listed."
            found.setdefault(block.rows[0].address, []).append(_finding("M5", message))
    for number in sorted(named):
        if not any(c == number or c.startswith(f"{number}.") for c in changed):
            message = f"Section {number} is listed as changed and is as before."
            found.setdefault(rows[0].address, []).append(_finding("M5", message))
    return found


def _cells(draft: DraftText, row: Seen) -> Iterator[str]:
    return (plain_text(t, equiv=True) for table in draft.tables_of(row) for t in table.texts())


def _finding(number: str, message: str) -> Finding:
    check = _BY_ID[number]
    return Finding(check.id, check.severity, message)


_Raised = Iterator[tuple[str, Address, Finding]]


def _reused(drafts: Mapping[str, DraftText]) -> _Raised:
    """Rows whose program text is alike in several documents: the same codes and words."""
    groups: dict[str, list[tuple[str, Seen]]] = defaultdict(list)
    for name, draft in drafts.items():
        for row in draft.rows:
            if (
                row.heading
                or row.planned.gap
                or len(row.planned.text) < 2
                or not any(isinstance(p, Text) for p in row.planned.text)
            ):
                continue
            groups[_shape(row)].append((name, row))
    for group in groups.values():
        if len({name for name, _ in group}) < 2:
            continue
        forms = {text_digest(renumber(row.coded)) for _, row in group}
        if len(forms) < 2:
            continue
        for name, row in group:
            if row.edited:
                others = sorted({n for n, r in group if n != name and text_digest(r.coded) != text_digest(row.coded)})
                if others:
                    yield (
                        name,
                        row.address,
                        _finding("R1", f"The same paragraph stands otherwise in {', '.join(others)}."),
                    )


def _shape(row: Seen) -> str:
    return "".join(
        p.text if isinstance(p, Text) else f"\ue000{p.data}" if isinstance(p, Placeholder) else ""
        for p in row.planned.text
    )


def _facts(drafts: Mapping[str, DraftText]) -> _Raised:
    first: dict[str, tuple[str, Fact]] = {}
    for name, draft in drafts.items():
        told: set[str] = set()
        for row in draft.rows:
            for code in row.values:
                fact = code.fact
                if fact is None or fact.id in told:
                    continue
                known = first.setdefault(fact.id, (name, fact))
                if known[1].raw != fact.raw:
                    told.add(fact.id)
                    yield (
                        name,
                        row.address,
                        _finding(
                            "R2", f"{said_of(fact)} is {fact.formatted} here and {known[1].formatted} in {known[0]}."
                        ),
                    )


def _versions(drafts: Mapping[str, DraftText]) -> _Raised:
    first: dict[str, tuple[str, str]] = {}
    for name, draft in drafts.items():
        for what, values in stated(draft.rows).items():
            for value, row in values.items():
                known = first.setdefault(what, (name, value))
                if known[1] != value and known[0] != name:
                    yield name, row.address, _finding("R2", f"{what}: {value} here, {known[1]} in {known[0]}.")


def _designs(drafts: Mapping[str, DraftText]) -> _Raised:
    first: dict[str, tuple[str, str, str]] = {}
    told: set[tuple[str, str]] = set()
    for name, draft in drafts.items():
        for source, values in (("the protocol", draft.card.planned), ("the trial summary", draft.card.design)):
            for parameter in NAMES.keys() & values.keys():
                said, shown = normal(parameter, values[parameter]), ", ".join(values[parameter])
                if not said:
                    continue
                known = first.setdefault(parameter, (said, shown, f"{source} of {name}"))
                if known[0] != said and (parameter, said) not in told:
                    told.add((parameter, said))
                    message = f"{NAMES[parameter]}: {shown} by {source} of {name}, {known[1]} by {known[2]}."
                    yield name, WHOLE, _finding("R7", message)


def _titles(drafts: Mapping[str, DraftText]) -> _Raised:
    first: dict[str, tuple[str, str]] = {}
    for name, draft in drafts.items():
        plan = draft.plan
        lines = [
            ("study", plan.study),
            ("data version", plan.data_version),
            *((k.casefold(), v) for k, v in plan.header),
        ]
        for row in draft.rows:
            m = re.match(
                r"(Study title|Protocol title|Study identifier|Protocol(?: number)?|Phase|Development phase|Sponsor|Indication(?: studied)?)\s*:\s*(.+)",
                row.full,
            )
            if m is not None and not row.planned.gap:
                lines.append((m[1].casefold().replace("development phase", "phase"), m[2]))
        for what, value in dict.fromkeys(lines):
            if what in ("document", "title of document", "version", "date", "status"):
                continue
            known = first.setdefault(what, (name, value))
            if _plain(known[1]) != _plain(value):
                yield name, WHOLE, _finding("R3", f"{what.capitalize()} is another than in {known[0]}.")


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
