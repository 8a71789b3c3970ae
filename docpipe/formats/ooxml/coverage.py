"""Counts a document's visible characters straight from the XML, by another path than the one that builds blocks.

Imports names and parts. The ledger balances only if block building reached or passed over every text that is counted here.
"""

from __future__ import annotations

import re

from docpipe.formats.ooxml.names import SHORT, Element, w_attr
from docpipe.formats.ooxml.parts import Parts
from docpipe.formats.ooxml.survey import Survey

_STRING_CACHES = frozenset({"c:strCache", "c:strLit", "c:lvl", "c15:dlblRangeCache"})
_LEVEL_NUMBER = re.compile(r"%\d")


def count_story(root: Element) -> int:
    """Characters of one story: runs, deletions, equations, drawings, alternative texts, list entries, word art."""
    return Survey(root).characters


def count_part(root: Element) -> int:
    """Characters of a chart or a diagram: paragraphs, equations in them, and strings kept from worksheet cells."""
    total = sum(len(el.text or "") for el in root.iter("{*}t") if SHORT[el.tag] in ("a:t", "m:t"))
    for el in root.iter("{*}v", "{*}pt"):
        name = SHORT[el.tag]
        row = [SHORT[a.tag] for a in el.iterancestors()][:3]
        if name == "c:v":
            counted = row[0] in ("c:tx", "c15:tx") or (row[0] == "c:pt" and row[1] in _STRING_CACHES)
        elif name == "cx:pt":
            counted = row[:2] == ["cx:lvl", "cx:strDim"]
        else:
            counted = name == "cx:v" and row[0] == "cx:txData"
        total += len(el.text or "") if counted else 0
    return total


def side_texts(parts: Parts, without_blocks: bool = False) -> list[tuple[str, str, str]]:
    """(part, reason, text) of what lies outside the stories and is passed over: numbering labels, building blocks.

    ``without_blocks``: the building blocks of the main part were read like a story.
    """
    found: list[tuple[str, str, str]] = []
    read = parts.related(parts.main, "glossaryDocument")
    for name in parts.reachable():
        kind = parts.content_type(name)
        if "document.glossary" in kind and not (without_blocks and name in read):
            found += _texts(parts, name, "building-blocks", "{*}t")
        elif "wordprocessingml.numbering" in kind and (root := parts.tree(name)) is not None:
            labels = [_LEVEL_NUMBER.sub("", w_attr(e, "val") or "") for e in root.iter("{*}lvlText")]
            found += [(name, "numbering-label", label) for label in labels if any(c.isalpha() for c in label)]
    return found


def _texts(parts: Parts, name: str, reason: str, *tags: str) -> list[tuple[str, str, str]]:
    root = parts.tree(name)
    if root is None:
        return []
    out = []
    for el in root.iter(*tags):
        if el.text:
            out.append((name, reason, el.text))
    return out
