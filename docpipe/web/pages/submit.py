"""Submitting: files, choices, the estimate, and the confirmation that makes a batch. Imports FastAPI, the steps and this room's modules."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import DocpipeError
from docpipe.llm.pricing import priced_models
from docpipe.steps import reckoning, submissions
from docpipe.steps.house import House
from docpipe.store.submissions import Submission, SubmissionState
from docpipe.web import orders
from docpipe.web.render import fragment, page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, needs
from docpipe.web.uploads import received

router = APIRouter()
Submitter = Annotated[User, needs(Action.SUBMIT)]

LANGUAGES = {
    "en": "English", "zh-CN": "Chinese, simplified", "zh-TW": "Chinese, traditional", "ja": "Japanese", "ko": "Korean", "es": "Spanish",
    "de": "German", "fr": "French", "it": "Italian", "pt-BR": "Portuguese, Brazil", "pt": "Portuguese", "nl": "Dutch", "pl": "Polish",
    "ru": "Russian", "tr": "Turkish", "ar": "Arabic", "he": "Hebrew",
}  # fmt: skip
"""Offered in the form; any BCP 47 code may be typed."""
PURPOSES = {
    "first": "first request", "re-ask": "re-ask", "alignment": "alignment look", "second-look": "second look", "brief": "brief",
    "back-translation": "back-translation",
}  # fmt: skip
CLASSES = {
    "previous": "From the previous version", "in_context": "Memory, in context", "exact": "Memory, exact", "fuzzy": "Memory, fuzzy",
    "repetition": "Repetition", "model": "By the model", "pseudo": "By a person (rehearsal)", "no_text": "Nothing to translate",
    "engine": "By an engine", "program": "Program text, from facts", "human": "By a person", "none": "No target yet",
}  # fmt: skip
QUICK_SECONDS = 1.5
"""So long the answer to an upload waits for its estimate: small submissions show it at once."""
ENDED = 286
"""htmx stops asking when it gets this status."""


def _offered(house: House) -> dict[str, Any]:
    settings = house.settings
    return {
        "languages": LANGUAGES, "profiles": list(submissions.named_profiles(house)), "provider": settings.chosen_provider,
        "model": settings.model, "models": priced_models(),
    }  # fmt: skip


@router.get("/submit")
def form(request: Request, house: HouseDep, user: Submitter) -> HTMLResponse:
    """The form, and what is staged already."""
    return page(
        request, "submit/form.html", user=user, chosen={}, error=None, opened=submissions.opened(house, user), **_offered(house)
    )  # fmt: skip


@router.post("/submit")
async def submit(request: Request, house: HouseDep, user: Submitter) -> Response:
    """Takes the upload in and shows its estimate; a refused one shows the form again with the reason."""
    chosen: dict[str, str] = {}
    try:
        async with received(request, house.settings.home) as upload:
            chosen = {name: values[0] for name, values in upload.fields.items()}
            made = await run_in_threadpool(orders.staged, house, user, upload)
    except DocpipeError as error:
        refused = await run_in_threadpool(_again, request, house, user, chosen, error)
        refused.headers["connection"] = "close"  # what was not read of the body is nobody's
        return refused
    await run_in_threadpool(reckoning.start, house, made.id, wait=QUICK_SECONDS)
    return redirect(request, f"/submissions/{made.id}")


def _again(request: Request, house: House, user: User, chosen: dict[str, str], error: DocpipeError) -> HTMLResponse:
    return page(
        request, "submit/form.html", user=user, status=status_of(error), chosen=chosen, error=error.as_dict(),
        opened=submissions.opened(house, user), **_offered(house),
    )  # fmt: skip


def _shown(submission: Submission) -> dict[str, Any]:
    now = submission.ordered.get("estimate") or {"state": "none"}
    return {
        "submission": submission, "ordered": submission.ordered, "estimate": now, "result": now.get("result"), "classes": CLASSES,
        "purposes": PURPOSES,
        "documents": submission.of(submissions.DOCUMENT),
        "assets": [f for f in submission.files if f.role != submissions.DOCUMENT],
        "days": submissions.DAYS, "again": submission.ordered.get("again"),
    }  # fmt: skip


def _current(house: House, submission: str, user: User) -> Submission:
    """The submission, its estimate under way: one that a restart interrupted is started again."""
    found = submissions.get(house, submission, user)
    if found.state is SubmissionState.OPEN and reckoning.needed(found):
        reckoning.start(house, submission, wait=QUICK_SECONDS)
        found = submissions.get(house, submission, user)
    return found


@router.get("/submissions/{submission}")
def shown(request: Request, house: HouseDep, user: Submitter, submission: str) -> Response:
    """The staged submission with its estimate."""
    found = _current(house, submission, user)
    if found.state is SubmissionState.CONFIRMED:
        return redirect(request, f"/batches/{found.batch}")
    return page(request, "submit/submission.html", user=user, error=None, **_shown(found), **_offered(house))


@router.get("/submissions/{submission}/estimate")
def progress(request: Request, house: HouseDep, user: Submitter, submission: str) -> Response:
    """The estimate as it stands, for the page to show while it is made."""
    context = _shown(_current(house, submission, user))
    running = context["estimate"]["state"] == "running"
    return HTMLResponse(fragment(request, "submit/_estimate.html", user=user, **context), 200 if running else ENDED)


@router.post("/submissions/{submission}/estimate")
def reckon(request: Request, house: HouseDep, user: Submitter, submission: str) -> Response:
    """Makes an estimate that failed anew."""
    found = submissions.get(house, submission, user)
    reckoning.forget(house, found.id)
    reckoning.start(house, submission, wait=QUICK_SECONDS)
    return redirect(request, f"/submissions/{submission}")


@router.post("/submissions/{submission}/choices")
async def rechoose(request: Request, house: HouseDep, user: Submitter, submission: str) -> Response:
    """Other choices for the files that are staged; the estimate is made anew."""
    fields = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_rechoose, request, house, user, submission, fields)


def _rechoose(request: Request, house: House, user: User, submission: str, fields: dict[str, str]) -> Response:
    found = submissions.get(house, submission, user)
    try:
        chosen = orders.choices(house, fields, found.ordered.get("profile"))
        submissions.rechoose(house, submission, user, chosen)
    except DocpipeError as error:
        return page(
            request, "submit/submission.html", user=user, status=status_of(error), error=error.as_dict(), **_shown(found),
            **_offered(house),
        )  # fmt: skip
    reckoning.start(house, submission, wait=QUICK_SECONDS)
    return redirect(request, f"/submissions/{submission}", said="Your choices were changed; the estimate is made anew.")


@router.post("/submissions/{submission}/confirm")
def confirm(request: Request, house: HouseDep, user: Submitter, submission: str) -> Response:
    """Makes the batch and starts it where a runner is up."""
    batch, started = orders.confirmed(house, submission, user)
    said = (
        "The batch is made and started." if started else "The batch is made. No runner is up: it waits to be started."
    )
    return redirect(request, f"/batches/{batch}", said=said)


@router.post("/submissions/{submission}/discard")
def discard(request: Request, house: HouseDep, user: Submitter, submission: str) -> Response:
    """Gives the submission up."""
    submissions.discard(house, submission, user)
    return redirect(request, "/submit", said="The submission was discarded.")
