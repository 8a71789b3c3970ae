"""CDISC Analysis Results Standard (ARS) reporting events in JSON: every result with its groups, analysis and display.

Imports errors, the core, ``safe`` and its own parts. Source: CDISC ARS v1.0, class ReportingEvent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from docpipe.errors import DataDamaged
from docpipe.model.finding import Severity
from docpipe.model.source import Result, Results, Source, SourceFile, SourceKind, SourceNotice
from docpipe.sources._json import load, text_of

_NUMBERED = re.compile(r"\b(?:Table|Figure|Listing)\s+\d[\w.-]*", re.IGNORECASE)


class ArsSource:
    """See ``docpipe.model.protocols.SourceReader``. A result's id: analysis id, ``#``, its number in the analysis from 1."""

    name = "ars"
    kind = SourceKind.RESULTS
    media_types: tuple[str, ...] = ("application/json",)

    def score(self, data: bytes, name: str) -> int:
        """By the class name of a reporting event, or by the lists that only it has; a schema is none."""
        if b'"analyses"' not in data or b'"$schema"' in data:
            return 0
        return 95 if b'"ReportingEvent"' in data else 90 if b'"methods"' in data and b'"analysisSets"' in data else 0

    def read(self, data: bytes, file: SourceFile) -> tuple[Source, ...]:
        """One source with all results. ``study`` stays as given: a reporting event names none. Raises ``DataDamaged``."""
        event = load(text_of(data), exact=True)
        if not isinstance(event, dict) or not isinstance(event.get("analyses"), list):
            raise DataDamaged("The file is no ARS reporting event: it has no list of analyses.")
        reader = _Event(event)
        results = tuple(reader.results())
        notices = tuple(replace(n, path=file.path) for n in reader.notices(results))
        return (Results(replace(file, kind=SourceKind.RESULTS), file.study, results, notices),)


def _objects(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = parent.get(key, [])
    if not isinstance(found, list) or not all(isinstance(i, dict) for i in found):
        raise DataDamaged(f"The reporting event's {key} are no list of objects.")
    return found


def _text(parent: dict[str, Any], *keys: str) -> str:
    """The first of the keys that holds text or a number."""
    for key in keys:
        found = parent.get(key)
        if isinstance(found, str) and found:
            return found
        if isinstance(found, int) and not isinstance(found, bool):
            return str(found)
    return ""


class _Event:
    """A reporting event with its parts by id; remembers which references lead nowhere."""

    def __init__(self, event: dict[str, Any]) -> None:
        self._event = event
        self._dangling: Counter[str] = Counter()
        self._sets = self._names("analysisSets")
        self._subsets = self._names("dataSubsets")
        self._operations = {
            _text(o, "id"): _text(o, "label", "name")
            for m in _objects(event, "methods")
            for o in _objects(m, "operations")
        }
        self._factors = self._names("analysisGroupings")
        self._levels = {
            (_text(g, "id"), _text(level, "id")): _text(level, "name", "label")
            for g in _objects(event, "analysisGroupings")
            for level in _objects(g, "groups")
        }
        self._displays = self._displays_of_analyses()

    def results(self) -> Iterator[Result]:
        """Every result in the order of the file."""
        for analysis in _objects(self._event, "analyses"):
            key = _text(analysis, "id")
            if not key:
                raise DataDamaged("An analysis of the reporting event has no id.")
            dataset, variable = _text(analysis, "dataset"), _text(analysis, "variable")
            for number, result in enumerate(_objects(analysis, "results"), 1):
                yield Result(
                    id=f"{key}#{number}",
                    analysis=_text(analysis, "name") or key,
                    operation=self._look(self._operations, _text(result, "operationId"), "operation"),
                    groups=tuple(self._group(g) for g in _objects(result, "resultGroups")),
                    raw=_text(result, "rawValue"),
                    formatted=_text(result, "formattedValue"),
                    display="; ".join(self._displays.get(key, ())),
                    population=self._look(self._sets, _text(analysis, "analysisSetId"), "analysis set"),
                    variable=".".join(part for part in (dataset, variable) if part),
                    subset=self._look(self._subsets, _text(analysis, "dataSubsetId"), "data subset"),
                )

    def notices(self, results: tuple[Result, ...]) -> Iterator[SourceNotice]:
        """What is missing or contradicts itself; to be asked for after ``results``."""
        if not results:
            said = "The reporting event plans analyses but holds no results."
            yield SourceNotice("source.results_empty", Severity.MAJOR, said)
        for kind, count in sorted(self._dangling.items()):
            said = f"{count} reference(s) to a(n) {kind} that the reporting event does not hold."
            yield SourceNotice("source.results_reference", Severity.MAJOR, said)
        silent = [r for r in results if not r.raw and not r.formatted]
        if silent:
            said = f"{len(silent)} result(s) have no value."
            yield SourceNotice("source.results_without_value", Severity.MAJOR, said, locator=f"result:{silent[0].id}")
        seen: dict[tuple[object, ...], Result] = {}
        for result in results:
            key = (result.id.rpartition("#")[0], result.operation, result.groups)
            first = seen.setdefault(key, result)
            if (first.raw, first.formatted) != (result.raw, result.formatted):
                said = "Two results of the same analysis, statistic and groups have different values."
                yield SourceNotice("source.results_contradict", Severity.CRITICAL, said, locator=f"result:{result.id}")

    def _names(self, key: str) -> dict[str, str]:
        return {_text(i, "id"): _text(i, "name", "label") for i in _objects(self._event, key)}

    def _look(self, names: dict[str, str], key: str, what: str) -> str:
        if key and key not in names:
            self._dangling[what] += 1
        return names.get(key, "") or key

    def _group(self, group: dict[str, Any]) -> tuple[str, str]:
        """Factor and level; the level is "" where a result goes over all levels, as a comparison does."""
        factor = _text(group, "groupingId")
        name = self._look(self._factors, factor, "grouping")
        level = _text(group, "groupId")
        if not level:
            return name, _text(group, "groupValue")
        if (factor, level) not in self._levels:
            self._dangling["group"] += 1
        return name, self._levels.get((factor, level), "") or level

    def _displays_of_analyses(self) -> dict[str, list[str]]:
        """Analysis id to its displays, by number where their titles state one."""
        titles: dict[str, str] = {}
        for output in _objects(self._event, "outputs"):
            shown = [d["display"] for d in _objects(output, "displays") if isinstance(d.get("display"), dict)]
            titles[_text(output, "id")] = "; ".join(filter(None, (_title(d) for d in shown))) or _text(output, "name")
        found: dict[str, list[str]] = {}
        contents = [self._event.get("mainListOfContents"), *_objects(self._event, "otherListsOfContents")]
        waiting: list[tuple[Any, str]] = [(c.get("contentsList"), "") for c in contents if isinstance(c, dict)]
        while waiting:
            part, above = waiting.pop()
            for item in _objects(part, "listItems") if isinstance(part, dict) else []:
                within = _text(item, "outputId") or above
                key, title = _text(item, "analysisId"), titles.get(within, "")
                if key and title and title not in found.setdefault(key, []):
                    found[key].append(title)
                waiting.append((item.get("sublist"), within))
        return {key: sorted(displays) for key, displays in found.items()}


def _title(display: dict[str, Any]) -> str:
    """``Table 14.1.1`` where the display's own title lines say so, else its title."""
    lines = [_text(display, "name", "displayTitle")]
    for section in _objects(display, "displaySections"):
        for part in _objects(section, "orderedSubSections"):
            if section.get("sectionType") == "Title" and isinstance(part.get("subSection"), dict):
                lines.append(_text(part["subSection"], "text"))
    numbered = next((m.group(0) for line in lines if (m := _NUMBERED.search(line))), "")
    return numbered.rstrip(".-") or _text(display, "displayTitle", "name")


SOURCE = ArsSource()
