from __future__ import annotations

import json
from dataclasses import replace

import pytest
from drawn import ARMS, display
from hypothesis import given
from hypothesis import strategies as st

from docpipe.errors import AssetMalformed
from docpipe.model.canonical import Digest
from docpipe.model.fact import Fact, FactId
from docpipe.model.source import Place
from docpipe.writing.facts_of_display import facts_of_display
from docpipe.writing.factstore import FactStore

ROWS = "Sex >> Male | 5 (50%) | 6 (55%)\nSex >> Female | 5 (50%) | 5 (45%)"


def facts() -> tuple[Fact, ...]:
    return facts_of_display(display("Placebo N=10 | 10 mg N=11", ROWS), ARMS, "v").facts


def test_facts_are_found_by_id_and_by_what_they_are_about() -> None:
    store = FactStore(facts())
    assert all(store.get(f.id) == f for f in store)
    assert store.get(FactId("Fnone")) is None
    found = store.find(display="1", contains="male", arm="Placebo", statistic="pct")
    assert [f.row[-1] for f in found] == ["Male", "Female"]
    only = store.one(row=("Sex", "Male"), arm="Drug 10 mg", statistic="n")
    assert only is not None
    assert only.formatted == "6"
    assert store.one(statistic="n") is None
    assert store.find(display="Table 2") == ()


def test_equal_facts_of_two_files_are_one_with_both_places() -> None:
    other = Place(Digest("0" * 64), "display:1/r1/c1")
    store = FactStore([*facts(), *(replace(f, places=(other,)) for f in facts())])
    assert len(store) == len(facts())
    assert all(len(f.places) == 2 for f in store)


def test_contradictions_are_kept_and_told() -> None:
    wrong = replace(facts()[2], raw="7", formatted="7")
    store = FactStore([*facts(), wrong])
    assert store.contradictions() == ((facts()[2], wrong),)
    assert store.get(wrong.id) is None
    assert store.versions(wrong.id) == (facts()[2], wrong)
    assert FactStore(facts()).contradictions() == ()


def test_a_store_is_never_changed() -> None:
    store = FactStore(facts()[:2])
    more = store.with_facts(facts())
    assert (len(store), len(more)) == (2, len(facts()))


def test_json_goes_out_and_in() -> None:
    store = FactStore(facts())
    again = FactStore.from_json(store.to_json())
    assert again == store
    assert again.to_json() == store.to_json()
    assert again.digest == store.digest == FactStore(reversed(facts())).digest


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version":1,"digest":"x","facts":[{"study":1}]}'])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(AssetMalformed):
        FactStore.from_json(text)


def test_a_changed_value_is_refused() -> None:
    given = json.loads(FactStore(facts()).to_json())
    given["facts"][2]["formatted"] = "9"
    with pytest.raises(AssetMalformed):
        FactStore.from_json(json.dumps(given))


texts = st.text(max_size=8)


@given(st.lists(st.tuples(texts, texts, st.integers(0, 99)), max_size=8))
def test_any_facts_go_out_and_in(given: list[tuple[str, str, int]]) -> None:
    made = [Fact("S", "v", "T", (row,), arm, "n", str(n), str(n), 0, None, "", "", ()) for row, arm, n in given]
    store = FactStore(made)
    assert FactStore.from_json(store.to_json()) == store
