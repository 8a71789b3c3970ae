"""The engine of model work: chunks of one document in, accepted targets and reasons for a person out. Imports the core and its room.

Every call passes the ledger, equal requests are paid for once, and a bad answer is asked again with the exact complaint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec, TypeVar

from docpipe.errors import ProviderRefused
from docpipe.llm.access import Access, Lines
from docpipe.llm.craft import Assessment, Craft, Fault
from docpipe.llm.looking import Look, confirmed, look_request, look_task
from docpipe.llm.loop import access_to, in_process_engine
from docpipe.llm.orders import Orders, Result, Tally
from docpipe.llm.pricing import profile
from docpipe.llm.provider import Provider
from docpipe.llm.sending import Sender, Stopped
from docpipe.llm.task import Task, halves, interleaved, part_of
from docpipe.model.chunk import Chunk, Request, SpendKey
from docpipe.model.protocols import Ledger, Progress
from docpipe.model.segment import Origin, OriginKind, SegmentId
from docpipe.prompts import Prompt, load

__all__ = ["Orders", "Result", "Tally", "ask_chunks", "first_requests", "request_for", "run"]

TOGETHER = 48
"""Answers of a document that are asked again in one request at the most, where they wait for one another."""
ALONE = 8
"""Answers in doubt up to which each is asked for in a request of its own."""
LOOK = "review/alignment"
FILTERED = "The provider's content filter refused this text."
TOO_LONG = "The text is too long for the model."
CUT_OFF = "The model's answer was cut off or was not the JSON asked for."
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class _Job:
    """A request to be made, or answers that wait to be asked again with others."""

    chunk: Chunk
    attempt: int = 0
    mends: int = 0
    complaints: dict[SegmentId, str] = field(default_factory=dict)
    faults: dict[SegmentId, Fault] = field(default_factory=dict)
    history: dict[SegmentId, tuple[str, ...]] = field(default_factory=dict)
    asked: tuple[SpendKey, ...] = ()


async def ask_chunks(
    chunks: Sequence[Chunk],
    *,
    provider: Provider,
    ledger: Ledger,
    prompt: Prompt,
    orders: Orders,
    craft: Craft,
    on_group: Callable[[list[Result]], None],
    progress: Progress | None = None,
    complaints: Mapping[SegmentId, str] | None = None,
) -> Tally:
    """``run`` in the caller's event loop, with a provider of its own that stays open. ``on_group`` is called on one other thread."""
    access = access_to(lambda: provider, orders)
    with ThreadPoolExecutor(1, thread_name_prefix="docpipe-results") as desk:
        engine = _Engine(access, Lines(), desk, ledger, prompt, orders, craft, on_group, progress)
        return await engine.run(chunks, complaints or {})


def run(
    chunks: Sequence[Chunk],
    *,
    connect: Callable[[], Provider] | Access,
    ledger: Ledger,
    prompt: Prompt,
    orders: Orders,
    craft: Craft,
    on_group: Callable[[list[Result]], None],
    progress: Progress | None = None,
    complaints: Mapping[SegmentId, str] | None = None,
) -> Tally:
    """Has the model work on all chunks; ``on_group`` gets each reply's results, on the calling thread, which waits for the end.

    The calls are made in the process's one event loop. ``connect``: how to open a provider of this run's own in it, or the access
    that all runs of a scope share: one client, one queue, one pace. Every wanted segment gets exactly one result, unless a
    ``DocpipeError`` is raised: then no call is sent any more, those in flight are received and stored first, and a later run with
    the same arguments pays for none of them again.
    """

    def make(access: Access, lines: Lines, desk: Executor) -> Coroutine[Any, Any, Tally]:
        engine = _Engine(access, lines, desk, ledger, prompt, orders, craft, on_group, progress)
        return engine.run(chunks, complaints or {})

    return in_process_engine(connect, orders, make)


def request_for(task: Task, prompt: Prompt, orders: Orders, attempt: int = 0, system: str = "") -> Request:
    """The request of a task, byte for byte as the engine sends it. ``system``: the prompt's system part, if rendered already."""
    most = orders.max_output_tokens
    # A limit near the need keeps a looping model cheap, but a reasoning model thinks within the limit.
    if task.chunk.output_tokens and profile(orders.model).temperature:
        most = min(most, (int(task.chunk.output_tokens * 2.5) // 256 + 3) * 256)
    return Request(
        provider=orders.provider,
        model=orders.model,
        prompt=prompt.name,
        prompt_digest=prompt.digest,
        system=system or prompt.render_system(),
        user=prompt.render_user(task=task.text),
        schema=prompt.schema,
        purpose="re-ask" if attempt else task.purpose,
        attempt=attempt,
        max_output=most,
        temperature=orders.temperature,
    )


def first_requests(chunks: Sequence[Chunk], prompt: Prompt, orders: Orders, craft: Craft) -> list[tuple[Request, Task]]:
    """The very first requests that ``run`` will make for the chunks, in their order: equal spend keys, so that a reply that
    is stored under one of them is found again and not paid for twice."""
    system = prompt.render_system()
    tasks = [craft.task(c, {}) for c in chunks if c.wanted]
    return [(request_for(t, prompt, orders, system=system), t) for t in tasks]


class _Engine:
    def __init__(
        self,
        access: Access,
        lines: Lines,
        desk: Executor,
        ledger: Ledger,
        prompt: Prompt,
        orders: Orders,
        craft: Craft,
        on_group: Callable[[list[Result]], None],
        progress: Progress | None,
    ) -> None:
        self._prompt, self._orders, self._desk = prompt, orders, desk
        self._craft, self._on_group, self._progress = craft, on_group, progress
        self._system = prompt.render_system()
        self._tally = Tally()
        self._sender = Sender(access, lines, ledger, orders, self._tally)
        self._jobs: set[asyncio.Task[None]] = set()
        self._waiting: list[_Job] = []
        self._places: dict[SegmentId, int] = {}
        self._failure: BaseException | None = None
        self._done = self._total = 0

    async def run(self, chunks: Sequence[Chunk], complaints: Mapping[SegmentId, str]) -> Tally:
        self._total = sum(len(c.wanted) for c in chunks)
        self._places = {s.id: n for n, s in enumerate(s for c in chunks for s in c.wanted)}
        for chunk in sorted((c for c in chunks if c.wanted), key=lambda c: -c.tokens):
            said = {s.id: complaints[s.id] for s in chunk.wanted if s.id in complaints}
            self._put(_Job(chunk, complaints=said))
        try:
            while self._jobs:
                await asyncio.wait(set(self._jobs))
                if not self._jobs and self._failure is None:
                    self._ask_waiting()
        finally:
            for task in self._jobs:
                task.cancel()
            await asyncio.gather(*self._jobs, return_exceptions=True)
            await self._sender.close()
        if self._failure is not None:
            raise self._failure
        return self._tally

    def _put(self, job: _Job) -> None:
        """Every job is a task; which of them sends next, of all documents', is the gate's decision."""
        task = asyncio.create_task(self._work(job))
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def _work(self, job: _Job) -> None:
        try:
            if self._failure is None:
                await self._handle(job)
        except Stopped:
            pass
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - raised where the run is waited for, once what is in flight is received
            self._failure = self._failure or error
            self._sender.stop()

    async def _at_desk(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A call that takes the processor, on the document's own thread, so that the loop is free to send and receive."""
        return await asyncio.wrap_future(self._desk.submit(call, *args, **kwargs))

    # ------------------------------------------------------------ one job

    async def _handle(self, job: _Job) -> None:
        task, request, key = await self._at_desk(self._worded, job)
        job.asked = (*job.asked, key)
        try:
            reply = await self._sender.reply(request, task)
        except ProviderRefused as error:
            why = {"content_filter": FILTERED, "too_long": TOO_LONG}.get(str(error.details.get("reason")))
            if why is None:
                raise
            await self._divide(job, task, why)
            return
        if reply.finish == "filter":
            await self._divide(job, task, FILTERED)
            return
        assessed = await self._at_desk(self._craft.assess, task, reply.text, job.faults)
        if assessed.look is not None:
            astray = await self._look(assessed.look, assessed, twice=job.attempt > 0)
            if assessed.wider is not None and astray - assessed.beside:
                await self._look(assessed.wider, assessed, twice=job.attempt > 0)
        origin = Origin(OriginKind.MODEL, f"{self._prompt.name} {self._prompt.digest[:12]} {reply.model}", key)
        past = job.history
        results = [
            Result(s, a.target, "", origin, a.merged_into, past.get(s, ()), fallback=reply.fallback, noted=a.noted)
            for s, a in assessed.accepted.items()
        ]
        if job.attempt:
            self._tally.mended += len(results)
        broken = reply.finish == "length" or not assessed.whole
        results += self._again(job, task, assessed, origin, broken)
        await self._give(results, job)

    def _worded(self, job: _Job) -> tuple[Task, Request, SpendKey]:
        task = self._craft.task(job.chunk, job.complaints)
        request = request_for(task, self._prompt, self._orders, job.attempt, self._system)
        return task, request, request.spend_key

    async def _look(self, look: Look, assessed: Assessment, *, twice: bool) -> frozenset[SegmentId]:
        """Has answers looked at that may be a neighbour's; those that are not confirmed are returned, taken back and asked again.

        ``twice``: something went astray here before, so one look is not enough.
        """
        segments = frozenset(s for s, _ in look.expected.values())
        sure, turns = segments, 2 if twice or look.small else 1
        for turn in range(turns):
            found: frozenset[SegmentId] = frozenset()
            for attempt in range(2):
                asked = look.again(turn + turns * attempt) if turn or attempt else look
                request = look_request(asked, load(LOOK), self._orders.provider, self._orders.model)
                try:
                    reply = await self._sender.reply(request, look_task(asked))
                except ProviderRefused:
                    break
                found, whole = confirmed(asked, reply.text)
                if whole and reply.finish == "stop":
                    break
            sure = sure & found
            if not sure:
                break
        assessed.unconfirmed(segments - sure)
        return segments - sure

    def _again(self, job: _Job, task: Task, assessed: Assessment, origin: Origin, broken: bool) -> list[Result]:
        """Asks again for what is at fault; what was asked often enough comes back as results for a person."""
        every = [s.id for s in task.segments.values() if s.id in assessed.faults]
        later = [s for s in every if assessed.faults[s].waits]
        wanted = [s for s in every if not assessed.faults[s].waits]
        halved = broken and len(wanted) > 1
        # Halving a reply that broke off ends by itself, so it does not count as a mend.
        mends = job.mends + (0 if halved else 1)
        said = {s: CUT_OFF if broken and s in wanted else assessed.faults[s].reason for s in every}
        past = {s: (*job.history.get(s, ()), said[s]) for s in every}

        def again(group: Sequence[SegmentId], mends: int) -> _Job:
            return _Job(
                chunk=part_of(job.chunk, group),
                attempt=job.attempt + 1,
                mends=mends,
                complaints={s: said[s] for s in group},
                faults={s: assessed.faults[s] for s in group},
                history={s: past[s] for s in group},
                asked=job.asked,
            )

        left: list[Result] = []
        if later and job.mends + 1 > self._orders.mends:
            left += [self._left(s, assessed.faults[s], origin, False, past[s]) for s in later]
        elif later:
            self._waiting.append(again(later, job.mends + 1))
        if not wanted:
            return left
        if mends > self._orders.mends:
            return left + [self._left(s, assessed.faults[s], origin, broken, past[s]) for s in wanted]
        groups: tuple[Sequence[SegmentId], ...]
        if halved:
            groups = halves(wanted)
        elif any(assessed.faults[s].apart for s in wanted):
            # Few are asked one by one, so that none can be taken for another; of many every second one goes together.
            groups = interleaved(wanted, len(wanted) if len(wanted) <= ALONE else 2)
        else:
            groups = halves(wanted) if len(wanted) * 2 > len(task.segments) else (wanted,)
        for group in groups:
            self._put(again(group, mends))
        return left

    def _ask_waiting(self) -> None:
        """Asks again what waited, in the document's order: the same answers make the same requests in a resumed run."""
        waiting = sorted(self._waiting, key=lambda j: (j.mends, j.attempt, self._places.get(j.chunk.wanted[0].id, 0)))
        self._waiting = []
        group: list[_Job] = []
        for job in waiting:
            if group and (
                (group[0].mends, group[0].attempt) != (job.mends, job.attempt)
                or sum(len(j.complaints) for j in (*group, job)) > TOGETHER
                or 2 * sum(j.chunk.output_tokens for j in (*group, job)) > self._orders.max_output_tokens
            ):
                self._put(_joined(group))
                group = []
            group.append(job)
        if group:
            self._put(_joined(group))

    async def _divide(self, job: _Job, task: Task, why: str) -> None:
        """The provider refuses the chunk: its halves are asked, and one segment alone is left to a person."""
        wanted = [s.id for s in task.segments.values()]
        if len(wanted) == 1:
            past = (*job.history.get(wanted[0], ()), why)
            await self._give([Result(wanted[0], None, why, Origin(OriginKind.NONE), refused=past)], job)
            return
        for group in halves(wanted):
            faults = {s: f for s, f in job.faults.items() if s in group}
            complaints = {s: c for s, c in job.complaints.items() if s in group}
            # What was refused must not stand beside the other half as context.
            part = part_of(job.chunk, group, bare=True)
            self._put(_Job(part, job.attempt + 1, job.mends, complaints, faults, job.history, job.asked))

    def _left(self, segment: SegmentId, fault: Fault, origin: Origin, broken: bool, refused: tuple[str, ...]) -> Result:
        reason = CUT_OFF if broken and fault.target is None else fault.reason
        kept = origin if fault.target is not None else Origin(OriginKind.NONE)
        return Result(segment, fault.target, reason, kept, refused=refused)

    async def _give(self, results: list[Result], job: _Job) -> None:
        if not results:
            return
        await self._at_desk(self._on_group, [replace(r, asked=job.asked) for r in results])
        self._done += len(results)
        if self._progress is not None:
            self._progress(self._craft.stage, self._done, self._total)


def _joined(jobs: Sequence[_Job]) -> _Job:
    """Several re-asks of a document as one; what stood around each is left out, as it would stand around all."""
    if len(jobs) == 1:
        return jobs[0]
    first = jobs[0]
    chunk = Chunk(
        tuple(p for j in jobs for p in j.chunk.paragraphs),
        first.chunk.heading_path if all(j.chunk.heading_path == first.chunk.heading_path for j in jobs) else (),
        tokens=sum(j.chunk.tokens for j in jobs),
        output_tokens=sum(j.chunk.output_tokens for j in jobs),
    )
    joined = _Job(chunk, first.attempt, first.mends, asked=tuple(dict.fromkeys(k for j in jobs for k in j.asked)))
    for job in jobs:
        joined.complaints |= job.complaints
        joined.faults |= job.faults
        joined.history |= job.history
    return joined
