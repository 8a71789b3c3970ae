"""Recall and false alarms of the check of reports on reports that people wrote by hand, as JSON: ``report_of_people.py [NAME…] --sample FOLDER --pilot FOLDER [--kept FOLDER]``.

Names are those of ``tests/writing/reports_of_people``; what they begin with says whose report they are (``sample_``, ``pilot_``). The studies that are read are kept in a folder.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> None:
    tests = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(tests), str(tests / "writing"), str(tests.parent)]
    from report_of_people import FOLDER, measured, written
    from studies import shared_study

    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--sample", type=Path, default=tests.parent / "samples" / "study")
    parser.add_argument("--pilot", type=Path)
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "docpipe-reports-of-people")
    given = parser.parse_args()
    names = given.names or sorted(p.stem for p in FOLDER.glob("*.txt"))
    result: dict[str, Any] = {}
    for name in names:
        kind = name.partition("_")[0]
        folder = given.sample if kind == "sample" else given.pilot
        if folder is None:
            continue
        study = shared_study(folder, given.kept / f"{kind}.study")
        began = time.process_time()
        result[name] = {
            **measured(written(name), study, known=("NPI-X has no result",)),
            "seconds": round(time.process_time() - began, 1),
        }
    total = sum(r["wrong"] for r in result.values())
    pages = sum(r["pages"] for r in result.values())
    together = {
        "recall": round(sum(r["found"] for r in result.values()) / max(1, total), 3),
        "false per 10 pages": round(10 * sum(r["false"] for r in result.values()) / max(0.1, pages), 2),
    }
    print(json.dumps({**together, "reports": result}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
