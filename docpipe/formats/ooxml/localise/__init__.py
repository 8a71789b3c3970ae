"""Makes a translated document one of its target language: language tags, fonts, direction, numbering, line breaking.

Imports the core, safe and the other parts of the ooxml package. Nothing here touches text, and nothing is done where source and
target language are the same or one of them is not given (pseudo-translation).
"""

from __future__ import annotations

from docpipe.formats.ooxml.localise.judging import judge_localised
from docpipe.formats.ooxml.localise.running import localise, localised_parts

__all__ = ["judge_localised", "localise", "localised_parts"]
