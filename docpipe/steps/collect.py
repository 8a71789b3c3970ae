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
from docpipe.safe.names import display, safe_relative
from docpipe.safe.package import members

IGNORED = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Left behind by file managers; not documents of anybody's. Word's own lock files (``~$…``) are ignored too."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A file as given: its relative POSIX name and its bytes, or the error that keeps it out."""

    path: str
    data: bytes
    error: DocpipeError | None = None


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
            if not ignored(inner):
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
            if not ignored(name) and not inner.is_symlink():
                yield _read(inner, safe_relative(name))
        return
    yield from expanded(_read(path, safe_relative(path.name)))


def expanded(given: Submitted) -> Iterator[Submitted]:
    """The files of an archive (named ``.zip``), which keep its inner tree; any other file is itself."""
    if given.path.lower().endswith(".zip") and given.data:
        yield from _archive(given.data, given.path)
    else:
        yield given


def named(name: str, data: bytes) -> Submitted:
    """A file as a stranger names it: a name that may not be re-created, or no bytes, keep it out and are said so."""
    try:
        safe = safe_relative(name)
    except DocpipeError as error:
        return Submitted(display(name), data, error)
    return Submitted(safe, data, None if data else InputEmpty(f"{safe} has no bytes.", file=safe))


def ignored(name: str) -> bool:
    """Whether a file is one of those that file managers and Word leave behind."""
    base = name.rsplit("/", 1)[-1]
    return base in IGNORED or base.startswith("~$") or "__MACOSX/" in name


def distinct(files: Iterable[Submitted], taken: Iterable[str] = ()) -> Iterator[Submitted]:
    """The files as they are; ``taken``: relative names that are there already. Raises ``SameNameTwice``."""
    seen = {name.casefold() for name in taken}
    for submitted in files:
        key = submitted.path.casefold()
        if key in seen:
            raise SameNameTwice(f"Two of the files are named {submitted.path}.", path=submitted.path)
        seen.add(key)
        yield submitted


def collect(paths: Iterable[Path]) -> Iterator[Submitted]:
    """Every file under the paths, in order: folders keep their inner tree, archives theirs.

    Raises ``InputMissing`` for a path that is not there and ``SameNameTwice`` when two files would share a relative name.
    """
    given = list(paths)
    for path in given:
        if not path.exists():
            raise InputMissing(f"There is no file or folder {path}.", path=str(path))
    yield from distinct(submitted for path in given for submitted in _one(path))
