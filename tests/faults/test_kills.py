"""Kill -9 of the command and of the Prefect server at random moments: nothing lost, nothing paid twice, equal bytes.

The figures are printed as JSON (``pytest -s``).
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from whole import Cli, openai, report, submission

from docpipe.simulate import Running, background

CONCURRENCY = 8


def documents_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*.docx"))}


def words(study: Path, provider: Running, out: Path, profile: Path) -> tuple[str | Path, ...]:
    return (
        "translate", study, "--from", "en", "--to", "de", "--out", out, "--review", "none", *openai(provider.base_url),
        "--profile", profile, "--json", "--quiet",
    )  # fmt: skip


def kill(process: subprocess.Popen[str]) -> None:
    """SIGKILL for the command alone: its children must find out for themselves."""
    process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def batch_of(cli: Cli) -> str:
    """The batch's id, once the command has admitted it."""
    import sqlite3

    with contextlib.suppress(sqlite3.OperationalError), sqlite3.connect(cli.home / "docpipe.db") as database:
        row = database.execute("SELECT id FROM batches").fetchone()
        return str(row[0]) if row else ""
    return ""


def progress(cli: Cli) -> int:
    """How far the batch is: events and calls written down."""
    import sqlite3

    with contextlib.suppress(sqlite3.OperationalError), sqlite3.connect(cli.home / "docpipe.db") as database:
        counts = database.execute(
            "SELECT (SELECT count(*) FROM audit_events) + (SELECT count(sent_at) + count(ended_at) FROM llm_calls)"
        )
        return int(counts.fetchone()[0])
    return 0


def server_pid(cli: Cli) -> int:
    try:
        return int(json.loads((cli.home / "prefect/server.json").read_text())["pid"])
    except (OSError, ValueError):
        return 0


@dataclass(frozen=True)
class Calm:
    """A run that nobody disturbs: its documents, charged calls, seconds, and how far ``progress`` goes."""

    documents: dict[str, bytes]
    charged: int
    seconds: float
    progress: int


def undisturbed(folder: Path, study: Path, provider: Running, profile: Path, api: str = "") -> Calm:
    cli = Cli(folder / "calm/home", api)
    cli.home.mkdir(parents=True)
    before = provider.bill()["charged"]["calls"]
    began = time.monotonic()
    done = cli(*words(study, provider, folder / "calm/out", profile), timeout=1500)
    assert done.json["state"] == "draft", done.err
    charged, seconds = provider.bill()["charged"]["calls"] - before, time.monotonic() - began
    return Calm(documents_of(folder / "calm/out/DRAFT"), charged, seconds, progress(cli))


def disturbed(
    folder: Path,
    study: Path,
    provider: Running,
    profile: Path,
    calm: Calm,
    kills: int,
    *,
    server: bool,
    seed: int,
    api: str = "",
) -> dict[str, Any]:
    """The same batch with so many kills, each once a random part of the work is written down; then resumed to its end."""
    chance = random.Random(seed)
    cli = Cli(folder / f"kills{seed}/home", api)
    cli.home.mkdir(parents=True, exist_ok=True)
    out, before = folder / f"kills{seed}/out", provider.bill()["charged"]["calls"]
    command: tuple[str | Path, ...] = words(study, provider, out, profile)
    at: list[int] = []
    codes: list[str] = []
    moments = sorted(chance.randrange(1, calm.progress) for _ in range(kills))
    for moment in moments:
        process = cli.start(*command)
        while process.poll() is None and (progress(cli) < moment or (server and not server_pid(cli))):
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.3))
        assert process.poll() is None, f"it ended before it could be killed: {process.communicate()}"
        at.append(progress(cli))
        if server:
            with contextlib.suppress(ProcessLookupError):
                os.kill(server_pid(cli), signal.SIGKILL)
            if len(at) == kills:  # the last one is left to find out by itself
                answer, _ = process.communicate(timeout=900)
                codes.append(str(json.loads(answer).get("error", {}).get("code", "")))
            else:
                time.sleep(chance.uniform(0, 3))
        if process.returncode is None:
            kill(process)
        batch = batch_of(cli)
        command = ("resume", batch, "--json", "--quiet") if batch else command
    began = time.monotonic()
    done = cli(*command, timeout=1500)
    waited = time.monotonic() - began
    assert done.code in (0, 1), (done.out, done.err)
    assert done.json["state"] == "draft", done.err
    audit = cli("audit", "verify", "--json")
    figures = cli("metrics", done.json["batch"], "--json").json
    return {
        "documents": documents_of(out / "DRAFT"), "charged": provider.bill()["charged"]["calls"] - before,
        "kills": len(at), "at": at, "of": calm.progress, "codes": codes, "last_resume_seconds": round(waited, 1),
        "audit": audit.json, "calls": figures["calls"],
        "leftovers": [p.name for p in out.iterdir() if p.name.startswith(".")],
    }  # fmt: skip


def compare(name: str, calm: Calm, found: dict[str, Any]) -> None:
    documents, charged, seconds = calm.documents, calm.charged, calm.seconds
    told = {k: v for k, v in found.items() if k != "documents"}
    print(json.dumps({"test": name, "undisturbed_calls": charged, "undisturbed_seconds": round(seconds, 1), **told}))
    assert found["documents"] == documents
    in_flight = CONCURRENCY * found["kills"]
    assert found["charged"] <= charged + in_flight
    assert found["charged"] - charged <= found["calls"]["unknown"]
    assert found["calls"]["received"] == charged
    assert found["audit"]["ok"], found["audit"]["problems"]
    assert found["leftovers"] == []


def prepare(folder: Path, files: int, each: int) -> tuple[Path, Path]:
    study = submission(folder / "study", {f"m5/report-{n:02}.docx": report(each, n) for n in range(files)})
    profile = folder / "profile.toml"
    profile.write_text(f"max_output_tokens = 1500\nconcurrency = {CONCURRENCY}\n")
    return study, profile


def no_orphans(folder: Path) -> None:
    """Within a few seconds nothing of this test's homes is running."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        left = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    if str(folder).encode() in (entry / "environ").read_bytes():
                        left.append((entry.name, (entry / "cmdline").read_bytes().replace(b"\0", b" ")))
        if not left:
            return
        time.sleep(0.5)
    raise AssertionError(left)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("what", ["command", "server"])
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="kills are tested on Linux")
def test_ten_kills_in_200_pages_change_nothing(tmp_path: Path, what: str) -> None:
    study, profile = prepare(tmp_path, 12, 5000)
    with background(latency="lognormal:0.3,0.3") as provider:
        calm = undisturbed(tmp_path, study, provider, profile)
        found = disturbed(tmp_path, study, provider, profile, calm, 10, server=what == "server", seed=1)
        compare(what, calm, found)
    no_orphans(tmp_path)


@pytest.mark.slow
@pytest.mark.xdist_group("prefect")
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="kills are tested on Linux")
def test_two_kills_in_ten_pages_change_nothing(tmp_path: Path, prefect_api: str) -> None:
    study, profile = prepare(tmp_path, 3, 1000)
    with background(latency="fixed:0.2") as provider:
        calm = undisturbed(tmp_path, study, provider, profile, prefect_api)
        found = disturbed(tmp_path, study, provider, profile, calm, 2, server=False, seed=4, api=prefect_api)
        compare("small", calm, found)
    no_orphans(tmp_path / "calm")
    no_orphans(tmp_path / "kills4")
