"""Arms, epochs, elements, visits, activities and timelines of a USDM design. Imports the core and its neighbours' parts."""

from __future__ import annotations

from docpipe.model.trial import (
    Activity,
    Branch,
    Cell,
    Concept,
    Condition,
    DurationOf,
    Element,
    Encounter,
    Epoch,
    Instance,
    Procedure,
    Rule,
    Timeline,
    Timing,
    TrialArm,
)
from docpipe.sources.usdm.references import Texts
from docpipe.sources.usdm.tree import Item, amount, coded, codes


def names(item: Item, texts: Texts) -> tuple[str, str, str, str, str]:
    """What everything named begins with: id, pointer, name, label, description."""
    return (item.id, item.pointer, texts.line(item, "name"), texts.line(item, "label"), texts.line(item, "description"))


def arm(item: Item, texts: Texts) -> TrialArm:
    """An arm."""
    return TrialArm(*names(item, texts), type=coded(item.one("type")), population_ids=item.ids("populationIds"))


def epoch(item: Item, texts: Texts) -> Epoch:
    """An epoch."""
    return Epoch(
        *names(item, texts),
        type=coded(item.one("type")),
        previous_id=item.ref("previousId"),
        next_id=item.ref("nextId"),
    )


def rule(item: Item | None, texts: Texts) -> Rule | None:
    """A transition rule, None where there is none."""
    return Rule(*names(item, texts), text=texts.words(item, "text")) if item is not None else None


def element(item: Item, texts: Texts) -> Element:
    """An element."""
    return Element(
        *names(item, texts),
        start=rule(item.one("transitionStartRule"), texts),
        end=rule(item.one("transitionEndRule"), texts),
        intervention_ids=item.ids("studyInterventionIds"),
    )


def cell(item: Item) -> Cell:
    """A cell of arm and epoch."""
    return Cell(
        item.id,
        item.pointer,
        arm_id=item.ref("armId"),
        epoch_id=item.ref("epochId"),
        element_ids=item.ids("elementIds"),
    )


def encounter(item: Item, texts: Texts) -> Encounter:
    """A visit."""
    return Encounter(
        *names(item, texts),
        type=coded(item.one("type")),
        settings=codes(item.many("environmentalSettings", "environmentalSetting")),
        modes=codes(item.many("contactModes")),
        start=rule(item.one("transitionStartRule"), texts),
        end=rule(item.one("transitionEndRule"), texts),
        scheduled_at_id=item.ref("scheduledAtId"),
        previous_id=item.ref("previousId"),
        next_id=item.ref("nextId"),
    )


def activity(item: Item, texts: Texts) -> Activity:
    """An activity with its procedures."""
    procedures = tuple(
        Procedure(
            *names(p, texts),
            type=p.text("procedureType"),
            code=coded(p.one("code")),
            intervention_id=p.ref("studyInterventionId"),
        )
        for p in item.many("definedProcedures")
    )
    concepts = (*item.ids("biomedicalConceptIds"), *item.ids("bcCategoryIds"), *item.ids("bcSurrogateIds"))
    return Activity(
        *names(item, texts),
        procedures=procedures,
        concept_ids=concepts,
        child_ids=item.ids("childIds"),
        timeline_id=item.ref("timelineId"),
        previous_id=item.ref("previousId"),
        next_id=item.ref("nextId"),
    )


def concept(item: Item, texts: Texts) -> Concept:
    """A biomedical concept, a category of them or a stand-in."""
    return Concept(
        *names(item, texts),
        synonyms=item.strings("synonyms"),
        code=coded(item.one("code")),
        member_ids=item.ids("memberIds"),
    )


def condition(item: Item, texts: Texts) -> Condition:
    """A condition."""
    return Condition(
        *names(item, texts),
        text=texts.words(item, "text"),
        context_ids=item.ids("contextIds"),
        applies_to_ids=item.ids("appliesToIds"),
    )


def duration(item: Item | None, texts: Texts) -> DurationOf | None:
    """How long something takes; None where nothing is said."""
    if item is None:
        return None
    return DurationOf(
        item.id,
        item.pointer,
        text=texts.line(item, "text", "description"),
        quantity=amount(item.one("quantity")),
        varies=item.flag("durationWillVary"),
        reason=texts.line(item, "reasonDurationWillVary"),
    )


def timeline(item: Item, texts: Texts) -> Timeline:
    """A timeline with its instances and timings in the order of the file."""
    return Timeline(
        *names(item, texts),
        main=bool(item.flag("mainTimeline")),
        entry_condition=texts.line(item, "entryCondition"),
        entry_id=item.ref("entryId"),
        exit_ids=tuple(e.id for e in item.many("exits")),
        instances=tuple(_instance(i, texts) for i in item.many("instances")),
        timings=tuple(_timing(t, texts) for t in item.many("timings")),
        duration=duration(item.one("plannedDuration"), texts),
    )


def _instance(item: Item, texts: Texts) -> Instance:
    branches = tuple(
        Branch(b.id, b.pointer, texts.line(b, "condition"), b.ref("conditionTargetId"))
        for b in item.many("conditionAssignments")
    )
    return Instance(
        *names(item, texts),
        decision=item.kind == "ScheduledDecisionInstance" or bool(branches),
        encounter_id=item.ref("encounterId"),
        epoch_id=item.ref("epochId"),
        activity_ids=item.ids("activityIds"),
        branches=branches,
        next_id=item.ref("defaultConditionId"),
        timeline_id=item.ref("timelineId"),
        exit_id=item.ref("timelineExitId"),
    )


def _timing(item: Item, texts: Texts) -> Timing:
    return Timing(
        *names(item, texts),
        type=coded(item.one("type")),
        relative=coded(item.one("relativeToFrom")),
        value=item.text("value"),
        value_label=texts.line(item, "valueLabel"),
        window_label=texts.line(item, "windowLabel"),
        window_lower=item.text("windowLower"),
        window_upper=item.text("windowUpper"),
        from_id=item.ref("relativeFromScheduledInstanceId"),
        to_id=item.ref("relativeToScheduledInstanceId"),
    )
