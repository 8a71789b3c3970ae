"""False alarms of the text checks (families A, C from C6 on, D) over human translations, as JSON on stdout.

Usage: ``python tests/bench/checks_false_alarms_text.py [--show CHECK] [--limit N]``. The pairs are TICO-19's (CC0); a human translation
is taken as right, so every finding counts as a false alarm, true mistakes of the translators included.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from docpipe.checks.runner import number, run_checks  # noqa: E402
from docpipe.model.check import Check, Pair  # noqa: E402
from docpipe.model.finding import Severity  # noqa: E402
from docpipe.model.inline import CodedText, Text  # noqa: E402
from docpipe.registry import checks  # noqa: E402
from docpipe.safe.xml import parse  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "parallel"


def ours() -> list[Check]:
    """The checks that are measured here."""
    return [c for c in checks() if c.id[0] in "AD" or (c.id[0] == "C" and int(number(c.id)[1:]) >= 6)]


def memory(path: Path) -> Iterator[tuple[str, str]]:
    """Source and target of each unit of a TMX."""
    for unit in parse(path.read_bytes()).iter("tu"):
        texts = ["".join(seg.itertext()) for seg in unit.iter("seg")]
        if len(texts) == 2:
            yield texts[0], texts[1]


def word_list(path: Path) -> Iterator[tuple[str, str]]:
    """Source and target of each row of a word list."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["targetString"].strip():
                yield row["sourceString"], row["targetString"]


def coded(text: str) -> CodedText:
    """Plain text as coded text."""
    return (Text(text),)


def measure(rows: list[tuple[str, str]], languages: tuple[str, str], show: str, neighbours: bool) -> dict[str, object]:
    """Findings per 1,000 segments by check, and segments a second of processor time."""
    counts: Counter[str] = Counter()
    grave = 0
    flagged = 0
    examples: dict[str, list[str]] = defaultdict(list)
    used = ours()
    started = time.process_time()
    for i, (source, target) in enumerate(rows):
        before = rows[i - 1] if neighbours and i else ("", "")
        after = rows[i + 1] if neighbours and i + 1 < len(rows) else ("", "")
        pair = Pair(
            coded(source), coded(target), *languages,
            previous_source=before[0], previous_target=before[1], next_source=after[0], next_target=after[1],
        )  # fmt: skip
        found = run_checks(used, pair)
        flagged += bool(found)
        for finding in found:
            counts[finding.check] += 1
            grave += finding.severity is Severity.CRITICAL
            if show and finding.check.startswith(show):
                examples[finding.check].append(f"{finding.message}\n    {source}\n    {target}")
    seconds = time.process_time() - started
    for name, texts in examples.items():
        print(f"== {name}", *texts, sep="\n  ", file=sys.stderr)
    per_thousand = {name: round(1000 * n / len(rows), 2) for name, n in sorted(counts.items())}
    return {
        "languages": "-".join(languages),
        "segments": len(rows),
        "findings_per_1000": round(1000 * sum(counts.values()) / len(rows), 2),
        "critical_per_1000": round(1000 * grave / len(rows), 2),
        "segments_with_findings_per_1000": round(1000 * flagged / len(rows), 2),
        "by_check_per_1000": per_thousand,
        "segments_per_cpu_second": round(len(rows) / seconds),
    }


def main() -> None:
    """Prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", default="", help="prefix of checks whose findings are printed on stderr")
    parser.add_argument("--limit", type=int, default=0, help="first N rows only")
    options = parser.parse_args()
    limit = options.limit or None
    out = []
    for name, code in (("en-zh", "zh-CN"), ("en-fr", "fr")):
        rows = list(memory(DATA / f"tico19.{name}.tmx"))[:limit]
        out.append(measure(rows, ("en", code), options.show, True))
        out.append(measure([(t, s) for s, t in rows], (code, "en"), options.show, True))
    for name, code in (("f_en-zh_CN", "zh-CN"), ("f_en-fr_XX", "fr"), ("g_en_ja", "ja")):
        rows = list(word_list(DATA / f"tico19.{name}.csv"))[:limit]
        out.append({"list": name, **measure(rows, ("en", code), options.show, False)})
    json.dump({"false_alarms": out}, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
