"""The event loop in which all model calls of this process are made, on a thread of its own. Imports the core and its room.

A document's own thread waits for its run and does meanwhile what needs a processor for that document: requests made, replies judged,
results stored. So the loop has nothing to do but send and receive.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from docpipe.llm.access import Access, Lines
from docpipe.llm.chain import Link
from docpipe.llm.gate import Stopped
from docpipe.llm.orders import Orders
from docpipe.llm.provider import Provider

__all__ = ["Engine", "access_to", "in_process_engine", "process_engine"]

P = ParamSpec("P")
T = TypeVar("T")


class _Bench(Executor):
    """An executor whose one worker is the thread that waits in ``serve``."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Has the waiting thread make the call."""
        future: Future[T] = Future()

        def make() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except (KeyboardInterrupt, SystemExit):
                # It is this thread's, and would end the loop.
                future.set_exception(Stopped())
                raise
            except BaseException as error:  # noqa: BLE001 - carried to whoever waits for it
                future.set_exception(error)
            else:
                future.set_result(result)

        self._work.put(make)
        return future

    def end(self) -> None:
        """Nothing more comes."""
        self._work.put(None)

    def serve(self) -> None:
        """Makes the calls, until ``end``."""
        while (make := self._work.get()) is not None:
            make()


class Engine:
    """A loop on a thread, its lines, and a door for callers of other threads."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="docpipe-model", daemon=True)
        self._thread.start()

    def run(self, make: Callable[[Executor], Coroutine[Any, Any, T]]) -> T:
        """Runs the coroutine in the loop; the calling thread is the executor that it is made with, until it ends."""
        bench = _Bench()
        tasks: list[asyncio.Task[T]] = []

        def start() -> None:
            tasks.append(self._loop.create_task(make(bench)))
            tasks[0].add_done_callback(lambda _: bench.end())

        self._loop.call_soon_threadsafe(start)
        try:
            bench.serve()
        except BaseException:
            # The thread is to stop (Ctrl-C): the run ends in order, what was sent stays written down as sent.
            self._loop.call_soon_threadsafe(lambda: tasks[0].cancel())
            bench.serve()
            raise
        return tasks[0].result()


_engine: Engine | None = None
_making = threading.Lock()


def process_engine() -> Engine:
    """This process's engine, started when first asked for. A forked child has its own."""
    global _engine
    with _making:
        if _engine is None or _engine.pid != os.getpid():
            _engine = Engine()
        return _engine


def access_to(connect: Callable[[], Provider], orders: Orders) -> Access:
    """The access to a provider that one run has for itself."""
    return Access((Link("", orders.provider, orders.model, "", connect, orders.max_output_tokens),))


def in_process_engine(
    connect: Callable[[], Provider] | Access,
    orders: Orders,
    make: Callable[[Access, Lines, Executor], Coroutine[Any, Any, T]],
) -> T:
    """Runs what ``make`` makes in the process's loop. With an access its lines are shared, without one they are the run's own."""
    engine = process_engine()

    async def main(desk: Executor) -> T:
        if isinstance(connect, Access):
            return await make(connect, engine.lines, desk)
        lines = Lines()
        try:
            return await make(access_to(connect, orders), lines, desk)
        finally:
            await lines.close()

    return engine.run(main)
