"""Overnight: the first requests of a batch go to the provider as one job at a lower price, and their answers fill the ledger.

Imports llm, store and the steps before. The run that comes after finds its replies stored and mends by ordinary calls what is
missing or wrong. A job carries our id at the provider, so that no crash submits it twice: it is looked for before it is submitted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from uuid import uuid4

from docpipe.errors import BudgetSpent, CallInFlight, DocpipeError, JobLost, ProviderError, ProviderNotFound
from docpipe.llm import batch_api
from docpipe.llm.batch_api import BatchApi, RemoteJob
from docpipe.llm.engine import first_requests
from docpipe.llm.provider import is_final, maybe_paid
from docpipe.llm.task import Task
from docpipe.model.batch import Batch, Document, State
from docpipe.model.chunk import Reply, Request
from docpipe.safe.faults import point
from docpipe.steps.context import prepare
from docpipe.steps.house import MACHINE, House, record
from docpipe.steps.model import ledger_of, orders_of
from docpipe.steps.providers import connection
from docpipe.steps.translate import wanted
from docpipe.steps.work import Work, held, reached
from docpipe.store import audit, batches, documents, provider_jobs, units
from docpipe.store.calls import SqlLedger
from docpipe.store.provider_jobs import Job

__all__ = ["awaiting", "give_up", "left_behind", "overnight", "poll", "ready"]

_GROUP = 200
"""Answers that are written down in one transaction."""


def overnight(house: House, batch_id: str) -> bool:
    """Plans, submits and polls the batch's jobs as far as it goes now. Returns whether the provider is still awaited.

    False at once for a batch that is not delivered overnight. Raises the provider's error where its answer is final (a wrong
    key, no Batch API there); other failures of the provider's leave the batch awaiting.
    """
    return _drive(house, batch_id, planning=True)


def poll(house: House, batch_id: str) -> bool:
    """As ``overnight``, for jobs that are planned already."""
    return _drive(house, batch_id, planning=False)


def awaiting(house: House) -> list[str]:
    """Batches with a job that has not ended."""
    with house.store.read() as session:
        return provider_jobs.awaiting(session)


def ready(house: House) -> list[str]:
    """Polls every batch that awaits its provider; those that await it no more can go on. Errors are noted, not raised."""
    found = []
    for batch in awaiting(house):
        try:
            if not poll(house, batch):
                found.append(batch)
        except DocpipeError as error:
            record("overnight.poll_failed", batch=batch, code=error.code)
    return found


def give_up(house: House, batch_id: str) -> bool:
    """Has the batch go on by ordinary calls: jobs that never left are ended, the others stopped at the provider.

    Returns whether a stopped job's answers, which are paid for, are still awaited. Raises the provider's error.
    """
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
    if batch.recipe.delivery != "overnight":
        return False
    with held(house, f"overnight:{batch_id}"):
        return asyncio.run(_Night(house, batch).give_up())


def left_behind(house: House) -> list[str]:
    """Batches whose jobs have ended while documents still wait for their turn at the model: nobody took them up since."""
    with house.store.read() as session:
        found = provider_jobs.batches_of_ended(session)
        waiting = {b: documents.of_batch(session, b) for b in found}
    return [b for b in found if any(_at_the_model(d) for d in waiting[b])]


def _at_the_model(d: Document) -> bool:
    ended = d.state.ended or d.state in (State.FAILED, State.WAITING)
    return not ended and reached(d, "recalled") and not reached(d, "translated")


def _drive(house: House, batch_id: str, *, planning: bool) -> bool:
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
    if batch.recipe.delivery != "overnight":
        return False
    with held(house, f"overnight:{batch_id}"):
        return asyncio.run(_Night(house, batch).run(planning=planning))


class _Night:
    """One look after the jobs of a batch, under the batch's lease for it."""

    def __init__(self, house: House, batch: Batch) -> None:
        self._house, self._batch, self._ref = house, batch, batch.recipe.own_model
        self._ledgers: dict[str, SqlLedger] = {}

    async def run(self, *, planning: bool) -> bool:
        jobs = self._jobs()
        # Once a job left, what is not in it goes the ordinary way: what failed overnight is not tried overnight again.
        planning = planning and all(job.state == "planned" for job in jobs)
        if not planning and all(job.state == "ended" for job in jobs):
            return False
        api = BatchApi(connection(self._house.settings, self._ref))
        try:
            if planning:
                self._plan(api)
                jobs = self._jobs()
            for job in jobs:
                if job.state != "ended":
                    await self._advance(api, job)
        except ProviderError as error:
            if is_final(error):
                raise
            record("overnight.later", batch=self._batch.id, code=error.code)
        finally:
            await api.close()
        return any(job.state != "ended" for job in self._jobs())

    async def give_up(self) -> bool:
        if not self._jobs():
            self._new_job()  # so that nothing is planned any more
        api = BatchApi(connection(self._house.settings, self._ref))
        try:
            for job in self._jobs():
                if job.state == "ended":
                    continue
                there = await api.look(job.remote) if job.remote else None
                if there is None and job.state == "submitted":
                    there = await self._found(api, job)
                if there is None:
                    self._lose(job, JobLost.code, maybe_paid=False)
                    continue
                if not there.ended and there.status != "cancelling":
                    await api.cancel(there.id)
                self._adopt(job, there)
        finally:
            await api.close()
        return any(job.state != "ended" for job in self._jobs())

    async def _found(self, api: BatchApi, job: Job) -> RemoteJob | None:
        """The job at the provider; None also where there is no Batch API, which cannot have it."""
        try:
            return await api.find(job.id)
        except ProviderNotFound:
            return None

    def _jobs(self) -> list[Job]:
        with self._house.store.read() as session:
            return provider_jobs.of_batch(session, self._batch.id)

    def _documents(self) -> list[Document]:
        """Those whose turn it is at the model."""
        with self._house.store.read() as session:
            found = documents.of_batch(session, self._batch.id)
        return [d for d in found if _at_the_model(d)]

    def _requests(self, document: Document) -> list[tuple[Request, Task]]:
        """The very first requests of a document's translation, the same in every run."""
        with held(self._house, f"document:{document.id}") as lease:
            with self._house.store.read() as session:
                segments = units.segments(session, document.id)
                open_ = wanted(units.units(session, document.id))
            rows = [s for s in segments if s.id in open_]
            if not rows:
                return []
            prepared = prepare(self._house, Work(self._house, self._batch, document, lease), segments, rows)
        orders = orders_of(self._house, self._batch.recipe)
        return first_requests(prepared.chunks, prepared.prompt, orders, prepared.craft)

    def _ledger(self, document: str) -> SqlLedger:
        if document not in self._ledgers:
            factor = self._batch.recipe.batch_factor
            self._ledgers[document] = ledger_of(self._house, self._batch, document, factor)
        return self._ledgers[document]

    # ------------------------------------------------------------ planning

    def _plan(self, api: BatchApi) -> None:
        """Reserves what was not yet reserved or paid for, in jobs within the provider's limits, up to the spending limit."""
        job, count, size = "", 0, 0
        for document in self._documents():
            held_calls: list[str] = []
            ledger = self._ledger(document.id)
            spent = False
            for request, task in self._requests(document):
                length = len(api.line("0" * 32, request))
                if not job or count >= batch_api.MOST_REQUESTS or size + length > batch_api.MOST_BYTES:
                    self._hold(job, held_calls)
                    job, count, size, held_calls = self._new_job(), 0, 0, []
                if ledger.stored(request.spend_key) is not None:
                    continue
                try:
                    held_calls.append(ledger.reserve(request, _estimate(request, task)))
                except CallInFlight:
                    continue
                except BudgetSpent:
                    spent = True
                    break
                count, size = count + 1, size + length
            self._hold(job, held_calls)
            if spent:
                record("overnight.budget", batch=self._batch.id)
                return

    def _new_job(self) -> str:
        job = uuid4().hex
        with self._house.store.write() as session:
            provider_jobs.add(session, job, self._batch.id, self._ref.provider, self._ref.model)
        return job

    def _hold(self, job: str, calls: list[str]) -> None:
        if calls:
            point("overnight.before_hold")
            with self._house.store.write() as session:
                provider_jobs.hold(session, job, calls)

    # ------------------------------------------------------------ one job

    async def _advance(self, api: BatchApi, job: Job) -> None:
        if not job.remote:
            there = await api.find(job.id) if job.state == "submitted" else None
            if there is None:
                there = await self._submit(api, job)
            if there is None:
                return
            self._adopt(job, there)
        else:
            try:
                there = await api.look(job.remote)
            except ProviderNotFound as error:
                self._lose(job, error.code)
                return
        if there.ended:
            await self._collect(api, job, there)
            return
        with self._house.store.write() as session:
            provider_jobs.polled(session, job.id, there.answered)
        if not self._documents() and there.status != "cancelling":
            await api.cancel(there.id)

    async def _submit(self, api: BatchApi, job: Job) -> RemoteJob | None:
        """Uploads and starts the job; None for one with nothing in it."""
        with self._house.store.read() as session:
            calls = provider_jobs.open_calls(session, job.id)
        asked = [
            (calls[request.spend_key][0], request)
            for document in self._documents()
            for request, _ in self._requests(document)
            if calls.get(request.spend_key, ("", ""))[1] == document.id
        ]
        named = {call for call, _ in asked}
        for call, document in calls.values():
            if call not in named:  # its document was cancelled or failed meanwhile
                self._ledger(document).failed(call, JobLost("The request was not sent."), maybe_paid=False)
        if not asked:
            with self._house.store.write() as session:
                provider_jobs.ended(session, job.id, 0)
            return None
        point("overnight.before_upload")
        file = await api.upload(job.id, (api.line(call, request) for call, request in asked))
        point("overnight.after_upload")
        with self._house.store.write() as session:
            provider_jobs.submitted(session, job.id, "")
        point("overnight.before_submit")
        there = await api.submit(job.id, file)
        point("overnight.after_submit")
        return there

    def _adopt(self, job: Job, there: RemoteJob) -> None:
        with self._house.store.write() as session:
            provider_jobs.submitted(session, job.id, there.id)
            audit.append(session, self._batch.id, MACHINE, "overnight.submitted", job.id, new=there.id)
        record("overnight.submitted", batch=self._batch.id, job=job.id, requests=job.requests)

    async def _collect(self, api: BatchApi, job: Job, there: RemoteJob) -> None:
        """Writes down every answer, and every call that got none; may be repeated after a crash."""
        with self._house.store.read() as session:
            open_ = dict(provider_jobs.open_calls(session, job.id).values())
        answered, group = 0, list[tuple[str, Reply | ProviderError]]()
        for file in filter(None, (there.output_file, there.error_file)):
            async for call, got in api.answers(file):
                answered += isinstance(got, Reply)
                if call in open_:
                    group.append((call, got))
                if len(group) >= _GROUP:
                    self._settle(group, open_)
                    group = []
        self._settle(group, open_)
        lost = JobLost("The overnight job ended before this request was answered.", reason=there.error or there.status)
        self._settle([(call, lost) for call in open_], open_)
        code = "" if there.status == "completed" else lost.code
        with self._house.store.write() as session:
            provider_jobs.ended(session, job.id, answered, code)
            audit.append(session, self._batch.id, MACHINE, "overnight.ended", job.id, new=there.status)
        record(
            "overnight.ended",
            batch=self._batch.id,
            job=job.id,
            answered=answered,
            requests=job.requests,
            code=code or None,
        )
        for file in filter(None, (there.input_file, there.output_file, there.error_file)):
            try:
                await api.forget(file)
            except ProviderError as error:
                record("overnight.file_left", batch=self._batch.id, code=error.code)

    def _settle(self, group: Sequence[tuple[str, Reply | ProviderError]], open_: dict[str, str]) -> None:
        todo = [(call, open_.pop(call), got) for call, got in group if call in open_]
        if not todo:
            return
        point("overnight.before_receive")
        with self._ledger(todo[0][1]).together():
            for call, document, got in todo:
                if isinstance(got, Reply):
                    self._ledger(document).received(call, got)
                else:
                    self._ledger(document).failed(call, got, maybe_paid=maybe_paid(got))
        point("overnight.after_receive")

    def _lose(self, job: Job, code: str, *, maybe_paid: bool = True) -> None:
        """The provider does not have the job, or not any more: then what it cost cannot be told."""
        error = JobLost("The provider does not know the overnight job.")
        for call, document in _open(self._house, job):
            self._ledger(document).failed(call, error, maybe_paid=maybe_paid)
        with self._house.store.write() as session:
            provider_jobs.ended(session, job.id, job.answered, code)
            audit.append(session, self._batch.id, MACHINE, "overnight.ended", job.id, reason=code)


def _open(house: House, job: Job) -> Iterator[tuple[str, str]]:
    with house.store.read() as session:
        found = list(provider_jobs.open_calls(session, job.id).values())
    yield from found


def _estimate(request: Request, task: Task) -> int:
    """Tokens of the request's input, as the engine reckons them."""
    return len(request.system) // 4 + max(task.chunk.tokens, len(request.user) // 4)
