"""`docpipe simulate`: an OpenAI-compatible provider for rehearsals, load tests and capacity planning. Imports simulate lazily."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from docpipe.cli.door import DONE, Json, out, say


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("simulate")(simulate)


def simulate(
    port: Annotated[int, typer.Option("--port", help="Port on this machine; 0 chooses a free one.")] = 8900,
    script: Annotated[Path | None, typer.Option("--script", help="TOML file with faults.")] = None,
    latency: Annotated[str, typer.Option("--latency", help="fixed:SECONDS or lognormal:MEDIAN,SIGMA.")] = "fixed:0",
    tpm: Annotated[int, typer.Option("--tpm", help="Tokens a minute; 0 = no limit.")] = 0,
    rpm: Annotated[int, typer.Option("--rpm", help="Requests a minute; 0 = no limit.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of faults and latency.")] = 0,
    as_json: Json = False,
) -> int:
    """Serves a simulated model until it is stopped: answers are computed from the request, its bill is at /bill.

    Example: docpipe simulate --port 8900 --latency lognormal:0.5,0.3 --rpm 500
    """
    from docpipe.simulate import serve

    def ready(address: str) -> None:
        if as_json:
            out({"address": address})
        say(f"Simulated provider at {address} (any key, any model name); Ctrl+C stops it.")

    serve(port=port, script=script or "", latency=latency, tpm=tpm, rpm=rpm, seed=seed, on_ready=ready)
    return DONE
