"""`docpipe draft`: a study's documents drafted from its own data. Imports steps and dispatch lazily."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docpipe.cli.door import DONE, PARTIAL, REFUSED, WAITING, Json, out, say, table, text

if TYPE_CHECKING:
    from docpipe.steps.house import House

MOST_SHOWN = 12


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("draft")(draft)


def draft(
    types: Annotated[
        list[str],
        typer.Option("--type", help="Document type, or the file of one of your own; may be given more than once."),
    ],
    sources: Annotated[
        list[Path], typer.Option("--sources", help="Files, folders, zip archives; may be given more than once.")
    ],
    folder: Annotated[Path | None, typer.Option("--out", help="Folder for results [default: ./docpipe-BATCH].")] = None,
    template: Annotated[Path | None, typer.Option("--template", help="House template: DOCX with its styles.")] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="TOML: blocks to leave out with reasons, [leave_out].")
    ] = None,
    previous: Annotated[
        list[Path] | None,
        typer.Option("--previous", help="Previous draft (DOCX): what differs is shown as tracked changes."),
    ] = None,
    profile: Annotated[Path | None, typer.Option("--profile", help="TOML file with the recipe's keys.")] = None,
    review: Annotated[str | None, typer.Option("--review", help="required | none (a draft, not reviewed).")] = None,
    blinded: Annotated[
        bool | None, typer.Option("--blinded/--unblinded", help="Whether the document may not tell who got what.")
    ] = None,
    provider: Annotated[str | None, typer.Option("--provider", help="openai | program (the type's own text).")] = None,
    model: Annotated[str | None, typer.Option("--model", help="The model's name at the provider.")] = None,
    base_url: Annotated[str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server.")] = None,
    budget: Annotated[float | None, typer.Option("--budget", help="Most that the batch may cost.")] = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", help="Model calls in flight at once.")] = None,
    proposals: Annotated[
        bool | None,
        typer.Option("--proposals/--no-proposals", help="A model proposes marked text for gaps; people answer for it."),
    ] = None,
    deliver: Annotated[str, typer.Option("--deliver", help="Besides the document: pdf.")] = "",
    name: Annotated[str, typer.Option("--name", help="A name for lists.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Json = False,
) -> int:
    """Drafts documents from a study's own data and stops at the checkpoints for people (exit code 4).

    Example: docpipe draft --type csr --type narratives --sources study/ --out report/
    """
    from docpipe.cli.session import open_for_command
    from docpipe.cli.show import progress
    from docpipe.steps import draft_orders as orders
    from docpipe.steps.house import local_actor
    from docpipe.steps.release import refuse_foreign

    chosen = None if provider == orders.PROGRAM else provider
    house = open_for_command(provider=chosen, model=model, base_url=base_url, concurrency=concurrency)
    order = orders.DraftOrder(
        tuple(types), tuple(sources), review, profile, budget=budget, provider=provider or "", blinded=blinded,
        deliver=tuple(deliver.replace(",", " ").split()), proposals=proposals,
    )  # fmt: skip
    orders.make_draft_recipe(house, order)  # a wrong order is told before anything is taken in
    kinds, assets = [], []
    for given in dict.fromkeys(types):
        kind, files = orders.take_type(house, given)
        kinds.append(kind)
        assets += files
    if plan is not None and plan.is_file():
        orders.check_plan(plan.read_bytes(), kinds)
    handed = [p for p in (template, plan, *(previous or [])) if p is not None]
    if folder:
        refuse_foreign(folder.absolute(), [*sources, *handed])
    earlier = [(orders.PREVIOUS, p) for p in previous or []]
    for role, path in ((orders.TEMPLATE, template), (orders.PLAN, plan), *earlier):
        if path is not None:
            assets.append(orders.keep_file(house, role, path))
    assets += orders.take_sources(house, sources)
    recipe = orders.make_draft_recipe(house, replace(order, assets=tuple(dict.fromkeys(assets))))
    with progress(quiet=quiet):
        where = str(folder.absolute()) if folder else ""
        batch = orders.take_in_draft(house, recipe, kinds, actor=local_actor(), name=name, out=where)
        if not folder:
            _default_folder(house, batch.id)
        by = recipe.model or "the program text of its types"
        say(f"Batch {batch.id}: {', '.join(k.title for k in kinds)}, worded by {by}.")
        return go_on(house, batch.id, as_json)


def _default_folder(house: House, batch: str) -> None:
    from docpipe.store import batches

    with house.store.write() as session:
        batches.set_out(session, batch, str(Path.cwd() / f"docpipe-{batch}"))


def go_on(house: House, batch: str, as_json: bool) -> int:
    """Runs the flow to its next state and shows the result."""
    from docpipe.dispatch import run_here
    from docpipe.steps.outcome import outcome

    run_here(house, batch, say)
    result = outcome(house, batch)
    if as_json:
        out(result)
    else:
        show(result)
    return exit_code(result)


def exit_code(result: dict[str, Any]) -> int:
    """The exit code of a drafting batch: 4 waits, 0 done, 1 partial (something refused, or critical and open), else the failure's own."""
    documents = result["documents"]
    states = {d["state"] for d in documents}
    failed = [d for d in documents if d["state"] == "failed"]
    if failed:
        return int(failed[0]["error"]["exit_code"])
    if states == {"refused"}:
        return REFUSED
    if result["state"] == "waiting" or "waiting" in states:
        return WAITING
    if not states <= {"released", "draft", "refused", "cancelled"}:
        return PARTIAL
    said = [f for d in documents for f in d["findings"]] + result["study_findings"]
    critical = any(f["severity"] == "critical" and f["disposition"] == "open" for f in said)
    return PARTIAL if "refused" in states or critical else DONE


def show(result: dict[str, Any]) -> None:
    """The result for people: documents, what is missing, what the sources disagree about, tables that no section uses."""
    rows = []
    for d in result["documents"]:
        blocks = d.get("blocks") or {}
        note = f"{d['error']['code']}: {d['error']['message']}" if d["error"] else ""
        opened = sum(f["disposition"] == "open" for f in d["findings"])
        gaps = sum(g["state"] == "open" and not g["accepted"] for g in d["gaps"])
        ideas = len(d["proposals"])
        said = (str(n or "") for n in (blocks.get("drafted", ""), gaps, ideas, opened))
        rows.append([d["file"], d["state"], *said, note])
    table(["file", "state", "sections", "gaps", "proposals", "findings", ""], rows, right=(2, 3, 4, 5))
    for d in result["documents"]:
        left = [g for g in d["gaps"] if g["state"] == "open" and not g["accepted"]]
        if left:
            text(f"\n{d['file']}: what the sources do not hold")
            _some([f"  {g['block']} {g['heading']}: {g['gap']}" for g in left])
        if d["proposals"]:
            text(
                f"\n{d['file']}: what a model proposed; no source holds it, and it stands marked until a person answers for it"
            )
            _some([f"  {g['block']} {g['heading']}: {g['text']}" for g in d["proposals"]])
        if d["unused"]:
            text(f"\n{d['file']}: tables that no section uses")
            _some([f"  {u['display']} {u['title']}: {u['reason']}" for u in d["unused"]])
    counted = result["metrics"].get("draft", {}).get("counted", {})
    if counted.get("numbers"):
        bound, allowed, unbound = counted["bound"], counted["allowed"], counted["unbound"]
        text(
            f"\nNumbers in the documents: {counted['numbers']}; {bound} bound to a fact, {allowed} allowed with a reason, {unbound} unbound."
        )
    opened = [f for f in result["study_findings"] if f["disposition"] == "open"]
    if opened:
        text(f"\nWhat is wrong among the sources ({len(opened)} findings open)")
        _some([f"  {f['severity']:8} {f['id']} {f['check']}: {f['message']}" for f in opened])
    text(f"\nBatch {result['batch']} is {result['state']}.")
    for line in result["next"]:
        text(f"  {line}")


def _some(lines: list[str]) -> None:
    """The first lines of a list, and how many more there are."""
    for line in lines[:MOST_SHOWN]:
        text(line)
    if len(lines) > MOST_SHOWN:
        text(f"  and {len(lines) - MOST_SHOWN} more: docpipe draft --json, docpipe review gates")
