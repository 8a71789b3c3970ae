"""Check: every check over every row that has a target, findings stored with the document. Imports checks and store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from docpipe.checks.document import document_findings
from docpipe.checks.runner import pairs, run_checks
from docpipe.model.batch import Batch, Document
from docpipe.model.canonical import digest_of
from docpipe.model.document import count_words
from docpipe.model.finding import Finding
from docpipe.model.inline import plain_text
from docpipe.model.segment import OriginKind, Segment, SegmentId, Status, Unit
from docpipe.registry import checks
from docpipe.steps import draft_checks, layout, second_look
from docpipe.steps.answered import oddities
from docpipe.steps.draft_values import value_findings, without_twins
from docpipe.steps.house import House
from docpipe.steps.terms import TWO_WAYS, joined, package_terms_of, termbase_of
from docpipe.steps.work import Work, step
from docpipe.store import findings, units


def findings_of(
    house: House,
    batch: Batch,
    segments: Sequence[Segment],
    current: Mapping[SegmentId, Unit],
    only: Collection[SegmentId],
) -> dict[SegmentId, list[Finding]]:
    """Findings by segment for the rows in ``only``; their neighbours are looked at as context.

    Pseudo-translated rows and rows carried over as they are have none: a person translates the first, the second are no text.
    """
    earlier = second_look.looked(house, batch, {s.id: s for s in segments}, current, only)
    recipe, terms, package = batch.recipe, termbase_of(house, batch), package_terms_of(house, batch)
    looked_at = _with_neighbours(segments, only)
    targets = {s: u.target for s, u in current.items() if u.status is not Status.NEW}
    origins = {s: u.origin.kind for s, u in current.items()}
    found: dict[SegmentId, list[Finding]] = {s: [] for s in only}
    for segment, pair in pairs(
        looked_at, targets, recipe.source_language, recipe.target_language, origins=origins,
        hits=lambda text: joined(terms.hits(text), package.bound.hits(text)),
    ):  # fmt: skip
        unit = current[segment.id]
        if segment.id in found and unit.status is not Status.NEW and not unchecked(unit):
            found[segment.id] = run_checks(checks(), pair, recipe.checks_off)
            if not TWO_WAYS.startswith(tuple(recipe.checks_off) or "-"):
                found[segment.id] += package.differing(pair.source_text, pair.target_text)
            found[segment.id] += earlier.get(segment.id, [])
            odd = oddities(unit.origin)
            found[segment.id] += [f for f in odd if not f.check.startswith(tuple(recipe.checks_off) or "-")]
    return found


def unchecked(unit: Unit) -> bool:
    """Whether checks have nothing to say of a row: pseudo-translated, carried over as it is, or merged into a neighbour."""
    return unit.origin.kind in (OriginKind.PSEUDO, OriginKind.SAME) or merged(unit)


def merged(unit: Unit) -> bool:
    """Whether a neighbouring sentence carries the text of this row, by the model's word."""
    return unit.origin.kind is OriginKind.MODEL and unit.origin.detail.startswith("merged")


def _with_neighbours(segments: Sequence[Segment], only: Collection[SegmentId]) -> list[Segment]:
    if len(only) == len(segments):
        return list(segments)
    keep: set[int] = set()
    for n, s in enumerate(segments):
        if s.id in only:
            keep.update((n - 1, n, n + 1))
    return [s for n, s in enumerate(segments) if n in keep]


def check(house: House, document_id: str) -> Document:
    """Runs all checks over a document. Pseudo-translated rows are not checked: a person must translate them anyhow."""

    def work(job: Work) -> None:
        if job.batch.recipe.drafts:
            draft_checks.check(house, job)
            return
        with house.store.read() as session:
            segments = units.segments(session, document_id)
            current = units.units(session, document_id)
        found = findings_of(house, job.batch, segments, current, [s.id for s in segments])
        whole: list[Finding] = []
        targets = {s: u.target for s, u in current.items() if u.status is not Status.NEW}
        carried = {s for s, u in current.items() if merged(u)}
        for row, finding in document_findings(segments, targets, job.document.coverage, merged=carried):
            if row is None:
                whole.append(finding)
            elif not unchecked(current[row]):
                found[row].append(finding)
        for row, finding in layout.overflowing(house, job.batch, job.document, segments, current).items():
            if not unchecked(current[row]):
                found[row].append(finding)
        for row, several in value_findings(house, job.batch, job.document, segments, current).items():
            found[row] = without_twins(found[row], several)
        with house.store.write() as session:
            findings.replace(session, document_id, found)
            findings.add(session, document_id, "", whole)
        job.tally.pages, job.tally.segments = job.document.pages, len(segments)
        job.tally.words = sum(count_words(plain_text(s.source)) for s in segments)
        job.tally.digest = digest_of({k: [f.check for f in v] for k, v in found.items() if v})

    return step(house, document_id, "checked", work)
