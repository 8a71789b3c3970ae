"""Words in equations: text that a person wrote into a formula and a reader of another language could not read.

Imports names only. Source: ISO/IEC 29500-1, 22.1 (``m:nor``: normal text, 22.1.2.76).
"""

from __future__ import annotations

import re

from docpipe.formats.ooxml.names import SHORT, Element, attributes, child

_WORD = re.compile("[^\\W\\d_]{4}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_NORMAL_WORD = re.compile(r"[^\W\d_]{2}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_FUNCTIONS = re.compile(
    r"(?:arc)?(?:sin|cos|tan|cot|sec|csc)h?|log|ln|lg|exp|lim(?:sup|inf)?|max|min|sup|inf|det|gcd|mod"
)


def words_of(equation: Element) -> list[Element]:
    """The ``m:t`` elements that hold words: normal text with two letters, else four letters or a CJK character in a row.

    Names of functions stay, also as the name of a function object (``m:fName``).
    """
    found = []
    for t in equation.iter("{*}t"):
        text = (t.text or "").strip()
        if SHORT[t.tag] != "m:t" or not text or _FUNCTIONS.fullmatch(text.lower()):
            continue
        if _is_normal(t):
            if _NORMAL_WORD.search(text):
                found.append(t)
        elif _WORD.search(text) and not any(SHORT[a.tag] == "m:fName" for a in t.iterancestors()):
            found.append(t)
    return found


def _is_normal(t: Element) -> bool:
    run = t.getparent()
    properties = child(run, "m:rPr") if run is not None else None
    normal = child(properties, "m:nor") if properties is not None else None
    if normal is None:
        return False
    value = next((v for k, v in attributes(normal) if k.endswith("}val")), "1")
    return value.lower() not in ("0", "false", "off")
