"""Opening the house for a command: settings, log file, store. Imports steps lazily, so that help stays quick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docpipe.steps.house import House


def open_for_command(**given: Any) -> House:
    """The house with the command's settings, its log going to the operator's file. Raises ``BadSetting``, ``StorageError``."""
    import os

    from docpipe.settings import load
    from docpipe.steps.house import log_to_file, open_house

    settings = load(**given)
    for name, value in given.items():
        if value is not None and name in ("provider", "model", "base_url", "concurrency", "workers"):
            os.environ[f"DOCPIPE_{name.upper()}"] = str(value)
    log_to_file(settings)
    return open_house(settings)


def batch_of(house: House, name: str) -> str:
    """A batch's id from its id or an unambiguous beginning of it. Raises ``UnknownName``."""
    from docpipe.store import batches

    with house.store.read() as session:
        return batches.find(session, name).id
