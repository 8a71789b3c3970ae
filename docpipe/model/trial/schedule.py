"""Arms, epochs, elements, visits, activities and timelines of a designed trial. Core only.

Things refer to each other by id; a reference that leads nowhere was noticed by the reader and stands as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.model.trial.parts import NO_WORDS, Coded, DurationOf, Named, Node, Rule, Words


@dataclass(frozen=True, slots=True)
class TrialArm(Named):
    """An arm."""

    type: Coded | None = None
    population_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Epoch(Named):
    """An epoch, such as screening, treatment, follow-up."""

    type: Coded | None = None
    previous_id: str = ""
    next_id: str = ""


@dataclass(frozen=True, slots=True)
class Element(Named):
    """What happens to a participant of an arm in an epoch."""

    start: Rule | None = None
    end: Rule | None = None
    intervention_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell(Node):
    """An arm in an epoch, and its elements in order."""

    arm_id: str = ""
    epoch_id: str = ""
    element_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Encounter(Named):
    """A visit or another contact with the participant. ``scheduled_at_id``: the timing that says when."""

    type: Coded | None = None
    settings: tuple[Coded, ...] = ()
    modes: tuple[Coded, ...] = ()
    start: Rule | None = None
    end: Rule | None = None
    scheduled_at_id: str = ""
    previous_id: str = ""
    next_id: str = ""


@dataclass(frozen=True, slots=True)
class Procedure(Named):
    """A procedure of an activity."""

    type: str = ""
    code: Coded | None = None
    intervention_id: str = ""


@dataclass(frozen=True, slots=True)
class Concept(Named):
    """A biomedical concept: what is measured or asked; also its categories and stand-ins. ``synonyms`` in any order."""

    synonyms: tuple[str, ...] = ()
    code: Coded | None = None
    member_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Activity(Named):
    """A row of the schedule of activities. ``timeline_id``: a timeline of its own that describes it."""

    procedures: tuple[Procedure, ...] = ()
    concept_ids: tuple[str, ...] = ()
    """Biomedical concepts, categories of them and stand-ins for them."""
    child_ids: tuple[str, ...] = ()
    timeline_id: str = ""
    previous_id: str = ""
    next_id: str = ""


@dataclass(frozen=True, slots=True)
class Condition(Named):
    """A condition on activities. ``context_ids``: activities or instances of a timeline where it holds; ``applies_to_ids``: what depends on it."""

    text: Words = NO_WORDS
    context_ids: tuple[str, ...] = ()
    applies_to_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """A way out of a decision: the condition and the instance where it leads."""

    condition: str = ""
    target_id: str = ""


@dataclass(frozen=True, slots=True)
class Instance(Named):
    """A point of a timeline: activities (``branches`` empty), or a decision.

    ``next_id``: the instance that follows by default; ``timeline_id``: a timeline that runs here; ``exit_id``: it ends here.
    """

    decision: bool = False
    encounter_id: str = ""
    epoch_id: str = ""
    activity_ids: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    next_id: str = ""
    timeline_id: str = ""
    exit_id: str = ""


@dataclass(frozen=True, slots=True)
class Timing(Named):
    """When an instance is, relative to another. ``value`` and windows: ISO 8601 durations (``P7D``); ``value_label``: in words.

    ``from_id``: the instance that is timed; ``to_id``: the one it is timed against. ``type``: before, after, fixed reference.
    """

    type: Coded | None = None
    relative: Coded | None = None
    value: str = ""
    value_label: str = ""
    window_label: str = ""
    window_lower: str = ""
    window_upper: str = ""
    from_id: str = ""
    to_id: str = ""


@dataclass(frozen=True, slots=True)
class Timeline(Named):
    """A timeline of the schedule; the main one is the trial's own. ``instances`` and ``timings`` in the order of the file."""

    main: bool = False
    entry_condition: str = ""
    entry_id: str = ""
    exit_ids: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = ()
    timings: tuple[Timing, ...] = ()
    duration: DurationOf | None = None
