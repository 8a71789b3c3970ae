"""Runs checks over pairs and makes the pairs of a document. Imports the core only.

Of two findings with one cause the more specific one stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity, Span
from docpipe.model.inline import CodedText, spaced_text
from docpipe.model.segment import OriginKind, Segment, SegmentId
from docpipe.model.terms import TermHit

ALONE = ("A3", "A4", "A5")
"""Where one of these is found, nothing else about the pair is worth saying."""

INSTEAD_OF = {
    "A18": ("A6", "A7", "A9", "A13", "A17"),
    "A6": ("A7",),
    "A17": ("A11", "A9"),
    "A12": ("A7", "A11", "A13", "A18"),
}
"""A finding of the first silences those of the others in the whole pair."""

INSTEAD_OF_AT = {
    "D9": ("D1", "D6", "D8"),
    "D10": ("D1",),
    "D16": ("D1",),
    "C6": ("C13", "A13", "B"),
    "C7": ("C6", "C13", "A13", "B"),
    "C8": ("C6", "C13", "A13", "B"),
    "C9": ("C6", "C13", "B"),
    "C10": ("C12", "C13", "A13", "B"),
    "C11": ("C13", "A13", "B"),
    "C12": ("C13", "A13", "B"),
    "C13": ("A13", "B"),
    "C14": ("B",),
    "C15": ("A13", "B"),
    "A13": ("B2",),
    "E2": ("E1",),
}
"""A finding of the first silences those of the others whose source or target span lies within its own, unless they are graver."""

_WEIGHT = {Severity.MINOR: 0, Severity.MAJOR: 1, Severity.CRITICAL: 2}

PSEUDO_CHECKS = ("D",)
"""All that can be said of pseudo-translated text, which no one approves: whether its codes are whole."""


def number(check: str) -> str:
    """``B3`` of ``B3.number-changed``."""
    return check.partition(".")[0]


def _named(check: str, prefixes: Collection[str]) -> bool:
    """Whether an id is one of those meant by prefixes: a family (``D``), a number (``D1``) or a whole id."""
    return any(check == p or number(check) == p or (len(p) == 1 and check.startswith(p)) for p in prefixes)


def _within(inner: Span | None, outer: Span | None) -> bool:
    return inner is not None and outer is not None and outer[0] <= inner[0] and inner[1] <= outer[1]


def _silenced(finding: Finding, found: Sequence[Finding]) -> bool:
    for other in found:
        if other is finding:
            continue
        if _named(finding.check, INSTEAD_OF.get(number(other.check), ())):
            return True
        if _WEIGHT[finding.severity] > _WEIGHT[other.severity]:
            continue
        if _named(finding.check, INSTEAD_OF_AT.get(number(other.check), ())) and (
            _within(finding.source_span, other.source_span) or _within(finding.target_span, other.target_span)
        ):
            return True
    return False


_Groups = tuple[tuple[Callable[[Pair], bool], tuple[Check, ...]], ...]


@lru_cache(maxsize=64)
def _groups(checks: tuple[Check, ...], off: frozenset[str], only: tuple[str, ...]) -> _Groups:
    """The checks that are switched on, in order; neighbours with the same ``only_if`` are a group."""
    used = [c for c in checks if not _named(c.id, off) and (not only or _named(c.id, only))]
    return tuple((test, tuple(group)) for test, group in groupby(used, key=lambda c: c.only_if))


def run_checks(checks: Sequence[Check], pair: Pair, off: Collection[str] = ()) -> list[Finding]:
    """The findings of a pair, in the order of the checks. ``off``: families, numbers or ids that are switched off.

    Findings with a more specific neighbour of the same cause are left out.
    """
    only = PSEUDO_CHECKS if pair.origin is OriginKind.PSEUDO else ()
    found: list[Finding] = []
    for only_if, group in _groups(tuple(checks), frozenset(off), only):
        if only_if(pair):
            for check in group:
                found += check.run(pair)
    if len(found) < 2:
        return found
    alone = [f for f in found if _named(f.check, ALONE)]
    if alone:
        return alone[:1]
    return [f for i, f in enumerate(found) if not _silenced(f, found) and f not in found[:i]]


def pairs(
    segments: Sequence[Segment],
    targets: Mapping[SegmentId, CodedText],
    source_language: str,
    target_language: str,
    hits: Callable[[str], tuple[TermHit, ...]] = lambda _: (),
    origins: Mapping[SegmentId, OriginKind] | None = None,
) -> Iterator[tuple[Segment, Pair]]:
    """Every segment of a document with its pair. ``segments``: in the document's order; ``hits``: terms in a plain text.

    A segment without a target gets an empty one, which A3 finds. Neighbours are the segments before and after, of any block.
    """
    sources = [spaced_text(s.source) for s in segments]
    texts = [spaced_text(targets.get(s.id, ())) for s in segments]
    for i, segment in enumerate(segments):
        yield (
            segment,
            Pair(
                source=segment.source,
                target=targets.get(segment.id, ()),
                source_language=source_language,
                target_language=target_language,
                kind=segment.kind,
                terms=hits(sources[i]),
                origin=(origins or {}).get(segment.id, OriginKind.NONE),
                previous_source=sources[i - 1] if i else "",
                next_source=sources[i + 1] if i + 1 < len(segments) else "",
                previous_target=texts[i - 1] if i else "",
                next_target=texts[i + 1] if i + 1 < len(segments) else "",
            ),
        )
