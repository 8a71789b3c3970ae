"""What the trial design datasets of CDISC SDTM say in words: parameters of TS, criteria of TI, planned visits of TV. Imports its room only.

For sections whose texts are missing: the datasets often hold the protocol's own sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.model.source import Dataset
from docpipe.writing.book import Book, Value
from docpipe.writing.study import StudyData

NAME = "trial"


@dataclass(frozen=True, slots=True)
class Visit:
    """A planned visit; ``day`` where the data state one."""

    name: Value
    day: Value | None


class Trial:
    """The trial design of a study; every answer is a list, empty where the datasets hold nothing."""

    def __init__(self, study: StudyData, book: Book) -> None:
        self._study, self._book = study, book

    def parameter(self, *codes: str) -> list[Value]:
        """Values of TS for some TSPARMCD, in the order of the codes, then of the records: ``parameter("OBJPRIM")``."""
        return [v for code in codes for v in self._values("TS", "TSPARMCD", code, "TSVAL")]

    @property
    def inclusion(self) -> list[Value]:
        """The inclusion criteria of TI."""
        return self._values("TI", "IECAT", "INCLUSION", "IETEST")

    @property
    def exclusion(self) -> list[Value]:
        """The exclusion criteria of TI."""
        return self._values("TI", "IECAT", "EXCLUSION", "IETEST")

    @property
    def visits(self) -> list[Visit]:
        """The planned visits of TV, each name once."""
        dataset = self._study.dataset("TV")
        found: dict[str, Visit] = {}
        for i in range(len(dataset.records) if dataset else 0):
            assert dataset is not None
            name = self._book.record(dataset, i, "VISIT")
            if name is not None and name.text not in found:
                found[name.text] = Visit(name, self._book.record(dataset, i, "VISITDY"))
        return list(found.values())

    def _values(self, name: str, key: str, wanted: str, variable: str) -> list[Value]:
        dataset = self._study.dataset(name)
        if dataset is None or key not in (names := _names(dataset)):
            return []
        at = names.index(key)
        hits = [i for i, r in enumerate(dataset.records) if str(r[at] or "").strip().upper() == wanted]
        return [v for i in hits if (v := self._book.record(dataset, i, variable)) is not None]


def _names(dataset: Dataset) -> list[str]:
    return [v.name.upper() for v in dataset.variables]


def read(study: StudyData, book: Book) -> Trial:
    """The trial design; never None, so that templates can ask at once."""
    return Trial(study, book)
