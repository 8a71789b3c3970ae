"""How much of each text a laid-out document shows: an office program leaves out the lines that its place has no room for.

Imports errors; pypdfium2 inside functions. Meant to run in a child process.
"""

from __future__ import annotations

import unicodedata

from docpipe.errors import DamagedPackage


def shown_lengths(pdf: bytes, texts: list[str]) -> list[int]:
    """Characters of each text that are shown from its beginning; white space does not count for what is looked for.

    A text that stands elsewhere as well counts as shown in full. Raises ``DamagedPackage``.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
        pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise DamagedPackage("The page layout cannot be read.") from error
    stream = _bare("".join(pages))
    return [_shown(text, stream) for text in texts]


def _bare(text: str) -> str:
    """Letters and marks alone: how a layout parts lines and writes ligatures makes no difference."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and c not in "\u00ad\ufffe\u200b-\u2010")


def _shown(text: str, stream: str) -> int:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _bare(text[:middle]) in stream:
            low = middle
        else:
            high = middle - 1
    return low
