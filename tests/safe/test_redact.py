"""Logs: secrets and document text do not get through, ids and counts do."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from docpipe.errors import DamagedPackage
from docpipe.safe.redact import JsonLines, Redacting, redact


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcDEF123456",
        "using sk-proj-abcdef1234567890",
        "postgresql://docpipe:s3cr3tpw@host/db",
        "api_key=abcDEF99",
        '{"password": "abcDEF99"}',
        "my own: canary-7",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    out = redact(text, ["canary-7"])
    assert "[redacted]" in out
    for secret in ("abcDEF", "s3cr3tpw", "canary-7"):
        assert secret not in out


def test_ordinary_text_is_left_alone() -> None:
    text = "Batch 20260101-ab12: 12 documents, 3 tokens left, token budget fine"
    assert redact(text) == text


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("docpipe.steps", logging.INFO, __file__, 1, message, args, None)
    made.__dict__.update(extra)
    return made


def test_a_line_holds_known_fields_only() -> None:
    line = json.loads(
        JsonLines().format(record("translate.done", batch="b1", seconds=1.5, segments=7, text="The patient", title="x"))
    )
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info", "logger": "docpipe.steps", "event": "translate.done", "batch": "b1", "seconds": 1.5, "segments": 7,
    }  # fmt: skip


def test_a_value_that_is_no_id_is_left_out() -> None:
    line = JsonLines().format(
        record("The patient %s", "Smith", document="The patient Smith", model="sk-abcdef1234567890", state="药 1")
    )
    assert json.loads(line).keys() == {"time", "level", "logger"}


def test_an_exception_is_told_by_class_and_code_without_its_message() -> None:
    for error in (ValueError("patient 0042"), DamagedPackage("Damaged.", entry="patient 0042")):
        made = record("step.failed")
        try:
            raise error
        except (ValueError, DamagedPackage):
            made.exc_info = sys.exc_info()
        line = JsonLines().format(made)
        assert "0042" not in line
        assert json.loads(line)["error"]["class"] == type(error).__name__
    assert json.loads(line)["error"]["code"] == "input.damaged"


def test_the_filter_hides_given_secrets_in_messages() -> None:
    made = record("connecting with %s", "canary-7")
    assert Redacting(["canary-7"]).filter(made)
    assert made.getMessage() == "connecting with [redacted]"
