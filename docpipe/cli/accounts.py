"""`docpipe admin user …`: accounts. Imports steps lazily."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from docpipe.cli.door import DONE, As, Json, out, password, read_secret, table, text

app = typer.Typer(help="Administration: accounts.", no_args_is_help=True)
users = typer.Typer(help="Accounts of people.", no_args_is_help=True)
app.add_typer(users, name="user")


@users.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    roles: Annotated[
        list[str], typer.Option("--role", help="author, reviewer, approver, quality, operator, administrator, auditor.")
    ],
    printed_name: Annotated[str, typer.Option("--printed-name", help="As it stands under signatures.")] = "",
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="File with the new account's password (mode 600).")
    ] = None,
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Makes an account. The very first must be an administrator's and needs no --as.

    Example: docpipe admin user add mei.lin --printed-name "Mei Lin" --role reviewer --as admin
    """
    import getpass

    from docpipe.cli.session import open_for_command
    from docpipe.steps.people import add_user, sign_in

    house = open_for_command()
    by = sign_in(house, acting, password(f"Password of {acting}")) if acting else None
    secret = read_secret(password_file) if password_file else getpass.getpass(f"New password of {name}: ")
    user = add_user(house, name, printed_name, roles, secret, by=by)
    if as_json:
        out({"ok": True, "name": user.name, "roles": sorted(r.value for r in user.roles)})
    else:
        text(f"Account {user.name} ({', '.join(sorted(r.value for r in user.roles))}) made.")
    return DONE


@users.command("list")
def listing(as_json: Json = False) -> int:
    """Lists the accounts.

    Example: docpipe admin user list
    """
    from docpipe.cli.session import open_for_command
    from docpipe.store import users as stored

    house = open_for_command()
    with house.store.read() as session:
        found = stored.listing(session)
    if as_json:
        out(
            {
                "users": [
                    {"name": u.name, "printed_name": u.printed_name, "roles": sorted(u.roles), "disabled": u.disabled}
                    for u in found
                ]
            }
        )
    else:
        table(
            ["name", "printed name", "roles", ""],
            [[u.name, u.printed_name, ", ".join(sorted(u.roles)), "disabled" if u.disabled else ""] for u in found],
        )
    return DONE
