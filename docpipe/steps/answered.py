"""Rows that another model of the chain answered: told in their origin, and by a finding. Imports the core, errors and llm.

The first model refused the text or was away; what stood in for it is as good as its checks and its reviewer say.
"""

from __future__ import annotations

from dataclasses import replace

from docpipe import errors
from docpipe.llm.chain import REPLAYED
from docpipe.model.finding import Finding, Severity
from docpipe.model.segment import Origin, OriginKind

__all__ = ["CHECK", "by_another", "told"]

CHECK = "engine.fallback"
_MARK = "; in place of the first model: "


def told(origin: Origin, fallback: str) -> Origin:
    """The origin of an answer. ``fallback``: why another model than the first gave it, as an error's code, or ""."""
    return replace(origin, detail=f"{origin.detail}{_MARK}{fallback}") if fallback else origin


def by_another(origin: Origin) -> list[Finding]:
    """The finding for a row that another model answered, if it was so."""
    if origin.kind is not OriginKind.MODEL or _MARK not in origin.detail:
        return []
    by, _, code = origin.detail.partition(_MARK)
    return [Finding(CHECK, Severity.MINOR, f"Another model answered ({by.rpartition(' ')[2]}): {_why(code)}.")]


def _why(code: str) -> str:
    if code == REPLAYED:
        return "the first one had not, in an earlier run"
    leaf = next((c for c in errors.walk() if c.code == code), errors.ProviderError)
    if issubclass(leaf, errors.ProviderRefused):
        return "the first one refused the text"
    return f"the first one was not to be had ({code})"
