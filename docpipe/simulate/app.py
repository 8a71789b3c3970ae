"""The simulated provider as an application: its interfaces, its bill, and its faults and limits at run time. Imports its room only.

This module is imported lazily, since Starlette is slow to import.
"""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from docpipe.errors import BadSetting
from docpipe.simulate.batches import routes as batch_routes
from docpipe.simulate.billing import Bill
from docpipe.simulate.faults import Script
from docpipe.simulate.responses import routes as response_routes
from docpipe.simulate.server import chat, error
from docpipe.simulate.simulation import Simulation

__all__ = ["create_app"]


def create_app(sim: Simulation) -> Starlette:
    """The application. ``/bill`` tells what it charged, ``/faults`` and ``/limits`` change it while it runs."""

    async def completions(request: Request) -> Response:
        return await chat(sim, request)

    async def models(request: Request) -> Response:
        names = sim.models or ("simulated",)
        return JSONResponse(
            {"object": "list", "data": [{"id": n, "object": "model", "owned_by": "docpipe"} for n in names]}
        )

    async def bill(request: Request) -> Response:
        if request.method == "DELETE":
            sim.bill = Bill(sim.bill.prices, in_flight=sim.bill.in_flight)
            sim.accounts.clear()
        return JSONResponse(sim.statement())

    async def faults(request: Request) -> Response:
        if request.method == "PUT":
            text = (await request.body()).decode("utf-8", "replace")
            try:
                sim.script = Script.parse(text, None if "seed" in text else sim.script.seed)
            except BadSetting as wrong:
                return error(sim, 400, wrong.code, wrong.message)
            sim.script_text = text
        return PlainTextResponse(sim.script_text, media_type="application/toml")

    async def limits(request: Request) -> Response:
        if request.method == "PUT":
            try:
                sim.change(dict(json.loads(await request.body())))
            except BadSetting as wrong:
                return error(sim, 400, wrong.code, wrong.message)
            except (ValueError, TypeError):
                return error(sim, 400, "invalid_request_error", "The limits are a JSON object.")
        return JSONResponse(sim.limits())

    return Starlette(
        routes=[
            Route("/v1/chat/completions", completions, methods=["POST"]),
            Route("/openai/v1/chat/completions", completions, methods=["POST"]),
            Route("/openai/deployments/{deployment}/chat/completions", completions, methods=["POST"]),
            Route("/v1/models", models, methods=["GET"]),
            Route("/bill", bill, methods=["GET", "DELETE"]),
            Route("/faults", faults, methods=["GET", "PUT"]),
            Route("/limits", limits, methods=["GET", "PUT"]),
            *batch_routes(sim),
            *response_routes(sim),
        ]
    )
