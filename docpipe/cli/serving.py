"""`docpipe serve`: keeps a Prefect server and a runner with the flows on this machine. Imports dispatch lazily."""

from __future__ import annotations

from typing import Annotated

import typer

from docpipe.cli.door import DONE, Json, out, say, text


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("serve")(serve)
    app.command("deploy")(deploy)


def serve(
    port: Annotated[int, typer.Option("--prefect-port", help="Port of the Prefect server on this machine.")] = 4200,
    runs: Annotated[int, typer.Option("--runs", help="Flow runs at once.", min=1)] = 2,
    as_json: Json = False,
) -> int:
    """Keeps a Prefect server and a runner up until it is stopped: after the last signature a batch goes on by itself.

    Example: docpipe serve
    """
    from docpipe.cli.session import open_for_command
    from docpipe.serving import supervise

    house = open_for_command()

    def ready(address: str) -> None:
        if as_json:
            out({"prefect": address})
        say(f"Prefect at {address}; flows are served. Ctrl+C stops both.")

    supervise(house, port=port, runs=runs, ready=ready, say=say)
    return DONE


def deploy(
    work_pool: Annotated[str, typer.Option("--work-pool", help="A work pool of type process of the Prefect server.")],
    as_json: Json = False,
) -> int:
    """Registers the flows with a work pool, whose workers run on machines with docpipe and the same settings.

    Example: docpipe deploy --work-pool submissions
    """
    from docpipe.cli.session import open_for_command
    from docpipe.serving import deploy_flows

    deploy_flows(open_for_command(), work_pool, say)
    if as_json:
        out({"deployed": True, "work_pool": work_pool})
    else:
        text(f"Deployed. On each machine: prefect worker start --pool {work_pool}")
    return DONE
