"""Opening the house for a command: settings, log file, store. Imports steps lazily, so that help stays quick."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docpipe.steps.house import House


def open_for_command(**given: Any) -> House:
    """The house with the command's settings, its log going to the operator's file. Raises ``BadSetting``, ``StorageError``."""
    import os

    from docpipe.safe.redact import JsonLines
    from docpipe.settings import load
    from docpipe.steps.house import open_house

    settings = load(**given)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, value in given.items():
        if value is not None and name in ("provider", "model", "base_url", "concurrency", "workers"):
            os.environ[f"DOCPIPE_{name.upper()}"] = str(value)
    handler = logging.FileHandler(settings.log_file or settings.home / "docpipe.log", encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("docpipe")
    logger.setLevel(logging.INFO)
    logger.handlers[:] = [handler]
    logger.propagate = False
    return open_house(settings)


def batch_of(house: House, name: str) -> str:
    """A batch's id from its id or an unambiguous beginning of it. Raises ``UnknownName``."""
    from docpipe.store import batches

    with house.store.read() as session:
        return batches.find(session, name).id
