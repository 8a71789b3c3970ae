"""Recorded replies: kept once while a model answers, replayed for ever without one, for audits and tests. Imports the core only.

A record is a file of JSON lines. The first names the form; each other line holds ``key`` (the request's spend key), ``parts``
(digests of what the request is made of), ``reply`` and ``digest`` (of the line without it). Replies are document text.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from docpipe.errors import BadSetting, InputMissing, ReplyNotRecorded
from docpipe.llm.provider import Connection, Plugin, Provider
from docpipe.model.canonical import digest_of
from docpipe.model.chunk import Reply, Request, SpendKey, Usage

__all__ = ["PROVIDER", "Recorded", "Recording", "read_record", "recording"]

FORM = {"form": "docpipe recorded replies", "version": 1, "note": "holds text of documents: keep it as you keep them"}
_PARTS = (
    "provider",
    "model",
    "prompt_digest",
    "system",
    "user",
    "schema",
    "purpose",
    "attempt",
    "max_output",
    "temperature",
)


def _parts(request: Request) -> dict[str, str]:
    """Digests of the request's parts (short), by which it is told what differs; names and numbers as they are."""
    values = {name: getattr(request, name) for name in _PARTS}
    return {k: digest_of(v)[:16] if k in ("system", "user", "schema") else str(v) for k, v in values.items()}


def _content(parts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(parts.get(name, "") for name in _PARTS if name != "provider")


def _line(request: Request, reply: Reply) -> str:
    usage = reply.usage
    entry: dict[str, Any] = {
        "key": request.spend_key,
        "parts": _parts(request),
        "reply": {
            "text": reply.text, "finish": reply.finish, "model": reply.model, "request_id": reply.request_id,
            "usage": [usage.input_tokens, usage.cached_tokens, usage.output_tokens],
        },
    }  # fmt: skip
    return json.dumps({**entry, "digest": digest_of(entry)}, ensure_ascii=True, sort_keys=True)


class Recording:
    """A provider whose every reply is written to a file, readable by its owner only. Its errors are not recorded."""

    def __init__(self, provider: Provider, path: Path) -> None:
        self.name = provider.name
        self._provider, self._path, self._lock = provider, path, threading.Lock()

    async def complete(self, request: Request) -> Reply:
        """See ``Provider``. Raises ``BadSetting`` where the file cannot be written."""
        reply = await self._provider.complete(request)
        self._keep(_line(request, reply))
        return reply

    async def close(self) -> None:
        """See ``Provider``."""
        await self._provider.close()

    def _keep(self, line: str) -> None:
        try:
            with self._lock:
                descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with open(descriptor, "a", encoding="ascii") as file:
                    # Other processes may record into the same file.
                    fcntl.flock(file, fcntl.LOCK_EX)
                    os.fchmod(file.fileno(), 0o600)
                    first = "" if os.fstat(file.fileno()).st_size else json.dumps(FORM, sort_keys=True) + "\n"
                    file.write(f"{first}{line}\n")
        except OSError as error:
            raise BadSetting("The file for recorded replies cannot be written.", setting="record_replies") from error


def recording(provider: Provider, path: Path) -> Provider:
    """The provider, with its replies recorded in ``path``: a file, or a folder that gets a ``replies.jsonl``."""
    return Recording(provider, path / "replies.jsonl" if path.is_dir() else path)


def read_record(path: Path) -> dict[SpendKey, tuple[Mapping[str, str], Reply]]:
    """The replies of a file, or of every ``*.jsonl`` in a folder, by spend key; of two for a key the first counts.

    A last line that was cut off by a crash is left out. Raises ``InputMissing`` and ``BadSetting`` (not this form, a changed line).
    """
    if not path.exists():
        raise InputMissing(f"There are no recorded replies at {path.name}.", path=str(path))
    found: dict[SpendKey, tuple[Mapping[str, str], Reply]] = {}
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        try:
            lines = file.read_text("utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(f"The record {file.name} cannot be read.", file=file.name) from error
        _read(file.name, lines, found)
    return found


def _read(name: str, lines: list[str], found: dict[SpendKey, tuple[Mapping[str, str], Reply]]) -> None:
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            entry = json.loads(line)
            if number == 1 and entry.get("form") == FORM["form"]:
                continue
            digest = entry.pop("digest")
            if digest != digest_of(entry):
                raise BadSetting(f"Line {number} of the record {name} was changed after it was written.", line=number)
            said = entry["reply"]
            reply = Reply(said["text"], said["finish"], said["model"], Usage(*said["usage"]), 0.0, said["request_id"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if number == len(lines) and number > 1:
                return
            raise BadSetting(f"Line {number} of {name} is no recorded reply.", line=number) from error
        found.setdefault(SpendKey(entry["key"]), (entry["parts"], reply))


class Recorded:
    """Replays a record. Takes no network and costs nothing; what was not recorded is an error that names what differs."""

    name = "recorded"

    def __init__(self, path: Path) -> None:
        self._found = read_record(path)
        # Recorded under another provider's name, since ours is ``recorded``: found by all that the model sees.
        self._by_content = {_content(parts): reply for parts, reply in reversed(self._found.values())}

    async def complete(self, request: Request) -> Reply:
        """See ``Provider``. Raises ``ReplyNotRecorded``."""
        parts = _parts(request)
        reply = self._by_content.get(_content(parts))
        if reply is None:
            raise ReplyNotRecorded(
                f"No recorded reply fits the request: {_difference(parts, (p for p, _ in self._found.values()))}.",
                spend_key=request.spend_key, recorded=len(self._found),
            )  # fmt: skip
        return reply

    async def close(self) -> None:
        """See ``Provider``."""


def _difference(wanted: Mapping[str, str], there: Iterable[Mapping[str, str]]) -> str:
    """What differs between the request and the recorded one that is most like it."""
    nearest = max(there, key=lambda parts: sum(parts.get(k) == v for k, v in wanted.items()), default=None)
    if nearest is None:
        return "the record is empty"
    differs = [k.replace("_", " ") for k, v in wanted.items() if k != "provider" and nearest.get(k) != v]
    return f"the nearest differs in {', '.join(differs) or 'nothing that is recorded'}"


def connect(connection: Connection) -> Provider:
    """Raises ``BadSetting`` where no record is named, ``InputMissing`` where it is not there."""
    if connection.folder is None:
        raise BadSetting("Name the recorded replies: DOCPIPE_REPLIES_FILE.", setting="replies_file")
    return Recorded(connection.folder)


PROVIDER = Plugin("recorded", connect)
