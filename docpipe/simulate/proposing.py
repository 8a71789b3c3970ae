"""A faithful simulated proposer: sentences for a gap that say nothing but what the known lines of the task say. Imports its room only."""

from __future__ import annotations

import re
import zlib
from typing import Any

from docpipe.simulate.drafting import DraftItem, Worded

__all__ = ["proposals_of"]

_LINE = re.compile(r"(?P<label>[A-Z][^:.]{2,60}): (?P<value>[^\n]{1,160})")
_FORMS = (
    "The {label} of this trial is {value}.",
    "For this trial, the {label} is {value}.",
    "The {label} is {value} in this trial.",
)
MOST = 3


def proposals_of(task: Any) -> list[DraftItem] | None:
    """The proposals for a task's gaps, None where the value is no such task. Where no line has a label, nothing is proposed."""
    asked = task.get("propose") if isinstance(task, dict) else None
    if not isinstance(asked, list):
        return None
    lines = [(int(k.get("n", 0)), str(k.get("text", ""))) for k in task.get("known") or () if isinstance(k, dict)]
    tags = [t for t in task.get("tags") or () if isinstance(t, dict) and isinstance(t.get("tag"), str)]
    shows = {t["tag"]: str(t.get("shows", "")) for t in tags}
    arms = tuple(t["tag"] for t in tags if t.get("is") == "group" and "fact" not in t)
    facts = tuple(t["tag"] for t in tags if "fact" in t)
    found: list[DraftItem] = []
    for row in asked:
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            given = tuple(text for _, text in lines)
            said = _sentences(lines, str(row.get("missing", "")), shows)
            found.append(DraftItem(row["id"], given, said, shows, arms, facts))
    return found or None


def _sentences(lines: list[tuple[int, str]], missing: str, shows: dict[str, str]) -> list[Worded]:
    """Up to three lines with labels, those first that share words with what is missing."""
    wanted = set(re.findall(r"[a-z]{4,}", missing.casefold()))
    labelled = [(n, m) for n, text in lines if (m := _LINE.fullmatch(text)) and "." not in m["value"].rstrip(".")]
    labelled.sort(key=lambda pair: -len(wanted & set(re.findall(r"[a-z]{4,}", pair[1][0].casefold()))))
    out = []
    for n, m in labelled[:MOST]:
        form = _FORMS[zlib.crc32(m[0].encode("utf-8", "surrogatepass")) % len(_FORMS)]
        label = re.sub(r"\b[A-Z](?=[a-z]+\b)", lambda c: c[0].lower(), m["label"])
        out.append(Worded([n], form.format(label=label, value=m["value"].rstrip("."))))
    return out
