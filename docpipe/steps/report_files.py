"""What is handed over of a report's check: the report with notes at the places, the findings as HTML and as JSON lines. Imports exports and safe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from docpipe.errors import DocpipeError, StorageError
from docpipe.exports.checked import checked_html
from docpipe.safe.child import call
from docpipe.safe.sniff import PDF
from docpipe.settings import Settings
from docpipe.steps.check_report import FINDINGS, CheckedReport
from docpipe.steps.reading import limits
from docpipe.steps.report_shown import evidence_line, lines_of

AUTHOR = "docpipe"
JSON_FIELDS = (
    "check",
    "severity",
    "message",
    "location",
    "text",
    "expected",
    "evidence",
    "section",
    "page",
    "before",
    "after",
    "place",
    "rank",
    "id",
)
"""A line of the JSON lines; the first seven are the contract's."""


def annotated_name(name: str) -> str:
    """The name of the report with notes."""
    path = PurePosixPath(name)
    return f"{path.stem}-checked{path.suffix}"


def annotated(settings: Settings, data: bytes, checked: CheckedReport, at: datetime) -> bytes:
    """The report with a comment (DOCX) or a highlight with a note (PDF) for each finding. Raises leaves of ``InputRefused``."""
    notes: list[Any]
    if checked.media_type == PDF:
        notes = [(f["place"]["boxes"], f["severity"], "\n".join(lines_of(f)), f["text"]) for f in checked.findings]
        moment = at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        target = "docpipe.writing.report.highlighted:highlighted"
    else:
        notes = [
            (f["place"]["part"], f["place"]["paragraph"], f["place"]["start"], f["place"]["end"], lines_of(f))
            for f in checked.findings
        ]
        moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        target = "docpipe.writing.report.commented:commented"
    return bytes(call(target, (data, notes, AUTHOR, moment), **limits(settings, data)))


def json_lines(checked: CheckedReport) -> bytes:
    """One finding a line, the worst first."""
    return "".join(json.dumps(json_line(f), ensure_ascii=False) + "\n" for f in checked.findings).encode(
        "utf-8", "surrogatepass"
    )


def json_line(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with the fields of the contract first."""
    return {name: finding[name] for name in JSON_FIELDS}


def html(
    checked: CheckedReport, at: datetime, link: str = "", decided: Mapping[str, Mapping[str, str]] | None = None
) -> bytes:
    """The findings as one page. ``link``: the annotated file beside it; ``decided``: what became of findings, by id."""
    shown = [
        {**f, "lines": [evidence_line(e) for e in f["evidence"]], "decided": (decided or {}).get(f["id"])}
        for f in checked.findings
    ]
    return checked_html(checked.summary(), shown, at, link, pdf=checked.media_type == PDF)


def write_all(
    settings: Settings, data: bytes, checked: CheckedReport, folder: Path, at: datetime
) -> tuple[list[Path], str]:
    """Writes everything into a folder: the paths, and why there is no annotated file ("" where there is one). Raises ``StorageError``."""
    made_folder(folder)
    name, missing = annotated_name(checked.name), ""
    made: dict[str, bytes] = {}
    try:
        made[name] = annotated(settings, data, checked, at)
    except DocpipeError as error:
        missing = error.message
    made["findings.html"] = html(checked, at, name if name in made else "")
    made[FINDINGS] = json_lines(checked)
    made["summary.json"] = json.dumps(checked.summary(), indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")
    write(folder, made)
    return [folder / file for file in made], missing


def made_folder(folder: Path) -> None:
    """Makes the folder for results before the work begins. Raises ``StorageError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be made.", folder=str(folder)) from error


def write(folder: Path, made: Mapping[str, bytes]) -> None:
    """Writes files into the folder for results. Raises ``StorageError``."""
    try:
        for file, content in made.items():
            (folder / file).write_bytes(content)
    except OSError as error:
        raise StorageError(f"The results cannot be written to {folder}.", folder=str(folder)) from error
