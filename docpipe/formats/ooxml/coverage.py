"""Counts a document's visible characters straight from the XML, by another path than the one that builds blocks.

Imports names and parts. The ledger balances only if block building reached or passed over every text that is counted here.
"""

from __future__ import annotations

import re

from docpipe.formats.ooxml.face import is_face
from docpipe.formats.ooxml.names import SHORT, WHITE, XML_SPACE, Element, w_attr
from docpipe.formats.ooxml.parts import Parts

_TEXTS = ("{*}t", "{*}delText")
_COUNTED = frozenset({"w:t", "w:delText", "m:t", "a:t"})
_LEVEL_NUMBER = re.compile(r"%\d")


def count_story(root: Element) -> int:
    """Characters of one story: runs, deletions, equations, drawings, alternative texts, list entries, word art."""
    total = 0
    for el in root.iter(*_TEXTS):
        text = el.text
        name = SHORT[el.tag]
        if not text or name not in _COUNTED:
            continue
        if name == "w:t" and (text[0] in WHITE or text[-1] in WHITE):
            spaces = next((s for n in (el, *el.iterancestors()) if (s := n.get(XML_SPACE))), "default")
            text = text if spaces == "preserve" else text.strip(WHITE)
        total += len(text)
    for el in root.iter("{*}docPr", "{urn:schemas-microsoft-com:vml}*", "{*}listItem", "{*}bookmarkStart"):
        name = SHORT[el.tag]
        if name == "wp:docPr":
            total += len(el.get("descr", "")) + len(el.get("title", ""))
        elif name.startswith("v:"):
            total += len(el.get("alt", "")) + (len(el.get("string", "")) if name == "v:textpath" else 0)
        elif name == "w:listItem":
            total += len(w_attr(el, "displayText") or "")
        elif name == "w:bookmarkStart":
            total -= _face_characters(el)
    return total


def _face_characters(bookmark: Element) -> int:
    p = bookmark.getparent()
    return sum(len(t.text or "") for t in p.iter("{*}t")) if p is not None and is_face(p) else 0


def side_texts(parts: Parts) -> list[tuple[str, str, str]]:
    """(part, reason, text) of what lies outside the stories and is passed over: charts, SmartArt, labels, building blocks."""
    found: list[tuple[str, str, str]] = []
    for name in parts.reachable():
        kind = parts.content_type(name)
        if "drawingml.chart+" in kind or "chartshapes" in kind:
            found += _texts(parts, name, "chart", "{*}t", "{*}v")
        elif "chartex" in kind:
            found += _texts(parts, name, "chart", "{*}t")
        elif "diagramdata" in kind:
            found += _texts(parts, name, "smart-art", "{*}t")
        elif "document.glossary" in kind:
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
        if SHORT[el.tag] == "c:v":
            parent = el.getparent()
            cache = parent.getparent() if parent is not None else None
            if cache is None or SHORT[cache.tag] != "c:strCache":
                continue
        if el.text:
            out.append((name, reason, el.text))
    return out
