"""Tokens sent per source token (first requests, and all that a run sends), share of cached tokens, cost with and without de-duplication; JSON.

    python tests/bench/context_tokens.py [--pages 120] [--from en] [--to zh] [--folder FOLDER] [--memory FILE]

The requests are those that a batch makes, counted as the o200k models count; the cached share and what a run sends in all (re-asks, looks at
alignment and second looks included) are the simulated provider's bill, with no faults.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from package_maker import make_package

from docpipe import simulate
from docpipe.llm.pricing import cost, profile
from docpipe.model.canonical import digest_bytes
from docpipe.model.chunk import Usage
from docpipe.model.inline import plain_text
from docpipe.model.language import primary
from docpipe.model.recipe import Recipe
from docpipe.model.segment import Segment
from docpipe.prompts import load as prompt
from docpipe.segment.segments import segment
from docpipe.segment.tokens import count, ratio
from docpipe.settings import load
from docpipe.steps import (
    admit,
    assets,
    check,
    context,
    extract,
    propagate,
    reading,
    recall,
    second_look,
    translate,
)
from docpipe.steps.collect import collect
from docpipe.steps.house import House, open_house
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import documents
from docpipe.store.past_usage import past_usage

MODEL = "gpt-4.1"
ANSWER_TOKENS = 9


@dataclass(slots=True)
class Sum:
    """Figures of one way to ask."""

    calls: int = 0
    source: int = 0
    system: int = 0
    user: int = 0
    brief: int = 0
    output: int = 0
    seconds: float = 0.0

    @property
    def sent(self) -> int:
        return self.system + self.user + self.brief

    def as_dict(self, cached: float) -> dict[str, Any]:
        usage = Usage(self.sent, round(self.sent * cached), self.output)
        return {
            "calls": self.calls, "source_tokens": self.source, "sent_tokens": self.sent, "brief_tokens": self.brief,
            "sent_per_source_token": round(self.sent / max(1, self.source), 3),
            "user_part_per_source_token": round(self.user / max(1, self.source), 3),
            "output_tokens": self.output, "cost_usd": round(cost(usage, profile(MODEL).prices or (0.0, 0.0, 0.0)), 4),
            "seconds": round(self.seconds, 2),
        }  # fmt: skip


def asked(house: House, recipe: Recipe, files: list[tuple[str, list[Segment]]], *, alike_once: bool) -> Sum:
    """The requests of a package, counted. ``alike_once``: equal texts are asked once in the package."""
    found, seen = Sum(), set[str]()
    grows = ratio(primary(recipe.source_language), primary(recipe.target_language))
    for path, segments in files:
        rows = [s for s in segments if any(ch.isalpha() for ch in plain_text(s.source))]
        if alike_once:
            rows = [s for s in rows if not (s.digest in seen or seen.add(s.digest))]  # type: ignore[func-returns-value]
        if not rows:
            continue
        began = time.perf_counter()
        plan = context.planned(house, recipe, path, segments, rows)
        brief = context.planned_brief(house, recipe, segments)
        tasks = [plan.craft.task(c, {}).text for c in plan.chunks]
        found.seconds += time.perf_counter() - began
        source = sum(count(plain_text(s.source)) for s in rows)
        found.calls += len(tasks) + bool(brief)
        found.source += source
        found.system += count(plan.prompt.render_system()) * len(tasks)
        found.user += sum(count(t) for t in tasks)
        found.brief += count(brief) if brief else 0
        found.output += round(source * grows) + ANSWER_TOKENS * len(rows)
    return found


def billed(folder: Path, home: Path, source: str, target: str) -> dict[str, Any]:
    """The bill of the simulated provider, by a batch of the package that is really asked up to its checkpoints."""
    with simulate.background() as provider:
        house = open_house(
            load(home=home, provider="openai", model="simulated", base_url=provider.base_url, api_key="none")
        )
        recipe = make_recipe(house, Order(source, target, review="required"))
        batch = admit.admit(house, [folder], recipe, actor="local:bench", out=str(home / "out"))
        with house.store.read() as session:
            names = [d.id for d in documents.of_batch(session, batch.id)]
        for name in names:
            extract.extract(house, name)
            extract.make_segments(house, name)
        recall.recall_batch(house, batch.id)
        for name in names:
            translate.translate(house, name)
        propagate.propagate(house, batch.id)
        for name in names:
            check.check(house, name)
            second_look.second_look(house, name)
        charged: dict[str, Any] = dict(provider.bill()["charged"])
        with house.store.read() as session:
            past = past_usage(session, recipe.provider, [recipe.model])
        purposes = {
            n: {
                "calls": p.calls,
                "input": p.usage.input_tokens,
                "cached": p.usage.cached_tokens,
                "output": p.usage.output_tokens,
            }
            for n, p in past.items()
        }
        house.store.close()
    return {**charged, "by_purpose": purposes, "share": round(charged["cached"] / max(1, charged["input"]), 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--from", dest="source", default="en")
    parser.add_argument("--to", dest="target", default="zh")
    parser.add_argument("--folder", type=Path, help="documents to ask for instead of made ones")
    parser.add_argument("--memory", type=Path, help="a TMX or CSV, to measure with similar texts too")
    parser.add_argument("--no-run", action="store_true", help="count only; ask nobody")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        os.environ["DOCPIPE_HOME"] = name
        folder = arguments.folder or home / "package"
        if arguments.folder is None:
            for planned, data, _ in make_package(arguments.pages, 1):
                place = folder / planned.path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
        house = open_house(load(home=home / "plan", provider="openai", model=MODEL, api_key="none"))
        given = (
            [assets.add_memory(house, arguments.memory, arguments.source, arguments.target)] if arguments.memory else []
        )
        recipe = make_recipe(house, Order(arguments.source, arguments.target, assets=tuple(given)))
        files: list[tuple[str, list[Segment]]] = []
        for file in collect([folder]):
            media_type, _, refused = admit.judged(file)
            if refused is None:
                blocks = reading.load(reading.read(house.settings, media_type, file.data, recipe.policy)).blocks
                files.append((file.path, segment(blocks, digest_bytes(file.data), arguments.source)))
        bill = {} if arguments.no_run else billed(folder, home / "run", arguments.source, arguments.target)
        share = float(bill.get("share", 0.0))
        first = prompt("translate/segments", 1)
        bare = replace(recipe, prompt=first.name, prompt_digest=first.digest)
        told = asked(house, recipe, files, alike_once=True)
        figures = {
            "documents": len(files),
            "with_context": told.as_dict(share),
            "with_context_not_deduplicated": asked(house, recipe, files, alike_once=False).as_dict(share),
            "first_prompt_without_context": asked(house, bare, files, alike_once=True).as_dict(0.0),
            "provider_bill": bill,
            "sent_per_source_token_of_a_run": {
                n: round(p["input"] / max(1, told.source), 3) for n, p in bill.get("by_purpose", {}).items()
            }
            | {"all": round(bill.get("input", 0) / max(1, told.source), 3)},
        }
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
