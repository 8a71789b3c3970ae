"""Counts and percentages of several arms together, from those of each. Imports the core and its room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from docpipe.writing.arithmetic import percentage
from docpipe.writing.report.binding.frames import Frame, Told

_COUNTED = ("n", "events", "records")
_PLACES = 12
"""A share of two counts is exact to any decimals that are printed."""


def pooled(frame: Frame, arms: tuple[str, ...], stats: frozenset[str]) -> Iterator[Told]:
    """The sum of a row's counts over arms, and its percentage of their Ns; nothing where one of them is not known."""
    for name in _COUNTED:
        if name not in stats:
            continue
        counts = _of(frame, name, arms)
        if len(counts) == len(arms):
            yield replace(
                counts[0], arm=" + ".join(arms), number=sum((t.number for t in counts), Decimal(0)), share=None
            )
    if stats & {"pct", "share"}:
        counts = _of(frame, "n", arms)
        whole = sum(frame.sizes.get(a) or 0 for a in arms)
        if len(counts) == len(arms) and all(frame.sizes.get(a) for a in arms):
            exact = percentage(sum((t.number for t in counts), Decimal(0)), whole)
            if exact is not None:
                yield replace(counts[0], arm=" + ".join(arms), number=exact, places=_PLACES, share=exact)
    if stats & {"N", "denominator"} and all(frame.sizes.get(a) for a in arms):
        whole = sum(frame.sizes[a] for a in arms)
        first = next(iter(frame.told.values()))[0]
        yield replace(first, arm=" + ".join(arms), number=Decimal(whole), places=0, bound="", share=None)


def _of(frame: Frame, name: str, arms: tuple[str, ...]) -> list[Told]:
    return [t for a in arms for t in frame.told.get(name, ()) if t.arm == a and not t.bound]
