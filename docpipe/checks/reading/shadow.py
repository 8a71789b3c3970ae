"""Folds a coded text into a plain one of the same length in which raised and lowered digits are Unicode ones.

So offsets stay those of ``spaced_text`` while ``10<1>9</1>`` (sup) and ``10⁹`` read alike. Imports the core only.
"""

from __future__ import annotations

import re

from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, white_space

_FULL_WIDTH = {chr(c): chr(c - 0xFEE0) for c in range(0xFF10, 0xFF1A)}
_FULL_WIDTH |= {chr(c): chr(c - 0xFEE0) for c in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_FOLDED = (
    _FULL_WIDTH
    | {
        "．": ".",
        "％": "%",
        "＜": "<",
        "＞": ">",
        "＝": "=",
        "＋": "+",
        "－": "-",
        "～": "~",
        "〜": "~",
        "（": "(",
        "）": ")",
    }
    | {
        "：": ":",
        "／": "/",
        "μ": "µ",
        "㎍": "㎍",
        "≧": "≥",
        "≦": "≤",
        "⩾": "≥",
        "⩽": "≤",
        "‐": "-",
        "‑": "-",
        "﹣": "-",
    }
    | {"∼": "~", "\u2007": "\u00a0", "［": "[", "］": "]"}
)
_FOLD = str.maketrans(_FOLDED)
_ANY_FOLDED = re.compile("[" + "".join(_FOLDED) + "]")
_RAISED = str.maketrans("0123456789+-−–﹣", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def fold(text: str) -> str:
    """The text with full-width forms, micro signs and sign variants folded, one character for one."""
    return text.translate(_FOLD) if not text.isascii() and _ANY_FOLDED.search(text) else text


def shadow(coded: CodedText) -> str:
    """``spaced_text`` folded, with digits and signs inside ``sup`` and ``sub`` codes as Unicode ones. Same length."""
    if len(coded) == 1 and isinstance(coded[0], Text):
        return fold(coded[0].text)
    out: list[str] = []
    inside: list[tuple[int, str]] = []
    for part in coded:
        if isinstance(part, Text):
            folded = fold(part.text)
            if inside:
                folded = folded.translate(_RAISED if inside[-1][1] == "sup" else _LOWERED)
            out.append(folded)
        elif isinstance(part, Placeholder):
            out.append(white_space(part))
        elif isinstance(part, Open) and part.kind in ("sup", "sub"):
            inside.append((part.id, part.kind))
        elif isinstance(part, Close):
            inside = [(number, kind) for number, kind in inside if number != part.id]
    return "".join(out)


def lowered(text: str) -> str:
    """Lower case of the same length (``İ`` alone would grow)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
