"""The card of a study: the small knowledge that checks of a draft need at every edit, as JSON out and in. Imports the core and its room.

Made once from the study's sources and kept beside the plan, so that a check after a keystroke opens neither datasets nor tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from docpipe.errors import AssetMalformed
from docpipe.model.canonical import canonical_json

VERSION = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject. ``dates``: ISO 8601 by ``consent``, ``first dose``, ``last dose``, ``death``, ``end``, ``birth``; ``sets``: analysis sets."""

    id: str
    site: str = ""
    age: str = ""
    sex: str = ""
    race: str = ""
    arm: str = ""
    actual: str = ""
    dates: Mapping[str, str] = field(default_factory=dict)
    sets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose as given or planned: amount and unit, frequency and route as the data write them (``QD``, ``TRANSDERMAL``)."""

    drug: str
    amount: str
    unit: str
    frequency: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An objective or endpoint as protocol or analysis plan write it. ``kind``: ``primary`` or ``secondary``."""

    kind: str
    text: str
    objective: bool = False


@dataclass(frozen=True)
class Card:
    """What a study is, for checks. Sets: name -> arm ("" all) -> N; ``displays``: number -> title and analysis set;
    ``passages``: ``sha256|locator`` -> text; ``parameters``: name -> unit; ``design``: trial summary parameter -> values;
    ``counts``: arm -> what was counted in the data (``screened``, ``screen failures``, ``randomised``, ``completed``, ``discontinued``).
    """

    study: str = ""
    data_version: str = ""
    files: tuple[str, ...] = ()
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    arms: tuple[str, ...] = ()
    sets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    drugs: tuple[str, ...] = ()
    doses: tuple[Dose, ...] = ()
    sponsor: str = ""
    ids: tuple[str, ...] = ()
    deaths: tuple[str, ...] = ()
    serious: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    windows: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    criteria: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    displays: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    passages: Mapping[str, str] = field(default_factory=dict)
    design: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Arm ("" all) -> subjects with ``any``, ``serious`` or fatal (``deaths``) events."""
    codelists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Variable -> code -> decode, of define.xml, else the few values that the data have."""
    vocabulary: tuple[str, ...] = ()
    planned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a protocol as a design plans, under the names of the trial summary."""
    alpha: str = "0.05"
    blinded: bool = False

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the sources' texts, titles and terms, in small letters."""
        return frozenset(self.vocabulary)

    def to_json(self) -> str:
        """Canonical JSON: equal cards give equal text."""
        return canonical_json({"version": VERSION, "card": asdict(self)})

    @classmethod
    def from_json(cls, text: str | bytes) -> Card:
        """The card of ``to_json``. Raises ``AssetMalformed`` where the text is another."""
        try:
            given = json.loads(text)
            if given["version"] != VERSION:
                raise AssetMalformed("The study card is of another version.")
            return cls(**_fields(given["card"]))
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            raise AssetMalformed("The study card is not in the form that docpipe writes.") from e


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    fields = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    fields["subjects"] = {k: Subject(**{**v, "sets": tuple(v["sets"])}) for k, v in given["subjects"].items()}
    fields["doses"] = tuple(Dose(**d) for d in given["doses"])
    fields["endpoints"] = tuple(Endpoint(**e) for e in given["endpoints"])
    for name in ("criteria", "displays", "design", "planned"):
        fields[name] = {k: tuple(v) for k, v in given.get(name, {}).items()}
    return fields
