"""What Prefect knows of a batch's runs and of the runners, asked over its REST API, with links into its pages. Imports settings and httpx.

Nothing here is a record: a Prefect server that is away or was emptied makes the lists shorter and nothing else wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from docpipe.flowserver import standing
from docpipe.settings import Settings

DEPLOYMENT = ("translate-batch", "docpipe")
"""Flow and deployment as `docpipe serve` and `docpipe deploy` register them."""
DRAFTING = ("draft-batch", "docpipe")
"""The same of drafting batches."""
CHECKING = ("check-batch", "docpipe")
"""The same of batches that check a report."""
OF_KIND = {"draft": DRAFTING, "check": CHECKING}
"""By the kind of a recipe, where it is not the first."""
SECONDS = 2.0
SEEN_SECONDS = 90.0
"""A runner asks for work every ten seconds or so: one that has not for this long is away."""


@dataclass(frozen=True, slots=True)
class FlowRun:
    """A run of a batch's flow. ``link``: its page in Prefect, for the browser of a person."""

    id: str
    name: str
    state: str
    message: str
    started: datetime | None
    ended: datetime | None
    link: str


@dataclass(frozen=True, slots=True)
class Runners:
    """Whether somebody asks for runs. ``polled``: last time a runner or worker did, by Prefect's record."""

    api: str
    pages: str
    answers: bool
    polled: datetime | None
    scheduled: int
    running: int

    def seen(self, now: datetime) -> bool:
        """Whether a runner has asked for work lately."""
        return self.polled is not None and (now - self.polled).total_seconds() < SEEN_SECONDS


def run_name(batch: str, kind: str = "translate") -> str:
    """The name of every run of a batch, by which Prefect's pages find them. ``kind``: of its recipe."""
    return f"{kind}-{batch}"


def api_address(settings: Settings) -> str:
    """The API of the Prefect server in use: the one that is set, or the one that runs for this installation; "" for none."""
    if settings.prefect_api_url:
        return settings.prefect_api_url.rstrip("/")
    found = standing(settings.home / "prefect")
    return found.api if found else ""


def pages_address(settings: Settings, api: str) -> str:
    """Where people find Prefect's pages: as set, else beside its API."""
    return (settings.prefect_ui_url or api.removesuffix("/api")).rstrip("/")


def runs_of(settings: Settings, batch: str, most: int = 20) -> list[FlowRun]:
    """The batch's runs, the latest first; none where Prefect cannot be asked."""
    api = api_address(settings)
    wanted = {
        "flow_runs": {"name": {"any_": [run_name(batch, kind) for kind in ("translate", *OF_KIND)]}},
        "sort": "EXPECTED_START_TIME_DESC",
        "limit": most,
    }
    found = _ask(settings, api, "POST", "/flow_runs/filter", wanted) if api else None
    pages = pages_address(settings, api)
    return [_run(one, pages) for one in found or [] if isinstance(one, dict)]


def runners(settings: Settings) -> Runners | None:
    """The state of the Prefect server and of whoever runs the flows; None where no server is set or up."""
    api = api_address(settings)
    if not api:
        return None
    flow, name = DEPLOYMENT
    found = _ask(settings, api, "GET", f"/deployments/name/{flow}/{name}")
    counts = {kind: _count(settings, api, kind) for kind in ("SCHEDULED", "RUNNING")}
    answers = any(n is not None for n in counts.values())
    polled = _time(found.get("last_polled")) if isinstance(found, dict) else None
    return Runners(api, pages_address(settings, api), answers, polled, counts["SCHEDULED"] or 0, counts["RUNNING"] or 0)


def _count(settings: Settings, api: str, kind: str) -> int | None:
    wanted = {
        "flows": {"name": {"any_": [DEPLOYMENT[0], *(d[0] for d in OF_KIND.values())]}},
        "flow_runs": {"state": {"type": {"any_": [kind]}}},
    }
    found = _ask(settings, api, "POST", "/flow_runs/count", wanted)
    return found if isinstance(found, int) else None


def _ask(settings: Settings, api: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer as JSON types; None for any that is not 200 or does not come in time."""
    import httpx

    key = settings.prefect_api_key.get_secret_value()
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        answer = httpx.request(method, api + path, json=body, headers=headers, timeout=SECONDS)
        return answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError):
        return None


def _run(found: dict[str, Any], pages: str) -> FlowRun:
    state = found.get("state") or {}
    return FlowRun(
        str(found.get("id", "")), str(found.get("name", "")), str(state.get("name") or found.get("state_name") or ""),
        str(state.get("message") or "")[:300], _time(found.get("start_time")), _time(found.get("end_time")),
        f"{pages}/runs/flow-run/{found.get('id', '')}",
    )  # fmt: skip


def _time(given: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(given).replace("Z", "+00:00"))
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
