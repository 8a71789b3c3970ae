"""`docpipe metrics`: throughput, leverage, tokens, cost and findings of a batch. Imports steps lazily."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from docpipe.cli.door import DONE, Json, out, table, text


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("metrics")(metrics)


def metrics(batch: Annotated[str, typer.Argument(help="The batch's id.")], as_json: Json = False) -> int:
    """Shows what a batch took and where the time went, each figure with its unit.

    Example: docpipe metrics B261122-7K3QX
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps.measure import measure

    house = open_for_command()
    figures = measure(house, batch_of(house, batch))
    if as_json:
        out(figures)
    else:
        show(figures)
    return DONE


def show(figures: dict[str, Any]) -> None:
    """The figures as tables for people."""
    text(
        f"Batch {figures['batch']}: {figures['state']}, {figures['documents']} documents ({figures['refused']} refused)"
    )
    rows = [
        ["pages", str(figures["pages"]), ""],
        ["words", str(figures["words"]), figures["units"]["words"]],
        ["segments", str(figures["segments"]), ""],
        ["words per hour", str(figures["words_per_hour"]), figures["units"]["words_per_hour"]],
        ["pages per day", str(figures["pages_per_day"]), figures["units"]["pages_per_day"]],
        ["machine time", f"{figures['machine_seconds']:.1f} s", figures["units"]["machine_seconds"]],
        ["wall time", f"{figures['wall_seconds']:.1f} s", figures["units"]["wall_seconds"]],
        ["people's time", f"{figures['people_seconds']:.1f} s", figures["units"]["people_seconds"]],
        ["cost", f"{figures['cost']['amount']:.4f} {figures['cost']['currency']}", ""],
        [
            "tokens",
            " / ".join(str(figures["tokens"][k]) for k in ("input", "cached", "output")),
            "input / cached / output",
        ],
        [
            "calls",
            " / ".join(str(figures["calls"][k]) for k in ("sent", "received", "failed", "unknown")),
            "sent / received / failed / unknown",
        ],
        ["findings", ", ".join(f"{n} {k}" for k, n in figures["findings"]["by_severity"].items()) or "none", ""],
    ]
    table(["figure", "value", "unit"], rows, right=(1,))
    total = max(figures["words"], 1)
    text()
    leverage = [[k.replace("_", "-"), str(n), f"{100 * n / total:.1f} %"] for k, n in figures["leverage"].items() if n]
    table(["words by origin", "words", "share"], leverage, right=(1, 2))
    text()
    stages = [
        [name, str(s["documents"]), str(s["pages"]), str(s["words"]), str(s["segments"]), f"{s['machine_seconds']:.2f}", str(s["words_per_hour"]), str(s["pages_per_day"])]
        for name, s in figures["stages"].items()
    ]  # fmt: skip
    table(
        ["stage", "documents", "pages", "words", "segments", "machine s", "words/h", "pages/day"],
        stages,
        right=(1, 2, 3, 4, 5, 6, 7),
    )
