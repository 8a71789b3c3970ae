"""Arms in running text: by their codes, and in plain words by the shortest forms that name one arm alone. Standard library and its room only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from docpipe.model import draft
from docpipe.writing.checks.reading.seen import Seen

_COMMON = frozenset(
    [
        "mg",
        "dose",
        "group",
        "arm",
        "treatment",
        "the",
        "of",
        "and",
        "with",
        "plus",
        "daily",
        "once",
        "twice",
        "day",
        "kg",
        "ug",
        "g",
        "ml",
    ]
)
_TOTAL = re.compile(
    r"\b(?:overall|all (?:randomi[sz]ed |treated )?(?:subjects|patients|participants|(?:treatment )?(?:groups|arms))|in total)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ArmMention:
    """An arm named at a place; ``arm`` "" is all arms together."""

    start: int
    end: int
    arm: str
    coded: bool


class ArmNames:
    """The names of the arms and what else names exactly one of them: ``high-dose group`` for Examplin High Dose."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        words = {n: re.findall(r"[A-Za-z0-9.]+", n) for n in self.names}
        forms: dict[str, str] = {}
        for name in self.names:
            own = words[name]
            if len(own) < 2:
                forms[re.escape(name)] = name
                continue
            forms[r"[\s-]+".join(map(re.escape, own))] = name
            for size in range(1, len(own)):
                for chosen in combinations(range(len(own)), size):
                    if chosen != tuple(range(chosen[0], chosen[0] + size)):
                        continue
                    part = [own[i] for i in chosen]
                    others = [o for o in self.names if o != name and _holds(words[o], part)]
                    telling = [p for p in part if p.casefold() not in _COMMON]
                    if others or not telling:
                        continue
                    form = r"[\s-]+".join(map(re.escape, part))
                    needs_noun = len(part) == 1 or not all(p.casefold() not in _COMMON for p in part)
                    tail = (
                        ""
                        if "dose" in (p.casefold() for p in part) or not needs_noun
                        else r"(?=[\s-]+(?:dose|group|arm))"
                    )
                    forms.setdefault(form + tail, name)
        ordered = sorted(forms.items(), key=lambda f: -len(f[0]))
        self._forms = [(re.compile(rf"(?<![\w-]){form}(?![\w])", re.IGNORECASE), arm) for form, arm in ordered]

    def mentions(self, row: Seen, start: int = 0, end: int | None = None) -> list[ArmMention]:
        """Arms named between two offsets, in order."""
        stop = len(row.full) if end is None else end
        found = [
            ArmMention(c.start, c.end, c.data, True)
            for c in row.codes
            if c.kind == draft.ARM and start <= c.start and c.end <= stop
        ]
        taken = [(m.start, m.end) for m in found]
        for pattern, arm in self._forms:
            for m in pattern.finditer(row.typed, start, stop):
                if not any(a < m.end() and m.start() < b for a, b in taken):
                    taken.append((m.start(), m.end()))
                    found.append(ArmMention(m.start(), m.end(), arm, False))
        for m in _TOTAL.finditer(row.typed, start, stop):
            found.append(ArmMention(m.start(), m.end(), "", False))
        return sorted(found, key=lambda m: m.start)


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    lower = [w.casefold() for w in words]
    wanted = [w.casefold() for w in part]
    return any(lower[i : i + len(wanted)] == wanted for i in range(len(lower)))
