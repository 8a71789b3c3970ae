"""The words on a document's face (DRAFT, NOT REVIEWED): put in as paragraphs of their own, known again by their bookmark.

Imports names only. A face paragraph begins with a bookmark named ``_docpipe_face`` (and a number); readers pass over such paragraphs.
"""

from __future__ import annotations

from docpipe.formats.ooxml.names import SHORT, Element, same_flavour, w_attr

BOOKMARK = "_docpipe_face"
_ID = 987_650_000


def is_face(p: Element) -> bool:
    """Whether a paragraph was put in by ``add_face``."""
    for el in p:
        name = SHORT[el.tag]
        if name == "w:bookmarkStart":
            return (w_attr(el, "name") or "").startswith(BOOKMARK)
        if name != "w:pPr":
            return False
    return False


def add_face(parent: Element, words: str, number: int) -> None:
    """Puts a bold paragraph with the words at the beginning of a body or header. ``number`` makes the bookmark's id unique."""

    def make(local: str, into: Element, **attributes: str) -> Element:
        el = into.makeelement(same_flavour(parent, local))
        for key, value in attributes.items():
            el.set(same_flavour(parent, key), value)
        into.append(el)
        return el

    p = parent.makeelement(same_flavour(parent, "p"))
    make("bookmarkStart", p, id=str(_ID + number), name=f"{BOOKMARK}{number or ''}")
    run = make("r", p)
    properties = make("rPr", run)
    make("b", properties)
    make("color", properties, val="C00000")
    make("t", run).text = words
    make("bookmarkEnd", p, id=str(_ID + number))
    parent.insert(0, p)
