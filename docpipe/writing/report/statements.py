"""Statements of a report beside its numbers: quotations of protocol and plan that say something else, and residue. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.model.canonical import Digest
from docpipe.model.finding import Severity
from docpipe.model.report import ReportFinding
from docpipe.model.source import Place
from docpipe.writing.checks.protocol import CRITERIA
from docpipe.writing.report.checked import Checked
from docpipe.writing.report.events import events
from docpipe.writing.report.listed import listed
from docpipe.writing.report.narrated import narrated
from docpipe.writing.report.ruled import ruled
from docpipe.writing.report.structure import structure
from docpipe.writing.report.wording import wording
from docpipe.writing.study import StudyData

_AIMS = re.compile(r"\b(?:objective|endpoint|hypothes|criteria for evaluation|efficacy variable)", re.IGNORECASE)
_CLASSES = (
    ("P2.set-named", re.compile(r"safety|efficacy|intent\w*|itt|mitt|full|evaluable|completers?|per-?protocol|screened|enrolled|randomi[sz]ed|treated", re.IGNORECASE)),
    ("U1.dose", re.compile(r"oral|transdermal|intravenous|subcutaneous|intramuscular|topical|rectal|sublingual|inhaled|nasal", re.IGNORECASE)),
    ("U2.unit", re.compile(r"hours?|days?|weeks?|months?|years?", re.IGNORECASE)),
)  # fmt: skip
"""Words of which one stands for the other in a quotation only by mistake."""
_KINDS = {
    "number": "another number",
    "operator": "another comparator",
    "negation": "a negation more or less",
    "word": "another word",
}


def statements(checked: Checked, study: StudyData) -> list[ReportFinding]:
    """Findings on sentences that repeat protocol or analysis plan with another number, comparator or negation."""
    return [
        *_quotations(checked, study),
        *events(checked, study),
        *structure(checked),
        *listed(checked),
        *ruled(checked),
        *wording(checked, study),
        *narrated(checked, study),
    ]


def _quotations(checked: Checked, study: StudyData) -> Iterator[ReportFinding]:
    files = {d: f.path for d, f in study.files.items()}
    for (number, start, _), quote in checked.quotes.items():
        piece = checked.report.pieces[number]
        heading = " ".join(checked.report.sections[piece.section].path[-2:]) if piece.section >= 0 else ""
        for a, b, _, there, kind in quote.changed:
            criteria = CRITERIA.search(heading) is not None
            if quote.like < (0.72 if criteria or _AIMS.search(heading) else 0.85) and not (
                kind == "negation" and quote.whole >= 0.99
            ):
                continue
            alike = _alike(piece.text[start + a : start + b], there) if kind == "word" else ""
            if kind == "word" and not (criteria or alike or _AIMS.search(heading)):
                continue
            check = (
                alike
                if alike
                else "P11.criteria"
                if criteria
                else "CL3.negation"
                if kind == "negation"
                else "P10.objectives-verbatim"
                if _AIMS.search(heading)
                else "N2.value-differs"
            )
            sha, _, locator = quote.passage.partition("|")
            message = f"The protocol or analysis plan has {_KINDS[kind]} here: {there or 'none'}."
            yield ReportFinding(
                check, Severity.CRITICAL, message, number, piece.location, piece.text[start + a : start + b], start + a, start + b,
                there, f"{files.get(sha, '')}: “{quote.said[:300]}”", (Place(Digest(sha), locator),),
            )  # fmt: skip


def _alike(word: str, other: str) -> str:
    """The check of two words of one class: analysis sets, routes, units of time; "" for others."""
    return next((check for check, words in _CLASSES if words.fullmatch(word) and words.fullmatch(other)), "")
