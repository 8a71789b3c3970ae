"""A drafted text as its judges read it: codes, words with their sort and stem, marks, and clauses. Imports the core and its room only.

Words are told apart by what they can do to a claim: free ones tell values, all others say something and must have a source.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

from docpipe.model import draft
from docpipe.model.inline import CodedText, Placeholder, Text

__all__ = ["Lexicon", "Sort", "Token", "clauses", "joined", "lexicon", "read", "stem"]

_LISTS = Path(__file__).with_name("plain_words.toml")
_PIECE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,:/]\d+)*|\s+|.", re.DOTALL)
_ENDINGS = (
    "ations", "ation", "ments", "ions", "ness", "ings", "ion", "ing", "ies", "ied", "ely", "ed", "es", "ly", "s", "e", "y",
)  # fmt: skip


class Sort(Enum):
    """What a token is. ``CONTENT``: a word that says something; ``DIGITS`` and ``NUMBER``: a number outside codes."""

    FACT = "fact"
    ARM = "arm"
    LINK = "link"
    OTHER_CODE = "other code"
    CONTENT = "content"
    CARRIER = "carrier"
    FREE = "free"
    NEGATION = "negation"
    NUMBER = "number"
    DIGITS = "digits"
    MARK = "mark"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Token:
    """``key``: what it is compared by: a word's stem, a code's data. ``tag``: of a code, as the model writes it.

    ``glued``: no white space stands before it.
    """

    sort: Sort
    text: str
    key: str
    tag: str = ""
    glued: bool = False

    @property
    def word(self) -> bool:
        """Whether it is a word."""
        return self.sort in (Sort.CONTENT, Sort.CARRIER, Sort.FREE, Sort.NEGATION, Sort.NUMBER)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists of ``plain_words.toml``; ``alike``: form to the key that it shares with others."""

    free: frozenset[str]
    carriers: frozenset[str]
    negations: frozenset[str]
    numbers: frozenset[str]
    causal: frozenset[str]
    promotional: frozenset[str]
    alike: dict[str, str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists, read once."""
    table = tomllib.loads(_LISTS.read_text("utf-8"))
    alike = {form: row.split()[0] for row in table["alike"] for form in row.split()}
    names = ("free", "carriers", "negations", "numbers", "causal", "promotional")
    free, carriers, negations, numbers, causal, promotional = (frozenset(table[n].split()) for n in names)
    return Lexicon(free, carriers, negations, numbers, causal, promotional, alike)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The key of a word: its forms share one, as far as English endings go (``completed``, ``completion``: ``complet``)."""
    form = re.sub(r"['’]s?$", "", word.casefold())
    if (shared := lexicon().alike.get(form)) is not None:
        return f"={shared}"
    form = form.replace("isation", "ization").replace("ised", "ized").replace("ising", "izing")
    for ending in _ENDINGS:
        if form.endswith(ending) and len(form) - len(ending) >= 4 and not form.endswith("ss"):
            form = form[: -len(ending)]
            break
    if len(form) > 4 and form[-1] == form[-2] and form[-1] not in "lsz":
        form = form[:-1]
    return form[:-2] if form.endswith("at") and len(form) >= 7 else form


def _sort(word: str) -> Sort:
    known = lexicon()
    form = word.casefold().replace("’", "'")
    if form in known.negations or form.endswith("n't"):
        return Sort.NEGATION
    if form in known.numbers:
        return Sort.NUMBER
    # A capital or a Roman numeral inside a word is no plain word.
    if form in known.free and not (len(word) > 1 and word.isupper()):
        return Sort.FREE
    return Sort.CARRIER if form in known.carriers else Sort.CONTENT


def read(text: CodedText) -> tuple[Token, ...]:
    """The tokens of a coded text, white space left out."""
    found: list[Token] = []
    glued = False
    for part in text:
        if isinstance(part, Placeholder):
            found.append(_code(part, glued))
            glued = True
        elif isinstance(part, Text):
            for m in _PIECE.finditer(part.text):
                if m[0].isspace():
                    glued = False
                    continue
                found.append(_token(m[0], glued))
                glued = True
    return tuple(found)


def _token(piece: str, glued: bool) -> Token:
    if piece[0].isalpha():
        sort = _sort(piece)
        return Token(sort, piece, "no" if sort is Sort.NEGATION else stem(piece), glued=glued)
    if any(c.isnumeric() for c in piece):
        return Token(Sort.DIGITS, piece, piece, glued=glued)
    return Token(Sort.MARK, piece, piece, glued=glued)


def _code(code: Placeholder, glued: bool) -> Token:
    sort = {draft.FACT: Sort.FACT, draft.ARM: Sort.ARM, draft.REF: Sort.LINK, draft.DISPLAY: Sort.LINK}.get(
        code.kind, Sort.OTHER_CODE
    )
    key = code.data.partition(":")[0] if sort is Sort.FACT else f"{code.kind}:{code.data}"
    return Token(sort, code.equiv, key, f"<{code.id}/>", glued)


_BOUNDS = frozenset({",", ";", ":", ".", "!", "?"})
_JOINTS = frozenset({"and", "but", "while", "whereas", "or", "although", "though", "however"})


def clauses(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], ...]:
    """The tokens in clauses: parted by marks and joining words; what stands in brackets belongs to its clause."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.sort is Sort.MARK:
            depth = max(0, depth + (token.text in "([") - (token.text in ")]"))
        parts = (token.sort is Sort.MARK and token.text in _BOUNDS) or (
            token.sort is Sort.BREAK or (token.word and token.text.casefold() in _JOINTS)
        )
        if parts and not depth:
            found.append([])
        elif token.sort is not Sort.BREAK:
            found[-1].append(token)
    return tuple(tuple(c) for c in found if c)


def joined(several: Iterable[Sequence[Token]]) -> tuple[Token, ...]:
    """Sentences one after another, with a break after each."""
    out: list[Token] = []
    for tokens in several:
        out += (*tokens, Token(Sort.BREAK, "", ""))
    return tuple(out)
