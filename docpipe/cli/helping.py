"""`docpipe help`: the shipped pages, and those that the code writes itself (commands, errors, checks, settings). Imports lazily."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from typing import Annotated, Any

import typer

from docpipe.cli.door import DONE, text
from docpipe.errors import UnknownName


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("help")(help_)
    WRITTEN["commands"] = partial(_commands, app)


def _errors() -> str:
    """Every error code with its exit code, who can fix it and how."""
    from docpipe import errors

    lines = ["# Error codes", ""]
    for cls in errors.walk():
        lines += [f"## {cls.code}", f"Exit code {cls.exit_code}; for: {cls.who}. {cls.fix}", ""]
    return "\n".join(lines)


def _checks() -> str:
    """Every check with its severity and what it finds."""
    from docpipe.registry import checks

    lines = ["# Checks", "", "`checks_off` in a profile takes families (`B`), numbers (`B3`) or ids.", ""]
    for check in checks():
        lines += [f"## {check.id}", f"{check.severity.value}: {check.title}. {check.description}".strip(), ""]
    return "\n".join(lines)


def _settings() -> str:
    """Every setting with its variable, default and meaning."""
    import ast
    import inspect
    import itertools

    from docpipe import settings

    meanings: dict[str, str] = {}
    body = next(
        n for n in ast.parse(inspect.getsource(settings)).body if isinstance(n, ast.ClassDef) and n.name == "Settings"
    ).body
    for node, said in itertools.pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(said, ast.Expr):
            meanings[node.target.id] = ast.literal_eval(said.value)
    lines = ["# Settings", "", "From the command line, the environment, or `docpipe.toml` in the home folder.", ""]
    for name, field in settings.Settings.model_fields.items():
        alias = field.validation_alias
        choices = [str(c) for c in getattr(alias, "choices", [])] or [f"DOCPIPE_{name.upper()}"]
        variables = ", ".join(c for c in choices if c.isupper())
        lines += [f"## {name}", f"{variables}. {meanings.get(name, '')}", ""]
    return "\n".join(lines)


def _commands(app: typer.Typer) -> str:
    """Every command with what it does, an example and its options."""
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


WRITTEN: dict[str, Callable[[], str]] = {
    "errors": _errors,
    "checks": _checks,
    "settings": _settings,
}
TITLES = {"commands": "Commands", "errors": "Error codes", "checks": "Checks", "settings": "Settings"}


def shipped() -> dict[str, str]:
    """Help pages that lie in the package, by name."""
    folder = files("docpipe") / "help"
    return {f.name.removesuffix(".md"): f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".md")}


def help_(topic: Annotated[str, typer.Argument(help="A topic; without it, the list.")] = "") -> int:
    """Shows a help page.

    Example: docpipe help exit-codes
    """
    pages = shipped()
    if not topic:
        for name in sorted([*pages, *WRITTEN]):
            title = pages[name].splitlines()[0].lstrip("# ") if name in pages else TITLES[name]
            text(f"{name:14} {title}")
        return DONE
    if topic in WRITTEN:
        text(WRITTEN[topic]().rstrip())
    elif topic in pages:
        text(pages[topic].rstrip())
    else:
        raise UnknownName(
            f"There is no help page {topic}: one of {', '.join(sorted([*pages, *WRITTEN]))}.", topic=topic
        )
    return DONE
