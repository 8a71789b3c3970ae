"""Displays (tables of results) from printed pages: titles, heads, row paths, footnotes; pages of one table joined. Imports model, its parts.

No reader itself: ``rtf_tables`` and ``docx_tables`` hand it what they read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from docpipe.errors import NoTable
from docpipe.model.finding import Severity
from docpipe.model.source import Display, SourceFile, SourceNotice
from docpipe.sources.printed import lines as speech
from docpipe.sources.printed.grid import Columns, Line, columns_of, head_rows, is_placeholder, laid
from docpipe.sources.printed.labels import Labels
from docpipe.sources.printed.lines import Said
from docpipe.sources.printed.page import Item, Printed, Row, Section, Table, one_line


@dataclass(slots=True)
class _Page:
    """One table as it stands in the file, with what is said around it."""

    said: Said
    byline: tuple[str, ...]
    columns: Columns
    heads: tuple[Line, ...]
    body: list[Line]
    width: int
    footnotes: tuple[str, ...]
    produced: tuple[str, ...]
    study: str
    announced: bool
    """Lines stand between it and the table before it, or a new section begins."""


def displays_of(printed: Printed, file: SourceFile) -> tuple[Display, ...]:
    """Every display of a file, in order. Raises ``NoTable`` where there is none.

    The file's notices stand with the first display.
    """
    pages = _all_pages(printed)
    if not pages:
        raise NoTable("The file holds no table of results.", sections=len(printed.sections))
    displays: list[Display] = []
    runs = list(_runs(pages))
    for number, run in enumerate(runs, 1):
        displays.append(_display(run, file, number, printed.notes if len(runs) == 1 else ()))
    told = [replace(notice, path=file.path) for notice in printed.notices]
    if printed.notes and len(runs) > 1:
        said = f"{len(printed.notes)} footnotes of the file were left out: they stand under several tables."
        told.append(SourceNotice("display.notes_left_out", Severity.MAJOR, said, file.path))
    displays[0] = replace(displays[0], notices=(*told, *displays[0].notices))
    return tuple(_named_twice(displays))


def has_tables(printed: Printed) -> bool:
    """Whether a file holds a table of results."""
    return bool(_all_pages(printed))


def _all_pages(printed: Printed) -> list[_Page]:
    return [page for section in printed.sections for page in _pages(section)]


def versions(displays: Iterable[Display]) -> tuple[SourceNotice, ...]:
    """What several files say of one number: the same display twice (minor), or different ones (critical)."""
    found: list[SourceNotice] = []
    seen: dict[tuple[str, str, int], Display] = {}
    counts: dict[tuple[str, str], int] = {}
    for display in displays:
        if not display.number:
            continue
        at = (display.number, display.file.path)
        counts[at] = counts.get(at, 0) + 1
        key = (display.study, display.number, counts[at])
        first = seen.setdefault(key, display)
        if first is display:
            continue
        if _content(first) == _content(display):
            code, severity, what = "display.same_twice", Severity.MINOR, "holds the same cells as"
        else:
            code, severity, what = "display.two_versions", Severity.CRITICAL, "differs from"
        message = f"{display.number} in {display.file.path} {what} the one in {first.file.path}."
        found.append(SourceNotice(code, severity, message, display.file.path, f"display:{display.index}"))
    return tuple(found)


def _content(display: Display) -> object:
    rows = [(r.path, [(c.column, c.text) for c in r.cells]) for r in display.rows]
    return (display.columns, rows, display.population)


# ---------------------------------------------------------------- one section


def _pages(section: Section) -> Iterator[_Page]:
    tables = [t for t in section.header if isinstance(t, Table)]
    above: list[str] = []
    footer = list(speech.lines_of(section.footer))
    body = list(section.body)
    after = _after(body)
    top = True
    for number, item in enumerate(body):
        if not isinstance(item, Table):
            above += speech.lines_of([item])
            continue
        heads = [t for t in tables if _fits(t, item)]
        header = [i for i in section.header if i not in heads]
        if _is_text(item, heads):
            above += speech.table_lines(item)
            continue
        announced = top or any(line.strip() for line in above)
        taken, first, rest = _lines_inside(item, bool(heads))
        page = _page(
            heads, Table(rest), [*speech.lines_of(header)], [*above, *taken], [*after[number], *first, *footer]
        )
        above, top = [], False
        if page is not None:
            page.announced = announced
            yield page


def _after(items: Sequence[Item]) -> dict[int, list[str]]:
    """Lines that belong to the table above them: the last table's all, of others those that begin as footnotes do."""
    found: dict[int, list[str]] = {n: [] for n, item in enumerate(items) if isinstance(item, Table)}
    last: int | None = None
    lowest = max((n for n, i in enumerate(items) if isinstance(i, Table) and not _is_text(i, ())), default=-1)
    for number, item in enumerate(items):
        if isinstance(item, Table):
            if not _is_text(item, ()):
                last = number
            continue
        if last is None:
            continue
        lines = list(speech.lines_of([item]))
        if number > lowest or all(speech.is_footnote(line) for line in lines if line.strip()):
            found[last] += lines
    return found


def _fits(head: Table, body: Table) -> bool:
    """Whether a table of the page header has the columns of a table of the body: then it holds heads."""
    edges = [{c.right for row in t.rows for c in row.cells} for t in (head, body)]
    if len(edges[0]) < 2 or any(speech.is_number(line) for line in speech.table_lines(head)):
        return False
    near = sum(1 for e in edges[0] if any(abs(e - other) <= 60 for other in edges[1]))
    return near == len(edges[0]) and len(edges[0]) * 2 >= len(edges[1])


def _is_text(table: Table, heads: Sequence[Table]) -> bool:
    """Whether a table has one column only: a frame around text."""
    return not heads and all(sum(1 for c in row.cells if c.text.strip()) < 2 for row in table.rows)


def _lines_inside(table: Table, headed: bool) -> tuple[list[str], list[str], tuple[Row, ...]]:
    """Titles in leading rows of one cell and footnotes in trailing ones, and the rows between them."""
    rows = list(table.rows)
    width = max(c.right for r in rows for c in r.cells) - min(c.left for r in rows for c in r.cells)
    leading: list[Row] = []
    trailing: list[Row] = []
    while rows and not headed and _alone(rows[0], width) and _text(rows[0]).strip():
        leading.append(rows.pop(0))
    flagged = [r for r in rows if r.head and _alone(r, width)]
    leading += flagged
    rows = [r for r in rows if r not in flagged]
    while rows and _alone(rows[-1], width) and _is_note(_text(rows[-1])):
        trailing.insert(0, rows.pop())
    if not rows:
        return [], [], table.rows
    return (
        list(speech.table_lines(Table(tuple(leading)))),
        list(speech.table_lines(Table(tuple(trailing)))),
        tuple(rows),
    )


def _alone(row: Row, width: int) -> bool:
    cell = row.cells[0]
    return len(row.cells) == 1 and cell.right - cell.left > 0.9 * width


def _text(row: Row) -> str:
    return row.cells[0].text


def _is_note(text: str) -> bool:
    flat = one_line(text)
    return not flat or speech.is_footnote(flat) or len(flat) > 80


def _page(heads: Sequence[Table], table: Table, header: list[str], above: list[str], below: list[str]) -> _Page | None:
    over = [row for head in heads for row in head.rows]
    lines, width = laid([*over, *table.rows])
    before, body = lines[: len(over)], list(lines[len(over) :])
    count = head_rows(body, width, [line for line in before if line.filled])
    known = tuple(line for line in (*before, *body[:count]) if line.filled)
    body = body[count:]
    texts = {_texts(line) for line in known}
    body = [line for line in body if not line.filled or _texts(line) not in texts]
    footnotes, produced, study = speech.footnotes_of(below)
    in_header = speech.said_by(header)
    near = [line for line in above if line.strip() and not (speech.is_footnote(line) and not speech.is_number(line))]
    byline: tuple[str, ...] = ()
    if any(speech.is_number(line) for line in near):
        said = speech.said_by(near)
    elif in_header.number or in_header.others:
        beside = speech.said_by(near)
        said, byline = in_header, beside.others
        said = replace(said, population=said.population or beside.population, study=said.study or beside.study)
    else:
        said = speech.said_by(near)
    said = replace(
        said,
        study=said.study or in_header.study or study,
        population=said.population or in_header.population,
        produced=tuple(dict.fromkeys((*in_header.produced, *said.produced, *produced))),
    )
    columns = columns_of(known, body, width, _is_listing(said))
    return _Page(said, byline, columns, known, body, width, footnotes, said.produced, said.study, True)


def _is_listing(said: Said) -> bool:
    return said.number.startswith("Listing")


def _texts(line: Line) -> tuple[tuple[int, str], ...]:
    return tuple((c.start, one_line(c.text)) for c in line.filled)


# ---------------------------------------------------------------- joining and naming


def _runs(pages: Sequence[_Page]) -> Iterator[list[_Page]]:
    """Pages of one display together: the same number, title and heads, or a table that follows without any of these."""
    run: list[_Page] = []
    for page in pages:
        if run and _continues(run[0], page):
            run.append(page)
            continue
        if run:
            yield run
        run = [page]
    if run:
        yield run


def _continues(first: _Page, page: _Page) -> bool:
    same = (first.said.number, _plain(first.said), first.said.population) == (
        page.said.number, _plain(page.said), page.said.population,
    )  # fmt: skip
    if not page.heads and not page.announced:
        return page.width == first.width
    if not same or (page.columns.heads, page.columns.row_heads) != (first.columns.heads, first.columns.row_heads):
        return not page.heads and same and page.width == first.width
    return bool(page.said.number or page.said.others) or not page.announced


def _plain(said: Said) -> tuple[str, ...]:
    return tuple(
        t.lower().removesuffix("(continued)").removesuffix("(cont.)").strip() for t in (*said.title, *said.others)
    )


def _display(run: Sequence[_Page], file: SourceFile, index: int, notes: tuple[str, ...]) -> Display:
    first = run[0]
    said = first.said
    columns = columns_of(first.heads, [line for page in run for line in page.body], first.width, _is_listing(said))
    labels = Labels(columns, first.width)
    grouped = len({page.byline for page in run}) > 1
    last: tuple[str, ...] | None = None
    for page in run:
        if grouped and page.byline != last:
            labels.start(page.byline)
            last = page.byline
        for line in page.body:
            labels.add(line)
    title = " ".join(said.title if said.number else said.others)
    if first.byline and not grouped:
        title = f"{title} {' '.join(first.byline)}".strip()
    footnotes = tuple(dict.fromkeys((*(n for page in run for n in page.footnotes), *notes)))
    produced = "\n".join(dict.fromkeys(p for page in run for p in page.produced))
    display = Display(
        file, index, said.number, title, said.population, first.study, columns.heads, tuple(labels.rows), footnotes,
        columns.row_heads, produced,
    )  # fmt: skip
    return replace(display, notices=tuple(_notices(display, labels, len(run))))


def _notices(display: Display, labels: Labels, pages: int) -> Iterator[SourceNotice]:
    def notice(code: str, severity: Severity, message: str) -> SourceNotice:
        return SourceNotice(f"display.{code}", severity, message, display.file.path, f"display:{display.index}")

    if not display.number:
        yield notice("no_number", Severity.MAJOR, "No line gives the table's number.")
    if not display.title:
        yield notice("no_title", Severity.MAJOR, "No line gives the table's title.")
    if not display.population:
        yield notice("no_population", Severity.MINOR, "No line names the population.")
    if not display.study:
        yield notice("no_study", Severity.MINOR, "No line names the study.")
    if not display.rows:
        yield notice("no_rows", Severity.MAJOR, "The table has heads and no rows.")
    if not any(head.path for head in display.columns):
        yield notice("no_heads", Severity.MAJOR, "The table's columns have no heads.")
    values = [c.text for row in display.rows for c in row.cells]
    if values and sum(map(is_placeholder, values)) * 2 > len(values):
        yield notice("shell", Severity.MAJOR, "The table is a shell: its values are placeholders.")
    paths = [row.path for row in display.rows if row.cells]
    if len(set(paths)) < len(paths):
        count = len(paths) - len(set(paths))
        yield notice("same_path", Severity.MAJOR, f"{count} rows have the labels of another row.")
    if len(set(display.columns)) < len(display.columns):
        count = len(display.columns) - len(set(display.columns))
        yield notice("same_head", Severity.MAJOR, f"{count} columns have the head of another column.")
    if labels.unlabelled:
        yield notice("no_label", Severity.MAJOR, f"{labels.unlabelled} rows with values have no label of their own.")
    if labels.spanning:
        yield notice("spanning_value", Severity.MINOR, f"{labels.spanning} values stand across several columns.")
    if labels.blank or labels.columns.dropped:
        said = f"{labels.blank} empty rows and {labels.columns.dropped} empty columns were left out."
        yield notice("spacers", Severity.MINOR, said)
    if pages > 1:
        yield notice("joined", Severity.MINOR, f"{pages} pages of the table were joined.")


def _named_twice(displays: Sequence[Display]) -> Iterator[Display]:
    """Displays of one file that share a number without being pages of one table are told."""
    seen: set[str] = set()
    for display in displays:
        if display.number and display.number in seen:
            notice = SourceNotice(
                "display.same_number", Severity.MAJOR, "Another table of the file has this number and other columns.",
                display.file.path, f"display:{display.index}",
            )  # fmt: skip
            display = replace(display, notices=(*display.notices, notice))
        seen.add(display.number)
        yield display
