"""Ready requests sent through the process's engine: for questions that are no chunks of a document. Imports the core and its room.

They wait in the same queue, are paid for once and counted like all others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from typing import Any

from docpipe.errors import ProviderRefused
from docpipe.llm.access import Access, Lines
from docpipe.llm.loop import in_process_engine
from docpipe.llm.orders import Orders, Tally
from docpipe.llm.provider import Provider
from docpipe.llm.sending import Sender, Stopped
from docpipe.model.chunk import Reply, Request
from docpipe.model.protocols import Ledger

__all__ = ["ask"]

_LAST = 2
"""Their place in the queue: behind re-asks and the documents' own chunks, which hold up more."""


def ask(
    requests: Sequence[Request],
    *,
    connect: Callable[[], Provider] | Access,
    ledger: Ledger,
    orders: Orders,
    on_reply: Callable[[Request, Reply | ProviderRefused], None],
    expected: Callable[[Request], int] = lambda request: 0,
) -> Tally:
    """Has every request answered; ``on_reply`` gets each reply, or that the provider refuses it, on the calling thread.

    ``expected``: tokens of the reply, as reckoned (0: the request's limit). Raises what ``engine.run`` raises, and as it does.
    """

    def make(access: Access, lines: Lines, desk: Executor) -> Coroutine[Any, Any, Tally]:
        return _all(access, lines, desk)

    async def _all(access: Access, lines: Lines, desk: Executor) -> Tally:
        tally = Tally()
        sender = Sender(access, lines, ledger, orders, tally)
        failures: list[BaseException] = []

        async def one(request: Request) -> None:
            try:
                size = len(request.user) // 4
                try:
                    answer: Reply | ProviderRefused = await sender.ask(
                        request, size, expected(request), (_LAST, -float(size))
                    )
                except ProviderRefused as refused:
                    answer = refused
                await asyncio.wrap_future(desk.submit(on_reply, request, answer))
            except Stopped:
                return
            except asyncio.CancelledError:
                raise
            except BaseException as error:  # noqa: BLE001 - raised once what is in flight is received
                failures.append(error)
                sender.stop()

        tasks = [asyncio.create_task(one(r)) for r in requests]
        try:
            if tasks:
                await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await sender.close()
        if failures:
            raise failures[0]
        return tally

    return in_process_engine(connect, orders, make)
