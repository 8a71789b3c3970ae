"""The flow on a real Prefect server: named states, nothing but ids and counts inside Prefect, no process left behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from whole import CANARY, Cli, clean_environment, openai, report, submission

from docpipe.flowserver import needed, standing
from docpipe.simulate import background

pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked at as on Linux"),
]


@pytest.fixture
def cli(tmp_path: Path, prefect_api: str) -> Cli:
    (tmp_path / "home").mkdir()
    return Cli(tmp_path / "home", prefect_api)


def runs(api: str, batch: str) -> list[tuple[str, str]]:
    """Name and message of the final state of each flow run of the batch, in order of start."""
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.sorting import FlowRunSort

    async def ask() -> list[Any]:
        async with PrefectClient(api) as client:
            found = await client.read_flow_runs(sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=200)
            return [r for r in found if r.parameters.get("batch") == batch]

    found = asyncio.run(ask())
    assert all(set(r.parameters) == {"batch"} for r in found)
    return [(r.state.name, r.state.message or "") for r in found]


def test_a_run_ends_awaiting_review_then_released_and_prefect_knows_no_text(
    cli: Cli, prefect_api: str, prefect_home: Path, tmp_path: Path
) -> None:
    cli.team()
    folder = submission(
        tmp_path / "in", {f"{CANARY}.docx": docx(f"p:{CANARY} was given at 5 mg.", f"p:{CANARY} was given at 5 mg.")}
    )
    with background() as provider:
        done = cli(
            "translate",
            folder,
            "--from",
            "en",
            "--to",
            "es",
            "--out",
            tmp_path / "out",
            "--json",
            *openai(provider.base_url),
        )
    assert done.code == 4, done.err
    batch = done.json["batch"]
    ((name, message),) = runs(prefect_api, batch)
    assert name == "Awaiting review"
    assert f"docpipe resume {batch}" in message
    assert cli("review", "approve", batch, acting="jose.ruiz").code == 0
    assert cli("review", "sign", batch, acting="jose.ruiz").code == 0
    assert cli("resume", batch, "--json").json["state"] == "released"
    assert [n for n, _ in runs(prefect_api, batch)] == ["Awaiting review", "Released"]
    time.sleep(2)  # the server writes its events a little later
    files = [p for p in prefect_home.rglob("*") if p.is_file()]
    assert any(p.suffix == ".db" for p in files)
    for path in files:
        assert CANARY.encode() not in path.read_bytes(), path
    with sqlite3.connect(f"file:{prefect_home / 'prefect.db'}?mode=ro", uri=True) as database:
        kinds = {
            k
            for (k,) in database.execute("SELECT DISTINCT type FROM artifact WHERE key LIKE ?", (f"%{batch.lower()}",))
        }
    assert {"table", "markdown"} <= kinds


def processes(word: str) -> list[int]:
    """Processes whose environment or command line holds the word, but for this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if (
                    state != "Z"
                    and word.encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                ):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def gone(word: str, seconds: float = 40) -> list[int]:
    until = time.monotonic() + seconds
    while (left := processes(word)) and time.monotonic() < until:
        time.sleep(0.3)
    return left


@pytest.mark.slow
def test_a_server_lives_while_it_is_needed_is_shared_and_leaves_no_process(
    tmp_path: Path, prefect_home: Path, prefect_api: str
) -> None:
    import shutil

    from docpipe.dispatch import QUIET

    folder = tmp_path / "prefect"
    folder.mkdir()
    # Migrations take half a minute: start from the database that is there, copied as SQLite copies.
    with sqlite3.connect(prefect_home / "prefect.db") as one, sqlite3.connect(folder / "prefect.db") as two:
        one.backup(two)
    for name in ("memo_store.toml",):
        if (prefect_home / name).exists():
            shutil.copy(prefect_home / name, folder / name)
    environment = {**clean_environment(), **QUIET, "PREFECT_HOME": str(folder)}
    said: list[str] = []
    with needed(folder, environment, said.append) as first:
        with needed(folder, environment, said.append) as second:
            assert first == second
        assert standing(folder) == first
    assert len(said) == 1
    assert gone(str(folder)) == []
    assert standing(folder) is None


@pytest.mark.slow
def test_a_prefect_server_that_does_not_answer_is_told_and_resume_finishes(cli: Cli, tmp_path: Path) -> None:
    folder = submission(tmp_path / "in", {"a.docx": docx("p:The dose was 5 mg.")})
    lost = Cli(cli.home, "http://127.0.0.1:9/api")
    done = lost(
        "translate", folder, "--from", "en", "--to", "es", "--out", tmp_path / "out", "--json", "--review", "none"
    )
    assert (done.code, done.error) == (5, "usage.flow_server_down"), done.err
    (batch,) = re.findall(r"Batch (B\w+-\w+):", done.err)
    end = cli("resume", batch, "--json")
    assert end.code in (0, 1), end.err
    assert end.json["state"] == "draft"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Cli, subprocess.Popen[str]]]:
    """``docpipe serve`` over a home that has its accounts: it makes no administrator of its own."""
    home = tmp_path / "home"
    home.mkdir()
    cli = Cli(home)
    cli.team()
    process = cli.start("serve", "--port", "0", "--prefect-port", "0", "--json")
    assert process.stdout is not None
    assert "prefect" in process.stdout.readline()
    yield cli, process
    process.send_signal(signal.SIGTERM)
    process.wait(40)
    assert process.stderr is not None
    process.stderr.close()
    process.stdout.close()
    assert gone(str(home)) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_with_serve_a_signature_starts_the_next_run_by_itself(
    served: tuple[Cli, subprocess.Popen[str]], tmp_path: Path
) -> None:
    cli, _ = served
    folder = submission(tmp_path / "in", {"a.docx": report(120, 1)})
    with background() as provider:
        done = cli(
            "translate",
            folder,
            "--from",
            "en",
            "--to",
            "es",
            "--out",
            tmp_path / "out",
            "--json",
            *openai(provider.base_url),
        )
        assert done.code == 4, done.err
        batch = done.json["batch"]
        for f in done.json["documents"][0]["findings"]:
            cli("review", "dismiss", f["id"], "--reason", "of a simulated model", acting="jose.ruiz")
        assert cli("review", "approve", batch, acting="jose.ruiz").code == 0
        signed = cli("review", "sign", batch, "--json", acting="jose.ruiz")
        assert signed.json["run_started"] is True, signed.err
        until = time.monotonic() + 240
        while not (tmp_path / "out/manifest.json").exists() and time.monotonic() < until:
            time.sleep(1)
    assert (tmp_path / "out/target/a.docx").is_file()
