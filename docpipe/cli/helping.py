"""`docpipe help`: the shipped help pages. Imports the standard library only."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated

import typer

from docpipe.cli.door import DONE, text
from docpipe.errors import UnknownName


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("help")(help_)


def topics() -> dict[str, str]:
    """Help pages by name."""
    folder = files("docpipe") / "help"
    return {f.name.removesuffix(".md"): f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".md")}


def help_(topic: Annotated[str, typer.Argument(help="A topic; without it, the list.")] = "") -> int:
    """Shows a help page.

    Example: docpipe help exit-codes
    """
    pages = topics()
    if not topic:
        for name in sorted(pages):
            title = pages[name].splitlines()[0].lstrip("# ")
            text(f"{name:14} {title}")
        return DONE
    if topic not in pages:
        raise UnknownName(f"There is no help page {topic}: one of {', '.join(sorted(pages))}.", topic=topic)
    text(pages[topic].rstrip())
    return DONE
