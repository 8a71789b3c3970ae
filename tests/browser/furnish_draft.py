"""Two drafting batches and a check for the furnished world: at the early checkpoints, with a document that waits, a report with findings; in chosen words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from drafting_story import APPROVER, REVIEWER, TYPE, Drafting, sources

from docpipe.accounts.roles import User
from docpipe.model.batch import State
from docpipe.model.finding import Disposition
from docpipe.steps import check_batch, check_review, gates
from docpipe.steps import draft_orders as orders
from docpipe.steps.collect import Submitted
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


def checks(
    house: House, folder: Path, texts: Sequence[str], said: Iterator[str], file: str, approver: User
) -> tuple[str, str]:
    """A report checked, its findings with chosen words beside the numbers: ids of its batch and of itself."""
    import docx

    place = folder / "checks"
    for name, data in sources().items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    (folder / "mini.v1.md").write_text(TYPE)
    made = docx.Document()
    made.add_heading("10.1 Disposition of Patients", 1)
    for text in texts:
        words = "".join(c for c in text if c.isprintable())
        made.add_paragraph(
            f"Of the subjects in the Placebo group, 19 (81.8%) completed the study (Table 14.1.2). {words}"
        )
    out = io.BytesIO()
    made.save(out)
    given = Submitted(f"{file} report.docx", out.getvalue())
    taken = orders.take_sources(house, [place])
    batch = check_batch.order_check(house, given, taken, str(folder / "mini.v1.md"), actor=approver.name, name=texts[0])
    assert check_batch.run_check(house, batch.id) is State.WAITING
    seen = check_review.look(house, batch.id)
    check_review.dispose(
        house, batch.id, [f.stored.id for f in seen.findings[:1]], approver, Disposition.DISMISSED, next(said)
    )
    return batch.id, seen.document.id
