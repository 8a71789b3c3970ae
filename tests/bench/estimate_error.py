"""How far estimates are from what the same batches then use, as JSON on stdout: words, repetitions, calls, tokens, cost, machine hours.

Usage: ``python tests/bench/estimate_error.py [--pages 40] [--seeds 1,2,3] [--samples] [--latency lognormal:0.2,0.5] [--speed 2000]``. Made packages
and this project's samples go through the steps against the simulated provider; each in an installation of its own, so that nothing is
known from past batches.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from package_maker import write_package  # noqa: E402

from docpipe.llm.pricing import prices  # noqa: E402
from docpipe.settings import load  # noqa: E402
from docpipe.simulate import Running, background  # noqa: E402
from docpipe.simulate.planning import Limits  # noqa: E402
from docpipe.steps import (  # noqa: E402
    admit,
    assets,
    check,
    extract,
    open_checkpoint,
    propagate,
    recall,
    second_look,
    translate,
)
from docpipe.steps.collect import collect  # noqa: E402
from docpipe.steps.estimate import estimate  # noqa: E402
from docpipe.steps.house import House, open_house  # noqa: E402
from docpipe.steps.measure import measure  # noqa: E402
from docpipe.steps.recipes import Order, make_recipe  # noqa: E402
from docpipe.store import calls, documents  # noqa: E402
from docpipe.store.past_usage import past_usage  # noqa: E402

MODEL = "gpt-4.1-mini"


def run(house: House, paths: list[Path], order: Order) -> tuple[dict[str, Any], float]:
    """A batch up to its checkpoint: its figures, and the seconds in which model calls were made."""
    recipe = make_recipe(house, order)
    batch = admit.admit(house, paths, recipe, actor="bench")
    with house.store.read() as session:
        ids = [d.id for d in documents.of_batch(session, batch.id)]
    for name in ids:
        extract.extract(house, name)
        extract.make_segments(house, name)
    recall.recall_batch(house, batch.id)
    began = time.monotonic()
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda name: translate.translate(house, name), ids))
    seconds = time.monotonic() - began
    propagate.propagate(house, batch.id)
    for name in ids:
        check.check(house, name)
    began = time.monotonic()
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda name: second_look.second_look(house, name), ids))
    seconds += time.monotonic() - began
    for name in ids:
        open_checkpoint.open_checkpoint(house, name)
    figures = measure(house, batch.id)
    with house.store.read() as session:
        totals = calls.totals(session, batch.id)
        past = past_usage(session, recipe.provider, [recipe.model])
        purposes = {
            n: [p.calls, p.usage.input_tokens, p.usage.cached_tokens, p.usage.output_tokens] for n, p in past.items()
        }
    return {
        **figures,
        "received": totals.received,
        "usage": totals.usage,
        "spent": totals.cost,
        "purposes": purposes,
    }, seconds


def error(told: float, real: float) -> float | None:
    """How far an estimate is off, as a share of what was used."""
    return round((told - real) / real, 4) if real else (0.0 if not told else None)


def compared(
    house: House, paths: list[Path], source: str, target: str, provider: Running, limits: Limits, given: tuple[Any, ...]
) -> dict[str, Any]:
    """One package's estimate against its run."""
    order = Order(source, target, assets=given)
    began = time.monotonic()
    told = estimate(house, collect(paths), make_recipe(house, order), limits=limits).as_dict()
    took = time.monotonic() - began
    figures, seconds = run(house, paths, order)
    bill = provider.bill()
    later = estimate(house, collect(paths), make_recipe(house, order), limits=limits).as_dict()
    return {
        "pages": told["pages"],
        "errors": {n: error(a, b) for n, (a, b) in pairs_of(told, figures, seconds).items()},
        "errors_once_measured": {n: error(a, b) for n, (a, b) in pairs_of(later, figures, seconds).items()},
        "estimated": {n: a for n, (a, _) in pairs_of(told, figures, seconds).items()},
        "used": {n: round(b, 6) for n, (_, b) in pairs_of(told, figures, seconds).items()},
        "purposes": {"calls, tokens in, cached, out": figures["purposes"], "estimated": told["purposes"]},
        "ledger_is_bill": bill["charged"]["calls"] == figures["received"],
        "estimate_seconds": round(took, 2),
    }


def pairs_of(told: dict[str, Any], figures: dict[str, Any], seconds: float) -> dict[str, tuple[float, float]]:
    """What was told and what was used, by name."""
    usage = figures["usage"]
    return {
        "words": (told["words"], figures["words"]),
        "repetitions": (told["repetitions"], figures["leverage"]["repetition"]),
        "calls": (told["calls"], figures["received"]),
        "tokens_in": (told["tokens"]["input"], usage.input_tokens),
        "tokens_cached": (told["tokens"]["cached"], usage.cached_tokens),
        "tokens_out": (told["tokens"]["output"], usage.output_tokens),
        "cost": (told["cost"]["amount"], figures["spent"]),
        "model_hours": (told["machine"]["model_hours"], seconds / 3600),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--samples", action="store_true")
    parser.add_argument("--latency", default="lognormal:0.2,0.5")
    parser.add_argument("--speed", type=float, default=2000.0)
    parser.add_argument("--tpm", type=int, default=0)
    given = parser.parse_args()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        jobs: list[tuple[str, list[Path], str, str, Path | None]] = []
        for seed in given.seeds.split(","):
            if seed:
                path = Path(folder) / f"package-{seed}"
                write_package(path, given.pages, int(seed))
                jobs.append((f"made-{seed}", [path], "en", "es", None))
        if given.samples:
            root = ROOT / "samples"
            jobs.append(("report-en", [root / "report-en" / "submission"], "en", "de", None))
            jobs.append(("protocol-zh", [root / "protocol-zh" / "submission"], "zh-CN", "en", root / "protocol-zh"))
        for name, paths, source, target, kept in jobs:
            settings = {"latency": given.latency, "speed": given.speed, "tpm": given.tpm}
            price = prices(MODEL)
            with background(**settings, seed=1, prices={MODEL: price} if price else {}) as provider:
                house = open_house(
                    load(
                        home=Path(folder) / name,
                        provider="openai",
                        model=MODEL,
                        base_url=provider.base_url,
                        api_key="sk-bench",
                    )
                )
                taken: list[Any] = []
                if kept is not None:
                    taken = [assets.add_memory(house, kept / "assets/memory.tmx", source, target)]
                    taken.append(assets.add_termbase(house, kept / "assets/termbase.csv"))
                    taken.append(assets.add_previous(house, kept / "previous"))
                limits = Limits(0, given.tpm, given.latency, given.speed, house.settings.concurrency)
                found[name] = compared(house, paths, source, target, provider, limits, tuple(taken))
                house.store.close()
            print(name, found[name]["errors"], file=sys.stderr)
    worst = {
        kind: {n: max(abs(row[kind][n] or 0.0) for row in found.values()) for n in next(iter(found.values()))[kind]}
        for kind in ("errors", "errors_once_measured")
    }
    print(json.dumps({"packages": found, "worst": worst}, indent=1))


if __name__ == "__main__":
    main()
