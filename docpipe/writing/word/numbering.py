"""Numbers of headings: one multilevel list tied to the heading styles that prints the plan's own numbers. Imports python-docx alone and its room.

Where a number does not follow from the one before, its heading restarts the list at that number; a number that no list prints
stands in the text. Source: ECMA-376 part 1, 17.9 (numbering).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from docpipe.writing.word.layout import Heading
from docpipe.writing.word.tree import Tree

_NUMBER = re.compile(r"\d{1,5}(?:\.\d{1,5})*")
LITERAL, PLAIN, NONE = "literal", "list", "none"


@dataclass(frozen=True, slots=True)
class Numbered:
    """How a heading gets its number. ``how``: ``list`` (by its style), ``literal`` (in the text) or ``none``; ``restart``: the
    value at which the list is to go on, 0 where it simply goes on."""

    how: str
    restart: int = 0


@dataclass(slots=True)
class Scheme:
    """The list of a document. ``prefix``: numbers ahead of the first level's, such as ``2.7`` for a summary's sections; ``depth``: levels in use."""

    prefix: tuple[int, ...] = ()
    first: int = 1
    depth: int = 0
    headings: dict[str, Numbered] = field(default_factory=dict)


def planned(headings: Sequence[Heading]) -> Scheme:
    """Which headings the list numbers and where it restarts."""
    forms = [(h, _parts(h.number)) for h in headings]
    shapes = Counter(p[: len(p) - h.level] for h, p in forms if len(p) >= h.level)
    scheme = Scheme(shapes.most_common(1)[0][0] if shapes else ())
    ahead = len(scheme.prefix)
    counts: list[int] | None = None
    implied: set[int] = set()
    for heading, parts in forms:
        own = parts[ahead:]
        fits = parts[:ahead] == scheme.prefix and len(own) == heading.level
        if not heading.number:
            scheme.headings[heading.address] = Numbered(NONE)
            continue
        if not fits:
            scheme.headings[heading.address] = Numbered(LITERAL)
            continue
        if counts is None:
            scheme.first = own[0]
            counts = [own[0] - 1] + [0] * 8
        level = heading.level
        expected = [*(c or 1 for c in counts[: level - 1]), counts[level - 1] + 1]
        if counts[0] == scheme.first - 1 and level > 1:
            expected[0] = scheme.first
        if tuple(expected[:-1]) != own[:-1] or own[-1] > 30_000:
            scheme.headings[heading.address] = Numbered(LITERAL)
            continue
        goes_on = expected[-1] == own[-1] and level not in implied
        scheme.headings[heading.address] = Numbered(PLAIN, 0 if goes_on else own[-1])
        # A level that is skipped prints a number, but programs disagree on what comes after it.
        implied = {n for n in implied if n < level} | {n for n in range(1, level) if not counts[n - 1]}
        if counts[0] == scheme.first - 1 and level > 1:
            implied.add(1)
        scheme.depth = max(scheme.depth, level)
        counts = [*own, *([0] * (9 - level))]
    return scheme


def _parts(number: str) -> tuple[int, ...]:
    plain = _NUMBER.fullmatch(number) and all(str(int(x)) == x for x in number.split("."))
    return tuple(int(x) for x in number.split(".")) if plain else ()


class NumberingWriter:
    """Puts a scheme into a document's numbering part and its heading styles; ``styles``: those of headings 1 to 9.

    A template's own list is used where it prints the same numbers.
    """

    def __init__(self, document: Any, tree: Tree, scheme: Scheme, styles: Sequence[Any], *, house: bool) -> None:
        from docx.oxml.ns import qn

        self._tree = tree
        self._part = _part(document)
        if not house:
            for child in list(self._part):
                self._part.remove(child)
        self._instance = self._next("w:num", "numId")
        own = _of_template(self._part, styles, scheme) if house else None
        if own is not None:
            self._abstract = own
            return
        self._abstract = self._next("w:abstractNum", "abstractNumId")
        self._abstract_list(scheme, [s.get(qn("w:styleId")) for s in styles])
        main = self._num()
        for level, style in enumerate(styles):
            properties = style.get_or_add_pPr()
            for old in properties.findall(qn("w:numPr")):
                properties.remove(old)
            of = properties.get_or_add_numPr()
            of.get_or_add_ilvl().set(qn("w:val"), str(level))
            of.get_or_add_numId().set(qn("w:val"), main)

    def _next(self, tag: str, name: str) -> int:
        from docx.oxml.ns import qn

        return max([int(e.get(qn(f"w:{name}")) or 0) for e in self._part.iter(qn(tag))], default=0) + 1

    def _abstract_element(self, number: int, kind: str) -> Any:
        from docx.oxml.ns import qn

        made = self._tree.new("w:abstractNum", abstractNumId=str(number))
        first = self._part.find(qn("w:num"))
        if first is None:
            self._part.append(made)
        else:
            first.addprevious(made)
        self._tree.new("w:multiLevelType", made, val=kind)
        return made

    def _abstract_list(self, scheme: Scheme, styles: Sequence[str]) -> None:
        new = self._tree.new
        made = self._abstract_element(self._abstract, "multilevel")
        ahead = "".join(f"{n}." for n in scheme.prefix)
        for level, style in enumerate(styles):
            of = new("w:lvl", made, ilvl=str(level))
            new("w:start", of, val=str(scheme.first if level == 0 else 1))
            new("w:numFmt", of, val="decimal")
            new("w:pStyle", of, val=style)
            new("w:suff", of, val="tab")
            new("w:lvlText", of, val=ahead + ".".join(f"%{n + 1}" for n in range(level + 1)))
            new("w:lvlJc", of, val="left")
            width = str(min(567 + 142 * (level + len(scheme.prefix)), 1701))
            new("w:ind", new("w:pPr", of), left=width, hanging=width)

    def bullets(self, style: Any, depth: int = 0) -> None:
        """Gives the style of list items a bullet where it has none; ``depth``: of items inside others, from 0."""
        from docx.oxml.ns import qn

        numbered = style.get_or_add_pPr().get_or_add_numPr()
        number = numbered.get_or_add_numId()
        if number.get(qn("w:val")) not in (None, "0"):
            return
        new, identity = self._tree.new, self._next("w:abstractNum", "abstractNumId")
        of = new("w:lvl", self._abstract_element(identity, "singleLevel"), ilvl="0")
        new("w:start", of, val="1")
        new("w:numFmt", of, val="bullet")
        new("w:lvlText", of, val="\u2022\u2013\u25e6"[depth])
        new("w:lvlJc", of, val="left")
        new("w:ind", new("w:pPr", of), left=str(567 + 397 * depth), hanging="283")
        number.set(qn("w:val"), self._num(of=identity))

    def _num(self, level: int = 0, start: int = 0, of: int = 0) -> str:
        number = str(self._instance)
        self._instance += 1
        made = self._tree.new("w:num", self._part, numId=number)
        self._tree.new("w:abstractNumId", made, val=str(of or self._abstract))
        if start:
            self._tree.new(
                "w:startOverride", self._tree.new("w:lvlOverride", made, ilvl=str(level - 1)), val=str(start)
            )
        return number

    def paragraph(self, properties: Any, how: Numbered, level: int) -> None:
        """Gives a heading's paragraph what its style alone does not say."""
        if how.how == PLAIN and not how.restart:
            return
        last = properties[-1] if len(properties) and str(properties[-1].tag).endswith("}rPr") else None
        of = self._tree.new("w:numPr", properties)
        self._tree.new("w:ilvl", of, val=str(level - 1 if how.how == PLAIN else 0))
        self._tree.new("w:numId", of, val=self._num(level, how.restart) if how.how == PLAIN else "0")
        if how.how != PLAIN:
            self._tree.new("w:ind", properties, left="0", firstLine="0")
        if last is not None:  # the mark's own properties stand last
            properties.append(last)


def _part(document: Any) -> Any:
    """The numbering part's root; python-docx makes none where a template has none."""
    from docx.opc.constants import CONTENT_TYPE as CT
    from docx.opc.constants import RELATIONSHIP_TYPE as RT
    from docx.opc.packuri import PackURI
    from docx.oxml.ns import qn
    from docx.parts.numbering import NumberingPart

    if not any(r.reltype == RT.NUMBERING for r in document.part.rels.values()):
        root = document.element.makeelement(qn("w:numbering"), nsmap={"w": document.element.nsmap["w"]})
        made = NumberingPart(PackURI("/word/numbering.xml"), CT.WML_NUMBERING, root, document.part.package)
        document.part.relate_to(made, RT.NUMBERING)
    return document.part.numbering_part.element


def _of_template(part: Any, styles: Sequence[Any], scheme: Scheme) -> int | None:
    """The template's list, where its heading styles are tied to one that prints ``1``, ``1.1``, ``1.1.1`` … as the plan does."""
    from docx.oxml.ns import qn

    if scheme.prefix or scheme.first != 1:
        return None
    found: set[str] = set()
    for level, style in enumerate(styles[: scheme.depth]):
        number = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        num = None if number is None else _by(part, "w:num", "w:numId", number.get(qn("w:val")))
        abstract = None if num is None else num.find(qn("w:abstractNumId"))
        name = None if abstract is None else abstract.get(qn("w:val"))
        own = _by(part, "w:abstractNum", "w:abstractNumId", name)
        of = None if own is None else _by(own, "w:lvl", "w:ilvl", str(level))
        if of is None or num is None or num.find(qn("w:lvlOverride")) is not None:
            return None
        said = {tag: _value(of, f"w:{tag}") for tag in ("numFmt", "lvlText", "start")}
        if said != {"numFmt": "decimal", "lvlText": ".".join(f"%{n + 1}" for n in range(level + 1)), "start": "1"}:
            return None
        found.add(str(name))
    return int(found.pop()) if len(found) == 1 else None


def _by(parent: Any, tag: str, name: str, value: str | None) -> Any:
    from docx.oxml.ns import qn

    return next((e for e in parent.findall(qn(tag)) if value is not None and e.get(qn(name)) == value), None)


def _value(parent: Any, tag: str) -> str:
    from docx.oxml.ns import qn

    found = parent.find(qn(tag))
    return "" if found is None else str(found.get(qn("w:val")))
