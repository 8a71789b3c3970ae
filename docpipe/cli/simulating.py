"""`docpipe simulate`: an OpenAI-compatible provider for rehearsals, load tests and capacity planning. Imports simulate lazily."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from docpipe.cli.door import DONE, Json, out, say
from docpipe.errors import UsageError


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("simulate")(simulate)


def simulate(
    port: Annotated[int, typer.Option("--port", help="Port on this machine; 0 chooses a free one.")] = 8900,
    script: Annotated[Path | None, typer.Option("--script", help="TOML file with faults.")] = None,
    latency: Annotated[
        str, typer.Option("--latency", help="Until the first token: fixed:SECONDS or lognormal:MEDIAN,SIGMA.")
    ] = "fixed:0",
    speed: Annotated[float, typer.Option("--speed", help="Tokens a second of one answer; 0 = at once.")] = 0.0,
    tpm: Annotated[int, typer.Option("--tpm", help="Tokens a minute of each key and model; 0 = no limit.")] = 0,
    rpm: Annotated[int, typer.Option("--rpm", help="Requests a minute of each key and model; 0 = no limit.")] = 0,
    burst: Annotated[float, typer.Option("--burst", help="Share of a minute's limit that may be used at once.")] = 0.1,
    batch_seconds: Annotated[float, typer.Option("--batch-seconds", help="How long an overnight job takes.")] = 60.0,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="Accept this key only: KEY or KEY:RPM:TPM; may be given again.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of faults and latency.")] = 0,
    as_json: Json = False,
) -> int:
    """Serves a simulated model until it is stopped: answers are computed from the request, its bill is at /bill.

    Example: docpipe simulate --port 8900 --latency lognormal:0.5,0.6 --speed 80 --rpm 500 --tpm 400000
    """
    from docpipe.llm.pricing import priced_models, prices
    from docpipe.simulate import serve

    def ready(address: str) -> None:
        if as_json:
            out({"address": address})
        say(f"Simulated provider at {address} (any model name); Ctrl+C stops it.")
        root = address.removesuffix("/v1")
        say(f"Its bill: {root}/bill. PUT {root}/faults (TOML) and {root}/limits (JSON) change it while it runs.")

    priced = {m: p for m in priced_models() if (p := prices(m)) is not None}
    serve(
        port=port, script=script or "", latency=latency, speed=speed, tpm=tpm, rpm=rpm, burst=burst, seed=seed,
        batch_seconds=batch_seconds,
        keys=dict(_key(k) for k in key or []), prices=priced, on_ready=ready,
    )  # fmt: skip
    return DONE


def _key(given: str) -> tuple[str, tuple[int, int] | None]:
    """A key with its own limits, or None for those of all."""
    name, _, rest = given.partition(":")
    if not rest:
        return name, None
    rpm, _, tpm = rest.partition(":")
    if not (name and rpm.isdigit() and tpm.isdigit()):
        raise UsageError("Give --key as KEY or KEY:RPM:TPM.")
    return name, (int(rpm), int(tpm))
