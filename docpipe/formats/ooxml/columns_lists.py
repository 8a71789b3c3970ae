"""Lists of the left column: copies of the source's, so that both columns count for themselves. Imports names and parts.

Source: ISO/IEC 29500-1, 17.9 (numbering).
"""

from __future__ import annotations

from copy import deepcopy

from docpipe.formats.ooxml.names import SHORT, Element, child, set_w_attr, w_attr
from docpipe.formats.ooxml.parts import Parts

_ABSTRACT, _LIST = 700_000, 700_000


class Stops:
    """The tab stops that styles give to paragraphs."""

    def __init__(self, parts: Parts) -> None:
        self._styles = {w_attr(s, "styleId") or "": s for s in _of(_root(parts, "styles"), "w:style")}

    def of(self, paragraph: Element) -> dict[str, Element]:
        """Stops by their place, of the paragraph's style and those it is based on."""
        properties = child(paragraph, "w:pPr")
        named = child(properties, "w:pStyle") if properties is not None else None
        style = (w_attr(named, "val") or "") if named is not None else ""
        found: dict[str, Element] = {}
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            properties = child(self._styles[style], "w:pPr")
            stops = child(properties, "w:tabs") if properties is not None else None
            for stop in stops if stops is not None else ():
                found.setdefault(w_attr(stop, "pos") or "", stop)
            based = child(self._styles[style], "w:basedOn")
            style = (w_attr(based, "val") or "") if based is not None else ""
        return found


class Lists:
    """The source's lists in the target's numbering part. ``touched``: that part, once a list was copied."""

    def __init__(self, source: Parts, target: Parts) -> None:
        self._source = _root(source, "numbering")
        self._target = _root(target, "numbering")
        self._part = next(iter(target.related(target.main, "numbering")), "")
        self._styles = {w_attr(s, "styleId") or "": s for s in _of(_root(source, "styles"), "w:style")}
        self._default = next(
            (i for i, s in self._styles.items() if w_attr(s, "type") == "paragraph" and w_attr(s, "default")), ""
        )
        self._lists = {w_attr(n, "numId") or "": n for n in _of(self._source, "w:num")}
        self._abstracts = {w_attr(n, "abstractNumId") or "": n for n in _of(self._source, "w:abstractNum")}
        self._made: dict[str, str] = {}
        self._made_abstracts: dict[str, str] = {}
        self.touched: set[str] = set()

    def of(self, paragraph: Element) -> tuple[str, str] | None:
        """The copied list and the level of a source paragraph that is numbered, by itself or by its style."""
        found = self._own(paragraph)
        if found is None or found[0] in ("", "0") or found[0] not in self._lists or self._target is None:
            return None
        return self._copied(found[0]), found[1]

    def _own(self, paragraph: Element) -> tuple[str, str] | None:
        properties = child(paragraph, "w:pPr")
        own = child(properties, "w:numPr") if properties is not None else None
        number = level = ""
        if own is not None:
            number, level = _value(own, "w:numId"), _value(own, "w:ilvl")
        named = child(properties, "w:pStyle") if properties is not None else None
        style = (w_attr(named, "val") or "") if named is not None else self._default
        if not number:
            number, by_style = self._by_style(style)
            level = level or by_style
        return (number, level or "0") if number else None

    def _by_style(self, style: str) -> tuple[str, str]:
        seen: set[str] = set()
        first = style
        while style and style not in seen and style in self._styles:
            seen.add(style)
            properties = child(self._styles[style], "w:pPr")
            own = child(properties, "w:numPr") if properties is not None else None
            if own is not None and (number := _value(own, "w:numId")):
                return number, _value(own, "w:ilvl") or self._level(number, first) or self._level(number, style)
            based = child(self._styles[style], "w:basedOn")
            style = (w_attr(based, "val") or "") if based is not None else ""
        return "", ""

    def _level(self, number: str, style: str) -> str:
        """The level that a list gives to a style."""
        abstract = self._abstract_of(number)
        for level in _of(abstract, "w:lvl"):
            linked = child(level, "w:pStyle")
            if linked is not None and w_attr(linked, "val") == style:
                return w_attr(level, "ilvl") or ""
        return ""

    def _abstract_of(self, number: str) -> Element | None:
        pointer = child(self._lists[number], "w:abstractNumId") if number in self._lists else None
        return self._abstracts.get((w_attr(pointer, "val") or "") if pointer is not None else "")

    def _copied(self, number: str) -> str:
        if number in self._made:
            return self._made[number]
        assert self._target is not None
        abstract = self._abstract_of(number)
        if abstract is None:
            return number
        old = w_attr(abstract, "abstractNumId") or ""
        if old not in self._made_abstracts:
            copy = deepcopy(abstract)
            self._made_abstracts[old] = str(_ABSTRACT + len(self._made_abstracts))
            set_w_attr(copy, "abstractNumId", self._made_abstracts[old])
            for el in [e for e in copy.iter() if SHORT[e.tag] in ("w:pStyle", "w:nsid", "w:tmpl", "w:styleLink")]:
                parent = el.getparent()
                if parent is not None:
                    parent.remove(el)
            at = next((i for i, el in enumerate(self._target) if SHORT[el.tag] == "w:num"), len(self._target))
            self._target.insert(at, copy)
        made = deepcopy(self._lists[number])
        self._made[number] = str(_LIST + len(self._made))
        set_w_attr(made, "numId", self._made[number])
        pointer = child(made, "w:abstractNumId")
        if pointer is not None:
            set_w_attr(pointer, "val", self._made_abstracts[old])
        last = max((i for i, el in enumerate(self._target) if SHORT[el.tag] == "w:num"), default=len(self._target) - 1)
        self._target.insert(last + 1, made)
        self.touched.add(self._part)
        return self._made[number]


def _root(parts: Parts, kind: str) -> Element | None:
    return next((t for n in parts.related(parts.main, kind) if (t := parts.tree(n)) is not None), None)


def _of(root: Element | None, short: str) -> list[Element]:
    return [el for el in root if SHORT[el.tag] == short] if root is not None else []


def _value(properties: Element, short: str) -> str:
    found = child(properties, short)
    return (w_attr(found, "val") or "") if found is not None else ""
