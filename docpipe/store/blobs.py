"""Blobs by SHA-256: sources, extractions, outputs. Imports errors, canonical and fsspec (lazily, for anything but a folder).

A blob is written whole and durable before any row names it: a row without its blob cannot be.
"""

from __future__ import annotations

import os
import re
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from docpipe.errors import BlobMissing, StorageError
from docpipe.model.canonical import Digest, digest_bytes
from docpipe.store.failures import disk_error

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Blobs(ABC):
    """Bytes by their digest."""

    @staticmethod
    def open(url: str) -> Blobs:
        """A folder (a path or ``file:`` URL) or any fsspec URL such as ``s3://bucket/prefix``."""
        parts = urlsplit(url)
        if parts.scheme == "file":
            return FolderBlobs(Path(unquote(parts.path)))
        if "://" in url or "::" in url:
            return RemoteBlobs(url)
        return FolderBlobs(Path(url))

    def put(self, data: bytes) -> Digest:
        """Stores the bytes durably and returns their SHA-256; nothing is written if they are there. Raises ``DiskFull``."""
        digest = digest_bytes(data)
        if not self._holds(digest, data):
            self._write(_name(digest), data)
        return digest

    def _holds(self, digest: str, data: bytes) -> bool:
        return self.has(digest)

    def get(self, digest: str) -> bytes:
        """The bytes, verified. Raises ``BlobMissing`` if they are not there or are not those that were stored."""
        data = self._read(_name(digest))
        if data is None:
            raise BlobMissing("A blob that the records name is not in the store.", digest=digest)
        if digest_bytes(data) != digest:
            raise BlobMissing("A blob's bytes do not have its digest: it was damaged or changed.", digest=digest)
        return data

    def path(self, digest: str) -> Path | None:
        """The blob's file where the store is a local folder and holds it, else None. Read-only for the caller."""
        return None

    @abstractmethod
    def has(self, digest: str) -> bool:
        """Whether the blob is there (its bytes are not read)."""

    @abstractmethod
    def delete(self, digest: str) -> None:
        """Removes the blob if it is there; for retention alone."""

    @abstractmethod
    def _read(self, name: str) -> bytes | None: ...

    @abstractmethod
    def _write(self, name: str, data: bytes) -> None: ...


def _name(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise BlobMissing("This is not a digest.", digest=digest[:80])
    return f"{digest[:2]}/{digest[2:]}"


class FolderBlobs(Blobs):
    """A local folder, two levels deep, open to its owner alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise disk_error(error, "blob store") from error

    def has(self, digest: str) -> bool:
        """See ``Blobs``."""
        return (self.root / _name(digest)).is_file()

    def _holds(self, digest: str, data: bytes) -> bool:
        """A damaged copy is written anew: whoever puts the bytes has the true ones."""
        return self.has(digest) and self._read(_name(digest)) == data

    def path(self, digest: str) -> Path | None:
        """See ``Blobs``."""
        found = self.root / _name(digest)
        return found if found.is_file() else None

    def delete(self, digest: str) -> None:
        """See ``Blobs``."""
        try:
            (self.root / _name(digest)).unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, "blob store") from error

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise disk_error(error, "blob store") from error

    def _write(self, name: str, data: bytes) -> None:
        target = self.root / name
        temporary = ""
        try:
            if not target.parent.is_dir():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(self.root)
            handle, temporary = tempfile.mkstemp(prefix=".new-", dir=target.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
            temporary = ""
            _sync_folder(target.parent)
        except OSError as error:
            raise disk_error(error, "blob store") from error
        finally:
            if temporary:
                Path(temporary).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Makes a rename in the folder survive a power loss; systems without folder handles do it by themselves."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class RemoteBlobs(Blobs):
    """Any store that fsspec knows; credentials come from that store's own usual places, never from the URL."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs

        try:
            found: tuple[Any, str] = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise StorageError("No blob store is known for this kind of URL.", scheme=urlsplit(url).scheme) from error
        self._fs, self._root = found[0], str(found[1]).rstrip("/")

    def has(self, digest: str) -> bool:
        """See ``Blobs``."""
        try:
            return bool(self._fs.isfile(f"{self._root}/{_name(digest)}"))
        except OSError as error:
            raise disk_error(error, "blob store") from error

    def delete(self, digest: str) -> None:
        """See ``Blobs``."""
        if self.has(digest):
            try:
                self._fs.rm_file(f"{self._root}/{_name(digest)}")
            except OSError as error:
                raise disk_error(error, "blob store") from error

    def _read(self, name: str) -> bytes | None:
        try:
            return bytes(self._fs.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise disk_error(error, "blob store") from error

    def _write(self, name: str, data: bytes) -> None:
        """Object stores show an object only when it is whole; a cut-off one elsewhere is found by ``get``'s digest."""
        path = f"{self._root}/{name}"
        try:
            self._fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            self._fs.pipe_file(path, data)
        except OSError as error:
            raise disk_error(error, "blob store") from error
