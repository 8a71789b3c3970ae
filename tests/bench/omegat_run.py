"""OmegaT as an outside program on a document, where it is installed: wall time, processor time and peak memory of the whole process.

Its console mode opens a project, reads and segments the files and writes them anew; nothing of the program is used but its command line.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

JAR = Path("/usr/share/omegat/OmegaT.jar")
_PROJECT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<omegat><project version="1.0"><source_dir>__DEFAULT__</source_dir><target_dir>__DEFAULT__</target_dir><tm_dir>__DEFAULT__</tm_dir>
<glossary_dir>__DEFAULT__</glossary_dir><dictionary_dir>__DEFAULT__</dictionary_dir><source_lang>EN-US</source_lang>
<target_lang>DE-DE</target_lang><sentence_seg>true</sentence_seg>
<support_default_translations>true</support_default_translations><remove_tags>false</remove_tags></project></omegat>
"""


def watched(command: list[str]) -> dict[str, object]:
    """Wall and processor seconds and peak resident megabytes of a command, itself alone; ``failed`` where it ended badly."""
    began = time.perf_counter()
    peak = ticks = 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
            times = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            break
        held = re.search(r"VmHWM:\s+(\d+)", status)
        peak = max(peak, int(held[1]) // 1024 if held else 0)
        ticks = max(ticks, int(times[11]) + int(times[12]))
        time.sleep(0.02)
    code = process.wait()
    wall = round(time.perf_counter() - began, 1)
    found: dict[str, object] = {"wall_s": wall, "cpu_s": round(ticks / 100, 1), "peak_mb": peak}
    return found | ({"failed": code} if code else {})


def omegat(data: bytes) -> dict[str, object] | str:
    """The figures of OmegaT on a document, or that it is not installed."""
    java = shutil.which("java")
    if java is None or not JAR.exists():
        return "not installed"
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        for name in ("source", "target", "omegat", "tm", "glossary", "dictionary"):
            (project / name).mkdir(parents=True)
        (project / "omegat.project").write_text(_PROJECT, "utf-8")
        (project / "source" / "document.docx").write_bytes(data)
        home = Path(folder) / "home"
        command = [
            java,
            "-Djava.awt.headless=true",
            f"-Duser.home={home}",
            "-jar",
            str(JAR),
            "--mode=console-translate",
        ]
        found = watched([*command, f"--config-dir={home}", str(project)])
        written = (project / "target" / "document.docx").exists()
    return found | ({} if written else {"failed": "nothing was written"})


def ours(data: bytes, script: str) -> dict[str, object]:
    """The figures of a process of ours that reads, segments and writes the document once, from its start to its end."""
    with tempfile.NamedTemporaryFile(suffix=".docx") as file:
        Path(file.name).write_bytes(data)
        return watched([sys.executable, script, "--once", file.name])
