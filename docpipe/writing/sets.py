"""The study's analysis sets: the flags of the subject-level data and the names that displays give them. Imports its own room only."""

from __future__ import annotations

import re

from docpipe.writing.labels import key_of
from docpipe.writing.records import Condition, Population, Study

ALL = Population("All Subjects")
_NAMES = {
    "ITTFL": ("Intent-to-Treat", "itt", "intention to treat", "intent to treat", "randomized", "randomised"),
    "MITTFL": ("Modified Intent-to-Treat", "mitt", "modified intent to treat"),
    "FASFL": ("Full Analysis Set", "fas", "full analysis"),
    "SAFFL": ("Safety", "saf", "safety analysis", "all treated"),
    "EFFFL": ("Efficacy", "eff", "efficacy analysis"),
    "PPROTFL": ("Per-Protocol", "pp", "per protocol"),
    "PPFL": ("Per-Protocol", "pp", "per protocol"),
    "RANDFL": ("Randomized", "all randomized", "all randomised", "randomised"),
    "ENRLFL": ("Enrolled", "all enrolled", "enr"),
    "COMPLFL": ("Completers", "completed study", "completing the study"),
}  # fmt: skip
_COMPLETERS = re.compile(r"COMP(\d+)FL")
_EVERYONE = re.compile(r"(?:all (?:subjects|patients|participants)|all|overall|entered|screened and randomi[sz]ed)")


def populations(study: Study) -> tuple[Population, ...]:
    """All subjects, then every analysis set that the subject-level data flag, in the data's order."""
    found = [ALL]
    base = study.base
    for variable in base.dataset.variables if base is not None else ():
        name = variable.name.upper()
        if flag := _COMPLETERS.fullmatch(name):
            found.append(Population(f"Completers at Week {flag.group(1)}", Condition(name, ("Y",))))
        elif name in _NAMES:
            found.append(Population(_NAMES[name][0], Condition(name, ("Y",))))
    return tuple(found)


def population_named(study: Study, text: str) -> Population | None:
    """The analysis set that a display's words mean, None where the data flag no such set."""
    key = key_of(re.sub(r"\([^)]*\)", " ", text)).replace("-", " ")
    if not key or _EVERYONE.fullmatch(key):
        return ALL
    key = re.sub(r"^(?:all )?(.+?) (?:subjects|patients|participants)$", r"\1", key)
    week = re.search(r"complet\w*\b.*?\bweek (\d+)", text.casefold())
    for population in populations(study)[1:]:
        condition = population.condition
        if condition is None:
            continue
        completers = _COMPLETERS.fullmatch(condition.variable)
        if completers:
            if week and completers.group(1) == week.group(1):
                return population
            continue
        names = {n.casefold().replace("-", " ") for n in _NAMES[condition.variable]}
        if not week and (key in names or re.sub(r" (?:population|analysis set|set)$", "", key) in names):
            return population
    return None
