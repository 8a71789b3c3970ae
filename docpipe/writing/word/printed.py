"""Numbers that Word's lists print ahead of headings, worked out from a document's numbering and styles. Imports its room only.

This is not the code that writes them: it checks them. Source: ECMA-376 part 1, 17.9.
"""

from __future__ import annotations

import re
from typing import Any

from docpipe.writing.word.package import attribute, local


def _children(element: Any, name: str) -> list[Any]:
    return [e for e in element if local(e) == name] if element is not None else []


def _child(element: Any, *path: str) -> Any:
    for name in path:
        found = _children(element, name)
        if not found:
            return None
        element = found[0]
    return element


def _value(element: Any, *path: str) -> str:
    found = _child(element, *path)
    return "" if found is None else attribute(found, "val")


class Lists:
    """The lists of a document. ``number`` is asked for every paragraph in order."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._levels: dict[str, dict[int, tuple[int, str, str]]] = {}
        self._of: dict[str, str] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        self._styles: dict[str, Any] = {}
        for abstract in _children(numbering, "abstractNum"):
            self._levels[attribute(abstract, "abstractNumId")] = {
                int(attribute(lvl, "ilvl")): (
                    int(_value(lvl, "start") or 0),
                    _value(lvl, "numFmt"),
                    _value(lvl, "lvlText"),
                )
                for lvl in _children(abstract, "lvl")
            }
        for num in _children(numbering, "num"):
            name = attribute(num, "numId")
            self._of[name] = _value(num, "abstractNumId")
            self._starts[name] = {
                int(attribute(o, "ilvl")): int(_value(o, "startOverride"))
                for o in _children(num, "lvlOverride")
                if _value(o, "startOverride")
            }
        for style in _children(styles, "style"):
            self._styles[attribute(style, "styleId")] = style

    def style_name(self, identity: str) -> str:
        """A style's name by its id."""
        return _value(self._styles.get(identity), "name") if identity in self._styles else ""

    def number(self, paragraph: Any) -> str:
        """What the list prints ahead of a paragraph, "" for none; counts on."""
        properties = _child(paragraph, "pPr")
        style = self._styles.get(_value(properties, "pStyle"))
        own, of_style = _child(properties, "numPr"), self._of_style(style)
        num = _value(own, "numId") or of_style[0]
        level = int(_value(own, "ilvl") or of_style[1] or 0)
        abstract = self._of.get(num, "")
        if num in ("", "0") or level not in self._levels.get(abstract, {}):
            return ""
        return self._next(num, abstract, level)

    def _of_style(self, style: Any) -> tuple[str, str]:
        for _ in range(12):
            if style is None:
                break
            found = _child(style, "pPr", "numPr")
            if found is not None:
                return _value(found, "numId"), _value(found, "ilvl")
            style = self._styles.get(_value(style, "basedOn"))
        return "", ""

    def _next(self, num: str, abstract: str, level: int) -> str:
        levels = self._levels[abstract]
        counts = self._counts.setdefault(abstract, [None] * 9)
        fresh = (num, level) not in self._begun and level in self._starts[num]
        self._begun.add((num, level))
        known = counts[level]
        if fresh:
            counts[level] = self._starts[num][level]
        else:
            counts[level] = levels[level][0] if known is None else known + 1
        counts[level + 1 :] = [None] * (8 - level)
        for above in range(level):
            if counts[above] is None:
                counts[above] = levels.get(above, (1, "", ""))[0]
        if levels[level][1] != "decimal":
            return ""
        return re.sub(r"%(\d)", lambda m: str(counts[int(m[1]) - 1]), levels[level][2])
