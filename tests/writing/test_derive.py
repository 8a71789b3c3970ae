from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from drawn import ARMS, display
from hypothesis import given
from hypothesis import strategies as st

from docpipe.errors import NotDerivable
from docpipe.model.fact import Fact
from docpipe.writing.derive import difference, evaluates, largest, most_common, ranks, ratio, share, span, total
from docpipe.writing.facts_of_display import facts_of_display
from docpipe.writing.factstore import FactStore

ROWS = """
ANY | 12 (60.0%) | 14 (70.0%)
SKIN >> PRURITUS | 4 (20.0%) | 2 (10.0%)
SKIN >> RASH | 1 ( 5.0%) | 0
GUT >> NAUSEA | 0 | 2 (10.0%)
GUT >> VOMITING | 0 | 4 (20.0%)
"""
STORE = FactStore(facts_of_display(display("Placebo N=20 | 10 mg N=20", ROWS), ARMS, "v").facts)


def one(row: str, arm: str, statistic: str = "n") -> Fact:
    found = STORE.one(contains=row, arm=arm, statistic=statistic)
    assert found is not None
    return found


PLACEBO, DRUG = one("ANY", "Placebo"), one("ANY", "Drug 10 mg")


def test_differences_sums_and_ratios_name_their_formula_and_inputs() -> None:
    made = difference(DRUG, PLACEBO)
    assert (made.raw, made.formatted, made.arm, made.statistic) == (
        "2",
        "2",
        "Drug 10 mg vs Placebo",
        "difference of n",
    )
    assert made.formula == f"{DRUG.id} - {PLACEBO.id}, rounded half up to 0 decimals"
    assert made.inputs == (DRUG.id, PLACEBO.id)
    assert set(made.places) == {*DRUG.places, *PLACEBO.places}
    whole = total([PLACEBO, DRUG])
    assert (whole.formatted, whole.arm, whole.n, whole.statistic) == ("26", "", 40, "n")
    assert ratio(DRUG, PLACEBO).formatted == "1.17"


def test_differences_of_percentages_keep_their_decimals() -> None:
    assert difference(one("ANY", "Drug 10 mg", "pct"), one("ANY", "Placebo", "pct")).formatted == "10.0"


def test_shares_are_of_the_whole() -> None:
    made = share(one("PRURITUS", "Placebo"), PLACEBO)
    assert (made.formatted, made.n, made.statistic) == ("33.3", 12, "share")
    with pytest.raises(NotDerivable):
        share(PLACEBO, one("NAUSEA", "Placebo"))


def test_ranges_over_arms() -> None:
    low, high = span([PLACEBO, DRUG])
    assert (low.formatted, high.formatted) == ("12", "14")
    assert low.id != high.id


def test_most_common_rows_are_those_at_or_above_the_threshold_in_any_arm() -> None:
    arms = ARMS.names[:2]
    assert [f[0].row[-1] for f in most_common(STORE, Decimal(5), arms)] == ["VOMITING", "PRURITUS", "NAUSEA", "RASH"]
    assert [f[0].row[-1] for f in most_common(STORE, Decimal(10), arms)] == ["VOMITING", "PRURITUS", "NAUSEA"]
    assert [f[0].row[-1] for f in most_common(STORE, Decimal("10.01"), arms)] == ["VOMITING", "PRURITUS"]


def test_ranks_share_places_of_equal_values() -> None:
    assert [(r.rank, r.row[-1]) for r in ranks(STORE, "Placebo")] == [
        (1, "PRURITUS"),
        (2, "RASH"),
        (3, "NAUSEA"),
        (3, "VOMITING"),
    ]
    assert [f.row[-1] for f in largest(STORE.find(arm="Drug 10 mg", statistic="n"))] == ["ANY"]


def test_what_is_no_exact_number_or_of_another_study_is_refused() -> None:
    with pytest.raises(NotDerivable):
        difference(replace(PLACEBO, raw="<1"), DRUG)
    with pytest.raises(NotDerivable):
        difference(replace(PLACEBO, raw="NE"), DRUG)
    with pytest.raises(NotDerivable):
        total([replace(PLACEBO, data_version="other"), DRUG])
    with pytest.raises(NotDerivable):
        ratio(DRUG, one("NAUSEA", "Placebo"))


def fact(value: Decimal, arm: str) -> Fact:
    return Fact("S", "v", "T", ("R",), arm, "mean", str(value), str(value), 2, 5, "", "", ())


values = st.decimals(-1000, 1000, places=2)


@given(values, values)
def test_derived_facts_evaluate_again_and_changed_ones_do_not(a: Decimal, b: Decimal) -> None:
    one, other = fact(a, "A"), fact(b, "B")
    for made in (difference(one, other), total([one, other]), *span([one, other])):
        assert evaluates(made, (one, other))
        assert not evaluates(replace(made, formatted=made.formatted + "1"), (one, other))
        assert not evaluates(made, (fact(a + 5000, "A"), fact(b + 7000, "B")))
