"""Figures among the sources: they land in the report with caption and source, are told where they are not used, and never stand for a table."""

from __future__ import annotations

from drafted import planned, said
from drawn import display, source
from pictures import png

from docpipe.model import draft
from docpipe.model.document import BlockKind
from docpipe.model.inline import Placeholder
from docpipe.model.source import Figure, SourceKind
from docpipe.writing.card import card_of
from docpipe.writing.study import StudyData, build
from docpipe.writing.trace import trace


def figure(number: str, title: str, population: str = "Safety", notes: tuple[str, ...] = ()) -> Figure:
    """A figure of its own file."""
    name = f"{number or 'flow'}-{title}.png"
    return Figure(
        source(name, SourceKind.FIGURE),
        1,
        number,
        title,
        population,
        "ST1",
        png(9, 9, Title=name),
        "image/png",
        9,
        9,
        footnotes=notes,
    )


TABLE = display(
    "Placebo N=10 | Drug 10 mg N=11", "Any event | 5 | 6", title="Overview of Treatment-Emergent Adverse Events"
)
SURVIVAL = figure("Figure 14.2.1", "Kaplan-Meier Estimates of Time to Response at Week 24", notes=("Note: + censored",))
EVENTS = figure("Figure 14.3.1", "Adverse Events Over Time")
NAMELESS = figure("", "")


def study(*figures: Figure) -> StudyData:
    return build([TABLE, *figures])


def test_figures_stand_in_their_section_with_caption_notes_and_source() -> None:
    made = study(SURVIVAL, EVENTS, NAMELESS)
    plan, book = planned("csr", made)
    shown = {
        b.id: [c.data for r in b.rows for c in r.text if isinstance(c, Placeholder) and c.kind == draft.FIGURE]
        for b in plan.blocks
    }
    assert {k: v for k, v in shown.items() if v} == {"14.2": [SURVIVAL.digest], "14.3.1": [EVENTS.digest]}
    rows = next(b.rows for b in plan.blocks if b.id == "14.2")
    at = next(n for n, r in enumerate(rows) if r.kind is BlockKind.FIGURE)
    assert rows[at - 1].kind is BlockKind.CAPTION
    assert said(rows[at - 1].text) == "Kaplan-Meier Estimates of Time to Response at Week 24 (Safety)"
    assert rows[at - 1].facts, "the title's digits are bound"
    assert [said(r.text) for r in rows[at + 1 :]] == [
        "Note: + censored",
        f"Source: Figure 14.2.1, file {SURVIVAL.file.path}.",
    ]
    cited = next(r for b in plan.blocks if b.id == "11.4.1" for r in b.rows if "graphically" in said(r.text))
    assert [c.data for c in cited.text if isinstance(c, Placeholder) and c.kind == draft.REF] == [
        f"figure:{SURVIVAL.digest}"
    ]
    entries = trace(
        plan,
        {},
        made.store.with_facts(book.made.values()),
        {s.file.sha256: s.file.path for s in made.sources},
        lambda t: [t],
    )
    (entry,) = (e for e in entries if e["address"] == rows[at].address)
    assert entry["sources"] == [{"file": SURVIVAL.file.path, "sha256": SURVIVAL.file.sha256, "locator": "figure:1"}]


def test_a_picture_without_a_title_is_not_carried_and_listed_with_the_reason() -> None:
    plan, _ = planned("csr", study(SURVIVAL, NAMELESS))
    assert [(u.display, u.reason) for u in plan.unused if "caption" in u.reason] == [
        (NAMELESS.file.path, "Nothing gives its title, and a picture without a caption is not carried over.")
    ]


def test_a_document_that_asks_for_no_figures_lists_them_as_unused() -> None:
    plan, _ = planned("synopsis", study(SURVIVAL))
    assert [(u.display, u.title) for u in plan.unused if u.display.startswith("Figure")] == [
        (SURVIVAL.number, SURVIVAL.title)
    ]


def test_a_figure_and_a_table_of_one_number_are_two_things() -> None:
    table = display("Placebo N=10 | Drug 10 mg N=11", "Any event | 5 | 6")
    twin = figure(table.number.replace("Table", "Figure"), "Response Over Time")
    made = build([table, twin])
    assert made.display(table.number) is table
    assert made.display(twin.number) is None
    assert made.figure(twin.number) is twin
    assert set(card_of(made).displays) == {table.number, twin.number}


def test_of_two_figures_of_one_number_the_first_is_carried() -> None:
    other = figure(SURVIVAL.number, "Kaplan-Meier Estimates of Time to Response at Week 24, corrected")
    assert study(SURVIVAL, other).figures == (SURVIVAL,)
