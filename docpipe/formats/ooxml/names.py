"""Short names for the elements of WordprocessingML, the same for transitional and strict namespaces (ISO/IEC 29500).

Imports lxml only.
"""

from __future__ import annotations

from typing import cast

from lxml import etree

Element = etree._Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
R_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
    "http://purl.oclc.org/ooxml/drawingml/chart": "c",
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp",
    "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": "wp",
    "http://schemas.openxmlformats.org/drawingml/2006/picture": "pic",
    "http://purl.oclc.org/ooxml/drawingml/picture": "pic",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "dgm",
    "http://schemas.microsoft.com/office/drawing/2014/chartex": "cx",
    "http://schemas.microsoft.com/office/drawing/2008/diagram": "dsp",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.microsoft.com/office/word/2012/wordml": "w15",
    "urn:schemas-microsoft-com:vml": "v",
    "http://schemas.microsoft.com/office/drawing/2012/chart": "c15",
    "urn:schemas-microsoft-com:office:office": "o",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://schemas.openxmlformats.org/package/2006/relationships": "pr",
    "http://schemas.openxmlformats.org/package/2006/content-types": "ct",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
}


class _Short(dict[object, str]):
    """Tag to short name (``w:p``); unknown namespaces keep their Clark name, comments and instructions are ``#``."""

    def __missing__(self, tag: object) -> str:
        if not isinstance(tag, str):
            return "#"
        name = tag
        if tag.startswith("{"):
            uri, local = tag[1:].split("}", 1)
            prefix = "w" if local == "txbxContent" else _PREFIXES.get(uri)  # some put it in a namespace of their own
            name = f"{prefix}:{local}" if prefix else tag
        if len(self) < 20_000:
            self[tag] = name
        return name


SHORT = _Short()


def name_of(element: Element) -> str:
    """The short name of an element."""
    return SHORT[element.tag]


def w_attr(element: Element, local: str) -> str | None:
    """An attribute of the word-processing namespace, or None."""
    value = element.get(W + local)
    return value if value is not None else element.get(W_STRICT + local)


def r_attr(element: Element, local: str) -> str | None:
    """An attribute of the relationships namespace, or None."""
    value = element.get(R + local)
    return value if value is not None else element.get(R_STRICT + local)


def set_w_attr(element: Element, local: str, value: str) -> None:
    """Sets an attribute of the word-processing namespace in the flavour that the element has."""
    element.set((W_STRICT if element.tag.startswith(W_STRICT) else W) + local, value)


def attributes(element: Element) -> list[tuple[str, str]]:
    """The attributes with their Clark names."""
    return cast("list[tuple[str, str]]", element.items())


def entry_text(item: Element) -> str:
    """What a list entry of a content control shows: its display text, or its value where it has none (17.5.2.21)."""
    return w_attr(item, "displayText") or w_attr(item, "value") or ""


def text_below(element: Element, *tags: str) -> str:
    """The text of the descendants with these tags, in order."""
    return "".join(el.text or "" for el in element.iter(*tags))


def child(element: Element, short: str) -> Element | None:
    """The first child of that short name, or None."""
    for found in element:
        if SHORT[found.tag] == short:
            return found
    return None


def outermost(element: Element, short: str) -> list[Element]:
    """The elements of a name at or below another that lie in none of their own kind, in document order."""
    found: list[Element] = []
    stack = [element]
    while stack:
        node = stack.pop()
        if SHORT[node.tag] == short:
            found.append(node)
        else:
            stack.extend(reversed(node))
    return found


def is_on(element: Element | None) -> bool:
    """Whether a toggle element is there and not switched off (ISO/IEC 29500-1, 17.17.4)."""
    return element is not None and (w_attr(element, "val") or "1").lower() not in ("0", "false", "off")


def same_flavour(element: Element, local: str) -> str:
    """The Clark name of a word-processing element in the namespace flavour that ``element``'s tree uses."""
    node: Element | None = element
    while node is not None:
        if isinstance(node.tag, str):
            if node.tag.startswith(W):
                return W + local
            if node.tag.startswith(W_STRICT):
                return W_STRICT + local
        node = node.getparent()
    return W + local


def inherits_preserve(element: Element) -> bool:
    """Whether white space at the ends of the text counts (``xml:space``, XML 1.0 section 2.10)."""
    node: Element | None = element
    while node is not None:
        value = node.get(XML_SPACE)
        if value is not None:
            return value == "preserve"
        node = node.getparent()
    return False


WHITE = " \t\r\n"


def shown_text(element: Element) -> str:
    """The characters that a text element shows: trimmed unless white space is preserved, as Word does."""
    text = element.text or ""
    if text and (text[0] in WHITE or text[-1] in WHITE) and not inherits_preserve(element):
        return text.strip(WHITE)
    return text


def set_text(element: Element, text: str) -> None:
    """Puts the text in, with ``xml:space`` where its ends are white space (DrawingML's ``a:t`` keeps it without)."""
    element.text = text
    if text and (text[0] in WHITE or text[-1] in WHITE) and SHORT[element.tag] != "a:t":
        element.set(XML_SPACE, "preserve")
