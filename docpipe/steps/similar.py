"""Approved translations of similar texts for a document's rows: from the batch's memories and its own approved rows. Imports memory and store.

An index over a memory is built once a process and kept; rows that were recalled are not looked up.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docpipe.memory.fuzzy import FuzzyIndex
from docpipe.model.brief import Similar
from docpipe.model.inline import plain_text
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Segment, SegmentId
from docpipe.steps.assets import memory_names
from docpipe.steps.house import House
from docpipe.store import memory

__all__ = ["similar_of"]

MOST = 3
SHORTEST = 12
"""Characters of a text that is worth a look-up: of shorter ones the similar are too many and of no help."""
_TAG = re.compile(r"<(\\*)(/?\d{1,6}/?)>")


@dataclass(frozen=True, slots=True)
class _Pairs:
    index: FuzzyIndex
    sources: list[str]
    targets: list[str]


_KEPT: dict[tuple[str, ...], _Pairs] = {}
_BUILDING = threading.Lock()


def similar_of(
    house: House, recipe: Recipe, rows: Sequence[Segment], batch_id: str = ""
) -> dict[SegmentId, tuple[Similar, ...]]:
    """For each row that has them, up to three approved pairs whose sources resemble it, best first. ``batch_id``: its approved rows count too."""
    pairs = [p for p in (_memories(house, recipe), _own(house, recipe, batch_id)) if p is not None and len(p.index)]
    if not pairs:
        return {}
    found: dict[SegmentId, tuple[Similar, ...]] = {}
    told: dict[str, tuple[Similar, ...]] = {}
    for s in rows:
        text = plain_text(s.source)
        if len(text) < SHORTEST and text.isascii():
            continue
        if text not in told:
            told[text] = _best(text, pairs)
        if told[text]:
            found[s.id] = told[text]
    return found


def _best(text: str, pairs: Iterable[_Pairs]) -> tuple[Similar, ...]:
    ranked = sorted(
        ((f.percent, n, f.number, p) for n, p in enumerate(pairs) for f in p.index.find(text, most=MOST)),
        key=lambda x: x[:3],
        reverse=True,
    )
    several = {(p.sources[at], p.targets[at]): percent for percent, _, at, p in reversed(ranked)}
    best = sorted(several.items(), key=lambda x: -x[1])[:MOST]
    return tuple(Similar(source, target, percent) for (source, target), percent in best)


def _memories(house: House, recipe: Recipe) -> _Pairs | None:
    names = memory_names(recipe)
    if not names:
        return None
    key = (house.settings.database, *names)
    with _BUILDING:
        found = _KEPT.get(key)
        if found is None:
            with house.store.read() as session:
                entries = ((_plain(source), _plain(target)) for source, target in memory.approved(session, names))
                found = _built(entries, recipe.source_language)
            while len(_KEPT) >= 2:
                _KEPT.pop(next(iter(_KEPT)), None)
            _KEPT[key] = found
    return found


def _own(house: House, recipe: Recipe, batch_id: str) -> _Pairs | None:
    if not batch_id:
        return None
    with house.store.read() as session:
        approved = [*memory.approved_in_batch(session, batch_id)]
    return _built(approved, recipe.source_language) if approved else None


def _built(entries: Iterable[tuple[str, str]], language: str) -> _Pairs:
    sources: list[str] = []
    targets: list[str] = []
    for source, target in entries:
        if source.strip() and target.strip():
            sources.append(source)
            targets.append(target)
    return _Pairs(FuzzyIndex(sources, language), sources, targets)


def _plain(wire: str) -> str:
    """A wire text without its tags; what only looks like a tag stays."""
    return _TAG.sub(lambda m: f"<{m[1][1:]}{m[2]}>" if m[1] else "", wire)
