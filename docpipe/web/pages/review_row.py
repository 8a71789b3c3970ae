"""One row with all that can be done about it, as plain forms: what the grid does by script, without any. Imports FastAPI, the steps.

What is refused comes back with the typed text in its field; where somebody else was quicker, both texts are shown.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.errors import DocpipeError, ReviewRefused, StaleRow
from docpipe.model.diff import word_diff
from docpipe.steps import back_translation, bulk, decide, discuss, effort, review, review_queue, rows
from docpipe.steps.house import House
from docpipe.steps.review import Typed
from docpipe.steps.rows import Filter
from docpipe.store.efforts import Mark
from docpipe.web import grid_view
from docpipe.web.filters import Wanted, query_of
from docpipe.web.render import page, redirect, url
from docpipe.web.row_text import braced, difference, row_text, unbraced
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, Person, needs

router = APIRouter()

Worker = Annotated[User, needs(Action.EDIT, Action.APPROVE, Action.REJECT, Action.DISMISS)]
Text = Annotated[str, Form(max_length=review.MOST_CHARACTERS * 2)]
Words = Annotated[str, Form(max_length=discuss.MOST_CHARACTERS)]
Name = Annotated[str, Form(max_length=80)]


@router.get("/documents/{document}/rows/{segment}/edit")
def row(request: Request, house: HouseDep, user: Person, document: str, segment: str, wanted: Wanted) -> HTMLResponse:
    """The row's page; having it on the screen counts as displayed."""
    answer = _page(request, house, user, document, segment, wanted)
    effort.report(house, document, user, [Mark(segment, shown=True)])
    return answer


def _page(
    request: Request, house: House, user: User, document: str, segment: str, wanted: Filter,
    error: DocpipeError | None = None, typed: str | None = None, seen: int | None = None,
) -> HTMLResponse:  # fmt: skip
    head = review_queue.head(house, document)
    shown = rows.one(house, document, segment, user)
    stale = isinstance(error, StaleRow) and typed is not None
    kept = shown["draft"]
    text = (
        typed
        if typed is not None
        else kept["target"]
        if kept and kept["target"] != shown["target"]
        else shown["target"]
    )
    machine = next(
        (r for r in reversed(shown["history"]) if r["target"] and r["origin"]["kind"] not in ("human", "none")), None
    )
    approved = next(
        (r for r in reversed(shown["history"]) if r["status"] == "approved" and r["target"] != shown["target"]), None
    )
    return page(
        request, "review/row.html", user=user, status=status_of(error) if error else 200, head=head, row=shown, error=error,
        text=braced(text), restored=bool(typed is None and text != shown["target"]), seen=shown["revision"] if stale or seen is None else seen,
        conflict=difference(word_diff(shown["target"], typed)) if stale and typed is not None else "",
        since_machine=difference(word_diff(machine["target"], shown["target"])) if machine and machine["target"] != shown["target"] else "",
        since_approved=difference(word_diff(approved["target"], shown["target"])) if approved else "",
        languages=grid_view.languages(head.batch.recipe), view=grid_view, row_text=row_text, difference=difference,
        query=query_of(wanted), back=url(f"/documents/{document}/rows/{segment}", **query_of(wanted)),
    )  # fmt: skip


@router.post("/documents/{document}/rows/{segment}/edit")
def act(
    request: Request, house: HouseDep, user: Worker, document: str, segment: str, wanted: Wanted, do: Name,
    revision: Annotated[int, Form(ge=0)] = 0, target: Text = "", reason: Words = "", about: Name = "", question: Name = "",
) -> Response:  # fmt: skip
    """Does what the pressed button says and leads back to the row; an approval leads to the next one."""
    wire = unbraced(target)
    here = url(f"/documents/{document}/rows/{segment}/edit", **query_of(wanted))
    try:
        said = _done(house, user, document, segment, do, revision, wire, reason, about, bool(question))
    except DocpipeError as error:
        if status_of(error) in (401, 403, 404):
            raise
        typed = wire if do in ("save", "approve") else None
        return _page(request, house, user, document, segment, wanted, error, typed, revision)
    if do == "approve":
        following = rows.next_needing_review(house, document, segment, wanted)
        if following is None:
            return redirect(
                request,
                url(f"/documents/{document}", **query_of(wanted)),
                said=f"{said} No other row under the filter needs review.",
            )
        here = url(f"/documents/{document}/rows/{following}/edit", **query_of(wanted))
    return redirect(request, here, said=said)


def _done(
    house: House, user: User, document: str, segment: str, do: str, revision: int, wire: str, reason: str, about: str,
    question: bool,
) -> str:  # fmt: skip
    match do:
        case "save":
            changed = review.save(house, document, segment, Typed(wire, revision), user, reason)
            return "The row is saved." if changed else "The text is the same: nothing to save."
        case "approve":
            before = rows.one(house, document, segment, user)["target"]
            typed = Typed(wire, revision) if wire and wire != before else None
            review.approve(house, document, segment, revision, user, reason, typed)
            return "The row is approved."
        case "unapprove":
            review.unapprove(house, document, segment, revision, user, reason)
            return "The approval is taken back."
        case "reject":
            review.reject(house, document, segment, revision, user, reason)
            return "The row is sent back."
        case "undo":
            review.undo(house, document, segment, revision, user)
            return "Your last action on this row is undone."
        case "restore":
            review.restore(house, document, segment, int(about) if about.isdecimal() else -1, revision, user)
            return f"The text of revision {about} is back."
        case "fix":
            review.fix(house, document, about, revision, user)
            return "The suggestion is in the row."
        case "dismiss":
            decide.dismiss_all(house, document, [about], user, reason)
            return "The finding is dismissed."
        case "dismiss-alike":
            alike = list(dict.fromkeys([about, *(f.id for f in bulk.alike(house, document, about))]))
            return f"{decide.dismiss_all(house, document, alike, user, reason)} findings are dismissed."
        case "reopen":
            decide.reopen(house, document, [about], user, reason)
            return "The finding is open again."
        case "comment":
            discuss.comment(house, document, segment, user, reason, question)
            return "The comment is written."
        case "resolve":
            discuss.resolve(house, about, user)
            return "The question is resolved."
        case "back":
            back_translation.translate_back(house, document, segment, user)
            return "The target is translated back: see below."
        case "discard":
            review.drop_draft(house, document, segment, user)
            return "The unsaved text is discarded."
    raise ReviewRefused("There is no such action.")
