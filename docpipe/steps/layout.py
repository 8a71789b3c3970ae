"""Layout fit: texts that overflow their box, row, frame or header line, with the number of characters to lose.

Imports checks, safe and store. Reckoned from the widths of faces; where LibreOffice is present and a place is nearly full, its own
layout decides. An edit is reckoned alone, so that nobody waits for a layout.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from docpipe.checks.fit import Look, Space, fullness, too_long
from docpipe.errors import DocpipeError
from docpipe.model.batch import Batch, Document
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import spaced_text
from docpipe.model.segment import Segment, SegmentId, Status, Unit
from docpipe.safe.child import call
from docpipe.safe.office import find_office, to_pdf
from docpipe.steps import reading
from docpipe.steps.extract import blocks_of
from docpipe.steps.house import House, record
from docpipe.steps.preview_cache import WORK
from docpipe.steps.work import held
from docpipe.steps.written import face_of, options_of, targets_of
from docpipe.store import deliverables

OVERFLOW = "layout.overflow"
TITLE = "Text does not fit its place"
_PDF = "application/pdf"
_NEARLY, _SMALL = 0.7, 3
"""Share of its room from which a place is looked at in a layout; characters that a reckoning may be wrong by."""
_WHAT = {
    "box": "its text box", "row": "its table row of fixed height", "frame": "its frame", "line": "its header or footer line",
    "cell": "its cell, in one word",
}  # fmt: skip


def look_for_places(house: House, batch: Batch, document: Document) -> tuple[Space, ...]:
    """Finds and keeps the bounded places of a document's source. A format without any, such as PDF, has none."""
    if document.media_type == _PDF or batch.recipe.drafts or switched_off(batch):
        return ()
    data = house.store.blobs.get(document.sha256)
    policy = reading.plain_policy(batch.recipe.policy)
    found = call("docpipe.formats.ooxml.spaces:spaces", (data, policy), **reading.limits(house.settings, data))
    with house.store.write() as session:
        deliverables.keep_places(session, document.id, found)
    return tuple(_space(entry) for entry in found)


def kept_places(stored: Sequence[Mapping[str, Any]]) -> tuple[Space, ...]:
    """The places that were found when the document was checked, as the store has them."""
    return tuple(_space(entry) for entry in stored)


def switched_off(batch: Batch) -> bool:
    """Whether the recipe does without this check."""
    return OVERFLOW.startswith(tuple(batch.recipe.checks_off) or "-")


def _space(entry: Mapping[str, Any]) -> Space:
    paragraphs = tuple((str(a), Look(**look)) for a, look in entry["paragraphs"])
    return Space(entry["kind"], entry["address"], entry["width"], entry["height"], paragraphs)


def sharing(places: Sequence[Space], addresses: Collection[str]) -> set[str]:
    """Addresses that share a bounded place with one of these: what one text loses, another may keep."""
    return {a for p in places if any(b in addresses for b, _ in p.paragraphs) for a, _ in p.paragraphs}


def reckoned(
    places: Sequence[Space], segments: Sequence[Segment], current: Mapping[SegmentId, Unit]
) -> dict[SegmentId, Finding]:
    """A finding for each place whose rows are all among these and whose text does not fit, as far as can be reckoned."""
    rows = _by_address(segments)
    whole = [p for p in places if all(_complete(rows[a]) for a, _ in p.paragraphs if a in rows)]
    source, target = _texts(rows, current)
    return _findings(whole, [too_long(p, source, target) for p in whole], rows, current)


def _complete(rows: Sequence[Segment]) -> bool:
    return rows[-1].last and [s.ordinal for s in rows] == list(range(rows[0].ordinal, rows[0].ordinal + len(rows)))


def overflowing(
    house: House, batch: Batch, document: Document, segments: Sequence[Segment], current: Mapping[SegmentId, Unit]
) -> dict[SegmentId, Finding]:
    """A finding for each place of a document whose text does not fit, at its longest row; LibreOffice, where it is present, is
    asked about places that are nearly full."""
    places = look_for_places(house, batch, document)
    if not places:
        return {}
    rows = _by_address(segments)
    source, target = _texts(rows, current)
    lost = [too_long(space, source, target) for space in places]
    near = [
        n for n, p in enumerate(places)
        if p.height > 0 and fullness(p, target) >= _NEARLY and any(source.get(a) != target.get(a) for a, _ in p.paragraphs)
    ]  # fmt: skip
    hidden = _laid_out(house, batch, document, segments, current, [places[n] for n in near], target) if near else None
    judged = frozenset(near) if hidden is not None else frozenset[int]()
    for n, count in zip(near, hidden or (), strict=False):
        lost[n] = count
    return _findings(places, lost, rows, current, judged)


def _by_address(segments: Sequence[Segment]) -> dict[str, list[Segment]]:
    rows: dict[str, list[Segment]] = {}
    for s in segments:
        rows.setdefault(s.address, []).append(s)
    return rows


def _texts(
    rows: Mapping[str, Sequence[Segment]], current: Mapping[SegmentId, Unit]
) -> tuple[dict[str, str], dict[str, str]]:
    source = {a: "".join(s.before + spaced_text(s.source) + s.after for s in of) for a, of in rows.items()}
    return source, {a: _written(of, current) for a, of in rows.items()}


def _findings(
    places: Sequence[Space],
    lost: Sequence[int],
    rows: Mapping[str, Sequence[Segment]],
    current: Mapping[SegmentId, Unit],
    judged: Collection[int] = (),
) -> dict[SegmentId, Finding]:
    found: dict[SegmentId, Finding] = {}
    for n, space in enumerate(places):
        if lost[n] < (1 if n in judged else _SMALL):
            continue
        own = [s for a, _ in space.paragraphs for s in rows.get(a, ()) if current[s.id].status is not Status.NEW]
        if own:
            longest = max(own, key=lambda s: len(spaced_text(current[s.id].target)))
            found[longest.id] = _finding(space, lost[n], judged=n in judged)
    return found


def _finding(space: Space, lost: int, *, judged: bool) -> Finding:
    if space.kind == "cell":
        words = f"A word does not fit the width of its cell: it is about {lost} characters too long and will be broken."
        return Finding(OVERFLOW, Severity.MINOR, words)
    how = "by LibreOffice's layout" if judged else "as reckoned from the widths of its characters"
    about = "" if judged else "about "
    words = f"The text does not fit {_WHAT[space.kind]}: it must lose {about}{lost} characters, {how}."
    return Finding(OVERFLOW, Severity.MINOR if space.kind == "line" else Severity.MAJOR, words)


def _written(rows: Sequence[Segment], current: Mapping[SegmentId, Unit]) -> str:
    texts = []
    for s in rows:
        unit = current[s.id]
        texts.append(s.before + spaced_text(unit.target if unit.status is not Status.NEW else s.source) + s.after)
    return "".join(texts)


def _changed(space: Space, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
    return any(source.get(a) != target.get(a) for a, _ in space.paragraphs)


def _laid_out(
    house: House,
    batch: Batch,
    document: Document,
    segments: Sequence[Segment],
    current: Mapping[SegmentId, Unit],
    places: Sequence[Space],
    target: Mapping[str, str],
) -> list[int] | None:
    """Characters of each place that LibreOffice's layout does not show; None where there is no layout."""
    settings = house.settings
    program = find_office(settings.office)
    if not program:
        return None
    texts = [target.get(a, "") for space in places for a, _ in space.paragraphs]
    try:
        targets = targets_of(batch, blocks_of(house, document), segments, current)
        options = options_of(house, batch, face_of(batch, current))
        source = house.store.blobs.get(document.sha256)
        data = reading.write(settings, document.media_type, source, targets, options)
        limits = reading.limits(settings, data)
        safe = bytes(call("docpipe.formats.ooxml.disarm:disarmed", (data,), **limits))
        with held(house, "office"):
            pdf = to_pdf(
                program, safe, ".docx", seconds=settings.office_seconds, work=settings.home / "previews" / WORK
            )
        shown = call("docpipe.formats.pdftext.fit:shown_lengths", (pdf, texts), **limits)
    except DocpipeError as error:
        record("layout.failed", document=document.id, code=error.code)
        return None
    rest = iter(len(text.rstrip()) - min(int(n), len(text.rstrip())) for text, n in zip(texts, shown, strict=True))
    return [sum(next(rest) for _ in space.paragraphs) for space in places]
