"""A report's own order: contents against headings, captions in sequence, abbreviations against their list, visits that the study has.

Imports the core and its room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from docpipe.model.finding import Severity
from docpipe.model.report import Piece, PieceKind, ReportFinding, ReportText
from docpipe.writing.report.checked import Checked

_PAGE = re.compile(r"[\s.…]*\t?[\s.…]*[\divxlc]+\s*$")
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[A-Z]\.)[\s\u00a0]+")
_CAPTION = re.compile(r"^(Table|Figure)[\s\u00a0]+(\d{1,3})(?![\d.-]*[.-]\d)")
_SHORT = re.compile(r"\(([A-Z][A-Za-z+-]*[A-Z][\w+-]*)\)")
_SMALL = frozenset(("a", "an", "and", "the", "of", "for", "in", "on", "to", "not"))
_SECTION = re.compile(r"\b(?:Section|Appendix)[\s\u00a0]+(\d+(?:\.\d+){2,})")
_INSIDE = re.compile(r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.]*\d)")
_ELSEWHERE = re.compile(r"\b(?:protocol|SAP|plan|ICH|guideline|brochure|manual|charter)(?:[’']s)?,?\s+$", re.IGNORECASE)
_OF = re.compile(
    r"\s*(?:of|in) (?:the )?(?:\w+ ){0,2}(?:protocol|SAP|plan|ICH|guideline|brochure|manual|charter)\b", re.IGNORECASE
)
_WEEKS = re.compile(
    r"\b(?:weeks?|visits?|cycles?)\b[\s\w,;:/&–-]{0,80}|\d+(?:(?:\s*[,/]\s*|\s+(?:and|to|or)\s+|[–-])\d+)*[\s-]+(?:weeks?|visits?|cycles?)\b",
    re.IGNORECASE,
)
"""Times that protocol and analysis plan name, also in a list."""
_WEEK = re.compile(r"\b(Week|Visit|Cycle)\s+(\d+)\b")


def structure(checked: Checked) -> Iterator[ReportFinding]:
    """Findings that need nothing but the report, its list of abbreviations and the names of the study's visits."""
    report = checked.report
    yield from _contents(report)
    yield from _captions(report)
    yield from _meanings(report)
    yield from _visits(checked)
    yield from _references(report)


def _found(
    check: str, severity: Severity, message: str, piece: Piece, start: int, end: int, expected: str = ""
) -> ReportFinding:
    return ReportFinding(
        check, severity, message, piece.id, piece.location, piece.text[start:end], start, end, expected
    )


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _contents(report: ReportText) -> Iterator[ReportFinding]:
    """An entry of the table of contents that is no heading or caption of the report, where most entries are."""
    heads = {_plain(s.heading) for s in report.sections}
    heads |= {_plain(p.text) for p in report.pieces if p.kind is PieceKind.CAPTION}
    heads |= {_plain(f"{s.number}{s.heading}") for s in report.sections}
    heads |= {_plain(p.text) for p in report.pieces if p.kind is not PieceKind.CONTENTS and len(p.text) < 200}
    missing = []
    entries = [p for p in report.pieces if p.kind is PieceKind.CONTENTS and re.search(r"\d\s*$", p.text)]
    for piece in entries:
        entry = _PAGE.sub("", piece.text)
        forms = {_plain(entry), _plain(_NUMBER.sub("", entry.strip())), _plain(piece.text)}
        if not forms & heads and len(_plain(entry)) > 3:
            missing.append(piece)
    if entries and len(missing) <= max(3, len(entries) // 10):
        for piece in missing:
            said = "The table of contents has an entry that is no heading of the report."
            yield _found("X4.sequence", Severity.CRITICAL, said, piece, 0, len(piece.text))


def _captions(report: ReportText) -> Iterator[ReportFinding]:
    """Captions that are numbered one by one, and one that is out of its order."""
    for word in ("Table", "Figure"):
        found = [
            (p, int(m[2]))
            for p in report.pieces
            if p.kind is PieceKind.CAPTION and (m := _CAPTION.match(p.text)) and m[1] == word
        ]
        numbers = [n for _, n in found]
        if len(found) < 3 or sum(b == a + 1 for a, b in pairwise(numbers)) < 0.6 * (len(numbers) - 1):
            continue
        expected = numbers[0] if len(numbers) < 2 or numbers[1] == numbers[0] + 1 else max(1, numbers[1] - 1)
        for piece, number in found:
            if number != expected:
                yield _found(
                    "X4.sequence",
                    Severity.CRITICAL,
                    f"{word} {number} stands where {word} {expected} follows.",
                    piece,
                    0,
                    len(piece.text),
                    f"{word} {expected}",
                )
            expected += 1


def _meanings(report: ReportText) -> Iterator[ReportFinding]:
    """``long form (ABC)`` whose long form is not that of the list, though it is nearly."""
    listed = {
        short: [w for w in re.findall(r"[\w'’+]+", long) if w.casefold() not in _SMALL]
        for short, long in report.abbreviations
    }
    for piece in report.pieces:
        if piece.kind in (PieceKind.CONTENTS, PieceKind.HEADER, PieceKind.FOOTER):
            continue
        for m in _SHORT.finditer(piece.text):
            words = listed.get(m[1]) or listed.get(m[1].rstrip("s"))
            if not words or len(words) < 2:
                continue
            before = [
                (w.start(), w[0])
                for w in re.finditer(r"[\w'’+]+", piece.text[: m.start()])
                if w[0].casefold() not in _SMALL
            ][-len(words) :]
            mine, theirs = [_form(w) for _, w in before], [_form(w) for w in words]
            same = sum(a == b for a, b in zip(mine, theirs, strict=False))
            if {*theirs} - {"and"} <= {*mine}:
                continue  # the words in another order, or one "and" more
            if len(mine) == len(theirs) and same < len(theirs) and same >= len(theirs) / 2:
                said = f"{m[1]} is “{' '.join(words)}” in the list of abbreviations."
                yield _found(
                    "AB2.abbreviation-meanings", Severity.MAJOR, said, piece, before[0][0], m.end(), " ".join(words)
                )


def _references(report: ReportText) -> Iterator[ReportFinding]:
    """A section or appendix below one that the report has in its headings and that has none below it of this number."""
    numbers = {n for s in report.sections for n in (s.number.rstrip("."), *_INSIDE.findall(s.heading)) if n}
    numbers |= {
        n for p in report.pieces if p.kind in (PieceKind.CONTENTS, PieceKind.CELL) for n in _INSIDE.findall(p.text)
    }
    numbers |= {m[0] for p in report.pieces if (m := re.match(r"\d+(?:\.\d+){2,}", p.text)) is not None}
    for piece in report.pieces:
        if piece.kind in (PieceKind.CONTENTS, PieceKind.HEADER, PieceKind.FOOTER, PieceKind.HEADING):
            continue
        for m in _SECTION.finditer(piece.text):
            parent = m[1].rpartition(".")[0]
            if m[1] in numbers or parent not in numbers or any(n.startswith(m[1] + ".") for n in numbers):
                continue
            beside = sum(n.rpartition(".")[0] == parent for n in numbers)
            if (
                (parent.count(".") < 2 and (m[0].startswith("Section") or beside < 3))
                or _ELSEWHERE.search(piece.text[: m.start()])
                or _OF.match(piece.text[m.end() :])
            ):
                continue
            said = f"The report has no {m[0]}."
            yield _found(
                "X1.dangling-reference",
                Severity.CRITICAL,
                said,
                piece,
                m.start(),
                m.end(),
                f"{m[0].split()[0]} {parent}",
            )


def _form(word: str) -> str:
    return word.casefold().replace("’", "'").removesuffix("'s").rstrip("s").replace("isation", "ization")


def _visits(checked: Checked) -> Iterator[ReportFinding]:
    """A week, visit or cycle that neither data nor texts of the study have."""
    card = checked.card
    known = {
        (m[1].casefold(), m[2])
        for w in card.windows
        for m in re.finditer(r"\b(Week|Visit|Cycle)s?\s+(\d+)", w, re.IGNORECASE)
    }
    kinds = {k for k, _ in known}
    numbers = {n for text in card.passages.values() for m in _WEEKS.finditer(text) for n in re.findall(r"\d+", m[0])}
    for piece in checked.report.pieces:
        if piece.kind in (PieceKind.CONTENTS, PieceKind.HEADER, PieceKind.FOOTER):
            continue
        for m in _WEEK.finditer(piece.text):
            if m[1].casefold() in kinds and (m[1].casefold(), m[2]) not in known and m[2] not in numbers:
                yield _found(
                    "T4.time-window", Severity.CRITICAL, f"The study has no {m[0]}.", piece, m.start(), m.end()
                )
