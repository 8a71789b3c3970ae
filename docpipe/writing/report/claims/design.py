"""The design as a report tells it: study number, phase, ratio, planned size, weeks of treatment, areas of patches. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.model.report import Piece, PieceKind, ReportFinding
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.claims.sentences import finding

_KINDS = (
    PieceKind.HEADING,
    PieceKind.PARAGRAPH,
    PieceKind.LIST_ITEM,
    PieceKind.HEADER,
    PieceKind.FOOTER,
    PieceKind.CELL,
)
_RATIO = re.compile(r"(?<![\d:.])(\d{1,2}(?:(?::|\s:\s)\d{1,2})+)(?![\d:])")
_CHANCE = re.compile(r"random|alloc|assign|ratio|proportion", re.IGNORECASE)
_PHASE = re.compile(r"\bphase\s+([1-4]|I{1,3}|IV)([ab]?)(?:\s*[/–-]\s*([1-4]|I{1,3}|IV)([ab]?))?\b", re.IGNORECASE)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_PLANNED = re.compile(
    r"\b(?:planned|intended|aimed|target(?:ed)?|foreseen|scheduled)\b[^.;]{0,50}?(?<![\d.,])(\d{2,5})\s+(?:\w+\s+){0,2}?(?:patients|subjects|participants)\b"
    r"|\b(?:planned|target)\s+(?:number|enrol\w+|sample size)[^.;\d]{0,40}(\d{2,5})\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(r"(?<![\d.,])(\d{1,5})\s+(?:\w+\s+){0,2}?(?:patients|subjects|participants)\b", re.IGNORECASE)
_WEEKS = re.compile(
    r"\b(?:for|over|of|lasted|lasting)\s+(?:about\s+|approximately\s+)?(\d{1,3}|[a-z]+(?:-[a-z]+)?)\s+weeks\b|\b(\d{1,3})[\s\u00a0-]weeks?\b(?=\s+(?:of\s+)?(?:double-blind\s+)?(?:treatment|study|trial|therapy|period))",
    re.IGNORECASE,
)
_WEEK = re.compile(r"(?<![\d.])(\d{1,3}|[a-z]+(?:-[a-z]+)?)[\s\u00a0-]+weeks?\b", re.IGNORECASE)
_TREATED = re.compile(
    r"\b(?:treat\w*|random\w*|receiv\w*|assign\w*|alloc\w*|double-blind|placebo|duration|dos\w+)\b", re.IGNORECASE
)
_AREA = re.compile(r"(?<![\d.,])(\d+(?:\.\d+)?)[\s\u00a0]*(cm²|cm2|cm\^2|µg/h|mcg/h|mg/day|mg/d)(?!\w)", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:previous|earlier|other|literature|published|pilot)\b", re.IGNORECASE)


def design(ledger: Ledger) -> Iterator[ReportFinding]:
    """Findings on statements of the design that neither protocol nor trial summary has, where these have another of the kind."""
    said = ledger.ready.planned
    ids = _ids(ledger)
    ratios = {_plain(m[1]) for m in _RATIO.finditer(said)}
    areas = {(_plain(m[1]), _unit(m[2])) for m in _AREA.finditer(said)}
    weeks = {n for m in _WEEK.finditer(said) if (n := _number(m[1])) is not None} | _design_weeks(ledger)
    weeks |= {
        n
        for w in ledger.card.windows
        for x in re.findall(r"\bweek\s+(\d+)", w, re.IGNORECASE)
        if (n := _number(x)) is not None
    }
    planned = {int(x) for v in ledger.card.design.get("PLANSUB", ()) for x in re.findall(r"\d+", v)}
    sizes = {int(x) for x in re.findall(r"(?<![\d.,])\d{2,5}(?![\d.,]*\d)", said)} | {
        int(x) for v in ledger.card.design.get("PLANSUB", ()) for x in re.findall(r"\d+", v)
    }
    phases = _phases(" ".join((*ledger.card.design.get("TPHASE", ()), *ledger.card.design.get("TITLE", ()), said)))
    for piece in ledger.report.pieces:
        if piece.kind not in _KINDS:
            continue
        text = piece.text
        if ids is not None:
            yield from _study(ledger, piece, ids)
        if piece.kind in (PieceKind.HEADER, PieceKind.FOOTER):
            continue
        for m in _RATIO.finditer(text):
            if (
                ratios
                and _plain(m[1]) not in ratios
                and _CHANCE.search(_around(text, m))
                and any(r.count(":") == _plain(m[1]).count(":") for r in ratios)
            ):
                yield finding(
                    "P9.design",
                    f"The protocol has the ratio {' or '.join(sorted(ratios))}.",
                    piece,
                    m.start(1),
                    m.end(1),
                    sorted(ratios)[0],
                )
        for m in _AREA.finditer(text):
            own = sorted(n for n, u in areas if u == _unit(m[2]))
            if own and (_plain(m[1]), _unit(m[2])) not in areas:
                yield finding(
                    "U1.dose",
                    f"The protocol has {' or '.join(own)} {m[2]}, not {m[0]}.",
                    piece,
                    m.start(1),
                    m.end(1),
                    own[0],
                )
        for m in _PHASE.finditer(text):
            mine = {_ROMAN.get(x.casefold(), x) for x in (m[1], m[3]) if x}
            if (
                phases
                and piece.kind is not PieceKind.HEADING
                and mine.isdisjoint(phases)
                and not _EARLIER.search(_around(text, m))
            ):
                yield finding(
                    "P9.design",
                    f"The study is of phase {'/'.join(sorted(phases))}.",
                    piece,
                    m.start(),
                    m.end(),
                    "/".join(sorted(phases)),
                )
        if piece.kind is PieceKind.CELL or any(
            p == piece.id and q.like >= 0.9 and not q.changed for (p, _, _), q in ledger.quoted.items()
        ):
            continue
        for m in _WEEKS.finditer(text):
            number = _number(m[1] or m[2])
            if (
                weeks
                and number is not None
                and number > 2
                and number not in weeks
                and _TREATED.search(_around(text, m))
                and not _EARLIER.search(_around(text, m))
            ):
                yield finding("P9.design", f"The protocol has no {m[1] or m[2]} weeks.", piece, m.start(), m.end())
        for m in _PLANNED.finditer(text):
            number = int(m[1] or m[2])
            near = sorted(n for n in _sizes_of_people(said) | planned if n >= 10)
            if near and number not in near and (number not in sizes or number > max(near)):
                yield finding(
                    "P9.design",
                    f"The protocol plans no {number} subjects.",
                    piece,
                    m.start(m.lastindex or 0),
                    m.end(m.lastindex or 0),
                    " or ".join(map(str, near[-2:])),
                )


def _sizes_of_people(said: str) -> set[int]:
    return {int(m[1]) for m in _PEOPLE.finditer(said)}


def _around(text: str, m: re.Match[str]) -> str:
    start = max(text.rfind(". ", 0, m.start()) + 1, m.start() - 160)
    stop = text.find(". ", m.end())
    return text[start : stop if 0 <= stop < m.end() + 120 else m.end() + 120]


def _ids(ledger: Ledger) -> re.Pattern[str] | None:
    """Text of the form of the study's number."""
    forms = {
        re.sub(r"\d+", lambda m: rf"\d{{{len(m[0])}}}", re.escape(i))
        for i in ledger.card.ids
        if re.search(r"\d{2,}", i) and len(i) > 6
    }
    return (
        re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(forms, key=len, reverse=True))})(?![\w-]*\w)", re.IGNORECASE)
        if forms
        else None
    )


def _study(ledger: Ledger, piece: Piece, ids: re.Pattern[str]) -> Iterator[ReportFinding]:
    own = {i.casefold() for i in ledger.card.ids}
    for m in ids.finditer(piece.text):
        if m[0].casefold() not in own and m[0].casefold() not in ledger.ready.planned:
            yield finding(
                "P9.design",
                f"The study's number is {ledger.card.ids[0]}.",
                piece,
                m.start(),
                m.end(),
                ledger.card.ids[0],
            )


def _phases(text: str) -> set[str]:
    return {_ROMAN.get(x.casefold(), x) for m in _PHASE.finditer(text) for x in (m[1], m[3]) if x}


def _design_weeks(ledger: Ledger) -> set[int]:
    return {
        int(m[1])
        for v in ledger.card.design.values()
        for x in v
        if (m := re.fullmatch(r"P(\d+)W", x.strip())) is not None
    }


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)


_UNITS = {"cm2": "cm²", "cm^2": "cm²", "mcg/h": "µg/h", "mg/d": "mg/day"}


def _unit(text: str) -> str:
    unit = text.casefold()
    return _UNITS.get(unit, unit)


def _number(text: str) -> int | None:
    value = value_of(text)
    return int(value) if value is not None and value == value.to_integral_value() else None
