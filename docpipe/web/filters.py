"""The filter of rows as query parameters and as JSON: one spelling for pages, links and the API. Imports FastAPI and the steps."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from docpipe.accounts.roles import User
from docpipe.steps.rows import Filter
from docpipe.web.session import Person

Side = Literal["source", "target", "both"]
Sorting = Literal["", "risk"]
Word = Annotated[str, Field(max_length=200)]
Words = Annotated[list[Word], Field(max_length=50)]


class FilterBody(BaseModel):
    """A filter in a request's body: the same names as in the address."""

    model_config = ConfigDict(populate_by_name=True)

    status: Words = []
    check: Words = []
    severity: Words = []
    origin: Words = []
    section: Words = []
    q: Annotated[str, Field(max_length=1000)] = ""
    side: Annotated[Side, Field(alias="in")] = "both"
    changed: bool = False
    eyes: bool = False
    questions: bool = False
    mine: bool = False
    order: Sorting = ""

    def filter(self, user: User) -> Filter:
        """What the steps take."""
        return Filter(
            tuple(self.status), tuple(self.check), tuple(self.severity), tuple(self.origin), tuple(self.section),
            self.q.strip(), self.side, self.changed, self.eyes, self.questions, user.name if self.mine else "",
            self.order,
        )  # fmt: skip


def _wanted(
    user: Person,
    status: Annotated[Words, Query()] = [],  # noqa: B006
    check: Annotated[Words, Query()] = [],  # noqa: B006
    severity: Annotated[Words, Query()] = [],  # noqa: B006
    origin: Annotated[Words, Query()] = [],  # noqa: B006
    section: Annotated[Words, Query()] = [],  # noqa: B006
    q: Annotated[str, Query(max_length=1000)] = "",
    side: Annotated[Side, Query(alias="in")] = "both",
    changed: bool = False,
    eyes: bool = False,
    questions: bool = False,
    mine: bool = False,
    order: Sorting = "",
) -> Filter:
    body = FilterBody(
        status=_said(status), check=_said(check), severity=_said(severity), origin=_said(origin), section=_said(section),
        q=q, side=side, changed=changed, eyes=eyes, questions=questions, mine=mine, order=order,
    )  # fmt: skip
    return body.filter(user)


def _said(values: list[str]) -> list[str]:
    """Without the empty ones that a form's untouched fields send."""
    return [value for value in values if value]


Wanted = Annotated[Filter, Depends(_wanted)]
"""The filter in the address of a page or an API call."""


def query_of(wanted: Filter) -> dict[str, list[str] | str]:
    """The filter as parameters of an address; what says nothing is left out. The other way round of ``Wanted``."""
    lists = {
        "status": wanted.statuses, "check": wanted.checks, "severity": wanted.severities, "origin": wanted.origins,
        "section": wanted.sections,
    }  # fmt: skip
    found: dict[str, list[str] | str] = {name: list(values) for name, values in lists.items() if values}
    if wanted.q:
        found["q"] = wanted.q
        if wanted.where != "both":
            found["in"] = wanted.where
    flags = {"changed": wanted.changed, "eyes": wanted.eyes, "questions": wanted.questions, "mine": bool(wanted.mine)}
    found |= {name: "1" for name, value in flags.items() if value}
    return found | {"order": wanted.order} if wanted.order else found
