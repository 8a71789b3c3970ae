"""How a term was rendered: the words that its rows' targets have in common and other targets have not. Pure; imports the core only.

One term may have several renderings; each is found from the rows that those before it leave unexplained.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from docpipe.model.language import spaceless

__all__ = ["contains", "renderings"]

LOOKED_AT = 60
"""Rows of a term from which its renderings are found; they are counted over all."""
SHARE, ROWS = 0.12, 2
"""A rendering explains this share of the rows looked at, and so many of them."""
COMMON = 0.08
"""A share of other rows that hold the words too, from which on they are no rendering of this term."""
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_WIDE_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々〇A-Za-z0-9-]+")


def contains(target: str, rendering: str) -> bool:
    """Whether a target has a rendering, without regard to case."""
    return rendering.casefold() in target.casefold()


def renderings(
    term: str, rows: Sequence[tuple[str, str]], others: Sequence[str], target_language: str
) -> dict[str, int]:
    """Renderings of a term with the number of rows that have each, the most frequent first.

    ``rows``: texts of source and target of all rows whose source has the term, ``others``: targets of rows without it. Raises
    ``UnknownLanguage``.
    """
    wide = spaceless(target_language)
    if any(ch.isdigit() for ch in term):  # an identifier is rendered by itself, or not at all
        kept = sum(contains(t, term) for _, t in rows)
        return {term: kept} if kept else {}
    found: list[str] = []
    whole = Counter(t.strip(" .:：。") for s, t in rows if _folded(s) == _folded(term))
    left = list(dict.fromkeys(t for _, t in rows))[:LOOKED_AT]
    enough = max(ROWS, round(SHARE * len(left)))
    for text, _ in whole.most_common(3):
        if text and len(text) <= 80:
            found.append(text)
            left = [t for t in left if not contains(t, text)]
    background = [t.casefold() for t in others]
    explained = [t for _, t in rows if any(contains(t, f) for f in found)][:LOOKED_AT]
    while len(left) >= enough and len(found) < 6:
        best = _best(term, left, background, [t.casefold() for t in explained], wide, enough)
        if not best:
            break
        found.append(best)
        explained += [t for t in left if contains(t, best)]
        left = [t for t in left if not contains(t, best)]
    counted: Counter[str] = Counter()
    ordered = sorted(found, key=len, reverse=True)
    for _, target in rows:
        # A rendering that lies in a longer one is not counted beside it.
        hit = next((r for r in ordered if contains(target, r)), None)
        if hit is not None:
            counted[hit] += 1
    return dict(sorted(counted.items(), key=lambda x: (-x[1], x[0])))


def _folded(text: str) -> str:
    return text.strip(" .:：。").casefold()


def _best(
    term: str, targets: Sequence[str], background: Sequence[str], explained: Sequence[str], wide: bool, enough: int
) -> str:
    """The words that most of the targets share and few others have, about as long as the term; "" where there are none.

    What stands beside another rendering of the term too is no rendering, but goes with the term.
    """
    expected = _expected(term, wide)
    counted: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for target in targets:
        grams = _grams(target, wide, int(expected * 2) + 2)
        counted.update({g.casefold() for g in grams})
        for g in grams:
            shown.setdefault(g.casefold(), g)
    likely = [(n, g) for g, n in counted.items() if n >= enough]
    likely.sort(key=lambda x: (-x[0], abs(_size(x[1], wide) - expected), -len(x[1]), x[1]))
    best, best_score = "", 0.0
    for n, gram in likely[:40]:
        common = sum(gram in text for text in background) / max(1, len(background))
        if common > COMMON or sum(gram in text for text in explained) > len(explained) / 3:
            continue
        score = n / len(targets) - common - 0.03 * abs(_size(gram, wide) - expected)
        if score > best_score + 1e-9:
            best, best_score = shown[gram], score
    return best


def _expected(term: str, wide: bool) -> float:
    """Words (characters in scripts without spaces) that a rendering of the term has, roughly."""
    if any("\u3040" <= ch <= "\u9fff" for ch in term):
        return len(term) if wide else max(1.0, len(term) / 2)
    words = max(1, len(_WORD.findall(term)))
    return 2.2 * words if wide else words


def _size(gram: str, wide: bool) -> int:
    return len(gram) if wide else gram.count(" ") + 1


def _grams(text: str, wide: bool, longest: int) -> set[str]:
    if wide:
        runs = _WIDE_RUN.findall(text)
        return {
            run[i : i + n] for run in runs for i in range(len(run)) for n in range(2, longest + 1) if i + n <= len(run)
        }
    spans = [m.span() for m in _WORD.finditer(text)]
    found: set[str] = set()
    for i in range(len(spans)):
        for j in range(i, min(i + longest, len(spans))):
            piece = text[spans[i][0] : spans[j][1]]
            # Only words with single spaces between them: a comma or a bracket ends a rendering.
            if piece.count(" ") != j - i or len(piece) != sum(b - a for a, b in spans[i : j + 1]) + j - i:
                break
            found.add(piece)
    return found
