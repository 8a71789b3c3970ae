"""The running text of a draft as sentences, for figures on its language. Imports its room only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docpipe.writing.checks.reading.seen import Seen
from docpipe.writing.readability import Readability, readability


def sentences_of(rows: Iterable[Seen]) -> Iterator[str]:
    """Whole sentences of paragraphs that are not quoted, gaps or lists."""
    for row in rows:
        if row.prose and not row.planned.passages and row.planned.kind.value == "paragraph":
            yield from (row.full[a:b] for a, b in row.sentences if row.full[a:b].rstrip().endswith((".", "!", "?")))


def language_figures(rows: Iterable[Seen]) -> Readability:
    """Length, passive and future share and reading grade of rows as they stand."""
    return readability(sentences_of(rows))
