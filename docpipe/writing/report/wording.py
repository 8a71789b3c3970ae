"""Words beside numbers: which side of a difference is higher, few and most, units of time, versions of dictionaries, centres.

Imports the core and its room.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from docpipe.model.fact import Fact
from docpipe.model.finding import Severity
from docpipe.model.report import Piece, PieceKind, ReportFinding
from docpipe.writing.checks.reading.kept import kept
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.factstore import number_of_display
from docpipe.writing.report.checked import Checked, Fate
from docpipe.writing.study import StudyData
from docpipe.writing.study_card import Card

_WITH = re.compile(
    r"\b(?:was|is|of)\s+(?P<value>[-−–]?\d+(?:\.\d+)?)\s*\((?:[^()]|\([^()]*\))*\),?\s+with the (?P<word>higher|lower|larger|greater|smaller) (?:value|mean|change|score|response)s? in\b",
    re.IGNORECASE,
)
_QUANTIFIED = re.compile(
    r"\b(?P<word>(?:the )?majority of|most(?: of)?|nearly all|almost all|(?:very |only a )?few|hardly any)\s+(?:the )?(?:subjects|patients|participants)\b[^.;()%\d]{0,40}\((?:\d+[;,]? )?(?P<share>\d+(?:\.\d+)?)\s?%\)",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"\b(?P<name>MedDRA|WHO[ -]?(?:DD|Drug\w*)|CTCAE)\b\W{0,3}(?:dictionary|terminology)?\W{0,3}\b(?:version|v\.?)\s*(?P<number>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_KNOWN_VERSION = re.compile(
    r"\b(?P<name>MedDRA|WHO[ -]?(?:DD|Drug\w*)|CTCAE)\b(?P<between>[^.;]{0,40}?)\b(?P<number>\d+\.\d+|(?<=version )\d+)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:or (?:later|higher|above|newer)|current|latest|most recent|at the time|up-?versioned)\b", re.IGNORECASE
)
_CENTRES = re.compile(
    r"\b(?:subjects|patients|participants)\s+(?:were|had been)\s+(?:randomi[sz]ed|enrol+ed|treated|recruited)\s+(?:at|in|from|by)\s+(?:a total of\s+)?(?P<number>[\w-]+)\s+(?:study\s+|investigational\s+)?(?:cent(?:er|re)s|sites)\b",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d+)?)\s?%\s*(?:CIs?\b|confidence\b)", re.IGNORECASE)
_USUAL = frozenset(("80", "90", "95", "97.5", "98", "99", "99.5", "99.9"))
_P = re.compile(r"\bp(?:[- ]value)?\s*(?:=|<|>|of|was)?\s*$", re.IGNORECASE)
_TIMES = {"day": "day", "d": "day", "week": "week", "wk": "week", "month": "month", "mo": "month", "year": "year", "yr": "year", "y": "year"}  # fmt: skip
_UNIT = re.compile(r"^[)\]]{0,2}\s*(days?|weeks?|months?|years?)\b(?!\s*(?:\d|visit))", re.IGNORECASE)
_OF_ROW = re.compile(r"\b(days?|weeks?|wks?|months?|years?|yrs?|(?<=\()y(?=\)))\b", re.IGNORECASE)
_VARIABLES = {"AGE": "year"}
_SPREAD = frozenset(("mean", "median", "sd", "min", "max", "lower", "upper", "q1", "q3"))


def wording(checked: Checked, study: StudyData) -> Iterator[ReportFinding]:
    """Findings on words that do not go with the numbers beside them."""
    versions = kept(_versions, checked.card)
    centres = kept(_centres, study)
    for piece in checked.report.pieces:
        if piece.kind not in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM, PieceKind.NOTE) or piece.table >= 0:
            continue
        yield from _sides(checked, piece)
        yield from _shares(piece)
        for m in _VERSION.finditer(piece.text):
            known = versions.get(_plain(m["name"]), frozenset())
            if known and m["number"] not in known and not _quoted(checked, piece, m.start()):
                said = " or ".join(sorted(known))
                yield _found("T5.one-version", f"The study has {m['name']} {said}.", piece, m.start("number"), m.end(), said)  # fmt: skip
        for m in _CENTRES.finditer(piece.text):
            number = value_of(m["number"])
            if number is not None and centres and int(number) not in centres and not _quoted(checked, piece, m.start()):
                said = " or ".join(map(str, sorted(centres)))
                yield _found("N2.value-differs", f"The data have subjects at {said} sites.", piece, m.start("number"), m.end("number"), said)  # fmt: skip
    yield from _levels(checked)
    yield from _units(checked)
    yield from _of_one(checked)


def _found(
    check: str, message: str, piece: Piece, start: int, end: int, expected: str = "", severity: Severity = Severity.CRITICAL
) -> ReportFinding:  # fmt: skip
    return ReportFinding(
        check, severity, message, piece.id, piece.location, piece.text[start:end], start, end, expected
    )


def _quoted(checked: Checked, piece: Piece, at: int) -> bool:
    return any(p == piece.id and a <= at < b and not q.changed for (p, a, b), q in checked.quotes.items())


def _sides(checked: Checked, piece: Piece) -> Iterator[ReportFinding]:
    """``difference between A and B was x (…), with the higher value in A``: x is then not below nought."""
    arms = sorted(checked.card.arms, key=len, reverse=True)
    if len(arms) < 2:
        return
    pattern = re.compile("|".join(rf"\b{re.escape(a)}\b" for a in arms), re.IGNORECASE)
    for m in _WITH.finditer(piece.text):
        start = max(piece.text.rfind(". ", 0, m.start()), 0)
        before = [x[0].casefold() for x in pattern.finditer(piece.text, start, m.start())]
        behind = pattern.search(piece.text, m.end(), m.end() + 80)
        value = value_of(m["value"].replace("−", "-").replace("–", "-"))
        if (
            len(before) != 2
            or len(set(before)) != 2
            or behind is None
            or not value
            or behind[0].casefold() not in before
        ):
            continue
        higher = m["word"].casefold() in ("higher", "larger", "greater")
        if "difference" not in piece.text[start : m.start()]:
            continue
        if (value > 0) != (higher == (behind[0].casefold() == before[0])):
            yield _found(
                "N10.direction", f"“{m['word']}” is said of a difference of {m['value']}.", piece, m.start("word"), m.end("word")
            )  # fmt: skip


def _shares(piece: Piece) -> Iterator[ReportFinding]:
    for m in _QUANTIFIED.finditer(piece.text):
        share, word = float(m["share"]), m["word"].casefold()
        few = "few" in word or "hardly" in word
        all_ = "all" in word
        if (few and share > 35) or (not few and share < (75 if all_ else 45)):
            yield _found(
                "N11.quantifier", f"“{m['word']}” is said of {m['share']}%.", piece, m.start("word"), m.end("word"), severity=Severity.MAJOR
            )  # fmt: skip


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "").replace("-", "")[:6]


def _versions(card: Card) -> dict[str, frozenset[str]]:
    """Versions of dictionaries that the study's texts name; none where a later one is allowed."""
    found: dict[str, set[str]] = {}
    open_: set[str] = set()
    for text in card.passages.values():
        for m in _KNOWN_VERSION.finditer(text):
            found.setdefault(_plain(m["name"]), set()).add(m["number"])
            if _LATER.search(text):
                open_.add(_plain(m["name"]))
        if _LATER.search(text):
            open_ |= {
                _plain(m[0]) for m in re.finditer(r"MedDRA|WHO[ -]?(?:DD|Drug\w*)|CTCAE", text) if "version" in text
            }
    return {name: frozenset(numbers) for name, numbers in found.items() if name not in open_}


def _centres(study: StudyData) -> frozenset[int]:
    """Numbers of sites with subjects: of all, and of each analysis set."""
    found: set[int] = set()
    for name in ("ADSL", "DM"):
        frame = study.records.frames.get(name)
        for variable in ("SITEID", "SITEGR1", "INVID") if frame is not None else ():
            if frame is None or variable not in frame:
                continue
            flags = [v.name for v in frame.dataset.variables if v.name.endswith("FL")]
            for flag in ("", *flags):
                sites = {frame.text(r, variable) for r in frame.dataset.records if not flag or frame.text(r, flag) == "Y"}  # fmt: skip
                found.add(len(sites - {""}))
            if "ARMCD" in frame:
                found.add(
                    len({frame.text(r, variable) for r in frame.dataset.records if frame.text(r, "ARMCD").casefold() not in ("scrnfail", "notassgn", "nottrt", "")})
                )  # fmt: skip
    return frozenset(found - {0})


def _levels(checked: Checked) -> Iterator[ReportFinding]:
    """An interval at a level that is not usual, that no text of the study names, and that the report has less often than another."""
    found = [(p, m) for p in checked.report.pieces for m in _LEVEL.finditer(p.text)]
    often = Counter(m[1] for _, m in found)
    for piece, m in found:
        most, times = often.most_common(1)[0]
        if m[1] in _USUAL or m[1] == most or 2 * often[m[1]] > times:
            continue
        if not any(re.search(rf"(?<![\d.]){re.escape(m[1])}\s?%", text) for text in checked.card.passages.values()):
            yield _found("N2.value-differs", f"The other intervals are at {most}%.", piece, m.start(1), m.end(1), most)


def _units(checked: Checked) -> Iterator[ReportFinding]:
    """A time of the data in another unit: ``(8.77) months`` of an age, ``46 weeks`` of a number of days."""
    for n in checked.numbers:
        piece = checked.report.pieces[n.piece]
        if n.fate is not Fate.BOUND or not n.facts or piece.table >= 0:
            continue
        m = _UNIT.match(piece.text[n.end : n.end + 14])
        if m is None or n.facts[0].statistic not in _SPREAD:
            continue
        unit = _TIMES[m[1].casefold().rstrip("s")]
        known = _unit_of(checked, n.facts[0])
        if known and known != unit and not _quoted(checked, piece, n.start):
            start = n.end + m.start(1)
            yield _found("U2.unit", f"The value is in {known}s.", piece, start, start + len(m[1]), f"{known}s")


def _unit_of(checked: Checked, fact: Fact) -> str:
    """The unit of time that the row of a fact, or its table, names; "" for none or several."""
    for text in (" ".join(fact.row), checked.card.displays.get(number_of_display(fact.display), ("",))[0]):
        found = {_TIMES[m[1].casefold().rstrip("s")] for m in _OF_ROW.finditer(text)}
        if re.search(r"\b(?:weeks?|months?|days?|visits?)\s+\d", text, re.IGNORECASE):
            return ""
        if len(found) == 1:
            return found.pop()
        if found:
            return ""
    return next((_VARIABLES[p] for p in fact.row if p in _VARIABLES), "")


def _of_one(checked: Checked) -> Iterator[ReportFinding]:
    """A p value in the text on one subject: it is none of the subject's records."""
    for n in checked.numbers:
        if n.fate is Fate.OPEN and n.reason == "subject":
            piece = checked.report.pieces[n.piece]
            if _P.search(piece.text[max(0, n.start - 14) : n.start]):
                yield _found("N1.unbound-number", "A text on one subject has no p value.", piece, n.start, n.end)
