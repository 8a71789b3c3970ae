"""Lines as paragraphs, headings and cells: which line continues which, and what hyphens at line ends mean.

Imports the neighbours only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from docpipe.formats.pdftext.glyphs import GAP, HYPHEN
from docpipe.formats.pdftext.order import Line
from docpipe.formats.pdftext.pages import Page

_ENDS = tuple(".!?:;。！？：；…")
_MARKER = re.compile(
    r"[•●○◦▪▫■□–—*✓➢·\-]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,3})+"
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,3}){0,5})\.?\s+\S")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEADERS = re.compile(r"[.…]{4,}\s*[\divxlc]{1,5}$", re.IGNORECASE)
"""The end of a line of a table of contents."""
_RUNNING = 60
"""Characters from which on a paragraph is running text, whose size is the body's."""
_SPACELESS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")


@dataclass(slots=True)
class Paragraph:
    """Lines that read on. ``kind``: paragraph, heading or cell; ``hyphens``: line-end hyphens that were dropped."""

    page: int
    lines: list[Line]
    kind: str = "paragraph"
    level: int = 0
    text: str = ""
    hyphens: int = 0
    size: float = 0.0
    bold: bool = False


def paragraphs(pages: Iterable[Page], outline: list[tuple[int, int, str]]) -> list[Paragraph]:
    """All paragraphs of the body, in reading order, those that run over a column or page end in one piece."""
    pages = list(pages)
    words = Counter(w.casefold() for p in pages for line in p.lines for w in _WORD.findall(line.text))
    found: list[Paragraph] = []
    for page in pages:
        fresh = list(_of_page(page))
        if fresh and found and _runs_over(found[-1], fresh[0]):
            found[-1].lines += fresh.pop(0).lines
        found += fresh
    for paragraph in found:
        paragraph.text, paragraph.hyphens = joined((line.text for line in paragraph.lines), words)
    _set_headings(found, outline)
    return [p for p in found if p.text]


def joined(lines: Iterable[str], words: Counter[str]) -> tuple[str, int]:
    """One text of several lines, and how many line-end hyphens were dropped.

    ``words``: those of the document in lower case; they tell a hyphen of spelling from one of line breaking.
    """
    out = ""
    dropped = 0
    for line in lines:
        line = line.strip()
        if not out:
            out = line
        elif out.endswith("\u00ad"):
            out = out[:-1] + line
        elif out.endswith((HYPHEN, "-", "\u2010")):
            broken = _breaks_a_word(out, line, words)
            dropped += broken
            out = out[:-1] + ("" if broken else out[-1].replace(HYPHEN, "-")) + line
        elif _SPACELESS.match(out[-1]) and line and _SPACELESS.match(line[0]):
            out += line
        else:
            out += " " + line
    out, inside = re.subn(rf"(?<=[^\W\d_]){HYPHEN}\s*(?=[^\W\d_])", "", out)
    return re.sub(r"\s+", " ", out.replace(HYPHEN, "-").replace("\u00ad", "")).strip(), dropped + inside


def _breaks_a_word(before: str, after: str, words: Counter[str]) -> bool:
    left, right = re.search(r"([^\W\d_]{2,})\W$", before), re.match(r"[^\W\d_]+", after)
    if not left or not right or not right.group(0)[0].islower():
        return False
    one, two = left.group(1).casefold(), right.group(0).casefold()
    if words[one + two] or words[f"{one}-{two}"]:
        return words[one + two] >= words[f"{one}-{two}"]
    return True


def _of_page(page: Page) -> Iterator[Paragraph]:
    leading = _leading(page.lines)
    current: Paragraph | None = None
    cells: list[Paragraph] = []
    for line in page.lines:
        parts = _parts(line)
        if cells and _continues_cells(cells, parts, leading):
            for part in parts:
                _cell_above(cells, part)[0].lines.append(part)
            continue
        yield from cells
        cells = []
        if len(parts) > 1:
            if current:
                yield current
            current = None
            cells = [_paragraph(page.number, part, "cell") for part in parts]
        elif current and (_continues(current, line, leading) or _into_next_column(current, line)):
            current.lines.append(line)
        else:
            if current:
                yield current
            current = _paragraph(page.number, line)
    yield from cells
    if current:
        yield current


def _parts(line: Line) -> list[Line]:
    """A line's cells: pieces that stand close together are one, and a list marker or number belongs to what follows."""
    parts: list[Line] = []
    for piece in line.pieces:
        if parts:
            before = parts[-1].pieces[-1]
            near = piece.x0 - before.x1 < GAP * max(before.size, piece.size)
            if near or (len(parts) == 1 and _MARKER.fullmatch(parts[0].text)):
                parts[-1].pieces.append(piece)
                continue
        parts.append(Line([piece], line.left, line.right))
    return parts


def _into_next_column(paragraph: Paragraph, line: Line) -> bool:
    return line.main.base > paragraph.lines[-1].main.base and _runs_over(paragraph, _paragraph(0, line))


def _paragraph(page: int, line: Line, kind: str = "paragraph") -> Paragraph:
    main = line.main
    return Paragraph(page, [line], kind, size=main.size, bold=main.bold)


def _leading(lines: list[Line]) -> float:
    """The usual distance of baselines on a page, in line heights."""
    steps = [
        (a.main.base - b.main.base) / a.main.size
        for a, b in pairwise(lines)
        if a.main.size and abs(a.main.size - b.main.size) < 0.5
    ]
    close = [s for s in steps if 0.5 < s < 2.2]
    return median(close) if close else 1.2


def _continues_cells(cells: list[Paragraph], parts: list[Line], leading: float) -> bool:
    """Whether a line only holds further lines of the row's cells, with nothing in the first column."""
    last = cells[0].lines[-1].main
    step = min(c.lines[-1].main.base for c in cells) - parts[0].main.base
    if len(parts) >= len(cells) or not 0 < step < 1.25 * leading * last.size:
        return False
    places = [_cell_above(cells, part) for part in parts]
    return all(overlap > 0 and cell is not cells[0] for cell, overlap in places)


def _cell_above(cells: list[Paragraph], part: Line) -> tuple[Paragraph, float]:
    """The cell whose column holds most of the part, and the width they share."""
    shared = [(c, min(max(x.x1 for x in c.lines), part.x1) - max(c.lines[0].x0, part.x0)) for c in cells]
    return max(shared, key=lambda s: s[1])


def _continues(paragraph: Paragraph, line: Line, leading: float) -> bool:
    before, main = paragraph.lines[-1], line.main
    above = before.main
    if main.turned or above.turned or abs(main.size - above.size) > 0.12 * above.size or main.bold != above.bold:
        return False
    step = above.base - main.base
    if step <= 0 or step > 1.28 * leading * above.size:
        return False
    if before.text.endswith((HYPHEN, "-", "\u00ad")) and line.text[0].isalnum():
        return True
    if _MARKER.fullmatch(line.text.split(" ")[0]) or _LEADERS.search(before.text):
        return False
    width = max(1.0, line.right - line.left)
    middle = (line.left + line.right) / 2
    if all(abs((x.x0 + x.x1) / 2 - middle) < 0.02 * width and x.x0 > line.left + 0.05 * width for x in (before, line)):
        return True  # centred lines
    if line.text[0].islower() and not before.text.endswith(_ENDS) and line.x0 < before.x1:
        return True
    slack = before.right - before.x1
    first_word = len(line.text.split(" ")[0]) / max(1, len(line.text)) * (line.x1 - line.x0)
    if slack > 0.12 * width and slack > min(first_word, 0.3 * width) + main.size:
        return False
    em = main.size
    if before.text.endswith(_ENDS):
        if line.x0 > before.x0 + 0.8 * em and len(paragraph.lines) > 1:
            return False
        if slack > 0.05 * width and line.x0 > paragraph.lines[-1].x0 + 0.8 * em:
            return False
    return not (line.x0 < before.x0 - 0.8 * em and len(paragraph.lines) > 1)


def _runs_over(before: Paragraph, after: Paragraph) -> bool:
    """Whether a paragraph stops in mid-sentence at the end of a page or column, and the next goes on."""
    if before.kind != "paragraph" or after.kind != "paragraph" or before.lines[-1].main.turned:
        return False
    end, start = before.lines[-1].text, after.lines[0].text
    if abs(before.size - after.size) > 0.05 * before.size or before.bold != after.bold or not end or not start:
        return False
    if end.endswith(HYPHEN):
        return start[0].isalpha()
    slack = before.lines[-1].right - before.lines[-1].x1
    full = slack < 0.15 * max(1.0, before.lines[-1].right - before.lines[-1].left)
    return full and not end.endswith(_ENDS) and (start[0].islower() or bool(_SPACELESS.match(start)))


def _set_headings(found: list[Paragraph], outline: list[tuple[int, int, str]]) -> None:
    sizes: Counter[float] = Counter()
    for paragraph in found:
        running = paragraph.kind == "paragraph" and len(paragraph.text) > _RUNNING
        sizes[round(paragraph.size * 2) / 2] += len(paragraph.text) * (100 if running else 1)
    if not sizes:
        return
    body = sizes.most_common(1)[0][0]
    large = sorted({round(p.size * 2) / 2 for p in found if p.size > 1.15 * body and _short(p)}, reverse=True)
    titles: dict[str, list[tuple[int, int]]] = {}
    for level, page, title in outline:
        titles.setdefault(_bare(title), []).append((level, page))
    for paragraph in found:
        if paragraph.kind != "paragraph" or not _short(paragraph) or paragraph.lines[0].main.turned:
            continue
        level = _outline_level(paragraph, titles)
        numbered = _NUMBERED.match(paragraph.text)
        size = round(paragraph.size * 2) / 2
        sentence = paragraph.text.endswith((".", ",", ";", ":", "。", "；", "，")) and not numbered
        if not level and size in large and not sentence:
            level = numbered.group(1).count(".") + 1 if numbered else min(large.index(size) + 1, 4)
        elif not level and paragraph.bold and size >= body and not sentence:
            level = numbered.group(1).count(".") + 1 if numbered else min(len(large) + 1, 4)
        if level:
            paragraph.kind, paragraph.level = "heading", min(level, 9)


def _short(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) <= 3 and sum(len(x.text) for x in paragraph.lines) <= 200 and any(
        c.isalpha() for x in paragraph.lines for c in x.text
    )  # fmt: skip


def _outline_level(paragraph: Paragraph, titles: dict[str, list[tuple[int, int]]]) -> int:
    if not titles:
        return 0
    bare = _bare(paragraph.text)
    unnumbered = _bare(re.sub(r"^[\d.]+\s+", "", paragraph.text))
    for level, page in titles.get(bare) or titles.get(unnumbered) or ():
        if not page or abs(page - paragraph.page) <= 1:
            return level
    return 0


def _bare(text: str) -> str:
    """Letters and digits only, in lower case."""
    return "".join(c for c in text.casefold() if c.isalnum())
