"""How long ``docpipe --help`` takes: ``python tests/bench/help_time.py`` prints JSON (target: wall time under 0.5 s, idle)."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time

RUNS = 7


def main() -> None:
    wall, cpu = [], []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "docpipe.cli.main", "--help"], stdout=subprocess.DEVNULL, check=True)
        wall.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    bare = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    bare = time.perf_counter() - bare
    figures = {
        "bench": "help_time", "runs": RUNS, "wall_seconds_median": round(statistics.median(wall), 3),
        "wall_seconds_least": round(min(wall), 3), "cpu_seconds_median": round(statistics.median(cpu), 3),
        "bare_python_seconds": round(bare, 3), "target_seconds": 0.5,
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
