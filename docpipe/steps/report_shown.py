"""Findings of a report's check as they are shown everywhere: words, place, what should stand there, evidence. Imports the core and writing.

One form for the command's JSON lines, the HTML report, the page and the API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from typing_extensions import TypedDict

from docpipe.model.canonical import Digest, digest_of
from docpipe.model.fact import Fact, FactId
from docpipe.model.report import Piece, ReportFinding, ReportText
from docpipe.model.source import Place
from docpipe.steps.evidence import says
from docpipe.writing.factstore import FactStore
from docpipe.writing.report.beside import beside
from docpipe.writing.study import StudyData

_REACH = 160
"""Characters before and behind the words in question that are shown with them."""
_MOST = 6
"""Pieces of evidence of one kind that are listed."""


class EvidenceObject(TypedDict):
    """What speaks against a text. ``table``, ``row``, ``column``, ``statistic``, ``n``, ``population``, ``window``: of a value; ``says``: in words."""

    says: str
    value: str
    table: str
    row: str
    column: str
    statistic: str
    n: int | None
    population: str
    window: str
    file: str
    sha256: str
    locator: str
    quote: str


class PlaceObject(TypedDict):
    """Where the words stand. DOCX: part and paragraph (from 1); PDF: page and boxes (points from the left and bottom of the page as shown)."""

    part: str
    paragraph: int
    start: int
    end: int
    page: int
    boxes: list[tuple[int, float, float, float, float]]


class FindingObject(TypedDict):
    """A finding. ``before``, ``after``: the words around ``text``; ``section``: number and heading; ``location``: for people."""

    id: str
    check: str
    family: str
    severity: str
    message: str
    location: str
    section: str
    page: int
    before: str
    text: str
    after: str
    expected: str
    evidence: list[EvidenceObject]
    place: PlaceObject
    rank: int


def listed(
    report: ReportText, several: Sequence[ReportFinding], study: StudyData, facts: FactStore
) -> list[FindingObject]:
    """Every finding in its order, each once."""
    passages = {(p.place.sha256, p.place.locator): p.text for t in study.texts for p in t.passages}
    paths = {digest: file.path for digest, file in study.files.items()}
    found: dict[str, FindingObject] = {}
    for finding in several:
        one = _finding(report, finding, facts, paths, passages)
        if not one["evidence"]:
            one["evidence"] = _beside(report, finding, study, paths)
        found.setdefault(one["id"], one)
    return list(found.values())


def _finding(
    report: ReportText,
    f: ReportFinding,
    facts: FactStore,
    paths: Mapping[str, str],
    passages: Mapping[tuple[Digest, str], str],
) -> FindingObject:
    piece = report.pieces[f.piece] if 0 <= f.piece < len(report.pieces) else None
    before, after, section = "", "", ""
    if piece is not None:
        before = _cut(piece.text[: f.start], front=True)
        after = _cut(piece.text[f.end :], front=False) if f.end else ""
        section = _section(report, piece)
    boxes = [
        (b.page, round(b.x0, 2), round(b.y0, 2), round(b.x1, 2), round(b.y1, 2))
        for b in f.location.boxes(f.start, f.end or 1 << 30)
    ]
    place = PlaceObject(
        part=f.location.part, paragraph=f.location.paragraph, start=f.start, end=f.end, page=boxes[0][0] if boxes else f.location.page, boxes=boxes,
    )  # fmt: skip
    said = f.location.said or "the document as a whole"
    name = (
        "R"
        + digest_of([f.check, f.message, f.location.part, f.location.paragraph, boxes[:1], f.start, f.end, f.text])[:11]
    )
    family = m[0] if (m := re.match(r"[A-Z]+", f.check)) else f.check
    return FindingObject(
        id=name, check=f.check, family=family, severity=f.severity.value, message=f.message, location=said, section=section,
        page=place["page"], before=before, text=f.text, after=after, expected=f.expected,
        evidence=_evidence(f, facts, paths, passages), place=place, rank=f.rank,
    )  # fmt: skip


def _beside(report: ReportText, f: ReportFinding, study: StudyData, paths: Mapping[str, str]) -> list[EvidenceObject]:
    """The records that a finding is read against which names no fact and no place."""
    text = report.pieces[f.piece].text if 0 <= f.piece < len(report.pieces) else ""
    found = []
    for record in beside(study, f.check, f.message, text):
        one = _said(record.says)
        one["file"], one["sha256"], one["locator"] = (
            paths.get(record.place.sha256, ""),
            record.place.sha256,
            record.place.locator,
        )
        found.append(one)
    return found


def _cut(text: str, *, front: bool) -> str:
    flat = re.sub(r"\s+", " ", text)
    if len(flat) <= _REACH:
        return flat
    return "…" + flat[-_REACH:] if front else flat[:_REACH] + "…"


def _section(report: ReportText, piece: Piece) -> str:
    if not 0 <= piece.section < len(report.sections):
        return ""
    section = report.sections[piece.section]
    return f"{section.number} {section.heading}".strip()


def _evidence(
    f: ReportFinding, facts: FactStore, paths: Mapping[str, str], passages: Mapping[tuple[Digest, str], str]
) -> list[EvidenceObject]:
    found: list[EvidenceObject] = []
    shown = [v for name in dict.fromkeys(f.facts) for v in facts.versions(FactId(name))[:1]]
    told = {p for fact in shown for p in fact.places}
    if f.evidence and not shown:
        found.append(_said(f.evidence))
    found += [_of_fact(fact, facts, paths) for fact in shown[:_MOST]]
    for place in [p for p in f.places if p not in told][:_MOST]:
        found.append(_of_place(place, paths, passages))
    return found


def _said(words: str) -> EvidenceObject:
    return EvidenceObject(
        says=words, value="", table="", row="", column="", statistic="", n=None, population="", window="", file="", sha256="", locator="",
        quote="",
    )  # fmt: skip


def _of_fact(fact: Fact, facts: FactStore, paths: Mapping[str, str]) -> EvidenceObject:
    def value(m: re.Match[str]) -> str:
        return next((v.formatted for v in facts.versions(FactId(m[0]))), m[0])

    formula = re.sub(r"\bF[0-9a-f]{12}\b", value, fact.formula)
    place = fact.places[0] if fact.places else Place(Digest(""), "")
    return EvidenceObject(
        says=says(fact), value=fact.formatted, table=fact.display, row=" / ".join(fact.row), column=fact.arm, statistic=fact.statistic, n=fact.n,
        population=fact.population, window=fact.window, file=paths.get(place.sha256, ""), sha256=place.sha256, locator=place.locator,
        quote=f"computed: {formula}" if formula else "",
    )  # fmt: skip


def _of_place(place: Place, paths: Mapping[str, str], passages: Mapping[tuple[Digest, str], str]) -> EvidenceObject:
    one = _said("")
    one["file"], one["sha256"], one["locator"] = paths.get(place.sha256, ""), place.sha256, place.locator
    quote = re.sub(r"\s+", " ", passages.get((place.sha256, place.locator), ""))
    one["quote"] = quote if len(quote) <= 2 * _REACH else quote[: 2 * _REACH] + "…"
    return one


def lines_of(finding: FindingObject) -> list[str]:
    """A finding as a comment says it: what, what should stand there, what says so and where."""
    found = [f"{finding['check']} ({finding['severity']}): {finding['message']}"]
    if finding["expected"]:
        found.append(f"Expected: {finding['expected']}")
    for one in finding["evidence"]:
        said = evidence_line(one)
        if said and said not in finding["message"]:
            found.append(f"Evidence: {said}")
    return found


def evidence_line(one: EvidenceObject) -> str:
    """A piece of evidence on one line."""
    parts = [f"{one['says']} = {one['value']}" if one["value"] else one["says"]]
    parts += [f"N = {one['n']}"] if one["n"] is not None and one["statistic"] not in ("N", "n") else []
    parts += [x for x in (one["population"], one["window"]) if x]
    parts += [f"“{one['quote']}”"] if one["quote"] else []
    where = f"{one['file']} {one['locator']}".strip()
    return " ".join(p for p in (", ".join(p for p in parts if p), f"({where})" if where else "") if p)
