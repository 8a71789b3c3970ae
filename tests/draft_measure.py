"""Counts what the checks of drafts find of seeded defects, and what they say of harmless edits."""

from __future__ import annotations

import importlib
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from draft_mutants import MAKERS, MUST, Mutant, World, chosen

from docpipe.model.document import Address
from docpipe.model.finding import Finding, Severity
from docpipe.registry import draft_checks
from docpipe.writing.checking import number, run_draft_checks
from docpipe.writing.cross_checks import CROSS_CHECKS
from docpipe.writing.file_checks import FILE_CHECKS, run_file_checks

for _path in sorted(Path(__file__).parent.glob("draft_mutants_of_*.py")):
    importlib.import_module(_path.stem)

ALL = (*draft_checks(), *CROSS_CHECKS, *FILE_CHECKS)
"""Every check of drafts: of a text, of documents beside each other, of the finished file."""
NUMBERS = tuple(dict.fromkeys(number(c.id) for c in ALL))
BLOCKING = frozenset(number(c.id) for c in ALL if c.severity is Severity.CRITICAL)
Said = set[tuple[str, str, str]]
"""Check, severity, message."""


def measure(world: World, count: int = 20, kinds: tuple[str, ...] = (), show: bool = False) -> dict[str, Any]:
    """Seeds, runs, counts: counts by check and by kind, as ``table`` adds them up over drafts."""
    base = {a: _said(fs) for a, fs in run_draft_checks(world.draft()).items()}
    untouched = [m for m in (x for fs in base.values() for x in fs) if m[0] != "M6"]
    untouched += list(_said(run_file_checks(world.document)))
    by_check: dict[str, Counter[str]] = defaultdict(Counter)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    examples: dict[str, list[str]] = defaultdict(list)
    seconds: list[float] = []
    for check, _, message in untouched:
        by_check[check]["untouched"] += 1
        examples[f"untouched {check}"].append(message)
    for mutant in chosen(world, count, kinds):
        began = time.perf_counter()
        new = _new(world, mutant, base)
        if not mutant.whole and mutant.found is None:
            seconds.append(time.perf_counter() - began)
        told = {c for c, _, _ in new}
        by_kind[mutant.kind]["seeded"] += 1
        if mutant.must:
            found = mutant.must in told
            named = any(s != "minor" for _, s, _ in new)
            by_check[mutant.must].update(defects=1, found=found, named=named)
            by_kind[mutant.kind].update(found=found, named=named)
            if not found:
                examples[f"missed {mutant.kind}"].append(str(mutant.address))
        for check in told - {mutant.must} - mutant.may:
            by_check[check]["false"] += 1
            message = next(m for c, _, m in new if c == check)
            examples[f"false {check} in {mutant.kind}"].append(f"{mutant.address} {message}")
    result: dict[str, Any] = {
        "counts": {c: dict(n) for c, n in by_check.items()},
        "kinds": {k: dict(n) for k, n in by_kind.items()},
        "milliseconds a row": round(1000 * sum(seconds) / max(1, len(seconds))),
        "slowest": round(1000 * max(seconds, default=0)),
    }
    if show:
        result["examples"] = {k: v[:3] for k, v in examples.items()}
    return result


def _new(world: World, mutant: Mutant, base: Mapping[Address, Said]) -> Said:
    """What is said of a mutant and not of the untouched draft."""
    if mutant.found is not None:
        return _said(mutant.found())
    only = None if mutant.whole else [mutant.address]
    found = run_draft_checks(world.draft(mutant), only=only)
    return {s for a, fs in found.items() for s in _said(fs) - base.get(a, set())}


def _said(found: Iterable[Finding]) -> Said:
    return {(number(f.check), f.severity.value, f.message) for f in found}


def table(results: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Several drafts' counts as one table by check. ``false``: what untouched drafts, harmless edits and defects of others raise."""
    sums: dict[str, Counter[str]] = {c: Counter() for c in NUMBERS}
    for result in results:
        for check, counts in result["counts"].items():
            sums.setdefault(check, Counter()).update(counts)
    rows = {}
    for check in sorted(sums, key=_place):
        n = sums[check]
        false = n["false"] + n["untouched"]
        spoken = n["found"] + false
        rows[check] = {
            "blocks": check in BLOCKING,
            "defects": n["defects"],
            "recall": round(n["found"] / n["defects"], 3) if n["defects"] else None,
            "precision": round(n["found"] / spoken, 3) if spoken else None,
            "named by any check": round(n["named"] / n["defects"], 3) if n["defects"] else None,
            "false": n["false"],
            "false on untouched drafts": n["untouched"],
        }
    blocking = [n for c, n in sums.items() if c in BLOCKING]
    defects = sum(n["defects"] for n in blocking)
    return {
        "checks": rows,
        "defects": sum(n["defects"] for n in sums.values()),
        "found by their check": sum(n["found"] for n in sums.values()),
        "named by any check": sum(n["named"] for n in sums.values()),
        "recall of blocking checks": round(sum(n["found"] for n in blocking) / max(1, defects), 4),
        "false": sum(n["false"] for n in sums.values()),
        "false on untouched drafts": sum(n["untouched"] for n in sums.values()),
    }


def seedable(world: World, count: int) -> Counter[str]:
    """How many mutants each check gets on a draft; nothing is run."""
    made: Counter[str] = Counter()
    for kind in MAKERS:
        if MUST[kind]:
            made[MUST[kind]] += sum(1 for _ in chosen(world, count, (kind,)))
    return made


def _place(check: str) -> tuple[str, int]:
    family = re.match(r"[A-Z]+", check)
    return (family[0] if family else "", int("".join(filter(str.isdigit, check))))
