"""Questions on what is assessed: endpoints that no activity serves, activities that serve nothing, things that are never scheduled. Imports the core and its room.

Subjects are compared by their words; what is compared to what stands in the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docpipe.model.trial import Activity, Design, Trial
from docpipe.writing.design_questions.asked import Question, major, minor, named, short, words
from docpipe.writing.design_questions.texts import is_placeholder

_SAFETY = frozenset(
    {"adverse", "laboratory", "ecg", "vital", "physical", "weight", "pregnancy", "safety", "suicidal", "immunogenicity"}
)
_CONDUCT = re.compile(
    r"consent|criteria|eligib|inclusion|exclusion|enrol|randomi|demograph|medical history|\bhistory\b|concomitant|medication|dispens|return|complian|diary"
    r"|study drug|study intervention|administration|admit|admission|discharge|visit|phone|contracept|fasting|meal|diet|exercise|discontinu|assign|number|registration"
    r"|end of (?:study|trial)|retain|sample (?:storage|retention)|training|instruction|supine|standing|\bstand\b|\bsit",
    re.IGNORECASE,
)  # fmt: skip
"""How a trial is run: such activities need no endpoint."""


def subject(trial: Trial, activity: Activity, design: Design) -> frozenset[str]:
    """The words that say what an activity is about: its own, of its procedures, concepts and the groups above it."""
    wanted = set(activity.concept_ids)
    said = [activity.name, activity.label, activity.description]
    said += [x for p in activity.procedures for x in (p.name, p.label, p.description)]
    said += [x for c in trial.concepts if c.id in wanted for x in (c.name, c.label, *c.synonyms)]
    said += [x for a in design.activities if activity.id in a.child_ids for x in (a.name, a.label)]
    return words(" . ".join(said))


def scheduled(design: Design) -> set[str]:
    """Ids of activities that some instance of a timeline has."""
    return {a for t in design.timelines for i in t.instances for a in i.activity_ids}


def endpoints(trial: Trial, design: Design) -> Iterator[Question]:
    """Is each endpoint assessed in the schedule?"""
    there = scheduled(design)
    subjects = [subject(trial, a, design) for a in design.activities if a.id in there]
    treated = frozenset().union(*(words(f"{i.name} {i.label}") for i in trial.interventions))
    for objective in design.objectives:
        for endpoint in objective.endpoints:
            said = endpoint.text.text or named(endpoint)
            about = words(said) - treated
            if is_placeholder(said) or not about:
                continue
            if not any(about & s for s in subjects):
                yield major(
                    "endpoint_unassessed", f"No scheduled activity assesses the endpoint “{short(said)}”.", endpoint.pointer
                )  # fmt: skip


def unserved(trial: Trial, design: Design) -> Iterator[Question]:
    """Does each assessment serve an endpoint, safety, eligibility or the conduct of the trial?"""
    if not design.objectives:
        return
    there = scheduled(design)
    served = words(" . ".join(e.text.text for o in design.objectives for e in o.endpoints))
    served |= words(" . ".join(x for o in design.objectives for x in (o.text.text, o.description)))
    served |= words(" . ".join(f"{c.label} . {c.text.text}" for c in design.criteria))
    served |= words(" . ".join(f"{i.name} {i.label}" for i in trial.interventions))
    for activity in design.activities:
        about = subject(trial, activity, design)
        conduct = any(_CONDUCT.search(x) for x in (activity.name, activity.label))
        if activity.id not in there or conduct or about & _SAFETY or about & served or activity.child_ids:
            continue
        said = f"The assessment “{named(activity)}” serves no endpoint, no safety objective and no criterion."
        yield minor("assessment_unserved", said, activity.pointer)


def never(trial: Trial, design: Design) -> Iterator[Question]:
    """Is each activity, visit and epoch scheduled?"""
    there = scheduled(design)
    for activity in design.activities:
        if activity.id not in there and not activity.child_ids:
            said = f"The activity “{named(activity)}” is scheduled at no visit."
            yield major("activity_never_scheduled", said, activity.pointer)
    instances = [i for t in design.timelines for i in t.instances]
    met = {i.encounter_id for i in instances}
    for encounter in design.encounters:
        if encounter.id not in met:
            said = f"The visit “{named(encounter)}” stands in no timeline."
            yield major("encounter_unused", said, encounter.pointer)
    entered = {i.epoch_id for t in design.timelines if t.main for i in t.instances}
    for epoch in design.epochs:
        if epoch.id not in entered and any(t.main for t in design.timelines):
            said = f"The main timeline has no visit in the period “{named(epoch)}”."
            yield major("epoch_without_visit", said, epoch.pointer)


def conditions(trial: Trial, design: Design) -> Iterator[Question]:
    """Does each condition hold for something that is scheduled?"""
    instances = {i.id: i for t in design.timelines for i in t.instances}
    activities = {a.id: a for a in design.activities}
    for condition in trial.conditions:
        said = short(condition.text.text or named(condition), 70)
        if not condition.context_ids and not condition.applies_to_ids:
            yield minor(
                "condition_loose", f"The condition “{said}” is tied to no activity and no visit.", condition.pointer
            )  # fmt: skip
        at = [instances[i] for i in condition.context_ids if i in instances]
        for activity in (activities[a] for a in condition.applies_to_ids if a in activities):
            missing = [i for i in at if activity.id not in i.activity_ids]
            if missing:
                where = ", ".join(named(i) for i in missing[:3]) + (
                    f" and {len(missing) - 3} more" if missing[3:] else ""
                )
                yield minor(
                    "condition_unscheduled", f"The condition “{said}” is on “{named(activity)}” at {where}, where it is not scheduled.",
                    condition.pointer, activity.pointer, *(i.at("activityIds") for i in missing),
                )  # fmt: skip


ASKED = (endpoints, unserved, never, conditions)
