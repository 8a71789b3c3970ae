"""Time and peak memory of checking a long PDF report, as JSON: ``report_check.py STUDY_FOLDER [--pages N] [--work FOLDER]``.

The PDF is made once from docpipe's own drafts without their bindings (report, narratives, summaries), laid out by LibreOffice and joined until
it has so many pages; it is kept in the work folder. The command runs in a process of its own, twice: the study read, and as it was kept.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
TYPES = ("csr", "narratives", "m2-7-4", "m2-7-3", "m2-7-6", "synopsis")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("study", type=Path)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "docpipe-report-check")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    report = given.work / f"report-{given.pages}.pdf"
    if not report.is_file():
        report.write_bytes(long_report(given.study, given.pages))
    runs = [_run(given.study, report, given.work) for _ in range(2)]
    print(json.dumps({"report": report.name, "bytes": report.stat().st_size, "runs": runs}, indent=1))


def long_report(folder: Path, pages: int) -> bytes:
    """Drafts of a study as one PDF of about so many pages."""
    sys.path[:0] = [str(TESTS), str(TESTS / "writing"), str(TESTS.parent)]
    from drafted import type_named
    from pypdf import PdfReader, PdfWriter
    from report_written import as_people_have_it
    from studies import study_of

    from docpipe.safe.office import find_office, to_pdf
    from docpipe.writing.plan import make_plan
    from docpipe.writing.word.options import WordOptions
    from docpipe.writing.word.write import write

    study = study_of(folder)
    made = PdfWriter()
    parts = []
    for name in TYPES:
        plan, book = make_plan(type_named(name), study)
        facts = study.store.with_facts(book.made.values())
        bare = as_people_have_it(write(plan, {}, facts, WordOptions(study=plan.study))).data
        parts.append(PdfReader(io.BytesIO(to_pdf(find_office("auto"), bare, ".docx", seconds=300))))
    turn = 0
    while len(made.pages) < pages:
        part = parts[turn % len(parts)]
        made.append(part, pages=(0, min(len(part.pages), pages - len(made.pages))))
        turn += 1
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def _run(study: Path, report: Path, work: Path) -> dict[str, object]:
    """One run of the command: seconds, peak of resident memory of it and of its children together, what it said."""
    out = work / "out"
    command = [
        sys.executable, "-m", "docpipe.cli.main", "check-report", str(report), "--type", "csr", "--sources", str(study), "--out", str(out), "--quiet", "--json",
    ]  # fmt: skip
    environment = {**os.environ, "DOCPIPE_HOME": str(work / "home"), "PYTHONPATH": str(TESTS.parent)}
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        peak = [0]
        watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watch.start()
        said = process.communicate()[0]
    seconds = time.monotonic() - began
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    cpu = os.times()
    return {
        "seconds": round(seconds, 1), "cpu_seconds_so_far": round(cpu.children_user + cpu.children_system, 1), "peak_mb": round(peak[0] / 1024),
        "exit": process.returncode, "pages": summary["pages"], "findings": len(said.splitlines()), "numbers": summary["numbers"], "parts": summary["seconds"],
    }  # fmt: skip


def _watch(pid: int, peak: list[int]) -> None:
    while True:
        total = sum(_resident(p) for p in [pid, *_below(pid)])
        if not total:
            return
        peak[0] = max(peak[0], total)
        time.sleep(0.2)


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def _below(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = [int(p) for p in task.read_text().split()]
        except OSError:
            continue
        found += [x for p in own for x in (p, *_below(p))]
    return found


if __name__ == "__main__":
    main()
