"""Two versions beside each other: facts paired by what they are about, passages by their words, rows by what they say, wordings refilled."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from docpipe.model.canonical import Digest
from docpipe.model.document import Address, BlockKind
from docpipe.model.draft import FACT, Fate, Plan, PlannedBlock, PlannedRow
from docpipe.model.fact import Fact
from docpipe.model.inline import CodedText, Placeholder, Text, plain_text
from docpipe.model.source import Place
from docpipe.writing.changes.facts import fact_changes, identity, renumbered
from docpipe.writing.changes.passages import passage_changes
from docpipe.writing.changes.rows import Essence, Version, paired
from docpipe.writing.changes.wording import carried, refilled
from docpipe.writing.factstore import FactStore


def fact(
    value: str,
    *row: str,
    arm: str = "A",
    display: str = "Table 1",
    n: int | None = 10,
    statistic: str = "n",
    at: str = "x",
) -> Fact:
    return Fact(
        "S",
        "v",
        display,
        row or ("Nausea",),
        arm,
        statistic,
        value,
        value,
        0,
        n,
        "Safety",
        "",
        (Place(Digest(at), "display:1/r1/c1"),),
    )


def kinds(old: list[Fact], new: list[Fact], **more: dict[str, str]) -> list[tuple[str, str, str]]:
    return [
        (c.kind, c.old.formatted if c.old else "", c.new.formatted if c.new else "")
        for c in fact_changes(old, new, **more)
    ]


def test_a_fact_changes_by_value_decimals_or_size_and_else_not() -> None:
    assert kinds([fact("5")], [replace(fact("5"), study="other", places=())]) == []
    assert kinds([fact("5")], [fact("6")]) == [("value", "5", "6")]
    assert kinds([fact("5")], [replace(fact("5"), formatted="5.0")]) == [("printed", "5", "5.0")]
    assert kinds([fact("5")], [fact("5", n=11)]) == [("n", "5", "5")]
    assert kinds([fact("5")], []) == [("gone", "5", "")]
    assert kinds([], [fact("5")]) == [("added", "", "5")]


def test_labels_in_other_letters_and_renumbered_tables_are_the_same_fact() -> None:
    assert kinds([fact("5", "Nausea")], [fact("5", "NAUSEA")]) == [("named", "5", "5")]
    moved = renumbered({"Table 1": "Events"}, {"Table 2": "Events"})
    assert moved == {"Table 1": "Table 2"}
    assert kinds([fact("5")], [fact("6", display="Table 2")], moved=moved) == [("value", "5", "6")]
    assert renumbered({"Table 1": "Events", "Table 3": "Events"}, {"Table 2": "Events"}) == {}


def test_a_record_that_comes_before_others_changes_none_of_them() -> None:
    def record(number: int, value: str) -> Fact:
        return fact(value, "S-1", f"record {number}", display="ADAE", statistic="AETERM", arm="", n=None)

    old = [record(1, "NAUSEA"), record(2, "RASH")]
    new = [record(1, "COUGH"), record(2, "NAUSEA"), record(3, "RASH")]
    assert kinds(old, new) == [("added", "", "COUGH")]
    assert identity(old[0]) == identity(new[1])


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3)), unique_by=lambda p: p[0]), st.randoms())
def test_whatever_order_facts_come_in_equal_stores_have_no_change(
    values: list[tuple[str, int]], chance: object
) -> None:
    facts = [fact(str(v), name) for name, v in values]
    shuffled = sorted(facts, key=lambda f: hash((f.row, id(chance))))
    assert kinds(facts, shuffled) == []


def test_passages_are_paired_by_their_words_in_files_of_one_name() -> None:
    old = {"a|text:1": "Subjects are adults.", "a|text:2": "Doses are 10 mg once daily."}
    new = {
        "b|text:1": "A new introduction.",
        "b|text:2": "Subjects are adults.",
        "b|text:3": "Doses are 20 mg once daily.",
    }
    many = {f"a|text:{n}": f"Passage {n} of many." for n in range(1, 30)}
    assert passage_changes(dict(sorted(many.items())), many, {"a": "p.md"}, {"a": "p.md"}) == []
    found = passage_changes(old, new, {"a": "protocol-v1.docx"}, {"b": "protocol-v2.docx"})
    assert [(c.kind, c.old_key, c.new_key) for c in found] == [
        ("added", "", "b|text:1"),
        ("words", "a|text:2", "b|text:3"),
    ]


FIVE, SIX, OTHER = fact("5"), fact("6"), fact("7", "Rash")


def text(*parts: str | Fact) -> CodedText:
    return tuple(
        Text(p) if isinstance(p, str) else Placeholder(n, FACT, p.id, p.formatted, deletable=True, cloneable=True)
        for n, p in enumerate(parts, 1)
    )


def version(
    *rows: CodedText, facts: tuple[Fact, ...], passages: dict[str, str] | None = None, cites: str = ""
) -> Version:
    made = tuple(
        PlannedRow(
            Address(f"block:1/{n}"), BlockKind.PARAGRAPH, t, passages=(Place(Digest(cites), "text:1"),) if cites else ()
        )
        for n, t in enumerate(rows)
    )
    block = PlannedBlock("1", "1", "Safety", 1, Fate.DRAFTED, made)
    plan = Plan("draft/t.v1", Digest("t"), "T", "en", "S", "v", (block,))
    return Version(plan, FactStore(facts), passages or {})


def compared(old: Version, new: Version) -> list[tuple[str, str]]:
    return [(p.old or "", p.kind) for p in paired(old, new).rows]


def test_rows_keep_their_pair_when_others_come_before_them_and_tell_values_from_words() -> None:
    old = version(
        text("Nausea was seen in ", FIVE, " subjects."), text("Rash was seen in ", OTHER, "."), facts=(FIVE, OTHER)
    )
    new = version(
        text("This is new here."),
        text("Nausea was seen in ", SIX, " subjects."),
        text("Rash was seen in ", OTHER, "."),
        facts=(SIX, OTHER),
    )
    assert compared(old, new) == [("", "new"), ("block:1/0", "values"), ("block:1/1", "same")]
    assert compared(new, old) == [("block:1/1", "values"), ("block:1/2", "same")]
    assert paired(new, old).gone == ("block:1/0",)


def test_a_row_whose_cited_passage_says_something_else_is_touched_and_one_that_moved_is_not() -> None:
    row = text("Adults were enrolled.")
    old = version(row, facts=(), passages={"a|text:1": "Adults."}, cites="a")
    assert compared(old, version(row, facts=(), passages={"b|text:1": "Adults."}, cites="b")) == [("block:1/0", "same")]
    assert compared(old, version(row, facts=(), passages={"b|text:1": "Adults and children."}, cites="b")) == [
        ("block:1/0", "words")
    ]


def test_a_persons_wording_takes_the_new_values_where_its_codes_fit() -> None:
    old, new = text("Nausea: ", FIVE, "."), text("Nausea: ", SIX, ".")
    before, after = (Essence(version(t, facts=(f,))) for t, f in ((old, FIVE), (new, SIX)))
    worded = (Text("As many as "), old[1], Text(" felt sick."))
    filled = refilled(worded, old, new, before, after)
    assert filled is not None
    assert plain_text(filled, equiv=True) == "As many as 6 felt sick."
    without = (Text("Some felt sick."),)
    assert refilled(without, old, new, before, after) == without
    more = text("Nausea: ", SIX, "; rash: ", OTHER)
    assert refilled(worded, old, more, before, Essence(version(more, facts=(SIX, OTHER)))) is None
    assert refilled(worded, old, text("Nothing."), before, Essence(version(text("Nothing."), facts=()))) is None
    assert carried(worded, old, new)[1] == new[1]
