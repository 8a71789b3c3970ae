"""Recall and precision of the checks of drafts on seeded defects and harmless edits, as JSON: ``draft_checks.py [--count N] [--kind K]… PLAN.pickle…``.

A pickle holds plan, facts and card of a draft. A finding counts as false where the untouched draft, a harmless edit, or a defect that
the check has nothing to do with raises it.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
from pathlib import Path


def main() -> None:
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]
    from draft_measure import measure, table
    from draft_mutants import World

    parser = argparse.ArgumentParser()
    parser.add_argument("drafts", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--kind", action="append", default=[])
    given = parser.parse_args()
    drafts = {}
    for path in given.drafts:
        plan, facts, card = pickle.loads(path.read_bytes())
        drafts[path.stem] = measure(World(plan, facts, card), given.count, tuple(given.kind), show=True)
    print(json.dumps({**table(drafts.values()), "drafts": drafts}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
