"""Changes of a draft for programs: the report, and a new version of the sources. Imports FastAPI, the steps and dispatch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from docpipe.accounts.roles import Action, User
from docpipe.dispatch import hand_over
from docpipe.steps.change import follow_uploaded
from docpipe.steps.change_report import change_report
from docpipe.steps.house import House
from docpipe.web.session import HouseDep, Person, needs
from docpipe.web.uploads import Received, received

router = APIRouter(prefix="/api/v1", tags=["batches"])
Submitter = Annotated[User, needs(Action.SUBMIT)]
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array", "items": {"type": "string", "format": "binary"},
                            "description": "The new version; the file name may hold a relative path.",
                        },
                        "partial": {"type": "string", "enum": ["1"], "description": "Only some files: all others stay."},
                        "name": {"type": "string"},
                    },
                }
            }
        },
    }
}  # fmt: skip


@router.get("/batches/{batch}/changes")
def changes(house: HouseDep, user: Person, batch: str) -> JSONResponse:
    """What changed since the batch that this one follows: facts, passages, rows as they stand, translations."""
    return JSONResponse({"ok": True, **change_report(house, batch)})


@router.post("/batches/{batch}/changes", status_code=202, openapi_extra=FORM)
async def follow(request: Request, house: HouseDep, user: Submitter, batch: str) -> JSONResponse:
    """Makes the batch that follows with a new version of the sources, and starts it."""
    async with received(request, house.settings.home) as upload:
        told = await run_in_threadpool(_followed, house, user, batch, upload)
    return JSONResponse(told, 202)


def _followed(house: House, user: User, batch: str, upload: Received) -> dict[str, Any]:
    made = follow_uploaded(
        house, user, batch, upload.files, name=upload.one("name"), partial=upload.one("partial") == "1"
    )
    return {"ok": True, "batch": made.id, "follows": batch, "started": hand_over(house, made.id)}
