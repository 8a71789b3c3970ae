"""The thread of the ledger: entries that gather are committed together, each with its own outcome, in their order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from docpipe.errors import BudgetSpent
from docpipe.llm.books import Books
from docpipe.model.protocols import Ledger


class Grouped:
    """A ledger that counts its commits; ``breaks``: so many of them fail."""

    def __init__(self, breaks: int = 0) -> None:
        self.book = object()
        self.commits: list[list[str]] = []
        self.inside: list[str] | None = None
        self.breaks = breaks

    @contextmanager
    def together(self) -> Iterator[None]:
        self.inside = []
        try:
            yield
            if self.breaks:
                self.breaks -= 1
                raise OSError("disk")
            self.commits.append(self.inside)
        finally:
            self.inside = None

    def write(self, what: str) -> str:
        if what == "dear":
            raise BudgetSpent("No.")
        if self.inside is None:
            self.commits.append([what])
        else:
            self.inside.append(what)
        return what


def gathered(books: Books, ledger: Grouped, *names: str) -> list[Any]:
    """The outcomes of entries that all wait while the thread is held up."""
    gate = threading.Event()
    held = books.submit(None, gate.wait)
    futures = [books.submit(cast(Ledger, ledger), ledger.write, n) for n in names]
    gate.set()
    held.result(10)
    return [f.exception(10) or f.result() for f in futures]


def test_what_waits_together_is_committed_together_with_each_its_outcome() -> None:
    ledger = Grouped()
    found = gathered(Books(), ledger, "a", "dear", "b")
    assert (found[0], found[2]) == ("a", "b")
    assert isinstance(found[1], BudgetSpent)
    assert ledger.commits == [["a", "b"]]


def test_where_a_common_commit_fails_each_entry_is_written_by_itself() -> None:
    ledger = Grouped(breaks=1)
    assert gathered(Books(), ledger, "a", "b") == ["a", "b"]
    assert ledger.commits == [["a"], ["b"]]


def test_an_error_ends_an_entry_and_never_the_thread() -> None:
    books = Books()

    def fails() -> None:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        books.submit(None, fails).result(10)
    assert books.submit(None, lambda: 1).result(10) == 1
