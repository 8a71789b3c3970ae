"""Measures of a picture, and the limits for them. Imports errors only."""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.errors import DataDamaged, TooLarge

SIDE, DOTS = 30_000, 120_000_000
"""Dots of a side, and of the whole picture: a page at 1200 dots an inch has 137 million, a figure far fewer."""
LINES, LINE = 40, 2_000
"""Lines of words that are taken, and characters of one."""


@dataclass(frozen=True, slots=True)
class Measured:
    """``width`` and ``height`` in dots; ``dpi``: dots an inch across and down, 0 where unstated; ``lines``: words inside the file."""

    media_type: str
    width: int
    height: int
    dpi: tuple[int, int] = (0, 0)
    lines: tuple[str, ...] = ()


def size(width: int, height: int) -> tuple[int, int]:
    """The size where it is possible. Raises ``DataDamaged`` (no dots) or ``TooLarge``."""
    if width < 1 or height < 1:
        raise DataDamaged("The picture has no width or no height.")
    if width > SIDE or height > SIDE or width * height > DOTS:
        raise TooLarge("The picture has too many dots.", width=width, height=height, limit=DOTS)
    return width, height


def resolution(across: float, down: float) -> tuple[int, int]:
    """Dots an inch, 0 for both where a picture states what no printer has."""
    found = round(across), round(down)
    return found if all(10 <= n <= 10_000 for n in found) else (0, 0)


def words(said: str) -> list[str]:
    """A text of a file as lines: its sentences each by itself, as ``Population: Safety. Study: X1.`` has them."""
    lines = (part.strip().rstrip(".") for line in said[: LINE * LINES].splitlines() for part in line.split(". "))
    return [line[:LINE] for line in lines if line.isprintable() and line]
