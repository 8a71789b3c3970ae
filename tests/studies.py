"""Studies read from a folder with the real readers, for tests: each built once a run, shared by the processes that pytest runs in."""

from __future__ import annotations

import fcntl
import pickle
from pathlib import Path

from docpipe.errors import DocpipeError
from docpipe.model.canonical import digest_bytes
from docpipe.model.source import Source, SourceFile
from docpipe.registry import source_for
from docpipe.safe.sniff import sniff
from docpipe.sources.consistency import set_notices
from docpipe.writing.study import StudyData, build


def sources_of(folder: Path) -> list[Source]:
    """Every source under a folder; files that no reader takes are left out."""
    found: list[Source] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data, name = path.read_bytes(), path.relative_to(folder).as_posix()
        try:
            media_type = sniff(data, name)
            reader = source_for(media_type, data, name)
            found += reader.read(data, SourceFile(name, digest_bytes(data), media_type, reader.kind))
        except DocpipeError:
            continue
    return found


def study_of(folder: Path) -> StudyData:
    """The study of a folder."""
    found = sources_of(folder)
    return build(found, set_notices(found))


def shared_study(folder: Path, kept: Path) -> StudyData:
    """As ``study_of``, kept as a file for the other processes of this run."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.is_file():
            loaded = pickle.loads(kept.read_bytes())
            assert isinstance(loaded, StudyData)
            return loaded
        study = study_of(folder)
        kept.write_bytes(pickle.dumps(study))
        return study
