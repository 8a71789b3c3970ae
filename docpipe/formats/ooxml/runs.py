"""Work on runs: which takes a text, new ones with a context's properties, inserting and splitting.

Imports names and the node parts of this package.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

from docpipe.formats.ooxml.coding import Context
from docpipe.formats.ooxml.names import SHORT, Element, attributes, child, same_flavour, set_text
from docpipe.formats.ooxml.nodes import SpanNode, TextNode

RUNS = ("w:r", "a:r")
RUN_PROPERTIES = ("w:rPr", "a:rPr")


def choose(texts: Sequence[TextNode], fitting: Sequence[TextNode], text: str) -> TextNode | None:
    """Which element takes the text: the longest fitting one; white space may go to any."""
    candidates = fitting if text.strip() or fitting else texts
    return max(candidates, key=lambda t: len(t.text), default=None)


def new_run(context: Context, text: str, root: SpanNode) -> Element:
    """A run with the context's properties and the text."""
    example = context.format.example()
    near = example.element if example is not None else root.element
    assert near is not None
    drawing = drawing_name(near)
    run = near.makeelement(drawing("r") if drawing else same_flavour(near, "r"))
    old = example.element.getparent() if example is not None else None
    properties = next((e for e in old if SHORT[e.tag] in RUN_PROPERTIES), None) if old is not None else None
    if properties is not None:
        own = copy.deepcopy(properties)
        own.tail = None
        for change in [e for e in own if SHORT[e.tag] == "w:rPrChange"]:
            own.remove(change)
        run.append(own)
    t = run.makeelement(drawing("t") if drawing else same_flavour(near, "t"))
    run.append(t)
    set_text(t, text)
    return run


def drawing_name(near: Element) -> Callable[[str], str] | None:
    """How elements are named in the DrawingML text that ``near`` is part of; None in word-processing text."""
    if not SHORT[near.tag].startswith("a:"):
        return None
    space = str(near.tag).split("}")[0]
    return lambda local: f"{space}}}{local}"


def insert_first(parent: Element, run: Element) -> None:
    """As the first content of a container."""
    at = 0
    while at < len(parent) and SHORT[parent[at].tag] in (
        "w:fldData",
        "w:pPr",
        "w:smartTagPr",
        "w:customXmlPr",
        "a:pPr",
    ):
        at += 1
    parent.insert(at, run)


def insert_after(el: Element, run: Element) -> None:
    """After an element that stands in a run (which is split) or beside runs."""
    parent = el.getparent()
    assert parent is not None
    if SHORT[parent.tag] not in RUNS:
        el.addnext(run)
        return
    split_after(el, parent)
    parent.addnext(run)


def insert_before(el: Element, run: Element) -> None:
    """Before an element that stands in a run (which is split) or beside runs."""
    parent = el.getparent()
    assert parent is not None
    if SHORT[parent.tag] not in RUNS:
        el.addprevious(run)
        return
    before = el.getprevious()
    if before is not None and SHORT[before.tag] not in RUN_PROPERTIES:
        split_after(before, parent)
        parent.addnext(run)
    else:
        parent.addprevious(run)


_OWN_PROPERTIES = ("w:rPr", "w:smartTagPr", "w:customXmlPr", "a:rPr")


def split_after(el: Element, parent: Element) -> Element | None:
    """Splits ``parent`` after its child: what follows goes to a copy of the parent put next. None if nothing follows."""
    following = list(el.itersiblings())
    if not following:
        return None
    rest = parent.makeelement(parent.tag, dict(attributes(parent)))
    for name in _OWN_PROPERTIES:
        if (properties := child(parent, name)) is not None:
            own = copy.deepcopy(properties)
            own.tail = None
            rest.append(own)
    for node in following:
        rest.append(node)
    parent.addnext(rest)
    return rest
