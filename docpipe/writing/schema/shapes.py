"""Shapes of a drawing, in points from its top left corner, and as SVG. Imports the standard library only.

Equal shapes give equal bytes. Source: W3C SVG 1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

FACE = "Arial, Helvetica, 'Liberation Sans', sans-serif"
HEAD = 5.0
"""Length of an arrow's head."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``round``: radius of its corners. Colours are six hex digits, "" for none."""

    x: float
    y: float
    width: float
    height: float
    fill: str = "FFFFFF"
    line: str = "333333"
    round: float = 0


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle."""

    x: float
    y: float
    radius: float
    fill: str = "FFFFFF"
    line: str = "333333"


@dataclass(frozen=True, slots=True)
class Path:
    """Straight lines from point to point; ``arrow``: with a head at the end."""

    points: tuple[tuple[float, float], ...]
    arrow: bool = False
    line: str = "333333"


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text around ``x``, its base line at ``y``. ``align``: middle, start or end."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    align: str = "middle"
    colour: str = "000000"


Shape = Box | Disc | Path | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in the order in which they are drawn. ``title`` and ``says``: for those who do not see it."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str
    says: str


def arrow_head(path: Path) -> tuple[tuple[float, float], ...]:
    """The triangle at the end of a path that ends in a level or upright stretch."""
    (x0, y0), (x1, y1) = path.points[-2:]
    across = abs(x1 - x0) >= abs(y1 - y0)
    back = HEAD * (1 if (x1 > x0 if across else y1 > y0) else -1)
    half = HEAD * 0.5
    if across:
        return ((x1, y1), (x1 - back, y1 - half), (x1 - back, y1 + half))
    return ((x1, y1), (x1 - half, y1 - back), (x1 + half, y1 - back))


def svg(drawing: Drawing) -> bytes:
    """The drawing as SVG, its text as text."""
    w, h = _n(drawing.width), _n(drawing.height)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}pt" height="{h}pt" viewBox="0 0 {w} {h}" role="img" '
        'aria-labelledby="title desc">',
        f'<title id="title">{escape(drawing.title)}</title>',
        f'<desc id="desc">{escape(drawing.says)}</desc>',
        f'<rect x="0" y="0" width="{w}" height="{h}" fill="#FFFFFF"/>',
        f"<g font-family={quoteattr(FACE)}>",
        *(line for shape in drawing.shapes for line in _shape(shape)),
        "</g>",
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _shape(shape: Shape) -> Iterator[str]:
    match shape:
        case Box(x, y, width, height, fill, line, rounded):
            corner = f' rx="{_n(rounded)}"' if rounded else ""
            yield f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{corner}{_paint(fill, line)}/>'
        case Disc(x, y, radius, fill, line):
            yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"{_paint(fill, line)}/>'
        case Path():
            ends = list(shape.points)
            if shape.arrow:
                (tip, a, b) = arrow_head(shape)
                ends[-1] = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
                points = " ".join(f"{_n(x)},{_n(y)}" for x, y in (tip, a, b))
                yield f'<polygon points="{points}" fill="#{shape.line}"/>'
            points = " ".join(f"{_n(x)},{_n(y)}" for x, y in ends)
            yield f'<polyline points="{points}" fill="none" stroke="#{shape.line}" stroke-width="1"/>'
        case Words(x, y, text, size, bold, align, colour):
            weight = ' font-weight="bold"' if bold else ""
            yield (
                f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"{weight} text-anchor="{align}" fill="#{colour}">'
                f"{escape(text)}</text>"
            )


def _paint(fill: str, line: str) -> str:
    inside = f"#{fill}" if fill else "none"
    return f' fill="{inside}"' + (f' stroke="#{line}" stroke-width="1"' if line else "")


def _n(number: float) -> str:
    return f"{round(number, 2):g}"
