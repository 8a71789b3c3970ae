"""Takes comments out of a document where the recipe says so: openly, counted, and judged in the output.

Imports names and parts. Source: ISO/IEC 29500-1, 17.13.4; [MS-DOCX] 2.5.1 (the parts beside the comments).
"""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.formats.ooxml.coverage import count_story
from docpipe.formats.ooxml.names import SHORT, Element
from docpipe.formats.ooxml.parts import Parts

_BESIDE = ("commentsExtended", "commentsIds", "commentsExtensible")
_MARKS = ("{*}commentRangeStart", "{*}commentRangeEnd", "{*}commentReference")


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was taken out: the parts that changed, the comments, their characters."""

    parts: frozenset[str]
    comments: int
    characters: int


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
