"""The simulated provider's answers to a look at alignment: it knows which source a target renders. Imports its room only."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import Any

from docpipe.simulate.translation import translate

__all__ = ["Looked", "looked_at"]


@dataclass(slots=True)
class Looked:
    """Answers to a look: by target the sources that it renders."""

    rows: list[tuple[str, list[str]]]

    def reply(self) -> str:
        """After the schema of ``review/alignment``."""
        rows = [f"{t}={'+'.join(s) or '-'}" for t, s in self.rows]
        return json.dumps({"matches": rows}, ensure_ascii=False, separators=(",", ":"))

    def texts(self) -> list[str]:
        """The sources named."""
        return [" ".join(s) for _, s in self.rows]

    def spoil(self, kind: str, chance: random.Random, containing: str) -> None:
        """What a fault of that kind does to such a reply: lost, doubled, exchanged, invented, lazy answers."""
        if not self.rows:
            return
        n = chance.randrange(len(self.rows))
        target, sources = self.rows[n]
        other = self.rows[(n + 1) % len(self.rows)]
        if kind in ("drop", "merge", "merge_shift"):
            del self.rows[n]
        elif kind == "duplicate":
            self.rows.append((target, other[1]))
        elif kind in ("swap", "swap_far", "leak"):
            at = (n + (2 if kind == "swap_far" else 1)) % len(self.rows)
            there = self.rows[at]
            self.rows[n], self.rows[at] = (target, there[1]), (there[0], sources)
        elif kind.startswith("shift") or kind == "split_shift":
            moved = [s for _, s in self.rows]
            self.rows = [(t, s) for (t, _), s in zip(self.rows, [*moved[1:], moved[0]], strict=True)]
        elif kind == "empty":
            self.rows[n] = (target, [])
        elif kind in ("invent", "wrong_ids"):
            self.rows[n] = ("t999", ["s999"])
        elif kind in ("leak_in", "merge_said"):
            self.rows[n] = (target, [*sources, *other[1]])
        elif kind in ("source", "loop"):
            self.rows = [(t, [f"s{i}"]) for i, (t, _) in enumerate(self.rows, 1)]


def looked_at(task: dict[str, Any]) -> Looked | None:
    """The faithful answer, None where the task is no look."""
    sources, targets = task.get("sources"), task.get("targets")
    if not isinstance(sources, dict) or not isinstance(targets, dict):
        return None
    languages = str(task.get("from") or "en"), str(task.get("to") or "es")
    known = {name: _ends(str(text), languages) for name, text in sources.items()}
    return Looked([(name, _rendered(str(text), known)) for name, text in targets.items()])


def _ends(text: str, languages: tuple[str, str]) -> tuple[str, tuple[str, ...], frozenset[str]]:
    """How a faithful translation begins, the ways it may end (a spaceless text may be cut in two ways), and what it is made of."""
    head, _, tail = text.partition("…")
    ends = (tail or head).strip()
    ways = tuple(_bare(translate(ends[n:], *languages)) for n in range(2 if tail else 1))
    first = _bare(translate(head.strip(), *languages))
    return first, ways, _grams(first + (ways[0] if tail else ""))


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _grams(bare: str) -> frozenset[str]:
    size = 2 if re.search(r"[\u3040-\u9fff]", bare) else 3
    return frozenset(bare[i : i + size] for i in range(max(1, len(bare) - size + 1)))


def _alike(one: str, other: str) -> float:
    """The share of the shorter of two beginnings that both have in common."""
    least = min(len(one), len(other))
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), least)
    return same / least if least else 0.0


def _rendered(target: str, known: dict[str, tuple[str, tuple[str, ...], frozenset[str]]]) -> list[str]:
    """The sources that a target begins and ends with; where that does not tell, the one that it has most in common with."""
    head, _, tail = target.partition("…")
    begins, ends = _bare(head), _bare(tail or head)[::-1]
    heads = {name: _alike(begins, first) for name, (first, _, _) in known.items()}
    tails = {name: max(_alike(ends, way[::-1]) for way in ways) for name, (_, ways, _) in known.items()}
    found = {n for n, score in heads.items() if score >= 0.6 and score == max(heads.values())}
    last = {n for n, score in tails.items() if score >= 0.6 and score == max(tails.values())}
    grams = _grams(begins + (_bare(tail) if tail else ""))
    scores = {name: len(grams & made) / max(1, len(grams | made)) for name, (_, _, made) in known.items()}
    if not found:
        # It begins as none of them: only what is nearly the same text counts.
        best = max(scores.values(), default=0.0)
        found = {n for n, score in scores.items() if score == best and best >= 0.6}
    elif found & last or not last:
        found = found & last or found
        best = max(scores[n] for n in found)
        found = {n for n in found if scores[n] == best}
    else:
        found |= last
    return [name for name in known if name in found]
