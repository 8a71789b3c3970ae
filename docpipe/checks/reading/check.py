"""Base of the checks that share the number diagnosis. Imports this package and the core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from docpipe.checks.reading.issue import Issue
from docpipe.checks.reading.issues import issues
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding


def has_issues(pair: Pair) -> bool:
    """Whether anything is wrong with the pair's numbers."""
    return bool(issues(pair))


class NumberCheck(Check):
    """A check that takes its own part of the shared diagnosis; the catalogue number in its id says which."""

    only_if = staticmethod(has_issues)

    @cached_property
    def number(self) -> str:
        """Number in the catalogue, such as ``B3``."""
        return self.id.split(".", 1)[0]

    def run(self, pair: Pair) -> Iterator[Finding]:
        found = issues(pair)
        return self._own(found) if found else iter(())

    def _own(self, found: tuple[Issue, ...]) -> Iterator[Finding]:
        for issue in found:
            if issue.check == self.number:
                finding = self.finding(issue.message, issue.source, issue.target, issue.suggestion)
                yield replace(finding, severity=issue.severity) if issue.severity else finding
