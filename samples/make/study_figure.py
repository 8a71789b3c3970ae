"""Draws the sample study's figure: Kaplan-Meier curves by arm, as PNG with its title in the file's own text fields.

Imports this folder and the standard library. Source: PNG, third edition.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from samples.make.study_results import DAYS
from samples.make.study_statistics import Times, survival
from samples.make.study_subjects import ARMS, STUDY
from samples.make.study_tables import Study

NUMBER = "Figure 14.2.3.1"
TITLE = "Kaplan-Meier Estimates of the Time to First Moderate or Severe COPD Exacerbation"
POPULATION = "Full Analysis Set"
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _LOW = 900, 560, 110, 110, 860, 430
_LETTERS = {
    "A": "0E11111F111111", "B": "1E11111E11111E", "C": "0E11101010110E", "D": "1E11111111111E", "E": "1F10101E10101F", "F": "1F10101E101010",
    "G": "0E11101711110F", "H": "1111111F111111", "I": "0E04040404040E", "J": "0702020202120C", "K": "11121418141211", "L": "1010101010101F",
    "M": "111B1515111111", "N": "11191513111111", "O": "0E11111111110E", "P": "1E11111E101010", "Q": "0E11111115120D", "R": "1E11111E141211",
    "S": "0F10100E01011E", "T": "1F040404040404", "U": "1111111111110E", "V": "11111111110A04", "W": "11111115151B11", "X": "11110A040A1111",
    "Y": "11110A04040404", "Z": "1F01020408101F", "0": "0E11131519110E", "1": "040C040404040E", "2": "0E11010204081F", "3": "1F02040201110E",
    "4": "02060A121F0202", "5": "1F101E0101110E", "6": "0608101E11110E", "7": "1F010204080808", "8": "0E11110E11110E", "9": "0E11110F01020C",
    "%": "18190204081303", "(": "02040808080402", ")": "08040202020408", "-": "0000001F000000", ".": "00000000000C0C", ":": "000C0C000C0C00",
}  # fmt: skip
_INK = ((40, 40, 40), (200, 90, 20), (30, 80, 180))


class _Canvas:
    def __init__(self) -> None:
        self.rows = [bytearray(b"\xff" * (3 * _WIDTH)) for _ in range(_HEIGHT)]

    def dot(self, x: int, y: int, ink: Sequence[int]) -> None:
        self.rows[y][3 * x : 3 * x + 3] = bytes(ink)

    def line(self, x: int, y: int, to_x: int, to_y: int, ink: Sequence[int], thick: int = 1, dash: int = 0) -> None:
        """A level or upright line."""
        steps = max(abs(to_x - x), abs(to_y - y), 1)
        for i in range(steps + 1):
            if dash and (i // dash) % 2:
                continue
            for w in range(thick):
                across = to_y == y
                self.dot(
                    x + (to_x - x) * i // steps + (0 if across else w),
                    y + (to_y - y) * i // steps + (w if across else 0),
                    ink,
                )

    def text(self, x: int, y: int, said: str, scale: int = 2, ink: Sequence[int] = (0, 0, 0)) -> None:
        for letter in said.upper():
            shape = _LETTERS.get(letter)
            for row in range(7 if shape else 0):
                bits = int((shape or "")[2 * row : 2 * row + 2], 16)
                for column in range(5):
                    if bits >> (4 - column) & 1:
                        for i in range(scale * scale):
                            self.dot(x + column * scale + i % scale, y + row * scale + i // scale, ink)
            x += 6 * scale

    def png(self, texts: dict[str, str]) -> bytes:
        """The picture; every row unfiltered."""
        raw = b"".join(b"\0" + bytes(r) for r in self.rows)
        out = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0))
        for key, said in texts.items():
            out += _chunk(b"tEXt", key.encode("latin-1") + b"\0" + said.encode("latin-1"))
        return out + _chunk(b"IDAT", zlib.compress(raw, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _at(day: float, share: float) -> tuple[int, int]:
    return _LEFT + round((_RIGHT - _LEFT) * day / 91), _TOP + round((_LOW - _TOP) * (1 - share))


def figure(study: Study) -> bytes:
    """The curves of the arms, with numbers at risk."""
    canvas, black = _Canvas(), (0, 0, 0)
    canvas.text(_LEFT, 20, NUMBER, 2)
    canvas.text(_LEFT, 42, TITLE[:55], 2)
    canvas.text(_LEFT, 62, TITLE[55:].strip(), 2)
    canvas.text(_LEFT, 82, f"{POPULATION} - {STUDY}", 2)
    canvas.line(_LEFT, _TOP, _LEFT, _LOW, black, 2)
    canvas.line(_LEFT, _LOW, _RIGHT, _LOW, black, 2)
    for percent in range(0, 101, 20):
        x, y = _at(0, percent / 100)
        canvas.line(x - 6, y, x, y, black)
        canvas.text(x - 48, y - 7, f"{percent:>3}", 2)
    records = [r for r in study.data["ADTTE"].records if r["FASFL"] == "Y"]
    arms: list[Times] = [[(float(r["AVAL"] or 0), r["CNSR"] == 0) for r in records if r["TRTP"] == a] for a in ARMS]
    for day in range(0, DAYS + 1, 14):
        x, y = _at(day, 0)
        canvas.line(x, y, x, y + 6, black)
        canvas.text(x - 10, y + 12, f"{day}", 2)
        for number, times in enumerate(arms):
            canvas.text(x - 10, y + 62 + 20 * number, str(sum(t >= day for t, _ in times)), 2, _INK[number])
    canvas.text(_LEFT + 260, _LOW + 34, "Days since first dose", 2)
    canvas.text(4, _LOW + 36, "At risk", 2)
    canvas.text(4, 90, "% free", 2)
    for number, (name, times) in enumerate(zip(ARMS, arms, strict=True)):
        ink, dash = _INK[number], (0, 8, 3)[number]
        before = _at(0, 1.0)
        for time, share, _ in survival(times):
            x, y = _at(time, share)
            canvas.line(before[0], before[1], x, before[1], ink, 2, dash)
            canvas.line(x, before[1], x, y, ink, 2)
            before = (x, y)
        canvas.line(before[0], before[1], _at(DAYS, 0)[0], before[1], ink, 2, dash)
        canvas.line(_LEFT + 40, _LOW - 90 + 24 * number, _LEFT + 90, _LOW - 90 + 24 * number, ink, 2, dash)
        canvas.text(_LEFT + 100, _LOW - 97 + 24 * number, name, 2, ink)
        canvas.text(4, _LOW + 62 + 20 * number, ("PBO", "50 MG", "150 MG")[number], 2, ink)
    return canvas.png(
        {
            "Title": f"{NUMBER} {TITLE}",
            "Description": f"Population: {POPULATION}. Protocol: {STUDY}.",
            "Source": "programs/f-14-2-3-1.sas",
        }
    )
