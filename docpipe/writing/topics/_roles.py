"""What a text of a study is: protocol, analysis plan, previous report, guide to data. Told by its name, its first words and its headings. Imports the core."""

from __future__ import annotations

import re
from functools import cache
from pathlib import PurePosixPath

from docpipe.model.source import TextSource
from docpipe.writing.topics._wants import GUIDE, OTHER, PLAN, PROTOCOL, QUESTIONS, REPORT

_SIGNS = (
    (QUESTIONS, re.compile(r"list of (?:outstanding )?(?:questions|issues)|requests? for (?:supplementary |additional |further )?information|information request|deficienc(?:y|ies) letter|\bquestions? (?:of|from|by) (?:the )?(?:agency|authorit\w+|fda|ema|chmp|pmda|nmpa|rapporteur|reviewers?)\b|(?:authority|agency|regulatory|reviewers?.?) questions|assessors?.? comments", re.IGNORECASE)),
    (GUIDE, re.compile(r"(?:reviewer.?s|data) ?guide|guide to (?:\w+ )?(?:analysis )?data|\b[sa]drg\b|define", re.IGNORECASE)),
    (PLAN, re.compile(r"statistical analysis plan|\bsap\b|analysis plan", re.IGNORECASE)),
    (REPORT, re.compile(r"clinical study report|study report|\bcsr\b", re.IGNORECASE)),
    (PROTOCOL, re.compile(r"\bprotocol\b", re.IGNORECASE)),
)  # fmt: skip
_ELIGIBILITY = re.compile(r"(?:inclusion|exclusion|eligibility) criteri", re.IGNORECASE)
_STATISTICS = re.compile(r"statistic|analysis (?:populations?|sets?)", re.IGNORECASE)
_FIRST = 14


@cache
def role_of(text: TextSource) -> str:
    """``protocol``, ``plan``, ``report``, ``guide``, ``questions`` or ``other``: the file's name decides, then the title, then the first words, then headings."""
    stem = re.sub(r"[_\-.]+", " ", PurePosixPath(text.file.path).stem)
    start = " ".join(p.text for p in text.passages[:_FIRST] if p.kind != "contents")
    for words in (stem, text.title, start):
        for role, sign in _SIGNS:
            if sign.search(words):
                return role
    heads = [p.text for p in text.passages if p.kind == "heading"]
    if any(_ELIGIBILITY.search(h) for h in heads):
        return PROTOCOL
    return PLAN if sum(bool(_STATISTICS.search(h)) for h in heads) > 1 else OTHER
