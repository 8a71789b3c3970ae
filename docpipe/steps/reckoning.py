"""The estimate of a staged submission, made in a thread of this process and kept with the submission. Imports steps and store.

A restart loses nothing but the work of an unfinished estimate: whoever looks at it next starts it again.
"""

from __future__ import annotations

import secrets
import threading
import time
from typing import Any

from docpipe.errors import Defect, DocpipeError, NotReady
from docpipe.steps import submissions as staged
from docpipe.steps.estimate import estimate
from docpipe.steps.house import House, record
from docpipe.steps.progress import Progress
from docpipe.store import submissions
from docpipe.store.process import is_gone
from docpipe.store.submissions import Submission, SubmissionState

EVERY_SECONDS = 1.0
"""How often a running estimate says how far it is."""
_turn = threading.Semaphore(1)
"""One estimate at a time: each uses all the child processes there are."""


def start(house: House, submission_id: str, *, wait: float = 0.0) -> None:
    """Starts the estimate unless it is made or under way; waits some seconds for a quick one. Raises ``UnknownName``."""
    mark = secrets.token_hex(8)
    with house.store.write() as session:
        found = submissions.get(session, submission_id, lock=True)
        if found.state is not SubmissionState.OPEN or not needed(found):
            return
        total = len(found.of(staged.DOCUMENT))
        now = {"state": "running", "owner": house.owner, "mark": mark, "done": 0, "total": total, "words": 0}
        submissions.change(session, submission_id, ordered={**found.ordered, "estimate": now})
    thread = threading.Thread(target=_work, args=(house, submission_id, mark), name="docpipe-estimate", daemon=True)
    thread.start()
    if wait:
        thread.join(wait)


def needed(submission: Submission) -> bool:
    """Whether there is no estimate, nor one under way in a living process."""
    now = submission.ordered.get("estimate")
    return not now or (now["state"] == "running" and is_gone(now["owner"]))


def forget(house: House, submission_id: str) -> None:
    """Throws away an estimate that was made or failed, so that it can be made anew. Raises ``NotReady``, ``UnknownName``."""
    with house.store.write() as session:
        found = submissions.get(session, submission_id, lock=True)
        ordered = {k: v for k, v in found.ordered.items() if k != "estimate"}
        submissions.change(session, submission_id, ordered=ordered)


def _work(house: House, submission_id: str, mark: str) -> None:
    with _turn:
        try:
            with house.store.read() as session:
                submission = submissions.get(session, submission_id)
            _keep(house, submission_id, mark, {"state": "done", "result": _result(house, submission, mark)})
        except NotReady:
            return  # discarded, confirmed or chosen anew meanwhile: nobody waits for it
        except DocpipeError as error:
            _failed(house, submission_id, mark, error)
        except Exception as error:  # noqa: BLE001 - the thread's door: whoever waits is told, and the class is logged
            record("estimate.failed", submission=submission_id, code=type(error).__name__)
            _failed(house, submission_id, mark, Defect("The estimate ended with a defect of ours."))


def _result(house: House, submission: Submission, mark: str) -> dict[str, Any]:
    told_at = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= EVERY_SECONDS:
            told_at = time.monotonic()
            figures = {"done": progress.done, "total": progress.total, "words": progress.words}
            _keep(house, submission.id, mark, {"state": "running", "owner": house.owner, **figures})

    files = staged.staged_files(house, submission)
    total = len(submission.of(staged.DOCUMENT))
    return estimate(house, files, staged.recipe_of(house, submission), total=total, told=tell).as_dict()


def _keep(house: House, submission_id: str, mark: str, now: dict[str, Any]) -> None:
    """Writes how the estimate stands. Raises ``NotReady`` where another one has taken its place."""
    with house.store.write() as session:
        found = submissions.get(session, submission_id, lock=True)
        if found.ordered.get("estimate", {}).get("mark") != mark:
            raise NotReady("Another estimate has taken the place of this one.")
        submissions.change(session, submission_id, ordered={**found.ordered, "estimate": {**now, "mark": mark}})


def _failed(house: House, submission_id: str, mark: str, error: DocpipeError) -> None:
    try:
        _keep(house, submission_id, mark, {"state": "failed", "error": error.as_dict()})
    except DocpipeError:
        record("estimate.failed", submission=submission_id, code=error.code)
