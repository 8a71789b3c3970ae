"""Files handed out: always as attachments under a safe name, never to be guessed at by the browser. Imports starlette and the steps."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from urllib.parse import quote

from starlette.responses import FileResponse, Response, StreamingResponse

from docpipe.errors import NotReady
from docpipe.steps import downloads
from docpipe.steps.house import House


def attachment_name(name: str) -> str:
    """The header for a file name (RFC 6266, RFC 8187): ASCII for old readers, UTF-8 for the others."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def one_file(house: House, batch_id: str, name: str) -> Response:
    """A file of the batch's results. Raises ``UnknownName``."""
    result = downloads.one(house, batch_id, name)
    base = result.name.rsplit("/", 1)[-1]
    kind = mimetypes.guess_type(base)[0] or "application/octet-stream"
    headers = {"content-disposition": attachment_name(base), "x-content-type-options": "nosniff"}
    return FileResponse(result.path, media_type=kind, headers=headers)


def package(house: House, batch_id: str) -> Response:
    """All results as one zip, streamed. Raises ``UnknownName``, ``NotReady`` (nothing there yet)."""
    batch, files = downloads.results(house, batch_id)
    if not files:
        raise NotReady("There are no results to download yet.", batch=batch_id)

    def pieces() -> Iterator[bytes]:
        yield from downloads.zipped(files, f"docpipe-{batch.id}")

    headers = {"content-disposition": attachment_name(f"docpipe-{batch.id}.zip"), "x-content-type-options": "nosniff"}
    return StreamingResponse(pieces(), media_type="application/zip", headers=headers)
