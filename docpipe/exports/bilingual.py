"""Bilingual files of every format as one kind of rows, and the one way in which they are judged. Imports the core only.

An imported row is taken, passed over because the reviewer did not change it, or refused by name; nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docpipe.errors import BrokenRow, StaleRow
from docpipe.model.canonical import digest_of, plain
from docpipe.model.draft import row_codes
from docpipe.model.inline import (
    CodedText,
    CodeFault,
    WireError,
    code_faults,
    from_wire,
    parse_wire,
    plain_text,
    text_digest,
)
from docpipe.model.segment import Segment, SegmentId, Unit

__all__ = [
    "BilingualFile", "BilingualRow", "RowComment", "RowRefusal", "TrackedChange", "check_rows", "dump_file", "load_file",
    "marked",
]  # fmt: skip

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class RowComment:
    """What a person wrote beside a row. ``author``, ``at`` (ISO 8601): as the file states them, or ""."""

    author: str
    text: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """Whose tracked changes stand in a target, and when the last one was made (ISO 8601, as the file states it, or "")."""

    author: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class BilingualRow:
    """A segment of a bilingual file. ``source`` and ``target`` in wire form; ``target`` is None where there is none.

    ``source_digest``, ``target_digest`` and ``revision``: what we wrote beside the row at export; "" or None where another
    tool dropped it. ``state``: of XLIFF. ``faults``: codes that stand for nothing we know; ``duplicate``: id seen twice.
    ``trouble``: what is wrong with the row as a whole, or "". ``tracked``: authors of tracked changes, taken as final.
    """

    segment_id: SegmentId
    source: str
    target: str | None
    revision: int | None = None
    state: str = "initial"
    source_digest: str = ""
    target_digest: str = ""
    faults: tuple[CodeFault, ...] = ()
    duplicate: bool = False
    trouble: str = ""
    comments: tuple[RowComment, ...] = ()
    tracked: tuple[TrackedChange, ...] = ()


@dataclass(frozen=True, slots=True)
class BilingualFile:
    """One document in a bilingual file. ``batch``, ``document``, ``document_sha256``: "" when it was not written by us.

    ``format``: xliff, docx or xlsx; ``version``: of the format. ``comments``: those that stand beside no row.
    """

    batch: str
    document: str
    document_sha256: str
    rows: tuple[BilingualRow, ...]
    original: str = ""
    source_language: str = ""
    target_language: str = ""
    version: str = "2.1"
    format: str = "xliff"
    comments: tuple[RowComment, ...] = ()


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """A row that is not taken: which, the code of the error (``review.stale_row``, ``review.broken_row``), and why."""

    segment: SegmentId
    code: str
    message: str


def marked(rows: Iterable[BilingualRow]) -> tuple[BilingualRow, ...]:
    """The rows, those whose id stands more than once marked so."""
    listed = tuple(rows)
    counts = Counter(r.segment_id for r in listed)
    return tuple(replace(r, duplicate=True) if counts[r.segment_id] > 1 else r for r in listed)


def check_rows(
    file: BilingualFile, segments: Sequence[Segment], units: Mapping[SegmentId, Unit]
) -> tuple[list[tuple[SegmentId, CodedText]], list[RowRefusal]]:
    """The targets to be taken, in the file's order, and the rows refused by name.

    Empty targets, targets equal to what is stored, and targets not touched since the export are passed over in silence.
    """
    known = {s.id: s for s in segments}
    accepted: list[tuple[SegmentId, CodedText]] = []
    refused: list[RowRefusal] = []
    named: set[SegmentId] = set()
    for row in file.rows:
        if row.duplicate:
            if row.segment_id not in named:
                refused.append(_broken(row, "stands more than once in the file"))
                named.add(row.segment_id)
            continue
        segment = known.get(row.segment_id)
        if row.trouble:
            refused.append(_broken(row, row.trouble))
            continue
        if segment is None:
            refused.append(_broken(row, "is not a row of this document"))
            continue
        outcome = _judge(row, segment, units.get(segment.id) or Unit(segment.id))
        if isinstance(outcome, RowRefusal):
            refused.append(outcome)
        elif outcome is not None:
            accepted.append((segment.id, outcome))
    return accepted, refused


def _judge(row: BilingualRow, segment: Segment, unit: Unit) -> CodedText | RowRefusal | None:
    if row.target is None or not row.target.strip():
        return None
    if row.source_digest and row.source_digest != segment.digest:
        return _stale(row, "was made from another source text")
    if row.source != segment.wire:
        return _broken(row, "has a changed source text")
    codes = row_codes(segment.source, unit.target)
    target, strange = parse_wire(row.target, codes)
    faults = (*row.faults, *strange, *code_faults(codes, target))
    whole = not row.faults and not strange
    if whole and (target == unit.target or _untouched(row, target)):
        return None
    if row.revision is None:
        return _stale(row, "does not say on which revision it is based")
    if row.revision != unit.revision:
        return _stale(row, f"is based on revision {row.revision}, the row is at revision {unit.revision}")
    if faults:
        return _broken(row, "; ".join(dict.fromkeys(str(f) for f in faults)))
    written, given = plain_text(target), plain_text(segment.source)
    if set(_NOT_XML.findall(written)) - set(_NOT_XML.findall(given)):
        return _broken(row, "holds a control character that no document can carry")
    if "\n" in written and "\n" not in given and "\n" not in plain_text(unit.target):
        return _broken(row, "holds a line break that the source does not have")
    try:
        return from_wire(row.target, segment.source)
    except WireError as error:  # the same rules as above: kept as the one authority
        return _broken(row, str(error))


def _untouched(row: BilingualRow, target: CodedText) -> bool:
    """Whether the target is the one that was exported, so that a stale revision does not matter."""
    return bool(row.target_digest) and row.target_digest in (text_digest(target), digest_of(row.target))


def _stale(row: BilingualRow, why: str) -> RowRefusal:
    return RowRefusal(row.segment_id, StaleRow.code, f"Row {row.segment_id} {why}.")


def _broken(row: BilingualRow, why: str) -> RowRefusal:
    return RowRefusal(row.segment_id, BrokenRow.code, f"Row {row.segment_id} {why}.")


def dump_file(file: BilingualFile) -> dict[str, Any]:
    """JSON types, losslessly: what may come back from a child process."""
    value: dict[str, Any] = plain(file)
    return value


def load_file(value: dict[str, Any]) -> BilingualFile:
    """The file that ``dump_file`` gave."""
    rows = tuple(_load_row(row) for row in value["rows"])
    return BilingualFile(**{**value, "rows": rows, "comments": tuple(RowComment(**c) for c in value["comments"])})


def _load_row(value: dict[str, Any]) -> BilingualRow:
    return BilingualRow(
        **{
            **value,
            "segment_id": SegmentId(value["segment_id"]),
            "faults": tuple(CodeFault(**f) for f in value["faults"]),
            "comments": tuple(RowComment(**c) for c in value["comments"]),
            "tracked": tuple(TrackedChange(**t) for t in value["tracked"]),
        }
    )
