"""Titles, identifiers, organisations, roles and abbreviations of a designed trial. Core only.

Which title or identifier is which is said by its coded type or by the organisation that gave it.
"""

from __future__ import annotations

from dataclasses import dataclass

from docpipe.model.trial.parts import NO_WORDS, Coded, Named, Node, Words


@dataclass(frozen=True, slots=True)
class Title(Node):
    """A title of the study and what kind of title it is (official, brief, acronym, …)."""

    text: Words = NO_WORDS
    type: Coded | None = None


@dataclass(frozen=True, slots=True)
class Address(Node):
    """An address; ``text`` as the file composes it."""

    text: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    district: str = ""
    state: str = ""
    postal_code: str = ""
    country: Coded | None = None


@dataclass(frozen=True, slots=True)
class Site(Named):
    """A site that an organisation manages."""

    country: Coded | None = None


@dataclass(frozen=True, slots=True)
class Organization(Named):
    """A sponsor, registry, authority or site organisation."""

    identifier: str = ""
    scheme: str = ""
    type: Coded | None = None
    address: Address | None = None
    sites: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Identifier(Node):
    """An identifier of the study, a product or another document, and the organisation that gave it."""

    text: str = ""
    scope_id: str = ""
    type: Coded | None = None


@dataclass(frozen=True, slots=True)
class Person(Named):
    """A person with a role. ``person``: the name as written; ``job``: the title of the job."""

    person: str = ""
    job: str = ""
    organization_id: str = ""


@dataclass(frozen=True, slots=True)
class Role(Named):
    """A role in the trial, who has it, and whether it is blinded (None: not said)."""

    code: Coded | None = None
    organization_ids: tuple[str, ...] = ()
    persons: tuple[Person, ...] = ()
    masked: bool | None = None
    masking: str = ""
    applies_to_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Abbreviation(Node):
    """An abbreviation and what it stands for."""

    short: str = ""
    long: str = ""
