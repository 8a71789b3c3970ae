"""Numbers of a report bound to the facts of a study. Imports the core and its room."""

from __future__ import annotations

from docpipe.writing.report.binding.ready import Ready
from docpipe.writing.report.binding.whole import bind

__all__ = ["Ready", "bind"]
