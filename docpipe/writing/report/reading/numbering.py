"""Styles and numbers of Word paragraphs: names, heading levels, indents, and the number that Word shows before a heading.

Imports the core only. Source: ISO/IEC 29500-1, 17.7 (styles) and 17.9 (numbering).
"""

from __future__ import annotations

import re
from typing import Any

_STEPS = 20
"""How far a chain of styles is followed."""
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def local(element: Any) -> str:
    """The local name; "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str = "val") -> str:
    """An attribute by its local name, "" for none."""
    if element is None:
        return ""
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), "")


def child(element: Any, *path: str) -> Any:
    """The first child of this name, and so on down; None where there is none."""
    for name in path:
        if element is None:
            return None
        element = next((c for c in element if local(c) == name), None)
    return element


class Styles:
    """The paragraph styles of a document."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, Any] = {}
        self._kept: dict[tuple[str, ...], Any] = {}
        self.default = ""
        for style in root if root is not None else ():
            if local(style) == "style" and attribute(style, "type") == "paragraph":
                self._styles[attribute(style, "styleId")] = style
                if attribute(style, "default") in ("1", "true"):
                    self.default = attribute(style, "styleId")

    def of(self, properties: Any) -> str:
        """The style of a paragraph."""
        return attribute(child(properties, "pStyle")) or self.default

    def name(self, style: str) -> str:
        """Its name in small letters."""
        return (attribute(child(self._styles.get(style), "name")) or style).casefold()

    def found(self, style: str, *path: str) -> Any:
        """A property of a style or of what it is based on."""
        key = (style, *path)
        if key not in self._kept:
            self._kept[key] = self._found(style, *path)
        return self._kept[key]

    def _found(self, style: str, *path: str) -> Any:
        for _ in range(_STEPS):
            element = self._styles.get(style)
            if element is None:
                return None
            here = child(element, "pPr", *path)
            if here is not None:
                return here
            style = attribute(child(element, "basedOn"))
        return None

    def level(self, properties: Any, style: str) -> int:
        """Level of a heading from 1; 0 for other paragraphs."""
        own = child(properties, "outlineLvl")
        said = attribute(own if own is not None else self.found(style, "outlineLvl"))
        if said.isdigit():
            return int(said) + 1 if int(said) < 9 else 0
        m = re.fullmatch(r"heading (\d)", self.name(style))
        return int(m[1]) if m else 0

    def indent(self, properties: Any, style: str) -> float:
        """Left indent in twentieths of a point."""
        own = child(properties, "ind")
        element = own if own is not None else self.found(style, "ind")
        said = attribute(element, "left") or attribute(element, "start") or "0"
        try:
            return float(said)
        except ValueError:
            return 0.0


class Numbering:
    """Counts paragraphs as Word does. ``next`` is asked for every paragraph in order."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._home: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                levels = {}
                for level in (c for c in element if local(c) == "lvl"):
                    start = attribute(child(level, "start")) or "1"
                    form, text = attribute(child(level, "numFmt")), attribute(child(level, "lvlText"))
                    levels[int(attribute(level, "ilvl") or 0)] = (form or "decimal", text, int(start))
                self._abstract[attribute(element, "abstractNumId")] = levels
            elif local(element) == "num":
                number = attribute(element, "numId")
                self._home[number] = attribute(child(element, "abstractNumId"))
                for override in (c for c in element if local(c) == "lvlOverride"):
                    start = attribute(child(override, "startOverride"))
                    if start.lstrip("-").isdigit():
                        self._starts[number, int(attribute(override, "ilvl") or 0)] = int(start)

    def next(self, properties: Any, style: str) -> str | None:
        """The number shown before this paragraph, "" for a bullet; None where it has none."""
        own = child(properties, "numPr")
        named = self._styles.found(style, "numPr")
        number = attribute(child(own, "numId")) or attribute(child(named, "numId"))
        home = self._home.get(number)
        if not number or number == "0" or home is None:
            return None
        said = attribute(child(own, "ilvl")) or attribute(child(named, "ilvl"))
        level = int(said) if said.isdigit() else max(0, self._styles.level(properties, style) - 1) if own is None else 0
        levels = self._abstract.get(home, {})
        if level not in levels:
            return None
        counts = self._counts.setdefault(home, {})
        if number not in self._begun:
            self._begun.add(number)
            for (of, at), start in self._starts.items():
                if of == number:
                    counts[at] = start - 1
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [x for x in counts if x > level]:
            del counts[deeper]
        form, text, _ = levels[level]
        if form == "bullet" or not text:
            return ""

        def shown(m: re.Match[str]) -> str:
            at = int(m[1]) - 1
            return _written(counts.get(at, levels.get(at, ("", "", 1))[2]), levels.get(at, ("decimal", "", 1))[0])

        return re.sub(r"%(\d)", shown, text).strip()


def _written(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        out = ""
        for value, letters in _ROMAN:
            while number >= value:
                out, number = out + letters, number - value
        return out if form == "lowerRoman" else out.upper()
    return str(number)
