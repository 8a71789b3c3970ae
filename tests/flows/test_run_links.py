"""A batch's runs are found in Prefect by their name, with links into its pages; a server that is away only makes lists shorter."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx_builder import docx
from whole import Cli, submission

from docpipe.flowruns import runners, runs_of
from docpipe.settings import load

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.mark.slow
def test_the_runs_of_a_batch_are_listed_with_their_pages(prefect_api: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    cli = Cli(tmp_path / "home", prefect_api)
    folder = submission(tmp_path / "in", {"a.docx": docx("p:One dose was given.")})
    done = cli(
        "translate",
        folder,
        "--from",
        "en",
        "--to",
        "de",
        "--provider",
        "rehearsal",
        "--out",
        tmp_path / "out",
        "--json",
    )
    batch = done.json["batch"]
    settings = load(home=tmp_path / "home", prefect_api_url=prefect_api)
    (run,) = runs_of(settings, batch)
    assert (run.name, run.state) == (f"translate-{batch}", "Awaiting review")
    assert run.link == f"{prefect_api.removesuffix('/api')}/runs/flow-run/{run.id}"
    assert run.started
    assert runs_of(settings, "B000000-00000") == []
    found = runners(settings)
    assert found
    assert found.answers
    assert found.polled is None
    assert found.running >= 0  # runs of other tests may be under way on the same server
    elsewhere = load(home=tmp_path / "home", prefect_api_url=prefect_api, prefect_ui_url="https://prefect.example.org/")
    assert runs_of(elsewhere, batch)[0].link.startswith("https://prefect.example.org/runs/flow-run/")


def test_a_server_that_is_away_gives_nothing_and_no_error(tmp_path: Path) -> None:
    away = load(home=tmp_path, prefect_api_url="http://127.0.0.1:9/api")
    assert runs_of(away, "B1") == []
    found = runners(away)
    assert found
    assert not found.answers
    assert runners(load(home=tmp_path)) is None
