"""A row's texts as HTML: codes as chips with short numbers, numbers and negations marked, differences. Imports marks.

``static/grid-row.js`` draws the same elements from the same data after a change; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from docpipe.steps.row_objects import CodeObject
from docpipe.web.marks import compiled

_TAG = re.compile(r"<(\\*)(/?)(\d{1,6})(/?)>")
KINDS = {
    "b": "bold", "i": "italic", "u": "underline", "sup": "superscript", "sub": "subscript", "link": "link",
    "style": "format", "field": "field", "object": "object", "tab": "tab", "br": "line break", "note": "note mark",
}  # fmt: skip
VALUES = {"fact": "value", "arm": "group", "ref": "reference", "display": "source table"}
"""Codes of drafts: what they stand for is shown in their place."""


def pieces(wire: str) -> list[tuple[str, str]]:
    """The wire text as ``("text", characters)`` and ``("code", tag)``, escapes taken off."""
    out: list[tuple[str, str]] = []
    at = 0
    text = ""
    for m in _TAG.finditer(wire):
        text += wire[at : m.start()]
        at = m.end()
        slashes, lead, number, trail = m.groups()
        if slashes:
            text += f"<{slashes[1:]}{lead}{number}{trail}>"
            continue
        if text:
            out.append(("text", text))
        text = ""
        out.append(("code", m.group()))
    text += wire[at:]
    return [*out, ("text", text)] if text else out


def _kind(tag: str) -> str:
    return "close" if tag.startswith("</") and not tag.endswith("/>") else "point" if tag.endswith("/>") else "open"


def chip(tag: str, code: CodeObject | None) -> Markup:
    """A code as a person sees it."""
    number, kind = re.sub(r"\D", "", tag), _kind(tag)
    if code and code["label"] in VALUES:
        name = f"{VALUES[code['label']]} {number}: {code['native_hint']}"
        return Markup(
            '<span class="chip {} value" data-code="{}" data-n="{}" role="img" aria-label="{}" title="{}"></span>'
        ).format(kind, tag, code["native_hint"], name, name)
    what = KINDS.get(code["label"], code["label"]) if code else "not of this row"
    name = f"code {number}{ {'open': ' start', 'close': ' end', 'point': ''}[kind] }: {what}"
    return Markup(
        '<span class="chip {}{}" data-code="{}" data-n="{}" role="img" aria-label="{}" title="{}"></span>'
    ).format(kind, "" if code else " unknown", tag, number, name, name)


def marked(text: str, language: str) -> Markup:
    """Characters with numbers and negations in elements of their own."""
    out = Markup()
    at = 0
    for m in compiled(language).finditer(text):
        out += escape(text[at : m.start()])
        out += Markup('<span class="{}">{}</span>').format("neg" if m.group(1) else "num", m.group())
        at = m.end()
    return out + escape(text[at:])


def row_text(wire: str, codes: Sequence[CodeObject], language: str) -> Markup:
    """One text of a row. ``codes``: of the source."""
    known = {c["code"]: c for c in codes}
    return Markup().join(
        marked(value, language) if what == "text" else chip(value, known.get(value)) for what, value in pieces(wire)
    )


def difference(changes: Sequence[tuple[str, str]]) -> Markup:
    """A word-level difference: ``ins`` and ``del``, told by line as well as by colour."""
    names = {"insert": "ins", "delete": "del"}
    return Markup().join(
        Markup("<{0}>{1}</{0}>").format(Markup(names[op]), text) if op in names else escape(text)
        for op, text in changes
    )


_BRACED = re.compile(r"\{(\\*)(/?)(\d{1,6})(/?)\}")


def braced(wire: str) -> str:
    """The text for a plain text field: codes as ``{1}``, ``{/1}``, ``{2/}``; what looks like one gets a backslash."""
    return "".join(
        _BRACED.sub(lambda m: "{\\" + m.group()[1:], value) if what == "text" else "{" + value[1:-1] + "}"
        for what, value in pieces(wire)
    )


def unbraced(text: str) -> str:
    """Wire text of what came from a plain text field: the other way round of ``braced``, lines joined."""
    out: list[str] = []
    at = 0
    plain = re.sub(r"\s*[\r\n]+\s*", " ", text)
    for m in _BRACED.finditer(plain):
        out.append(_escaped(plain[at : m.start()]))
        at = m.end()
        slashes, rest = m.group(1), m.group(2) + m.group(3) + m.group(4)
        out.append(_escaped("{" + slashes[1:] + rest + "}") if slashes else f"<{rest}>")
    return "".join([*out, _escaped(plain[at:])])


def _escaped(text: str) -> str:
    return _TAG.sub(lambda m: "<\\" + m.group()[1:], text)
