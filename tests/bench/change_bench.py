"""A data version bump of the pilot study: from new datasets and tables to the updated draft with its list of changes.

Run: ``python tests/bench/change_bench.py --folder STUDY [--type csr] [--out DIR]``. One JSON object on stdout: seconds by part, facts, rows
carried and touched, approvals kept, and a recount of the touched rows from the traces alone, which knows nothing of how they were found.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), *(str(ROOT / part) for part in ("steps", "formats", "writing"))]

from change_story import Changing  # noqa: E402
from data_bump import bump  # noqa: E402
from installation import APPROVER, REVIEWER  # noqa: E402
from revisions import paragraphs  # noqa: E402
from studies import sources_of  # noqa: E402
from whole import PASSWORD  # noqa: E402

from docpipe.model.batch import Batch, State  # noqa: E402
from docpipe.model.inline import Text  # noqa: E402
from docpipe.model.segment import OriginKind, Status  # noqa: E402
from docpipe.settings import load  # noqa: E402
from docpipe.steps import change, decide  # noqa: E402
from docpipe.steps import draft_orders as orders  # noqa: E402
from docpipe.steps import sign as signing  # noqa: E402
from docpipe.steps.draft_build import trace_of  # noqa: E402
from docpipe.steps.draft_sources import facts_of  # noqa: E402
from docpipe.steps.house import open_house  # noqa: E402
from docpipe.store import findings  # noqa: E402

EDITED = 150
"""Rows with values that a person words otherwise in the first version."""


def ordered(story: Changing, types: list[str], folder: Path, out: str) -> Batch:
    """A drafting batch of released types."""
    order = orders.DraftOrder(tuple(types), (folder,), provider="program")
    kinds, assets = [], []
    for name in types:
        kind, files = orders.take_type(story.house, name)
        kinds.append(kind)
        assets += files
    taken = tuple(dict.fromkeys([*assets, *orders.take_sources(story.house, [folder])]))
    recipe = orders.make_draft_recipe(
        story.house, orders.DraftOrder(order.types, order.sources, provider="program", assets=taken)
    )
    return orders.take_in_draft(story.house, recipe, kinds, actor="local:bench", out=out)


def release(story: Changing, batch: Batch) -> int:
    """Everything that people do to the first version; how many rows they worded."""
    edited = 0
    for document in story.documents(batch):
        rows = [(s, u) for s, u in story.rows(document) if len(s.source) > 3 and u.origin.kind is OriginKind.PROGRAM]
        chosen = rows[:: max(1, len(rows) // EDITED)][:EDITED]
        targets = {s.id: (*u.target, Text(" See the tables.")) for s, u in chosen}
        decide.edit(story.house, document.id, targets, story.team[REVIEWER], "clearer")
        edited += len(targets)
        for _ in range(2):
            with story.house.store.read() as s:
                blocking = [f.id for f in findings.listing(s, document.id) if f.blocking]
            if blocking:
                decide.dismiss_all(story.house, document.id, blocking, story.team[REVIEWER], "settled elsewhere")
            decide.approve(story.house, document.id, None, story.team[APPROVER])
        signing.sign(story.house, document.id, APPROVER, PASSWORD, "approval")
    state = story.run(batch)
    if state is not State.RELEASED:
        print(f"the first version is {state.value}", file=sys.stderr)
    return edited


def signatures(story: Changing, batch: Batch) -> dict[str, dict[str, Any]]:
    """Row -> what its trace says (texts with the values of their facts), by document."""
    facts = facts_of(story.house, batch.id)
    found: dict[str, dict[str, Any]] = {}
    for document in story.documents(batch):
        rows: dict[str, list[Any]] = defaultdict(list)
        for e in trace_of(story.house, document):
            row = "/".join(e["address"].split("/")[:2])
            said = [sorted((f.raw, f.formatted, f.n or 0) for f in facts.versions(i)) for i in e["facts"]]
            rows[row].append((e["text"], said))
        found[document.path] = {row: json.dumps(parts) for row, parts in rows.items()}
    return found


def recounted(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> set[tuple[str, str]]:
    """Rows of the new version that have no twin in their block of the old one."""
    touched: set[tuple[str, str]] = set()
    for path, rows in after.items():
        there: Counter[tuple[str, Any]] = Counter()
        for row, said in before.get(path, {}).items():
            there[row.rpartition("/")[0], said] += 1
        for row, said in rows.items():
            key = (row.rpartition("/")[0], said)
            if there[key]:
                there[key] -= 1
            else:
                touched.add((path, row))
    return touched


def _differ(one: list[str], other: list[str]) -> list[str]:
    """Paragraphs that stand in one of two documents alone; the words on a draft's face left out."""
    left, right = Counter(one), Counter(other)
    return [p for p in [*(left - right), *(right - left)] if not p.startswith("DRAFT")][:12]


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--folder", type=Path, required=True)
    given.add_argument("--type", action="append", default=[])
    given.add_argument("--out", type=Path)
    args = given.parse_args()
    os.environ["DOCPIPE_OFFICE"] = "off"
    place = args.out or Path(tempfile.mkdtemp(prefix="docpipe-change-bench-"))
    place.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {}
    made = bump(args.folder, sources_of(args.folder), place / "data")
    told["changed_values"] = len(made.changed)
    story = Changing(open_house(load(home=place / "home")), place)
    story.people()
    types = args.type or ["csr"]
    first = ordered(story, types, made.before, str(place / "out1"))
    start = time.perf_counter()
    story.run(first)
    story.through_gates(first)
    told["first_draft_seconds"] = round(time.perf_counter() - start, 1)
    told["edited"] = release(story, first)
    before = signatures(story, first)

    begun = start = time.perf_counter()
    second = change.follow(story.house, first.id, [made.after], actor="local:bench", out=str(place / "out2"))
    story.run(second)
    told["read_compare_plan_seconds"] = round(time.perf_counter() - start, 1)
    start = time.perf_counter()
    story.through_gates(second)
    told["draft_check_copies_seconds"] = round(time.perf_counter() - start, 1)
    start = time.perf_counter()
    report = story.report(second)
    told["report_seconds"] = round(time.perf_counter() - start, 1)
    told["total_seconds"] = round(time.perf_counter() - begun, 1)
    told |= {
        "counted": report["counted"],
        "documents": [d["counted"] | {"file": d["file"]} for d in report["documents"]],
    }
    after = signatures(story, second)
    mine = {(d["file"], r["row"]) for d in report["documents"] for r in d["touched"]}
    theirs = recounted(before, after)
    told["recount"] = {
        "touched": len(theirs), "both": len(mine & theirs), "only_listed": sorted(mine - theirs)[:20], "only_recounted": sorted(theirs - mine)[:20],
    }  # fmt: skip
    rows = [(s, u) for d in story.documents(second) for s, u in story.rows(d)]
    carried = {e.subject.partition("/")[2] for e in story.events(second, "row.carried")}
    told["approvals_kept"] = sum(u.status is Status.APPROVED for s, u in rows if s.id in carried)
    told["approved_otherwise"] = sum(u.status is Status.APPROVED for s, u in rows if s.id not in carried)
    told["edited_rows_with_new_values"] = sum(u.status is Status.EDITED and bool(u.needs_person) for _, u in rows)
    told["edited_rows_that_no_longer_fit"] = sum(
        u.status is Status.TRANSLATED and bool(u.needs_person) for _, u in rows
    )
    for d in story.documents(second):
        copies = place / "out2" / "_review"
        both = (copies / "tracked" / d.path).read_bytes()
        accepted, rejected = paragraphs(both, accept=True), paragraphs(both, accept=False)
        clean = paragraphs((copies / "preview" / d.path).read_bytes(), accept=True)
        former = paragraphs((place / "out1" / "target" / d.path).read_bytes(), accept=True)
        told.setdefault("tracked", []).append(
            {"file": d.path, "paragraphs": len(clean), "accepted_differ": _differ(accepted, clean), "rejected_differ": _differ(rejected, former)}
        )  # fmt: skip
    told["place"] = str(place)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
