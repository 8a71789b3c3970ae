"""Questions to datasets and their answers: which records, of which subjects, and which of their values. Imports the core and arithmetic.

A question says itself in words that a person can follow in the data: that is the formula of every fact computed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from docpipe.model.source import Dataset, Value, Variable
from docpipe.writing.arithmetic import decimal_of, plain
from docpipe.writing.arms import Arms, arms_of

_PLANNED = ("TRT01P", "TRTP", "ARM")
_ACTUAL = ("TRT01A", "TRTA", "ACTARM", *_PLANNED)
SUBJECT = "USUBJID"


@dataclass(frozen=True, slots=True)
class Condition:
    """A record passes where the variable has one of the values; "" stands for missing. ``of``: the dataset, "" for the question's own."""

    variable: str
    values: tuple[str, ...]
    of: str = ""

    @property
    def said(self) -> str:
        """``SAFFL = 'Y'``."""
        name = f"{self.of}.{self.variable}" if self.of else self.variable
        if self.values == ("",):
            return f"{name} is missing"
        quoted = [f"'{v}'" for v in self.values]
        return f"{name} = {quoted[0]}" if len(quoted) == 1 else f"{name} in ({', '.join(quoted)})"


class Frame:
    """A dataset by its variables. Names of variables are upper case; text is compared without surrounding blanks."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.index = {v.name.upper(): i for i, v in enumerate(dataset.variables)}
        self._having: dict[str, Mapping[str, frozenset[int]]] = {}

    @property
    def name(self) -> str:
        """The dataset's name in capitals."""
        return self.dataset.name.upper()

    def __contains__(self, variable: str) -> bool:
        return variable in self.index

    def variable(self, name: str) -> Variable:
        """How the dataset describes a variable."""
        return self.dataset.variables[self.index[name]]

    def text(self, record: Sequence[Value], variable: str) -> str:
        """A value as text: numbers in plain digits, missing as ""."""
        value = record[self.index[variable]]
        return "" if value is None else value.strip() if isinstance(value, str) else plain(decimal_of(value))

    def levels(self, variable: str) -> Mapping[str, int]:
        """Values of a variable and how many records have each."""
        return {value: len(records) for value, records in self.having(variable).items()}

    def having(self, variable: str) -> Mapping[str, frozenset[int]]:
        """Value of a variable as text -> the records that have it."""
        if variable not in self._having:
            found: dict[str, set[int]] = defaultdict(set)
            for i, record in enumerate(self.dataset.records):
                found[self.text(record, variable)].add(i)
            self._having[variable] = {value: frozenset(records) for value, records in found.items()}
        return self._having[variable]

    @cached_property
    def subject(self) -> tuple[str, ...]:
        """The subject of each record."""
        return tuple(self.text(record, SUBJECT) for record in self.dataset.records)

    @cached_property
    def subjects(self) -> Mapping[str, int]:
        """Subject -> its first record."""
        found: dict[str, int] = {}
        for i, subject in enumerate(self.subject):
            found.setdefault(subject, i)
        return found


@dataclass(frozen=True, slots=True)
class Population:
    """An analysis set: its name as displays write it and the condition on the subject-level data (none: all subjects)."""

    name: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is counted or summed up: subjects or records of a dataset that pass the conditions, or a variable's values among them."""

    dataset: str
    conditions: tuple[Condition, ...] = ()
    variable: str = ""
    """The numeric variable to sum up; "" counts."""


class Study:
    """The study's datasets by name, with the arm of each subject. The subject-level dataset is ADSL, else DM."""

    def __init__(self, datasets: Iterable[Dataset], arms: Arms | None = None) -> None:
        given = tuple(datasets)
        self.frames = {f.name: f for f in map(Frame, given)}
        self.arms = arms or arms_of(given)
        self.base = self.frames.get("ADSL") or self.frames.get("DM")
        self._kept: dict[tuple[str, tuple[Condition, ...]], tuple[int, ...]] = {}
        self._subjects: dict[tuple[Population, bool], Mapping[str, str]] = {}

    def arm_variable(self, actual: bool) -> str:
        """The subject-level variable that tells the arm: planned, or actual for safety."""
        choice = _ACTUAL if actual else _PLANNED
        return next((v for v in choice if self.base is not None and v in self.base), "")

    def arm_of(self, actual: bool = False) -> Mapping[str, str]:
        """Subject -> arm, for the subjects that have one of the study's arms."""
        variable = self.arm_variable(actual)
        if self.base is None or not variable:
            return {}
        base, names = self.base, set(self.arms.names)
        pairs = ((s, base.text(base.dataset.records[i], variable)) for s, i in base.subjects.items())
        return {s: a for s, a in pairs if a in names}

    def subjects(self, population: Population, actual: bool = False) -> Mapping[str, str]:
        """The subjects of an analysis set and their arms."""
        key = (population, actual)
        if key not in self._subjects:
            arms, base, condition = self.arm_of(actual), self.base, population.condition
            if condition is not None and base is not None:
                arms = {
                    s: a
                    for s, a in arms.items()
                    if base.text(base.dataset.records[base.subjects[s]], condition.variable) in condition.values
                }
            self._subjects[key] = arms
        return self._subjects[key]

    def records(self, dataset: str, conditions: tuple[Condition, ...]) -> tuple[int, ...]:
        """The records of a dataset that pass all conditions, from 0; conditions on the subject-level data hold for its subjects."""
        key = (dataset, conditions)
        if key not in self._kept:
            frame = self.frames[dataset]
            passing = set(range(len(frame.dataset.records)))
            for condition in conditions:
                passing &= self._passing(frame, condition)
            self._kept[key] = tuple(sorted(passing))
        return self._kept[key]

    def _passing(self, frame: Frame, condition: Condition) -> set[int]:
        other = self.frames.get(condition.of) if condition.of else frame
        if other is None or condition.variable not in other:
            return set()
        having = other.having(condition.variable)
        found = set[int]().union(*(having.get(value, frozenset()) for value in condition.values))
        if other is frame:
            return found
        subjects = {other.subject[i] for i in found if other.subjects[other.subject[i]] == i}
        return {i for i, s in enumerate(frame.subject) if s in subjects}

    def values(self, dataset: str, records: Iterable[int], variable: str) -> list[Decimal]:
        """The numbers of a variable in some records, missing ones left out."""
        frame = self.frames[dataset]
        at = frame.index[variable]
        cells = (frame.dataset.records[i][at] for i in records)
        return [decimal_of(v) for v in cells if v is not None and not isinstance(v, str)]
