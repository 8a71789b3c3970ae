"""`docpipe help`: shows the help pages, and writes the one about the commands. Imports lazily."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from docpipe.cli.door import DONE, text


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("help")(help_)


def commands(app: typer.Typer) -> str:
    """Every command with what it does, an example and its options: the help page ``commands``."""
    lines = ["# Commands", "", "Every command takes `--help`, and `--json` where it has a result.", ""]
    for words, command in sorted(_leaves(typer.main.get_command(app), ())):
        said, _, example = (command.help or "").partition("Example:")
        lines += [f"## docpipe {' '.join(words)}", " ".join(said.split()), "", f"Example: `{example.strip()}`", ""]
        for parameter in command.params:
            if parameter.name != "help" and getattr(parameter, "help", None):
                lines.append(f"- `{', '.join(parameter.opts)}`: {parameter.help}")
        lines.append("")
    return "\n".join(lines)


def _leaves(group: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, found in group.commands.items():
        if hasattr(found, "commands"):
            yield from _leaves(found, (*words, name))
        else:
            yield (*words, name), found


def help_(topic: Annotated[str, typer.Argument(help="A topic; without it, the list.")] = "") -> int:
    """Shows a help page.

    Example: docpipe help exit-codes
    """
    from docpipe.steps import help as pages

    if not topic:
        for name, title in sorted(pages.topics()):
            text(f"{name:14} {title}")
    else:
        text(pages.page(topic).rstrip())
    return DONE
