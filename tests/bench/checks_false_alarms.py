"""Runs the number, unit and date checks over human translations and prints findings per 1,000 segments as JSON.

    python tests/bench/checks_false_alarms.py ../shared/data/parallel/tico19.en-zh.tmx [--show B3] [--sample 50]

Human translations are mostly right, so nearly every finding there is a false alarm or a true slip of the translator.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from docpipe import registry
from docpipe.model.check import Pair
from docpipe.model.inline import Text

FAMILIES = re.compile(r"B\d+\.|C[1-5]\.")


def pairs(path: Path) -> list[Pair]:
    """The two-language units of a TMX made by us (one unit a line); its own reader is not needed for a bench."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        sides = re.findall(r'xml:lang="([^"]+)"><seg>(.*?)</seg>', line)
        if len(sides) == 2:
            (sl, source), (tl, target) = sides
            found.append(Pair((Text(html.unescape(source)),), (Text(html.unescape(target)),), sl, tl))
    return found


def measure(path: Path) -> tuple[dict[str, object], list[tuple[str, Pair, str]]]:
    """Figures, and every finding with its pair."""
    corpus = pairs(path)
    chosen = [c for c in registry.checks() if FAMILIES.match(c.id)]
    started = time.perf_counter()
    findings = [(f.check, pair, f.message) for pair in corpus for check in chosen for f in check.run(pair)]
    seconds = time.perf_counter() - started
    per_check = Counter(f[0] for f in findings)
    figures = {
        "corpus": path.name,
        "segments": len(corpus),
        "checks": len(chosen),
        "segments_with_digits": sum(any(c.isdigit() for c in p.source_text + p.target_text) for p in corpus),
        "findings_per_1000_segments": round(1000 * len(findings) / len(corpus), 2),
        "per_check": {k: round(1000 * v / len(corpus), 2) for k, v in sorted(per_check.items())},
        "segments_per_second": round(len(corpus) / seconds),
    }
    return figures, findings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "corpus", type=Path, nargs="*", help="TMX files [default: the third-party memories beside the checkout]"
    )
    parser.add_argument("--show", default="", help="print the findings of this check, or all")
    parser.add_argument("--sample", type=int, default=50)
    arguments = parser.parse_args()
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "parallel"
    corpora = arguments.corpus or sorted(beside.glob("*.tmx"))
    if not corpora:
        print(json.dumps({"skipped": "third-party data not here: shared/data/parallel"}))
    for path in corpora:
        figures, findings = measure(path)
        print(json.dumps(figures, ensure_ascii=False))
        if arguments.show:
            chosen = [f for f in findings if arguments.show == "all" or f[0].startswith(arguments.show)]
            random.Random(7).shuffle(chosen)
            for check, pair, message in chosen[: arguments.sample]:
                print(f"{check}: {message}\n    {pair.source_text}\n    {pair.target_text}", file=sys.stderr)


if __name__ == "__main__":
    main()
