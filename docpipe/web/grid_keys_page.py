"""The help page of the review page's keys, written from the same table as its handlers. Imports that table only."""

from __future__ import annotations

from docpipe.web.grid_keys import groups


def keyboard_page() -> str:
    """The help page ``keyboard`` as Markdown."""
    lines = ["# Keys of the review page", "", "On a Mac, Cmd works as Ctrl does. `?` shows this table on the page.", ""]
    for group, keys in groups().items():
        lines += [f"## {group}", "", "| Keys | What it does |", "|---|---|"]
        lines += [f"| `{key.keys}` | {key.does} |" for key in keys]
        lines.append("")
    return "\n".join(lines)
