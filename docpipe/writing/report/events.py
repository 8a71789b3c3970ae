"""What a report says of deaths, serious and related events without a number, and of doses in another unit, against the data.

Imports the core and its room.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal

from docpipe.model.draft import PlannedBlock, PlannedRow
from docpipe.model.finding import Severity
from docpipe.model.report import PieceKind, ReportFinding
from docpipe.writing.checks.reading.arms import ArmNames
from docpipe.writing.checks.reading.ids import id_pattern
from docpipe.writing.checks.reading.numbers import value_of
from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.narrative_set import events_frame
from docpipe.writing.report.binding.groups import Groups
from docpipe.writing.report.checked import Checked
from docpipe.writing.study import StudyData

_NO = r"(?:no|none of the|not (?:a single|one)|zero|without any)"
_PEOPLE = r"(?:subjects?|patients?|participants?)"
_DENIED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("deaths", re.compile(rf"\b(?:no deaths?|{_NO} {_PEOPLE} (?:in the [\w ]{{1,40}} )?(?:died|death)|none died|no fatal (?:adverse )?events?|nobody died)\b", re.IGNORECASE)),
    ("serious", re.compile(rf"\b(?:no (?:treatment-emergent )?(?:serious adverse events?|SAEs?)|{_NO} {_PEOPLE} (?:had|reported|experienced) (?:a |any )?serious)\b", re.IGNORECASE)),
    ("related", re.compile(rf"\b{_NO} (?:\w+ ){{0,2}}(?:adverse events?|TEAEs?|AEs?|events?)\b[^.;]{{0,40}}\b(?:related|attributed|attributable)\b|\bno (?:treatment-|drug-)?related (?:adverse )?events?\b", re.IGNORECASE)),
)  # fmt: skip
_LIMITED = re.compile(
    r"\b(?:other|further|additional|during|after|before|due to|within|until|among|female|male|aged|unexpected|non-fatal|new|serious adverse events? (?:was|were) (?:considered )?related)\b",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"^(?:y|yes|related|possibl[ey]|probabl[ey]|definite(?:ly)?|certain|likely|possibly related|probably related)$",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(higher|greater|larger|longer|lower|smaller|fewer|shorter)\b[^.;()]{0,60}\(\s*([-−]?\d+(?:\.\d+)?)\s*%?\)[^.;()]{0,40}\bthan\b[^.;()]{0,60}\(\s*([-−]?\d+(?:\.\d+)?)\s*%?\)",
    re.IGNORECASE,
)
_MASS = ("g", "mg", "mcg", "µg", "μg", "ng", "kg")
_ROUTES = ("oral", "transdermal", "intravenous", "subcutaneous", "intramuscular", "topical", "rectal", "sublingual")
_AMOUNT = re.compile(rf"(?<![\d.,])(\d+(?:\.\d+)?)[\s\u00a0]*({'|'.join(_MASS)})\b(?![/²])")
_CENTRE = re.compile(
    r"\b(?:subjects|patients|participants) (?:per|at each|by|in each) (?:cent(?:er|re)|site) ranged from (\d+) to (\d+)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\b(?:groups?|arms?)\b")
_EARLIER = re.compile(
    r"\b(?:introduction|background|rationale|selection of doses|nonclinical|previous|pharmacolog\w*)\b", re.IGNORECASE
)
_UNTREATED = frozenset(("scrnfail", "screen failure", "notassgn", "nottrt", "notassign"))
_DIED = re.compile(
    r"(?:^|[.]\s+)([\w-]+) (?:subjects?|patients?|participants?) (?:died|had died)(?= (?:during|in|over) (?:the|this) (?:study|trial)\b|[.:;]|, |$)",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\bnarratives?\b[^.;]{0,40}\bfor\s+([\w-]+)\s+(?:subjects?|patients?|participants?)\b", re.IGNORECASE
)


def events(checked: Checked, study: StudyData) -> Iterator[ReportFinding]:
    """Findings on statements that deny what the data hold, and on doses in another unit."""
    counts = {kind: {arm: c.get(kind, 0) for arm, c in checked.card.events.items()} for kind in ("deaths", "serious")}
    counts["related"] = {"": _related(study)}
    arms, groups = ArmNames(study.arms.names), Groups(study.arms.names)
    quoted = {(p, a, b) for (p, a, b), q in checked.quotes.items() if q.like >= 0.9 and not q.changed}
    rows = {
        checked.homes[r.address].piece: (b, r)
        for b, r in checked.plan.rows()
        if r.address in checked.homes and checked.homes[r.address].table < 0
    }
    for piece in checked.report.pieces:
        if piece.id not in rows or piece.kind in (PieceKind.HEADING, PieceKind.CAPTION):
            continue
        for kind, pattern in _DENIED:
            for m in pattern.finditer(piece.text):
                start = max((piece.text.rfind(". ", 0, m.start()) + 2), 0) if ". " in piece.text[: m.start()] else 0
                stop = piece.text.find(". ", m.end())
                sentence = piece.text[start : stop if stop > 0 else len(piece.text)]
                if any(p == piece.id and a <= m.start() < b for p, a, b in quoted):
                    continue
                if _LIMITED.search(
                    sentence.replace("treatment-emergent", "").replace("during the study", "").replace("any other", "")
                ):
                    continue
                named = _named(checked, arms, groups, rows[piece.id], m.start(), start, sentence)
                had = {a: counts[kind].get(a, 0) for a in (named or [""])} if kind != "related" else counts[kind]
                if "or any other" in sentence or not named:
                    had = {"": counts[kind].get("", 0)}
                if any(had.values()):
                    said = ", ".join(f"{n} in {a or 'all arms'}" for a, n in had.items() if n)
                    what = {
                        "deaths": "subjects who died",
                        "serious": "subjects with serious events",
                        "related": "related events",
                    }[kind]
                    yield ReportFinding(
                        "P8.seriousness", Severity.CRITICAL, f"“{m[0]}” is said where the data have {what}: {said}.", piece.id, piece.location,
                        m[0], m.start(), m.end(), said, f"adverse event records: {what}: {said}",
                    )  # fmt: skip
    yield from _units(checked)
    yield from _routes(checked)
    yield from _narratives(checked)
    yield from _centres(checked, study)
    yield from _died(checked)
    yield from _compared(checked)


def _named(
    checked: Checked,
    arms: ArmNames,
    groups: Groups,
    home: tuple[PlannedBlock, PlannedRow],
    at: int,
    start: int,
    said: str,
) -> list[str]:
    """Arms that the clause of a denial names behind it, else before it, else those of its sentence."""
    row = Seen(home[0], home[1], home[1].text, checked.facts)
    stop = start + len(said)
    cut = [m.end() for m in re.finditer(r"[;:]\s|,\s+(?:and|but)\s", row.full[start:stop])]
    low = max((start + c for c in cut if start + c <= at), default=start)
    high = min((start + c for c in cut if start + c > at), default=stop)
    found: list[tuple[int, tuple[str, ...]]] = []
    for a, b in ((at, high), (low, at), (start, stop)):
        one = [(m.start, m.end, (m.arm,)) for m in arms.mentions(row, a, b) if m.arm]
        one += [(x, y, (arm,)) for x, y, arm in groups.short(row.full, a, b, [(x, y) for x, y, _ in one])]
        found = [(x, names) for x, _, names in one]
        found += [(g.start, g.arms) for g in groups.find(row.full, a, b, [(x, y) for x, y, _ in one])]
        if found:
            break
    return list(dict.fromkeys(a for _, names in sorted(found) for a in names))


def _narratives(checked: Checked) -> Iterator[ReportFinding]:
    """Subjects who died or had serious events without a narrative, where the report has sections of narratives by subject."""
    ids = id_pattern(checked.card.subjects)
    report = checked.report
    inside = [s for s in report.sections if any(re.search(r"\bnarratives?\b", h, re.IGNORECASE) for h in s.path[:-1])]
    if ids is None:
        return
    told = {m[0] for s in inside for m in ids.finditer(s.heading)} & set(checked.card.subjects)
    wanted = dict.fromkeys((*checked.card.deaths, *checked.card.serious))
    if len(told) < 2 or len(told & set(wanted)) < 0.5 * len(wanted):
        return
    piece = report.pieces[inside[0].piece]
    yield from _how_many(checked, told)
    for subject in wanted:
        if subject not in told:
            why = "died" if subject in checked.card.deaths else "had a serious event"
            yield ReportFinding(
                "P7.narrative-coverage", Severity.CRITICAL, f"{subject} {why} and has no narrative.", piece.id, piece.location, piece.text, 0, len(piece.text), subject
            )  # fmt: skip


def _died(checked: Checked) -> Iterator[ReportFinding]:
    """``Four subjects died`` of all subjects, against the subjects whom the data have as dead."""
    known = {len(checked.card.deaths), checked.card.events.get("", {}).get("deaths", 0)}
    for piece in checked.report.pieces:
        if piece.kind not in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM) or piece.table >= 0:
            continue
        for m in _DIED.finditer(piece.text):
            said = value_of(m[1])
            if (
                said is not None
                and int(said) not in known
                and not any(p == piece.id and a <= m.start(1) < b for p, a, b in checked.quotes)
            ):
                expected = " or ".join(map(str, sorted(known)))
                yield ReportFinding(
                    "P8.seriousness", Severity.CRITICAL, f"The data have {expected} subjects who died.", piece.id, piece.location, m[1], m.start(1), m.end(1), expected
                )  # fmt: skip


def _how_many(checked: Checked, told: Collection[str]) -> Iterator[ReportFinding]:
    """A number of subjects that narratives are said to be given for, against those that have one."""
    report, ids = checked.report, id_pattern(checked.card.subjects)
    for piece in report.pieces:
        path = report.sections[piece.section].path if piece.section >= 0 and piece.table < 0 else ()
        m = _TOLD.search(piece.text) if any("narrative" in h.casefold() for h in path) else None
        said = value_of(m[1]) if m is not None else None
        if m is None or said is None or ids is None:
            continue
        here = {x[0] for s in report.sections if s.path[: len(path)] == path for x in ids.finditer(s.heading)}
        if len(here) > 1 and int(said) not in (len(here), len(told)):
            yield ReportFinding(
                "P8.seriousness", Severity.CRITICAL, f"Narratives are given for {len(here)} subjects.", piece.id, piece.location, m[1], m.start(1), m.end(1), str(len(here))
            )  # fmt: skip


def _compared(checked: Checked) -> Iterator[ReportFinding]:
    """``higher … (x) than … (y)`` where x is not higher than y."""
    for piece in checked.report.pieces:
        if piece.kind in (PieceKind.HEADING, PieceKind.CONTENTS, PieceKind.CELL):
            continue
        for m in _THAN.finditer(piece.text):
            if re.search(r"\b(?:not|no)\s*$", piece.text[max(0, m.start() - 5) : m.start()]):
                continue
            a, b = Decimal(m[2].replace("−", "-")), Decimal(m[3].replace("−", "-"))
            up = m[1].casefold() not in ("lower", "smaller", "fewer", "less", "shorter")
            if a != b and (a > b) != up:
                yield ReportFinding(
                    "N10.direction", Severity.CRITICAL, f"“{m[1]}” is said of {m[2]} against {m[3]}.", piece.id, piece.location, m[0], m.start(), m.end()
                )  # fmt: skip


def _related(study: StudyData) -> int:
    """Event records that the data call related."""
    frame = events_frame(study.records)
    if frame is None:
        return 0
    variable = next((v for v in ("AREL", "AEREL", "AERELN") if v in frame), "")
    return sum(n for level, n in frame.levels(variable).items() if _RELATED.match(level)) if variable else 0


def _units(checked: Checked) -> Iterator[ReportFinding]:
    """A dose of the study's amount behind a drug's or arm's name in a unit that it has not."""
    card = checked.card
    known: dict[str, set[str]] = {}
    for name in (*card.arms, *(f"{d.drug} {d.amount} {d.unit}" for d in card.doses)):
        for m in re.finditer(r"(\d+(?:\.\d+)?)\s*(mg|g|mcg|µg|μg|ng|kg)\b", name):
            known.setdefault(m[1], set()).add(m[2])
    words = {w.casefold() for n in card.drugs for w in re.findall(r"[^\W\d_]{4,}", n)}
    words |= {m[1].casefold() for n in card.arms for m in re.finditer(r"([^\W\d_]{4,})\s+\d", n)}
    words -= {"dose", "high", "placebo"}
    if not known or not words:
        return
    planned = {(m[1], m[2]) for text in card.passages.values() for m in _AMOUNT.finditer(text)}
    drug = rf"\b(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\s+$"
    for piece in checked.report.pieces:
        if piece.kind in (PieceKind.CONTENTS, PieceKind.HEADER, PieceKind.FOOTER):
            continue
        for m in _AMOUNT.finditer(piece.text):
            units = known.get(m[1], set())
            path = checked.report.sections[piece.section].path[-2:] if piece.section >= 0 else ()
            earlier = _EARLIER.search(" ".join(path)) is not None
            named = re.search(drug, piece.text[max(0, m.start() - 40) : m.start()], re.IGNORECASE)
            if m[2] in units or ((m[1], m[2]) in planned and not (units and named)):
                continue
            if units and (named or _bare(piece.text, m, piece.text[max(0, m.start() - 120) : m.end() + 120])):
                said = f"{m[1]} {' or '.join(sorted(units))}"
                check, message = "U2.unit", f"The study's dose is {said}, not {m[0]}."
            elif named and not units and not earlier and _of_group(piece.text, m.start(), m.end()):
                said = " or ".join(f"{n} {u}" for n, us in known.items() for u in sorted(us))
                check, message = "U1.dose", f"The study has no dose of {m[0]}."
            else:
                continue
            yield ReportFinding(
                check, Severity.CRITICAL, message, piece.id, piece.location, m[0], m.start(), m.end(), said
            )  # fmt: skip


def _of_group(text: str, start: int, end: int) -> bool:
    """A dose that names a group of the study: ``Drug 59 mg group``, or alone in brackets."""
    alone = text[end : end + 1] in (")", "]") and re.search(r"[(\[][^\W\d_]+\s+$", text[:start]) is not None
    return alone or _GROUP.search(text, end, end + 80) is not None


def _routes(checked: Checked) -> Iterator[ReportFinding]:
    """``received placebo once daily orally`` where the study gave it by another route only."""
    routes: dict[str, set[str]] = {}
    for dose in checked.card.doses:
        if dose.route.casefold() in _ROUTES:
            routes.setdefault(dose.drug.casefold(), set()).add(dose.route.casefold())
    names = "|".join(map(re.escape, sorted(routes, key=len, reverse=True)))
    if not names:
        return
    pattern = re.compile(rf"\breceived\s+({names})\b[^.;,]{{0,40}}?\b({'|'.join(_ROUTES)})ly\b", re.IGNORECASE)
    for piece in checked.report.pieces:
        for m in pattern.finditer(piece.text) if piece.kind in (PieceKind.PARAGRAPH, PieceKind.LIST_ITEM) else ():
            known = routes[m[1].casefold()]
            if m[2].casefold() not in known:
                said = " or ".join(sorted(known))
                yield ReportFinding(
                    "U1.dose", Severity.CRITICAL, f"The study gave {m[1]} by the route {said}.", piece.id, piece.location,
                    piece.text[m.start(2) : m.end()], m.start(2), m.end(), said,
                )  # fmt: skip


def _bare(text: str, m: re.Match[str], about: str) -> bool:
    """An amount without a drug's name that is said of a dose; another drug's name would stand before it or behind."""
    if m[2] == "kg" or not re.search(r"\bdos(?:es?|ing)\b", about) or re.match(r"\s+of\s", text[m.end() :]):
        return False
    return (
        re.search(r"(?:[:;,(]|\b(?:of|to|was|were|and|or|at|from|than|with|doses?))\s*$", text[: m.start()]) is not None
    )


def _centres(checked: Checked, study: StudyData) -> Iterator[ReportFinding]:
    """Subjects a centre ``ranged from`` least to most, against the subjects of the sites."""
    known: set[tuple[int, int]] = set()
    for name in ("ADSL", "DM"):
        frame = study.records.frames.get(name)
        for variable in ("SITEID", "SITEGR1", "INVID") if frame is not None else ():
            if frame is not None and variable in frame:
                coded = "ARMCD" in frame
                for flag in ("", *(v.name for v in frame.dataset.variables if v.name.endswith("FL"))):
                    counts = Counter(
                        frame.text(r, variable)
                        for r in frame.dataset.records
                        if (frame.text(r, flag) == "Y" if flag else not coded or frame.text(r, "ARMCD").casefold() not in _UNTREATED)
                    )  # fmt: skip
                    if counts:
                        known.add((min(counts.values()), max(counts.values())))
    for piece in checked.report.pieces if known else ():
        m = _CENTRE.search(piece.text) if piece.table < 0 else None
        if m is not None and (int(m[1]), int(m[2])) not in known:
            said = " or ".join(f"{a} to {b}" for a, b in sorted(known))
            at = m.start(1) if int(m[1]) not in {a for a, _ in known} else m.start(2)
            yield ReportFinding(
                "N9.derived-number", Severity.CRITICAL, f"The sites have {said} subjects.", piece.id, piece.location,
                piece.text[at : m.end()], at, m.end(), said,
            )  # fmt: skip
