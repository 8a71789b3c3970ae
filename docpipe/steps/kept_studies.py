"""Studies that reports are checked against: read from their sources once, kept in the home folder, and taken from there the next time. Imports safe and writing.

What is kept is named by the digests of everything it was made of, our own program files included. It is read back with nothing but the
classes of the core and of writing, and counts as lost where it cannot be read.
"""

from __future__ import annotations

import contextlib
import enum
import importlib
import io
import os
import pickle
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import docpipe
from docpipe import __version__
from docpipe.errors import DocpipeError, InputUnsupported, NothingReadable, SourceUnsupported
from docpipe.model.canonical import Digest, digest_bytes, digest_of
from docpipe.model.recipe import AssetRef
from docpipe.settings import Settings
from docpipe.sources.consistency import with_sidecars
from docpipe.steps.collect import Submitted
from docpipe.steps.draft_orders import SOURCE
from docpipe.steps.house import record
from docpipe.steps.read_sources import Refused, Taken, notices_of, read_one
from docpipe.writing.doctype import DocumentType
from docpipe.writing.factstore import FactStore
from docpipe.writing.plan import make_plan
from docpipe.writing.study import StudyData, build

FOLDER = "studies"
"""In the home folder."""
MOST_KEPT = 12
Said = Callable[[str, int, int], None]
"""Told of a stage, how much is done, of how much."""


@dataclass(frozen=True)
class KeptStudy:
    """A study with every fact that a document of a type could show. ``refused``: sources that say nothing, with the reason."""

    study: StudyData
    facts: FactStore
    refused: tuple[Refused, ...]
    names: tuple[str, ...]
    """Of the refused files, in their order."""
    read_now: bool = True


def study_for(settings: Settings, given: Sequence[Submitted], kind: DocumentType, said: Said) -> KeptStudy:
    """The study of these files, from what is kept or read now. Raises ``NothingReadable`` where no file says anything."""
    digests = [digest_bytes(s.data) for s in given]
    key = digest_of(
        [
            _program(),
            kind.digest,
            [[s.path, d, s.error.code if s.error else ""] for s, d in zip(given, digests, strict=True)],
        ]
    )
    kept = _taken(settings, key)
    if kept is not None:
        said("study as kept", 1, 1)
        return kept
    taken = _read_all(settings, given, digests, said)
    sources = [s for t in taken for s in t.sources]
    if not sources:
        why = [f"{t.asset.name}: {t.refused.message}" for t in taken if t.refused is not None]
        more = f" and {len(why) - 3} more" if len(why) > 3 else ""
        raise NothingReadable(f"None of the sources can be read: {' '.join(why[:3])}{more}", files=len(taken))
    said("compare sources", 0, 2)
    study = build(sources, notices_of(taken))
    said("compare sources", 1, 2)
    _, book = make_plan(kind, study)
    facts = study.store.with_facts(book.made.values())
    said("compare sources", 2, 2)
    refused = [(t.asset.name, t.refused) for t in taken if t.refused is not None]
    made = KeptStudy(study, facts, tuple(r for _, r in refused), tuple(n for n, _ in refused))
    _keep(settings, key, made)
    return made


def _read_all(settings: Settings, given: Sequence[Submitted], digests: Sequence[Digest], said: Said) -> list[Taken]:
    def one(pair: tuple[Submitted, Digest]) -> Taken:
        source, digest = pair
        asset = AssetRef(SOURCE, source.path, digest, len(source.data))
        if source.error is not None:
            return Taken(asset, None, (), Refused(source.error.code, source.error.message))
        try:
            return Taken(asset, *read_one(settings, source.data, asset))
        except DocpipeError as error:
            foreign = isinstance(error, (SourceUnsupported, InputUnsupported))
            return Taken(asset, None, (), Refused(error.code, error.message, foreign))

    found: list[Taken] = []
    with ThreadPoolExecutor(max_workers=max(1, min(settings.workers, 4))) as pool:
        for taken in pool.map(one, zip(given, digests, strict=True)):
            found.append(taken)
            said("read sources", len(found), len(given))
    named = iter(with_sidecars([s for t in found for s in t.sources]))
    return [replace(t, sources=tuple(next(named) for _ in t.sources)) for t in found]


# ---------------------------------------------------------------- what is kept


@cache
def _program() -> str:
    """What a study is made with: version and program files. An installation that changes reads its sources anew."""
    root = Path(docpipe.__file__).parent
    files = sorted(
        p for room in ("model", "sources", "writing") for p in (root / room).rglob("*") if p.suffix in (".py", ".toml")
    )
    return digest_of([__version__, [[p.name, p.stat().st_size, p.stat().st_mtime_ns] for p in files]])


def _path(settings: Settings, key: str) -> Path:
    return settings.home / FOLDER / f"{key}.study"


def _taken(settings: Settings, key: str) -> KeptStudy | None:
    path = _path(settings, key)
    try:
        data = path.read_bytes()
        digest, _, body = data.partition(b"\n")
        if digest.decode("ascii", "replace") != digest_bytes(body):
            return None
        study, facts, refused, names = _Known(io.BytesIO(body)).load()
        with contextlib.suppress(OSError):
            os.utime(path)
        return KeptStudy(study, facts, refused, names, read_now=False)
    except OSError:
        return None
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, IndexError, KeyError, ImportError):
        record("study.kept_unreadable")
        return None


def _keep(settings: Settings, key: str, made: KeptStudy) -> None:
    """Writes the study down, and lets the least used go. What cannot be kept is read again the next time."""
    body = pickle.dumps((made.study, made.facts, made.refused, made.names), protocol=5)
    path = _path(settings, key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            part.write(digest_bytes(body).encode() + b"\n" + body)
        Path(part.name).replace(path)
        kept = sorted(path.parent.glob("*.study"), key=lambda p: p.stat().st_mtime, reverse=True)
        for old in kept[MOST_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        record("study.not_kept")


class _Known(pickle.Unpickler):
    """Reads dataclasses, enums and stores of the core and of writing, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Only these classes; anything else is an error."""
        if (module, name) == ("builtins", "getattr"):
            return _member
        if (module, name) == ("decimal", "Decimal"):
            return Decimal
        if module == "builtins" and name in ("set", "frozenset"):
            return {"set": set, "frozenset": frozenset}[name]
        if (module, name) == ("docpipe.steps.read_sources", "Refused"):
            return Refused
        if (module, name) == ("collections", "defaultdict") or module.startswith(
            ("docpipe.model.", "docpipe.writing.")
        ):
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and (found.__module__ == module or module == "collections"):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a study")


def _member(kind: object, name: object) -> Any:
    """The member of an enum by name; nothing else can be had by it."""
    if isinstance(kind, type) and issubclass(kind, enum.Enum) and isinstance(name, str) and name in kind.__members__:
        return kind.__members__[name]
    raise pickle.UnpicklingError("only members of enums are part of a study")
