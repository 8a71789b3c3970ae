"""Checkpoints of a document and of a batch: what is signed, signing, sending back. Imports FastAPI, the steps and dispatch.

What is signed is exactly what was shown: the form carries the digest of the page, and another one is refused.
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from docpipe.accounts.roles import Action, User
from docpipe.dispatch import decided
from docpipe.errors import DocpipeError, ReviewRefused, UsageError
from docpipe.model.batch import Document, State
from docpipe.model.segment import SegmentId
from docpipe.steps import bulk, checkpoint, decide, sign
from docpipe.steps.house import House
from docpipe.steps.people import confirm_signer
from docpipe.steps.rows import Filter
from docpipe.store import batches, documents, units
from docpipe.web.grid_view import ORIGINS
from docpipe.web.pages.sign_on import confirmed_again, is_confirmed
from docpipe.web.render import fragment, page, redirect
from docpipe.web.security import status_of
from docpipe.web.session import HouseDep, Person, identity_of, needs

router = APIRouter()

Signer = Annotated[User, needs(Action.SIGN)]
Approver = Annotated[User, needs(Action.APPROVE)]
Rejecter = Annotated[User, needs(Action.REJECT)]
Text = Annotated[str, Form(max_length=2000)]

RANGES = re.compile(r"(\d+)(?:-(\d+))?")


def numbers(given: str, most: int) -> list[int]:
    """Row numbers from ``3, 7-9``. Raises ``UsageError`` naming the part that is none."""
    found: list[int] = []
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", given.strip())):
        match = RANGES.fullmatch(part)
        if not match:
            raise UsageError(f"“{part[:20]}” is not a row number: give numbers and ranges such as 3, 7-9.")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= most:
            raise UsageError(f"Row {part[:20]} is not in the document: its rows are 1 to {most}.")
        found += range(first, last + 1)
    return sorted(set(found))


def _session(request: Request) -> bool:
    """Whether the person has signed before in this session: then the password is enough (21 CFR 11.200(a)(1)(i))."""
    found = identity_of(request)
    return bool(found and found.session and found.session.signed)


def _confirmed(request: Request, house: House, name: str, password: str) -> User:
    found = identity_of(request)
    address = request.client.host if request.client else ""
    again = confirmed_again(request)  # of an account without a password here: the credentials shown at its provider
    session = found.session if found else None
    return confirm_signer(house, session, name.strip(), password, address=address, reauthenticated=again)


def _meaning(given: str) -> str:
    if given not in sign.MEANINGS:
        raise UsageError("A signature means one of: " + ", ".join(sign.MEANINGS) + ".")
    return given


def _document_page(
    request: Request, house: House, document: str, error: DocpipeError | None = None, form: str = ""
) -> HTMLResponse:
    looked = checkpoint.look(house, document)
    return page(
        request, "checkpoints/document.html", status=status_of(error) if error else 200, looked=looked, meanings=sign.MEANINGS,
        ORIGINS=ORIGINS, signed_before=_session(request), confirmed=is_confirmed(request), error=error, form=form,
    )  # fmt: skip


@router.get("/documents/{document}/checkpoint")
def of_document(request: Request, house: HouseDep, document: str, user: Person) -> HTMLResponse:
    """What is under review, what stands in the way, and the forms that decide."""
    return _document_page(request, house, document)


@router.post("/documents/{document}/checkpoint/sign")
def sign_document(
    request: Request, house: HouseDep, document: str, user: Signer, password: Annotated[str, Form(max_length=1000)],
    meaning: Text, digest: Text, name: Text = "",
) -> Response:  # fmt: skip
    """Signs what was shown; the batch goes on by itself after its last signature."""
    try:
        signer = _confirmed(request, house, name, password)
        sign.sign_as(house, document, signer, _meaning(meaning), seen=digest)
    except DocpipeError as error:
        return _document_page(request, house, document, error, "sign")
    with house.store.read() as session:
        batch = documents.get(session, document).batch
    said = _after(house, batch)
    return redirect(request, f"/documents/{document}/checkpoint", said=f"Signed. {said}")


def _after(house: House, batch: str) -> str:
    """Continues the batch and says what happens now."""
    if decided(house, batch):
        return "Every document is decided: the next run has started and releases the package."
    with house.store.read() as session:
        waiting = sum(d.state is State.WAITING for d in documents.of_batch(session, batch))
    if waiting:
        return f"{waiting} documents of the batch still wait."
    return f"Every document is decided. No runner is up: docpipe resume {batch} goes on."


@router.post("/documents/{document}/checkpoint/send-back")
def send_back(request: Request, house: HouseDep, document: str, user: Rejecter, rows: Text, reason: Text) -> Response:
    """Sends rows back with a reason; only these are worked again."""
    try:
        with house.store.read() as session:
            ids = [g.id for g in units.segments(session, document)]
        wanted = numbers(rows, len(ids))
        chosen: dict[SegmentId, str] = {ids[n - 1]: reason for n in wanted}
        decide.send_back(house, document, chosen, user, reason)
    except DocpipeError as error:
        return _document_page(request, house, document, error, "send-back")
    return redirect(
        request, f"/documents/{document}/checkpoint", said=f"Sent back: {len(wanted)} rows to be worked again."
    )


def _batch_page(request: Request, house: House, batch: str, error: DocpipeError | None = None) -> HTMLResponse:
    found, listed = checkpoint.lines(house, batch)
    return page(
        request, "checkpoints/batch.html", status=status_of(error) if error else 200, batch=found, lines=listed,
        meanings=sign.MEANINGS, ORIGINS=ORIGINS, signed_before=_session(request), confirmed=is_confirmed(request), error=error,
    )  # fmt: skip


@router.get("/batches/{batch}/checkpoint")
def of_batch(request: Request, house: HouseDep, batch: str, user: Person) -> HTMLResponse:
    """Every document of the batch with what stands in its way; those that are ready can be signed together."""
    return _batch_page(request, house, batch)


@router.get("/batches/{batch}/checkpoint/state")
def state(request: Request, house: HouseDep, batch: str, user: Person) -> HTMLResponse:
    """The part of the page that follows the run."""
    found, listed = checkpoint.lines(house, batch)
    return HTMLResponse(fragment(request, "checkpoints/_state.html", batch=found, lines=listed))


@router.post("/batches/{batch}/checkpoint/sign")
def sign_batch(
    request: Request, house: HouseDep, batch: str, user: Signer, password: Annotated[str, Form(max_length=1000)],
    meaning: Text, name: Text = "", chosen: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Signs the chosen documents, each as it was shown (``document:digest``): one signature a document, one password for all."""
    try:
        if not chosen:
            raise ReviewRefused("Choose at least one document to sign.")
        signer = _confirmed(request, house, name, password)
        means = _meaning(meaning)
        with house.store.read() as session:
            known = {d.id for d in documents.of_batch(session, batch)}
        signed = 0
        for one in chosen:
            document, _, digest = one.partition(":")
            if document not in known or not digest:
                raise UsageError("The form names a document that is not of this batch.")
            sign.sign_as(house, document, signer, means, seen=digest)
            signed += 1
    except DocpipeError as error:
        return _batch_page(request, house, batch, error)
    return redirect(request, f"/batches/{batch}/checkpoint", said=f"{signed} documents signed. {_after(house, batch)}")


def _waiting(house: House, batch: str) -> list[Document]:
    """The documents of a batch that wait for people. Raises ``UnknownName``."""
    with house.store.read() as session:
        batches.get(session, batch)
        return [d for d in documents.of_batch(session, batch) if d.state is State.WAITING]


@router.get("/batches/{batch}/checkpoint/approve")
def approve_preview(request: Request, house: HouseDep, batch: str, user: Approver) -> HTMLResponse:
    """What can be approved at once in all documents, what is left out and why."""
    return _approve_page(request, house, batch, user)


def _approve_page(
    request: Request, house: House, batch: str, user: User, error: DocpipeError | None = None
) -> HTMLResponse:
    previews = [(d, bulk.preview(house, d.id, Filter(), user)) for d in _waiting(house, batch)]
    return page(
        request, "checkpoints/approve.html", status=status_of(error) if error else 200, batch=batch, previews=previews,
        total=sum(len(p.rows) for _, p in previews), error=error,
    )  # fmt: skip


@router.post("/batches/{batch}/checkpoint/approve")
def approve_batch(
    request: Request, house: HouseDep, batch: str, user: Approver, typed: Annotated[int, Form()],
    shown: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Approves exactly what was shown (``document:digest:rows``); a row that changed since is left and counted."""
    done = left = 0
    try:
        parts = [one.split(":") for one in shown or []]
        known = {d.id for d in _waiting(house, batch)}
        if any(len(part) != 3 or part[0] not in known or not part[2].isdecimal() for part in parts):
            raise UsageError("The form names a document that does not wait in this batch.")
        if typed != sum(int(part[2]) for part in parts):
            raise ReviewRefused("The number typed is not the number of rows shown.", typed=typed)
        for document, digest, rows in parts:
            outcome = bulk.approve(house, document, digest, int(rows), user)
            done, left = done + len(outcome.approved), left + len(outcome.left)
    except DocpipeError as error:
        return _approve_page(request, house, batch, user, error)
    more = f" {left} changed meanwhile and are left." if left else ""
    return redirect(request, f"/batches/{batch}/checkpoint", said=f"{done} rows approved.{more}")
