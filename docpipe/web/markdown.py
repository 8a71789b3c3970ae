"""Help pages from Markdown: headings that can be linked to, tables, and links between pages. Imports markdown-it.

HTML inside a page is shown as text and never run.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TOPIC = re.compile(r"docpipe help ([a-z-]+)")


def anchor(heading: str) -> str:
    """The id of a heading: its words in lower case joined by hyphens; dots and underscores stay (``input.dtd_forbidden``)."""
    return re.sub(r"[^\w.]+", "-", heading.lower()).strip("-")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")


def html(text: str, topics: Collection[str] = ()) -> tuple[str, Markup]:
    """The page's title and its body as HTML. ``topics``: pages that ``docpipe help TOPIC`` may become a link to."""
    tokens = _parser().parse(text)
    title = ""
    body: list[Token] = []
    used: dict[str, int] = {}
    skip = 0
    for at, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        if token.type == "heading_open":
            heading = tokens[at + 1].content.replace("`", "")
            if token.tag == "h1" and not title:
                title, skip = heading, 2
                continue
            name = anchor(heading)
            used[name] = used.get(name, 0) + 1
            token.attrSet("id", name if used[name] == 1 else f"{name}-{used[name]}")
        if token.type == "inline":
            token.children = _linked(token.children or [], topics)
        if token.type == "th_open":
            token.attrSet("scope", "col")
        token.attrs.pop("style", None)  # the content policy forbids style attributes
        body.append(token)
    made = _parser().renderer.render(body, _parser().options, {})
    return title, Markup(made.replace("<pre>", '<pre tabindex="0">'))  # scrolled by keyboard too; text has no bare "<"


def _linked(children: list[Token], topics: Collection[str]) -> list[Token]:
    """A code span that names a help page becomes a link to it."""
    made: list[Token] = []
    for child in children:
        match = _TOPIC.fullmatch(child.content) if child.type == "code_inline" else None
        if match and match[1] in topics:
            attributes: dict[str, Any] = {"href": f"/help/{match[1]}"}
            made += [Token("link_open", "a", 1, attrs=attributes), child, Token("link_close", "a", -1)]
        else:
            made.append(child)
    return made
