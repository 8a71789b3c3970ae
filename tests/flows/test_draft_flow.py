"""The drafting flow: found by its entry point, served beside the other, ids alone inside Prefect, killed and resumed to the same bytes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from whole import Cli

from docpipe.flowruns import CHECKING, DEPLOYMENT, DRAFTING, run_name

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "study"
TYPE = """---
id: draft/mini
version: 1
why: tests
title: Small report
name: mini
---
=== block 1
heading: Patients
level: 1
---
{% set f = study.facts(statistic="n", contains="Completed")[0] %}
In the {{ arm(f.fact.arm) }} group, {{ f }} subjects completed the study.
"""


def test_the_flow_is_found_by_its_entry_point_and_runs_are_named_after_it() -> None:
    from docpipe.dispatch import flow

    assert flow("draft").name == DRAFTING[0]
    assert flow("check").name == CHECKING[0]
    assert flow("translate").name == DEPLOYMENT[0]
    assert run_name("B1", "draft") == "draft-B1"
    assert run_name("B1") == "translate-B1"


def test_all_flows_are_served() -> None:
    from flows.deployments import _deployments

    assert {d.flow_name for d in _deployments()} == {DEPLOYMENT[0], DRAFTING[0], CHECKING[0]}
    assert all(d.parameters == {} for d in _deployments())


@pytest.mark.slow
@pytest.mark.xdist_group("prefect")
def test_a_run_that_is_killed_and_resumed_gives_the_same_bytes(tmp_path: Path, prefect_api: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "mini.v1.md").write_text(TYPE)
    cli = Cli(tmp_path / "home", prefect_api)
    words = ("draft", "--type", str(tmp_path / "mini.v1.md"), "--sources", str(SAMPLES), "--review", "none", "--json")
    whole = cli(*words, "--out", tmp_path / "whole")
    log = tmp_path / "home" / "docpipe.log"
    before = log.read_text()
    process = cli.start(*words, "--out", str(tmp_path / "killed"))
    until = time.monotonic() + 200
    while log.read_text()[len(before) :].count("document.extracted") == 0 and time.monotonic() < until:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = cli("resume", "latest", "--json")
    assert done.json["state"] == "draft", done.err
    one, two = ((tmp_path / n / "DRAFT" / "mini.docx").read_bytes() for n in ("whole", "killed"))
    assert whole.code in (0, 1)
    assert one == two
