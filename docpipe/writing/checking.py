"""Runs the checks of drafts over a draft or over some of its rows. Imports the registry, the core and its room.

Of two findings with one cause the more specific one stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from docpipe.model.document import Address
from docpipe.model.finding import Finding
from docpipe.registry import draft_checks
from docpipe.writing.checks.reading.check import WHOLE, DraftCheck, DraftText

INSTEAD_OF = {
    "M6": ("CL1", "CL2", "P2"),
    "M7": ("CL1", "CL2", "M2"),
    "M2": ("N1", "S6", "CL1", "AB1"),
    "P5": ("N1",),
    "X1": ("N1",),
    "T1": ("N1",),
    "U1": ("N1",),
}
"""A finding of the first silences those of the others in the same row whose span lies within its own, or that have none."""


def number(check: str) -> str:
    """``N3`` of ``N3.percentage-not-attainable``."""
    return check.partition(".")[0]


def named(check: str, prefixes: Collection[str]) -> bool:
    """Whether an id is one of those meant: a family (``N``, ``AB``), a number (``N3``) or a whole id."""
    return any(p in (check, number(check), number(check).rstrip("0123456789")) for p in prefixes)


def checks_of(off: Collection[str] = ()) -> tuple[DraftCheck, ...]:
    """Every check of drafts that is switched on."""
    return tuple(c for c in draft_checks() if not named(c.id, off))


def run_draft_checks(
    draft: DraftText, off: Collection[str] = (), only: Collection[Address] | None = None
) -> dict[Address, list[Finding]]:
    """Findings by row; those about the document as a whole under ``""``. ``off``: families, numbers or ids that are switched off.

    ``only``: rows to check after an edit: they are checked one by one, and findings of other rows are not given. What such an edit
    means for other rows (a definition lost, a list of another section) is found by the next run over the whole draft.
    """
    if only is not None:
        draft = DraftText(draft.plan, draft.texts, draft.facts, draft.card, draft.split, only)
    found: dict[Address, list[Finding]] = {}
    off_in = {a: b.checks_off for b in draft.plan.blocks if b.checks_off for a in (r.address for r in b.rows)}
    for check in checks_of(off):
        for address, finding in check.run(draft):
            if draft.only is not None and address != WHOLE and address not in draft.only:
                continue
            if named(finding.check, off_in.get(address, ())):
                continue
            here = found.setdefault(address, [])
            if finding not in here:
                here.append(finding)
    return {a: list(_kept(fs)) for a, fs in found.items()}


def _kept(found: list[Finding]) -> Iterator[Finding]:
    for finding in found:
        if not any(_silences(other, finding) for other in found if other is not finding):
            yield finding


def _silences(other: Finding, finding: Finding) -> bool:
    if not named(finding.check, INSTEAD_OF.get(number(other.check), ())):
        return False
    a, b = other.target_span, finding.target_span
    return a is None or b is None or (a[0] <= b[0] and b[1] <= a[1])


__all__ = ["INSTEAD_OF", "WHOLE", "DraftText", "checks_of", "named", "number", "run_draft_checks"]
