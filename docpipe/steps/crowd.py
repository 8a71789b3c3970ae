"""Many documents in the model stage at once: a thread each, as many as keep the model's queue full. Imports llm's engine through the model step.

A document with the model waits nearly all the time. So their number follows from what the provider takes, not from the processors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from docpipe.model.batch import Document
from docpipe.steps.house import House
from docpipe.steps.model import hungry
from docpipe.store import batches, documents

MOST = 256
"""Documents in the model stage at once, whatever happens."""
_LOOK_SECONDS = 0.05


def in_crowd(
    house: House, ids: Sequence[str], step: Callable[[House, str], Document], workers: int
) -> dict[str, int]:  # fmt: skip
    """Has the step done for every document, the largest first; returns how many ended in which state.

    ``workers`` are at work in any case, more as long as the model's queue is short. What a step raises is raised once the
    documents under way are done; no other is begun then.
    """
    if not ids:
        return {}
    with house.store.read() as session:
        found = [documents.get(session, name) for name in ids]
        recipe = batches.get(session, found[0].batch).recipe
    left = [d.id for d in sorted(found, key=lambda d: -d.size)]
    counts: dict[str, int] = {}
    failure: BaseException | None = None
    running: set[Future[Document]] = set()
    with ThreadPoolExecutor(MOST, thread_name_prefix="docpipe-document") as pool:
        while running or (left and failure is None):
            begun = 0
            while left and failure is None and (
                len(running) < workers or (len(running) < MOST and begun < workers and hungry(house, recipe))
            ):  # fmt: skip
                running.add(pool.submit(step, house, left.pop(0)))
                begun += 1
            done, running = wait(running, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                error = future.exception()
                if error is not None:
                    failure = failure or error
                    continue
                state = future.result().state.value
                counts[state] = counts.get(state, 0) + 1
    if failure is not None:
        raise failure
    return counts
