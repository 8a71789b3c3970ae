"""`docpipe terms`: the terms of a package, where their renderings differ, and what people have locked. Imports steps lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from docpipe.cli.door import DONE, As, Json, out, table, text
from docpipe.errors import UsageError

if TYPE_CHECKING:
    from docpipe.store.package_terms import PackageTerm


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("terms")(terms)


def terms(
    batch: Annotated[str, typer.Argument(help="The batch's id, or the beginning of it.")],
    lock: Annotated[str, typer.Option("--lock", help="Source term to bind from now on.")] = "",
    unlock: Annotated[str, typer.Option("--unlock", help="Source term to unbind; needs --reason.")] = "",
    target: Annotated[
        str, typer.Option("--target", help="With --lock: what to write for it [default: the most used].")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit trail.")] = "",
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Only terms that are rendered in several ways.")
    ] = False,
    as_: As = "",
    as_json: Json = False,
) -> int:
    """Lists a package's repeated terms with their renderings. A person's approval locks a term; so does --lock.

    A locked term binds the requests of documents that are translated later, and rows that differ get a finding.

    Example: docpipe terms B261122-7K3QX --lock "primary endpoint" --target "criterio principal de valoración" --as jose.ruiz
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command, person
    from docpipe.steps import package_terms as steps

    if lock and unlock:
        raise UsageError("Lock or unlock: one of them at a time.")
    if target and not lock:
        raise UsageError("--target goes with --lock.")
    house = open_for_command()
    name = batch_of(house, batch)
    checked = 0
    if lock:
        checked = steps.lock(house, name, lock, target, person(house, as_, Action.APPROVE), reason)
    elif unlock:
        checked = steps.unlock(house, name, unlock, person(house, as_, Action.APPROVE), reason)
    found = [t for t in steps.listing(house, name) if t.others or not conflicts]
    if as_json:
        out({"batch": name, "terms": [steps.term_object(t) for t in found], "rows_checked": checked})
        return DONE
    _show(found)
    if lock or unlock:
        text(f"{checked} rows under review were checked again.")
    return DONE


def _show(found: list[PackageTerm]) -> None:
    if not found:
        text("No term is known yet: they are proposed once the package is translated.")
        return
    rows = [
        [t.source, t.kind, t.target, t.user if t.state == "locked" else "proposed", str(t.uses), _shown(t)]
        for t in found
    ]
    table(["term", "kind", "target", "locked by", "rows", "other renderings"], rows, right=(4,))


def _shown(term: PackageTerm) -> str:
    return ", ".join(f"{t} ({term.targets[t]})" for t in term.others)
