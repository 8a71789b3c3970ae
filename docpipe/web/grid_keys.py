"""The keyboard map of the review page: one table for the handlers, the ``?`` dialog and the help page. Imports nothing.

Every chord has a modifier but ``?``, which works only while a row has the focus and nothing is typed (WCAG 2.1.4).
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """A chord, the name of what it does in ``static/grid-actions.js``, and what a person is told."""

    keys: str
    action: str
    does: str
    group: str


KEYS = (
    Key("Ctrl+Enter", "approve", "Approve, go to the next row needing review", "Decide"),
    Key("Ctrl+Shift+Enter", "unapprove", "Take the approval back", "Decide"),
    Key("Alt+R", "reject", "Send the row back with a reason", "Decide"),
    Key("Ctrl+S", "save", "Save now (rows are saved by themselves when you leave them)", "Decide"),
    Key("Alt+ArrowDown", "next", "Next row", "Move"),
    Key("Alt+ArrowUp", "previous", "Previous row", "Move"),
    Key("Alt+Home", "first", "First row", "Move"),
    Key("Alt+End", "last", "Last row", "Move"),
    Key("Ctrl+G", "goto", "Go to a row by its number", "Move"),
    Key("Ctrl+F", "search", "Search in the document", "Move"),
    Key("Alt+F", "nextFinding", "Next row with a finding", "Findings"),
    Key("Alt+D", "dismiss", "Dismiss the row's first open finding (asks for the reason)", "Findings"),
    Key("Alt+X", "fix", "Apply the suggestion of the row's first finding that has one", "Findings"),
    Key("Ctrl+ArrowDown", "matchDown", "Choose the next match of the memory", "Memory"),
    Key("Ctrl+ArrowUp", "matchUp", "Choose the match before", "Memory"),
    Key("Ctrl+1", "match1", "Insert match 1", "Memory"),
    Key("Ctrl+2", "match2", "Insert match 2", "Memory"),
    Key("Ctrl+3", "match3", "Insert match 3", "Memory"),
    Key("Ctrl+4", "match4", "Insert match 4", "Memory"),
    Key("Ctrl+5", "match5", "Insert match 5", "Memory"),
    Key("Alt+I", "insertMatch", "Insert the chosen match", "Memory"),
    Key("Alt+T", "nextCode", "Insert the next missing code", "Codes"),
    Key("Alt+Shift+T", "allCodes", "Insert all missing codes", "Codes"),
    Key("Ctrl+Z", "undo", "Undo typing; in an unchanged row, undo your last action", "Undo"),
    Key("Ctrl+Y", "redo", "Redo", "Undo"),
    Key("Ctrl+Shift+Z", "redo", "Redo", "Undo"),
    Key("Alt+C", "comment", "Comment on the row or ask a question", "Panels"),
    Key("Alt+H", "history", "History of the row", "Panels"),
    Key("Alt+P", "preview", "Preview in layout", "Panels"),
    Key("Escape", "escape", "Leave the editor; the row keeps the focus", "Panels"),
    Key("?", "keys", "Show these keys (when not typing)", "Panels"),
)


def groups() -> dict[str, list[Key]]:
    """The map by group, in its order."""
    found: dict[str, list[Key]] = {}
    for key in KEYS:
        found.setdefault(key.group, []).append(key)
    return found
