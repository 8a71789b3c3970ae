"""What of a batch can be downloaded: the files of its package, or the copies for reviewers, and all of them as one zip. Imports steps and store.

Only files that docpipe wrote are handed out: those that the package's own list of checksums names, and ``_review/``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docpipe.errors import StorageError, UnknownName
from docpipe.model.batch import Batch, State
from docpipe.steps.house import House
from docpipe.steps.release import out_folder
from docpipe.store import batches

_PIECE = 1 << 18
_DATE = (1980, 1, 1, 0, 0, 0)
"""No clock in archives: the same package gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Result:
    """A file to be had. ``name``: relative, POSIX separators, as in the package."""

    name: str
    path: Path
    size: int


def results(house: House, batch_id: str) -> tuple[Batch, list[Result]]:
    """The batch and its files, ordered by name; none before there are any. Raises ``UnknownName``."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
    root = out_folder(house, batch)
    found = [r for name in sorted(_names(batch, root)) if (r := _result(root, name)) is not None]
    return batch, found


def _names(batch: Batch, root: Path) -> set[str]:
    if batch.state in (State.RELEASED, State.DRAFT):
        try:
            sums = (root / "SHA256SUMS").read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return set()
        return {line.split("  ", 1)[1] for line in sums.splitlines() if "  " in line} | {"SHA256SUMS"}
    review = root / "_review"
    return {p.relative_to(root).as_posix() for p in review.rglob("*") if p.is_file()} if review.is_dir() else set()


def _result(root: Path, name: str) -> Result | None:
    path = root / name
    if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
        return None
    return Result(name, path, path.stat().st_size)


def one(house: House, batch_id: str, name: str) -> Result:
    """One file by its name in the package. Raises ``UnknownName``: a name that is not in the list leads nowhere."""
    for result in results(house, batch_id)[1]:
        if result.name == name:
            return result
    raise UnknownName("There is no such file in the batch's results.", name=name[:200])


class _Sink(io.RawIOBase):
    """Takes what the zip writer gives and hands it on; never seeks."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        part = bytes(memoryview(data))  # type: ignore[arg-type]
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        """What was written since."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def zipped(files: list[Result], folder: str) -> Iterator[bytes]:
    """The files as a zip with one folder at its top, piece by piece: no more than a piece is in memory.

    Raises ``StorageError`` where a file went away meanwhile (the archive then breaks off, and no reader takes it for whole).
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for result in files:
            info = zipfile.ZipInfo(f"{folder}/{result.name}", _DATE)
            packed = result.name.endswith((".docx", ".xlsx", ".pdf", ".zip"))
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            try:
                with (
                    result.path.open("rb") as source,
                    archive.open(info, "w", force_zip64=result.size > 1 << 31) as target,
                ):
                    while piece := source.read(_PIECE):
                        target.write(piece)
                        if data := sink.taken():
                            yield data
            except OSError as error:
                raise StorageError("A file of the package cannot be read.", file=result.name) from error
    yield sink.taken()
