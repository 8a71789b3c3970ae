"""What contradicts the data in a report, ranked: numbers that differ, and what the checks of drafts say of the report as a plan.

Imports the core and its room.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from docpipe.model.document import Address
from docpipe.model.draft import read_text
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import CodedText, Placeholder, Text, white_space
from docpipe.model.report import Location, PieceKind, ReportFinding, ReportTable
from docpipe.model.source import Place
from docpipe.writing.checking import named, run_draft_checks
from docpipe.writing.checks.reading.check import WHOLE, DraftText
from docpipe.writing.checks.reading.ids import id_pattern
from docpipe.writing.evidence import said_of
from docpipe.writing.factstore import number_of_display
from docpipe.writing.report.binding.clauses import BACK
from docpipe.writing.report.binding.planned import Home
from docpipe.writing.report.checked import Checked, Fate, Number
from docpipe.writing.report.statements import statements
from docpipe.writing.study import StudyData

OFF = (
    "N1",
    "N2",
    "N4",
    "N5",
    "N14",
    "N15",
    "CL1",
    "CL2",
    "CL3",
    "P10",
    "P11",
    "M1",
    "M3",
    "M4",
    "M6",
    "S",
    "P7",
    "X2",
    "AB3",
    "FL",
    "R",
)
"""Checks that presume a text of the program, or that another rule here takes the place of."""
_LABEL = re.compile(r"(?:Table|Figure|Listing) [\dA-Z](?:[\w.-]*\w)?")
_CLAIMS = ("N8", "N10", "N11", "N12", "N13", "P2", "P3", "P8", "P9", "U1", "U2", "T4", "AB1", "CL4", "X1")
"""Checks of statements that protocol and analysis plan may make in their own words."""
_P_VALUE = re.compile(r"\bp(?:[- ]values?)?\s*(?:=|<|>|≤|≥|of|was)\s*0?\.\d", re.IGNORECASE)
_OF_ARM = re.compile(
    r"\s+(?:in|on|under|with|among)\s+(?:the\s+)?(?:\S+\s+){0,3}?(?:groups?|arms?|doses?|placebo|\d+\s?mg)\b",
    re.IGNORECASE,
)
"""Behind ``most frequent``: arms are compared, not rows."""
_BETTER = re.compile(
    r"\b(?:improv\w*|reduc\w*|decreas\w*|declin\w*|fell|lower|less|better|worsen\w*)\b[^.;]{0,60}\bby\s+\d",
    re.IGNORECASE,
)
"""An amount told without its sign."""
_THAN_PART = re.compile(r"\s+than\s+(?:an?|one|two|half|\d)\b", re.IGNORECASE)
_MILDER = re.compile(r"^P2\.set-named The table does not say")
"""What checks of drafts say that is no more than major in a report: its reader takes the set from the section, the heads or the text."""
_SMALL = frozenset(("a", "an", "and", "the", "of", "for", "in", "on", "to"))
_ORDER = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)
_FIRST = ("N2", "N14", "N4", "P1", "P6", "T2", "T3", "P8", "P5", "U1", "P4", "N9", "N12", "N13", "T4")


def findings(
    checked: Checked, study: StudyData, type_name: str = "csr", everything: bool = False, off: Collection[str] = ()
) -> tuple[ReportFinding, ...]:
    """Findings in the order in which they are to be read. ``everything``: with a minor finding for each number that nothing was found for.

    ``off``: families, numbers or ids of checks that are switched off.
    """
    files = {d: f.path for d, f in study.files.items()}
    found = [f for n in checked.numbers if (f := _of_number(checked, n, files, everything)) is not None]
    found += checked.claims
    found += statements(checked, study)
    found += _of_checks(
        checked, found, frozenset(number_of_display(f.number).split()[-1] for f in study.figures if f.number)
    )
    unique: dict[tuple[str, int, int, int, str], ReportFinding] = {}
    for f in found:
        unique.setdefault((f.check, f.piece, f.start, f.end, "" if f.piece >= 0 and f.end else f.message), f)
    order = sorted((f for f in unique.values() if not named(f.check, off)), key=_place)
    return tuple(replace(f, rank=n) for n, f in enumerate(_once(order), 1))


def _once(order: Collection[ReportFinding]) -> Iterator[ReportFinding]:
    """Of critical findings on the very same words, or of one check on words inside others, the most telling one, with the evidence of the others where it has none."""
    of: dict[int, list[ReportFinding]] = {}
    by_piece: dict[int, list[list[ReportFinding]]] = {}
    for f in order:
        if f.severity is not Severity.CRITICAL or f.piece < 0 or not f.end:
            continue
        here = by_piece.setdefault(f.piece, [])
        group = next((g for g in here if any(_one_place(f, other) for other in g)), None)
        if group is None:
            group = []
            here.append(group)
        group.append(f)
        of[id(f)] = group
    for f in order:
        group = of.get(id(f), [])
        if len(group) < 2:
            yield f
        elif f is min(group, key=lambda g: (not g.expected, g.check.startswith(("N1.", "N2.")), not g.evidence)):
            other = next((g for g in group if g.evidence), f)
            yield f if f.evidence else replace(f, evidence=other.evidence, places=other.places, facts=other.facts)


def _one_place(a: ReportFinding, b: ReportFinding) -> bool:
    inside = (a.start <= b.start and b.end <= a.end) or (b.start <= a.start and a.end <= b.end)
    return (a.start, a.end) == (b.start, b.end) or (inside and a.check == b.check)


def _place(f: ReportFinding) -> tuple[int, int, int, int]:
    number = f.check.partition(".")[0]
    return (_ORDER.index(f.severity), _FIRST.index(number) if number in _FIRST else len(_FIRST), f.piece, f.start)


def _of_number(checked: Checked, n: Number, files: Mapping[str, str], everything: bool) -> ReportFinding | None:
    piece = checked.report.pieces[n.piece]
    if n.fate is Fate.CONTRADICTED:
        places = tuple(dict.fromkeys(p for f in n.facts[:2] for p in f.places[:2]))
        what = (
            f"“{n.text.strip()}” is written where the data say {n.expected}"
            if n.expected
            else f"“{n.text.strip()}” contradicts the data"
        )
        message = f"{what}{': ' + n.reason if n.reason else ''}."
        return ReportFinding(
            n.check or "N2.value-differs", Severity.CRITICAL, message, n.piece, piece.location, n.text, n.start, n.end, n.expected,
            _evidence(n, files), places, tuple(f.id for f in n.facts),
        )  # fmt: skip
    if n.fate is Fate.OPEN and everything:
        said = "Nothing in the data says this number."
        return ReportFinding("N1.unbound-number", Severity.MINOR, said, n.piece, piece.location, n.text, n.start, n.end)
    return None


def _evidence(n: Number, files: Mapping[str, str]) -> str:
    parts = []
    for fact in n.facts[:3]:
        where = files.get(fact.places[0].sha256, "") if fact.places else ""
        told = f"{said_of(fact)} = {fact.formatted}"
        if fact.n is not None:
            told += f" (N={fact.n})"
        if fact.formula:
            told += f"; {fact.formula}"
        parts.append(f"{told} [{where} {fact.places[0].locator}]" if where else told)
    return "; ".join(parts)


# ---------------------------------------------------------------- checks of drafts


def _let_pass(checked: Checked, f: ReportFinding, figures: Collection[str]) -> bool:
    """What means something in a draft and nothing in a report: tables without captions, claims inside quotations, figures of the sources."""
    number = f.check.partition(".")[0]
    if number == "X4" and "caption" in f.message:
        return True
    if number == "AB2" and f.piece >= 0 and (long := re.search(r"“([^”]+)” elsewhere", f.message)) is not None:
        said = checked.report.pieces[f.piece].text[: f.start].casefold().split()[-9:]
        return all(w in said for w in long[1].casefold().split() if w not in _SMALL)
    if number in ("U1", "U4") and any(
        n.piece == f.piece and n.start < f.end and f.start < n.end and n.fate is Fate.BOUND for n in checked.numbers
    ):
        return True  # a mean or a sum of the data in the unit of a dose
    if number == "CL6" and (name := re.search(r"endpoint (\S+) has no result", f.message)) is not None:
        return _told(checked, name[1])
    if number == "N12" and f.piece >= 0 and _OF_ARM.match(checked.report.pieces[f.piece].text, f.end):
        return True
    if number == "N7" and f.piece >= 0 and _BETTER.search(checked.report.pieces[f.piece].text):
        return True
    if number == "N8" and "without a p value" in f.message and f.piece >= 0:
        path = (
            checked.report.sections[checked.report.pieces[f.piece].section].path
            if checked.report.pieces[f.piece].section >= 0
            else ()
        )
        if re.search(r"\b(?:analyses|methods?|statistical|plan(?:ned|s)?)\b", " ".join(path[-1:]), re.IGNORECASE):
            return True
        near = checked.report.pieces[max(0, f.piece - 1) : f.piece + 2]
        return any(_P_VALUE.search(p.text) for p in near if p.section == checked.report.pieces[f.piece].section)
    if number == "P6" and f.piece >= 0 and (ids := id_pattern(checked.card.subjects)) is not None:
        return _of_others(checked.report.pieces[f.piece].text, ids, f.start)
    if number == "N3" and f.piece >= 0:
        mine = [
            n
            for n in checked.numbers
            if n.piece == f.piece and n.facts and n.fate is Fate.BOUND and n.text.strip() in f.message
        ]
        return any(not n.facts[0].formula for n in mine)
    if number == "P9" and "arms, not" in f.message and f.piece >= 0:
        return (
            re.search(
                r"\b(?:other|both|these|those|remaining|active)\s+$", checked.report.pieces[f.piece].text[: f.start]
            )
            is not None
        )
    if number == "N10" and f.piece >= 0 and _THAN_PART.match(checked.report.pieces[f.piece].text, f.end):
        return True
    if (
        number == "X1"
        and (m := re.fullmatch(r"Figures?\s+(\S+)", f.text.strip())) is not None
        and m[1].casefold() in figures
    ):
        return True
    if number == "X1" and (label := _LABEL.match(" ".join(f.text.split()))) is not None:
        return label[0].casefold() in {
            m[0].casefold()
            for p in checked.report.pieces
            if p.kind is PieceKind.CAPTION and (m := _LABEL.match(" ".join(p.text.split())))
        }
    if number == "AB1" and f.piece >= 0:
        text = checked.report.pieces[f.piece].text
        before, after = text[: f.start], text[f.end :]
        if (
            before.count("“") > before.count("”")
            or re.search(r"\b[A-Z]{4,} $", before)
            or re.match(r" [A-Z]{4,}\b", after)
        ):
            return True
    if number in _CLAIMS and f.piece >= 0:
        return any(
            p == f.piece and a <= f.start < b and q.like >= (0.8 if number == "AB1" else 0.97) and not q.changed
            for (p, a, b), q in checked.quotes.items()
        )
    return False


def _of_others(text: str, ids: re.Pattern[str], at: int) -> bool:
    """A place in a paragraph that names a subject in another sentence, and not in its first: it speaks of all subjects."""
    own = ids.search(text)
    if own is None:
        return False
    edges = [0, *(m.end() for m in re.finditer(r"[.!?]\s+(?=[A-Z])", text)), len(text)]
    start = max(e for e in edges if e <= at)
    end = min((e for e in edges if e > at), default=len(text))
    return not (
        own.start() < edges[1] or ids.search(text, start, end) or (own.start() < at and BACK.match(text, start))
    )


def _told(checked: Checked, name: str) -> bool:
    """An endpoint's results stand below a heading or a caption that names it, or in a sentence with a value of two decimals or a p value."""
    wanted = re.sub(r"[\s-]+", "", name.casefold())
    for piece in checked.report.pieces:
        said = piece.text.casefold()
        path = checked.report.sections[piece.section].path[-1:] if piece.section >= 0 else ()
        named = wanted in re.sub(r"[\s-]+", "", said)
        below = wanted in re.sub(r"[\s-]+", "", " ".join(path).casefold()) and piece.kind is not PieceKind.HEADING
        if (named and _P_VALUE.search(said)) or (below and re.search(r"\d\.\d", said)):
            return True
    return False


def _of_checks(checked: Checked, before: list[ReportFinding], figures: Collection[str]) -> Iterator[ReportFinding]:
    draft = DraftText(checked.plan, {}, checked.facts, checked.card)
    texts = {r.address: r.text for _, r in checked.plan.rows()}
    taken = [(f.piece, f.start, f.end) for f in before]
    for address, found in run_draft_checks(draft, off=OFF).items():
        for finding in found:
            told = _translated(checked, address, finding, texts)
            if (
                told is None
                or _let_pass(checked, told, figures)
                or any(p == told.piece and a < told.end and told.start < b for p, a, b in taken if told.end)
            ):
                continue
            mild = _MILDER.search(f"{told.check} {told.message}") is not None and told.severity is Severity.CRITICAL
            yield replace(told, severity=Severity.MAJOR) if mild else told


def _translated(
    checked: Checked, address: Address, finding: Finding, texts: Mapping[Address, CodedText]
) -> ReportFinding | None:
    home = checked.homes.get(address)
    if address == WHOLE or home is None:
        return ReportFinding(
            finding.check,
            finding.severity,
            finding.message,
            -1,
            Location(said="the document"),
            "",
            expected=finding.suggestion,
        )
    if home.table >= 0:
        return _in_table(checked, home, finding)
    piece = checked.report.pieces[home.piece]
    shift = len(piece.text) - len(read_text(texts[address])) if piece.kind is PieceKind.HEADING else 0
    start, end = _offsets(texts[address], finding)
    start, end = max(0, start + shift), max(0, end + shift)
    return ReportFinding(
        finding.check,
        finding.severity,
        finding.message,
        piece.id,
        piece.location,
        piece.text[start:end],
        start,
        end,
        _short(finding.suggestion),
    )


def _short(text: str) -> str:
    return text if len(text) < 200 else ""


def _offsets(text: CodedText, finding: Finding) -> tuple[int, int]:
    """Offsets of a finding in the text as read: spans count in the text without codes."""
    whole = read_text(text)
    if finding.target_span is None:
        quoted = re.search(r"“([^”]+)”", finding.message)
        at = whole.find(quoted[1]) if quoted else -1
        return (at, at + len(quoted[1])) if quoted and at >= 0 else (0, len(whole))
    wanted = finding.target_span
    bare = at = 0
    start = end = 0
    for part in text:
        shown = part.text if isinstance(part, Text) else part.equiv if isinstance(part, Placeholder) else ""
        counts = isinstance(part, Text) or (isinstance(part, Placeholder) and bool(white_space(part)))
        if counts:
            if bare <= wanted[0] < bare + len(shown) or (wanted[0] == bare == 0):
                start = at + wanted[0] - bare
            if bare < wanted[1] <= bare + len(shown):
                end = at + wanted[1] - bare
            bare += len(shown)
        at += len(shown)
    return start, max(end, min(start + 1, len(whole)))


def _in_table(checked: Checked, home: Home, finding: Finding) -> ReportFinding:
    """A finding of a table at the cell that its message quotes, else at its caption or first cell."""
    table: ReportTable = checked.report.tables[home.table]
    quoted = re.findall(r"“([^”]+)”", finding.message)
    for row in table.pieces:
        for ids in row:
            for i in ids:
                piece = checked.report.pieces[i]
                for said in quoted:
                    if (at := piece.text.find(said)) >= 0:
                        return ReportFinding(
                            finding.check,
                            finding.severity,
                            finding.message,
                            i,
                            piece.location,
                            said,
                            at,
                            at + len(said),
                            _short(finding.suggestion),
                        )
    place = table.caption_piece if table.caption_piece >= 0 else home.piece
    piece = checked.report.pieces[place]
    return ReportFinding(
        finding.check,
        finding.severity,
        finding.message,
        place,
        piece.location,
        piece.text,
        0,
        len(piece.text),
        _short(finding.suggestion),
    )


def switched_off(check: str) -> bool:
    """Whether a check of drafts is not run on reports."""
    return named(check, OFF)


__all__ = ["OFF", "Place", "findings", "switched_off"]
