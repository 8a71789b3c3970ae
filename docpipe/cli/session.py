"""Opening the house for a command: settings, log file, store. Imports steps lazily, so that help stays quick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docpipe.accounts.roles import Action, User
    from docpipe.steps.house import House


_KEPT = ("provider", "model", "base_url", "concurrency", "workers", "record_replies", "replies_file")
"""Settings of a command that the flow in this process is to see, which reads its settings anew."""


def open_for_command(**given: Any) -> House:
    """The house with the command's settings, its log going to the operator's file. Raises ``BadSetting``, ``StorageError``."""
    import os

    from docpipe.settings import load
    from docpipe.steps.house import log_to_file, open_house

    settings = load(**given)
    for name, value in given.items():
        if value is not None and name in _KEPT:
            os.environ[f"DOCPIPE_{name.upper()}"] = str(value)
    log_to_file(settings)
    return open_house(settings)


def batch_of(house: House, name: str) -> str:
    """A batch's id from its id or an unambiguous beginning of it. Raises ``UnknownName``."""
    from docpipe.store import batches

    with house.store.read() as session:
        return batches.find(session, name).id


def person(house: House, name: str, action: Action) -> User:
    """Who acts: the owner of the personal token in DOCPIPE_TOKEN, else the account named by --as once its password was checked.

    Raises ``SignInFailed``, ``RoleMissing``, ``UsageError`` where nobody is named.
    """
    import os

    from docpipe.cli.door import password
    from docpipe.errors import UsageError
    from docpipe.steps.people import acting, acting_by_token

    token = os.environ.get("DOCPIPE_TOKEN", "")
    if token:
        return acting_by_token(house, token, name, action)
    if not name:
        raise UsageError("Say who acts: --as USER, or a personal token in DOCPIPE_TOKEN.")
    return acting(house, name, password(f"Password of {name}"), action)
