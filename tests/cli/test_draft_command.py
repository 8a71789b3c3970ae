"""`docpipe draft` and the early checkpoints as a person gives them: JSON, exit codes, refusals before anything is taken in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from whole import Cli, Done

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
=== block 2
heading: Ethics
level: 1
gap: the approval of the ethics committee
"""


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    """A type of one's own and a folder of sources."""
    (tmp_path / "mini.v1.md").write_text(TYPE)
    (tmp_path / "study").mkdir()
    for name in ("adam/adsl.xpt", "tlf/t-14-1-2.rtf"):
        (tmp_path / "study" / Path(name).name).write_bytes((SAMPLES / name).read_bytes())
    return tmp_path / "mini.v1.md", tmp_path / "study"


@pytest.mark.slow
@pytest.mark.xdist_group("prefect")
def test_a_draft_waits_at_its_early_checkpoints_then_at_its_document(
    flowing: Cli, given: tuple[Path, Path], tmp_path: Path
) -> None:
    flowing.team()
    kind, folder = given
    done = flowing("draft", "--type", kind, "--sources", folder, "--out", tmp_path / "out", "--json")
    assert done.code == 4, done.err
    result = done.json
    batch = result["batch"]
    assert result["state"] == "waiting"
    assert [g["stage"] for g in result["gates"]] == ["sources", "tables", "plan"]
    assert {"file", "type", "state", "output", "trace", "gaps", "findings"} <= result["documents"][0].keys()
    shown = flowing("review", "gates", batch, "--full")
    assert shown.code == 4
    assert "Table 14.1.2" in shown.out
    assert flowing("review", "accept", batch, acting="jose.ruiz").code == 0
    later = flowing("resume", batch, "--json")
    assert later.code == 4
    assert later.json["documents"][0]["state"] == "waiting"
    assert (tmp_path / "out" / "_review" / "preview" / "mini.docx").is_file()


@pytest.mark.slow
@pytest.mark.xdist_group("prefect")
def test_a_draft_without_review_ends_with_one_while_a_gap_is_open(
    flowing: Cli, given: tuple[Path, Path], tmp_path: Path
) -> None:
    kind, folder = given
    done = flowing(
        "draft", "--type", kind, "--sources", folder, "--out", tmp_path / "out", "--review", "none", "--json"
    )
    assert done.code == 1, done.err
    (document,) = done.json["documents"]
    assert Path(document["output"]).is_file()
    assert Path(document["trace"]).is_file()
    assert [g["block"] for g in document["gaps"]] == ["2"]


def test_a_wrong_order_is_told_before_anything_is_taken_in(
    inside: Callable[..., Done], given: tuple[Path, Path], tmp_path: Path
) -> None:
    kind, folder = given
    assert inside("draft", "--type", "novel", "--sources", str(folder)).code == 2
    assert inside("draft", "--type", str(kind), "--sources", str(tmp_path / "nowhere")).code == 3
    (tmp_path / "plan.toml").write_text('[leave_out]\n"77" = "no"')
    said = inside("draft", "--type", str(kind), "--sources", str(folder), "--plan", str(tmp_path / "plan.toml"))
    assert said.code == 2
    assert "77" in said.err
    assert inside("review", "list", "--json").out.strip() == '{"checkpoints": []}'
