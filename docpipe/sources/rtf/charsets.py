"""Code pages of RTF: which one a document or font is in, and the Symbol font's characters. Imports the standard library only.

Source: RTF specification 1.9.1 (\\ansicpg, \\fcharset); the Symbol table is the Adobe Symbol encoding.
"""

from __future__ import annotations

import codecs

SYMBOL = "symbol"
_CHARSETS = {
    0: "", 1: "", 2: SYMBOL, 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp437",
}  # fmt: skip
_GREEK_UPPER = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"
_GREEK_LOWER = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_FROM_A1 = "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
_SYMBOLS = {
    **{0x41 + i: c for i, c in enumerate(_GREEK_UPPER)},
    **{0x61 + i: c for i, c in enumerate(_GREEK_LOWER)},
    **{0xA1 + i: c for i, c in enumerate(_FROM_A1)},
    0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x5C: "∴", 0x5E: "⊥", 0x7E: "∼", 0xF1: "〉", 0xF2: "∫",
}  # fmt: skip


def of_charset(number: int) -> str:
    """The encoding of a font's \\fcharset; "" for the document's own, ``SYMBOL`` for fonts of symbols."""
    return _CHARSETS.get(number, "")


def of_page(number: int) -> str:
    """The encoding of \\ansicpg or \\cpg; the Windows Latin one for numbers that are not known."""
    if number == 65001:
        return "utf-8"
    if number == 10000:
        return "mac_roman"
    name = f"cp{number}"
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


def decode(data: bytes, encoding: str) -> str:
    """Text of bytes; what fits no character becomes U+FFFD."""
    if encoding == SYMBOL:
        return "".join(_SYMBOLS.get(b, chr(b) if 0x20 <= b < 0x7F else "\ufffd") for b in data)
    return data.decode(encoding, "replace")


def symbol(character: str) -> str:
    """A character that stands in the private range where Word puts those of symbol fonts."""
    code = ord(character)
    return decode(bytes((code & 0xFF,)), SYMBOL) if 0xF020 <= code <= 0xF0FF else character
