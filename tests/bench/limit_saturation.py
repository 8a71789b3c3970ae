"""How much of a provider's limit the engine uses, in three regimes and with two processes on one limit, as JSON on stdout.

Usage: ``python tests/bench/limit_saturation.py [--seconds 60] [--only tpm,rpm,latency,two]``. The simulated provider runs in a process of its own, the
engine in one or two others, each with its ledger in SQLite (two share one). The share is taken between two readings of the
provider's own bill, after its first burst is used up and before the work ends.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "llm")]

REGIMES: dict[str, dict[str, Any]] = {
    "tpm": {"tpm": 400_000, "latency": "lognormal:4,0.4", "concurrency": 64},
    "rpm": {"rpm": 240, "latency": "lognormal:4,0.4", "concurrency": 64},
    "latency": {"latency": "lognormal:6,0.4", "concurrency": 24},
    "two": {"tpm": 400_000, "latency": "lognormal:4,0.4", "concurrency": 32},
    "free": {"latency": "fixed:0.2", "concurrency": 64},
}


@contextlib.contextmanager
def provider(regime: dict[str, Any]) -> Iterator[str]:
    """The simulated provider in a process of its own; yields its root address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [
        str(Path(sys.executable).with_name("docpipe")),
        "simulate",
        "--port",
        str(port),
        "--latency",
        regime["latency"],
    ]
    for name in ("tpm", "rpm"):
        words += [f"--{name}", str(regime[name])] if name in regime else []
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    root, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
    try:
        while True:
            try:
                bill(root)
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield root
    finally:
        process.terminate()
        process.wait(10)


def bill(root: str) -> dict[str, Any]:
    """What the provider counts."""
    with urllib.request.urlopen(f"{root}/bill", timeout=10) as reply:  # loopback
        found: dict[str, Any] = json.load(reply)
    return found


def work(root: str, home: Path, seconds: float, concurrency: int, seed: int) -> None:
    """The engine for so long: many documents at once, until time is up. Prints its figures."""
    from llm_builders import chunks_of

    from docpipe import prompts
    from docpipe.errors import DocpipeError
    from docpipe.llm.access import Access
    from docpipe.llm.chain import Link
    from docpipe.llm.engine import Orders, run
    from docpipe.llm.loop import process_engine
    from docpipe.llm.openai import connect
    from docpipe.llm.provider import Connection
    from docpipe.llm.translating import Translation
    from docpipe.store.calls import Budgets, SqlLedger
    from docpipe.store.database import Store
    from docpipe.store.rates import SqlRateShares

    store = Store.open(f"sqlite:///{home / 'docpipe.db'}", str(home / "blobs"))
    base = f"{root}/v1"
    link = Link("", "openai", "gpt-4.1", f"bench|{base}", lambda: connect(Connection(base, "k")))
    access = Access((link,), shares=SqlRateShares(store))
    prompt = prompts.load("translate/segments")
    orders = Orders("openai", "gpt-4.1", concurrency=concurrency)
    chunks = chunks_of(400, size=6, seed=seed)
    until = time.monotonic() + seconds
    done, most_threads = [0], [0]
    failed: dict[str, int] = {}
    counting = threading.Lock()

    def document(number: int) -> None:
        """A document of three chunks; its heading is its own, so that nothing is stored already."""
        ledger = SqlLedger(
            store, f"B{seed}", f"D{seed}-{number}", Budgets(batch=1e6, day=1e6), {"gpt-4.1": (2.0, 0.5, 8.0)}
        )
        heading = (f"Document {seed}-{number}",)
        mine = [replace(chunks[(number * 3 + n) % len(chunks)], heading_path=heading) for n in range(3)]
        craft = Translation("en", "de", {})
        tally = run(
            mine, connect=access, ledger=ledger, prompt=prompt, orders=orders, craft=craft, on_group=lambda r: None
        )
        with counting:
            done[0] += tally.calls
            most_threads[0] = max(most_threads[0], threading.active_count())

    began = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF)
    numbers = itertools.count()

    def documents() -> None:
        while time.monotonic() < until:
            try:
                document(next(numbers))
            except DocpipeError as error:
                failed[error.code] = failed.get(error.code, 0) + 1

    busy: list[int] = []

    def watch() -> None:
        """Calls in flight, ten times a second in the middle of the run."""
        while time.monotonic() < until:
            time.sleep(0.1)
            gate = process_engine().lines.gate(link.scope)
            if gate is not None and 0.45 < 1 - (until - time.monotonic()) / seconds < 0.95:
                busy.append(gate.active)

    threading.Thread(target=watch, daemon=True).start()
    workers = [threading.Thread(target=documents) for _ in range(concurrency)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    took = time.monotonic() - began
    print(
        json.dumps(
            {"calls": done[0], "seconds": round(took, 1), "calls_a_second": round(done[0] / took, 1),
             "cpu_seconds_per_1000_calls": round(cpu / max(done[0], 1) * 1000, 2), "threads": most_threads[0], "failed": failed, "in_flight": round(sum(busy) / max(1, len(busy)), 1),
             "memory_mb": after.ru_maxrss // 1024}
        )
    )  # fmt: skip


def share(regime: dict[str, Any], early: dict[str, Any], late: dict[str, Any], seconds: float) -> float | None:
    """The part of the binding limit that was used between two bills."""
    calls = late["charged"]["calls"] - early["charged"]["calls"]
    tokens = sum(late["charged"][n] - early["charged"][n] for n in ("input", "output"))
    if "tpm" in regime:
        return float(tokens / (regime["tpm"] * seconds / 60))
    if "rpm" in regime:
        return float(calls / (regime["rpm"] * seconds / 60))
    import math

    kind, _, numbers = regime["latency"].partition(":")
    values = [float(n) for n in numbers.split(",")]
    mean = values[0] * math.exp(values[1] ** 2 / 2) if kind == "lognormal" else values[0]
    return float(calls / (regime["concurrency"] / mean * seconds))


def measure(name: str, seconds: float) -> dict[str, Any]:
    """One regime."""
    regime = REGIMES[name]
    with tempfile.TemporaryDirectory(prefix="docpipe-bench-") as folder, provider(regime) as root:
        words = [sys.executable, __file__, "--work", root, "--home", folder, "--seconds", str(seconds),
                 "--concurrency", str(regime["concurrency"])]  # fmt: skip
        environment = {**os.environ, "DOCPIPE_HOME": folder}
        workers = [
            subprocess.Popen([*words, "--seed", str(n)], stdout=subprocess.PIPE, text=True, env=environment)
            for n in range(2 if name == "two" else 1)
        ]
        while bill(root)["charged"]["calls"] == 0:
            time.sleep(0.2)
        # Until as many calls are in flight as there may be, and their answers come at that rate.
        time.sleep(min(max(15.0, 4.5 * float(regime["latency"].partition(":")[2].split(",")[0])), seconds * 0.45))
        early, at = bill(root), time.monotonic()
        time.sleep(seconds * 0.5)
        late, passed = bill(root), time.monotonic() - at
        told = [json.loads(w.communicate(timeout=seconds + 120)[0]) for w in workers]
        end = bill(root)
    found = share(regime, early, late, passed)
    return {
        "regime": name, **regime, "share_of_limit": round(found or 0.0, 4), "measured_seconds": round(passed, 1),
        "refused_429": end["by_status"].get("429", 0), "calls": end["charged"]["calls"], "workers": told,
        "slots_busy": round(sum(w["in_flight"] for w in told) / len(told) / regime["concurrency"], 3),
        "split": [round(w["calls"] / max(1, sum(v["calls"] for v in told)), 3) for w in told],
    }  # fmt: skip


def main() -> None:
    """See the module."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--only", default="tpm,rpm,latency,two,free")
    words.add_argument("--work", default="")
    words.add_argument("--home", type=Path, default=Path())
    words.add_argument("--concurrency", type=int, default=64)
    words.add_argument("--seed", type=int, default=0)
    given = words.parse_args()
    if given.work:
        work(given.work, given.home, given.seconds, given.concurrency, given.seed)
        return
    for name in given.only.split(","):
        print(json.dumps(measure(name, given.seconds)), flush=True)


if __name__ == "__main__":
    main()
