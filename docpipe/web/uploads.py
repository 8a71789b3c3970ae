"""Uploads: a form with files, parsed while it streams in; each file goes to disk and never whole to memory. Imports starlette, multipart and safe.

Limits hold while bytes arrive: a file over the limit is cut off and the rest of it thrown away, a body over the limit or a
sender that is too slow ends the request.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from docpipe.errors import DiskFull, StorageError, TooLarge, UploadBroken
from docpipe.safe.budget import DEFAULT, GIB, KIB
from docpipe.safe.names import display
from docpipe.steps.submissions import Upload

FILE_LIMIT = DEFAULT.file_size
BODY_LIMIT = 4 * GIB
FILES_LIMIT = DEFAULT.package_entries
FIELDS_LIMIT, FIELD_BYTES, HEADER_BYTES = 200, 64 * KIB, 16 * KIB
SILENT_SECONDS = 30.0
"""A sender that gives nothing for so long is given up."""
SLOWEST, SLOW_AFTER = 1 * KIB, 60.0
"""Bytes a second that a sender must bring on average, once so many seconds have passed."""


@dataclass(slots=True)
class Received:
    """A parsed form. ``fields`` by name, repeated ones in order; files without a name and bytes (nothing chosen) are left out."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)

    def one(self, name: str, otherwise: str = "") -> str:
        """The field's first value."""
        return self.fields.get(name, [otherwise])[0]


class _Form:
    """The parser's callbacks: collects fields and writes files into a folder."""

    def __init__(self, folder: Path) -> None:
        self.received = Received()
        self.whole = False
        self._folder = folder
        self._header: dict[str, bytes] = {}
        self._name, self._value, self._size = b"", b"", 0
        self._field = ""
        self._filename: str | None = None
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._text = bytearray()

    def callbacks(self) -> dict[str, Callable[..., None]]:
        """As the parser wants them."""
        return {
            "on_part_begin": self.part_begin, "on_header_field": self.header_field, "on_header_value": self.header_value,
            "on_header_end": self.header_end, "on_headers_finished": self.headers_finished, "on_part_data": self.part_data,
            "on_part_end": self.part_end, "on_end": self.end,
        }  # fmt: skip

    def part_begin(self) -> None:
        self._header, self._name, self._value, self._size = {}, b"", b"", 0

    def _grow(self, data: bytes, start: int, end: int) -> bytes:
        self._size += end - start
        if self._size > HEADER_BYTES:
            raise UploadBroken("A part of the form has too long a header.")
        return data[start:end]

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += self._grow(data, start, end)

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += self._grow(data, start, end)

    def header_end(self) -> None:
        self._header[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def headers_finished(self) -> None:
        kind, options = parse_options_header(self._header.get("content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise UploadBroken("A part of the form has no name.")
        self._field = _decoded(options[b"name"])
        self._filename = _decoded(options[b"filename"]) if b"filename" in options else None
        self._size = 0
        if self._filename is None:
            if sum(map(len, self.received.fields.values())) >= FIELDS_LIMIT:
                raise UploadBroken("The form has too many fields.")
            self._text = bytearray()
            return
        if len(self.received.files) >= FILES_LIMIT:
            raise TooLarge(f"More than {FILES_LIMIT} files came at once: send them as an archive.", files=FILES_LIMIT)
        self._path = self._folder / f"{len(self.received.files)}-{time.monotonic_ns()}"
        self._file = self._path.open("wb")

    def part_data(self, data: bytes, start: int, end: int) -> None:
        before, self._size = self._size, self._size + end - start
        if self._file is None:
            if self._size > FIELD_BYTES:
                raise UploadBroken("A field of the form is too long.")
            self._text += data[start:end]
        elif self._size <= FILE_LIMIT:
            self._file.write(data[start:end])
        elif before <= FILE_LIMIT:
            self._file.truncate(0)

    def part_end(self) -> None:
        if self._file is None:
            self.received.fields.setdefault(self._field, []).append(bytes(self._text).decode("utf-8", "replace"))
            return
        self._file.close()
        self._file = None
        name = self._filename or ""
        if not name and not self._size:
            return
        error = None
        if self._size > FILE_LIMIT:
            error = TooLarge(f"{display(name)} is larger than {FILE_LIMIT >> 20} MB.", file=display(name))
        self.received.files.append(Upload(self._field, name, self._path, error))

    def end(self) -> None:
        self.whole = True

    def close(self) -> None:
        """Closes what a broken upload left open."""
        if self._file is not None:
            self._file.close()


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise UploadBroken("The request is not a form with files (multipart/form-data).")
    return boundary


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body, bounded in size and time."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > BODY_LIMIT:
        raise TooLarge(f"The upload is larger than {BODY_LIMIT >> 20} MB.", bytes=int(stated))
    stream = request.stream()
    began, total = time.monotonic(), 0
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream), SILENT_SECONDS)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise UploadBroken("The upload stopped in the middle.") from None
        except ClientDisconnect:
            raise UploadBroken("The sender went away in the middle of the upload.") from None
        total += len(piece)
        if total > BODY_LIMIT:
            raise TooLarge(f"The upload is larger than {BODY_LIMIT >> 20} MB.", bytes=total)
        passed = time.monotonic() - began
        if passed > SLOW_AFTER and total / passed < SLOWEST:
            raise UploadBroken("The upload came too slowly.")
        yield piece


@asynccontextmanager
async def received(request: Request, home: Path) -> AsyncIterator[Received]:
    """The form's fields and files; the files are gone when the block ends.

    Raises ``UploadBroken`` (no form with files, cut off, too slow), ``TooLarge`` (the whole body), ``DiskFull``.
    """
    boundary = _boundary(request)
    try:
        folder = tempfile.TemporaryDirectory(prefix="docpipe-upload-", dir=home, ignore_cleanup_errors=True)
    except OSError as error:
        raise StorageError("Uploads cannot be written to the home folder.") from error
    with folder as place:
        form = _Form(Path(place))
        try:
            parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
            async for piece in _pieces(request):
                parser.write(piece)
            parser.finalize()
        except FormParserError:
            raise UploadBroken("The form cannot be read.") from None
        except OSError as error:
            raise DiskFull("No space is left for the upload.") from error
        finally:
            form.close()
        if not form.whole:
            raise UploadBroken("The upload stopped in the middle.")
        yield form.received
