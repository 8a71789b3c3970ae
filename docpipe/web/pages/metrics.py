"""`/metrics` for Prometheus. Imports FastAPI, the steps and the session."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from docpipe.accounts.roles import Action, require
from docpipe.flowruns import runners
from docpipe.steps.gauges import Metric, metrics
from docpipe.web.prometheus import CONTENT_TYPE, write
from docpipe.web.session import HouseDep, identity_of, public

router = APIRouter()


@router.get("/metrics", dependencies=[public()])
def scrape(request: Request, house: HouseDep) -> Response:
    """Counts and seconds of the installation. Needs a token or a session, unless the setting ``metrics_public`` says otherwise."""
    if not house.settings.metrics_public:
        found = identity_of(request)
        if found is None:
            said = "Send a personal token (Authorization: Bearer …), or set DOCPIPE_METRICS_PUBLIC=true.\n"
            return PlainTextResponse(said, 401, headers={"www-authenticate": "Bearer"})
        require(found.user.roles, Action.READ)
    families = metrics(house)
    up = runners(house.settings)
    seen = up is not None and up.seen(house.now())
    families.append(
        Metric("docpipe_runner_up", "gauge", "Whether a runner or worker asks for flow runs.", [((), float(seen))])
    )
    return Response(write(families), media_type=CONTENT_TYPE)
