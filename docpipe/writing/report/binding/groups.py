"""Several arms named at once: ``both active groups``, ``each xanomeline group``, ``either dose``, the drug alone. Imports its room only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_CONTROL = re.compile(r"\b(?:placebo|vehicle|sham|control|untreated|standard of care|observation)\b", re.IGNORECASE)
_PLAIN = frozenset(("dose", "mg", "group", "arm", "and", "plus", "daily", "once", "twice", "low", "high", "medium"))
_NOUN = r"(?:treatment |study |dose |dosage |drug )?(?:groups?|arms?|doses?|regimens?|dose levels?)"
_EACH = r"(?:both|each|either|the two|neither)(?: of the)?(?: two| other)?"
_BEFORE = re.compile(
    r"\b(?:on|with|to|receiving|received|taking|by|of|for|in|and|than|versus|vs\.?)\s+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Several:
    """A place that names several arms, in the study's order."""

    start: int
    end: int
    arms: tuple[str, ...]


_DOSE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*(mg|mcg|µg|μg|ug|g|kg|IU|mL|ml|%)(?:\s*/\s*(\w+))?", re.IGNORECASE)
_LEVEL = re.compile(r"\b(low|lower|lowest|mid|middle|medium|intermediate|high|higher|highest)\b", re.IGNORECASE)


class Groups:
    """What names several arms of a study, and what names one in fewer words than its name has: ``50 mg``, ``the low``."""

    def __init__(self, arms: Sequence[str]) -> None:
        self.all = tuple(arms)
        self.active = tuple(a for a in arms if not _CONTROL.search(a))
        self.control = tuple(a for a in arms if _CONTROL.search(a))
        words = [{w.casefold() for w in re.findall(r"[^\W\d_]{4,}", a)} - _PLAIN for a in self.active]
        self.drugs = tuple(sorted(set.intersection(*words))) if len(self.active) > 1 else ()
        self._short = [(re.compile(p, re.IGNORECASE), a) for p, a in self._short_forms()]
        patterns: list[tuple[str, tuple[str, ...]]] = []
        if len(arms) > 2:
            patterns.append(
                (rf"\b(?:all|each|every|the)(?: of the)? (?:three|four|five|six)?\s?{_NOUN}\b(?<=s)", self.all)
            )
            patterns.append((r"\b(?:each|every) (?:treatment |study )?(?:group|arm)\b", self.all))
        if len(self.active) > 1:
            drug = "|".join(map(re.escape, self.drugs))
            kind = rf"(?:active|actively treated|treated|verum{'|' + drug if drug else ''})"
            tail = rf"(?: of (?:active treatment|study drug{'|' + drug if drug else ''}))?"
            if len(self.active) == 2:
                patterns.append((rf"\b{_EACH} (?:{kind}[- ])?{_NOUN}\b{tail}", self.active))
                patterns.append((r"\b(?:the|both) (?:two )?doses\b" + tail, self.active))
            patterns.append((rf"\b(?:the |all |any |each |every )?{kind}[- ]?{_NOUN}\b", self.active))
            patterns.append(
                (rf"\b(?:active (?:treatment|drug|medication|therapy)|(?:any|every|all) doses?\b{tail})\b", self.active)
            )
            if drug:
                patterns.append((rf"\b(?:{drug})(?: TTS)?\b(?![\s-]+(?:low|high|medium|\d))", self.active))
        self._patterns = [(re.compile(p, re.IGNORECASE), a) for p, a in patterns]

    def _short_forms(self) -> Iterator[tuple[str, str]]:
        doses = {a: m for a in self.active if (m := _DOSE.search(a)) is not None}
        for arm, m in doses.items():
            if sum(m[1] == o[1] and m[2] == o[2] for o in doses.values()) == 1:
                yield (
                    rf"(?<![\d.,]){re.escape(m[1])}[\s\u00a0-]*{re.escape(m[2])}\b(?!\s*/)(?:[\s-]+(?:dose|group|arm)\b)?",
                    arm,
                )
        levels = {a: m for a in self.active if (m := _LEVEL.search(a)) is not None}
        drug = "|".join((*map(re.escape, self.drugs), *(re.escape(d[:3]) for d in self.drugs)))
        for arm, m in levels.items():
            if sum(m[1].casefold() == o[1].casefold() for o in levels.values()) == 1:
                stop = r"(?=\s*(?:[(,;:.)]|and\b|or\b|groups?\b|arms?\b|$))"
                yield rf"\b(?:(?<=the )|(?<=either )|(?<=under )|(?:{drug or 'dose'})[\s-]+){m[1]}\b{stop}", arm

    def short(
        self, text: str, start: int, end: int, taken: Iterable[tuple[int, int]] = ()
    ) -> list[tuple[int, int, str]]:
        """Places between two offsets that name one arm in fewer words and are no part of ``taken``."""
        used = list(taken)
        found: list[tuple[int, int, str]] = []
        for pattern, arm in self._short:
            for m in pattern.finditer(text, start, end):
                if not any(a < m.end() and m.start() < b for a, b in used):
                    used.append(m.span())
                    found.append((*m.span(), arm))
        return sorted(found)

    def find(self, text: str, start: int, end: int, taken: Iterable[tuple[int, int]] = ()) -> list[Several]:
        """Places between two offsets that name several arms and are no part of ``taken``."""
        used = list(taken)
        found: list[Several] = []
        for n, (pattern, arms) in enumerate(self._patterns):
            bare = bool(self.drugs) and n == len(self._patterns) - 1
            for m in pattern.finditer(text, start, end):
                if any(a < m.end() and m.start() < b for a, b in used) or (
                    bare and not _BEFORE.search(text[max(start, m.start() - 14) : m.start()])
                ):
                    continue
                used.append(m.span())
                found.append(Several(m.start(), m.end(), arms))
        return sorted(found, key=lambda s: s.start)
