"""Termbases: the CSV that people bring, and a quick search for its terms in a text. Imports errors and the core only."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from docpipe.errors import AssetMalformed
from docpipe.model.language import primary, script
from docpipe.model.terms import Term, TermHit, TermStatus

__all__ = ["Termbase", "decoded", "read_termbase", "write_termbase"]

COLUMNS = ("concept", "source", "target", "status", "note")
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_LETTER = re.compile(r"[A-Za-z0-9]+|[^\W_A-Za-z0-9]|[^\w\s]|_")
"""Chinese and Japanese: single characters, but Latin words and numbers whole."""
_ENDINGS = {
    "en": ("s", "es"),
    "de": ("e", "n", "s", "en", "er", "es", "em", "se"),
    "es": ("s", "es", "a", "as", "os", "n"),
    "fr": ("s", "x", "e", "es"),
    "pt": ("s", "es", "a", "as"),
    "it": ("i", "e", "a"),
}


def decoded(data: bytes, what: str) -> str:
    """UTF-8 text of an asset, its byte order mark dropped. Raises ``AssetMalformed`` where it is empty or no UTF-8."""
    if not data.strip():
        raise AssetMalformed(f"The {what} is empty.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise AssetMalformed(f"The {what} is not UTF-8 text at line {line}: save it as CSV UTF-8.", line=line) from None
    if "\0" in text:
        raise AssetMalformed(f"The {what} is not text.")
    return text


def rows(text: str, what: str) -> Iterable[tuple[int, list[str]]]:
    """Line number (of its last line) and cells of each row that is not blank. Raises ``AssetMalformed``."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            raise AssetMalformed(
                f"The {what} breaks off or is badly quoted at line {reader.line_num}.", line=reader.line_num
            ) from None
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield reader.line_num, [cell.strip() for cell in row]


def read_termbase(data: bytes) -> list[Term]:
    """The rows of a termbase CSV with the header ``concept,source,target,status,note`` (``note`` may be left out).

    A do-not-translate term without a target stands for itself. Raises ``AssetMalformed`` naming the line.
    """
    table = iter(rows(decoded(data, "termbase"), "termbase"))
    _, header = next(table)
    names = tuple(name.lower() for name in header)
    if names not in (COLUMNS, COLUMNS[:-1]):
        raise AssetMalformed(f"The termbase's first line must be {','.join(COLUMNS)}.", line=1)
    found = [_term(line, dict(zip(COLUMNS, row, strict=False)), len(row), len(names)) for line, row in table]
    if not found:
        raise AssetMalformed("The termbase has a header and no term.", line=1)
    return found


def write_termbase(terms: Iterable[Term]) -> bytes:
    """The terms as the CSV that ``read_termbase`` takes, UTF-8 with a byte order mark. One that a spreadsheet would calculate is left out."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for t in terms:
        row = (t.concept, t.source, t.target, t.status.value, t.note)
        # A termbase is read as it stands, so a formula cannot be made harmless by a mark (CWE-1236).
        if not any(cell[:1] in "=+-@\t\r" for cell in row if cell):
            table.writerow(row)
    return out.getvalue().encode("utf-8-sig")


def _term(line: int, row: dict[str, str], cells: int, columns: int) -> Term:
    if cells > columns or cells < 4:
        raise AssetMalformed(f"Line {line} of the termbase has {cells} columns, not {columns}.", line=line)
    status = row["status"].lower()
    if status not in TermStatus._value2member_map_:
        allowed = ", ".join(TermStatus)
        raise AssetMalformed(f"Line {line} of the termbase has a status that is none of {allowed}.", line=line)
    target = row["target"] or (row["source"] if status == TermStatus.DO_NOT_TRANSLATE else "")
    if not row["concept"] or not row["source"] or not target:
        raise AssetMalformed(f"Line {line} of the termbase lacks its concept, source or target.", line=line)
    return Term(row["concept"], row["source"], target, TermStatus(status), row.get("note", ""))


@dataclass(slots=True)
class _Node:
    """A node of the search tree over words (over characters in scripts without spaces)."""

    next: dict[str, _Node] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)


class Termbase:
    """Terms ready to be looked up in texts of one source language. Thousands of terms cost no more than a few.

    Raises ``UnknownLanguage``.
    """

    def __init__(self, terms: Iterable[Term], source_language: str) -> None:
        self.terms = tuple(terms)
        self._words = script(source_language) not in ("Han", "Japanese", "Thai", "Lao", "Khmer", "Burmese")
        language = primary(source_language)
        self._endings = _ENDINGS.get(language, ()) if self._words else ()
        self._token = _WORD if self._words else _LETTER
        self._root = _Node()
        concepts: dict[str, list[Term]] = {}
        self._of_form: dict[str, dict[str, None]] = {}
        for term in self.terms:
            concepts.setdefault(term.concept, []).append(term)
            self._of_form.setdefault(term.source, {})[term.concept] = None
        self._concepts = {concept: tuple(found) for concept, found in concepts.items()}
        for form in self._of_form:
            node = self._root
            for token in self._keys(form):
                node = node.next.setdefault(token, _Node())
            node.forms.append(form)
        self._capitals = {form: words for form in self._of_form if (words := _capitals(form))}
        self._openers = {key: tuple(self._following(self._root, key)) for key in self._inflected(self._root.next)}

    def _inflected(self, keys: Iterable[str]) -> Iterator[str]:
        """All words that ``_following`` may take for one of the keys, and some more."""
        for key in keys:
            yield key
            yield from (key + ending for ending in self._endings)
            yield key[:-1] + "ies"

    def _keys(self, text: str) -> list[str]:
        """The tokens, without regard to case."""
        if text.isascii():
            return self._token.findall(text.lower())
        return [token.casefold() for token in self._token.findall(text)]

    def hits(self, text: str) -> tuple[TermHit, ...]:
        """The terms that occur, in order; where terms overlap, the one that starts first and is longest wins.

        Letter case does not matter, but for words with a capital behind their first letter (AUC, mRNA). In spaced scripts a
        term is whole words, each of which may have a plural or case ending. A hit holds all rows of all
        concepts that have its source form. ``source`` is the form as the termbase writes it.
        """
        keys = self._keys(text)
        if self._openers.keys().isdisjoint(keys):
            return ()
        spans = [m.span() for m in self._token.finditer(text)]
        found: list[TermHit] = []
        at = 0
        while at < len(keys):
            forms, end = self._longest(text, keys, spans, at) if keys[at] in self._openers else ([], at)
            if not forms:
                at += 1
                continue
            span = (spans[at][0], spans[end - 1][1])
            concepts = dict.fromkeys(c for form in forms for c in self._of_form[form])
            rows_ = tuple(t for c in concepts for t in self._concepts[c])
            found.append(TermHit(span, forms[0], rows_))
            at = end
        return tuple(found)

    def _longest(
        self, text: str, keys: Sequence[str], spans: Sequence[tuple[int, int]], at: int
    ) -> tuple[list[str], int]:
        nodes: Sequence[_Node] = self._openers[keys[at]]
        best, best_end = list[str](), at
        index = at + 1
        while nodes:
            for node in nodes:
                forms = [f for f in node.forms if self._case_fits(f, text, spans, at, index)]
                if forms:
                    best, best_end = forms, index
                    break
            if index == len(keys):
                break
            nodes = [following for node in nodes for following in self._following(node, keys[index])]
            index += 1
        return best, best_end

    def _case_fits(self, form: str, text: str, spans: Sequence[tuple[int, int]], at: int, end: int) -> bool:
        """Words with a capital behind their first letter must stand as they are written, apart from an ending."""
        capitals = self._capitals.get(form)
        if not capitals:
            return True
        seen = _WORD.findall(text[spans[at][0] : spans[end - 1][1]])
        return all(seen[i].startswith(word) for i, word in capitals if i < len(seen))

    def _following(self, node: _Node, key: str) -> Iterable[_Node]:
        """The nodes that a word leads to: as it stands, then without an ending."""
        if key in node.next:
            yield node.next[key]
        for ending in self._endings:
            stem = key.removesuffix(ending)
            if stem != key and len(stem) > (1 if ending == "s" else 2) and stem in node.next:
                yield node.next[stem]
        if "s" in self._endings and key.endswith("ies") and key[:-3] + "y" in node.next:
            yield node.next[key[:-3] + "y"]


def _capitals(form: str) -> tuple[tuple[int, str], ...]:
    """Place and form of the words with a capital behind their first letter."""
    return tuple((i, word) for i, word in enumerate(_WORD.findall(form)) if any(ch.isupper() for ch in word[1:]))
