"""How wide words are and where they break, by the widths of Helvetica, which Arial and Liberation Sans share. Imports the standard library only.

Source of the widths: Adobe Core 14 AFM files, Helvetica.
"""

from __future__ import annotations

import unicodedata

_WIDTHS = dict(
    zip(
        map(chr, range(32, 127)),
        (
            278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278,
            584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944,
            667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
            278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
        ),
        strict=True,
    )
)  # fmt: skip
_WIDTHS |= {
    "–": 556,
    "—": 1000,
    "•": 350,
    "’": 222,
    "‘": 222,
    "“": 333,
    "”": 333,
    "±": 584,
    "×": 584,
    "°": 400,
    "µ": 556,
    "²": 333,
    "³": 333,
}
_WIDTHS |= {"™": 1000, "®": 737, "≤": 549, "≥": 549, "−": 549, "…": 1000, "→": 987, "\u00a0": 278, "\u2011": 333}
_OTHER, _WIDE, _BOLD = 600, 1000, 1.07


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line in points at a size in points."""
    units = 0
    for character in text:
        base = unicodedata.normalize("NFD", character)[0]
        wide = unicodedata.east_asian_width(character) in "WF"
        units += _WIDTHS.get(base, _WIDE if wide else _OTHER)
    return units * size / 1000 * (_BOLD if bold else 1)


def lines(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The text in lines that fit a width in points; a word wider than that is broken."""
    found: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, size, bold=bold) <= room:
            line = longer
            continue
        if line:
            found.append(line)
        while width(word, size, bold=bold) > room and len(word) > 1:
            at = next((n for n in range(len(word) - 1, 1, -1) if width(word[:n], size, bold=bold) <= room), 1)
            found.append(word[:at])
            word = word[at:]
        line = word
    return [*found, line] if line else found
