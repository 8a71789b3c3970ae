"""`docpipe review findings`, and what `review list|dispose|accept` do for a batch that checks a report. Imports steps lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from docpipe.cli.door import DONE, WAITING, Json, out, text

if TYPE_CHECKING:
    from docpipe.accounts.roles import User
    from docpipe.steps.house import House

Batch = Annotated[str, typer.Argument(help="The batch's id, or the beginning of it.")]
Several = Annotated[list[str] | None, typer.Option("--disposition", help="Only open, confirmed or dismissed ones.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("findings")(findings)


def findings(batch: Batch, disposition: Several = None, as_json: Json = False) -> int:
    """Shows the findings of a report's check with what became of them; --json: a line a finding, as `docpipe check-report --json`.

    Example: docpipe review findings B261122-7K3QX --disposition open
    """
    from docpipe.cli.report_checking import beside_earlier
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps import check_review

    house = open_for_command()
    seen = check_review.look(house, batch_of(house, batch))
    shown = [f for f in seen.findings if not disposition or f.stored.disposition.value in disposition]
    waits = WAITING if seen.batch.state.value == "waiting" else DONE
    if as_json:
        for f in shown:
            out(check_review.finding_object(f))
        return waits
    counts = ", ".join(f"{n} {d}" for d, n in seen.by_disposition.items())
    text(f"{seen.document.path}: {len(seen.findings)} findings ({counts}); the batch is {seen.batch.state.value}.")
    for doubt in seen.summary.get("doubts", ()):
        text(f"Beware: {doubt}")
    for f in shown:
        page = f", page {f.shown['page']}" if f.shown["page"] else ""
        said = f" by {f.stored.user}: {f.stored.reason}".rstrip(": ") if f.stored.user else ""
        before = f"  (confirmed before by {f.before['user']}, still there)" if f.before else ""
        text(f"{f.stored.severity.value:8} {f.stored.id}  {f.shown['check']}  {f.shown['location']}{page}")
        text(f"         {f.shown['message']}  [{f.stored.disposition.value}{said}]{before}")
    for line in beside_earlier(seen.earlier):
        text(line)
    return waits


def is_check(house: House, batch: str) -> bool:
    """Whether the batch checks a report."""
    from docpipe.steps.check_batch import CHECK_KIND
    from docpipe.store import batches

    with house.store.read() as session:
        return batches.get(session, batch).recipe.kind == CHECK_KIND


def disposed(house: House, batch: str, ids: list[str], check: str, user: User, reason: str, becomes: str) -> int:
    """Says what becomes of findings on a report: by id, and all of a check that are open (or, to open them again, are not); how many changed."""
    from docpipe.model.finding import Disposition
    from docpipe.steps import check_review

    if check:
        several = check_review.look(house, batch).findings
        undecided = becomes != Disposition.OPEN.value
        alike = (f for f in several if f.shown["check"].startswith(check))
        ids = ids + [f.stored.id for f in alike if (f.stored.disposition is Disposition.OPEN) is undecided]
    return check_review.dispose(house, batch, ids, user, Disposition(becomes), reason)


def closed(house: House, batch: str, user: User, reason: str) -> None:
    """Closes the check as it stands."""
    from docpipe.steps import check_review
    from docpipe.steps.records import copy_heads

    check_review.close(house, batch, user, reason=reason)
    copy_heads(house, batch)


def waiting(house: House, batch: str | None, by_risk: bool) -> list[dict[str, Any]]:
    """The checks that wait for people, as `review list` tells them."""
    from docpipe.steps import check_review

    return [
        {
            "checkpoint": f"{w.batch.id}/report", "batch": w.batch.id, "document": w.document.id, "file": w.document.path, "state": "open",
            "opened": w.since.isoformat(), "role": "", "open": {f"{s} findings": n for s, n in w.open.items() if n},
        }
        for w in check_review.waiting(house, "risk" if by_risk else "oldest")
        if batch in (None, w.batch.id)
    ]  # fmt: skip
