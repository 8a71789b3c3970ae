"""Checks over several documents: those of one batch (the same text, fact and title wherever they stand), two versions of one. Imports its room only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docpipe.model.document import Address
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import CodedText, plain_text
from docpipe.writing.across import Across, differences, plain
from docpipe.writing.checks.reading.check import DraftText
from docpipe.writing.checks.reading.seen import Seen


@dataclass(frozen=True, slots=True)
class Described:
    """A check that looks at more or at other than one draft's text: its id, severity, title and what it finds."""

    id: str
    severity: Severity
    title: str
    description: str


CROSS_CHECKS = (
    Described("R1.reused-text", Severity.MAJOR, "Reused text differs", "A paragraph that the program wrote alike in two documents and that stands otherwise in one of them, with no edit of it recorded in the other. Gaps and headings are let pass."),
    Described("R2.fact-across-documents", Severity.CRITICAL, "One fact, two values", "A fact that two documents show with different values, in text or table; a number typed by hand over a value that another document shows; two versions of a dictionary or cut-off. Of several documents those in the minority are named."),
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
    found: dict[str, dict[Address, list[Finding]]] = {}
    for one, finding in across_findings(drafts):
        name, address = one.place
        found.setdefault(name, {}).setdefault(address, []).append(finding)
    return {name: found[name] for name in drafts if name in found}


def across_findings(drafts: Mapping[str, DraftText]) -> list[tuple[Across, Finding]]:
    """The same one by one, each with what stands against it."""
    found: list[tuple[Across, Finding]] = []
    for one in differences(drafts):
        name, address = one.place
        rows = {r.address: r for r in drafts[name].rows} if one.span else {}
        span = rows[address].span(*one.span) if one.span and address in rows else None
        check = _BY_ID[one.check]
        found.append((one, Finding(check.id, check.severity, one.message, None, span)))
    return found


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
        if block.id in inside or list(map(plain, now)) == list(map(plain, before.get(block.id, []))):
            continue
        changed.add(block.number or block.id)
        above = any(block.number == n or block.number.startswith(f"{n}.") for n in named)
        if not above and not (block.heading and plain(block.heading) in plain(said)) and block.rows:
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
