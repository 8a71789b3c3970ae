"""Files as a submitter names them (files, folders, archives) become named bytes. Imports safe and errors.

The submitter's files are read, never moved or changed.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docpipe.errors import DocpipeError, InputEmpty, InputMissing, InputRefused, SameNameTwice, TooLarge
from docpipe.safe.budget import DEFAULT
from docpipe.safe.names import safe_relative
from docpipe.safe.package import members

IGNORED = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Left behind by file managers; not documents of anybody's. Word's own lock files (``~$…``) are ignored too."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A file as given: its relative POSIX name and its bytes, or the error that keeps it out."""

    path: str
    data: bytes
    error: DocpipeError | None = None


def _ignored(name: str) -> bool:
    base = name.rsplit("/", 1)[-1]
    return base in IGNORED or base.startswith("~$") or "__MACOSX/" in name


def _read(path: Path, name: str) -> Submitted:
    try:
        if path.stat().st_size > DEFAULT.file_size:
            return Submitted(name, b"", TooLarge(f"{name} is larger than {DEFAULT.file_size >> 20} MB.", file=name))
        data = path.read_bytes()
    except OSError as error:
        return Submitted(
            name,
            b"",
            InputRefused(f"{name} cannot be read ({errno.errorcode.get(error.errno or 0, 'error')}).", file=name),
        )
    return Submitted(name, data) if data else Submitted(name, b"", InputEmpty(f"{name} has no bytes.", file=name))


def _archive(data: bytes, name: str) -> Iterator[Submitted]:
    try:
        for inner, content in members(data):
            if not _ignored(inner):
                yield (
                    Submitted(safe_relative(inner), content)
                    if content
                    else Submitted(safe_relative(inner), b"", InputEmpty(f"{inner} has no bytes.", file=inner))
                )
    except DocpipeError as error:
        yield Submitted(name, data, error)


def _one(path: Path) -> Iterator[Submitted]:
    if path.is_dir():
        for inner in sorted(p for p in path.rglob("*") if p.is_file()):
            name = inner.relative_to(path).as_posix()
            if not _ignored(name) and not inner.is_symlink():
                yield _read(inner, safe_relative(name))
        return
    given = _read(path, safe_relative(path.name))
    if path.suffix.lower() == ".zip" and given.data:
        yield from _archive(given.data, given.path)
    else:
        yield given


def collect(paths: Iterable[Path]) -> Iterator[Submitted]:
    """Every file under the paths, in order: folders keep their inner tree, archives theirs.

    Raises ``InputMissing`` for a path that is not there and ``SameNameTwice`` when two files would share a relative name.
    """
    given = list(paths)
    for path in given:
        if not path.exists():
            raise InputMissing(f"There is no file or folder {path}.", path=str(path))
    seen: set[str] = set()
    for path in given:
        for submitted in _one(path):
            key = submitted.path.casefold()
            if key in seen:
                raise SameNameTwice(f"Two of the files are named {submitted.path}.", path=submitted.path)
            seen.add(key)
            yield submitted
