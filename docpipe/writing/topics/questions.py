"""An authority's questions and what among the sources bears on each: displays, passages, and the matters that a program can answer. Imports its room only.

Questions are read from texts that call themselves a list of questions, a request for information or the like: numbered items, and
paragraphs that ask. What bears on a question is told by its rarer words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from docpipe.model.fact import Fact
from docpipe.model.source import Passage, TextSource
from docpipe.writing.book import Book, Value
from docpipe.writing.study import StudyData
from docpipe.writing.topics import special
from docpipe.writing.topics._cuts import BULLET
from docpipe.writing.topics._quoted import Quoted
from docpipe.writing.topics._roles import role_of
from docpipe.writing.topics._wants import GUIDE, QUESTIONS

NAME = "questions"
_NUMBER = re.compile(
    r"^\s*(?:(?:question|q|comment|request|deficiency|issue|(?:other )?concern)\s*\.?\s*(?:no\.?|number|#)?\s*(?P<named>\d+(?:\.\d+)*[a-z]?)\s*(?:[.):–-]\s*|\s+|$)"
    r"|(?P<plain>\d+(?:\.\d+)*[a-z]?)\s*[.):–-]\s+)",
    re.IGNORECASE,
)
"""A question's number: after a word for it alone, by itself with a mark."""
_ASKS = re.compile(
    r"\?\s*$|\b(?:please|kindly)\b|\b(?:applicant|sponsor|company|you) (?:should|is asked to|is requested to|are asked to|must)\b"
    r"|(?:^|[.!?]\s+)(?:clarify|justify|discuss|provide|explain|describe|comment|submit|state|confirm)\b",
    re.IGNORECASE,
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]{3,}")
_STOP = frozenset(
    _WORD.findall(
        "the and for with from that this were was are has have been not which whether please applicant sponsor provide discuss clarify "
        "justify explain describe comment should would could any all each how why what who did does into than them they their these those "
        "there your our its also between study studies subject subjects patient patients data table section question questions number "
        "regarding further summary summarise summarize"
    )
)
MATTERS = (
    ("deaths", r"\bdeaths?\b|\bdied\b|\bfatal|mortality"),
    ("serious", r"\bserious\b|\bSAEs?\b"),
    ("special", r"special interest|\bAESIs?\b"),
    ("nonclinical", r"non-?clinical|pre-?clinical|carcinogen|genotox|toxicolog|\bin animals\b|animal studies|reproductive toxicity"),
    ("withdrawals", r"(?:discontinu|withdr[ae]w)\w*[^.?]{0,60}(?:adverse|safety|tolerab)|(?:adverse|safety)[^.?]{0,60}(?:discontinu|withdr[ae]w)"),
    ("events", r"adverse (?:events?|reactions?)|\bTEAEs?\b|safety profile|tolerability"),
    ("exposure", r"\bexposure\b|duration of treatment|\bdosed?\b[^.?]{0,30}\breceived"),
    ("disposition", r"disposition|left the study|lost to follow|drop-?outs?|discontinu|withdr[ae]w|complet(?:ed|ion|ers)|screen(?:ed|ing) fail"),
    ("demographics", r"demograph|baseline characteristic|\bage\b|\bsex\b|\brace\b|elderly"),
    ("sets", r"analysis (?:sets?|populations?)|intent[- ]to[- ]treat|per[- ]protocol"),
    ("missing", r"missing (?:data|values?)|imput|\bLOCF\b"),
    ("multiplicity", r"multiplicity|multiple (?:testing|comparison)|type I error"),
    ("sample_size", r"sample size|\bpower(?:ed)?\b"),
    ("blinding", r"\b(?:un)?blind"),
    ("randomization", r"randomi[sz]"),
    ("criteria", r"(?:in|ex)clusion criteri|eligib"),
    ("laboratory", r"laborator|h(?:a)?ematolog|chemistry|liver|hepat|\bALT\b|\bAST\b|renal"),
    ("efficacy", r"efficacy|primary (?:analys[ei]s|results?|outcomes?|variables?)|dose[- ]response|end ?point|\beffect size|treatment effect|confidence interval|responders?"),
)  # fmt: skip
"""Matter -> what a question about it says, the more particular first."""
_PATTERNS = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in MATTERS)
_WITHIN = {"events": ("deaths", "serious", "special", "withdrawals"), "disposition": ("withdrawals",)}
"""A general matter is left out where one of these particular ones is asked."""
_OVERALL = re.compile(
    r"safety profile|all adverse events|overall safety|(?:most )?(?:common|frequent) adverse", re.IGNORECASE
)
_CAPITALS = re.compile(r"\b[A-Z]{3,}\d?\b")
_COMMON = frozenset(["event", "adverse", "special", "interest", "LOCF", "MMRM", "ANCOVA", "TEAE", "AND", "THE"])
"""Words that name no event and no endpoint."""
_STEM = 9
"""Letters that make two words one: dermatologic, dermatological."""
_MOST = 3
_LEAST = 2
_SHORTEST = 60
_COVERED = 0.4
"""Least share of a question's words, weighed by rarity, that a passage must have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. ``number``: as given, else its position; ``words``: verbatim; ``heading``: what stands above it; ``matters``: of ``MATTERS``.

    ``passages``: what bears on it among protocol, plan and other texts; ``displays``: numbers of displays whose title or rows bear on it.
    """

    number: Quoted | Value
    words: Quoted
    heading: Quoted | None
    matters: tuple[str, ...]
    passages: tuple[Quoted, ...]
    displays: tuple[str, ...]


class Questions:
    """The questions of all texts that ask, in their order."""

    def __init__(self, study: StudyData, book: Book, asking: Iterable[TextSource]) -> None:
        self._study, self._book, self._asking = study, book, tuple(asking)

    def __iter__(self) -> Iterator[Asked]:
        return iter(self.all)

    def __bool__(self) -> bool:
        return bool(self.all)

    @cached_property
    def all(self) -> tuple[Asked, ...]:
        """Every question, each once."""
        every = ((text, group) for text in self._asking for group in _groups(text))
        return tuple(self._asked(text, group, n) for n, (text, group) in enumerate(every, 1))

    def _asked(self, text: TextSource, group: tuple[Passage, ...], position: int) -> Asked:
        first = group[0]
        numbered = _NUMBER.match(first.text)
        starts = [numbered.end() if numbered else 0] + [0] * (len(group) - 1)
        pieces = [(p, s, len(p.text)) for p, s in zip(group, starts, strict=True) if p.text[s:].strip()]
        if first.kind == "heading":
            pieces = [x for x in pieces if x[0] is not first] or pieces
        words = Quoted(self._book, text, tuple(pieces or [(first, 0, len(first.text))]))
        heads = [h for h in first.headings if not ((asked := _NUMBER.match(h)) and asked["named"]) and h != first.text]
        above = next((p for p in text.passages if heads and p.text == heads[-1] and p.kind == "heading"), None)
        heading = Quoted(self._book, text, ((above, 0, len(above.text)),), "head") if above is not None else None
        matters = self._matters(words.text)
        number = (
            Quoted(self._book, text, ((first, *numbered.span("named" if numbered["named"] else "plain")),), "cell")
            if numbered
            else self._position(text, first, position)
        )
        return Asked(
            number,
            words,
            heading,
            matters,
            self._passages(words.text),
            self._displays(words.text),
        )

    def _matters(self, asked: str) -> tuple[str, ...]:
        """The matters of a question, the more particular first."""
        found = [name for name, sign in _PATTERNS if sign.search(asked)]
        if "special" not in found and {w[:_STEM] for w in _words(asked)} & {w[:_STEM] for w in self._interests}:
            found.insert(0, "special")
        if "efficacy" not in found and self._endpoints & set(_CAPITALS.findall(asked)):
            found.append("efficacy")
        inside = {n for n, several in _WITHIN.items() if set(several) & set(found) and not _OVERALL.search(asked)}
        return tuple(n for n in found if n not in inside)

    @cached_property
    def _interests(self) -> frozenset[str]:
        """Words of what the study calls events of special interest."""
        found = special.read(self._study, self._book)
        return (
            _words(" ".join(k.name.text for k in found.kinds if k.name is not None)) - _COMMON if found else frozenset()
        )

    @cached_property
    def _endpoints(self) -> frozenset[str]:
        """Short names in the titles of displays: ADAS, FEV1."""
        return frozenset(w for s in self._study.shown for w in _CAPITALS.findall(s.display.title)) - _COMMON

    def _position(self, text: TextSource, passage: Passage, position: int) -> Value:
        """The number that a question without one gets."""
        said = str(position)
        row = (text.file.path, passage.place.locator)
        fact = Fact(
            self._study.id, self._study.version, text.title or text.file.path, row, "", "position", said, said, 0, None, "", "",
            (passage.place,), "position among the questions",
        )  # fmt: skip
        return self._book.value(fact)

    # ------------------------------------------------------------ what bears on a question

    @cached_property
    def _texts(self) -> tuple[tuple[TextSource, Passage, frozenset[str]], ...]:
        kept = []
        for text in self._study.texts:
            if role_of(text) in (QUESTIONS, GUIDE):
                continue
            for passage in text.passages:
                told = len(passage.text) >= _SHORTEST and passage.text.rstrip()[-1] in ".;!?”"
                if passage.kind in ("paragraph", "list-item") and told:
                    kept.append((text, passage, _words(" ".join((*passage.headings[-2:], passage.text)))))
        return tuple(kept)

    @cached_property
    def _weights(self) -> dict[str, float]:
        """How rare each word is among the passages and titles."""
        every = [words for _, _, words in self._texts] + [_words(d.title) for d in self._study.displays]
        counts = Counter(w for words in every for w in words)
        return {w: math.log(1 + len(every) / n) for w, n in counts.items()}

    @property
    def _rarest(self) -> float:
        """The weight of a word that stands nowhere."""
        return max(self._weights.values(), default=0.0)

    def _passages(self, asked: str) -> tuple[Quoted, ...]:
        wanted = _words(asked)
        whole = sum(self._weights.get(w, self._rarest) for w in wanted)
        ranked = []
        for order, (text, passage, words) in enumerate(self._texts):
            shared = wanted & words
            weight = sum(self._weights[w] for w in shared)
            if len(shared) >= _LEAST and weight >= _COVERED * whole:
                ranked.append((-weight / math.sqrt(1 + len(words)), order, text, passage))
        ranked.sort(key=lambda r: r[:2])
        kept = list({r[3].text: r for r in reversed(ranked)}.values())[::-1][:_MOST]
        return tuple(
            Quoted(
                self._book,
                text,
                ((passage, mark.end() if (mark := BULLET.match(passage.text)) else 0, len(passage.text)),),
            )
            for _, _, text, passage in kept
        )

    def _displays(self, asked: str) -> tuple[str, ...]:
        said = set(re.findall(r"\b\d+(?:[.-]\d+)+\b", asked))
        wanted = _words(asked)
        ranked = []
        for order, shown in enumerate(self._study.shown):
            if not shown.facts:
                continue
            number, title = shown.display.number, _words(shown.display.title)
            named = any(number.endswith(n) for n in said)
            shared = wanted & title
            score = sum(self._weights.get(w, 0.0) for w in shared) / math.sqrt(1 + len(title))
            if number and (named or len(shared) >= _LEAST):
                ranked.append((not named, -score, order, number))
        return tuple(number for *_, number in sorted(ranked)[:_MOST])


def _words(text: str) -> frozenset[str]:
    """Words that say something, without their plural."""
    return frozenset(re.sub(r"(?<=\w{3})(?:es|s)$", "", w.casefold()) for w in _WORD.findall(text)) - _STOP


def _groups(text: TextSource) -> Iterator[tuple[Passage, ...]]:
    """The passages of each question: it begins where a number or an asking sentence does, and goes on to the next or to a heading."""
    group: list[Passage] = []
    open_number = False
    for passage in text.passages:
        if passage.kind in ("heading", "contents"):
            if group:
                yield tuple(group)
            asked = _NUMBER.match(passage.text) if passage.kind == "heading" else None
            group, open_number = ([passage], True) if asked is not None and asked["named"] else ([], False)
            continue
        numbered = _NUMBER.match(passage.text) is not None
        item = passage.kind == "list-item" and not passage.depth
        asks = item or _ASKS.search(BULLET.sub("", passage.text)) is not None
        if numbered or (asks and not (open_number and not item)):
            if group:
                yield tuple(group)
            group, open_number = [passage], numbered
        elif group and open_number:
            group.append(passage)
        elif group:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)


def read(study: StudyData, book: Book) -> Questions | None:
    """The questions; None where no text asks any."""
    asking = [t for t in study.texts if role_of(t) == QUESTIONS]
    return Questions(study, book, asking) if asking else None
