"""What an import of edited files would change and what became of it: plans, rows, comments. Imports errors, the core and exports.

Bilingual files and drafts that come back from Word give the same plans, so that page and command line show both alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docpipe.errors import DocpipeError
from docpipe.exports.bilingual import TrackedChange
from docpipe.model.diff import Change, word_diff
from docpipe.model.inline import CodedText
from docpipe.model.segment import SegmentId


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a person gives it. ``name``: for messages only."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row that would change. ``old`` and ``new`` in wire form (of drafts as they are read); ``number``: its place in the document, from 1.

    ``revision``: the one that the change was made from; ``tracked``: whose tracked changes it holds.
    """

    segment: SegmentId
    number: int
    revision: int
    status: str
    old: str
    new: str
    target: CodedText
    tracked: tuple[TrackedChange, ...] = ()

    @property
    def diff(self) -> tuple[Change, ...]:
        """Word by word."""
        return word_diff(self.old, self.new)

    @property
    def by(self) -> str:
        """Authors of the tracked changes with their times, or ""."""
        return "; ".join(f"{t.author or 'unknown'} {t.at}".strip() for t in self.tracked)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken, and both texts in wire form. ``number``: 0 where the document has no such row."""

    segment: SegmentId
    number: int
    code: str
    message: str
    now: str = ""
    yours: str = ""


@dataclass(frozen=True, slots=True)
class PlannedComment:
    """A comment that would be added to a row; ``author``: as the file names them, or ""."""

    segment: SegmentId
    number: int
    author: str
    text: str

    def kept(self, form: str) -> str:
        """As it is kept: whoever imports it answers for it, the author that the file names is said."""
        return f"{self.author} (in {form.upper()}): {self.text}" if self.author else self.text


@dataclass(frozen=True, slots=True)
class Plan:
    """What one document in a file would become. ``error``: why nothing of it can be taken, or None.

    ``language``: of the targets. ``loose``: comments that stand beside no row, which are not taken.
    """

    file: str
    format: str = ""
    document: str = ""
    batch: str = ""
    path: str = ""
    language: str = ""
    changes: tuple[PlannedRow, ...] = ()
    unchanged: int = 0
    refused: tuple[RefusedRow, ...] = ()
    comments: tuple[PlannedComment, ...] = ()
    loose: int = 0
    error: DocpipeError | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a plan: rows taken and unchanged, comments added, rows refused with reasons."""

    file: str
    document: str
    path: str
    taken: int
    unchanged: int
    comments: int
    refused: tuple[RefusedRow, ...] = ()
    error: DocpipeError | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON types, the fields of `docpipe review import --json`."""
        value: dict[str, Any] = {
            "file": self.path or self.file, "document": self.document, "taken": self.taken, "unchanged": self.unchanged,
            "comments": self.comments,
            "refused": [
                {"segment": r.segment, "number": r.number, "code": r.code, "message": r.message, "now": r.now, "yours": r.yours}
                for r in self.refused
            ],
        }  # fmt: skip
        return value if self.error is None else {**value, "error": self.error.as_dict()}
