"""`docpipe review export` and `import`: bilingual files out and in from the command line. Imports steps lazily."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docpipe.cli.door import DONE, PARTIAL, As, Json, out, say, text

if TYPE_CHECKING:
    from docpipe.model.diff import Change
    from docpipe.steps.exchange_plan import Plan, RefusedRow, Taken

_MOST_SHOWN = 200


def export(
    batch: Annotated[str, typer.Argument(help="The batch's id.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    document: Annotated[str, typer.Option("--document", help="One document: its id or its name.")] = "",
    form: Annotated[
        str, typer.Option("--format", help="xliff (2.1, for CAT tools), docx (two columns, for Word) or xlsx.")
    ] = "xliff",
    as_json: Json = False,
) -> int:
    """Writes bilingual files for people who stay in their tools, one file a document: XLIFF 2.1, DOCX or XLSX.

    Example: docpipe review export B261122-7K3QX --format docx --out for-review/
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps.exchange import chosen_documents, export_bilingual, form_of

    house = open_for_command()
    chosen = form_of(form)
    found = batch_of(house, batch)
    only = chosen_documents(house, found, document)[0].id if document else ""
    written = []
    for path in export_bilingual(house, found, folder, chosen, only):
        written.append(str(path))
        if not as_json:
            text(str(path))
    if as_json:
        out({"files": written})
    return DONE


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="XLIFF 2, bilingual DOCX or XLSX files, or ZIP archives of them.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit trail.")] = "edited in a bilingual file",
    batch: Annotated[
        str, typer.Option("--batch", help="The batch that the edits are for, where the files do not say it.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show every change and take none.")] = False,
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Takes edits and comments from bilingual files, and from drafts edited in Word (with --batch). Tracked changes count as accepted.

    Stale and broken rows are refused by name, the others are taken. Look first with --dry-run.

    Example: docpipe review import for-review/*.docx --as mei.lin --dry-run
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command, person
    from docpipe.errors import InputMissing
    from docpipe.steps.exchange_import import plan_import, take_plans
    from docpipe.steps.exchange_plan import Upload

    for path in files:
        if not path.is_file():
            raise InputMissing(f"There is no file {path}.", path=str(path))
    house = open_for_command()
    user = person(house, acting, Action.EDIT)
    uploads = [Upload(path.name, path.read_bytes()) for path in files]
    plans = plan_import(house, uploads, user, batch_of(house, batch) if batch else "")
    errors = [p.error for p in plans if p.error is not None]
    if len(errors) == len(plans) and errors:
        raise errors[0]
    if dry_run:
        for plan in plans:
            _show_plan(plan, as_json)
        return PARTIAL if errors or any(p.refused for p in plans) else DONE
    if not as_json:
        for plan in plans:
            _show_changes(plan)
    left = 0
    for taken in take_plans(house, plans, user, reason):
        left += len(taken.refused) + (taken.error is not None)
        _show_taken(taken, as_json)
    return PARTIAL if left else DONE


def marked(diff: Iterable[Change]) -> str:
    """A difference in one line, as ``git diff --word-diff`` marks it."""
    marks = {"keep": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
    return "".join(f"{marks[c.op][0]}{c.text}{marks[c.op][1]}" for c in diff).replace("\n", "\\n")


def _show_changes(plan: Plan) -> None:
    """What a plan changes, row by row, on stdout."""
    for row in plan.changes[:_MOST_SHOWN]:
        by = f"  by {row.by}" if row.by else ""
        text(f"  row {row.number} {row.segment}{by}")
        text(f"    {marked(row.diff)}")
    if len(plan.changes) > _MOST_SHOWN:
        text(f"  and {len(plan.changes) - _MOST_SHOWN} more rows")
    for comment in plan.comments:
        text(f"  row {comment.number} {comment.segment}  comment{f' by {comment.author}' if comment.author else ''}: {comment.text}")  # fmt: skip


def _show_plan(plan: Plan, as_json: bool) -> None:
    if not as_json:
        if plan.error is not None:
            say(f"{plan.file}: Error [{plan.error.code}] {plan.error.message}")
            return
        text(
            f"{plan.path}: {len(plan.changes)} rows would change, {plan.unchanged} unchanged, {len(plan.refused)} refused,"
            f" {len(plan.comments)} comments"
        )
        _show_refused(plan.refused)
        _show_changes(plan)
        return
    about = {"file": plan.path or plan.file, "document": plan.document, "from": plan.file}
    if plan.error is not None:
        out({**about, "change": "error", "error": plan.error.as_dict()})
    for row in plan.changes:
        out(
            {
                **about, "change": "edit", "segment": row.segment, "number": row.number, "revision": row.revision,
                "old": row.old, "new": row.new, "diff": [[c.op, c.text] for c in row.diff],
                "tracked": [{"author": t.author, "at": t.at} for t in row.tracked],
            }
        )  # fmt: skip
    for refused in plan.refused:
        out(
            {
                **about, "change": "refused", "segment": refused.segment, "number": refused.number, "code": refused.code,
                "message": refused.message, "now": refused.now, "yours": refused.yours,
            }
        )  # fmt: skip
    for comment in plan.comments:
        out(
            {
                **about, "change": "comment", "segment": comment.segment, "number": comment.number,
                "author": comment.author, "text": comment.text,
            }
        )  # fmt: skip


def _show_refused(refused: Sequence[RefusedRow]) -> None:
    for row in refused:
        say(f"  {row.segment} [{row.code}] {row.message}")


def _show_taken(taken: Taken, as_json: bool) -> None:
    if as_json:
        out(taken.as_dict())
        return
    if taken.error is not None:
        say(f"{taken.path or taken.file}: Error [{taken.error.code}] {taken.error.message}")
        return
    said = f", {taken.comments} comments added" if taken.comments else ""
    text(f"{taken.path}: {taken.taken} rows taken, {taken.unchanged} unchanged, {len(taken.refused)} refused{said}")
    _show_refused(taken.refused)
