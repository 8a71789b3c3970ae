"""Any legal target of a block: its codes in any order and nesting, with texts between."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from docpipe.model.inline import Close, CodedText, Inline, Open, Placeholder, Text, merge_text

PIECES = st.sampled_from(
    ["", " ", "  x", "试验组", "<1>", "</2>", "A & <b>", "مرحبا", "word ", "\u00a0", "e\u0301", "\t", "\u2029"]
)


def scrambled(content: CodedText, draw: random.Random, texts: list[str]) -> CodedText:
    """The codes of the content in any order and nesting, with texts between."""
    root: list[object] = []
    rows = [root]
    codes = [p for p in content if isinstance(p, Open | Placeholder)]
    draw.shuffle(codes)
    for code in codes:
        row = draw.choice(rows)
        inner: list[object] = []
        row.insert(draw.randint(0, len(row)), (code, inner) if isinstance(code, Open) else code)
        if isinstance(code, Open):
            rows.append(inner)
    for text in texts:
        row = draw.choice(rows)
        row.insert(draw.randint(0, len(row)), Text(text))

    def flat(row: list[object]) -> list[Inline]:
        out: list[Inline] = []
        for item in row:
            if isinstance(item, tuple):
                out += [item[0], *flat(item[1]), Close(item[0].id)]
            else:
                assert isinstance(item, Text | Placeholder)
                out.append(item)
        return out

    return merge_text(flat(root))
