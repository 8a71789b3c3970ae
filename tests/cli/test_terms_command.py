"""`docpipe terms`: the list, what it refuses, a lock by a person with a token."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from whole import Cli, Done, report

from docpipe.settings import load
from docpipe.steps import admit
from docpipe.steps.house import House, open_house
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import package_terms
from docpipe.store.package_terms import PackageTerm


@pytest.fixture
def batch(cli: Cli) -> tuple[House, str]:
    """A batch whose package has two terms, one of them rendered in two ways."""
    house = open_house(load(home=cli.home))
    folder = cli.home.parent / "in"
    folder.mkdir()
    (folder / "a.docx").write_bytes(report(60, 1))
    made = admit.admit(
        house, [folder], make_recipe(house, Order("en", "es")), actor="local:test", out=str(cli.home / "out")
    )
    terms = [
        PackageTerm(
            "primary endpoint", "criterio principal", uses=9, targets={"criterio principal": 6, "variable primaria": 3}
        ),
        PackageTerm("visit", "visita", uses=5, targets={"visita": 5}),
    ]
    with house.store.write() as s:
        package_terms.propose(s, made.id, terms, datetime.now(UTC))
    return house, made.id


def test_terms_are_listed_with_their_renderings(inside: Callable[..., Done], batch: tuple[House, str]) -> None:
    done = inside("terms", batch[1], "--json")
    assert done.code == 0
    found = json.loads(done.out)["terms"]
    assert [(t["source"], t["state"], t["conflict"]) for t in found] == [
        ("primary endpoint", "proposed", True),
        ("visit", "proposed", False),
    ]
    assert found[0]["renderings"] == [
        {"target": "criterio principal", "rows": 6},
        {"target": "variable primaria", "rows": 3},
    ]
    shown = inside("terms", batch[1], "--conflicts").out
    assert "variable primaria (3)" in shown
    assert "visita" not in shown


@pytest.mark.parametrize("words", [("--lock", "a", "--unlock", "b"), ("--target", "c")])
def test_what_makes_no_sense_together_is_refused(
    inside: Callable[..., Done], batch: tuple[House, str], words: tuple[str, ...]
) -> None:
    assert inside("terms", batch[1], *words).code == 2


def test_nobody_binds_a_term_without_a_name(inside: Callable[..., Done], batch: tuple[House, str]) -> None:
    assert inside("terms", batch[1], "--lock", "visit").code != 0
    with batch[0].store.read() as s:
        assert package_terms.locked(s, batch[1]) == ()
