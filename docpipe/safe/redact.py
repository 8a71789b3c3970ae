"""Logs without text and secrets: what an operator ships elsewhere holds ids, counts and codes only.

Imports errors and the standard library only. Source: OWASP Logging Cheat Sheet.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime

from docpipe.errors import DocpipeError

HIDDEN = "[redacted]"
FIELDS = frozenset((
    "event", "batch", "document", "checkpoint", "chunk", "call", "stage", "seconds", "code", "count", "total",
    "attempt", "retries", "status", "state", "reason", "pages", "words", "segments", "characters", "blocks",
    "findings", "tokens", "input_tokens", "cached_tokens", "output_tokens", "cost", "currency", "provider", "model",
    "http_status", "latency_seconds", "retry_after", "user", "worker", "pid", "bytes", "sha256", "version",
    "exit_code", "kind", "place",
))  # fmt: skip
"""The only fields that ``JsonLines`` writes besides time, level, logger and error."""

_SHAPES = re.compile(
    r"\b(?:sk|pk|rk|dp)[-_][A-Za-z0-9_\-]{8,}"
    r"|(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/\-]{8,}=*"
    r"|(?i:\b(?:api[-_]?key|password|passwd|secret|token)\b[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&]+"
    r"|(?<=://)[^\s/:@]*:[^\s/@]+(?=@)"
)
_ID = re.compile(r"[\w.:@+\-]{1,100}", re.ASCII)
_EVENT = re.compile(r"[a-z][a-z0-9_.\-]{1,60}")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with each given secret, and whatever looks like a key, password or token, hidden."""
    for secret in sorted({s for s in secrets if len(s) >= 4}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _SHAPES.sub(HIDDEN, text)


class Redacting(logging.Filter):
    """Hides secrets in messages meant for people. ``secrets`` are the values to hide, as set up at start."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record in place and keeps it."""
        record.msg, record.args = redact(record.getMessage(), self._secrets), None
        record.exc_text = record.exc_info = None
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, event and the known ``FIELDS`` given as ``extra``.

    A message that is no event name, a value that is no id or number, and the message of any exception are left out: only
    the exception's class, our code and the innermost place in our code are written.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if isinstance(record.msg, str) and _EVENT.fullmatch(record.msg) and not record.args:
            line["event"] = record.msg
        for name in sorted(FIELDS & record.__dict__.keys()):
            value = record.__dict__[name]
            if isinstance(value, str) and _ID.fullmatch(value) and redact(value) == value:
                line[name] = value
            elif isinstance(value, (int, float)):
                line[name] = value if abs(value) < float("inf") else None
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _error(error: BaseException) -> dict[str, object]:
    told: dict[str, object] = {"class": type(error).__name__}
    if isinstance(error, DocpipeError):
        told["code"] = error.code
    for frame in traceback.extract_tb(error.__traceback__):
        at = frame.filename.replace("\\", "/").rfind("/docpipe/")
        if at >= 0:
            told["where"] = f"{frame.filename[at + 1 :]}:{frame.lineno}"
    return told
