"""The brief of a document: what it is about, found by rules, and by a cheap first call of the model where it is long. Imports segment and memory.

It is made before the document's first request and never again: what the model was told is what a resumed run tells it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from docpipe.memory.termbase import Termbase
from docpipe.model.brief import Brief
from docpipe.model.document import BlockKind
from docpipe.model.inline import plain_text
from docpipe.model.language import spaceless
from docpipe.model.segment import Segment
from docpipe.model.terms import Term, TermStatus
from docpipe.segment.abbreviations import defined
from docpipe.segment.entities import entities

__all__ = ["brief_by_rules", "repeated_terms"]

MOST_TERMS = 120
"""Terms of one document that are worth keeping alike; the most frequent ones."""
_ASIDE = (BlockKind.HEADER, BlockKind.FOOTER, BlockKind.PROPERTY, BlockKind.COMMENT, BlockKind.ALT_TEXT)
_NUMBER = re.compile(r"^[\d.()\s§-]+")
_NAME = re.compile(
    r"(?<=[a-z,;] )((?:[A-Z][a-z]+(?:-[A-Za-z]+)?)(?: (?:of |and |for )?[A-Z][a-z]+(?:-[A-Za-z]+)?){1,4})"
)
_PLAIN = re.compile(r"[^\W\d_][^\W_]*(?:[ '’-][^\W_]+){0,3}")


def brief_by_rules(segments: Sequence[Segment], language: str) -> Brief:
    """The brief without a model's help. Raises ``UnknownLanguage``."""
    texts = [plain_text(s.source, equiv=True) for s in segments]
    abbreviations = defined(segments)
    known = [a.long for a in abbreviations]
    return Brief(_title(segments, texts), "", entities(texts), abbreviations, repeated_terms(texts, language, known))


def _title(segments: Sequence[Segment], texts: Sequence[str]) -> str:
    """The first heading, else the first text of the body, without its number; at most 160 characters."""
    body = [
        (s, t) for s, t in zip(segments, texts, strict=True) if s.kind not in _ASIDE and any(c.isalpha() for c in t)
    ]
    first = next((t for s, t in body[:40] if s.kind is BlockKind.HEADING), body[0][1] if body else "")
    return _NUMBER.sub("", first).strip()[:160]


def repeated_terms(texts: Sequence[str], language: str, known: Sequence[str] = ()) -> tuple[str, ...]:
    """Terms that a document uses again and again, the most frequent first: full forms of abbreviations, names, and what heads
    its tables and sections and stands in its sentences too. Raises ``UnknownLanguage``."""
    wide = spaceless(language)
    candidates: dict[str, str] = {}
    for text in known:
        candidates.setdefault(text.casefold(), text)
    for text in texts:
        short = _NUMBER.sub("", text).strip().rstrip(":：.。")
        fits = 2 <= len(short) <= 10 if wide else 4 <= len(short) <= 40
        if fits and _PLAIN.fullmatch(short) and not short.isupper():
            candidates.setdefault(short.casefold(), short)
        if not wide:
            for name in _NAME.findall(text):
                candidates.setdefault(name.casefold(), name)
    if not candidates:
        return ()
    lookup = Termbase((Term(key, form, form, TermStatus.ALLOWED) for key, form in candidates.items()), language)
    uses = _uses(texts, lookup)
    ranked = sorted(((n, form) for form, n in uses.items() if n >= 2), key=lambda x: (-x[0], x[1]))
    return tuple(form for _, form in ranked[:MOST_TERMS])


def _uses(texts: Sequence[str], lookup: Termbase) -> Mapping[str, int]:
    """In how many different texts each term stands, those that are nothing but the term counted once."""
    uses: Counter[str] = Counter()
    for text in dict.fromkeys(texts):
        uses.update({hit.source for hit in lookup.hits(text)})
    return uses
