"""What a report says in words beside its numbers, against the data: comparisons, significance, shares, single subjects, the design. Imports its room only."""

from __future__ import annotations

from collections.abc import Iterator

from docpipe.model.report import ReportFinding
from docpipe.writing.report.binding.ledger import Ledger
from docpipe.writing.report.claims.design import design
from docpipe.writing.report.claims.directions import directions
from docpipe.writing.report.claims.nowhere import nowhere
from docpipe.writing.report.claims.persons import persons
from docpipe.writing.report.claims.sentences import sentences
from docpipe.writing.report.claims.shares import shares
from docpipe.writing.report.claims.significance import significance


def claims(ledger: Ledger) -> Iterator[ReportFinding]:
    """Findings on a report whose numbers are bound."""
    told = sentences(ledger)
    yield from directions(ledger, told)
    yield from significance(ledger, told)
    yield from shares(ledger, told)
    yield from nowhere(ledger, told)
    yield from persons(ledger)
    yield from design(ledger)


__all__ = ["claims"]
