"""Counts what the checks of drafts find of seeded defects, and what they say of harmless edits."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import Any

import draft_mutants_of_numbers  # noqa: F401
import draft_mutants_of_people  # noqa: F401
import draft_mutants_of_words  # noqa: F401
from draft_mutants import World, chosen

from docpipe.writing.checking import number, run_draft_checks


def measure(world: World, count: int = 20, kinds: tuple[str, ...] = (), show: bool = False) -> dict[str, Any]:
    """Seeds, runs, counts. ``recall``: of the check that must speak; ``named``: share of defects that any critical or major finding names."""
    base = {a: {(f.check, f.message) for f in fs} for a, fs in run_draft_checks(world.draft()).items()}
    alarms = Counter(number(c) for fs in base.values() for c, _ in fs if number(c) != "M6")
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    named: Counter[str] = Counter()
    false: Counter[str] = Counter()
    by_kind: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    examples: dict[str, list[str]] = defaultdict(list)
    seconds: list[float] = []
    for mutant in chosen(world, count, kinds):
        began = time.perf_counter()
        found = run_draft_checks(world.draft(mutant), only=[mutant.address])
        seconds.append(time.perf_counter() - began)
        new = {
            (number(f.check), f.severity.value, f.message)
            for a, fs in found.items()
            for f in fs
            if (f.check, f.message) not in base.get(a, set())
        }
        checks = {c for c, _, _ in new}
        by_kind[mutant.kind][0] += 1
        if mutant.must:
            total[mutant.must] += 1
            hits[mutant.must] += mutant.must in checks
            by_kind[mutant.kind][1] += mutant.must in checks
            any_named = any(s != "minor" for _, s, _ in new)
            named[mutant.must] += any_named
            by_kind[mutant.kind][2] += any_named
            if mutant.must not in checks:
                examples[f"missed {mutant.kind}"].append(str(mutant.address))
        for check in checks - {mutant.must} - mutant.may:
            false[check] += 1
            examples[f"false {check} in {mutant.kind}"].append(
                f"{mutant.address} {next(m for c, _, m in new if c == check)}"
            )
    for check, raised in alarms.items():
        false[check] += raised
    table = {}
    for check in sorted(
        set(total) | set(false), key=lambda c: (c.rstrip("0123456789"), int("".join(filter(str.isdigit, c))))
    ):
        spoken = hits[check] + false[check]
        table[check] = {
            "defects": total[check],
            "recall": round(hits[check] / total[check], 3) if total[check] else None,
            "precision": round(hits[check] / spoken, 3) if spoken else None,
            "named by any check": round(named[check] / total[check], 3) if total[check] else None,
            "false": false[check],
        }
    result: dict[str, Any] = {
        "program text": dict(alarms),
        "checks": table,
        "kinds": {k: {"seeded": v[0], "found": v[1], "named": v[2]} for k, v in by_kind.items()},
        "defects": sum(total.values()),
        "found by their check": sum(hits.values()),
        "named by any check": sum(named.values()),
        "milliseconds a row": round(1000 * sum(seconds) / max(1, len(seconds))),
        "slowest": round(1000 * max(seconds, default=0)),
    }
    if show:
        result["examples"] = {k: v[:3] for k, v in examples.items()}
    return result
