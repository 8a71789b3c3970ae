"""What the second look finds of seeded wrong targets, kind by kind, what it says of right ones, and what it costs, as JSON on stdout.

Usage: ``python tests/bench/second_look.py [--targets es,de,zh] [--modes risk,all] [--pages 30] [--per-kind 25] [--seed 1] [--json FILE]``.
A made package and, where it is at hand, a real protocol (English) go through the steps; then targets are altered in the store as if the
model had written them so, and checks and looks run as always.

The simulated provider translates each source again and compares: it knows the truth. So the figures show the route (which wrong rows reach
a look, whether what it names arrives as a finding at the right row, what the looks cost) and not how well a model revises: with a real one
recall is at most ``looked_at`` times its skill, and false alarms are its own.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).resolve().parent)]

from package_maker import write_package  # noqa: E402
from seeded_errors import KINDS, wrong  # noqa: E402
from sqlalchemy import func, select  # noqa: E402

from docpipe.llm.pricing import cost, prices  # noqa: E402
from docpipe.llm.second_look import CHECK, risk_of  # noqa: E402
from docpipe.model.batch import Batch  # noqa: E402
from docpipe.model.chunk import Usage  # noqa: E402
from docpipe.model.document import count_words  # noqa: E402
from docpipe.model.finding import Disposition  # noqa: E402
from docpipe.model.inline import from_wire, spaced_text  # noqa: E402
from docpipe.model.segment import OriginKind, SegmentId, Status  # noqa: E402
from docpipe.settings import load  # noqa: E402
from docpipe.simulate import background  # noqa: E402
from docpipe.simulate.translation import translate as translated  # noqa: E402
from docpipe.steps import admit, check, extract, propagate, recall, second_look, translate  # noqa: E402
from docpipe.steps.house import House, open_house  # noqa: E402
from docpipe.steps.recipes import Order, make_recipe  # noqa: E402
from docpipe.store import documents, findings, second_looks, sections, units  # noqa: E402
from docpipe.store.tables import llm_calls  # noqa: E402

MODEL = "gpt-4.1-mini"
MOST_SHARE = 0.2
"""Of a document's rows: as many are made wrong at most."""
PROTOCOL = ROOT.parent / "shared/corpus/docx/448ccc85a221__H2RACancerRisk_Protocol_V0.5.1.docx"
NOTE = (
    "The reviser is simulated and knows the truth: this measures which wrong rows reach a look and arrive as findings, "
    "not a model's skill. With a model of skill s, recall is about looked_at x s."
)


@dataclass(slots=True)
class Kind:
    """What became of the wrong targets of a kind. ``at_stake``: sources whose words alone put them at risk."""

    seeded: int = 0
    by_checks: int = 0
    looked_at: int = 0
    by_look: int = 0
    by_any: int = 0
    at_stake: int = 0
    at_stake_by_any: int = 0
    silent: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """With shares."""

        def share(n: int, of: int) -> float | None:
            return round(n / of, 4) if of else None

        return {
            "seeded": self.seeded, "found_by_checks": share(self.by_checks, self.seeded), "looked_at": share(self.looked_at, self.seeded),
            "found_by_look": share(self.by_look, self.seeded), "found_of_looked_at": share(self.by_look, self.looked_at),
            "found_by_any": share(self.by_any, self.seeded), "at_stake": self.at_stake,
            "at_stake_found": share(self.at_stake_by_any, self.at_stake), "silent_samples": self.silent[:3],
        }  # fmt: skip


@dataclass(slots=True)
class Rows:
    """Rows that were right."""

    right: int = 0
    unjudged: int = 0
    looked_at: int = 0
    alarms: int = 0
    samples: list[str] = field(default_factory=list)


def texts(house: House, name: str) -> tuple[list[Any], dict[SegmentId, Any]]:
    """Segments and units of a document."""
    with house.store.read() as session:
        return units.segments(session, name), units.units(session, name)


def spoil(house: House, batch: Batch, name: str, per_kind: int, chance: random.Random) -> dict[SegmentId, str]:
    """Makes some targets of a document wrong; the kind by row. The rarest kinds choose first."""
    segments, current = texts(house, name)
    languages = (batch.recipe.source_language, batch.recipe.target_language)
    rows = [
        s
        for s in segments
        if (u := current[s.id]).origin.kind is OriginKind.MODEL
        and u.status is Status.TRANSLATED
        and u.target
        and not u.needs_person
    ]
    candidates = {
        kind: [(s, t) for s in rows if (t := wrong(kind, s.wire, languages, random.Random(f"{chance.random()}")))]
        for kind in KINDS
    }
    most = round(len(rows) * MOST_SHARE)
    chosen: dict[SegmentId, str] = {}
    changed = []
    for left, kind in zip(range(len(KINDS), 0, -1), sorted(KINDS, key=lambda k: len(candidates[k])), strict=True):
        free = [(s, t) for s, t in candidates[kind] if s.id not in chosen]
        for s, target in chance.sample(
            free, min(len(free), per_kind, max(1, (most - len(chosen)) // left), max(0, most - len(chosen)))
        ):
            unit = current[s.id]
            chosen[s.id] = kind
            changed.append(replace(unit, target=from_wire(target, s.source), revision=unit.revision + 1))
    with house.store.write() as session:
        units.save(session, name, changed, house.now(), "bench")
    return chosen


def judge(
    house: House, batch: Batch, name: str, before: Any, chosen: dict[SegmentId, str], kinds: dict[str, Kind], rows: Rows
) -> None:
    """Compares what checks and looks said with what was made wrong. ``before``: findings of the right targets."""
    segments, current = texts(house, name)
    with house.store.read() as session:
        listed = findings.listing(session, name, disposition=Disposition.OPEN)
        looks = second_looks.of_document(session, name)
        heads = sections.paths(session, name, range(len(segments)))
    said: dict[str, Counter[str]] = {}
    looked: dict[str, list[str]] = {}
    for f in listed:
        if f.check.startswith(CHECK):
            looked.setdefault(f.segment, []).append(f.message)
        else:
            said.setdefault(f.segment, Counter())[f.check] += 1
    for place, s in enumerate(segments):
        unit = current[s.id]
        if unit.origin.kind is not OriginKind.MODEL or not unit.target:
            continue
        plain = translated(spaced_text(s.source), batch.recipe.source_language, batch.recipe.target_language)
        if "".join(plain.split()) != "".join(
            spaced_text(
                from_wire(translated(s.wire, batch.recipe.source_language, batch.recipe.target_language), s.source)
            ).split()
        ):
            # The simulated translation of the text without its codes is another: its reviser would call the right target wrong.
            rows.unjudged += 1
            continue
        if s.id not in chosen:
            rows.right += 1
            rows.looked_at += s.id in looks
            rows.alarms += s.id in looked
            if s.id in looked:
                rows.samples.append(f"{s.wire[:160]} => {spaced_text(unit.target)[:160]}: {looked[s.id][0][:200]}")
            continue
        kind = kinds[chosen[s.id]]
        checks = bool(said.get(s.id, Counter()) - Counter(f.check for f in before.get(s.id, ())))
        stake = (
            risk_of(spaced_text(s.source), batch.recipe.source_language, section=heads.get(place, "")).score
            >= second_look.THRESHOLD
        )
        kind.seeded += 1
        kind.by_checks += checks
        kind.looked_at += s.id in looks
        kind.by_look += s.id in looked
        kind.by_any += checks or s.id in looked
        kind.at_stake += stake
        kind.at_stake_by_any += stake and (checks or s.id in looked)
        if not checks and s.id not in looked:
            kind.silent.append(s.wire[:200])


def spent(house: House) -> dict[str, dict[str, float]]:
    """Calls, tokens and cost of received calls by purpose."""
    c = llm_calls.c
    query = select(
        c.purpose, func.count(), func.sum(c.input_tokens), func.sum(c.cached_tokens), func.sum(c.output_tokens)
    )
    with house.store.read() as session:
        rows = session.execute(query.where(c.state == "received").group_by(c.purpose)).all()
    return {
        str(p): {
            "calls": int(n),
            "tokens": int(i) + int(o),
            "cost": round(cost(Usage(int(i), int(k), int(o)), prices(MODEL)), 6),
        }
        for p, n, i, k, o in rows
    }


def run(folder: Path, files: Path, target: str, mode: str, per_kind: int, seed: int) -> dict[str, Any]:
    """One package in one language under one mode."""
    with background() as provider:
        house = open_house(
            load(
                home=folder / "home",
                provider="openai",
                model=MODEL,
                base_url=provider.base_url,
                api_key="none",
                second_look=mode,
            )
        )
        batch = admit.admit(
            house, [files], make_recipe(house, Order("en", target, tracked_changes="final")), actor="bench"
        )
        with house.store.read() as session:
            ids = [d.id for d in documents.of_batch(session, batch.id)]
        for name in ids:
            extract.extract(house, name)
            extract.make_segments(house, name)
        recall.recall_batch(house, batch.id)
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda name: translate.translate(house, name), ids))
        propagate.propagate(house, batch.id)
        translating = spent(house)
        kinds, rows = {kind: Kind() for kind in KINDS}, Rows()
        chance = random.Random(f"{seed} {target}")
        words = looked_words = 0
        for name in sorted(ids, key=lambda n: n):
            segments, current = texts(house, name)
            before = check.findings_of(house, batch, segments, current, [s.id for s in segments])
            chosen = spoil(house, batch, name, per_kind, chance)
            check.check(house, name)
            second_look.second_look(house, name)
            judge(house, batch, name, before, chosen, kinds, rows)
            with house.store.read() as session:
                seen = second_looks.of_document(session, name)
            words += sum(count_words(spaced_text(s.source)) for s in segments)
            looked_words += sum(count_words(spaced_text(s.source)) for s in segments if s.id in seen)
        paid = spent(house)
        house.store.close()
    # Looks at the engine's own doubts were paid for while translating: only what came later is the second look's.
    earlier, all_of_it = (
        translating.get("second-look", {"cost": 0.0, "tokens": 0}),
        paid.get("second-look", {"cost": 0.0, "tokens": 0}),
    )
    look_cost, look_tokens = all_of_it["cost"] - earlier["cost"], all_of_it["tokens"] - earlier["tokens"]
    total, tokens = sum(p["cost"] for p in paid.values()), sum(p["tokens"] for p in paid.values())
    return {
        "target": target, "mode": mode, "words": words, "words_looked_at": round(looked_words / words, 4) if words else 0.0,
        "kinds": {name: kind.as_dict() for name, kind in kinds.items()},
        "right": {
            "rows": rows.right, "rows_that_the_simulation_cannot_judge": rows.unjudged, "looked_at": rows.looked_at, "false_alarms": rows.alarms,
            "false_alarms_per_100_looked_at": round(100 * rows.alarms / rows.looked_at, 2) if rows.looked_at else None, "samples": rows.samples[:5],
        },
        "share_of_cost": round(look_cost / total, 4) if total else None, "share_of_tokens": round(look_tokens / tokens, 4) if tokens else None,
    }  # fmt: skip


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--targets", default="es,de,zh")
    parser.add_argument("--modes", default="risk,all")
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--per-kind", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", default="")
    given = parser.parse_args()
    began = time.monotonic()
    found = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        files = Path(place) / "package"
        write_package(files, given.pages, given.seed)
        if PROTOCOL.is_file():
            (files / "real").mkdir()
            (files / "real" / "protocol.docx").write_bytes(PROTOCOL.read_bytes())
        for target in given.targets.split(","):
            for mode in given.modes.split(","):
                folder = Path(place) / f"{target}-{mode}"
                folder.mkdir()
                found.append(run(folder, files, target, mode, given.per_kind, given.seed))
                print(f"{target} {mode}: {round(time.monotonic() - began)} s", file=sys.stderr)
    result = {"note": NOTE, "model_prices": MODEL, "runs": found, "seconds": round(time.monotonic() - began, 1)}
    text = json.dumps(result, ensure_ascii=False, indent=1)
    print(text)
    if given.json:
        Path(given.json).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
