"""/metrics: text format 0.0.4 that a parser of Prometheus' own reads, for those who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from docpipe.steps import tokens
from docpipe.steps.gauges import Metric, metrics
from docpipe.store import users
from docpipe.web.app import create_app
from docpipe.web.prometheus import CONTENT_TYPE, write

if TYPE_CHECKING:
    from conftest import World

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def read(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Samples by name and labels, read by the client library of Prometheus, which Prefect brings."""
    parser = pytest.importorskip("prometheus_client.parser")
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in parser.text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_figures_are_those_of_the_installation(client_as: Callable[..., TestClient]) -> None:
    answer = client_as("operator").get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == CONTENT_TYPE
    found = read(answer.text)
    assert found["docpipe_documents"][(("state", "waiting"),)] == 2
    assert found["docpipe_batches"][(("state", "waiting"),)] == 1
    assert found["docpipe_checkpoints_waiting"][()] == 2
    assert found["docpipe_stage_passages_total"][(("stage", "checked"),)] == 2
    assert found["docpipe_stage_words_total"][(("stage", "checked"),)] > 100
    assert found["docpipe_runner_up"][()] == 0


def test_a_scraper_comes_by_token_and_not_without(
    world: World, app: FastAPI, client_as: Callable[..., TestClient]
) -> None:
    nobody = client_as()
    refused = nobody.get("/metrics")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    with world.house.store.read() as s:
        auditor = users.get(s, "auditor.one")
    _, secret = tokens.make_token(world.house, auditor, "scraper", read_only=True)
    assert nobody.get("/metrics", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    assert nobody.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401


def test_the_setting_lets_everybody_in_and_names_nobody(world: World) -> None:
    house = replace(world.house, settings=world.house.settings.model_copy(update={"metrics_public": True}))
    answer = TestClient(create_app(house)).get("/metrics")
    assert answer.status_code == 200
    assert ".one" not in answer.text
    assert world.document not in answer.text
    assert world.batch not in answer.text


def test_names_and_kinds_follow_the_rules(world: World) -> None:
    found = metrics(world.house)
    assert len({m.name for m in found}) == len(found)
    for family in found:
        assert NAME.fullmatch(family.name), family.name
        assert family.name.startswith("docpipe_")
        assert family.name.endswith("_total") == (family.kind == "counter"), family.name
        assert family.help.endswith(".")
        assert len({k for k, _ in family.samples}) == len(family.samples), family.name


@given(st.text(max_size=60), st.floats(allow_nan=False))
def test_any_label_and_value_come_back(value: str, number: float) -> None:
    value = "".join(c for c in value if c not in "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
    text = write([Metric("x", "gauge", "A \\ line\nbreak.", [((("l", value),), number)])])
    assert text.endswith("\n")
    assert read(text)["x"] == {(("l", value),): number}
