"""`docpipe serve`: keeps the page, a Prefect server and a runner with the flows on this machine. Imports dispatch lazily."""

from __future__ import annotations

from typing import Annotated

import typer

from docpipe.cli.door import DONE, Json, out, say, text


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("serve")(serve)
    app.command("deploy")(deploy)


def serve(
    port: Annotated[
        int | None, typer.Option("--port", help="Port of the page; 0 = any free one. Default: 8760.")
    ] = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1.")] = None,
    prefect_port: Annotated[
        int, typer.Option("--prefect-port", help="Port of the Prefect server on this machine.")
    ] = 4200,
    runs: Annotated[int, typer.Option("--runs", help="Flow runs at once.", min=1)] = 2,
    as_json: Json = False,
) -> int:
    """Keeps the page, a Prefect server and a runner up until it is stopped; the first start makes the first administrator.

    Example: docpipe serve
    """
    from docpipe.cli.session import open_for_command
    from docpipe.serving import Ready, supervise
    from docpipe.steps.people import first_administrator

    house = open_for_command(web_host=host)
    first = first_administrator(house)

    def ready(found: Ready) -> None:
        address = house.settings.public_url or found.page
        if as_json:
            given = {"name": first[0], "one_time_password": first[1]} if first else None
            out({"page": address, "prefect": found.prefect, "first_administrator": given})
        if first:
            say(f"First administrator: {first[0]}, one-time password {first[1]} (to be changed at the first sign-in).")
        say(
            f"The page: {address}   Prefect: {found.prefect}   Ctrl+C stops everything; work goes on at the next start."
        )

    supervise(
        house,
        port=house.settings.web_port if port is None else port,
        prefect_port=prefect_port,
        runs=runs,
        ready=ready,
        say=say,
    )
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
