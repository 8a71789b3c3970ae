"""`docpipe review proposals`: what a model proposed for gaps of a draft, and who answers for it. Imports steps lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from docpipe.cli.door import DONE, PARTIAL, As, Json, out, say, text

if TYPE_CHECKING:
    from docpipe.model.batch import Document
    from docpipe.steps.house import House


def proposals(
    batch: Annotated[str, typer.Argument(help="The batch's id.")],
    document: Annotated[str, typer.Option("--document", help="One document: its id or its name.")] = "",
    row: Annotated[list[str] | None, typer.Option("--row", help="Segment ids; one each time.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="The named rows become your own words.")] = False,
    back: Annotated[bool, typer.Option("--back", help="The named rows become gaps again.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Lists a draft's proposals, or accepts or turns back those named. To write one anew is an edit; `review reject` asks for another.

    Example: docpipe review proposals B261122-7K3QX --row 5f0c… --accept --reason "as our SOP has it" --as jose.ruiz
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command, person
    from docpipe.errors import UsageError
    from docpipe.model.segment import SegmentId
    from docpipe.steps import proposals as steps
    from docpipe.steps.exchange import chosen_documents, every_document

    house = open_for_command()
    if accept == back:
        if accept or row:
            raise UsageError("Say one of --accept and --back.")
        return _list(house, every_document(house, batch_of(house, batch), document), as_json)
    if not row:
        raise UsageError(
            "Name the rows: --row, as `docpipe review proposals` lists them. A proposal is never taken unseen."
        )
    user = person(house, acting, Action.EDIT)
    found = chosen_documents(house, batch_of(house, batch), document)
    left = 0
    for d in found:
        mine = {p.segment for p in steps.waiting(house, d.id)}
        wanted = [SegmentId(r) for r in row if r in mine or len(found) == 1]
        if not wanted:
            continue
        outcome = (steps.accept if accept else steps.turn_back)(house, d.id, wanted, user, reason)
        left += len(outcome.refused)
        if as_json:
            refused = [{"segment": s, "code": e.code, "message": e.message} for s, e in outcome.refused.items()]
            out({"document": d.id, "file": d.path, "changed": list(outcome.changed), "refused": refused})
            continue
        text(
            f"{d.path}: {len(outcome.changed)} proposals {'accepted' if accept else 'turned back'}, {len(outcome.refused)} left"
        )
        for segment, error in outcome.refused.items():
            say(f"  {segment} [{error.code}] {error.message}")
    return PARTIAL if left else DONE


def _list(house: House, found: list[Document], as_json: bool) -> int:
    from docpipe.steps import proposals as steps

    for d in found:
        waiting = steps.waiting(house, d.id)
        if as_json:
            out({"document": d.id, "file": d.path, "proposals": [steps.as_json(p) for p in waiting]})
            continue
        text(f"== {d.path} ({d.id}, {d.state.value}): {len(waiting)} proposals wait")
        for p in waiting:
            text(f"{p.segment}  {p.heading}")
            text(f"    missing: {p.missing}")
            text(f"    {p.text}")
    return DONE
