"""Amendments of a protocol: reasons, impacts, enrolment and changes. Core only.

They stand in the order of the file; each names the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.model.trial.parts import NO_WORDS, Coded, DateValue, Named, Node, Quantity, Scope, Words


@dataclass(frozen=True, slots=True)
class Reason(Node):
    """Why the protocol was amended; ``other`` in words where the code says Other."""

    code: Coded | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Impact(Node):
    """What an amendment affects, and whether substantially."""

    text: Words = NO_WORDS
    substantial: bool | None = None
    type: Coded | None = None


@dataclass(frozen=True, slots=True)
class Enrollment(Named):
    """How many participants were enrolled when the protocol was amended, and where or in which cohort."""

    quantity: Quantity | None = None
    scope: Scope | None = None
    cohort_id: str = ""
    site_id: str = ""


@dataclass(frozen=True, slots=True)
class SectionReference(Node):
    """A section of a document that a change touches."""

    number: str = ""
    title: str = ""
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class Change(Named):
    """One change of an amendment."""

    summary: Words = NO_WORDS
    rationale: Words = NO_WORDS
    sections: tuple[SectionReference, ...] = ()


@dataclass(frozen=True, slots=True)
class Amendment(Named):
    """An amendment of the protocol, in the order of the file. ``previous_id``: the one before it."""

    number: str = ""
    summary: Words = NO_WORDS
    primary_reason: Reason | None = None
    secondary_reasons: tuple[Reason, ...] = ()
    impacts: tuple[Impact, ...] = ()
    enrollments: tuple[Enrollment, ...] = ()
    changes: tuple[Change, ...] = ()
    scopes: tuple[Scope, ...] = ()
    dates: tuple[DateValue, ...] = ()
    previous_id: str = ""
