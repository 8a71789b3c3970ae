"""The previous draft beside this one: which of its rows became which, and which are gone. Imports the core only.

Rows are numbered inside their block, so a sentence put in front renumbers the others: they are paired by what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from docpipe.model import draft
from docpipe.model.document import Address
from docpipe.model.inline import CodedText, Placeholder, plain_text

_ALIKE, _MOST = 0.4, 900


@dataclass(frozen=True, slots=True)
class Gone:
    """A row of the previous draft that this one has no more. ``address``: its former one."""

    address: Address
    text: CodedText


@dataclass(slots=True)
class Paired:
    """``before``: what a row said, None for a new one; ``objects``: the same of rows that are tables or figures, by their codes. ``gone``:
    each list under the address that it followed ("" at the beginning)."""

    before: dict[Address, CodedText | None] = field(default_factory=dict)
    objects: dict[Address, Placeholder | None] = field(default_factory=dict)
    gone: dict[Address, list[Gone]] = field(default_factory=dict)


_Rows = Sequence[tuple[Address, CodedText]]


def paired(previous: Mapping[Address, CodedText], now: Mapping[Address, CodedText]) -> Paired:
    """Pairs rows block by block. A table is paired with that of its key, a figure with the same picture, else with the next that is left over."""
    found = Paired()
    old, new = _blocks(previous), _blocks(now)
    at = Address("")
    for block, rows in old.items():
        if block in new:
            _block(rows, new[block], found)
            at = new[block][-1][0]
        else:
            found.gone.setdefault(at, []).extend(Gone(a, t) for a, t in rows)
    for block, rows in new.items():
        if block not in old:
            for address, text in rows:
                _paired(address, text, None, found)
    return found


def object_of(text: CodedText) -> Placeholder | None:
    """The table or figure that a row's text stands for."""
    code = text[0] if len(text) == 1 else None
    return code if isinstance(code, Placeholder) and code.kind in (draft.TABLE, draft.FIGURE) else None


def _blocks(texts: Mapping[Address, CodedText]) -> dict[str, list[tuple[Address, CodedText]]]:
    found: dict[str, list[tuple[Address, CodedText]]] = {}
    for address, text in texts.items():
        found.setdefault(address.rpartition("/")[0], []).append((address, text))
    return found


def _block(old: _Rows, new: _Rows, found: Paired) -> None:
    before, after = [_said(t) for _, t in old], [_said(t) for _, t in new]
    taken: dict[int, int] = {}
    for op, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            taken |= {i + n: k + n for n in range(j - i)}
        else:
            close = alike(before[i:j], after[k:m])
            taken |= {i + a: k + b for a, b in close if _may_be(old[i + a][1], new[k + b][1])}
    left = [[n for n, (_, t) in enumerate(rows) if _is_figure(t)] for rows in (old, new)]
    free = [n for n in left[0] if n not in taken], [n for n in left[1] if n not in taken.values()]
    taken |= dict(zip(*free, strict=False))
    origin = {b: a for a, b in taken.items()}
    for n, (address, text) in enumerate(new):
        _paired(address, text, old[origin[n]][1] if n in origin else None, found)
    follows = new[0][0]
    for n, (address, text) in enumerate(old):
        if n in taken:
            follows = new[taken[n]][0]
        else:
            found.gone.setdefault(follows, []).append(Gone(address, text))


def _paired(address: Address, text: CodedText, was: CodedText | None, found: Paired) -> None:
    if object_of(text) is None:
        found.before[address] = was
    else:
        found.objects[address] = None if was is None else object_of(was)


def _said(text: CodedText) -> str:
    code = object_of(text)
    return plain_text(text, equiv=True) if code is None else f"\ue000{code.kind}:{code.data}"


def _may_be(old: CodedText, new: CodedText) -> bool:
    """Whether one row can be another's former self: texts of texts, a table of the same table."""
    return _said(old) == _said(new) if object_of(old) or object_of(new) else True


def _is_figure(text: CodedText) -> bool:
    code = object_of(text)
    return code is not None and code.kind == draft.FIGURE


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
