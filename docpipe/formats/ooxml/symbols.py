"""What the characters of the Symbol font look like, so that ``w:sym`` can be shown to people and checks.

Imports names only. Source: Unicode's mapping of the Adobe Symbol encoding.
"""

from __future__ import annotations

from docpipe.formats.ooxml.names import Element, w_attr

_GREEK = dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True))
_CAPITALS = dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True))
_SIGNS = {
    0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB0: "°", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞", 0xB7: "•", 0xA2: "′",
    0xB2: "″", 0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xDE: "⇒", 0xDB: "⇔", 0xD6: "√", 0xE5: "∑", 0xC5: "⊕", 0xCE: "∈",
    0xE2: "®", 0xE3: "©", 0xE4: "™", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0x2B: "+", 0x2D: "−", 0x3C: "<", 0x3D: "=", 0x3E: ">",
    0x25: "%", 0xBA: "≡", 0xA7: "♣", 0xA8: "♦", 0xA9: "♥", 0xAA: "♠", 0xB6: "∂", 0xC6: "∅", 0xD0: "∠", 0xD1: "∇",
}  # fmt: skip
_SYMBOL = _GREEK | _CAPITALS | _SIGNS


def symbol_text(sym: Element) -> str:
    """The Unicode character a ``w:sym`` shows, or "" where its font's meaning is not known."""
    try:
        code = int(w_attr(sym, "char") or "", 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        return _SYMBOL.get(code - 0xF000, "") if (w_attr(sym, "font") or "").lower() == "symbol" else ""
    if (w_attr(sym, "font") or "").lower() == "symbol" and code in _SYMBOL:
        return _SYMBOL[code]
    return chr(code) if 0x20 < code < 0xD800 or 0xF900 <= code < 0xFFFE else ""
