"""Questions on texts: words that only hold a place, labels with a stray letter. Imports the core and its room."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.model.trial import Design, Trial
from docpipe.writing.design_questions.asked import Question, major, minor, named, short
from docpipe.writing.soa.heads import stray_letter

_HOLDS = re.compile(
    r"\bto be (?:determined|defined|confirmed|added|completed|decided|provided)\b|^\W*(?:tbd|tbc|tba|xx+|n/?a|none|todo|need reason|lorem ipsum.*)\W*$|\*{3}|\[insert\b|<insert\b",
    re.IGNORECASE,
)  # fmt: skip


def is_placeholder(text: str) -> bool:
    """Whether a text only holds a place."""
    return bool(_HOLDS.search(text.strip()))


def placeholders(trial: Trial, design: Design) -> Iterator[Question]:
    """Do objectives, endpoints, criteria and descriptions say something?"""
    told: list[tuple[str, str, str]] = []
    for objective in design.objectives:
        told.append(("objective", objective.text.text, objective.pointer))
        told += [("endpoint", e.text.text, e.pointer) for e in objective.endpoints]
    told += [("criterion", c.text.text, c.pointer) for c in design.criteria]
    told += [("intercurrent event", e.text.text, e.pointer) for x in design.estimands for e in x.events]
    told += [("rationale of the design", design.rationale.text, design.at("rationale"))]
    for a in trial.amendments:
        told.append(("summary of an amendment", a.summary.text, a.at("summary")))
        told += [("reason of an amendment", r.other, r.pointer) for r in a.secondary_reasons]
    for what, text, pointer in told:
        if text and is_placeholder(text):
            yield major("placeholder", f"The text of the {what} only holds a place: “{short(text, 50)}”.", pointer)
    for intervention in trial.interventions:
        for given in intervention.administrations:
            length = given.duration
            if length is not None and length.varies and is_placeholder(length.reason):
                said = f"How long “{short(given.description or given.called, 50)}” is given varies, for a reason that is not stated."
                yield major("placeholder", said, length.at("reasonDurationWillVary"))


def letters(trial: Trial, design: Design) -> Iterator[Question]:
    """Are labels free of letters that belong to footnotes?"""
    for activity in design.activities:
        letter = stray_letter(activity)
        if letter:
            said = f"The label of “{activity.name}” has a letter “{letter}” more than its name; the schedule prints the name."
            yield minor("label_letter", said, activity.at("label"))


def twice(trial: Trial, design: Design) -> Iterator[Question]:
    """Do two activities have one label?"""
    seen: dict[str, str] = {}
    for activity in design.activities:
        key = " ".join(activity.called.casefold().split())
        if key and key in seen:
            said = f"Two activities are called “{named(activity)}”."
            yield minor("label_twice", said, activity.pointer, seen[key])
        seen.setdefault(key, activity.pointer)


ASKED = (placeholders, letters, twice)
