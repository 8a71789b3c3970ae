"""`docpipe pseudo` and `docpipe extract`: documents without database, server or model. Imports steps lazily."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from docpipe.cli.door import DONE, PARTIAL, REFUSED, Json, out, say, text


class Rule(StrEnum):
    IDENTITY = "identity"
    UPPER = "upper"
    FLIP = "flip"
    ACCENT = "accent"
    EXPAND = "expand"
    MARKER = "marker"


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("pseudo")(pseudo)
    app.command("extract")(extract)


def pseudo(
    files: Annotated[list[Path], typer.Argument(help="Documents.")],
    rule: Annotated[Rule, typer.Option("--rule", help="What becomes of the text.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder for the results; file names are kept.")],
    jobs: Annotated[int, typer.Option("--jobs", help="Documents at once.", min=1)] = 2,
    carried: Annotated[
        bool,
        typer.Option("--carried", help="Also worksheets, embedded documents, custom XML, WordArt, equations' words."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Reads and writes documents with a known rule for all their text: what survives, and how does the layout bear it?

    Without --carried the data behind the text stays as it is, so that structures can be compared.

    Example: docpipe pseudo protocol.docx --rule expand --out pseudo/
    """
    from docpipe.settings import load
    from docpipe.steps.pseudo import pseudo_each

    settings = load()
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for result in pseudo_each(settings, files, rule.value, folder, jobs, carried):
        results.append(result)
        if as_json:
            out(result)
        elif result["ok"]:
            skipped = sum(result["skipped"].values())
            text(
                f"{result['file']}: {result['translated']} of {result['characters']} characters, {skipped} skipped, {result['seconds']} s"
            )
        else:
            say(f"{result['file']}: [{result['error']['code']}] {result['error']['message']}")
    good = sum(r["ok"] for r in results)
    return DONE if good == len(results) else PARTIAL if good else REFUSED


def extract(
    files: Annotated[list[Path], typer.Argument(help="Documents.")],
    tracked_changes: Annotated[str, typer.Option("--tracked-changes", help="refuse | final.")] = "final",
    as_json: Json = False,
) -> int:
    """Lists a document's blocks: address, kind, text, and whether it is translated or why not.

    Example: docpipe extract protocol.docx --json
    """
    from docpipe.model.document import ReadPolicy
    from docpipe.settings import load
    from docpipe.steps.pseudo import extract_each

    results = []
    for name, blocks, error in extract_each(load(), files, ReadPolicy(tracked_changes=tracked_changes)):
        results.append(error is None)
        if error is not None:
            if as_json:
                out({"file": name, "error": error.as_dict()})
            say(f"{name}: [{error.code}] {error.message}")
        for b in blocks:
            if as_json:
                out(
                    {
                        "file": name, "address": b.address, "kind": b.kind.value, "text": b.text,
                        "language": b.language, "translatable": b.translatable, "reason": b.reason,
                    }
                )  # fmt: skip
            else:
                text(f"{b.kind.value:14} {b.text}" + ("" if b.translatable else f"   [{b.reason}]"))
    return DONE if all(results) else PARTIAL if any(results) else REFUSED
