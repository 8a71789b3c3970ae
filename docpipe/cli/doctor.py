"""`docpipe doctor`: looks at the installation; each line says how to mend what is wrong. Imports steps lazily."""

from __future__ import annotations

import typer

from docpipe.cli.door import DONE, PARTIAL, Json, out, text


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor")(doctor)


def doctor(as_json: Json = False) -> int:
    """Checks Python, home folder, database, disk, prompts, provider settings, fonts and LibreOffice.

    Example: docpipe doctor
    """
    from docpipe.cli.session import open_for_command
    from docpipe.steps.health import examine

    found = examine(open_for_command())
    if as_json:
        out(
            {
                "ok": all(c.fine for c in found),
                "checks": [{"name": c.name, "ok": c.fine, "says": c.says, "mend": c.mend} for c in found],
            }
        )
    else:
        for c in found:
            text(f"{'ok  ' if c.fine else 'LOOK'}  {c.name}: {c.says}" + ("" if c.fine else f"  -> {c.mend}"))
    return DONE if all(c.fine for c in found) else PARTIAL
