"""Reads a whole document: parts, stories, properties, ledger, notices. Raises leaves of ``InputRefused``.

Imports the core, errors and the other parts of this package.
"""

from __future__ import annotations

from collections import Counter

from docpipe.errors import MacrosForbidden, TrackedChangesPolicy
from docpipe.formats.ooxml.charts import is_chart, read_charts
from docpipe.formats.ooxml.coverage import count_part, count_story, side_texts
from docpipe.formats.ooxml.diagrams import is_diagram, read_diagrams
from docpipe.formats.ooxml.drawing_text import DrawingReader
from docpipe.formats.ooxml.dropping import drop_comments, drop_macros
from docpipe.formats.ooxml.embedded import read_chunks, read_documents
from docpipe.formats.ooxml.enclosed import enclosed_notices
from docpipe.formats.ooxml.index_marks import read_marks
from docpipe.formats.ooxml.notices import has_macros, notices_of
from docpipe.formats.ooxml.parts import Parts, Story, open_parts
from docpipe.formats.ooxml.properties import read_properties
from docpipe.formats.ooxml.records import NestedRecord, Reading, Record
from docpipe.formats.ooxml.references import find_references
from docpipe.formats.ooxml.story import StoryReader
from docpipe.formats.ooxml.styles import Styles
from docpipe.formats.ooxml.workbook import open_workbook
from docpipe.model.collector import collector_paused
from docpipe.model.document import Block, Coverage, Extraction, ReadPolicy, count_words
from docpipe.model.finding import Notice, Severity
from docpipe.model.inline import Text

_WORDS_PER_PAGE = 300
_PICTURES_NAMED = 100
"""The rest of a document's pictures is one notice with their number."""


def read_document(data: bytes, policy: ReadPolicy) -> Reading:
    """A full reading, with the elements behind each block.

    Raises ``TrackedChangesPolicy``, ``MacrosForbidden`` by policy, and what opening and parsing raise.
    """
    with collector_paused():
        return _read(data, policy)


def _read(data: bytes, policy: ReadPolicy, depth: int = 0) -> Reading:
    parts = open_parts(data)
    reading = Reading(parts, policy)
    macros = has_macros(parts)
    if macros and policy.macros == "refuse":
        raise MacrosForbidden("The document holds macros.")
    if macros and policy.macros == "drop":
        reading.dropped = drop_macros(parts)
    tracked = sum(s.survey.tracked for s in parts.stories)
    if tracked and policy.tracked_changes == "refuse":
        raise TrackedChangesPolicy("The document holds tracked changes.", count=tracked)
    if policy.comments == "drop":
        comments = drop_comments(parts)
        reading.dropped += comments
        reading.characters += comments.characters
        reading.skips.append(("comment-dropped", comments.characters))
    styles = Styles(next((t for n in parts.related(parts.main, "styles") if (t := parts.tree(n)) is not None), None))
    reader = StoryReader(reading, styles, policy)
    for story in parts.stories:
        reader.read(story)
        reading.characters += story.survey.characters
    if policy.do_not_translate:
        find_references(reading)
    read_marks(reading, policy)
    _glossary(reading, policy)
    _drawn(reading, policy)
    read_documents(reading, policy, depth, lambda inner, how, level: extraction_of(_read(inner, how, level)))
    read_chunks(reading, policy)
    read_properties(reading, policy)
    for _, reason, text in side_texts(parts, policy.glossary == "translate"):
        reading.skips.append((reason, len(text)))
        reading.characters += len(text)
    _notices(reading, tracked)
    return reading


def _glossary(reading: Reading, policy: ReadPolicy) -> None:
    """Building blocks (17.12): offered by Word when someone inserts one or empties a control, shown on no page."""
    parts = reading.parts
    for name in parts.related(parts.main, "glossaryDocument") if policy.glossary == "translate" else ():
        root = parts.tree(name)
        if root is not None:
            own = next((t for n in parts.related(name, "styles") if (t := parts.tree(n)) is not None), None)
            StoryReader(reading, Styles(own), policy).read(Story(name, "glossary", root))
            reading.characters += count_story(root)


def _drawn(reading: Reading, policy: ReadPolicy) -> None:
    """Charts and diagrams: parts of their own that the page shows."""
    parts = reading.parts
    names = parts.reachable()
    reader = DrawingReader(reading, not policy.do_not_translate)
    charts = [n for n in names if is_chart(parts.content_type(n))]
    diagrams = [n for n in names if is_diagram(parts.content_type(n))]
    read_charts(reading, reader, charts, policy.embedded == "keep")
    read_diagrams(reading, reader, diagrams)
    for name in (*charts, *diagrams):
        root = parts.tree(name)
        reading.characters += count_part(root) if root is not None else 0


def extraction_of(reading: Reading) -> Extraction:
    """The reading as the core knows it."""
    blocks = tuple(
        r.block
        if isinstance(r, NestedRecord)
        else Block(r.address, r.kind, r.content, r.style, r.level, r.language, not r.reason, r.reason)
        if isinstance(r, Record)
        else Block(r.address, r.kind, r.content)
        for r in reading.records
    )
    pages, estimated = _pages(reading)
    return Extraction(blocks, coverage_of(reading), pages, estimated, tuple(reading.notices), reading.title)


def coverage_of(reading: Reading) -> Coverage:
    """The ledger of a reading."""
    return Coverage.of(reading.characters, reading.translated, reading.skips)


def _pages(reading: Reading) -> tuple[int, bool]:
    """Pages as the file states them, else an estimate from its words; and whether it is an estimate."""
    parts: Parts = reading.parts
    for name in parts.related("", "extended-properties"):
        root = parts.tree(name)
        for el in root if root is not None else ():
            text = (el.text or "").strip()
            if str(el.tag).endswith("}Pages") and text.isdigit() and 0 < int(text) < 1_000_000:
                return int(text), False
    words = sum(_about_words(p.text) for r in reading.records for p in r.content if isinstance(p, Text))
    return max(1, -(-words // _WORDS_PER_PAGE)), True


def _about_words(text: str) -> int:
    return len(text.split()) if text.isascii() else count_words(text)


def _notices(reading: Reading, tracked: int) -> None:
    policy = reading.policy
    workbooks = {t.workbook for t in reading.chart_texts if t.workbook}
    reading.notices += notices_of(reading.parts, reading.carried | workbooks)
    charted = {w: {t.cell for t in reading.chart_texts if t.workbook == w and t.cell is not None} for w in workbooks}
    reading.notices += enclosed_notices(reading.parts, charted)
    message = "A chart's worksheet cannot be written: it keeps the source language, the chart does not."
    reading.notices += [
        Notice("docx.chart_workbook", Severity.MAJOR, message, name)
        for name in sorted(workbooks)
        if open_workbook(reading.parts.package.read(name)) is None
    ]
    message = "A picture may hold text, which is not translated: a person looks at it."
    shown = list(reading.pictures.values()) if policy.images == "list" else []
    reading.notices += [Notice("docx.picture", Severity.MINOR, message, address) for address in shown[:_PICTURES_NAMED]]
    if len(shown) > _PICTURES_NAMED:
        reading.notices.append(Notice("docx.picture", Severity.MINOR, message, "", len(shown) - _PICTURES_NAMED))
    if tracked:
        reading.notices.append(
            Notice("docx.tracked_changes", Severity.MAJOR, "The document holds tracked changes.", "", tracked)
        )
    if reading.dropped.removed:
        message = "The document held macros; they are taken out of the translation."
        reading.notices.append(Notice("docx.macros_dropped", Severity.MAJOR, message))
    if reading.hidden_runs:
        message = "The document holds hidden text."
        reading.notices.append(Notice("docx.hidden_text", Severity.MAJOR, message, "", reading.hidden_runs))
    reading.notices += [
        Notice("docx.passed_over", Severity.MINOR, f"Text is passed over: {reason}.", "", count)
        for reason, count in sorted(Counter(r for r, _ in reading.skips if r in ("chart-data", "equation")).items())
    ]
