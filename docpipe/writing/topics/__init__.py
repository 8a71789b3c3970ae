"""What document types can speak of: one module of this folder is one topic of a study, found by itself. Imports its room only.

A topic module offers ``NAME`` and ``read(study, book)``, which gives an object whose attributes are values to print, or None where the
sources hold nothing of the topic. Templates say ``study.disposition``; types made by a team use the same topics without code.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from docpipe.model.source import Dataset, Display, TextSource
from docpipe.writing.book import Book, Value
from docpipe.writing.study import StudyData

Reader = Callable[[StudyData, Book], Any]


@cache
def readers() -> Mapping[str, Reader]:
    """Every topic's reader by name."""
    modules = [
        importlib.import_module(f"{__name__}.{info.name}")
        for info in sorted(pkgutil.iter_modules(__path__), key=lambda i: i.name)
        if not info.name.startswith("_")
    ]
    return {m.NAME: m.read for m in modules}


class Topics:
    """The ``study`` of templates: topics by name, read once each when first asked for, and the plain sources for what no topic covers."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self.data, self.book = study, book
        self._read: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in readers():
            raise AttributeError(name)
        if name not in self._read:
            self._read[name] = readers()[name](self.data, self.book)
        return self._read[name]

    @property
    def id(self) -> str:
        """The study's id, for conditions; the topic ``design`` has it as a value."""
        return self.data.id

    @property
    def displays(self) -> tuple[Display, ...]:
        """Every display among the sources."""
        return self.data.displays

    @property
    def texts(self) -> tuple[TextSource, ...]:
        """Every text among the sources."""
        return self.data.texts

    def dataset(self, name: str) -> Dataset | None:
        """A dataset by name."""
        return self.data.dataset(name)

    def facts(self, **pattern: Any) -> list[Value]:
        """Facts of the store by pattern: display, row, contains, arm, statistic, population, window."""
        return self.book.values(self.data.store.find(**pattern))

    def fact(self, **pattern: Any) -> Value | None:
        """The only fact that fits, None where none or several do."""
        found = self.data.store.one(**pattern)
        return None if found is None else self.book.value(found)
