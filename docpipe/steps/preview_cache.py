"""Where rendered previews lie: a folder of the home that may be deleted at any time. Imports the standard library and errors.

Nothing here is a record: what is shown is named by its digest, and can be made again from the store.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docpipe.errors import StorageError

WORK = ".work"
"""Where LibreOffice's temporary folders are made, beside the previews."""
_NAME = re.compile(r"[0-9a-f]{64}")
_LARGEST = 4 << 30
"""Bytes that all previews may take; the documents looked at longest ago go first."""


@dataclass(frozen=True, slots=True)
class Cache:
    """The previews of one document and side. ``root``: the folder of all previews."""

    root: Path
    document: str
    side: str

    @property
    def folder(self) -> Path:
        """Its folder; the document's id is hex digits or a short name of ours, never a path."""
        safe = "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):x}" for c in self.document)
        return self.root / safe / self.side

    def stamp(self) -> tuple[str, int] | None:
        """What changes whenever another preview becomes current; None where there is none."""
        try:
            return self._text("current"), (self.folder / "current").stat().st_mtime_ns
        except OSError:
            return None

    def current(self) -> tuple[str, dict[str, Any]] | None:
        """Digest of what the newest preview shows, and its places; None where there is none."""
        shown = self._text("current")
        if not _NAME.fullmatch(shown):
            return None
        try:
            return shown, json.loads((self.folder / shown / "places.json").read_bytes())
        except (OSError, ValueError):
            return None

    def failed(self) -> dict[str, str]:
        """The last failure: what was to be shown, code and sentence; empty where there was none."""
        try:
            found = json.loads(self._text("failed") or "{}")
        except ValueError:
            return {}
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def document_bytes(self, shown: str) -> bytes | None:
        """The PDF of a preview, or None."""
        return self._bytes(shown, "document.pdf")

    def image(self, shown: str, number: int) -> bytes | None:
        """A page's picture, or None where it was not drawn yet."""
        return self._bytes(shown, f"{number}.png")

    def keep_image(self, shown: str, number: int, data: bytes) -> None:
        """Keeps a drawn page beside its PDF; when that is gone meanwhile, nothing happens."""
        with contextlib.suppress(StorageError):
            self._write(self.folder / shown / f"{number}.png", data)

    def put(self, shown: str, pdf: bytes, places: dict[str, Any]) -> None:
        """A new preview: whole, then current. The one before it stays for those who look at it, older ones go."""
        made = self.folder / shown
        before = self._text("current")
        self._write(made / "document.pdf", pdf)
        self._write(made / "places.json", json.dumps(places, ensure_ascii=True).encode())
        self._write(self.folder / "current", shown.encode())
        (self.folder / "failed").unlink(missing_ok=True)
        for old in self.folder.iterdir():
            if _NAME.fullmatch(old.name) and old.name not in (shown, before):
                shutil.rmtree(old, ignore_errors=True)
        _prune(self.root, keep=self.folder.parent)

    def fail(self, shown: str, code: str, message: str) -> None:
        """Notes that this text has no page layout, and why: it is not tried again until the text changes or somebody asks."""
        self._write(self.folder / "failed", json.dumps({"shown": shown, "code": code, "message": message}).encode())

    def forgive(self) -> None:
        """Forgets the failure."""
        (self.folder / "failed").unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self, *, wait: bool) -> Iterator[bool]:
        """One renderer at a time among all processes of this machine; a killed one's lock is free at once.

        Yields whether the lock was had: without ``wait`` it may be somebody else's.
        """
        self._make(self.folder)
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(handle)

    def _text(self, name: str) -> str:
        try:
            return (self.folder / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def _bytes(self, shown: str, name: str) -> bytes | None:
        if not _NAME.fullmatch(shown):
            return None
        try:
            return (self.folder / shown / name).read_bytes()
        except OSError:
            return None

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError("The folder for previews cannot be written.", folder=str(self.root)) from error

    def _write(self, path: Path, data: bytes) -> None:
        self._make(path.parent)
        try:
            handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, path)
        except OSError as error:
            raise StorageError("A preview cannot be kept: the disk refuses it.", folder=str(self.root)) from error


def _prune(root: Path, keep: Path) -> None:
    """Deletes the previews of whole documents, oldest first, until all together are small enough."""
    sizes = []
    for folder in (f for f in root.iterdir() if f.name != WORK):
        files = [f.stat() for f in folder.rglob("*") if f.is_file()]
        sizes.append((max((f.st_mtime for f in files), default=0.0), sum(f.st_size for f in files), folder))
    total = sum(size for _, size, _ in sizes)
    for _, size, folder in sorted(sizes):
        if total <= _LARGEST:
            return
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)
            total -= size
