"""What repeats at the edges of pages: running headers, footers, page numbers. Imports the neighbours only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from docpipe.formats.pdftext.order import Line
from docpipe.formats.pdftext.pages import Page

_ZONE = 0.13
"""Share of a page's height, at its top and bottom, in which running lines stand."""
_APART = 1.6
"""Distance of baselines, in heights of the larger line, from which on two lines do not belong together."""
_NUMBER = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_ONLY_NUMBER = re.compile(r"[\W\d_]*|[\W_]*[ivxlc]{1,6}[\W_]*", re.IGNORECASE)


@dataclass(slots=True)
class Running:
    """A running line of one page. ``where``: header or footer; ``repeats``: it stood on an earlier page already."""

    line: Line
    where: str
    repeats: bool
    only_number: bool


def set_apart(pages: Iterable[Page]) -> dict[int, list[Running]]:
    """Takes the running lines out of the pages, and gives them by page number."""
    pages = list(pages)
    zones = {page.number: list(_zone(page)) for page in pages}
    body = median(line.main.size for page in pages for line in page.lines) if any(p.lines for p in pages) else 0.0
    seen: Counter[tuple[str, str]] = Counter()
    for found in zones.values():
        seen.update({(where, _alike(line, body)) for line, where in found})
    needed = 2 if len(pages) <= 3 else max(3, len(pages) // 5)
    first: set[tuple[str, str]] = set()
    out: dict[int, list[Running]] = {}
    for page in pages:
        running: list[Running] = []
        for line, where in zones[page.number]:
            key = (where, _alike(line, body))
            if seen[key] < needed:
                continue
            running.append(Running(line, where, key in first, bool(_ONLY_NUMBER.fullmatch(line.text))))
            first.add(key)
        gone = {id(r.line) for r in running}
        page.lines = [line for line in page.lines if id(line) not in gone]
        out[page.number] = running
    return out


def _zone(page: Page) -> Iterator[tuple[Line, str]]:
    """Lines that may be running ones: in groups that stand wholly at an edge, apart from what follows.

    The head of a table that goes on over pages is not one: its rows follow closely.
    """
    height = page.top - page.bottom
    if height <= 0:
        return
    group: list[Line] = []
    upright = sorted((line for line in page.lines if not line.main.turned), key=lambda x: -x.main.base)
    for line in upright:
        if group and group[-1].main.base - line.main.base > _APART * max(group[-1].main.size, line.main.size):
            yield from _at_edge(group, page, height)
            group = []
        group.append(line)
    yield from _at_edge(group, page, height)


def _at_edge(group: list[Line], page: Page, height: float) -> Iterator[tuple[Line, str]]:
    if all(line.main.middle > page.top - _ZONE * height for line in group):
        yield from ((line, "header") for line in group)
    elif all(line.main.middle < page.bottom + _ZONE * height for line in group):
        yield from ((line, "footer") for line in group)


def _alike(line: Line, body: float) -> str:
    """Text in which spaces do not matter, and in lines no larger than the body's size numbers neither."""
    text = line.text if line.main.size > 1.2 * body else _NUMBER.sub("#", line.text)
    return _SPACE.sub("", text).casefold()
