"""Pages of headings and captions as an office program laid a draft out, for its table of contents. Imports the core, pypdf and its room.

The PDF is one that we had made of our own document; its outline lists the headings in order.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from docpipe.model.document import Address
from docpipe.model.draft import Plan
from docpipe.model.inline import CodedText
from docpipe.writing.factstore import FactStore
from docpipe.writing.word.layout import laid_out
from docpipe.writing.word.options import WordOptions


def pages_of(
    pdf: bytes, plan: Plan, texts: Mapping[Address, CodedText], facts: FactStore, options: WordOptions
) -> dict[Address, int]:
    """Page of each heading's and caption's row, and under "" how many there are, for ``WordOptions.pages`` of a second writing.

    Empty where the PDF's outline is not that of the plan.
    """
    import pypdf

    layout = laid_out(plan, texts, facts, options)
    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        found = list(_outline(reader, reader.outline))
    except (pypdf.errors.PyPdfError, ValueError, KeyError):
        return {}
    if len(found) != len(layout.headings):
        return {}
    pages = {h.address: page for h, page in zip(layout.headings, found, strict=True)}
    order = [row.address for _, row in plan.rows()]
    captions = {c.address: c for c in layout.captions}
    seen: dict[int, str] = {}
    at = 1
    for n, address in enumerate(order):
        at = pages.get(address, at)
        if address in captions:
            last = next((pages[a] for a in order[n + 1 :] if a in pages), len(reader.pages))
            label = re.compile(rf"^\s*{captions[address].label}\. ", re.MULTILINE)
            for page in range(at, last + 1):
                if page not in seen:
                    seen[page] = reader.pages[page - 1].extract_text()
                if label.search(seen[page]):
                    at = page
                    break
            pages[address] = at
    return pages | {Address(""): len(reader.pages)}


def _outline(reader: Any, entries: Any) -> Any:
    for entry in entries:
        if isinstance(entry, list):
            yield from _outline(reader, entry)
        else:
            yield reader.get_destination_page_number(entry) + 1
