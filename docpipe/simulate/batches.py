"""The simulated provider's Files and Batch API: a job takes its time, costs half, and can fail in part or as a whole. Imports its room only.

Faults of a script act on each line as on a call (a status becomes a line of the error file, a broken connection a missing line), and on
the job itself: ``batch_expired`` after half of its lines, ``batch_failed`` at once; ``batch_drop`` leaves a line out.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from docpipe.simulate.answers import last_user_text
from docpipe.simulate.responses import answer_body, chat_body
from docpipe.simulate.server import completion, error, key_of
from docpipe.simulate.simulation import Simulation

__all__ = ["HALF", "routes"]

HALF = 0.5
"""Share of the price of an answer in a job."""
_PREFIXES = ("/v1", "/openai", "/openai/v1")
_MISSING = ("reset", "half_body", "not_json", "hang", "batch_drop")
_OF_THE_JOB = ("batch_expired", "batch_failed")
_MOST_REQUESTS, _MOST_BYTES = 50_000, 200_000_000


@dataclass(slots=True)
class _File:
    id: str
    name: str
    purpose: str
    data: bytes
    made: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "object": "file", "bytes": len(self.data), "created_at": self.made, "filename": self.name,
            "purpose": self.purpose, "status": "processed",
        }  # fmt: skip


@dataclass(slots=True)
class _Job:
    id: str
    endpoint: str
    input: str
    metadata: dict[str, str]
    made: int
    key: str
    status: str = "validating"
    total: int = 0
    completed: int = 0
    failed: int = 0
    output: str = ""
    errors_file: str = ""
    error: str = ""
    task: asyncio.Task[None] | None = None

    def as_dict(self) -> dict[str, Any]:
        wrong = {
            "object": "list",
            "data": [{"code": self.error, "message": "The job failed.", "line": None, "param": None}],
        }
        return {
            "id": self.id, "object": "batch", "endpoint": self.endpoint, "input_file_id": self.input, "completion_window": "24h",
            "status": self.status, "output_file_id": self.output or None, "error_file_id": self.errors_file or None,
            "created_at": self.made, "expires_at": self.made + 86400, "metadata": self.metadata,
            "errors": wrong if self.error else None,
            "request_counts": {"total": self.total, "completed": self.completed, "failed": self.failed},
        }  # fmt: skip


@dataclass(slots=True)
class _Desk:
    """Files and jobs of one simulated provider."""

    sim: Simulation
    files: dict[str, _File] = field(default_factory=dict)
    jobs: dict[str, _Job] = field(default_factory=dict)

    def keep(self, name: str, purpose: str, data: bytes) -> _File:
        made = _File(f"file-{len(self.files) + 1:06}-{time.time_ns():x}", name, purpose, data, int(time.time()))
        self.files[made.id] = made
        return made

    # ------------------------------------------------------------ a job

    async def work(self, job: _Job, lines: list[dict[str, Any]], fate: str) -> None:
        """Answers the lines one after the other over the time a job takes; then, or when it is stopped, writes its files."""
        out, wrong = list[bytes](), list[bytes]()
        job.status = "in_progress"
        lines_done = 0
        until = len(lines) // 2 if fate == "batch_expired" else len(lines)
        began, seconds = time.monotonic(), self.sim.batch_seconds
        for number, line in enumerate(lines[:until], 1):
            pause = began + seconds * number / max(1, len(lines)) - time.monotonic()
            if pause > 0 or number % 20 == 0:
                await asyncio.sleep(max(0.0, pause))
            if job.status == "cancelling":
                break
            self._line(job, line, out, wrong)
            lines_done = number
        job.status = {"cancelling": "cancelled"}.get(job.status, "expired" if fate else "completed")
        for line in lines[lines_done:]:
            gone = {
                "code": "batch_cancelled" if job.status == "cancelled" else "batch_expired",
                "message": "Not answered.",
            }
            wrong.append(_row(line, None, gone))
            job.failed += 1
        job.output = self.keep(f"{job.id}_output.jsonl", "batch_output", b"".join(out)).id if out else ""
        job.errors_file = self.keep(f"{job.id}_error.jsonl", "batch_output", b"".join(wrong)).id if wrong else ""

    def _line(self, job: _Job, line: dict[str, Any], out: list[bytes], wrong: list[bytes]) -> None:
        sim, call = self.sim, next(self.sim.numbers)
        thinks = job.endpoint.endswith("/responses")
        body = chat_body(line["body"]) if thinks else line["body"]
        model = str(body.get("model") or "")
        chosen = sim.script.choose(call, last_user_text(body["messages"]))
        if chosen and chosen[0].kind in _OF_THE_JOB:
            chosen = None
        kind = chosen[0].kind if chosen else ""
        if kind:
            sim.bill.faults[kind] += 1
        if kind in _MISSING:
            job.failed += 1
            return
        if kind.isdigit() or kind == "refuse":
            status = 400 if kind == "refuse" else int(kind)
            code = {"refuse": "content_filter", "429": "rate_limit_exceeded"}.get(kind, "server_error")
            said = {"error": {"message": "A scripted fault.", "type": code, "param": None, "code": code}}
            wrong.append(_row(line, {"status_code": status, "request_id": f"req_{call}", "body": said}, None))
            job.failed += 1
            return
        answer = sim.answer(body, chosen)
        sim.prefixes.keep(answer.prompt_text)
        sim.bill.charge(model, answer.prompt, answer.cached, answer.completion, key=job.key, factor=HALF)
        sim.bill.by_status["batch"] += 1
        made = json.loads((answer_body if thinks else completion)(call, model, answer))
        out.append(_row(line, {"status_code": 200, "request_id": f"req_{call}", "body": made}, None))
        job.completed += 1


def _row(line: dict[str, Any], response: dict[str, Any] | None, wrong: dict[str, str] | None) -> bytes:
    row = {"id": f"batch_req_{line['custom_id']}", "custom_id": line["custom_id"], "response": response, "error": wrong}
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _lines(data: bytes, endpoint: str) -> tuple[list[dict[str, Any]], str]:
    """The requests of a file, or the code of what is wrong with it."""
    try:
        lines = [json.loads(row) for row in data.decode("utf-8").split("\n") if row]
        urls = {str(line["url"]) for line in lines}
        models = {str(line["body"].get("model") or "") for line in lines}
        names = {str(line["custom_id"]) for line in lines}
        for line in lines:
            (chat_body(line["body"]) if endpoint.endswith("/responses") else line["body"])["messages"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [], "invalid_json_line"
    if not lines or len(lines) > _MOST_REQUESTS or len(data) > _MOST_BYTES:
        return [], "too_many_tasks" if lines else "empty_file"
    if len(names) != len(lines):
        return [], "duplicate_custom_id"
    if urls != {endpoint}:
        return [], "mismatched_url"
    return (lines, "") if len(models) == 1 else ([], "mismatched_model")


def routes(sim: Simulation) -> list[Route]:
    """The addresses of files and batches, with a store of their own."""
    desk = _Desk(sim)

    def guarded(does: Any) -> Any:
        async def handler(request: Request) -> Response:
            if not sim.accepts(key_of(request)):
                return error(sim, 401, "invalid_api_key", "Incorrect API key provided.")
            answer: Response = await does(desk, request)
            return answer

        return handler

    plan = [
        ("/files", _upload, "POST"), ("/files", _list_files, "GET"), ("/files/{file}", _file, "GET"),
        ("/files/{file}", _delete, "DELETE"), ("/files/{file}/content", _content, "GET"), ("/batches", _create, "POST"),
        ("/batches", _list_jobs, "GET"), ("/batches/{job}", _job, "GET"), ("/batches/{job}/cancel", _cancel, "POST"),
    ]  # fmt: skip
    return [
        Route(prefix + path, guarded(does), methods=[method]) for prefix in _PREFIXES for path, does, method in plan
    ]


async def _upload(desk: _Desk, request: Request) -> Response:
    form = await request.form(max_part_size=_MOST_BYTES)
    file = form.get("file")
    if not isinstance(file, UploadFile):
        return error(desk.sim, 400, "invalid_request_error", "There is no file.")
    kept = desk.keep(str(file.filename or "file"), str(form.get("purpose") or ""), await file.read())
    return JSONResponse(kept.as_dict())


async def _list_files(desk: _Desk, request: Request) -> Response:
    purpose = request.query_params.get("purpose")
    found = [f.as_dict() for f in desk.files.values() if not purpose or f.purpose == purpose]
    return JSONResponse({"object": "list", "data": found[::-1], "has_more": False})


def _unknown(desk: _Desk) -> Response:
    return error(desk.sim, 404, "not_found", "There is nothing with this id.")


async def _file(desk: _Desk, request: Request) -> Response:
    found = desk.files.get(request.path_params["file"])
    return JSONResponse(found.as_dict()) if found else _unknown(desk)


async def _delete(desk: _Desk, request: Request) -> Response:
    found = desk.files.pop(request.path_params["file"], None)
    return JSONResponse({"id": found.id, "object": "file", "deleted": True}) if found else _unknown(desk)


async def _content(desk: _Desk, request: Request) -> Response:
    found = desk.files.get(request.path_params["file"])
    return Response(found.data, media_type="application/octet-stream") if found else _unknown(desk)


async def _create(desk: _Desk, request: Request) -> Response:
    try:
        given = json.loads(await request.body())
        file, endpoint = desk.files.get(str(given["input_file_id"])), str(given["endpoint"])
    except (ValueError, KeyError, TypeError):
        return error(desk.sim, 400, "invalid_request_error", "The body is not about a batch.")
    if file is None or file.purpose != "batch":
        return error(desk.sim, 400, "invalid_request_error", "The input file is not there.")
    lines, wrong = _lines(file.data, endpoint)
    chosen = desk.sim.script.choose(next(desk.sim.numbers), "")
    fate = chosen[0].kind if chosen and chosen[0].kind in _OF_THE_JOB else ""
    if fate:
        desk.sim.bill.faults[fate] += 1
    metadata = {str(k): str(v) for k, v in (given.get("metadata") or {}).items()}
    name = f"batch_{len(desk.jobs) + 1:06}_{time.time_ns():x}"
    job = _Job(name, endpoint, file.id, metadata, int(time.time()), key_of(request), total=len(lines))
    desk.jobs[job.id] = job
    if wrong or fate == "batch_failed":
        job.status, job.error = "failed", wrong or "token_limit_exceeded"
    else:
        job.task = asyncio.get_running_loop().create_task(desk.work(job, lines, fate))
    return JSONResponse(job.as_dict())


async def _list_jobs(desk: _Desk, request: Request) -> Response:
    found = list(desk.jobs.values())[::-1]
    after = request.query_params.get("after")
    start = next((n for n, job in enumerate(found, 1) if job.id == after), 0)
    limit = int(request.query_params.get("limit") or 20)
    some = found[start : start + limit]
    return JSONResponse(
        {
            "object": "list", "data": [job.as_dict() for job in some], "has_more": start + limit < len(found),
            "first_id": some[0].id if some else None, "last_id": some[-1].id if some else None,
        }
    )  # fmt: skip


async def _job(desk: _Desk, request: Request) -> Response:
    found = desk.jobs.get(request.path_params["job"])
    return JSONResponse(found.as_dict()) if found else _unknown(desk)


async def _cancel(desk: _Desk, request: Request) -> Response:
    found = desk.jobs.get(request.path_params["job"])
    if found is None:
        return _unknown(desk)
    if found.status in ("validating", "in_progress"):
        found.status = "cancelling"
    return JSONResponse(found.as_dict())
