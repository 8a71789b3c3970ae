"""Abbreviations of a draft: which the text uses, and the first use of each, where its expansion is written out. Imports the core only.

A first use becomes a placeholder of kind ``abbr``: ``data`` is what stands in the text, ``equiv`` what is printed, such as
``an SAE`` and ``a serious adverse event (SAE)``. Case counts; what the text expands itself is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from docpipe.model.inline import CodedText, Inline, Placeholder, Text, merge_text

ABBR = "abbr"
"""Kind of the placeholder that stands for a first use; never part of a stored text."""
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?][)\"\u201d\u2019]?\s+)$")
_LEADING_VOWEL = re.compile(r"(?:[aeio]|u(?!ni|se|ti|ro|ri)|hour|honest|heir)", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"\b([A-Z][A-Z0-9]+)(?:, and|, or| and| or|,) $")
_NAME_AFTER = re.compile(r"(?:, and|, or| and| or|,) ([A-Z][A-Z0-9]+)\b")
_DATA_AFTER = re.compile(r" (?:data ?sets?|domains?|records? in [A-Z])\b")
_SMALL = frozenset({"a", "an", "and", "by", "for", "in", "of", "on", "the", "to", "with"})
_LONGEST = 30
"""Characters of an abbreviation that is expanded at its first use."""
_SEPARATORS = re.compile(r"[\s\u2010\u2011-]+")


def _pattern(glossary: Sequence[tuple[str, str]]) -> re.Pattern[str] | None:
    words = sorted(
        {a for a, _ in glossary if a.strip() and a.isprintable() and len(a) <= _LONGEST}, key=lambda a: (-len(a), a)
    )
    if not words:
        return None
    said = "|".join(re.escape(w) for w in words)
    return re.compile(
        rf"(?<![\w\u2010\u2011-])(?:(?P<article>[Aa]n?)(?P<gap>[ \u00a0]))?(?<!\w)(?P<short>{said})(?P<plural>(?:['\u2019]?s)?)(?!\w)"
    )


def used(texts: Iterable[str], glossary: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Glossary entries whose abbreviation stands in one of the texts, sorted as a reader looks them up; two expansions of one stay two."""
    words = {a for a, _ in glossary if a.strip()}
    if not words:
        return ()
    said = "|".join(re.escape(w) for w in sorted(words, key=lambda a: (-len(a), a)))
    search = re.compile(rf"(?<!\w)({said})(?:['\u2019]?s)?(?!\w)")
    found: set[str] = set()
    for text in texts:
        found.update(m[1] for m in search.finditer(text))
        if found == words:
            break
    entries = dict.fromkeys((a, e) for a, e in glossary if a in found)
    return tuple(sorted(entries, key=lambda pair: (pair[0].casefold(), pair[0], pair[1])))


@dataclass(slots=True)
class FirstUses:
    """Walks the texts of a document in order. ``begin`` starts anew, for a part that is read by itself, such as the synopsis."""

    glossary: Sequence[tuple[str, str]]
    _search: re.Pattern[str] | None = None
    _long: dict[str, str] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._search = _pattern(self.glossary)
        for short, long in self.glossary:
            self._long.setdefault(short, long)

    def begin(self) -> None:
        """Nothing has been expanded yet."""
        self._done = set()

    def expanded(self, coded: CodedText) -> CodedText:
        """The text with its first uses as placeholders. The number of each is 0: it is no code of the text."""
        if self._search is None or len(self._done) == len(self._long):
            return coded
        out: list[Inline] = []
        before = ""
        for n, part in enumerate(coded):
            if not isinstance(part, Text):
                out.append(part)
                before += part.equiv if isinstance(part, Placeholder) else ""
                continue
            after = coded[n + 1] if n + 1 < len(coded) else None
            joined = isinstance(after, Placeholder) and after.equiv[:1].isalnum()
            out += self._inside(part.text, before, joined)
            before += part.text
        return merge_text(out)

    def _inside(self, text: str, before: str, joined: bool) -> Iterable[Inline]:
        assert self._search is not None
        at = 0
        for m in self._search.finditer(text):
            short = m["short"]
            glued = (m.start() == 0 and before[-1:].isalnum()) or (m.end() == len(text) and joined)
            if short in self._done or glued or self._names_data(before + text[: m.start("short")], text[m.end() :]):
                continue
            self._done.add(short)
            ahead = before + text[: m.start("short")]
            if self._defined(ahead, text[m.end() :], short):
                continue
            yield Text(text[at : m.start()])
            yield Placeholder(0, ABBR, m[0], self._printed(m, before + text[: m.start()], text[m.end() :]))
            at = m.end()
        yield Text(text[at:])

    def _names_data(self, ahead: str, after: str) -> bool:
        """Whether the word is a name among other names, such as datasets (``ADSL, ADAE, and AE``; ``the AE dataset``)."""
        left, right = _NAME_BEFORE.search(ahead), _NAME_AFTER.match(after)
        named = any(m is not None and m[1] not in self._long for m in (left, right))
        return named or _DATA_AFTER.match(after) is not None

    def _defined(self, ahead: str, after: str, short: str) -> bool:
        """Whether the text itself writes the expansion, before the abbreviation in brackets or after it."""
        long = _even(self._long[short])
        if ahead.rstrip().endswith(("(", "[")):
            words = _even(ahead.rstrip()[:-1])
            letters = "".join(c for c in short.casefold() if c.isalnum())
            spelt = any(_initials(words, small=small).endswith(letters) for small in (True, False))
            return long in words or (bool(letters) and spelt)
        bracket = after.lstrip()
        return bracket.startswith("(") and _even(bracket[1:]).startswith(long)

    def _printed(self, m: re.Match[str], ahead: str, after: str) -> str:
        short, plural = m["short"] + m["plural"], m["plural"]
        long = self._long[m["short"]]
        if plural == "s" and not long.endswith("s"):
            long = f"{long[:-1]}ies" if re.search(r"[^aeiou]y$", long) else f"{long}s"
        inside = not m["article"] and ahead.count("(") > ahead.count(")")
        words = f"{long} [{short}]" if inside else f"{long} ({short})"
        begins = _SENTENCE_BEGINS.search(ahead) is not None
        if m["article"]:
            article = "an" if _LEADING_VOWEL.match(long) else "a"
            return f"{article.capitalize() if m['article'][0] == 'A' else article}{m['gap']}{words}"
        return words[:1].upper() + words[1:] if begins else words


def as_expanded(old: CodedText, new: CodedText) -> CodedText:
    """The old text with the new one's first uses where it has the same words, so that an expansion is no change."""
    for code in new:
        if not isinstance(code, Placeholder) or code.kind != ABBR:
            continue
        for at, part in enumerate(old):
            found = isinstance(part, Text) and re.search(rf"(?<!\w){re.escape(code.data)}(?!\w)", part.text)
            if isinstance(part, Text) and found:
                ahead, behind = part.text[: found.start()], part.text[found.end() :]
                old = merge_text((*old[:at], Text(ahead), code, Text(behind), *old[at + 1 :]))
                break
    return old


def _even(text: str) -> str:
    return _SEPARATORS.sub(" ", text).strip().casefold()


def _initials(words: str, *, small: bool) -> str:
    return "".join(w[0] for w in words.split() if w[:1].isalnum() and (small or w not in _SMALL))
