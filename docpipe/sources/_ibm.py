"""Floating-point numbers of IBM System/360 as SAS Transport files hold them. Imports the standard library only.

Source: IBM Principles of Operation (hexadecimal floating point); SAS technical paper TS-140 (missing values).
"""

from __future__ import annotations

import math

_MISSING = {ord("."): ".", ord("_"): "._"} | {letter: f".{chr(letter)}" for letter in range(ord("A"), ord("Z") + 1)}


def missing_letter(raw: bytes) -> str | None:
    """``.``, ``._`` or ``.A`` to ``.Z`` for a missing value, None for a number. ``raw``: 2 to 8 bytes."""
    return _MISSING.get(raw[0]) if not any(raw[1:]) else None


def from_ibm(raw: bytes) -> float | None:
    """The number, or None when it is missing. ``raw``: 2 to 8 bytes, cut off on the right as SAS does for short lengths.

    Exact for every number that came from IEEE double; longer fractions (54 to 56 bits) are rounded to the nearest.
    """
    if missing_letter(raw):
        return None
    bits = int.from_bytes(raw[1:].ljust(7, b"\0"), "big")
    number = math.ldexp(float(bits), 4 * ((raw[0] & 0x7F) - 64) - 56)
    return -number if raw[0] & 0x80 and number else number
