"""The permission table, every action by every role (D6), and passwords."""

from __future__ import annotations

import pytest

from docpipe.accounts.passwords import hash_password, needs_rehash, verify_password
from docpipe.accounts.roles import Action, Role, allows, require
from docpipe.errors import RoleMissing, UsageError

TABLE = """
               author reviewer approver quality operator administrator auditor
submit         x      .        .        .       x        .             .
edit           x      x        .        .       .        .             .
dismiss        .      x        x        .       .        .             .
approve        .      x        x        .       .        .             .
reject         .      x        x        x       .        .             .
sign           .      .        x        x       .        .             .
release        .      .        x        x       .        .             .
resume         x      .        .        .       x        .             .
read           x      x        x        x       x        x             x
manage_users   .      .        .        .       .        x             .
audit_read     .      .        .        x       .        x             x
"""


def test_the_table_is_exactly_this() -> None:
    header, *rows = TABLE.strip().splitlines()
    roles = [Role(name) for name in header.split()]
    assert roles == list(Role)
    assert [row.split()[0] for row in rows] == [a.value for a in Action]
    for row in rows:
        action, *marks = row.split()
        assert [allows(role, Action(action)) for role in roles] == [mark == "x" for mark in marks], action


def test_who_lacks_the_role_is_told_which_would_do() -> None:
    require({Role.AUDITOR, Role.APPROVER}, Action.SIGN)
    with pytest.raises(RoleMissing, match="approver, quality"):
        require({Role.ADMINISTRATOR, Role.AUDITOR}, Action.SIGN)
    with pytest.raises(RoleMissing):
        require((), Action.READ)


def test_a_password_fits_its_own_hash_alone() -> None:
    stored = hash_password("пароль длинный 密码\ud83d")
    assert stored.startswith("$argon2id$")
    assert verify_password("пароль длинный 密码\ud83d", stored)
    assert not verify_password("another password", stored)
    assert not verify_password("another password", None)
    assert not verify_password("another password", "spoiled")
    assert not needs_rehash(stored)


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 1025])
def test_a_password_has_its_length(password: str) -> None:
    with pytest.raises(UsageError):
        hash_password(password)


def test_what_was_cut_off_does_not_fit() -> None:
    stored = hash_password("x" * 1024)
    assert verify_password("x" * 1024, stored)
    assert not verify_password("x" * 1025, stored)
