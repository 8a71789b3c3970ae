"""`docpipe audit verify|export`. Imports steps lazily."""

from __future__ import annotations

from typing import Annotated

import typer

from docpipe.cli.door import DONE, Json, out, say, text

app = typer.Typer(help="The audit trail: verify it, export it.", no_args_is_help=True)


@app.command("verify")
def verify(
    batch: Annotated[str, typer.Argument(help="A batch; without it, every chain.")] = "", as_json: Json = False
) -> int:
    """Recomputes the hash chains and compares them with the copies of their heads: a changed, missing or cut-off event is named.

    Example: docpipe audit verify
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.errors import AuditBroken
    from docpipe.steps.house import local_actor
    from docpipe.steps.records import verify_audit

    house = open_for_command()
    problems, events = verify_audit(house, batch_of(house, batch) if batch else None, local_actor())
    if as_json:
        out({"ok": not problems, "events": events, "problems": problems})
    else:
        for problem in problems:
            say(problem)
        text(f"{events} events verified." if not problems else f"{len(problems)} problems in {events} events.")
    return AuditBroken.exit_code if problems else DONE


@app.command("export")
def export(
    batch: Annotated[str, typer.Argument(help="A batch; without it, every chain.")] = "", as_json: Json = False
) -> int:
    """Writes the events to stdout, one JSON object a line.

    Example: docpipe audit export B261122-7K3QX > audit.jsonl
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps.records import export_audit

    house = open_for_command()
    for event in export_audit(house, batch_of(house, batch) if batch else None):
        out(event)
    return DONE
