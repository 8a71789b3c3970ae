"""Text of WordprocessingML paragraphs as a reader of tables needs it: tabs, breaks, symbols, what is deleted or hidden left out.

Imports its neighbours. Elements come from ``docpipe.safe.xml``; names are compared without their namespace, so that strict
and transitional files read alike. Source: ISO/IEC 29500-1, 17.3.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from docpipe.sources.printed.page import raised
from docpipe.sources.rtf.charsets import symbol

_LEFT_OUT = {
    "del": "deleted", "moveFrom": "deleted", "drawing": "drawings", "pict": "drawings", "object": "embedded objects",
    "instrText": "", "delText": "", "delInstrText": "", "pPr": "", "rPr": "", "AlternateContent": "drawings", "tbl": "",
    "footnoteReference": "", "commentReference": "", "fldData": "",
}  # fmt: skip
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": ""}
_OFF = {"0", "false", "off", "none"}


def name_of(element: Any) -> str:
    """The local name; "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Any, *path: str) -> Any:
    """The first child of this name, and so on down; None where there is none."""
    for name in path:
        element = next((c for c in element if name_of(c) == name), None)
        if element is None:
            return None
    return element


def value(element: Any, name: str = "val") -> str:
    """An attribute by its local name; "" for none, and for no element."""
    if element is None:
        return ""
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), "")


def switched(element: Any) -> bool:
    """Whether an on/off property is there and on."""
    return element is not None and value(element).lower() not in _OFF


def number(text: str, default: int = 0) -> int:
    """A whole number, also ``12.0`` as some programs write it."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return default


def text_of(paragraph: Any, seen: Counter[str]) -> str:
    """The paragraph's text as a reader of the final document sees it; what was left out is counted in ``seen``."""
    out: list[str] = []
    _gather(paragraph, out, seen)
    return "".join(out)


def _gather(element: Any, out: list[str], seen: Counter[str]) -> None:
    for item in element:
        name = name_of(item)
        if name in _LEFT_OUT:
            if what := _LEFT_OUT[name]:
                seen[what] += 1
        elif name == "r":
            _run(item, out, seen)
        elif name == "t":
            out.append(item.text or "")
        elif name in _MARKS:
            out.append("" if name == "br" and value(item, "type") in ("page", "column") else _MARKS[name])
        elif name == "sym":
            code = value(item, "char")
            try:
                out.append(
                    symbol(chr(int(code, 16))) if value(item, "font").lower() == "symbol" else chr(int(code, 16))
                )
            except (ValueError, OverflowError):
                seen["unknown characters"] += 1
        else:
            _gather(item, out, seen)


def _run(run: Any, out: list[str], seen: Counter[str]) -> None:
    properties = child(run, "rPr")
    mine: list[str] = []
    _gather(run, mine, seen)
    text = "".join(mine)
    if properties is not None:
        if switched(child(properties, "vanish")):
            if text.strip():
                seen["hidden"] += 1
            return
        if value(child(properties, "vertAlign")) == "superscript":
            text = raised(text)
    out.append(text)
