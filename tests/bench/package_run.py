"""A made package through the whole command against the simulated provider, as JSON on stdout; progress on stderr.

Usage: ``python tests/bench/package_run.py FOLDER [--pages 6600] [--tpm 2000000] [--rpm 0] [--latency lognormal:1.5,0.5] [--speed 80]``

``docpipe translate`` runs with its own Prefect server in an installation of its own in FOLDER; the provider is a process of its own. A
run that was interrupted goes on where it was when the same command is given again. What it tells: wall time, the share of the provider's limit,
Prefect's share, memory and processor time of all processes, seconds by stage, and pages a day at three provider tiers.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from package_maker import write_package  # noqa: E402
from process_watch import Watch  # noqa: E402

from docpipe.simulate.planning import Group, Limits, plan  # noqa: E402

MODEL = "gpt-4.1-mini"
MARKET = 1100
"""Pages a day: the best figure that a vendor publishes."""
TIERS = {
    "small": Limits(500, 200_000, in_flight=64),
    "middle": Limits(5_000, 2_000_000, in_flight=128),
    "large": Limits(10_000, 10_000_000, in_flight=256),
}
"""Requests and tokens a minute as providers grant them to new, grown and large customers."""
COMMAND = [sys.executable, "-m", "docpipe.cli.main"]


def say(text: str) -> None:
    """Progress."""
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def environment(folder: Path, mark: str) -> dict[str, str]:
    """What the command sees: nothing of this shell's settings but the path."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DOCPIPE_", "OPENAI_", "AZURE_", "PREFECT_"))}
    return kept | {
        "DOCPIPE_HOME": str(folder / "home"), "OPENAI_API_KEY": "sk-bench", "PYTHONPATH": str(ROOT), "DOCPIPE_BENCH_MARK": mark,
    }  # fmt: skip


def provider(given: argparse.Namespace, port: int) -> tuple[subprocess.Popen[str], str]:
    """The simulated provider on a port of its own; an interrupted run is gone on with at the same address."""
    words = [
        "simulate",
        "--port",
        str(port),
        "--tpm",
        str(given.tpm),
        "--rpm",
        str(given.rpm),
        "--latency",
        given.latency,
    ]
    words += ["--speed", str(given.speed), "--seed", str(given.seed), "--json"]
    process = subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit("The simulated provider did not start.")
    return process, str(json.loads(line)["address"])


def rows(folder: Path, query: str) -> list[Any]:
    """Rows of the installation's database, read beside the command; none while there is no such table yet."""
    path = folder / "home" / "docpipe.db"
    if not path.exists():
        return []
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as base:
            return base.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []


def tell(folder: Path, stop: threading.Event) -> None:
    """Says every now and then how many documents have reached which stage."""
    while not stop.wait(15):
        stages = rows(folder, "select stage, count(*) from documents group by stage order by 2 desc")
        done = rows(
            folder, "select count(*), sum(input_tokens + output_tokens) from llm_calls where state = 'received'"
        )
        if stages:
            count, used = done[0] if done else (0, 0)
            say(
                ", ".join(f"{stage or 'admitted'} {n}" for stage, n in stages)
                + f"; {count} calls, {used or 0:,} tokens"
            )


def moment(text: str) -> float:
    """Seconds since the epoch of a stored time."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def covered(spans: list[tuple[float, float]]) -> float:
    """Seconds in which at least one span runs."""
    total, until = 0.0, 0.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total


def stages_of(folder: Path, watch: Watch) -> tuple[dict[str, Any], list[tuple[float, float]]]:
    """By stage: from the first start to the last end, seconds of work, processor seconds meanwhile; and all the spans."""
    found: dict[str, list[tuple[float, float]]] = {}
    for stage, started, ended in rows(folder, "select stage, started, ended from stage_timings"):
        found.setdefault(stage, []).append((moment(started), moment(ended)))
    told = {}
    for stage, spans in found.items():
        start, end = min(s for s, _ in spans), max(e for _, e in spans)
        told[stage] = {
            "window_seconds": round(end - start, 2), "covered_seconds": round(covered(spans), 2),
            "work_seconds": round(sum(e - s for s, e in spans), 2), "cpu_seconds": round(watch.cpu_between(start, end), 2),
        }  # fmt: skip
    return told, [span for spans in found.values() for span in spans]


def phases(asked: list[Any]) -> tuple[list[Group], list[Group]]:
    """The calls by document, briefs before the rest, and the second looks, which come after the checks: a phase of their own."""
    found: dict[str, list[tuple[str, tuple[int, int]]]] = {}
    for row in asked:
        found.setdefault(row[6], []).append((row[3], (int(row[0]), int(row[1]))))
    first, looks = [], []
    for calls in found.values():
        briefs = tuple(c for purpose, c in calls if purpose == "brief")
        first.append(Group(tuple((c,) for purpose, c in calls if purpose not in ("brief", "second-look")), briefs))
        looks.append(Group(tuple((c,) for purpose, c in calls if purpose == "second-look")))
    return first, looks


def figures(
    given: argparse.Namespace, made: dict[str, Any], watch: Watch, wall: float, bill: dict[str, Any]
) -> dict[str, Any]:
    """The result."""
    folder = given.folder
    told, spans = stages_of(folder, watch)
    asked = rows(
        folder,
        "select input_tokens, output_tokens, cached_tokens, purpose, sent_at, ended_at, document from llm_calls where state = 'received'",
    )
    calls = [(int(row[0]), int(row[1])) for row in asked]
    tokens = sum(map(sum, calls))
    model = covered([(moment(row[4]), moment(row[5])) for row in asked if row[4] and row[5]])
    ideal = max(60 * tokens / given.tpm if given.tpm else 0.0, 60 * len(calls) / given.rpm if given.rpm else 0.0)
    rest = max(0.0, wall - model)
    words = int(made["words"])
    peak, by_kind = watch.peak()
    cpu = watch.cpu()
    tiers = {}
    for name, limits in TIERS.items():
        planned, looks = (plan(phase, limits, given.seed) for phase in phases(asked))
        planned_seconds = planned.seconds + looks.seconds
        seconds = planned_seconds + rest
        pages = made["pages"] / seconds * 86400
        tiers[name] = {
            "rpm": limits.rpm, "tpm": limits.tpm, "model_seconds": round(planned_seconds, 1), "binds": planned.binds,
            "total_seconds": round(seconds, 1), "pages_a_day": round(pages), "times_the_market": round(pages / MARKET, 1),
        }  # fmt: skip
    mine = Limits(given.rpm, given.tpm, given.latency, given.speed, given.concurrency)
    planned_model = sum(plan(phase, mine, given.seed).seconds for phase in phases(asked))
    purposes: dict[str, int] = {}
    for row in asked:
        purposes[row[3]] = purposes.get(row[3], 0) + 1
    return {
        "package": made,
        "limits": {"tpm": given.tpm, "rpm": given.rpm, "latency": given.latency, "speed": given.speed},
        "wall_seconds": round(wall, 1),
        "model_seconds": round(model, 1),
        "other_seconds": round(rest, 1),
        "other_seconds_at_6600_pages": round(rest * 6600 / made["pages"], 1),
        "planned_model_seconds": round(planned_model, 1),
        "plan_error": round(planned_model / model - 1, 4) if model else None,
        "share_of_limit": {
            "model": round(ideal / model, 4) if model else None, "whole_command": round(ideal / wall, 4), "provider": bill["limits"],
        },
        "calls": {"received": len(calls), "by_purpose": purposes, "by_status": bill["by_status"], "most_in_flight": bill["most_in_flight"]},
        "tokens": {
            "input": sum(i for i, _ in calls), "cached": sum(int(row[2]) for row in asked), "output": sum(o for _, o in calls),
            "sent_per_source_word": round(tokens / words, 3) if words else None,
        },
        "bill_is_ledger": bill["charged"]["calls"] + bill["lost"]["calls"] >= len(calls) if given.fresh else None,
        "stages": told,
        "prefect": {
            "outside_steps_seconds": round(wall - covered(spans), 2), "outside_steps_share": round(1 - covered(spans) / wall, 4),
            "cpu_seconds": round(cpu.get("prefect", 0.0), 2), "cpu_share": round(cpu.get("prefect", 0.0) / max(0.01, sum(cpu.values())), 4),
        },
        "cpu_seconds": {k: round(v, 2) for k, v in cpu.items()},
        "peak_memory_mb": {"all": round(peak, 1), **{k: round(v, 1) for k, v in by_kind.items()}},
        "pages_a_day": round(made["pages"] / wall * 86400),
        "tiers": tiers,
        "market_pages_a_day": MARKET,
    }  # fmt: skip


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=6600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", default="es")
    parser.add_argument("--tpm", type=int, default=2_000_000)
    parser.add_argument("--rpm", type=int, default=0)
    parser.add_argument("--latency", default="lognormal:1.5,0.5")
    parser.add_argument("--speed", type=float, default=80.0)
    parser.add_argument("--concurrency", type=int, default=64)
    given = parser.parse_args()
    given.folder = given.folder.absolute()
    given.folder.mkdir(parents=True, exist_ok=True)
    kept = given.folder / "state.json"
    state = json.loads(kept.read_text()) if kept.exists() else {}
    if not state:
        say(f"making {given.pages} pages")
        state = {"made": write_package(given.folder / "package", given.pages, given.seed), "port": 0, "wall": 0.0}
    given.fresh = not state["wall"]
    process, address = provider(given, state["port"])
    state["port"] = int(address.split(":")[2].split("/")[0])
    mark = uuid.uuid4().hex
    words = [
        "translate",
        str(given.folder / "package"),
        "--from",
        "en",
        "--to",
        given.to,
        "--provider",
        "openai",
        "--model",
        MODEL,
    ]
    words += ["--base-url", address, "--review", "none", "--out", str(given.folder / "out"), "--quiet", "--json"]
    words += ["--concurrency", str(given.concurrency)]
    if batches := rows(given.folder, "select id from batches"):
        words = ["resume", str(batches[0][0]), "--json"]
    kept.write_text(json.dumps(state))
    say(" ".join(words[:2]))
    stop = threading.Event()
    threading.Thread(target=tell, args=(given.folder, stop), daemon=True).start()
    began = time.monotonic()
    with (given.folder / "command.log").open("ab") as log:
        run = subprocess.Popen(
            [*COMMAND, *words], env=environment(given.folder, mark), stdout=log, stderr=log, cwd=ROOT
        )
        try:
            with Watch(run.pid, mark) as watch:
                code = run.wait()
        finally:
            stop.set()
            state["wall"] += time.monotonic() - began
            kept.write_text(json.dumps(state))
            if run.poll() is None:
                run.terminate()
            with urllib.request.urlopen(address.removesuffix("/v1") + "/bill", timeout=10) as reply:
                bill = json.load(reply)
            process.terminate()
    result = {"exit_code": code, **figures(given, state["made"], watch, state["wall"], bill)}
    (given.folder / "result.json").write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
