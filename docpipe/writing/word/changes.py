"""The previous draft beside this one: which of its rows became which, and which are gone. Imports the core only.

Rows are numbered inside their block, so a sentence put in front renumbers the others: they are paired by what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from docpipe.model.document import Address
from docpipe.model.inline import CodedText, Placeholder, plain_text

_ALIKE, _MOST = 0.4, 900


@dataclass(slots=True)
class Paired:
    """``before``: what a row said, None for a new one. ``gone``: rows of the previous draft that this one has no more, each list
    under the address that it followed ("" at the beginning)."""

    before: dict[Address, CodedText | None] = field(default_factory=dict)
    gone: dict[Address, list[CodedText]] = field(default_factory=dict)


def paired(previous: Mapping[Address, CodedText], now: Mapping[Address, CodedText]) -> Paired:
    """Pairs rows block by block; tables and figures, which are rows of one code, are left out."""
    found = Paired()
    old, new = _blocks(previous), _blocks(now)
    last = {b: rows[-1][0] for b, rows in _blocks(now, objects=True).items()}
    at = Address("")
    for block, rows in old.items():
        if block in new:
            _block(rows, new[block], found)
        else:
            found.gone.setdefault(last.get(block, at), []).extend(t for _, t in rows)
        at = last.get(block, at)
    for block, rows in new.items():
        if block not in old:
            found.before.update((a, None) for a, _ in rows)
    return found


def _blocks(texts: Mapping[Address, CodedText], *, objects: bool = False) -> dict[str, list[tuple[Address, CodedText]]]:
    found: dict[str, list[tuple[Address, CodedText]]] = {}
    for address, text in texts.items():
        if objects or not (len(text) == 1 and isinstance(text[0], Placeholder) and text[0].kind in ("table", "figure")):
            found.setdefault(address.rpartition("/")[0], []).append((address, text))
    return found


def _block(old: Sequence[tuple[Address, CodedText]], new: Sequence[tuple[Address, CodedText]], found: Paired) -> None:
    before = [plain_text(t, equiv=True) for _, t in old]
    after = [plain_text(t, equiv=True) for _, t in new]
    for op, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            pairs = [(i + n, k + n) for n in range(j - i)]
        else:
            pairs = [(i + a, k + b) for a, b in alike(before[i:j], after[k:m])]
        taken = dict(pairs)
        for now in range(k, m):
            was = next((a for a, b in pairs if b == now), None)
            found.before[new[now][0]] = None if was is None else old[was][1]
        follows = new[k - 1][0] if k > 0 else None
        for was in range(i, j):
            if was in taken:
                follows = new[taken[was]][0]
            else:
                place = follows if follows is not None else new[0][0] if new else Address("")
                found.gone.setdefault(place, []).append(old[was][1])


def alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of texts that say nearly the same, in order: the choice with the greatest likeness in all."""
    if not old or not new or len(old) * len(new) > _MOST:
        return [(n, n) for n in range(min(len(old), len(new)))]
    words = [t.split() for t in new]
    likeness = [[_likeness(a.split(), b) for b in words] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        for b in range(len(new) - 1, -1, -1):
            here = likeness[a][b]
            both = best[a + 1][b + 1] + here if here >= _ALIKE else 0.0
            best[a][b] = max(both, best[a + 1][b], best[a][b + 1])
    pairs: list[tuple[int, int]] = []
    a = b = 0
    while a < len(old) and b < len(new):
        if likeness[a][b] >= _ALIKE and best[a][b] == best[a + 1][b + 1] + likeness[a][b]:
            pairs.append((a, b))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return pairs


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
