"""Recall and precision of the checks of drafts on seeded defects and harmless edits, as JSON: ``draft_checks.py PLAN.pickle [COUNT] [KIND …]``.

The pickle holds plan, facts and card of a draft. A finding counts as false where the unchanged draft, a harmless edit, or a defect that
the check has nothing to do with raises it.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path


def main() -> None:
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]
    from draft_measure import measure
    from draft_mutants import World

    plan, facts, card = pickle.loads(Path(sys.argv[1]).read_bytes())
    amount = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    found = measure(World(plan, facts, card), amount, tuple(sys.argv[3:]), show=True)
    print(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
