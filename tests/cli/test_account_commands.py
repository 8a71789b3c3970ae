"""Accounts and personal tokens by command: passwords, roles, closing; acting by token, signing by password all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whole import PASSWORD, Cli, Done


class Desk:
    """The command line in this process, with a password file and maybe a token."""

    def __init__(self, cli: Cli, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self.cli, self._patch, self._captured = cli, patch, captured

    def __call__(self, *words: str | Path, password: str = PASSWORD, token: str = "") -> Done:
        secret = self.cli.home.parent / "secret"
        secret.touch(mode=0o600)
        secret.write_text(password)
        given = {"DOCPIPE_PASSWORD_FILE": str(secret)} | ({"DOCPIPE_TOKEN": token} if token else {})
        kept = Cli.environment

        def environment(cli: Cli, acting: str = "", **more: str) -> dict[str, str]:
            return kept(cli, acting, **(given | more))

        self._patch.setattr(Cli, "environment", environment)
        try:
            return self.cli.inside(self._patch, self._captured, *words, "--json")
        finally:
            self._patch.setattr(Cli, "environment", kept)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(Cli(tmp_path / "home"), monkeypatch, capsys)
    file = ("--password-file", made.cli.secret())
    assert made("admin", "user", "add", "admin", "--role", "administrator", *file).code == 0
    for name, role in (("mei.lin", "reviewer"), ("jose.ruiz", "approver")):
        assert made("admin", "user", "add", name, "--role", role, *file, "--as", "admin").code == 0
    return made


def _users(desk: Desk) -> dict[str, Any]:
    return {u["name"]: u for u in desk("admin", "user", "list").json["users"]}


def test_roles_and_closing_need_an_administrator_and_a_reason(desk: Desk) -> None:
    done = desk("admin", "user", "roles", "mei.lin", "--role", "approver", "--reason", "promoted", "--as", "admin")
    assert done.json == {"ok": True, "name": "mei.lin", "roles": ["approver"]}
    refused = desk("admin", "user", "disable", "jose.ruiz", "--reason", "x", "--as", "mei.lin")
    assert (refused.code, refused.error) == (2, "review.role_missing")
    assert desk("admin", "user", "disable", "jose.ruiz", "--reason", " ", "--as", "admin").error == "review.refused"
    assert desk("admin", "user", "disable", "jose.ruiz", "--reason", "left", "--as", "admin").code == 0
    assert _users(desk)["jose.ruiz"]["disabled"] is True
    assert desk("admin", "token", "list", "--as", "jose.ruiz").error == "review.sign_in_failed"


def test_a_reset_gives_a_one_time_password_that_its_owner_changes(desk: Desk, tmp_path: Path) -> None:
    secret = desk("admin", "user", "password", "mei.lin", "--reason", "forgotten", "--as", "admin").json[
        "one_time_password"
    ]
    assert desk("admin", "token", "list", "--as", "mei.lin", password=secret).error == "review.must_change_password"
    new = tmp_path / "new"
    new.touch(mode=0o600)
    new.write_text("one good password")
    change = ("admin", "user", "password", "mei.lin", "--as", "mei.lin", "--new-password-file", new)
    assert desk(*change, password=secret).code == 0
    assert desk("admin", "token", "list", "--as", "mei.lin", password="one good password").json == {"tokens": []}


def test_a_token_stands_for_the_password_except_for_signing_and_for_tokens(desk: Desk) -> None:
    made = desk("admin", "token", "add", "night", "--as", "mei.lin", "--days", "3").json
    token = made["token"]
    assert made["id"] not in token
    listed = desk("admin", "token", "list", token=token, password="wrong").json["tokens"]
    assert [(t["label"], t["holds"]) for t in listed] == [("night", True)]
    assert desk("admin", "token", "list", "--as", "admin", token=token).error == "review.sign_in_failed"
    assert desk("admin", "token", "add", "more", "--as", "mei.lin", token=token, password="wrong").code == 2
    denied = desk("admin", "user", "disable", "jose.ruiz", "--reason", "x", token=token, password="wrong")
    assert denied.error == "review.role_missing"
    assert desk("admin", "token", "revoke", made["id"], token=token).code == 0
    assert desk("admin", "token", "list", token=token).error == "review.sign_in_failed"


def test_a_token_for_reading_changes_nothing(desk: Desk) -> None:
    token = desk("admin", "token", "add", "look", "--read-only", "--as", "admin").json["token"]
    assert desk("admin", "token", "list", token=token).code == 0
    refused = desk("admin", "user", "disable", "mei.lin", "--reason", "x", token=token)
    assert refused.error == "review.role_missing"
    assert _users(desk)["mei.lin"]["disabled"] is False


def test_nobody_named_is_said_to_be_so(desk: Desk) -> None:
    assert desk("admin", "token", "list").error == "usage.wrong"
