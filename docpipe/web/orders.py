"""What a form or an API request orders, made into a staged submission; and batches handed to a runner. Imports dispatch and steps.

Pages and JSON API share it, so that both take in the same things and refuse the same things.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docpipe.accounts.roles import User
from docpipe.dispatch import hand_over
from docpipe.errors import DocpipeError, NotReady, UsageError
from docpipe.model.batch import Document
from docpipe.model.recipe import DELIVERED
from docpipe.steps import submissions
from docpipe.steps.cancel import cancel
from docpipe.steps.change import follow_uploaded
from docpipe.steps.house import House, record
from docpipe.steps.order_check import order_from_uploads
from docpipe.steps.submissions import Upload
from docpipe.steps.work import revive, set_budget
from docpipe.store import batches
from docpipe.store.submissions import Submission
from docpipe.web.uploads import Received

FILE_FIELDS = {
    "files": submissions.DOCUMENT, "folder": submissions.DOCUMENT, "memory": "memory", "termbase": "termbase",
    "previous": "previous", "previous_folder": "previous",
}  # fmt: skip
"""Names of file fields and the role of what comes in them."""
PROFILE_FILE = "profile_file"
PROFILE_BYTES = 1 << 20
CANCEL_SECONDS = 4.0


def choices(house: House, fields: Mapping[str, str], kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The choices in a form's fields. ``kept``: the profile that stays where none is chosen. Raises ``UnknownName``, ``BadSetting``."""
    chosen: dict[str, Any] = {k: fields.get(k, "") for k in (*submissions.CHOICES, "budget")}
    ticked = [kind for kind in DELIVERED if fields.get(f"deliver_{kind}")]
    chosen["deliver"] = ",".join(ticked) or chosen["deliver"]
    name = fields.get("profile", "")
    if name == "(kept)" and kept:
        chosen["profile"] = dict(kept)
    else:
        chosen["profile"] = submissions.named_profile(house, name) if name and name != "(kept)" else None
    return chosen


def staged(house: House, user: User, form: Received) -> Submission:
    """A new submission from a form with files. Raises as ``submissions.begin``."""
    chosen = choices(house, {name: form.one(name) for name in form.fields})
    uploads: list[Upload] = []
    for given in form.files:
        if given.role == PROFILE_FILE:
            chosen["profile"] = submissions.profile_table(given.name, _profile_bytes(given))
        elif given.role in FILE_FIELDS:
            name = _inside(given.name) if given.role in ("folder", "previous_folder") else given.name
            uploads.append(Upload(FILE_FIELDS[given.role], name, given.path, given.error))
        else:
            raise UsageError("A file was sent under a field that is not known.", field=given.role[:40])
    return submissions.begin(house, user, chosen, uploads)


def followed(house: House, user: User, batch: str, form: Received) -> tuple[str, bool]:
    """The batch that follows a draft with the form's files, and whether a runner took it. Raises as ``follow_uploaded``."""
    partial = form.one("partial") == "1"
    made = follow_uploaded(house, user, batch, form.files, name=form.one("name"), partial=partial)
    return made.id, hand_over(house, made.id)


def _profile_bytes(given: Upload) -> bytes:
    if given.error is not None:
        raise given.error
    path = given.path or Path()
    if path.stat().st_size > PROFILE_BYTES:
        raise UsageError("The profile is too long to be one.", field=PROFILE_FILE)
    return path.read_bytes()


def _inside(name: str) -> str:
    """A chosen folder's files come with its name in front; the tree inside it is what counts, as on the command line."""
    return name.split("/", 1)[1] if "/" in name else name


def confirmed(house: House, submission_id: str, user: User) -> tuple[str, bool]:
    """The new batch's id, and whether a runner took it. Raises as ``submissions.confirm``."""
    batch = submissions.confirm(house, submission_id, user)
    return batch.id, hand_over(house, batch.id)


def check_ordered(house: House, user: User, form: Received) -> tuple[str, bool]:
    """A check of a report from a form with files: the new batch's id, and whether a runner took it. Raises as ``order_from_uploads``."""
    batch = order_from_uploads(
        house, user, form.one("type", "csr"), form.files, name=form.one("name"), review=form.one("review"), earlier=form.one("earlier").strip(),
    )  # fmt: skip
    return batch.id, hand_over(house, batch.id)


def resumed(house: House, batch_id: str, user: User, budget: float | None) -> bool:
    """Failed documents go on, with another spending limit if one is given; whether a runner took the batch.

    Raises ``UnknownName``, ``NotReady`` (released or cancelled), ``UsageError`` (no limit that can be).
    """
    with house.store.read() as session:
        state = batches.get(session, batch_id).state
    if state.ended:
        raise NotReady(f"The batch is {state.value}: nothing goes on.", batch=batch_id)
    if budget is not None:
        if not 0 <= budget < 1e9:
            raise UsageError("The spending limit is a number from 0.", field="budget")
        set_budget(house, batch_id, budget, user.name)
    revive(house, batch_id, user.name)
    return hand_over(house, batch_id)


def cancelled(house: House, batch_id: str, chosen: list[Document], user: User, reason: str) -> int | None:
    """How many documents were cancelled; None where some are worked on: they end after their present step.

    Raises as ``cancel``.
    """
    outcome: list[int | DocpipeError] = []

    def work() -> None:
        try:
            outcome.append(cancel(house, batch_id, chosen, user, reason))
        except DocpipeError as error:
            outcome.append(error)
            record("cancel.refused", batch=batch_id, code=error.code)

    thread = threading.Thread(target=work, name="docpipe-cancel", daemon=True)
    thread.start()
    thread.join(CANCEL_SECONDS)
    if not outcome:
        return None
    result = outcome[0]
    if isinstance(result, DocpipeError):
        raise result
    return result
