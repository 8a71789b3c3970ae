"""A check of a report ordered with uploaded files: the report and its sources go the way that a command's files go. Imports accounts, safe and store."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import InputMissing, UsageError
from docpipe.model.batch import Batch
from docpipe.safe.names import display, safe_relative
from docpipe.steps import draft_orders as orders
from docpipe.steps.check_batch import order_check
from docpipe.steps.collect import Submitted
from docpipe.steps.house import House
from docpipe.steps.submissions import Upload
from docpipe.steps.uploaded import laid_out

REPORT = "report"
"""The role, and the form's field, of the report itself; every other file is a source."""


def order_from_uploads(
    house: House, user: User, kind: str, uploads: Iterable[Upload], *, name: str = "", review: str = "", earlier: str = "",
) -> Batch:  # fmt: skip
    """Takes a check in. ``kind``: name of a document type; ``earlier``: the check of the former version, whose sources stand in where none came.

    Raises ``RoleMissing``, ``UnknownName`` (no such type), ``InputMissing``, ``InputUnsupported``, ``SameNameTwice``, ``UsageError``, and
    what an upload's arrival raised.
    """
    require(user.roles, Action.SUBMIT)
    if "/" in kind or kind.endswith(".md"):
        raise InputMissing(f"There is no document type {display(kind)}.")
    if review not in ("", "required", "none"):
        raise UsageError("Review is required or none.", field="review")
    with tempfile.TemporaryDirectory(prefix="docpipe-check-", dir=house.settings.home) as place:
        root = Path(place) / "sources"
        reports = [
            Submitted(safe_relative(upload.name).rsplit("/", 1)[-1], path.read_bytes())
            for upload, path in laid_out(uploads, root, (REPORT,))
        ]
        if len(reports) != 1:
            raise InputMissing("Choose one report to check: DOCX or PDF.")
        sources = orders.take_sources(house, [root]) if any(root.iterdir()) or not earlier else []
    return order_check(
        house, reports[0], sources, kind, actor=user.name, name=name.strip()[:200], review=review or "required", earlier=earlier,
    )  # fmt: skip
