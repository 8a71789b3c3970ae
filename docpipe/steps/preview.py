"""The document as it will look: pages with the place of each row, rendered on demand and once; or our own plain rendering.

Imports safe, segment and store. Pages come from LibreOffice (a PDF source's own pages need none) and lie in a cache that
may be deleted; an edit makes them stale until somebody asks for them again.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from queue import SimpleQueue
from typing import Any, Literal

from docpipe.errors import Defect, DocpipeError, NotReady, OfficeFailed, StorageError, UnknownName
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import digest_of
from docpipe.model.document import Block
from docpipe.model.inline import CodedText
from docpipe.model.segment import Segment, SegmentId, Status
from docpipe.safe.child import call
from docpipe.safe.office import find_office, to_pdf
from docpipe.steps import assemble, preview_blocks
from docpipe.steps.draft_book import draft_of
from docpipe.steps.draft_orders import MEDIA_TYPE
from docpipe.steps.extract import extraction_of
from docpipe.steps.house import House, record
from docpipe.steps.preview_cache import WORK, Cache
from docpipe.store import batches, documents, shown, units

Side = Literal["source", "target"]
_FORM = 1
"""Rises when the same document would give other pages or places than before."""
DOTS = 110
"""Dots an inch of the pictures of pages."""
PDF = "application/pdf"
_SUFFIXES = (".docx", ".docm", ".dotx", ".dotm")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands on a page. ``boxes``: left, top, width, height in points from the upper left corner."""

    segment: str
    number: int
    boxes: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its number from 1, its size in points, and the rows that stand on it in order."""

    number: int
    width: float
    height: float
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """``state``: ready (pages of the present text), stale (of an older one), rendering (wait), html (no pages, see ``reason``).

    ``shown``: digest that names the pages, "" without any. ``rows``: how many rows pages can show, ``located`` how many have
    a place; ``seconds``: what the rendering took.
    """

    document: str
    side: Side
    state: Literal["ready", "stale", "rendering", "html"]
    shown: str = ""
    pages: tuple[Sheet, ...] = ()
    code: str = ""
    reason: str = ""
    rows: int = 0
    located: int = 0
    seconds: float = 0.0

    def page_of(self, segment: str) -> int:
        """Number of the first page where a row stands; 0 where it has no place."""
        return next((s.number for s in self.pages for p in s.places if p.segment == segment), 0)


def preview(house: House, document_id: str, side: Side = "target", *, start: bool = True) -> Preview:
    """What there is to see. With ``start`` the first look begins the rendering; a stale one waits for ``render``.

    Raises ``UnknownName``, and ``NotReady`` before the document was read.
    """
    document, _ = _document(house, document_id)
    cache = _cache(house, document_id, side)
    wanted = _shown(house, document, side)
    found = _newest(cache)
    made = found or Preview(document_id, side, "html")
    if made.shown == wanted:
        return made
    if _running(house, cache):
        return replace(made, state="rendering")
    without: Literal["stale", "html"] = "stale" if found else "html"
    failed = cache.failed()
    if failed.get("shown") == wanted:
        return replace(made, state=without, code=failed.get("code", ""), reason=failed.get("message", ""))
    if not _can(house, document, side):
        why = OfficeFailed("LibreOffice is not installed or is switched off, so there is no page layout.")
        return replace(made, state=without, code=why.code, reason=why.message)
    if found:
        return replace(made, state="stale")
    if start and render(house, document_id, side):
        return replace(made, state="rendering")
    return made


def render(house: House, document_id: str, side: Side = "target") -> bool:
    """Begins the rendering of the present text in the background, once however many ask; False where it cannot be done."""
    document, _ = _document(house, document_id)
    if not _can(house, document, side):
        return False
    cache = _cache(house, document_id, side)
    key = str(cache.folder)
    with _LOCK:
        if key not in _WORKING:
            _WORKING.add(key)
            cache.forgive()
            _queue().put((house, document_id, side, key))
    return True


def page_image(house: House, document_id: str, side: Side, pages: str, number: int) -> bytes:
    """A page as PNG; ``pages``: the digest that ``Preview.shown`` gave. Drawn the first time. Raises ``UnknownName``."""
    cache = _cache(house, document_id, side)
    kept = cache.image(pages, number)
    if kept is not None:
        return kept
    pdf = cache.document_bytes(pages)
    if pdf is None:
        raise UnknownName("These pages are not kept any more: load the preview again.", name=document_id)
    limits = {"seconds": 30, "memory": house.settings.child_memory_mb << 20}
    image = bytes(call("docpipe.formats.pdftext.drawing:page_image", (pdf, number, DOTS), **limits))
    cache.keep_image(pages, number, image)
    return image


def plain(house: House, document_id: str, side: Side = "target") -> list[preview_blocks.Part]:
    """Our own rendering of the present text: always there, at once. Raises as ``preview``."""
    document, batch = _document(house, document_id)
    segments, targets = _rows(house, document, side)
    recipe = batch.recipe
    languages = (recipe.source_language, recipe.target_language if side == "target" else recipe.source_language)
    blocks = _blocks(house, document)
    return preview_blocks.parts(blocks, segments, targets, languages, _grids(house, document))


# ---------------------------------------------------------------- the work


_LOCK = threading.Lock()
_WORKING: set[str] = set()
"""Folders of previews that this process renders or has queued."""


@lru_cache(maxsize=1)
def _queue() -> SimpleQueue[tuple[House, str, Side, str]]:
    """What waits to be rendered, and the thread that does it: one LibreOffice at a time, or the reviewers lose the machine.

    A daemon: the server's end does not wait for a rendering, and the launcher takes LibreOffice along.
    """
    waiting: SimpleQueue[tuple[House, str, Side, str]] = SimpleQueue()

    def serve() -> None:
        try:
            while True:
                _work(*waiting.get())
        finally:  # a defect ended the thread, told by its traceback: the next one goes on
            start()

    def start() -> None:
        threading.Thread(target=serve, name="docpipe-preview", daemon=True).start()

    start()
    return waiting


def _work(house: House, document_id: str, side: Side, key: str) -> None:
    """A rendering in the background; whatever ends it, the next look finds pages or the reason why there are none."""
    cache = _cache(house, document_id, side)
    wanted = ""
    failure: DocpipeError | None = Defect("The preview could not be made.")
    started = time.monotonic()
    try:
        document, batch = _document(house, document_id)
        wanted = _shown(house, document, side)
        with cache.locked(wait=True):
            now = cache.current()
            if now is None or now[0] != wanted:
                _render(house, batch, document, side, cache, wanted, started)
        failure = None
    except DocpipeError as error:
        failure = error
    except OSError as error:
        failure = StorageError(f"The preview could not be kept ({type(error).__name__}).")
    finally:
        if failure is not None:
            record("preview.failed", document=document_id, side=side, code=failure.code)
            with contextlib.suppress(StorageError):
                cache.fail(wanted, failure.code, failure.message)
        with _LOCK:
            _WORKING.discard(key)


def _render(
    house: House, batch: Batch, document: Document, side: Side, cache: Cache, wanted: str, started: float
) -> None:
    settings = house.settings
    memory = settings.child_memory_mb << 20
    segments, targets = _rows(house, document, side)
    pdf = _pdf(house, batch, document, side)
    rows = [
        (s.id, where, preview_blocks.shown_texts(targets.get(s.id, s.source)))
        for s in segments
        if (where := preview_blocks.standing(s))
    ]
    seconds = settings.child_seconds + len(pdf) // 100_000
    found = call("docpipe.formats.pdftext.drawing:places", (pdf, rows), seconds=seconds, memory=memory)
    numbers = {s.id: n for n, s in enumerate(segments, 1)}
    found["numbers"] = {segment: numbers[segment] for _, segment, _ in found["places"]}
    found["rows"] = sum(1 for _, _, texts in rows if "".join(texts).strip())
    found["seconds"] = round(time.monotonic() - started, 2)
    cache.put(wanted, pdf, found)
    record(
        "preview.made", document=document.id, side=side, pages=len(found["pages"]), rows=found["rows"],
        located=len(found["numbers"]), seconds=found["seconds"],
    )  # fmt: skip


def _pdf(house: House, batch: Batch, document: Document, side: Side) -> bytes:
    """The side's document as PDF: the source's own, or by LibreOffice of a copy that loads nothing from elsewhere."""
    settings = house.settings
    if side == "source" and document.media_type == PDF:
        return house.store.blobs.get(document.sha256)
    if side == "source":
        data, name = house.store.blobs.get(document.sha256), document.path
    else:
        final = _final(document)
        data = house.store.blobs.get(document.output) if final else assemble.build(house, batch, document, preview=True)
        name = assemble.output_path(document)
    suffix = next((s for s in _SUFFIXES if name.lower().endswith(s)), ".docx")
    limits = {"seconds": settings.child_seconds, "memory": settings.child_memory_mb << 20}
    safe = bytes(call("docpipe.formats.ooxml.disarm:disarmed", (data,), **limits))
    work = settings.home / "previews" / WORK
    return to_pdf(find_office(settings.office), safe, suffix, seconds=settings.office_seconds, work=work)


def _can(house: House, document: Document, side: Side) -> bool:
    return bool(find_office(house.settings.office)) or (side == "source" and document.media_type == PDF)


def _final(document: Document) -> bool:
    return document.state is State.RELEASED and bool(document.output)


def _running(house: House, cache: Cache) -> bool:
    """Whether this process, or another one of this machine, is at work on it."""
    with _LOCK:
        if str(cache.folder) in _WORKING:
            return True
    if not (cache.folder / "lock").exists():
        return False
    with cache.locked(wait=False) as free:
        return not free


# ---------------------------------------------------------------- what is shown


def _document(house: House, document_id: str) -> tuple[Document, Batch]:
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
    if not document.extraction:
        raise NotReady("The document has not been read yet, so there is nothing to show.", document=document_id)
    return document, batch


def _shown(house: House, document: Document, side: Side) -> str:
    """Digest of what the side shows at present."""
    text = ""
    if side == "target":
        with house.store.read() as session:
            text = shown.targets_digest(session, document.id)
    return digest_of([_FORM, side, document.sha256, text, document.output if _final(document) else ""])


def _rows(house: House, document: Document, side: Side) -> tuple[list[Segment], dict[SegmentId, CodedText]]:
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id) if side == "target" else {}
    return segments, {s: u.target for s, u in current.items() if u.status is not Status.NEW}


def _cache(house: House, document_id: str, side: Side) -> Cache:
    return Cache(house.settings.home / "previews", document_id, side)


def _newest(cache: Cache) -> Preview | None:
    """The newest preview; its places are read from disk once."""
    stamp = cache.stamp()
    return _loaded(cache, stamp) if stamp else None


@lru_cache(maxsize=16)
def _loaded(cache: Cache, stamp: tuple[str, int]) -> Preview | None:
    current = cache.current()
    if current is None:
        return None
    pages, found = current
    by_page: dict[int, list[Place]] = {}
    for page, segment, boxes in found["places"]:
        by_page.setdefault(page, []).append(Place(segment, found["numbers"][segment], tuple(map(tuple, boxes))))
    sheets = tuple(Sheet(n, w, h, tuple(by_page.get(n, ()))) for n, (w, h) in enumerate(found["pages"], 1))
    return Preview(
        cache.document, "source" if cache.side == "source" else "target", "ready", pages, sheets,
        rows=found["rows"], located=len(found["numbers"]), seconds=found["seconds"],
    )  # fmt: skip


_GRIDS: dict[str, dict[str, Any]] = {}
"""The grids of the sources looked at last, by their digest."""


def _blocks(house: House, document: Document) -> tuple[Block, ...]:
    """The blocks of a document; of a draft, the rows of its plan."""
    if document.media_type != MEDIA_TYPE:
        return extraction_of(house, document).blocks
    rows = (row for _, row in draft_of(house, document).plan.rows())
    return tuple(Block(r.address, r.kind, r.text, level=r.level) for r in rows)


def _grids(house: House, document: Document) -> dict[str, Any]:
    """The tables of a source, read in a child process; none where the format has none."""
    if document.media_type in (PDF, MEDIA_TYPE):
        return {}
    if document.sha256 not in _GRIDS:
        limits = {"seconds": house.settings.child_seconds, "memory": house.settings.child_memory_mb << 20}
        found = call("docpipe.formats.ooxml.grids:grids", (house.store.blobs.get(document.sha256),), **limits)
        while len(_GRIDS) >= 8:
            _GRIDS.pop(next(iter(_GRIDS)), None)
        _GRIDS[document.sha256] = found
    return _GRIDS[document.sha256]
