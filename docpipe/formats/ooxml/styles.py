"""What styles.xml says of a paragraph: heading level, caption, list, hidden text, default language.

Imports names only. Source: ISO/IEC 29500-1, 17.7; style names are matched case-insensitively, as Word stores built-in ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.formats.ooxml.names import SHORT, Element, child, is_on, w_attr

_HEADING = re.compile(r"heading (\d)$")


@dataclass(frozen=True, slots=True)
class Style:
    """One style with what it inherits. ``level``: 1.. for headings, else 0. ``hidden``: None where nothing is stated."""

    name: str = ""
    level: int = 0
    numbered: bool = False
    hidden: bool | None = None
    caption: bool = False


class Styles:
    """Styles by id, resolved through ``basedOn``."""

    def __init__(self, root: Element | None) -> None:
        self._elements: dict[str, Element] = {}
        self._resolved: dict[str, Style] = {}
        self.default_paragraph = ""
        self.language: dict[str, str] = {}
        self.hides = root is not None and next(root.iter("{*}vanish"), None) is not None
        """Whether any style hides text, or says that it does not."""
        if root is None:
            return
        for element in root:
            name = SHORT[element.tag]
            if name == "w:style":
                identity = w_attr(element, "styleId") or ""
                self._elements.setdefault(identity, element)
                if w_attr(element, "type") == "paragraph" and (w_attr(element, "default") or "0") in (
                    "1",
                    "true",
                    "on",
                ):
                    self.default_paragraph = self.default_paragraph or identity
            elif name == "w:docDefaults":
                for lang in element.iter("{*}lang"):
                    self.language = {k: v for k in ("val", "eastAsia", "bidi") if (v := w_attr(lang, k))}

    def of(self, identity: str) -> Style:
        """The style of this id; an unknown one says nothing."""
        if identity not in self._resolved:
            self._resolved[identity] = self._resolve(identity, 0)
        return self._resolved[identity]

    def _resolve(self, identity: str, depth: int) -> Style:
        element = self._elements.get(identity)
        if element is None or depth > 20:
            return Style(name=identity)
        based = child(element, "w:basedOn")
        parent = self._resolve(w_attr(based, "val") or "", depth + 1) if based is not None else Style()
        name_element = child(element, "w:name")
        name = (w_attr(name_element, "val") or identity) if name_element is not None else identity
        level, numbered, hidden = parent.level, parent.numbered, parent.hidden
        if found := _HEADING.match(name.lower()):
            level = int(found.group(1))
        elif name.lower() == "title":
            level = 1
        paragraph = child(element, "w:pPr")
        if paragraph is not None:
            level = outline_level(child(paragraph, "w:outlineLvl"), level)
            numbered = numbered or child(paragraph, "w:numPr") is not None
        run = child(element, "w:rPr")
        vanish = child(run, "w:vanish") if run is not None else None
        if vanish is not None:
            hidden = is_on(vanish)
        return Style(name, level, numbered, hidden, parent.caption or name.lower() == "caption")


def outline_level(element: Element | None, otherwise: int) -> int:
    """The heading level that a ``w:outlineLvl`` states (1..9; body text is 0), else ``otherwise``."""
    if element is None:
        return otherwise
    value = w_attr(element, "val") or ""
    return int(value) + 1 if value.isdigit() and int(value) < 9 else 0
