"""Studies in animals that lie among the sources beside another study: which sources belong to which. Imports the core.

A brochure and the nonclinical summaries are made from several studies. Each study in animals is told by its trial summary (SEND TS), and
its sources by their study's id or, where they name none of the studies, by lying in its folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from docpipe.model.source import Dataset, Source


def beside(sources: Sequence[Source]) -> tuple[tuple[Source, ...], ...]:
    """The sources of each study in animals, in the order of the sources; empty where the datasets are of one study only."""
    of_study: dict[str, list[Dataset]] = {}
    for source in sources:
        if isinstance(source, Dataset):
            of_study.setdefault(source.file.study, []).append(source)
    animals = [study for study, datasets in of_study.items() if study and any(d.of_animals for d in datasets)]
    if not animals or len(of_study) < 2:
        return ()
    homes = {study: {_folder(d) for d in datasets} for study, datasets in of_study.items()}

    def owner(source: Source) -> str:
        named = source.file.study
        if named in of_study:
            return named
        return next((s for s, folders in homes.items() if _folder(source) in folders and _alone(homes, s)), "")

    return tuple(tuple(s for s in sources if owner(s) == study) for study in animals)


def _folder(source: Source) -> str:
    return str(PurePosixPath(source.file.path).parent)


def _alone(homes: dict[str, set[str]], study: str) -> bool:
    """No other study has a dataset in its folders."""
    return not any(homes[study] & folders for other, folders in homes.items() if other != study)
