"""Compares an imported bilingual file with what is stored, row by row. Imports the core only.

A row is taken, passed over because the reviewer did not change it, or refused by name; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docpipe.errors import BrokenRow, StaleRow
from docpipe.exports.xliff_read import XliffFile, XliffRow
from docpipe.model.canonical import digest_of
from docpipe.model.inline import CodedText, WireError, code_faults, from_wire, parse_wire, plain_text, text_digest
from docpipe.model.segment import Segment, SegmentId, Unit

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """A row that is not taken: which, the code of the error (``review.stale_row``, ``review.broken_row``), and why."""

    segment: SegmentId
    code: str
    message: str


def check_rows(
    file: XliffFile, segments: Sequence[Segment], units: Mapping[SegmentId, Unit]
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
        if segment is None:
            refused.append(_broken(row, "is not a row of this document"))
            continue
        outcome = _judge(row, segment, units.get(segment.id) or Unit(segment.id))
        if isinstance(outcome, RowRefusal):
            refused.append(outcome)
        elif outcome is not None:
            accepted.append((segment.id, outcome))
    return accepted, refused


def _judge(row: XliffRow, segment: Segment, unit: Unit) -> CodedText | RowRefusal | None:
    if row.target is None or not row.target.strip():
        return None
    if row.source_digest and row.source_digest != segment.digest:
        return _stale(row, "was made from another source text")
    if row.source != segment.wire:
        return _broken(row, "has a changed source text")
    target, strange = parse_wire(row.target, segment.source)
    faults = (*row.faults, *strange, *code_faults(segment.source, target))
    whole = not row.faults and not strange
    if whole and (target == unit.target or _untouched(row, target)):
        return None
    if row.revision is None:
        return _stale(row, "does not say on which revision it is based")
    if row.revision != unit.revision:
        return _stale(row, f"is based on revision {row.revision}, the row is at revision {unit.revision}")
    if faults:
        return _broken(row, "; ".join(dict.fromkeys(str(f) for f in faults)))
    if set(_NOT_XML.findall(plain_text(target))) - set(_NOT_XML.findall(plain_text(segment.source))):
        return _broken(row, "holds a control character that no document can carry")
    try:
        return from_wire(row.target, segment.source)
    except WireError as error:  # the same rules as above: kept as the one authority
        return _broken(row, str(error))


def _untouched(row: XliffRow, target: CodedText) -> bool:
    """Whether the target is the one that was exported, so that a stale revision does not matter."""
    return bool(row.target_digest) and row.target_digest in (text_digest(target), digest_of(row.target))


def _stale(row: XliffRow, why: str) -> RowRefusal:
    return RowRefusal(row.segment_id, StaleRow.code, f"Row {row.segment_id} {why}.")


def _broken(row: XliffRow, why: str) -> RowRefusal:
    return RowRefusal(row.segment_id, BrokenRow.code, f"Row {row.segment_id} {why}.")
