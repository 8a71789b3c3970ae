"""A faithful simulated drafter: words the given sentences anew by rules, keeping every tag, negation and claim. Imports its room only.

It changes what a careful writer changes: verbs of reporting, the place of the group, sentences parted or merged.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any

__all__ = ["DraftItem", "Worded", "draft_reply", "rows_of", "worded"]

_VERBS = (
    (re.compile(r"\b(were|was) reported\b"), r"\1 recorded"),
    (re.compile(r"\b(were|was) recorded\b"), r"\1 documented"),
    (re.compile(r"\boccurred\b"), "were observed"),
    (re.compile(r"\bexperienced\b"), "had"),
    (re.compile(r"\bin comparison with\b"), "compared with"),
    (re.compile(r"\bwhereas\b"), "while"),
    (re.compile(r"\b(were|was) observed\b"), r"\1 seen"),
    (re.compile(r", (?=<\d+/> of <)"), ", a total of "),
    (re.compile(r"\bIn the (?=<\d+/>)"), "For the "),
    (re.compile(r"\bThere were (?=<)"), "There were in total "),
    (re.compile(r"\bIn the (?=[a-z])"), "Within the "),
    (re.compile(r" in the (?=<\d+/> group)"), " within the "),
    (re.compile(r"\b(was|were) given\b"), r"\1 provided"),
    (re.compile(r"\bare listed in\b"), "are presented in"),
    (re.compile(r"\bgives an overview\b"), "provides an overview"),
    (re.compile(r"(?<=> )and (?=<\d+/> (?:in|of) )"), "as well as "),
    (re.compile(r"\bwas (?=stratified|performed|conducted)"), "has been "),
)
_LEAD = re.compile(r"In the (<\d+/>)( group| arm)?, ((?:[a-z]|<)[^;:()]*)\.")
_PARTED = re.compile(r"[^;()]*(?:\([^;()]*\)[^;()]*)*; [^;()]*(?:\([^;()]*\)[^;()]*)*\.")
"""A sentence of two halves with one semicolon, and that not inside brackets."""
_LOWER = re.compile(r"(There|The|These|In|For|Of|At|No|A)\b")


@dataclass(slots=True)
class Worded:
    """A sentence on its way out. ``of``: numbers of the given sentences that it words."""

    of: list[int]
    text: str


@dataclass(slots=True)
class DraftItem:
    """An answered row on its way out. ``given``: its sentences as asked; ``shows``: what each tag shows; ``arms``: tags of groups."""

    id: str
    given: tuple[str, ...]
    sentences: list[Worded]
    shows: dict[str, str] = field(default_factory=dict)
    arms: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def rows_of(task: Any) -> list[DraftItem] | None:
    """The faithfully worded rows of a drafting task, None where the value is none."""
    rows = task.get("rows") if isinstance(task, dict) else None
    if not isinstance(rows, list):
        return None
    found: list[DraftItem] = []
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            continue
        given = tuple(str(s.get("text", "")) for s in row.get("sentences") or () if isinstance(s, dict))
        tags = [t for t in row.get("tags") or () if isinstance(t, dict) and isinstance(t.get("tag"), str)]
        shows = {t["tag"]: str(t.get("shows", "")) for t in tags}
        arms = tuple(t["tag"] for t in tags if t.get("is") == "group" and "fact" not in t)
        facts = tuple(t["tag"] for t in tags if "fact" in t)
        found.append(DraftItem(row["id"], given, worded(given, shows), shows, arms, facts))
    return found or None


def draft_reply(items: list[DraftItem]) -> str:
    """The reply after the schema of ``write/paragraphs``."""
    rows = [{"id": i.id, "sentences": [{"of": s.of, "text": s.text} for s in i.sentences]} for i in items]
    return json.dumps({"rows": rows}, ensure_ascii=False, separators=(",", ":"))


def worded(given: tuple[str, ...], shows: dict[str, str]) -> list[Worded]:
    """The sentences worded anew. Equal sentences are worded equally in every process."""
    out: list[Worded] = []
    for number, text in enumerate(given, 1):
        choice = zlib.crc32(text.encode("utf-8", "surrogatepass"))
        new = _moved(_verbs(text, choice), shows) if choice % 3 else _verbs(text, choice)
        if choice % 2 and _PARTED.fullmatch(new):
            one, other = new.split("; ")
            if _starts_fine(other, shows) and "<" in one and "<" in other:
                out += [Worded([number], f"{one}."), Worded([number], other[0].upper() + other[1:])]
                continue
        if out and choice % 5 == 0 and not _halved(out) and _joins(out[-1], new):
            before = out.pop()
            out.append(Worded([*before.of, number], f"{before.text[:-1]}; {new[0].lower()}{new[1:]}"))
            continue
        out.append(Worded([number], new))
    return out


def _verbs(text: str, choice: int) -> str:
    for n, (pattern, use) in enumerate(_VERBS):
        if (choice + n) % 2 and pattern.search(text):
            return pattern.sub(use, text, count=1)
    return text


def _moved(text: str, shows: dict[str, str]) -> str:
    """``In the <1/> group, x y.`` becomes ``X y in the <1/> group.`` where no other group or list would be torn apart."""
    match = _LEAD.fullmatch(text)
    if match is None or not _starts_fine(match[3], shows) or ", " in match[3]:
        return text
    return f"{match[3][0].upper()}{match[3][1:]} in the {match[1]}{match[2] or ''}."


def _starts_fine(text: str, shows: dict[str, str]) -> bool:
    tag = re.match(r"<\d+/>", text)
    return not tag or shows.get(tag[0], "")[:1].isupper()


def _joins(before: Worded, text: str) -> bool:
    short = len(before.text) + len(text) < 260
    return short and before.text.endswith(".") and ";" not in before.text and bool(_LOWER.match(text))


def _halved(out: list[Worded]) -> bool:
    """Whether the last sentence is the second half of one that was parted."""
    return len(out) > 1 and out[-1].of == out[-2].of
