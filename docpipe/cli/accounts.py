"""`docpipe admin user …` and `docpipe admin token …`: accounts and personal tokens. Imports steps lazily."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from docpipe.cli.door import DONE, As, Json, out, password, read_secret, table, text

app = typer.Typer(help="Administration: accounts and personal tokens.", no_args_is_help=True)
users = typer.Typer(help="Accounts of people.", no_args_is_help=True)
app.add_typer(users, name="user")
tokens = typer.Typer(help="Personal tokens for programs (DOCPIPE_TOKEN, Authorization: Bearer).", no_args_is_help=True)
app.add_typer(tokens, name="token")

Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit trail.")]
Name = Annotated[str, typer.Argument(help="The account's name.")]


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
    import os

    from docpipe.accounts.roles import Action
    from docpipe.cli.session import open_for_command, person
    from docpipe.steps.people import add_user

    house = open_for_command()
    by = person(house, acting, Action.MANAGE_USERS) if acting or os.environ.get("DOCPIPE_TOKEN") else None
    secret = read_secret(password_file) if password_file else getpass.getpass(f"New password of {name}: ")
    user = add_user(house, name, printed_name, roles, secret, by=by)
    if as_json:
        out({"ok": True, "name": user.name, "roles": sorted(r.value for r in user.roles)})
    else:
        text(f"Account {user.name} ({', '.join(sorted(r.value for r in user.roles))}) made.")
    return DONE


@users.command("password")
def change_password(
    name: Name,
    acting: As = "",
    reason: Reason = "",
    new_file: Annotated[
        Path | None,
        typer.Option("--new-password-file", help="File with your own new password (mode 600); else asked for."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Your own account: changes its password. Another's, as administrator: gives a one-time password, shown once.

    Example: docpipe admin user password mei.lin --reason "forgotten" --as admin
    """
    import getpass

    from docpipe.accounts.roles import Action
    from docpipe.cli.session import open_for_command, person
    from docpipe.steps import people

    house = open_for_command()
    if name == acting:
        old = password(f"Present password of {name}")
        new = read_secret(new_file) if new_file else getpass.getpass(f"New password of {name}: ")
        people.change_password(house, name, old, new)
        return _done(as_json, f"The password of {name} is changed; its sessions have ended.", name=name)
    secret = people.reset_password(house, name, by=person(house, acting, Action.MANAGE_USERS), reason=reason)
    said = f"One-time password of {name}: {secret}\nIt is changed at the first sign-in."
    return _done(as_json, said, name=name, one_time_password=secret)


@users.command("roles")
def set_roles(
    name: Name,
    roles: Annotated[list[str], typer.Option("--role", help="All roles that the account has from now on.")],
    reason: Reason,
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Gives an account other roles; its sessions end.

    Example: docpipe admin user roles mei.lin --role approver --reason "promoted" --as admin
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import open_for_command, person
    from docpipe.steps import people

    house = open_for_command()
    user = people.set_roles(house, name, roles, by=person(house, acting, Action.MANAGE_USERS), reason=reason)
    held = sorted(r.value for r in user.roles)
    return _done(as_json, f"Account {name}: {', '.join(held) or 'no role'}.", name=name, roles=held)


@users.command("disable")
def disable(name: Name, reason: Reason, acting: As = "", as_json: Json = False) -> int:
    """Closes an account for good; its sessions and tokens end at once, its records stay.

    Example: docpipe admin user disable mei.lin --reason "left the company" --as admin
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import open_for_command, person
    from docpipe.steps import people

    house = open_for_command()
    people.disable(house, name, by=person(house, acting, Action.MANAGE_USERS), reason=reason)
    return _done(as_json, f"Account {name} is closed.", name=name, disabled=True)


@tokens.command("add")
def add_token(
    label: Annotated[str, typer.Argument(help="What the token is for.")],
    acting: As,
    days: Annotated[int, typer.Option("--days", help="Days until it expires; 0 = never.")] = 90,
    read_only: Annotated[bool, typer.Option("--read-only", help="It changes nothing.")] = False,
    as_json: Json = False,
) -> int:
    """Makes a personal token of yours and shows it once. It needs the password: a token makes no tokens.

    Example: docpipe admin token add "nightly export" --read-only --as mei.lin
    """
    from docpipe.cli.session import open_for_command
    from docpipe.steps import people
    from docpipe.steps.tokens import make_token

    house = open_for_command()
    user = people.sign_in(house, acting, password(f"Password of {acting}"))
    made, secret = make_token(house, user, label, days=days or None, read_only=read_only)
    ends = f"{made.expires:%Y-%m-%d}" if made.expires else ""
    said = f"Token {made.id}, shown once: {secret}"
    return _done(as_json, said, id=made.id, token=secret, read_only=read_only, expires=ends)


@tokens.command("list")
def list_tokens(acting: As = "", as_json: Json = False) -> int:
    """Lists your personal tokens.

    Example: docpipe admin token list --as mei.lin
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import open_for_command, person
    from docpipe.steps.tokens import tokens_of

    house = open_for_command()
    found = tokens_of(house, person(house, acting, Action.READ).name)
    now = house.now()
    rows = [
        {
            "id": t.id, "label": t.label, "read_only": t.read_only, "holds": t.holds(now),
            "created": f"{t.created:%Y-%m-%d}", "expires": f"{t.expires:%Y-%m-%d}" if t.expires else "",
        }
        for t in found
    ]  # fmt: skip
    if as_json:
        out({"tokens": rows})
    else:
        shown = [
            [str(r["id"]), str(r["label"]), "read" if r["read_only"] else "read and change", str(r["expires"] or "never"),
             "" if r["holds"] else "ended"]
            for r in rows
        ]  # fmt: skip
        table(["id", "for", "may", "expires", ""], shown)
    return DONE


@tokens.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(help="The token's id.")],
    acting: As = "",
    reason: Reason = "",
    as_json: Json = False,
) -> int:
    """Ends a token for good: your own, or as administrator anybody's.

    Example: docpipe admin token revoke T0123456789ab --as mei.lin
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import open_for_command, person
    from docpipe.steps.tokens import revoke_token as revoke

    house = open_for_command()
    revoke(house, token, by=person(house, acting, Action.READ), reason=reason)
    return _done(as_json, f"Token {token} is revoked.", id=token, revoked=True)


def _done(as_json: bool, said: str, **fields: object) -> int:
    """Shows a result."""
    if as_json:
        out({"ok": True, **fields})
    else:
        text(said)
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
