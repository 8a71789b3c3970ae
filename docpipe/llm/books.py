"""The thread on which the ledger is written, one for the process: what waits together is committed together. Imports the core only.

A commit costs a wait for the disk; while one is under way the next calls gather, so that many calls a second share few commits.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from itertools import groupby
from typing import Any, ParamSpec, TypeVar

from docpipe.errors import DocpipeError
from docpipe.model.protocols import Ledger

__all__ = ["BOOKS", "Books"]

P = ParamSpec("P")
T = TypeVar("T")
_MOST = 64
"""Entries of one commit at the most."""
_Entry = tuple["Future[Any]", Ledger | None, Callable[[], Any]]


class Books:
    """A thread that writes entries in the order given. Safe to share. A lock or a full disk ends an entry, never the thread."""

    def __init__(self) -> None:
        self._entries: queue.SimpleQueue[_Entry] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, ledger: Ledger | None, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Has the call made. ``ledger``: whose entry it is, None for a call with a commit of its own."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        self._entries.put((future, ledger, lambda: call(*args, **kwargs)))
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._write, name="docpipe-ledger", daemon=True)
                    self._thread.start()
        return future

    def _write(self) -> None:
        while True:
            entries = [self._entries.get()]
            while len(entries) < _MOST:
                try:
                    entries.append(self._entries.get_nowait())
                except queue.Empty:
                    break
            for together, group in groupby(entries, key=lambda e: _book(e[1])):
                _write(list(group), together)


def _book(ledger: Ledger | None) -> object:
    return getattr(ledger, "book", None)


def _write(entries: list[_Entry], book: object) -> None:
    together: Callable[[], AbstractContextManager[None]] | None = getattr(entries[0][1], "together", None)
    if book is None or together is None or len(entries) == 1:
        for future, _, call in entries:
            _settle(future, _outcome(call))
        return
    try:
        with together():
            outcomes = [_outcome(call, of_ours_only=True) for _, _, call in entries]
    except BaseException:  # noqa: BLE001 - nothing of the group was committed: each entry is written by itself and meets its own error
        outcomes = [_outcome(call) for _, _, call in entries]
    for (future, _, _), outcome in zip(entries, outcomes, strict=True):
        _settle(future, outcome)


def _outcome(call: Callable[[], Any], *, of_ours_only: bool = False) -> tuple[Any, BaseException | None]:
    try:
        return call(), None
    except DocpipeError as error:
        return None, error
    except BaseException as error:
        if of_ours_only:
            raise
        return None, error


def _settle(future: Future[Any], outcome: tuple[Any, BaseException | None]) -> None:
    result, error = outcome
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


BOOKS = Books()
"""Of this process."""
