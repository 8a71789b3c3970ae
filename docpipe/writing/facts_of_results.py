"""Facts of an analysis-results file (CDISC ARS): every result with its groups, arm, statistic and place. Imports the core and its own room.

Results carry their raw value, which is kept; the printed one is taken out of its brackets (``(N=86)``, ``(8.3)``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from docpipe.model.fact import Fact
from docpipe.model.source import Place, Result, Results
from docpipe.writing.arms import TOTAL, Arms
from docpipe.writing.cells import parse_cell
from docpipe.writing.columns import population_of
from docpipe.writing.labels import clean, statistics_of, window_of

_VISIT = re.compile(r"\b(?:visit|time ?point|week|day)\b", re.IGNORECASE)
_N = re.compile(r"N\s*=\s*(\d+)")


@dataclass(frozen=True, slots=True)
class ResultUnread:
    """A result that was not understood, and why."""

    result: str
    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """What an analysis-results file says; each result is behind a fact or in ``unread``."""

    facts: tuple[Fact, ...]
    unread: tuple[ResultUnread, ...]


def facts_of_results(results: Results, arms: Arms, study_id: str, data_version: str) -> ResultFacts:
    """Every result as a fact. Rows are the analysis, its subset of the data and the levels of its groups.

    The display is the first one that the result stands in, else the analysis; ``study_id`` holds where the file names no study.
    """
    facts: list[Fact] = []
    unread: list[ResultUnread] = []
    for result in results.results:
        found = _fact(result, results, arms, results.study or study_id, data_version)
        if isinstance(found, Fact):
            facts.append(found)
        else:
            unread.append(ResultUnread(result.id, Place(results.file.sha256, f"result:{result.id}"), found))
    return ResultFacts(tuple(facts), tuple(unread))


def _fact(result: Result, results: Results, arms: Arms, study: str, data_version: str) -> Fact | str:
    names, _ = statistics_of(result.operation)
    if len(names) != 1:
        return "The operation names no statistic that is known."
    if not result.raw.strip() and not result.formatted.strip():
        return "The result has no value."
    sized = _N.search(result.formatted)
    cell = parse_cell(sized.group(1) if sized else result.formatted)
    if len(cell.values) != 1:
        return "The formatted value is not one value."
    value = cell.values[0]
    arm, row, window = TOTAL, [clean(result.analysis)], ""
    if result.subset:
        row.append(clean(result.subset))
    for factor, level in result.groups:
        matched = arms.match(level)
        if matched is not None and "treat" in factor.casefold():
            arm = matched
        elif _VISIT.search(factor):
            window = window_of([level]) or clean(level)
        else:
            row.append(clean(level))
    arm = arm or arms.comparison(result.analysis.rpartition(" - ")[2]) or TOTAL
    display = result.display.partition(";")[0].strip() or clean(result.analysis)
    return Fact(
        study, data_version, display, tuple(row), arm, "N" if sized else names[0], result.raw.strip() or value.raw, value.text,
        value.decimals, None, population_of(result.population), window, (Place(results.file.sha256, f"result:{result.id}"),),
    )  # fmt: skip
