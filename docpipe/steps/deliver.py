"""What is handed over beside an approved document: tracked changes, two columns, PDF; and its pages before and after.

Imports safe, segment and store. A copy that cannot be made never holds up the document: the package says why it is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docpipe.errors import DocpipeError, LeaseLost, NotReady, StorageError
from docpipe.model.batch import Batch, Document, Signature
from docpipe.model.canonical import digest_of
from docpipe.model.document import WriteOptions
from docpipe.model.segment import Status
from docpipe.safe.child import call
from docpipe.safe.office import FILED, find_office, to_pdf
from docpipe.steps import reading
from docpipe.steps.assemble import output_path
from docpipe.steps.assets import previous_pairs
from docpipe.steps.extract import blocks_of
from docpipe.steps.house import House, record
from docpipe.steps.package import FOLDERS, face_of_batch
from docpipe.steps.page_counts import pages_of_word, reckoned
from docpipe.steps.preview_cache import WORK
from docpipe.steps.work import Work, held, step
from docpipe.store import checkpoints, deliverables, units
from docpipe.store.deliverables import Deliverable, PageCount

_PDF = "application/pdf"
_WORD = (".docx", ".docm", ".dotx", ".dotm")


def deliver(house: House, document_id: str) -> Document:
    """Makes the copies that the recipe orders. Raises nothing of theirs: why one is missing stands in the report.

    No findings are written: what a signature covers stays as it was signed.
    """

    def work(job: Work) -> None:
        wanted = [k for k in job.batch.recipe.deliver if k in FOLDERS]
        if job.batch.recipe.drafts and not wanted:
            return
        made = [_one(house, job, kind) for kind in wanted]
        pages = None if job.batch.recipe.drafts else _pages(house, job, made)
        with house.store.write() as session:
            deliverables.save(session, document_id, made, house.now())
            if pages is not None:
                deliverables.set_pages(session, document_id, pages, house.now())
                job.tally.pages = pages.target
        job.tally.digest = digest_of([[d.kind, d.sha256] for d in made])

    return step(house, document_id, "delivered", work)


Made = tuple[bytes, str]
"""A file, and what is to be said of it ("" for nothing)."""


def _one(house: House, job: Work, kind: str) -> Deliverable:
    makers: dict[str, Callable[[House, Batch, Document], Made]] = {
        "tracked": _tracked, "bilingual": _columns, "pdf": _pdf,
    }  # fmt: skip
    path = _path(job.document, kind)
    try:
        data, said = makers[kind](house, job.batch, job.document)
    except NotReady as why:
        return Deliverable(kind, path, "", reason=why.message)
    except (LeaseLost, StorageError):
        raise
    except DocpipeError as error:
        record("deliver.failed", document=job.document.id, kind=kind, code=error.code)
        return Deliverable(kind, path, "", reason=f"{error.message} ({error.code})")
    return Deliverable(kind, path, house.store.blobs.put(data), len(data), said)


def _path(document: Document, kind: str) -> str:
    path = output_path(document)
    if kind != "pdf":
        return path
    ending = next((e for e in _WORD if path.lower().endswith(e)), "")
    return (path[: -len(ending)] if ending else path) + ".pdf"


def _call(house: House, name: str, data: bytes, *more: object) -> Any:
    settings = house.settings
    return call(f"docpipe.steps.deliver_child:{name}", (data, *more), **reading.limits(settings, data))


# ---------------------------------------------------------------- the copies


def _tracked(house: House, batch: Batch, document: Document) -> Made:
    pair = previous_pairs(house, batch.recipe.assets).get(document.path)
    if pair is None:
        raise NotReady("no previous version of this document was given")
    clean, previous = house.store.blobs.get(document.output), house.store.blobs.get(pair[1])
    who, at = _answerable(house, batch, document)
    made = bytes(_call(house, "tracked", clean, previous, who, at))
    differences = [str(d) for d in _call(house, "tracked_differences", made, clean, previous)]
    if differences:
        raise NotReady(f"its changes do not give both versions ({len(differences)} places; {differences[0]})")
    return made, ""


def _answerable(house: House, batch: Batch, document: Document) -> tuple[str, str]:
    """Whose changes these are, and since when: of the signature that approved them; of the program for an unreviewed draft."""
    with house.store.read() as session:
        signed: list[Signature] = [
            s for c in checkpoints.of_document(session, document.id) for s in checkpoints.signatures(session, c.id)
        ]
    valid = [s for s in signed if not s.void]
    if not valid:
        return "docpipe (not reviewed)", _utc(batch.created)
    last = max(valid, key=lambda s: s.at)
    return last.printed_name, _utc(last.at)


def _utc(at: Any) -> str:
    return str(at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _source(house: House, batch: Batch, document: Document) -> bytes:
    """The source as a Word document: its own bytes, or as it is rebuilt."""
    data = house.store.blobs.get(document.sha256)
    if document.media_type != _PDF:
        return data
    return reading.write(house.settings, document.media_type, data, {}, WriteOptions(policy=batch.recipe.policy))


def _columns(house: House, batch: Batch, document: Document) -> Made:
    source, target = _source(house, batch, document), house.store.blobs.get(document.output)
    languages = [batch.recipe.source_language, batch.recipe.target_language]
    made = bytes(_call(house, "columns", source, target, languages, face_of_batch(batch)))
    differences = [str(d) for d in _call(house, "columns_differences", made, source, target)]
    if differences:
        raise NotReady(f"it does not hold all of both texts ({differences[0]})")
    return made, ""


def _pdf(house: House, batch: Batch, document: Document) -> Made:
    data = house.store.blobs.get(document.output)
    pdf = laid_out(house, data, output_path(document))
    pdf = bytes(_call(house, "finished_pdf", pdf, _answerable(house, batch, document)[1]))
    facts = _call(house, "pdf_facts", pdf)
    blocks = {} if batch.recipe.drafts else blocks_of(house, document)  # a draft has no source that is laid out
    headings = sum(1 for b in blocks.values() if b.level and b.text.strip())
    said = []
    if headings > 1 and not facts["bookmarks"]:  # a lone one is a title, which has no place in an outline
        said.append("The PDF has no bookmarks although the document has headings.")
    if facts["fonts_missing"]:
        said.append(f"{len(facts['fonts_missing'])} fonts of the PDF are not embedded.")
    return pdf, " ".join(said)


def laid_out(house: House, data: bytes, path: str) -> bytes:
    """A Word document as PDF, by LibreOffice, one at a time in this installation. Raises ``OfficeFailed``, ``NotReady``."""
    settings = house.settings
    program = find_office(settings.office)
    if not program:
        raise NotReady("LibreOffice is not installed here or is switched off")
    safe = bytes(_call(house, "for_pdf", data))
    suffix = next((s for s in _WORD if path.lower().endswith(s)), ".docx")
    with held(house, "office"):
        return to_pdf(
            program,
            safe,
            suffix,
            seconds=settings.office_seconds,
            work=settings.home / "previews" / WORK,
            options=FILED,
        )


# ---------------------------------------------------------------- pages


def _pages(house: House, job: Work, made: list[Deliverable]) -> PageCount:
    """Pages before and after: both by one program where a PDF was made, else the second reckoned from the text's length."""
    document = job.document
    pdf = next((d for d in made if d.kind == "pdf" and d.sha256), None)
    if pdf is not None:
        after = int(_call(house, "pdf_facts", house.store.blobs.get(pdf.digest))["pages"])
        if document.media_type == _PDF:
            return PageCount(document.pages, after, counted=True)
        try:
            before = laid_out(house, house.store.blobs.get(document.sha256), document.path)
            return PageCount(int(_call(house, "pdf_facts", before)["pages"]), after, counted=True)
        except DocpipeError:
            return PageCount(document.pages, after, counted=False)
    with house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
    rows = [(s, current[s.id].target if current[s.id].status is not Status.NEW else s.source) for s in segments]
    if document.media_type == _PDF:
        texts = ((s.source, target) for s, target in rows)
        return PageCount(document.pages, reckoned(document.pages, texts), counted=False)
    source = house.store.blobs.get(document.sha256)
    counts = pages_of_word(house.settings, source, job.batch.recipe.policy, document.pages, rows)
    return PageCount(*counts, counted=False)
