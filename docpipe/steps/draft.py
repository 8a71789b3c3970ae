"""Draft: rows without a text get the program's, or go to the model block by block; rows sent back are worded again. Imports llm and store.

Whatever the model answers, a row ends with a text that says what the plan says: the model's wording where it stands the comparison,
the program text where it does not, and then a person is told. A gap gets a marked proposal where that was ordered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docpipe.accounts.roles import User
from docpipe.llm.engine import Result, Tally, run
from docpipe.model.batch import Batch, Document
from docpipe.model.canonical import digest_of
from docpipe.model.document import count_words
from docpipe.model.inline import plain_text
from docpipe.model.segment import Origin, OriginKind, Segment, SegmentId, Status, Unit
from docpipe.steps.desk import Desk, Step, at_desk, change
from docpipe.steps.draft_book import DraftBook, draft_of
from docpipe.steps.draft_brief import Wording, make_wording
from docpipe.steps.draft_proposals import ask_for_proposals
from docpipe.steps.draft_records import write_records
from docpipe.steps.house import MACHINE, House
from docpipe.steps.model import access_of, ledger_of, orders_of
from docpipe.steps.progress import Progress, report
from docpipe.steps.recipes import prompt_of
from docpipe.steps.work import Work, held, step
from docpipe.store import batches, calls, documents, leases, units

WITHOUT_MODEL = ("program", "rehearsal")
"""Providers with which every row keeps the program text."""
NOT_WORDED = "The model could not word it as asked; the program text stands. Last fault: "
_MACHINE_MADE = (OriginKind.NONE, OriginKind.MODEL, OriginKind.PROGRAM)


def draft(house: House, document_id: str) -> Document:
    """Gives every row that has no text yet one. Raises nothing of the provider's: the document fails with the provider's
    code and keeps what was answered."""

    def work(job: Work) -> None:
        with house.store.read() as session:
            segments = units.segments(session, document_id)
            current = units.units(session, document_id)
        asked: set[SegmentId] = set()
        if job.batch.recipe.provider not in WITHOUT_MODEL:
            book = draft_of(house, job.document)
            free = {
                s for s, u in current.items() if u.origin.kind in _MACHINE_MADE and not u.editor and not u.needs_person
            }
            wording = make_wording(book, segments, free, job.batch.recipe.max_output_tokens)
            asked = set(wording.craft.rows)
            _fill(house, job, segments, current, asked)
            if asked:
                _tallied(house, job, _ask(_Asking(house, job.batch, job.document, book, segments, job), wording))
            _propose(house, job, book, segments)
        else:
            _fill(house, job, segments, current, asked)
        job.tally.pages, job.tally.segments = job.document.pages, len(segments)
        job.tally.words = sum(count_words(plain_text(s.source, equiv=True)) for s in segments)
        job.tally.digest = digest_of(sorted(s.id for s in segments))

    return step(house, document_id, "translated", work)


def _propose(house: House, job: Work, book: DraftBook, segments: Sequence[Segment]) -> None:
    """Marked proposals into gaps that nobody has touched, where they were ordered."""
    with house.store.read() as session:
        current = units.units(session, job.document.id)
    free = {s.id for s in segments if current[s.id].origin.kind is OriginKind.PROGRAM and not current[s.id].editor}
    results, tally = ask_for_proposals(house, job.batch, job.document, book, segments, current, free)
    if not results:
        return
    with house.store.write() as session:
        leases.check(session, job.lease)
        made = [current[r.segment].translated(r.target, r.origin) for r in results.values() if r.target is not None]
        units.save(session, job.document.id, made, house.now(), MACHINE)
    _tallied(house, job, tally)


def redraft(house: House, document_id: str) -> tuple[SegmentId, ...]:
    """Words the rows anew that people sent back and no person wrote, each for the reviewer's reason; all other rows stay.

    Returns the rows that have a new text. A row that cannot be worded as asked keeps its text and waits for a person. Raises
    ``NotReady`` for a document that is not under review, and errors of the provider.
    """
    with held(house, f"redraft:{document_id}"):
        with house.store.read() as session:
            document = documents.get(session, document_id)
            batch = batches.get(session, document.batch)
            segments = units.segments(session, document_id)
            current = units.units(session, document_id)
        back = {u.segment: u.needs_person for u in current.values() if sent_back(u)}
        if not back or batch.recipe.provider in WITHOUT_MODEL:
            return ()
        book = draft_of(house, document)
        wording = make_wording(book, segments, back.keys(), batch.recipe.max_output_tokens)
        asking = _Asking(house, batch, document, book, segments)
        _ask(asking, wording, {s: why for s, why in back.items() if s in wording.craft.rows})
        again, _ = ask_for_proposals(house, batch, document, book, segments, current, set(back), back)
        asking.results.update(again)
        return _published(house, document, current, asking.results, back)


def sent_back(unit: Unit) -> bool:
    """Whether a row waits to be worked again and no person wrote its text."""
    return unit.status is Status.EDITED and bool(unit.needs_person) and not unit.editor and not _told(unit.needs_person)


def _told(reason: str) -> bool:
    return reason.startswith(NOT_WORDED)


def _fill(
    house: House, job: Work, segments: Sequence[Segment], current: Mapping[SegmentId, Unit], asked: set[SegmentId]
) -> None:
    """The program text for every new row that no model words."""
    rows = [s for s in segments if current[s.id].status is Status.NEW and s.id not in asked]
    made = [current[s.id].translated(s.source, Origin(OriginKind.PROGRAM)) for s in rows]
    with house.store.write() as session:
        leases.check(session, job.lease)
        units.save(session, job.document.id, made, house.now(), MACHINE)


@dataclass(slots=True)
class _Asking:
    """A document whose rows are with the model. ``job``: of the step; without one, nothing is published by group."""

    house: House
    batch: Batch
    document: Document
    book: DraftBook
    segments: Sequence[Segment]
    job: Work | None = None
    results: dict[SegmentId, Result] = field(default_factory=dict)


def _ask(asking: _Asking, wording: Wording, complaints: Mapping[SegmentId, str] | None = None) -> Tally:
    """Sends the rows in chunks; groups of answers are stored as they come, the generation records at the end."""
    house, recipe = asking.house, asking.batch.recipe
    prompt = prompt_of(house, recipe)
    ledger = ledger_of(house, asking.batch, asking.document.id)
    orders = orders_of(house, recipe)
    total = len(wording.craft.rows)

    def take(results: list[Result]) -> None:
        asking.results.update({r.segment: r for r in results})
        if asking.job is not None:
            _store(house, asking.job, wording, results)
        with house.store.read() as session:
            cost = calls.cost_of_document(session, asking.document.id)
        report(Progress(asking.batch.id, asking.document.id, "draft", len(asking.results), total, 0, cost))

    tally = run(
        wording.chunks,
        connect=access_of(house, recipe),
        ledger=ledger,
        prompt=prompt,
        orders=orders,
        craft=wording.craft,
        on_group=take,
        complaints=complaints,
    )
    write_records(house, asking.document, asking.batch, asking.book, asking.segments, asking.results, ledger, orders)
    return tally


def _tallied(house: House, job: Work, tally: Tally) -> None:
    t = job.tally
    t.input_tokens, t.cached_tokens = (
        t.input_tokens + tally.usage.input_tokens,
        t.cached_tokens + tally.usage.cached_tokens,
    )
    t.output_tokens, t.retries = t.output_tokens + tally.usage.output_tokens, t.retries + tally.retries
    with house.store.read() as session:
        t.cost = calls.cost_of_document(session, job.document.id)


def _store(house: House, job: Work, wording: Wording, results: Sequence[Result]) -> None:
    """Publishes a group of answers under the document's lease; rows that have a text already are left alone."""
    with house.store.write() as session:
        leases.check(session, job.lease)
        current = units.some(session, job.document.id, [r.segment for r in results])
        changed: list[Unit] = []
        for r in results:
            unit = current[r.segment]
            if unit.status is not Status.NEW:
                continue
            if r.target is None or r.reason:
                source = wording.craft.rows[r.segment].segment.source
                changed.append(unit.translated(source, Origin(OriginKind.PROGRAM)))
            else:
                changed.append(unit.translated(r.target, r.origin))
        units.save(session, job.document.id, changed, house.now(), MACHINE)


def _published(
    house: House, document: Document, before: Mapping[SegmentId, Unit], results: Mapping[SegmentId, Result],
    reasons: Mapping[SegmentId, str],
) -> tuple[SegmentId, ...]:  # fmt: skip
    """The rows worded again, in one transaction, checked again; a row that a person touched meanwhile is left as it is."""
    machine = User(MACHINE, MACHINE, frozenset(), False, house.now())

    def work(desk: Desk) -> tuple[SegmentId, ...]:
        now = units.some(desk.session, document.id, list(results))
        steps: list[Step] = []
        for name, r in results.items():
            unit = now[name]
            if unit.revision != before[name].revision:
                continue
            if r.target is not None and not r.reason:
                steps.append(Step(unit, unit.reworded(r.target, r.origin), "row.reworded", reasons[name]))
            else:
                steps.append(Step(unit, unit.left_to_person(NOT_WORDED + r.reason), "row.not_reworded", reasons[name]))
        change(desk, steps, machine)
        return tuple(s.after.segment for s in steps if s.action == "row.reworded")

    return at_desk(house, document.id, work)
