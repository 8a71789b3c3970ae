"""Tags taken out of a text before a model translates it, and put back where the model's attention says. Imports nothing of docpipe.

Every tag comes back exactly once and pairs stay nested, whatever the attention says: where it is silent, places are kept in proportion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Piece", "pieces_of", "put_back"]

_TAG = re.compile(r"<(/?)(\d{1,6})(/?)>")
_BREAK = re.compile(r"(?<=[.!?;:,])\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of wire text. ``text``: without tags; ``tags``: each with its place in ``text``, in order."""

    wire: str
    text: str
    tags: tuple[tuple[int, str], ...]

    @property
    def translatable(self) -> bool:
        """Whether there is a letter to translate; figures and signs stay as they are."""
        return any(ch.isalpha() for ch in self.text)

    @staticmethod
    def of(wire: str) -> Piece:
        """The piece of a wire text."""
        text, tags, at = "", list[tuple[int, str]](), 0
        for match in _TAG.finditer(wire):
            text += wire[at : match.start()]
            tags.append((len(text), match.group(0)))
            at = match.end()
        return Piece(wire, text + wire[at:], tuple(tags))


def pieces_of(wire: str, count: Callable[[str], int], most: int) -> Iterator[Piece]:
    """The wire text as one piece, or as several of at most ``most`` tokens, parted after punctuation where no pair is open."""
    whole = Piece.of(wire)
    if count(whole.text) <= most:
        yield whole
        return
    start = good = 0
    for match in _BREAK.finditer(wire):
        if count(Piece.of(wire[start : match.end()]).text) > most and good > start:
            yield Piece.of(wire[start:good])
            start = good
        if _closed(wire[start : match.end()]):
            good = match.end()
    yield Piece.of(wire[start:])


def _closed(wire: str) -> bool:
    tags = _TAG.findall(wire)
    return sorted(n for lead, n, trail in tags if not lead and not trail) == sorted(n for lead, n, _ in tags if lead)


def put_back(
    piece: Piece,
    target: str,
    source_pieces: Sequence[str],
    target_pieces: Sequence[str],
    looks: Sequence[Sequence[float]],
) -> str:
    """The target with the piece's tags. ``looks``: for each target piece, how much it looked at each source piece.

    White space at the ends of the piece is kept. A target that holds a tag of its own making has it taken away.
    """
    text = _TAG.sub("", target).strip()
    lead = piece.text[: len(piece.text) - len(piece.text.lstrip())]
    tail = piece.text[len(piece.text.rstrip()) :]
    if not piece.tags:
        return lead + text + tail
    place = _places(piece.text, text, source_pieces, target_pieces, looks)
    inserted: list[tuple[int, int, str]] = []
    for order, (at, tag) in enumerate(_nested(piece, place, len(text))):
        inserted.append((at, order, tag))
    out, done = [lead], 0
    for at, _, tag in sorted(inserted):
        out += [text[done:at], tag]
        done = at
    return "".join([*out, text[done:], tail])


def _nested(piece: Piece, place: Callable[[int, int], tuple[int, int]], length: int) -> list[tuple[int, str]]:
    """Tags with places in the target, in an order that may be written: no pair crosses another."""
    tree, stack = list[tuple[int, int, str, str]](), list[tuple[str, int]]()
    opened: dict[str, int] = {}
    for at, tag in piece.tags:
        lead, number, trail = _TAG.fullmatch(tag).groups()  # type: ignore[union-attr]
        if trail:
            tree.append((at, at, tag, ""))
        elif not lead:
            opened[number] = at
            stack.append((number, at))
        elif number in opened:
            tree.append((opened.pop(number), at, f"<{number}>", tag))
        else:
            tree.append((0, at, "", tag))  # its partner lies in another segment
    tree += [(at, len(piece.text), f"<{number}>", "") for number, at in stack if number in opened]
    # Outer before inner; each inner is held inside what was written of its outer one, and after its neighbours.
    tree.sort(key=lambda t: (t[0], -t[1]))
    out: list[tuple[int, str]] = []
    _write(tree, 0, length, place, out)
    return out


def _write(
    rows: Sequence[tuple[int, int, str, str]],
    low: int,
    high: int,
    place: Callable[[int, int], tuple[int, int]],
    out: list[tuple[int, str]],
) -> None:
    siblings, number = list[tuple[int, int, int, int]](), 0
    while number < len(rows):
        start, end, _, _ = rows[number]
        inner = sum(1 for r in rows[number + 1 :] if r[0] >= start and r[1] <= end and end > start)
        siblings.append((*place(start, end), number, inner))
        number += 1 + inner
    at = low
    for wanted, until, number, inner in sorted(siblings, key=lambda t: (t[0], t[2])):
        _, _, opening, closing = rows[number]
        first = min(max(wanted, at), high)
        last = min(max(until, first), high)
        if opening:
            out.append((first, opening))
        _write(rows[number + 1 : number + 1 + inner], first, last, place, out)
        if closing:
            out.append((last, closing))
        at = last


def _places(
    source: str,
    target: str,
    source_pieces: Sequence[str],
    target_pieces: Sequence[str],
    looks: Sequence[Sequence[float]],
) -> Callable[[int, int], tuple[int, int]]:
    """From a stretch of the source to the stretch of the target that renders it; an empty one to a place between words."""
    from_spans, to_spans = _spans(source, source_pieces), _spans(target, target_pieces)
    best = [max(range(len(row)), key=row.__getitem__) if row else -1 for row in looks]

    def rendering(start: int, end: int) -> list[tuple[int, int]]:
        wanted = {n for n, (a, b) in enumerate(from_spans) if a < end and b > start}
        return [span for span, own in zip(to_spans, best, strict=False) if own in wanted and span[1] > span[0]]

    def place(start: int, end: int) -> tuple[int, int]:
        share = len(target) / max(1, len(source))
        if end > start:
            found = rendering(start, end)
            if not found:
                return _word(target, round(start * share)), _word(target, round(end * share))
            return _trim(target, min(a for a, _ in found), max(b for _, b in found))
        if start <= 0 or start >= len(source):
            return (0, 0) if start <= 0 else (len(target), len(target))
        before = rendering(max(0, start - 1), start)
        at = max(b for _, b in before) if before else _word(target, round(start * share))
        return at, at

    return place


def _spans(text: str, pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Where each piece lies in the text; a piece that is not found takes no room."""
    out, at = list[tuple[int, int]](), 0
    for piece in pieces:
        bare = piece.replace("\u2581", "")
        start = text.find(bare, at) if bare else -1
        if start < 0 or start - at > 20:
            out.append((at, at))
            continue
        at = start + len(bare)
        out.append((start, at))
    return out


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _word(text: str, at: int) -> int:
    """The nearest end of a word."""
    at = min(max(at, 0), len(text))
    for step in range(len(text) + 1):
        for near in (at - step, at + step):
            if near in (0, len(text)) or (0 < near < len(text) and text[near].isspace()):
                return near
    return at
