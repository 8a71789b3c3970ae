"""The report on what changed between two versions of a draft, for people: facts with both values, rows with both texts. Imports the core and jinja2.

One page without any request to elsewhere, as the other reports of a package.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docpipe.exports.manifest import utc
from docpipe.exports.templates import page

KINDS = {
    "value": "changed", "added": "added", "gone": "gone", "printed": "printed otherwise", "n": "of another N",
    "named": "under another label", "values": "other values", "words": "other words", "new": "new",
}  # fmt: skip
"""Words for kinds of changes."""


def changes_html(told: dict[str, Any], *, face: str = "", made: datetime) -> bytes:
    """``told``: see ``docpipe.steps.change_report``. ``face``: DRAFT words, or ""."""
    return page("changes.html", told=told, face=face, made=utc(made), kinds=KINDS)
