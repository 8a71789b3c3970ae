"""What the console counts after a translation is what the report counts: open findings of rows, and notices of readers apart."""

from __future__ import annotations

from typing import Any

import pytest

from docpipe.cli.translating import show


def told(segment: str, disposition: str) -> dict[str, Any]:
    return {"segment": segment, "severity": "minor", "disposition": disposition}


def test_notices_are_not_counted_as_open_findings(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [told("s1", "open"), told("s2", "dismissed"), told("", "open"), told("", "open"), told("", "open")]
    document = {
        "file": "a.docx",
        "state": "draft",
        "segments": {"by_status": {"translated": 2}},
        "error": None,
        "findings": findings,
    }
    show({"batch": "B1", "state": "draft", "documents": [document], "next": []})
    head, row = [line for line in capsys.readouterr().out.splitlines() if "file" in line or "a.docx" in line]
    assert head.split()[:6] == ["file", "state", "segments", "open", "findings", "notices"]
    assert row.split()[-2:] == ["1", "3"]
