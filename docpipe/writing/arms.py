"""The study's arms: their names, and which of them a column head means. Imports the core and labels.

A head that fits no arm or several keeps its own words, and says so: nothing is put under an arm by guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docpipe.model.source import Dataset
from docpipe.writing.labels import clean

_VARIABLES = ("TRT01P", "TRTP", "TRT01A", "TRTA", "ARM", "ACTARM")
_NOT_ARMS = re.compile(r"screen fail|not assigned|not treated|unplanned|^n/?a$", re.IGNORECASE)
_TOTAL = re.compile(
    r"(?:total|overall|all|all (?:subjects|patients|participants|treatments|groups|arms)|combined)", re.IGNORECASE
)
_VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+|\s+-\s+", re.IGNORECASE)
TOTAL = ""
"""The arm of a fact over all arms."""


@dataclass(frozen=True, slots=True)
class Arms:
    """Names of arms in the study's order."""

    names: tuple[str, ...]

    def match(self, head: str) -> str | None:
        """The arm that a head names, ``TOTAL`` for all arms together, None where it names none or cannot be told."""
        text = clean(head)
        if not text:
            return None
        if _TOTAL.fullmatch(text):
            return TOTAL
        same = [n for n in self.names if _words(n) == _words(text)]
        if len(same) == 1:
            return same[0]
        fits = [n for n in self.names if _fits(_words(text), _words(n))]
        return fits[0] if len(fits) == 1 else None

    def comparison(self, head: str) -> str | None:
        """``Placebo vs Xanomeline Low Dose`` for a head such as ``Placebo vs. Low Dose``; None where a side fits no arm."""
        sides = [self.match(side) for side in _VERSUS.split(clean(head))]
        if len(sides) != 2 or not sides[0] or not sides[1]:
            return None
        return f"{sides[0]} vs {sides[1]}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9.]+", text.casefold()))


def _fits(head: Sequence[str], name: Sequence[str]) -> bool:
    """Every word of the head is a word of the name or the beginning of one (``Xan Low`` for Xanomeline Low Dose)."""
    left = list(name)
    for word in head:
        found = next(
            (
                w
                for w in left
                if w == word or (len(word) >= 3 and w.startswith(word)) or (len(w) >= 3 and word.startswith(w))
            ),
            None,
        )
        if found is None:
            return False
        left.remove(found)
    return bool(head)


def arms_of(datasets: Iterable[Dataset], heads: Iterable[str] = ()) -> Arms:
    """The arms that the subject-level data name (ADSL before DM before others), else those of ``heads``.

    The order is that of the arm's number variable (``TRT01PN``) where there is one, of arm codes that are numbers, else of the names.
    """
    ranked = sorted(datasets, key=lambda d: {"ADSL": 0, "DM": 1}.get(d.name.upper(), 2))
    for dataset in ranked:
        index = {v.name.upper(): i for i, v in enumerate(dataset.variables)}
        variable = next((v for v in _VARIABLES if v in index), None)
        if variable is None:
            continue
        number = index.get(variable + "N")
        code = index.get("ARMCD") if variable == "ARM" else None
        order: dict[str, float] = {}
        for record in dataset.records:
            name = record[index[variable]]
            if isinstance(name, str) and name and not _NOT_ARMS.search(name):
                rank = record[number] if number is not None else None
                given = str(record[code] or "").strip() if code is not None else ""
                order.setdefault(name, rank if isinstance(rank, float) else float(given) if given.isdecimal() else 0.0)
        if order:
            return Arms(tuple(sorted(order, key=lambda n: (order[n], n))))
    return Arms(tuple(dict.fromkeys(clean(h) for h in heads if clean(h) and not _TOTAL.fullmatch(clean(h)))))
