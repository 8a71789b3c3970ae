"""`docpipe estimate`. Imports steps lazily."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from docpipe.cli.door import DONE, PARTIAL, REFUSED, Json, out, table, text

CLASSES = {
    "previous": "from the previous version", "in_context": "in-context match", "exact": "exact match", "fuzzy": "fuzzy match",
    "repetition": "repetition", "model": "by the model", "pseudo": "by a person (pseudo-translated)", "no_text": "no text to translate",
}  # fmt: skip

NAMES = {
    "first": "first requests", "re-ask": "re-asks", "alignment": "looks at alignment", "second-look": "second looks", "brief": "briefs",
    "back-translation": "back-translations",
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("estimate")(estimate)


def estimate(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders, zip archives.")],
    source: Annotated[str, typer.Option("--from", help="Source language (BCP 47: en, zh-CN, …).")],
    target: Annotated[str, typer.Option("--to", help="Target language.")],
    tm: Annotated[
        list[Path] | None, typer.Option("--tm", help="Memory: TMX or CSV; may be given more than once.")
    ] = None,
    termbase: Annotated[
        list[Path] | None, typer.Option("--termbase", help="Termbase CSV: concept,source,target,status,note.")
    ] = None,
    previous: Annotated[
        list[Path] | None, typer.Option("--previous", help="Previous version: a folder with source/ and target/.")
    ] = None,
    profile: Annotated[Path | None, typer.Option("--profile", help="TOML file with the recipe's keys.")] = None,
    review: Annotated[str | None, typer.Option("--review", help="required | none (a draft, not reviewed).")] = None,
    provider: Annotated[str | None, typer.Option("--provider", help="openai | rehearsal.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="The model's name at the provider.")] = None,
    base_url: Annotated[str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server.")] = None,
    tracked_changes: Annotated[str | None, typer.Option("--tracked-changes", help="refuse | final.")] = None,
    overnight: Annotated[
        bool, typer.Option("--overnight", help="By the provider's Batch API: within a day, at a lower price.")
    ] = False,
    tpm: Annotated[int, typer.Option("--tpm", help="Plan for so many tokens a minute of the provider.")] = 0,
    rpm: Annotated[int, typer.Option("--rpm", help="Plan for so many requests a minute.")] = 0,
    latency: Annotated[
        str, typer.Option("--latency", help="Plan for a call's first token: fixed:SECONDS or lognormal:MEDIAN,SIGMA.")
    ] = "",
    speed: Annotated[float, typer.Option("--speed", help="Plan for tokens a second of one answer.")] = 60.0,
    concurrency: Annotated[int, typer.Option("--concurrency", help="Plan for so many calls at once.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Json = False,
) -> int:
    """Says what a batch would need: pages, words, leverage, tokens, cost, hours. Nothing is sent, spent or admitted.

    With limits of a provider (--tpm, --rpm, --latency) the hours are planned for these.

    Example: docpipe estimate submission/ --from zh-CN --to en --previous v1/ --termbase terms.csv --tpm 400000
    """
    from docpipe.cli.session import open_for_command
    from docpipe.cli.show import progress
    from docpipe.simulate.planning import Limits
    from docpipe.steps import assets
    from docpipe.steps.collect import collect
    from docpipe.steps.estimate import estimate as reckon
    from docpipe.steps.recipes import Order, make_recipe

    house = open_for_command(provider=provider, model=model, base_url=base_url)
    order = Order(source, target, review, profile, tracked_changes, delivery="overnight" if overnight else "")
    make_recipe(house, order)  # a wrong order is told before anything is read
    taken = [assets.add_memory(house, p, source, target) for p in tm or []]
    taken += [assets.add_termbase(house, p) for p in termbase or []]
    taken += [assets.add_previous(house, p) for p in previous or []]
    recipe = make_recipe(house, replace(order, assets=tuple(taken)))
    limits = None
    if tpm or rpm or latency or concurrency:
        limits = Limits(rpm, tpm, latency or Limits().latency, speed, concurrency or recipe.concurrency)
    with progress(quiet=quiet):
        result = reckon(house, collect(paths), recipe, limits=limits).as_dict()
    if as_json:
        out(result)
    else:
        show(result)
    if result["refused"] == result["files"]:
        return REFUSED
    return PARTIAL if result["refused"] else DONE


def show(result: dict[str, Any]) -> None:
    """The estimate for people."""
    for d in result["documents"]:
        if d["error"]:
            text(f"{d['file']} would be refused: {d['error']['code']}: {d['error']['message']}")
    words = max(result["words"], 1)
    rows = [
        [CLASSES[name], f"{n:,}", f"{100 * n / words:.1f} %"] for name, n in result["leverage"].items() if n and name in CLASSES
    ]  # fmt: skip
    table(["words", "", ""], rows, right=(1, 2))
    estimated = " (partly estimated)" if result["pages_estimated"] else ""
    text(
        f"{result['files']} files, {result['pages']:,} pages{estimated}, {result['words']:,} words, "
        f"{result['characters']:,} characters, {result['segments']:,} segments."
    )
    tokens, money = result["tokens"], result["cost"]
    how = "counted" if tokens["exact"] else "estimated with another model's encoding"
    text(
        f"{result['calls']:,} calls, {tokens['input']:,} tokens in ({tokens['cached']:,} cached), {tokens['output']:,} out; {how}."
    )
    kinds = [f"{p['calls']:,} {NAMES.get(name, name)}" for name, p in result["purposes"].items()]
    if len(kinds) > 1:
        text(f"Of these calls: {', '.join(kinds)}.")
    if money["prices_known"] or not result["calls"]:
        factor = money["overnight_factor"]
        lower = f", the first requests at {100 * factor:.0f} % of their price" if factor not in (None, 1.0) else ""
        text(f"Cost: {money['amount']:.4f} {money['currency']}{lower}.")
    else:
        text("Cost: not known, there is no price for this model (key `prices` of a profile).")
    if again := result.get("paid_again"):
        text(again["says"])
    for who in ("machine", "people"):
        text(f"{who.capitalize()}: {_hours(result[who]['hours'])}. {result[who]['basis']}")


def _hours(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{hours * 60:.0f} min" if hours * 60 >= 1 else "less than a minute"
