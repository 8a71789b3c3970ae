"""Recall and false alarms of the check of reports on typed defects, as JSON or a table: ``report_mutants.py [--count N] [--only KIND|CHECK]… [--pdf] FILE.pickle…``.

A pickle holds plan, facts, card, report (``report_written.Report``) and study of a correct report: ``FILE.pickle --make FOLDER`` reads a
study and writes one; with ``--perturb SEED`` of a copy of it with other names, subjects and outcomes, a study that no rule was made on. With
``--pdf`` every copy is laid out by LibreOffice and read as PDF. ``--seed`` chooses other defects.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any


def main() -> None:
    tests = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(tests), str(tests / "writing"), str(tests.parent)]
    from report_measure import lines, measure, table

    parser = argparse.ArgumentParser()
    parser.add_argument("reports", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--pdf", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--type", default="csr")
    parser.add_argument("--make", type=Path, help="folder of a study")
    parser.add_argument("--perturb", type=int, help="seed of a copy of the study; only with --make")
    parser.add_argument("--seed", type=int, default=0, help="of the defects")
    given = parser.parse_args()
    if given.make:
        with tempfile.TemporaryDirectory() as scratch:
            folder = given.make if given.perturb is None else copied(given.make, given.perturb, Path(scratch) / "study")
            given.reports[0].write_bytes(pickle.dumps(made(folder, given.type)))
        return
    told = {
        p.stem: measure(_bench(pickle.loads(p.read_bytes()), given), given.count, tuple(given.only), show=True)
        for p in given.reports
    }
    result = {**table(told.values()), "reports": told}
    if given.table:
        print("\n".join(lines({k: v for k, v in result.items() if k != "reports"})))
        for name, one in told.items():
            for what, examples in sorted(one["examples"].items()):
                print(f"\n{name} {what}", *examples, sep="\n    ")
        return
    print(json.dumps(result, indent=1, ensure_ascii=False))


def _bench(kept: tuple[Any, ...], given: argparse.Namespace) -> Any:
    from draft_mutants import World
    from report_measure import Bench
    from report_mutants import Desk

    plan, facts, card, report, study = kept
    desk = Desk(report, World(plan, facts, card, Random(7 + given.seed)), Random(11 + given.seed))
    return Bench(desk, study, facts, given.type, _pdf if given.pdf else None)


def copied(folder: Path, seed: int, out: Path) -> Path:
    """A perturbed copy of a study."""
    from perturb import perturb
    from studies import sources_of

    return perturb(folder, sources_of(folder), out, seed)


def made(folder: Path, kind: str) -> tuple[Any, ...]:
    """Plan, facts, card, report and study of a folder."""
    from drafted import type_named
    from report_written import as_people_have_it
    from studies import study_of

    from docpipe.writing.card import card_of
    from docpipe.writing.plan import make_plan
    from docpipe.writing.word.options import WordOptions
    from docpipe.writing.word.write import write

    study = study_of(folder)
    plan, book = make_plan(type_named(kind), study)
    facts = study.store.with_facts(book.made.values())
    data = write(plan, {}, facts, WordOptions(study=plan.study))
    return plan, facts, card_of(study), as_people_have_it(data, {f.id: f for f in facts}, plan.arms), study


def _pdf(data: bytes) -> bytes:
    from docpipe.safe.office import find_office, to_pdf

    with tempfile.TemporaryDirectory():
        return to_pdf(find_office("auto"), data, ".docx", seconds=300)


if __name__ == "__main__":
    main()
