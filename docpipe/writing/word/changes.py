"""The previous draft beside this one: which of its rows became which, and which are gone. Imports the core only.

Rows are numbered inside their block, so a sentence put in front renumbers the others: they are paired by what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from docpipe.model.document import Address
from docpipe.model.inline import CodedText, Placeholder, plain_text


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
        for n in range(max(j - i, m - k)):
            was, now = i + n, k + n
            if now < m:
                found.before[new[now][0]] = old[was][1] if was < j and op != "insert" else None
            else:
                follows = new[m - 1][0] if m > 0 else new[0][0] if m > k else Address("")
                found.gone.setdefault(follows, []).append(old[was][1])
