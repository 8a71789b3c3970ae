"""What a package of drafts holds beside the documents: traces, generation records, facts, what the sources were and disagreed about. Imports store."""

from __future__ import annotations

import json
from typing import Any

from docpipe.exports.manifest import json_bytes
from docpipe.model.batch import Batch, Document
from docpipe.model.draft import FIGURE
from docpipe.model.inline import Placeholder
from docpipe.steps import draft_build
from docpipe.steps.change_report import change_files
from docpipe.steps.draft_book import draft_of
from docpipe.steps.draft_build import trace_bytes, trace_name, trace_of
from docpipe.steps.draft_figures import document_figures
from docpipe.steps.draft_outcome import study_block
from docpipe.steps.generation import generation_records
from docpipe.steps.house import House
from docpipe.steps.study_names import FACTS, SOURCE_LIST
from docpipe.steps.work import reached
from docpipe.store import studies

Files = dict[str, tuple[bytes, str, str]]
"""Relative name -> (bytes, role in the manifest, document id)."""


def draft_files(house: House, batch: Batch, found: list[Document], folder: str) -> Files:
    """The drafted documents with their traces under ``folder``, and the records of the whole batch."""
    files: Files = {}
    records: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    for d in found:
        if not d.output or not reached(d, "verified"):
            continue
        files[f"{folder}/{d.path}"] = (house.store.blobs.get(d.output), "document", d.id)
        files[f"{folder}/{trace_name(d.path)}"] = (trace_bytes(trace_of(house, d)), "trace", d.id)
        files |= _drawings(house, d, folder)
        records[d.path] = generation_records(house, batch, d)
        figures[d.path] = document_figures(house, d)
    with house.store.read() as session:
        read = studies.get(session, batch.id)
    files["generation.json"] = (json_bytes({"batch": batch.id, "documents": records}), "generation", "")
    if read is not None and FACTS in read.blobs:
        files["facts.json"] = (house.store.blobs.get(read.blobs[FACTS]), "facts", "")
    if read is not None:
        listed = json.loads(house.store.blobs.get(read.blobs[SOURCE_LIST]).decode("utf-8", "surrogatepass"))
        said = {**study_block(house, batch.id), "sources": listed, "documents": figures}
        files["sources.json"] = (json_bytes(said), "sources", "")
    face = draft_build.face_of_draft(batch)
    return files | change_files(house, batch, found, face)


def _drawings(house: House, document: Document, folder: str) -> Files:
    """Pictures that the document made itself, as SVG beside it: ``m11.trial-schema.svg``."""
    book = draft_of(house, document)
    shown = {c.data for _, row in book.plan.rows() for c in row.text if isinstance(c, Placeholder) and c.kind == FIGURE}
    stem = document.path.removesuffix(".docx")
    return {
        f"{folder}/{stem}.{figure['name']}.svg": (house.store.blobs.get(figure["svg"]), "drawing", document.id)
        for digest, figure in book.figures.items()
        if digest in shown and "svg" in figure
    }
