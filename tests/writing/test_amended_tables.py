"""Tables whose words people amended: words change, values and numbers do not, and every amendment stands in the row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docpipe.model import draft
from docpipe.model.canonical import Digest
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import Fate, Plan, PlannedBlock, PlannedRow, PlannedTable, TableRow
from docpipe.model.inline import CodedText, Placeholder, Text
from docpipe.writing.amended import amended, amendments, faults, with_amendments

CODE = Placeholder(1, draft.TABLE, "t", "[table]")
VALUE = (Placeholder(1, draft.FACT, "F1", "54", True, True),)
TABLE = PlannedTable(
    "t", (Text("Events"),), ((Text("Term"),), (Text("Dose 10 mg"),)),
    (TableRow(((Text("Headache"),), VALUE)), TableRow(((Text("Nausea"),), (Text("none"),)))),
)  # fmt: skip
ROW = PlannedRow(Address("block:1/2"), BlockKind.TABLE, (CODE,))
PLAN = Plan(
    "draft/t.v1", Digest("0" * 64), "T", "en", "S", "v", (PlannedBlock("1", "1", "H", 1, Fate.DRAFTED, (ROW,)),), (TABLE,)
)  # fmt: skip


def row(*lines: str) -> CodedText:
    return (CODE, Text("".join(f"\n{line}" for line in lines)))


def test_words_of_a_cell_are_amended_and_the_row_is_its_code_again() -> None:
    plan, texts = amended(
        PLAN, {ROW.address: row("Row 2, column 1: Nausea or vomiting", "Head, column 1: Preferred term")}
    )
    assert plan.tables[0].rows[1].cells == ((Text("Nausea or vomiting"),), (Text("none"),))
    assert plan.tables[0].columns[0] == (Text("Preferred term"),)
    assert plan.tables[0].rows[0] == TABLE.rows[0]
    assert texts == {ROW.address: (CODE,)}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Row 1, column 2: 55", "holds a value"),
        ("Row 2, column 2: 3 subjects", "number cannot be typed"),
        ("Head, column 2: Dose 20 mg", "number cannot be typed"),
        ("Row 9, column 1: x", "no such cell"),
        ("Row 2, column 1:  ", "cannot be emptied"),
        ("some remark", "stand nowhere"),
    ],
)
def test_what_may_not_be_amended_changes_nothing_and_is_named(line: str, why: str) -> None:
    text = row(line)
    assert why in " ".join(faults(PLAN, ROW, text))
    plan, texts = amended(PLAN, {ROW.address: text})
    assert plan is PLAN
    assert texts == {ROW.address: (CODE,)}


def test_a_number_that_stands_in_a_label_may_stay() -> None:
    assert faults(PLAN, ROW, row("Head, column 2: Active, 10 mg")) == []


words = (
    st.text(st.characters(categories=["L", "P", "Zs"]), min_size=1, max_size=30)
    .map(lambda t: " ".join(t.split()))
    .filter(bool)
)


@given(st.dictionaries(st.tuples(st.integers(0, 2), st.just(1)), words))
def test_amendments_are_read_as_they_were_written(given_: dict[tuple[int, int], str]) -> None:
    text = with_amendments((CODE,), given_, TABLE)
    cells = {(0, 1): "Term", (1, 1): "Headache", (2, 1): "Nausea"}
    assert amendments(text) == ({p: w for p, w in given_.items() if w != cells[p]}, [])


def test_an_amendment_back_to_the_plans_words_is_none() -> None:
    text = with_amendments(row("Row 2, column 1: Vomiting"), {(2, 1): "Nausea"}, TABLE)
    assert text == (CODE,)
