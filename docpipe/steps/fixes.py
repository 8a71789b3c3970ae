"""Fixes: a finding's suggestion put into the target, where its place is certain. Imports the core and the store's findings."""

from __future__ import annotations

import re

from docpipe.errors import ReviewRefused
from docpipe.model.inline import CodedText, Inline, Placeholder, Text, merge_text, parse_wire, white_space
from docpipe.store.findings import StoredFinding

_CODES = re.compile(r"(?:</?\d{1,6}/?>)+")


def fixable(finding: StoredFinding) -> bool:
    """Whether the suggestion can be put in by itself: missing codes, or words for a place in the target."""
    return bool(finding.suggestion) and (
        finding.target_span is not None or _CODES.fullmatch(finding.suggestion) is not None
    )


def fixed(source: CodedText, target: CodedText, finding: StoredFinding) -> CodedText:
    """The target with the suggestion in it: missing codes go to its end, words in place of those that the finding names.

    Raises ``ReviewRefused`` where the place is not certain.
    """
    if not fixable(finding):
        raise ReviewRefused("This finding has no suggestion that can be put in by itself.", finding=finding.id)
    if finding.target_span is None:
        codes, faults = parse_wire(finding.suggestion, source)
        if faults:
            raise ReviewRefused("The suggested codes are not this row's.", finding=finding.id)
        return merge_text((*target, *codes))
    return replaced(target, *finding.target_span, finding.suggestion)


def replaced(coded: CodedText, start: int, end: int, words: str) -> CodedText:
    """The text with ``words`` in place of the characters from start to end (as ``spaced_text`` counts); codes stay."""
    out: list[Inline] = []
    at = 0
    put = False
    for part in coded:
        if isinstance(part, Placeholder):
            at += len(white_space(part))
        if not isinstance(part, Text):
            out.append(part)
            continue
        first, last = max(start - at, 0), min(end - at, len(part.text))
        if not put and start < at + len(part.text) and first <= last:
            out.append(Text(part.text[:first] + words + part.text[last:]))
            put = True
        elif put and first < last:
            out.append(Text(part.text[:first] + part.text[last:]))
        else:
            out.append(part)
        at += len(part.text)
    if not put:
        raise ReviewRefused("The place of the suggestion is not in the text any more.")
    return merge_text(out)
