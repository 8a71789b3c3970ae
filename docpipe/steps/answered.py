"""What is odd about how a row was answered: told in its origin, and by a finding. Imports the core, errors and llm.

Another model stood in for the first, which refused the text or was away; or the model was asked again and kept to its answer. Such
an answer is as good as its checks and its reviewer say.
"""

from __future__ import annotations

from dataclasses import replace

from docpipe import errors
from docpipe.llm.chain import REPLAYED
from docpipe.model.finding import Finding, Severity
from docpipe.model.segment import Origin, OriginKind
from docpipe.steps.inspection import LANGUAGE, SAME

__all__ = ["CAME_AGAIN", "CHECK", "oddities", "told"]

CHECK = "engine.fallback"
CAME_AGAIN = "engine.came_again"
_MARK = "; in place of the first model: "
_KEPT = "; came again: "
_REASONS = {"same": SAME, "language": LANGUAGE}
"""What no check finds in the stored text; all else is found there anew."""


def told(origin: Origin, fallback: str, noted: str = "") -> Origin:
    """The origin of an answer. ``fallback``: why another model than the first gave it, as an error's code, or "". ``noted``: of ``Result``."""
    kept = next((f"{_KEPT}{name}" for name, said in _REASONS.items() if said == noted), "")
    another = f"{_MARK}{fallback}" if fallback else ""
    return replace(origin, detail=f"{origin.detail}{another}{kept}") if another or kept else origin


def oddities(origin: Origin) -> list[Finding]:
    """The findings for a row that another model answered, or whose answer came again when it was doubted."""
    if origin.kind is not OriginKind.MODEL:
        return []
    found = []
    detail, _, kept = origin.detail.partition(_KEPT)
    by, _, code = detail.partition(_MARK)
    if code:
        found.append(Finding(CHECK, Severity.MINOR, f"Another model answered ({by.rpartition(' ')[2]}): {_why(code)}."))
    if kept in _REASONS:
        said = f"The model was asked again and kept to its answer: {_REASONS[kept]}"
        found.append(Finding(CAME_AGAIN, Severity.MINOR, said))
    return found


def _why(code: str) -> str:
    if code == REPLAYED:
        return "the first one had not, in an earlier run"
    leaf = next((c for c in errors.walk() if c.code == code), errors.ProviderError)
    if issubclass(leaf, errors.ProviderRefused):
        return "the first one refused the text"
    return f"the first one was not to be had ({code})"
