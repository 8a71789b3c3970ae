"""A source file as it looks, page by page, to be laid beside what was parsed. Imports safe, formats through a child process, and store.

LibreOffice without network makes the pages, once; where it is not installed there are none, and the page says so.
"""

from __future__ import annotations

import threading
import time

from docpipe.errors import OfficeFailed, UnknownName
from docpipe.model.canonical import Digest
from docpipe.safe.child import call
from docpipe.safe.office import find_office, to_pdf
from docpipe.steps.draft_orders import SOURCE
from docpipe.steps.house import House, record
from docpipe.steps.preview_cache import WORK, Cache
from docpipe.store import batches

DOTS = 90
_ONE_AT_A_TIME = threading.Lock()
_OFFICE = (".rtf", ".docx", ".docm")


def name_of(house: House, batch_id: str, sha256: str) -> str:
    """The name of a source file of a batch. Raises ``UnknownName``: no other blob can be looked at this way."""
    with house.store.read() as session:
        recipe = batches.get(session, batch_id).recipe
    for asset in recipe.assets:
        if asset.kind == SOURCE and asset.sha256 == sha256:
            return asset.name
    raise UnknownName("There is no such source in this batch.", name=sha256[:12])


def pages(house: House, batch_id: str, sha256: str) -> int:
    """How many pages a source has as it looks. Raises ``OfficeFailed`` where none can be made, ``UnknownName``."""
    name = name_of(house, batch_id, sha256).lower()
    cache = _cache(house, sha256)
    with _ONE_AT_A_TIME, cache.locked(wait=True):
        now = cache.current()
        if now is None:
            started = time.monotonic()
            pdf = _pdf(house, name, house.store.blobs.get(Digest(sha256)))
            limits = {"seconds": house.settings.child_seconds, "memory": house.settings.child_memory_mb << 20}
            found = call("docpipe.formats.pdftext.drawing:places", (pdf, []), **limits)
            cache.put(sha256, pdf, {"pages": found["pages"]})
            record("source.drawn", pages=len(found["pages"]), seconds=round(time.monotonic() - started, 2))
            return len(found["pages"])
    return len(now[1]["pages"])


def page(house: House, batch_id: str, sha256: str, number: int) -> bytes:
    """A page as PNG, from 1. Raises ``UnknownName``, ``OfficeFailed``."""
    if not 1 <= number <= pages(house, batch_id, sha256):
        raise UnknownName(f"The file has no page {number}.", name=str(number))
    cache = _cache(house, sha256)
    kept = cache.image(sha256, number)
    if kept is not None:
        return kept
    pdf = cache.document_bytes(sha256)
    if pdf is None:
        raise UnknownName("These pages are not kept any more: load the page again.", name=sha256[:12])
    limits = {"seconds": 30, "memory": house.settings.child_memory_mb << 20}
    image = bytes(call("docpipe.formats.pdftext.drawing:page_image", (pdf, number, DOTS), **limits))
    cache.keep_image(sha256, number, image)
    return image


def _pdf(house: House, name: str, data: bytes) -> bytes:
    if name.endswith(".pdf"):
        return data
    settings = house.settings
    program = find_office(settings.office)
    suffix = next((s for s in _OFFICE if name.endswith(s)), "")
    if not program or not suffix:
        why = "LibreOffice is not installed or is switched off" if suffix else "Files of this kind have no page layout"
        raise OfficeFailed(f"{why}: the original can be downloaded.")
    if suffix != ".rtf":
        limits = {"seconds": settings.child_seconds, "memory": settings.child_memory_mb << 20}
        data = bytes(call("docpipe.formats.ooxml.disarm:disarmed", (data,), **limits))
    return to_pdf(program, data, suffix, seconds=settings.office_seconds, work=settings.home / "previews" / WORK)


def _cache(house: House, sha256: str) -> Cache:
    return Cache(house.settings.home / "previews", f"source-{sha256[:20]}", "source")
