"""Decides what a memory and a previous version offer for each segment. Pure; imports the core only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from docpipe.model.canonical import Digest
from docpipe.model.inline import WireError, with_codes_of
from docpipe.model.protocols import MemoryLookup
from docpipe.model.segment import OriginKind, Segment, SegmentId
from docpipe.model.terms import Match, TmEntry

__all__ = ["recall", "repetitions"]


def recall(
    segments: Sequence[Segment], lookup: MemoryLookup, carried: Mapping[SegmentId, TmEntry | str]
) -> dict[SegmentId, Match]:
    """The best match of each segment that has one: in context before previous version before exact.

    ``carried``: targets of the previous version, in the wire form of ``renumber(source)``. A target whose codes do not fit
    the segment is passed over. Of several entries an approved one comes first, then the order of the look-up (newest first).
    """
    entries = lookup.exact(list(dict.fromkeys(s.digest for s in segments)))
    found: dict[SegmentId, Match] = {}
    for s in segments:
        match = _best(s, entries.get(s.digest, ()), carried.get(s.id))
        if match is not None:
            found[s.id] = match
    return found


def _best(s: Segment, entries: Sequence[TmEntry], carried: TmEntry | str | None) -> Match | None:
    ranked = sorted(entries, key=lambda e: not e.approved)
    for entry in ranked:
        if entry.context and entry.context == s.context and _fits(entry.target, s):
            return Match(entry.target, OriginKind.IN_CONTEXT, 101, entry.origin)
    if carried is not None:
        target = carried.target if isinstance(carried, TmEntry) else carried
        if _fits(target, s):
            return Match(target, OriginKind.PREVIOUS, 100, carried.origin if isinstance(carried, TmEntry) else "")
    for entry in ranked:
        if _fits(entry.target, s):
            return Match(entry.target, OriginKind.EXACT, 100, entry.origin)
    return None


def _fits(target: str, s: Segment) -> bool:
    try:
        return bool(with_codes_of(target, s.source))
    except WireError:
        return False


def repetitions(
    segments: Iterable[Segment], firsts: Mapping[Digest, SegmentId] | None = None
) -> dict[SegmentId, SegmentId]:
    """Each later segment of equal text and codes, with the first. ``firsts``: those of the batch's earlier documents."""
    seen: dict[Digest, SegmentId] = dict(firsts or {})
    found: dict[SegmentId, SegmentId] = {}
    for s in segments:
        first = seen.setdefault(s.digest, s.id)
        if first != s.id:
            found[s.id] = first
    return found
