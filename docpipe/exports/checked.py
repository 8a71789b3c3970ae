"""The findings on a report that people wrote as one HTML page: words, what should stand there, evidence beside. Imports jinja2 through its templates.

One page without any request to elsewhere: it opens from a disk, prints, and follows the reader's light or dark setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from docpipe.exports.templates import page

FAMILIES = {
    "N": "Numbers", "P": "Populations, subjects and design", "U": "Doses and units", "T": "Dates and times", "X": "References", "AB": "Abbreviations",
    "M": "Template and residue", "S": "Style", "CL": "Claims", "FL": "File", "R": "Between documents",
}  # fmt: skip
"""Families of checks by the letters that their ids begin with."""


def checked_html(
    summary: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], at: datetime, link: str, *, pdf: bool
) -> bytes:
    """The page in UTF-8. ``link``: name of the report with notes beside it, "" for none. Deterministic."""
    families: dict[str, dict[str, int]] = {}
    for finding in findings:
        row = families.setdefault(str(finding["family"]), dict.fromkeys(("critical", "major", "minor"), 0))
        row[str(finding["severity"])] += 1
    shown = [{**f, "link": _link(link, f, pdf), "decided": f.get("decided")} for f in findings]
    summary = {"doubts": [], **summary}
    rows = [{"family": FAMILIES.get(name, name), **row} for name, row in sorted(families.items())]
    made = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return page(
        "checked.html",
        summary=summary,
        findings=shown,
        families=rows,
        made=made,
        link=quote(link),
        numbers=_numbers(summary),
    )


def _link(link: str, finding: Mapping[str, Any], pdf: bool) -> str:
    """Where a click leads to the place itself: a page of a PDF; Word files open at their beginning."""
    return f"{quote(link)}#page={finding['page']}" if link and pdf and finding["page"] else ""


def _numbers(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Figures of the report's numbers with their names in words."""
    words = {
        "numbers": "numbers in the report", "bound": "found in the data", "recomputed": "computed again from the data",
        "allowed": "need no source", "not_found": "found nowhere", "contradicted": "contradicted by the data",
    }  # fmt: skip
    return [(said, int(summary["numbers"].get(name, 0))) for name, said in words.items()]
