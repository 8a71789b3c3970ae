"""Extract and segment: a document's blocks, coverage and notices, and its sentences. Imports families and store."""

from __future__ import annotations

import re

from docpipe.errors import Defect
from docpipe.model.batch import Document, State
from docpipe.model.canonical import digest_of
from docpipe.model.document import Block, Extraction, count_words
from docpipe.model.inline import plain_text
from docpipe.model.language import script
from docpipe.model.segment import Origin, OriginKind, Unit
from docpipe.segment.segments import segment
from docpipe.steps import reading
from docpipe.steps.house import House
from docpipe.steps.work import Work, step
from docpipe.store import findings, units

_EAST_ASIAN_SIGN = re.compile("[\u3000-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff65]")


def extract(house: House, document_id: str) -> Document:
    """Reads the document in a child process; refuses it with the reader's code, or keeps blocks, coverage and notices."""

    def work(job: Work) -> None:
        data = house.store.blobs.get(job.document.sha256)
        stored = reading.read(house.settings, job.document.media_type, data, job.batch.recipe.policy)
        extraction = reading.load(stored)
        with house.store.write() as session:
            findings.put_notices(session, job.document.id, extraction.notices)
        job.changes.update(
            state=State.RUNNING,
            extraction=house.store.blobs.put(stored),
            pages=extraction.pages,
            coverage=extraction.coverage,
        )
        job.tally.pages = extraction.pages
        job.tally.words = sum(count_words(b.text) for b in extraction.blocks if b.translatable)
        job.tally.digest = extraction.digest

    return step(house, document_id, "extracted", work)


def extraction_of(house: House, document: Document) -> Extraction:
    """The stored extraction. Raises ``Defect`` where a step comes before its time."""
    if not document.extraction:
        raise Defect("The document was not extracted yet.", document=document.id)
    return reading.load(house.store.blobs.get(document.extraction))


def blocks_of(house: House, document: Document) -> dict[str, Block]:
    """The blocks by address."""
    return {b.address: b for b in extraction_of(house, document).blocks}


def says_the_same(text: str, target_language: str) -> bool:
    """Whether a text needs no translation: it has no letter, and no East Asian sign (``－28～－1``) that the target does not use."""
    if any(ch.isalpha() for ch in text):
        return False
    return script(target_language) in ("Han", "Japanese", "Korean") or not _EAST_ASIAN_SIGN.search(text)


def make_segments(house: House, document_id: str) -> Document:
    """Breaks the blocks into sentences; each gets a new unit. Sentences that say the same in both languages are carried over."""

    def work(job: Work) -> None:
        extraction = extraction_of(house, job.document)
        language = job.batch.recipe.source_language
        found = segment(extraction.blocks, job.document.sha256, language)
        fresh = [
            Unit(s.id).recalled(s.source, Origin(OriginKind.SAME, "no letters"))
            if says_the_same(plain_text(s.source), job.batch.recipe.target_language)
            else Unit(s.id)
            for s in found
        ]
        with house.store.write() as session:
            units.put_segments(session, job.document.id, found, fresh)
        job.tally.segments = len(found)
        job.tally.words = sum(count_words(plain_text(s.source)) for s in found)
        job.tally.pages = job.document.pages
        job.tally.digest = digest_of([(s.id, s.digest) for s in found])

    return step(house, document_id, "segmented", work)
