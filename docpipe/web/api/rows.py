"""Rows by JSON: pages under a filter, one row with all that stands beside it, sections, the next one. Imports FastAPI and the steps."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from typing_extensions import TypedDict

from docpipe.steps import rows
from docpipe.steps.row_details import RowDetails
from docpipe.web.filters import Wanted
from docpipe.web.session import HouseDep, Person

router = APIRouter(prefix="/api/v1", tags=["rows"])

Number = Annotated[int, Query(ge=1, le=10_000_000)]
Per = Annotated[int, Query(ge=1, le=rows.MOST_ROWS)]


class Sections(TypedDict):
    """The headings of a document."""

    sections: list[rows.SectionObject]


class Next(TypedDict):
    """The next row that wants a person, or null."""

    next: str | None


@router.get("/documents/{document}/rows")
def document_rows(
    house: HouseDep, user: Person, document: str, wanted: Wanted, page: Number = 1, per: Per = 100
) -> rows.Page:
    """A page of a document's rows under a filter, with the document's progress."""
    return rows.document_page(house, document, wanted, user, page=page, per=per)


@router.get("/batches/{batch}/rows")
def batch_rows(
    house: HouseDep, user: Person, batch: str, wanted: Wanted, page: Number = 1, per: Per = 100
) -> rows.Page:
    """A page of all rows of a batch under a filter, with the batch's progress."""
    return rows.batch_page(house, batch, wanted, user, page=page, per=per)


@router.get("/documents/{document}/sections")
def document_sections(house: HouseDep, user: Person, document: str) -> Sections:
    """The headings of a document, for the section filter."""
    return {"sections": rows.sections_of(house, document)}


@router.get("/documents/{document}/progress")
def document_progress(house: HouseDep, user: Person, document: str) -> rows.ProgressObject:
    """How far the review of a document is."""
    return rows.progress(house, user, document_id=document)


@router.get("/documents/{document}/next")
def next_row(house: HouseDep, user: Person, document: str, wanted: Wanted, after: str = "") -> Next:
    """The next row under the filter that wants a person, behind the row ``after``; from the top again at the end."""
    return {"next": rows.next_needing_review(house, document, after, wanted)}


@router.get("/documents/{document}/rows/{segment}")
def one_row(house: HouseDep, user: Person, document: str, segment: str) -> RowDetails:
    """One row with matches, terms, history, comments and neighbours."""
    return rows.one(house, document, segment, user)
