"""Questions on the design of a trial: what its parts say against each other or leave open, asked before a protocol is written of it. Imports the core and its room.

Nothing is corrected: a person answers each with a reason, or changes the design. Ids of checks are stable (``design.window_overlap``).
"""

from __future__ import annotations

from docpipe.model.finding import Severity
from docpipe.model.trial import Trial
from docpipe.writing.design_questions import arms, assessments, criteria, objectives, texts, timing
from docpipe.writing.design_questions.asked import Question

__all__ = ["Question", "questions"]

_ORDER = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)
_OF_SYNOPSES = (
    objectives.primary_endpoints, assessments.endpoints, assessments.unserved, *criteria.ASKED, arms.allocation, texts.placeholders,
)  # fmt: skip
"""What a synopsis can be asked: it has no cells and no planned times."""
_ASKED = (*objectives.ASKED, *assessments.ASKED, *timing.ASKED, *criteria.ASKED, *arms.ASKED, *texts.ASKED)


def questions(trial: Trial) -> tuple[Question, ...]:
    """All questions on a trial's designs, the weightiest first, each once."""
    asked = _ASKED if trial.usdm else _OF_SYNOPSES
    found = [q for design in trial.designs for ask in asked for q in ask(trial, design)]
    return tuple(sorted(dict.fromkeys(found), key=lambda q: _ORDER.index(q.severity)))
