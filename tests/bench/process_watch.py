"""Watches the processes of a command from /proc: resident memory of all together, processor time by kind of process. Imports nothing of docpipe."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Sample", "Watch"]

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sample:
    """At a moment (s since the epoch): MB resident and processor seconds so far, by kind of process."""

    at: float
    memory: dict[str, float]
    cpu: dict[str, float]


@dataclass(slots=True)
class Watch:
    """A process with all that came of it, found by parentage and by a mark in their environment, sampled on a thread.

    Memory is the proportional set size, so that pages shared between processes count once.
    """

    root: int
    mark: str
    every: float = 1.0
    samples: list[Sample] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _ended: dict[str, float] = field(default_factory=dict)
    _last: dict[int, tuple[str, float]] = field(default_factory=dict)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.every):
            self.look()

    def look(self) -> None:
        """Takes a sample."""
        memory: dict[str, float] = {}
        now: dict[int, tuple[str, float]] = {}
        for pid in self._family():
            try:
                # A process that has ended, but is not waited for yet, has no command line any more.
                kind = _kind(pid, self.root) or self._last.get(pid, ("other", 0.0))[0]
                now[pid] = (kind, _cpu(pid))
                memory[kind] = memory.get(kind, 0.0) + _memory(pid)
            except (OSError, ValueError, IndexError):
                continue
        for pid, (kind, spent) in self._last.items():
            if pid not in now:
                self._ended[kind] = self._ended.get(kind, 0.0) + spent
        self._last = now
        cpu = dict(self._ended)
        for kind, spent in now.values():
            cpu[kind] = cpu.get(kind, 0.0) + spent
        self.samples.append(Sample(time.time(), memory, cpu))

    def _family(self) -> list[int]:
        parents: dict[int, int] = {}
        marked: set[int] = {self.root}
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                parents[int(name)] = int(Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()[1])
                if self.mark.encode() in Path(f"/proc/{name}/environ").read_bytes():
                    marked.add(int(name))
            except (OSError, ValueError, IndexError):
                continue
        found = {pid for pid in marked if pid in parents}
        more = True
        while more:
            fresh = {pid for pid, parent in parents.items() if parent in found} - found
            found, more = found | fresh, bool(fresh)
        return sorted(found)

    def peak(self) -> tuple[float, dict[str, float]]:
        """MB resident of all together at the worst moment, and by kind then."""
        worst = max(self.samples, key=lambda s: sum(s.memory.values()), default=None)
        return (sum(worst.memory.values()), worst.memory) if worst else (0.0, {})

    def cpu(self) -> dict[str, float]:
        """Processor seconds by kind of process, to the last sample."""
        return self.samples[-1].cpu if self.samples else {}

    def cpu_between(self, start: float, end: float) -> float:
        """Processor seconds of all together between two moments, by straight lines between samples."""
        points = [(s.at, sum(s.cpu.values())) for s in self.samples]
        return max(0.0, _at(points, end) - _at(points, start))


def _at(points: list[tuple[float, float]], moment: float) -> float:
    before = (points[0][0], 0.0) if points else (0.0, 0.0)
    for point in points:
        if point[0] >= moment:
            width = point[0] - before[0]
            return before[1] + (point[1] - before[1]) * ((moment - before[0]) / width if width > 0 else 1.0)
        before = point
    return before[1]


def _kind(pid: int, root: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    if pid == root:
        return "command"
    if not words:
        return ""
    if b"prefect" in words:
        return "prefect"
    return "reading" if b"_worker" in words else "other"


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
