"""A study as drafting sees it: everything that its sources say, as facts, and every disagreement among them. Pure; imports its room only.

Built once for a set of sources. Displays that stand in several files (RTF and DOCX of one table) are compared, and the first is used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from docpipe.model.fact import Fact
from docpipe.model.source import (
    Dataset,
    Definition,
    Display,
    Figure,
    Results,
    Source,
    SourceFile,
    SourceNotice,
    TextSource,
)
from docpipe.model.trial import Trial
from docpipe.writing.align import decodes_of
from docpipe.writing.arms import Arms, arms_of
from docpipe.writing.beside import beside
from docpipe.writing.between import same_display, sizes
from docpipe.writing.compare import Comparison, compare
from docpipe.writing.compare_results import compare_results
from docpipe.writing.consistency import consistency
from docpipe.writing.event_logic import event_logic
from docpipe.writing.evidence import Evidence
from docpipe.writing.facts_of_data import facts_of_data
from docpipe.writing.facts_of_display import DisplayFacts, facts_of_display
from docpipe.writing.facts_of_results import ResultFacts, facts_of_results
from docpipe.writing.factstore import FactStore, data_version, number_of_display
from docpipe.writing.labels import statistics_of
from docpipe.writing.records import Study
from docpipe.writing.sets import population_named


@dataclass(frozen=True)
class StudyData:
    """The sources of a study and what follows from them. ``records``: the datasets with their arms and questions.

    ``displays``: one a number, in the order of the sources; ``shown``: their facts; ``comparisons``: each display and results file
    against the data; ``evidence``: what disagrees, worst first; ``notices``: of the readers and of the set as a whole.
    """

    id: str
    sources: tuple[Source, ...]
    version: str
    records: Study
    displays: tuple[Display, ...]
    shown: tuple[DisplayFacts, ...]
    results: tuple[ResultFacts, ...]
    comparisons: tuple[Comparison, ...]
    evidence: tuple[Evidence, ...]
    notices: tuple[SourceNotice, ...]
    animals: tuple[StudyData, ...] = ()
    """Studies in animals, each with its own sources, where the set holds several studies; empty where it holds one."""

    @cached_property
    def store(self) -> FactStore:
        """Facts of displays first, then of result files, then those computed from the data."""
        facts: list[Fact] = [f for d in self.shown for f in d.facts]
        facts += [f for r in self.results for f in r.facts]
        return FactStore((*facts, *facts_of_data(self.records, self.id, self.version)))

    @property
    def arms(self) -> Arms:
        """The study's arms in its own order."""
        return self.records.arms

    @cached_property
    def files(self) -> dict[str, SourceFile]:
        """Every file by its digest."""
        every = (*self.sources, *(s for a in self.animals for s in a.sources))
        return {s.file.sha256: s.file for s in every}

    @property
    def texts(self) -> tuple[TextSource, ...]:
        """Protocol, analysis plan and other texts."""
        return tuple(s for s in self.sources if isinstance(s, TextSource))

    @property
    def every_text(self) -> tuple[TextSource, ...]:
        """The texts with those of the studies in animals beside it, each once."""
        found = (*self.texts, *(t for a in self.animals for t in a.texts))
        return tuple({t.file.sha256: t for t in reversed(found)}.values())[::-1]

    @property
    def every_arm(self) -> tuple[str, ...]:
        """The arms with the groups of the studies in animals beside it, each name once."""
        return tuple(dict.fromkeys([*self.arms.names, *(n for a in self.animals for n in a.arms.names)]))

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Trials as they were designed: one a USDM file."""
        return tuple(s for s in self.sources if isinstance(s, Trial))

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Every define.xml."""
        return tuple(s for s in self.sources if isinstance(s, Definition))

    def dataset(self, name: str) -> Dataset | None:
        """A dataset by name, in any case; None where it is not among the sources."""
        frame = self.records.frames.get(name.upper())
        return frame.dataset if frame else None

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, one a number, in the order of the sources; pictures that nothing names by themselves."""
        every = [s for s in self.sources if isinstance(s, Figure)]
        return tuple({number_of_display(f.number) or f.digest: f for f in reversed(every)}.values())[::-1]

    def figure(self, name: str) -> Figure | None:
        """A figure by its number or by the digest of its picture."""
        wanted = number_of_display(name)
        return next(
            (f for f in self.figures if f.digest == name or (f.number and number_of_display(f.number) == wanted)), None
        )

    def display(self, number: str) -> Display | None:
        """A display by its number, with or without the word Table."""
        wanted = number_of_display(number)
        return next((d for d in self.displays if number_of_display(d.number) == wanted), None)


def build(sources: Iterable[Source], notices: Iterable[SourceNotice] = (), study: str = "") -> StudyData:
    """What the sources say. ``notices``: of the set as a whole (``sources.consistency.set_notices``). ``study``: its id, where known.

    Nothing is raised for what disagrees: it becomes evidence, for a person to settle before anything is drafted. Studies in animals
    that lie beside another study are built each by itself; where there are only such studies, the first stands for the set.
    """
    given = tuple(sources)
    version = data_version(s.file for s in given)
    several = beside(given)
    if not several:
        return _built(given, notices, study, version)
    animals = tuple(_built(mine, (), "", version) for mine in several)
    taken = {id(s) for mine in several for s in mine}
    rest = tuple(s for s in given if id(s) not in taken)
    if not any(isinstance(s, (Dataset, Display, Results, Trial)) for s in rest):
        rest = (*several[0], *rest)
    main = _built(rest, notices, study, version)
    evidence = dict.fromkeys([*main.evidence, *(e for a in animals for e in a.evidence)])
    every = dict.fromkeys([*main.notices, *(n for a in animals for n in a.notices)])
    return replace(main, evidence=tuple(evidence), notices=tuple(every), animals=animals)


def _built(given: tuple[Source, ...], notices: Iterable[SourceNotice], study: str, version: str) -> StudyData:
    """One study from its own sources."""
    name = study or _study_of(given)
    datasets = list({s.name.upper(): s for s in reversed(given) if isinstance(s, Dataset)}.values())[::-1]
    every = [s for s in given if isinstance(s, Display)]
    heads = [said for d in every for head in d.columns if (said := _arm_said(head.path))]
    arms = arms_of(datasets, heads)
    records = Study(datasets, arms)
    decodes = decodes_of(s for s in given if isinstance(s, Definition))
    displays: list[Display] = []
    shown: dict[str, DisplayFacts] = {}
    found: list[Evidence] = []
    for display in every:
        read = facts_of_display(display, arms, version)
        number = number_of_display(display.number) or f"{display.file.path}#{display.index}"
        if number in shown:
            found += same_display(shown[number].facts, read.facts)
            continue
        displays.append(display)
        shown[number] = read
    comparisons: list[Comparison] = []
    for read in shown.values():
        found += consistency(read.facts, arms)
        comparisons.append(compare(read.display, read.facts, records, decodes))
    results: list[ResultFacts] = []
    for source in given:
        if isinstance(source, Results):
            told = facts_of_results(source, arms, name, version)
            results.append(told)
            comparisons.append(compare_results(source, told, records))
    for comparison in comparisons:
        found += comparison.findings
    found += sizes((f for d in shown.values() for f in d.facts), lambda text: _one_name(records, text))
    found += event_logic(records)
    order = ("critical", "major", "minor")
    found.sort(key=lambda e: order.index(e.finding.severity.value))
    every_notice = tuple(dict.fromkeys([*notices, *(n for s in given for n in s.notices)]))
    return StudyData(
        name, given, version, records, tuple(displays), tuple(shown.values()), tuple(results), tuple(comparisons),
        tuple(dict.fromkeys(found)), every_notice,
    )  # fmt: skip


def _one_name(records: Study, text: str) -> str:
    population = population_named(records, text)
    return population.name if population is not None else text


def _arm_said(path: Sequence[str]) -> str:
    """The innermost part of a column's head that can name an arm: no statistic, no comparison of two arms."""
    return next((p for p in reversed(path) if not statistics_of(p)[0] and not re.search(r"\bvs\b|\bversus\b", p)), "")


def _study_of(sources: Sequence[Source]) -> str:
    """The id that most sources name: datasets' STUDYID, then headers of displays, then the files."""
    named: Counter[str] = Counter()
    for source in sources:
        if isinstance(source, Dataset):
            at = next((i for i, v in enumerate(source.variables) if v.name.upper() == "STUDYID"), None)
            if at is not None and source.records:
                named[str(source.records[0][at]).strip()] += 3
        elif isinstance(source, (Display, Figure, Results)) and source.study:
            named[source.study] += 1
        elif source.file.study:
            named[source.file.study] += 1
    return named.most_common(1)[0][0] if named else ""
