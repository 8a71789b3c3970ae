"""What the sources of one set say against each other: duplicates, contradictions, unknown subjects, data not as defined. Imports the core.

Pure functions; messages name datasets, variables and counts, never values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from docpipe.model.finding import Severity
from docpipe.model.source import Dataset, Definition, Designed, Display, Figure, Source, SourceNotice, TextSource
from docpipe.sources._defined import as_defined
from docpipe.sources._sidecars import figure_versions, with_sidecars
from docpipe.sources.displays import versions

__all__ = ["column", "set_notices", "with_sidecars"]
_ONE_RECORD_A_SUBJECT = ("ADSL", "DM")
_SUBJECT = "USUBJID"


def set_notices(sources: Sequence[Source]) -> list[SourceNotice]:
    """Every notice about the set as a whole, in a stable order; the sources' own notices are not repeated.

    Critical: what makes a draft wrong whichever source is believed (two versions of a dataset or table, studies that differ,
    subjects that the subject-level data do not know).
    """
    datasets = [s for s in sources if isinstance(s, Dataset)]
    definitions = [s for s in sources if isinstance(s, Definition)]
    found = [*_same_files(sources), *_studies(sources), *_dataset_versions(datasets)]
    found += versions(s for s in sources if isinstance(s, Display))
    found += figure_versions(s for s in sources if isinstance(s, Figure))
    named = {d.study_name for d in definitions}
    alone = {d.file.study for d in datasets if d.of_animals and d.file.study not in named}
    beside = [d for d in datasets if d.file.study not in alone]
    found += [*_subjects(datasets), *as_defined(beside or datasets, definitions)]
    return list(dict.fromkeys(found))


def column(dataset: Dataset, name: str) -> int | None:
    """The index of a variable by name, in any case; None where the dataset has none."""
    return next((i for i, v in enumerate(dataset.variables) if v.name.upper() == name), None)


def _same_files(sources: Sequence[Source]) -> Iterator[SourceNotice]:
    files = sorted({s.file.path: s.file.sha256 for s in sources}.items(), key=lambda f: (f[1], f[0]))
    for digest, group in groupby(files, key=lambda f: f[1]):
        paths = [path for path, _ in group]
        for path in paths[1:] if digest else ():
            said = f"The file is the same as {paths[0]}."
            yield SourceNotice("source.same_file_twice", Severity.MINOR, said, path)


def _study_of(source: Source) -> str:
    study = source.file.study or str(getattr(source, "study", ""))
    return re.sub(r"\W|_", "", study).upper()


def _studies(sources: Sequence[Source]) -> Iterator[SourceNotice]:
    """Against the study that most files name; names differ when their letters and digits do. Texts and designs only mention a study.

    A study in animals stands beside others: a summary or a brochure is made from several.
    """
    animals = {_study_of(s) for s in sources if isinstance(s, Dataset) and s.of_animals}
    named = {s.file.path: _study_of(s) for s in sources if _study_of(s) not in animals}
    texts = {s.file.path for s in sources if isinstance(s, (TextSource, Designed))}
    counted = Counter(study for study in named.values() if study)
    if len(counted) < 2:
        return
    one_study = [
        {re.sub(r"\W|_", "", name).upper() for name in (s.study_name, s.protocol)}
        for s in sources
        if isinstance(s, Definition)
    ]
    main = min(counted, key=lambda study: (-counted[study], study))
    for path, study in sorted(named.items()):
        if study and study != main and not any({study, main} <= names for names in one_study):
            severity = Severity.MAJOR if path in texts else Severity.CRITICAL
            said = "The file names another study than most files of the set."
            yield SourceNotice("source.study_differs", severity, said, path)


def _dataset_versions(datasets: Sequence[Dataset]) -> Iterator[SourceNotice]:
    first: dict[tuple[str, str], Dataset] = {}
    for dataset in datasets:
        known = first.setdefault((dataset.file.study, dataset.name.upper()), dataset)
        if known is dataset:
            continue
        where = f"dataset:{dataset.name}"
        if _contents(known) == _contents(dataset):
            said = f"{dataset.name} holds the same data as in {known.file.path}."
            yield SourceNotice("source.dataset_twice", Severity.MINOR, said, dataset.file.path, where)
        else:
            said = f"{dataset.name} differs from the one in {known.file.path}: {_difference(known, dataset)}."
            yield SourceNotice("source.dataset_versions", Severity.CRITICAL, said, dataset.file.path, where)


def _contents(dataset: Dataset) -> object:
    return ([(v.name.upper(), v.kind) for v in dataset.variables], dataset.records)


def _difference(one: Dataset, other: Dataset) -> str:
    if len(one.records) != len(other.records):
        return f"{len(one.records)} and {len(other.records)} records"
    names = [{v.name.upper() for v in d.variables} for d in (one, other)]
    if names[0] != names[1]:
        return f"{len(names[0] ^ names[1])} variables are in only one of them"
    at = [(column(one, name), column(other, name)) for name in sorted(names[0])]
    count = sum(
        a[i] != b[j]
        for a, b in zip(one.records, other.records, strict=True)
        for i, j in at
        if i is not None and j is not None
    )
    return f"{count} values" if count else "order or types of variables"


def _subjects(datasets: Sequence[Dataset]) -> Iterator[SourceNotice]:
    """Each dataset's subjects against those of its study's subject-level dataset (ADSL for analysis data, DM for the rest)."""
    by_study: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        by_study.setdefault(dataset.file.study, []).append(dataset)
        yield from _own_subjects(dataset)
    for group in by_study.values():
        levels = {d.name.upper(): d for d in reversed(group) if d.name.upper() in _ONE_RECORD_A_SUBJECT}
        for dataset in group:
            preferred = ("ADSL", "DM") if dataset.name.upper().startswith("AD") else ("DM", "ADSL")
            if dataset.name.upper() == "ADSL":
                preferred = ("DM",) * 2
            level = next((levels[n] for n in preferred if n in levels), None)
            if level is None or level is dataset or level.name.upper() == dataset.name.upper():
                continue
            unknown = len(_ids(dataset) - _ids(level))
            if unknown:
                said = f"{unknown} subject(s) of {dataset.name} are not in {level.name}."
                place = f"dataset:{dataset.name}"
                yield SourceNotice("source.subject_unknown", Severity.CRITICAL, said, dataset.file.path, place)


def _ids(dataset: Dataset) -> set[object]:
    at = column(dataset, _SUBJECT)
    return set() if at is None else {r[at] for r in dataset.records if r[at] is not None}


def _own_subjects(dataset: Dataset) -> Iterator[SourceNotice]:
    def notice(code: str, severity: Severity, said: str) -> SourceNotice:
        return SourceNotice(f"source.{code}", severity, said, dataset.file.path, f"dataset:{dataset.name}")

    level = dataset.name.upper() in _ONE_RECORD_A_SUBJECT
    if not dataset.records:
        severity = Severity.CRITICAL if level else Severity.MAJOR
        yield notice("dataset_empty", severity, f"{dataset.name} has no records.")
    at = column(dataset, _SUBJECT)
    if at is None:
        if level:
            yield notice("subject_missing", Severity.CRITICAL, f"{dataset.name} has no variable {_SUBJECT}.")
        return
    count = Counter(r[at] for r in dataset.records)
    if level and (missing := count.pop(None, 0)):
        yield notice("subject_missing", Severity.CRITICAL, f"{missing} record(s) of {dataset.name} name no subject.")
    twice = sum(n > 1 for n in count.values())
    if level and twice:
        yield notice("subject_twice", Severity.CRITICAL, f"{twice} subject(s) have several records in {dataset.name}.")
