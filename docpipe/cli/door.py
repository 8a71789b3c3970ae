"""The door of the command line: results to stdout, everything else to stderr, errors with their codes. Imports errors only."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from docpipe.errors import BadSetting, DocpipeError

DONE, PARTIAL, USAGE, REFUSED, WAITING, DEFECT, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130

Json = Annotated[bool, typer.Option("--json", help="Result as JSON on stdout; messages stay on stderr.")]
As = Annotated[
    str,
    typer.Option(
        "--as", help="Your account. The password comes by prompt or DOCPIPE_PASSWORD_FILE; or set DOCPIPE_TOKEN."
    ),
]


def out(value: Any) -> None:
    """One JSON value on a line of stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def text(line: str = "") -> None:
    """A line of the result for people, on stdout."""
    sys.stdout.write(line + "\n")


def say(line: str) -> None:
    """A message, on stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def wants_json() -> bool:
    """Whether this command line asks for JSON: errors then are JSON too."""
    return "--json" in sys.argv


def show_error(error: DocpipeError) -> int:
    """Shows an error of the tree and gives its exit code."""
    if wants_json():
        out({"ok": False, "error": error.as_dict()})
    say(f"Error [{error.code}] {error.message}")
    say(f"  What to do: {error.fix} (for: {error.who})")
    return error.exit_code


def password(prompt: str = "Password") -> str:
    """The acting person's password: from the file named by DOCPIPE_PASSWORD_FILE (readable by its owner alone), else asked for."""
    name = os.environ.get("DOCPIPE_PASSWORD_FILE", "")
    if name:
        return read_secret(Path(name))
    import getpass

    if not sys.stdin.isatty():
        raise BadSetting("There is no terminal to ask for the password: set DOCPIPE_PASSWORD_FILE.")
    return getpass.getpass(f"{prompt}: ", stream=sys.stderr)


def read_secret(path: Path) -> str:
    """A secret from a file that only its owner can read. Raises ``BadSetting``."""
    try:
        mode = path.stat().st_mode
        value = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"The password file {path.name} cannot be read.", file=path.name) from error
    if mode & 0o077:
        raise BadSetting(f"The password file {path.name} can be read by others: chmod 600 it.", file=path.name)
    return value


def table(headings: list[str], rows: list[list[str]], *, right: tuple[int, ...] = ()) -> None:
    """A table on stdout: drawn by rich on a terminal, plain columns elsewhere. Cells are never read as markup."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        drawn = Table()
        for number, heading in enumerate(headings):
            drawn.add_column(heading, justify="right" if number in right else "left", overflow="fold")
        for row in rows:
            drawn.add_row(*[Text(cell) for cell in row])
        Console().print(drawn)
        return
    widths = [max(len(r[i]) for r in [headings, *rows]) for i in range(len(headings))]
    for row in [headings, *rows]:
        cells = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        text("  ".join(cells).rstrip())
