"""Small plans for tests of Word documents, made of facts that say what they are."""

from __future__ import annotations

from collections.abc import Sequence

from docpipe.model import draft
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate, Plan, PlannedBlock, PlannedRow, PlannedTable, TableRow
from docpipe.model.fact import Fact
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.writing.factstore import FactStore

GLOSSARY = (
    ("AE", "adverse event"),
    ("SAE", "serious adverse event"),
    ("ITT", "intent-to-treat"),
    ("ECG", "electrocardiogram"),
)


def fact(name: str, value: str, display: str = "Table 14-1.01") -> Fact:
    """A fact."""
    return Fact("S1", "v1", display, (name,), "Placebo", "n", value, value, 0, 86, "Safety", "", ())


FACTS = FactStore([fact(f"row {n}", str(50 + n)) for n in range(40)])


def value(n: int, number: int = 1, style: str = "") -> Placeholder:
    """A code that prints a fact."""
    known = tuple(FACTS)[n]
    return Placeholder(number, draft.FACT, known.id + (f":{style}" if style else ""), known.formatted, True, True)


def ref(target: str, said: str, number: int) -> Placeholder:
    """A reference."""
    return Placeholder(number, draft.REF, target, said, True, True)


def said(*parts: str | Placeholder) -> CodedText:
    """Coded text of words and codes."""
    return tuple(Text(p) if isinstance(p, str) else p for p in parts)


def block(
    name: str,
    heading: str,
    level: int,
    *rows: CodedText | PlannedRow,
    number: str | None = None,
    fate: Fate = Fate.DRAFTED,
) -> PlannedBlock:
    """A block with its heading and paragraphs."""
    made: list[PlannedRow] = []
    if heading:
        made.append(PlannedRow(Address(f"block:{name}/0"), BlockKind.HEADING, (Text(heading),), level, fixed=True))
    for row in rows:
        address = Address(f"block:{name}/{len(made)}")
        if isinstance(row, PlannedRow):
            made.append(PlannedRow(address, row.kind, row.text, row.level, gap=row.gap))
        else:
            made.append(PlannedRow(address, BlockKind.PARAGRAPH, row))
    return PlannedBlock(name, name if number is None else number, heading, level, fate, tuple(made))


def row(kind: BlockKind, *parts: str | Placeholder, level: int = 0, gap: str = "") -> PlannedRow:
    """A row of some kind; ``block`` gives it its address."""
    return PlannedRow(Address(""), kind, said(*parts), level, gap=gap)


TABLE = PlannedTable(
    "disposition",
    said("Disposition of subjects"),
    (said("Disposition"), said("Placebo (N=", value(0), ")"), said("Active (N=", value(1), ")")),
    (
        TableRow((said("Randomised"), said(value(2)), said(value(3)))),
        TableRow((said("Reason"), (), ()), head=True),
        TableRow((said("Adverse event"), said(value(4), " (", value(5, 2), "%)"), said(value(6))), depth=1),
    ),
    (said("Percentages are of the subjects randomised."),),
    ("Table 14-1.01",),
)


def table_rows(key: str = "disposition", caption: str = "Disposition of subjects") -> tuple[PlannedRow, PlannedRow]:
    """Caption and table."""
    return row(BlockKind.CAPTION, caption), row(BlockKind.TABLE, Placeholder(1, draft.TABLE, key, "[table]"))


def plan(blocks: Sequence[PlannedBlock], tables: Sequence[PlannedTable] = (TABLE,), language: str = "en") -> Plan:
    """A plan of these blocks."""
    return Plan(
        "draft/test.v1", Digest("0" * 64), "Clinical Study Report", language, "S1", "v1", tuple(blocks), tuple(tables),
        abbreviations=GLOSSARY, header=(("study", "S1"),), arms=("Placebo", "Active"),
    )  # fmt: skip


def report() -> Plan:
    """A report with all that a writer expects of one."""
    return plan([
        block("1", "Title Page", 1, said("Study title: A trial in ", value(0), " subjects"), said("Sponsor: none")),
        block("2", "Synopsis", 1, said("An SAE was reported by ", value(1), " subjects.")),
        block("3", "Table of Contents", 1, fate=Fate.CONTAINER),
        block("4", "List of Abbreviations", 1, fate=Fate.CONTAINER),
        block("10", "Study Subjects", 1, fate=Fate.CONTAINER, number="5"),
        block(
            "10.1", "Disposition", 2,
            said("The ITT set held ", value(0), " subjects (", ref("table:disposition", "Table", 2), "); see ", ref("section:12.2", "Section 6.2", 3), "."),
            row(BlockKind.LIST_ITEM, "One AE in ", value(2), " subjects"),
            *table_rows(),
            row(BlockKind.HEADING, "A subheading with ", value(3), level=3),
            said("An ECG was taken, as in ", ref("section:10.1", "Section 5.1", 1), "."),
            number="5.1",
        ),
        block("12", "Safety", 1, fate=Fate.CONTAINER, number="6"),
        block("12.2", "Adverse Events", 2, said("AEs were rare."), row(BlockKind.PARAGRAPH, "[GAP: a thing]", gap="a thing"), number="6.2"),
        block("16", "Lists", 1, said("See ", ref("section:16", "Section A.1", 1), "."), number="A.1"),
    ])  # fmt: skip
