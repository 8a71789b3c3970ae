"""Two drafting batches for the furnished world: one at its early checkpoints, one whose document waits; sources and reasons in chosen words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from drafting_story import APPROVER, REVIEWER, Drafting, sources

from docpipe.accounts.roles import User
from docpipe.model.batch import State
from docpipe.steps import gates
from docpipe.steps.house import House


def _subjects(texts: Sequence[str]) -> bytes:
    """Subjects of another study, whose groups are the texts: a critical finding on the sources."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["STUDYID", "USUBJID", "ARM"])
    for number, text in enumerate(texts):
        rows.writerow([text, f"{text}-{number}", text])
    return out.getvalue().encode()


def drafts(
    house: House, folder: Path, texts: Sequence[str], said: Iterator[str], file: str, reviewer: User, approver: User
) -> tuple[str, str, str]:
    """Ids: the batch at its early checkpoints, the batch drafted, the drafted document. ``file``: part of the sources' names."""
    (folder / "drafts").mkdir()
    story = Drafting(house, folder / "drafts", {REVIEWER: reviewer, APPROVER: approver})
    protocol = "# Protocol\n\n" + "\n\n".join(f"## {t}\n\n{t} was planned." for t in texts)
    given = sources() | {f"{file}.csv": _subjects(texts), f"{file} protocol.md": protocol.encode()}
    gated = story.submit(given)
    assert story.run(gated) is State.WAITING
    blocking = [f.id for f in story.found(gated) if f.blocking]
    gates.dispose(house, gated.id, blocking[:1], reviewer, next(said))
    drafted = story.submit(given)
    story.run(drafted)
    assert story.through_gates(drafted) is State.WAITING
    return gated.id, drafted.id, story.document(drafted).id
