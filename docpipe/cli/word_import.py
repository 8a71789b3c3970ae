"""`docpipe review import` for drafts: the edits and comments of a draft that comes back from Word. Imports steps lazily."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpipe.cli.door import DONE, PARTIAL, out, text

if TYPE_CHECKING:
    from docpipe.accounts.roles import User
    from docpipe.steps.draft_import import Returned
    from docpipe.steps.house import House


def drafts(house: House, batch: str) -> bool:
    """Whether the batch drafts documents. Raises ``UnknownName``."""
    from docpipe.store import batches

    with house.store.read() as session:
        return batches.get(session, batch).recipe.drafts


def take(house: House, batch: str, files: list[Path], user: User, reason: str, dry_run: bool, as_json: bool) -> int:
    """Takes what came back, file by file; with ``dry_run`` only shows it. The exit code says whether something was left."""
    from docpipe.steps import draft_import

    left = 0
    for path in files:
        returned = draft_import.look(house, batch, path.name, path.read_bytes())
        refused = list(returned.refused)
        changed = len(returned.changes)
        if not dry_run:
            outcome = draft_import.take(house, returned, user, reason)
            refused += [(name, e.code, e.message) for name, e in outcome.refused.items()]
            changed = len(outcome.changed)
        left += len(refused)
        _show(returned, changed, refused, dry_run, as_json)
    return PARTIAL if left else DONE


def _show(returned: Returned, changed: int, refused: list[tuple[str, str, str]], dry_run: bool, as_json: bool) -> None:
    from docpipe.model.inline import plain_text

    said: dict[str, Any] = {
        "file": returned.document.path, "document": returned.document.id, "from": returned.file, "dry_run": dry_run,
        "changed": changed, "unchanged": returned.unchanged, "comments": len(returned.notes),
        "changes": [
            {"segment": s, "old": returned.before[s], "new": plain_text(t, equiv=True)}
            for s, t in returned.changes.items()
        ],
        "refused": [{"row": row, "code": code, "message": message} for row, code, message in refused],
    }  # fmt: skip
    if as_json:
        out(said)
        return
    verb = "would change" if dry_run else "changed"
    text(
        f"{returned.document.path}: {changed} rows {verb}, {returned.unchanged} unchanged, {len(refused)} refused, {len(returned.notes)} comments"
    )
    for change in said["changes"]:
        text(f"  {change['segment']}  {change['new']}")
    for row, code, message in refused:
        text(f"  {row or '-'} [{code}] {message}")
