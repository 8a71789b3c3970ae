"""Translate: what recall left goes to the model in chunks, or is pseudo-translated in rehearsal. Imports llm, segment and store."""

from __future__ import annotations

from collections.abc import Mapping

from docpipe.errors import ProviderDown
from docpipe.llm.engine import Result, run
from docpipe.llm.rehearsal import rehearse
from docpipe.model.batch import Document
from docpipe.model.canonical import digest_of
from docpipe.model.document import count_words
from docpipe.model.inline import plain_text
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Status, Unit
from docpipe.steps.answered import told
from docpipe.steps.context import prepare
from docpipe.steps.house import MACHINE, House
from docpipe.steps.model import access_of, ledger_of, orders_of
from docpipe.steps.progress import Progress, report
from docpipe.steps.terms import termbase_of
from docpipe.steps.work import Work, step
from docpipe.store import calls, documents, leases, units

PSEUDO = "pseudo-translated: a person must translate it"
TRIES = 6
_MACHINE_MADE = (OriginKind.NONE, OriginKind.MODEL, OriginKind.PSEUDO)


def wanted(current: Mapping[SegmentId, Unit]) -> set[SegmentId]:
    """Rows that recall left to the model. Rows already answered count too: the chunks of a resumed run are those of the
    first, so that their stored replies are found again and nothing is paid for twice."""
    return {u.segment for u in current.values() if u.origin.kind in _MACHINE_MADE and u.status is not Status.EDITED}


def translate(house: House, document_id: str) -> Document:
    """Gives every row that has none a target, or the reason why a person must. Raises nothing of the provider's: the
    document fails with the provider's code and keeps what was answered."""

    def work(job: Work) -> None:
        with house.store.read() as session:
            segments = units.segments(session, document_id)
            current = units.units(session, document_id)
        asked = wanted(current)
        rows = [s for s in segments if s.id in asked]
        if rows and job.batch.recipe.provider == "rehearsal":
            _rehearse(house, job, rows, current)
        elif rows:
            _ask(house, job, segments, rows)
        job.tally.pages, job.tally.segments = job.document.pages, len(rows)
        job.tally.words = sum(count_words(plain_text(s.source)) for s in rows)
        job.tally.digest = digest_of(sorted(s.id for s in rows))

    return step(house, document_id, "translated", work)


def _rehearse(house: House, job: Work, rows: list[Segment], current: Mapping[SegmentId, Unit]) -> None:
    """Pseudo-translates: every row stays marked as needing a person."""
    terms, recipe = termbase_of(house, job.batch), job.batch.recipe
    changed: list[Unit] = []
    for number, s in enumerate(rows, 1):
        if current[s.id].status is not Status.NEW:
            continue
        hits = terms.hits(plain_text(s.source))
        target = rehearse(s.source, recipe.source_language, recipe.target_language, hits)
        changed.append(current[s.id].translated(target, Origin(OriginKind.PSEUDO), PSEUDO))
        if number % 500 == 0:
            report(Progress(job.batch.id, job.document.id, "translate", number, len(rows)))
    with house.store.write() as session:
        units.save(session, job.document.id, changed, house.now(), MACHINE)
    report(Progress(job.batch.id, job.document.id, "translate", len(rows), len(rows)))


def _ask(house: House, job: Work, segments: list[Segment], rows: list[Segment]) -> None:
    """Sends the rows in chunks; groups of answers are stored as they come."""
    recipe = job.batch.recipe
    prepared = prepare(house, job, segments, rows)
    ledger = ledger_of(house, job.batch, job.document.id)
    by_id = {s.id: s for s in rows}
    answered: set[SegmentId] = set()
    words = 0

    def store(results: list[Result]) -> None:
        nonlocal words
        _store(house, job, results)
        answered.update(r.segment for r in results)
        words += sum(count_words(plain_text(by_id[r.segment].source)) for r in results)
        with house.store.read() as session:
            cost = calls.cost_of_document(session, job.document.id)
        report(Progress(job.batch.id, job.document.id, "translate", len(answered), len(rows), words, cost))

    tally = run(
        prepared.chunks,
        connect=access_of(house, recipe),
        ledger=ledger,
        prompt=prepared.prompt,
        orders=orders_of(house, recipe, tries=_tries(house, job)),
        craft=prepared.craft,
        on_group=store,
    )
    t = job.tally
    t.input_tokens, t.cached_tokens = tally.usage.input_tokens, tally.usage.cached_tokens
    t.output_tokens, t.retries = tally.usage.output_tokens, tally.retries
    with house.store.read() as session:
        t.cost = calls.cost_of_document(session, job.document.id)


def _tries(house: House, job: Work) -> int:
    """How often an unanswered request is sent: seldom once another document of the batch found the provider away, so
    that a long batch does not wait for each of its documents anew."""
    with house.store.read() as session:
        return 2 if documents.any_failed(session, job.batch.id, ProviderDown.code) else TRIES


def _store(house: House, job: Work, results: list[Result]) -> None:
    """Publishes a group of answers under the document's lease; rows that have a target already are left alone."""
    with house.store.write() as session:
        leases.check(session, job.lease)
        current = units.some(session, job.document.id, [r.segment for r in results])
        changed: list[Unit] = []
        for r in results:
            unit = current[r.segment]
            if unit.status is not Status.NEW or unit.needs_person:
                continue
            if r.target is None:
                changed.append(unit.left_to_person(r.reason))
            elif r.merged_into is not None:
                origin = Origin(OriginKind.MODEL, f"merged into {r.merged_into}", r.origin.spend_key)
                changed.append(unit.translated((), origin))
            else:
                changed.append(unit.translated(r.target, told(r.origin, r.fallback, r.noted), r.reason))
        units.save(session, job.document.id, changed, house.now(), MACHINE)
