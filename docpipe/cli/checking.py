"""`docpipe check`: the checks over a bilingual file. Imports steps lazily."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from docpipe.cli.door import DONE, PARTIAL, Json, out, text


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("check")(check)


def check(
    bilingual: Annotated[Path, typer.Argument(help="TSV (id, source, target), XLIFF 2 or TMX.")],
    source: Annotated[str, typer.Option("--from", help="Source language.")],
    target: Annotated[str, typer.Option("--to", help="Target language.")],
    termbase: Annotated[Path | None, typer.Option("--termbase", help="Termbase CSV.")] = None,
    off: Annotated[list[str] | None, typer.Option("--off", help="Check ids or their beginnings to leave out.")] = None,
    as_json: Json = False,
) -> int:
    """Runs every check over a bilingual file made by anybody.

    Example: docpipe check translated.xlf --from en --to de --termbase terms.csv
    """
    from docpipe.steps.check_bilingual import check_bilingual

    count = 0
    for row, finding in check_bilingual(bilingual, source, target, termbase, off or []):
        count += 1
        if as_json:
            out(
                {
                    "id": row, "check": finding.check, "severity": finding.severity.value, "message": finding.message,
                    "source_span": finding.source_span, "target_span": finding.target_span,
                }
            )  # fmt: skip
        else:
            text(f"{row}  {finding.check}  {finding.severity.value}: {finding.message}")
    return PARTIAL if count else DONE
