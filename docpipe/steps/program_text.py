"""Drafting without a model: every row keeps the program text of its document type. Imports store and the core."""

from __future__ import annotations

from docpipe.model.batch import Document
from docpipe.model.canonical import digest_of
from docpipe.model.document import count_words
from docpipe.model.inline import plain_text
from docpipe.model.segment import Origin, OriginKind, Status
from docpipe.steps.house import MACHINE, House
from docpipe.steps.work import Work, step
from docpipe.store import units


def draft(house: House, document_id: str) -> Document:
    """Gives every row that has no text yet the program's."""

    def work(job: Work) -> None:
        with house.store.read() as session:
            segments = units.segments(session, document_id)
            current = units.units(session, document_id)
        rows = [s for s in segments if current[s.id].status is Status.NEW]
        made = [current[s.id].translated(s.source, Origin(OriginKind.PROGRAM)) for s in rows]
        with house.store.write() as session:
            units.save(session, document_id, made, house.now(), MACHINE)
        job.tally.pages, job.tally.segments = job.document.pages, len(rows)
        job.tally.words = sum(count_words(plain_text(s.source, equiv=True)) for s in rows)
        job.tally.digest = digest_of(sorted(s.id for s in rows))

    return step(house, document_id, "translated", work)
