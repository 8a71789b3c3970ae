"""`docpipe serve` as a process looks after overnight jobs: what the provider answered goes on by itself, and a killed poller's successor takes it up."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from whole import Cli, openai, report, submission

from docpipe.simulate import background

pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.slow, pytest.mark.timeout(900)]


@contextmanager
def serving(cli: Cli) -> Iterator[subprocess.Popen[str]]:
    process = cli.start("serve", "--port", "0", "--prefect-port", "0", "--json", DOCPIPE_OVERNIGHT_POLL_SECONDS="1")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        assert "prefect" in process.stdout.readline()
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        process.stderr.close()
        process.stdout.close()


def test_an_overnight_batch_goes_on_by_itself_also_under_the_next_serve(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    cli = Cli(tmp_path / "home")
    cli.team()
    folder = submission(tmp_path / "in", {"a.docx": report(150, 1), "m5/b.docx": report(150, 2)})
    with background(batch_seconds=45) as provider:
        with serving(cli):
            done = cli(
                "translate", folder, "--from", "en", "--to", "es", "--out", tmp_path / "out", "--review", "none",
                "--overnight", "--json", *openai(provider.base_url),
            )  # fmt: skip
            assert done.code == 4, done.err
            batch = done.json["batch"]
            assert done.json["awaiting"]["requests"] > 0
        assert not (tmp_path / "out/manifest.json").exists()
        with serving(cli):
            until = time.monotonic() + 300
            while not (tmp_path / "out/manifest.json").exists() and time.monotonic() < until:
                time.sleep(1)
            told = cli("status", batch, "--json").json
        bill = provider.bill()
    assert (tmp_path / "out/DRAFT/m5/b.docx").is_file()
    assert told["state"] == "draft"
    assert not told.get("awaiting")
    assert bill["charged"]["calls"] > 0
