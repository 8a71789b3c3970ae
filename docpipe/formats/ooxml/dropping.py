"""Takes comments or macros out of a document where the recipe says so: openly, counted, and judged in the output.

Imports names and parts. Sources: ISO/IEC 29500-1, 17.13.4; [MS-DOCX] 2.5.1 (parts beside the comments); [MS-OFFMACRO2] 2.2.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from docpipe.formats.ooxml.coverage import count_story
from docpipe.formats.ooxml.names import SHORT, Element
from docpipe.formats.ooxml.parts import Parts, Relation

_BESIDE = ("commentsExtended", "commentsIds", "commentsExtensible")
_MARKS = ("{*}commentRangeStart", "{*}commentRangeEnd", "{*}commentReference")


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was taken out: the parts that changed, the comments, their characters, the parts that are no more (macros)."""

    parts: frozenset[str] = frozenset()
    comments: int = 0
    characters: int = 0
    removed: frozenset[str] = frozenset()

    def __add__(self, other: Dropped) -> Dropped:
        """Both together."""
        return Dropped(
            self.parts | other.parts, self.comments + other.comments, self.characters + other.characters,
            self.removed | other.removed,
        )  # fmt: skip


def drop_comments(parts: Parts) -> Dropped:
    """Takes comments, their marks in the text and what lies beside them out of the trees; the parts stay, empty."""
    changed: set[str] = set()
    count = characters = 0
    for story in parts.stories:
        if story.kind == "comment":
            count += sum(1 for el in story.root if SHORT[el.tag] == "w:comment")
            characters += count_story(story.root)
            if _emptied(story.root):
                changed.add(story.name)
        elif _without_marks(story.root):
            changed.add(story.name)
        story.forget_survey()
    for kind in _BESIDE:
        for name in parts.related(parts.main, kind):
            root = parts.tree(name)
            if root is not None and _emptied(root):
                changed.add(name)
    return Dropped(frozenset(changed), count, characters)


def _emptied(root: Element) -> bool:
    held = len(root) > 0
    for el in list(root):
        root.remove(el)
    return held


def _without_marks(root: Element) -> bool:
    marks = [el for el in root.iter(*_MARKS) if SHORT[el.tag].startswith("w:")]
    for mark in marks:
        parent = mark.getparent()
        assert parent is not None
        parent.remove(mark)
        if SHORT[parent.tag] == "w:r" and all(SHORT[el.tag] in ("w:rPr", "#") for el in parent):
            above = parent.getparent()
            if above is not None:
                above.remove(parent)
    return bool(marks)


def drop_macros(parts: Parts) -> Dropped:
    """Takes VBA projects and what hangs on them out: relationships, parts, content types. The main part keeps its type.

    A macro-enabled document without a project is one that Word opens without asking.
    """
    removed: set[str] = set()
    changed: set[str] = set()
    for source in ["", *parts.reachable()]:
        gone = {i: r for i, r in parts.relations_of(source).items() if _is_macro(parts, r)}
        if not gone:
            continue
        folder, base = posixpath.split(source)
        name = parts.package.find(posixpath.join(folder, "_rels", base + ".rels"))
        root = parts.tree(name) if name is not None else None
        assert name is not None
        assert root is not None
        for el in list(root):
            if SHORT[el.tag] == "pr:Relationship" and el.get("Id", "") in gone:
                root.remove(el)
        changed.add(name)
        for identity, relation in gone.items():
            del parts.relations_of(source)[identity]
            if not relation.external and relation.target in parts.package:
                removed |= _with_its_own(parts, relation.target)
    types = parts.tree("[Content_Types].xml")
    if types is None or not removed:
        return Dropped()
    for el in list(types):
        if SHORT[el.tag] == "ct:Override" and parts.package.find(el.get("PartName", "")) in removed:
            types.remove(el)
            changed.add("[Content_Types].xml")
    return Dropped(frozenset(changed - removed), removed=frozenset(removed))


def _is_macro(parts: Parts, relation: Relation) -> bool:
    return relation.kind in ("vbaProject", "wordVbaData") or "vbaproject" in parts.content_type(relation.target)


def _with_its_own(parts: Parts, name: str) -> set[str]:
    """A part, its relationships, and the parts that only a macro project has."""
    folder, base = posixpath.split(name)
    found = {name}
    if (own := parts.package.find(posixpath.join(folder, "_rels", base + ".rels"))) is not None:
        found.add(own)
    for relation in parts.relations_of(name).values():
        if not relation.external and relation.target in parts.package and relation.target not in found:
            found.add(relation.target)
    return found
