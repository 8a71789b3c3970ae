"""The second half of the demo: the sample study's report, from datasets and tables to the signed and released document.

Imports the door only: it gives commands, as a team would.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Protocol

from docpipe.cli.door import DONE, WAITING, text

GAP = "M6.gap"


class Run(Protocol):
    """Gives a command in the demo's installation and returns what it printed."""

    def __call__(
        self, *arguments: str | Path, expect: tuple[int, ...] = (0,), acting: str = "", as_json: bool = False
    ) -> str: ...


def draft_report(run: Run, study: Path, out: Path) -> None:
    """Drafts the study report by its own program text (no model), through every checkpoint, to the released package in ``out``."""
    text(
        "\n-- Draft: the report of a study from its datasets, tables, analysis plan and protocol, with every number bound"
    )
    given = (
        "draft",
        "--type",
        "csr",
        "--sources",
        study,
        "--provider",
        "program",
        "--out",
        out,
        "--name",
        "study report",
    )
    batch = str(json.loads(run(*given, expect=(WAITING,), as_json=True))["batch"])
    seen = json.loads(run("review", "gates", batch, expect=(DONE, WAITING), as_json=True))
    text(f"Batch {batch} waits before anything is written:")
    for gate in seen["gates"]:
        what, count = _counted(gate)
        text(f"  {gate['stage']}: {count} {what}, {_open(gate['findings'])} critical findings open")
    run("review", "accept", batch, "--as", "jose.ruiz", acting="jose.ruiz")
    drafted: dict[str, Any] = json.loads(run("resume", batch, expect=(WAITING,), as_json=True))
    for document in drafted["documents"]:
        text(
            f"  {document['file']}: {document['blocks']['drafted']} sections, {len(document['gaps'])} gaps that no source fills"
        )
    _settle(run, batch)
    run("review", "approve", batch, "--as", "jose.ruiz", acting="jose.ruiz")
    run("review", "sign", batch, "--as", "jose.ruiz", "--meaning", "approval of the report", acting="jose.ruiz")
    run("resume", batch)


def where_report(out: Path) -> None:
    """Says where the report and its trace lie."""
    text(f"  the study report           {os.path.relpath(out / 'target' / 'csr.docx')}")
    text(f"  its sentences and sources  {os.path.relpath(out / 'target' / 'csr.trace.json')}")


def _counted(gate: dict[str, Any]) -> tuple[str, int]:
    """What a checkpoint shows, and how much of it."""
    content = gate["content"]
    if gate["stage"] == "plan":
        return "sections planned", sum(len(plan.get("blocks", ())) for plan in content)
    return {"sources": "files read", "tables": "tables parsed"}[gate["stage"]], len(content)


def _open(findings: list[dict[str, Any]]) -> int:
    return sum(f["severity"] == "critical" and f["disposition"] == "open" for f in findings)


def _settle(run: Run, batch: str) -> None:
    """Gaps are accepted as not applicable with a reason; any other critical finding is shown and dismissed with another."""
    lines = run("review", "show", batch, "--findings", as_json=True).splitlines()
    found = [f for f in map(json.loads, filter(str.strip, lines)) if f["severity"] == "critical"]
    gaps = [f["id"] for f in found if f["check"] == GAP]
    others = [f for f in found if f["check"] != GAP]
    for finding in others:
        text(f"  {finding['check']}: {finding['message']}")
    for ids, reason in (
        (gaps, "the study is invented: there is no such document"), ([f["id"] for f in others], "read against the table by the approver"),
    ):  # fmt: skip
        if ids:
            run("review", "dismiss", *ids, "--reason", reason, "--as", "jose.ruiz", acting="jose.ruiz")
