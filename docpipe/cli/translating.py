"""`docpipe translate` and `docpipe resume`. Imports steps and dispatch lazily."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docpipe.cli import drafting
from docpipe.cli.door import DONE, PARTIAL, REFUSED, WAITING, As, Json, out, say, table, text

if TYPE_CHECKING:
    from docpipe.steps.house import House

Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("translate")(translate)
    app.command("resume")(resume)
    app.command("cancel")(cancel)
    app.command("status")(status)


def translate(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders, zip archives.")],
    source: Annotated[str, typer.Option("--from", help="Source language (BCP 47: en, zh-CN, …).")],
    target: Annotated[str, typer.Option("--to", help="Target language.")],
    folder: Annotated[Path | None, typer.Option("--out", help="Folder for results [default: ./docpipe-BATCH].")] = None,
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
    provider: Annotated[
        str | None, typer.Option("--provider", help="openai | recorded | ctranslate2 | rehearsal.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="The model's name at the provider.")] = None,
    base_url: Annotated[str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server.")] = None,
    tracked_changes: Annotated[str | None, typer.Option("--tracked-changes", help="refuse | final.")] = None,
    budget: Annotated[float | None, typer.Option("--budget", help="Most that the batch may cost.")] = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", help="Model calls in flight at once.")] = None,
    overnight: Annotated[
        bool, typer.Option("--overnight", help="By the provider's Batch API: within a day, at a lower price.")
    ] = False,
    deliver: Annotated[
        list[str] | None,
        typer.Option(
            "--deliver", help="Besides the document: tracked | bilingual | pdf; more than one with commas or repeated."
        ),
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", help="File or folder to record every reply in (holds document text).")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option("--replay", help="File or folder of recorded replies to answer from, without a network."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="A name for lists.")] = "",
    quiet: Quiet = False,
    as_json: Json = False,
) -> int:
    """Translates documents and stops at the checkpoint for people (exit code 4).

    Example: docpipe translate submission/ --from zh-CN --to en --previous v1/ --termbase terms.csv --out result/
    """
    from docpipe.cli.session import open_for_command
    from docpipe.cli.show import progress
    from docpipe.steps import assets
    from docpipe.steps.admit import admit
    from docpipe.steps.house import local_actor
    from docpipe.steps.recipes import Order, make_recipe
    from docpipe.steps.release import refuse_foreign

    house = open_for_command(
        provider="recorded" if replay else provider, model=model, base_url=base_url, concurrency=concurrency,
        record_replies=record and record.absolute(), replies_file=replay and replay.absolute(),
    )  # fmt: skip
    order = Order(
        source,
        target,
        review,
        profile,
        tracked_changes,
        budget,
        delivery="overnight" if overnight else "",
        deliver=_named(deliver),
    )
    make_recipe(house, order)  # a wrong order is told before anything is taken in
    if folder:
        refuse_foreign(folder.absolute(), [*paths, *(previous or []), *(tm or []), *(termbase or [])])
    taken = [assets.add_memory(house, p, source, target) for p in tm or []]
    taken += [assets.add_termbase(house, p) for p in termbase or []]
    taken += [assets.add_previous(house, p) for p in previous or []]
    recipe = make_recipe(house, replace(order, assets=tuple(taken)))
    with progress(quiet=quiet):
        where = str(folder.absolute()) if folder else ""
        batch = admit(house, paths, recipe, actor=local_actor(), name=name, out=where)
        if not folder:
            _default_folder(house, batch.id)
        say(f"Batch {batch.id}: {recipe.source_language} to {recipe.target_language}, provider {recipe.provider}.")
        return go_on(house, batch.id, as_json)


def _named(given: list[str] | None) -> tuple[str, ...]:
    return tuple(word.strip() for part in given or [] for word in part.split(",") if word.strip())


def _default_folder(house: House, batch: str) -> None:
    from docpipe.store import batches

    with house.store.write() as session:
        batches.set_out(session, batch, str(Path.cwd() / f"docpipe-{batch}"))


def resume(
    batch: Annotated[str, typer.Argument(help="The batch's id, or the beginning of it.")],
    budget: Annotated[float | None, typer.Option("--budget", help="A new spending limit; 0 = none.")] = None,
    budget_document: Annotated[
        float | None, typer.Option("--budget-document", help="A new spending limit of each document; 0 = none.")
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="Stop an overnight job and go on by ordinary calls.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> int:
    """Continues a batch: after signatures, after a failure, after a crash. Finished work is not done again.

    Example: docpipe resume B261122-7K3QX
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.cli.show import progress
    from docpipe.steps.house import local_actor
    from docpipe.steps.work import revive, set_budget

    house = open_for_command()
    found = batch_of(house, batch)
    if budget is not None:
        set_budget(house, found, budget, local_actor())
    if budget_document is not None:
        set_budget(house, found, budget_document, local_actor(), of_document=True)
    if now:
        from docpipe.steps.overnight import give_up

        give_up(house, found)
    revive(house, found, local_actor())
    with progress(quiet=quiet):
        return go_on(house, found, as_json)


def cancel(
    batch: Annotated[str, typer.Argument(help="The batch's id, or the beginning of it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit trail.")],
    document: Annotated[str, typer.Option("--document", help="One document: its id or its name.")] = "",
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Cancels a batch, or one document of it that holds up the others.

    Example: docpipe cancel B261122-7K3QX --document m5/appendix.docx --reason "withdrawn" --as ana.ops
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command, person
    from docpipe.steps.cancel import cancel as cancel_documents
    from docpipe.steps.exchange import every_document

    house = open_for_command()
    user = person(house, acting, Action.RESUME)
    found = batch_of(house, batch)
    count = cancel_documents(house, found, every_document(house, found, document), user, reason)
    if as_json:
        out({"batch": found, "cancelled": count})
    else:
        text(f"{count} documents cancelled.")
    return DONE


def status(
    batch: Annotated[str, typer.Argument(help="The batch's id, or the beginning of it.")], as_json: Json = False
) -> int:
    """How a batch stands: documents by state, rows, cost, and what the provider still owes of an overnight job.

    Example: docpipe status B261122-7K3QX
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps.status import status as look

    house = open_for_command()
    seen = look(house, batch_of(house, batch)).as_dict()
    if as_json:
        out(seen)
        return DONE
    states = ", ".join(f"{n} {name}" for name, n in seen["documents"].items())
    cost = seen["cost"]
    limit = f" of {cost['budget']:g}" if cost["budget"] else ""
    text(f"Batch {seen['batch']} is {seen['state']}: {states}.")
    text(f"{seen['rows_done']} of {seen['rows']} rows have a target, {seen['rows_approved']} are approved.")
    text(f"Spent: {cost['amount']:.4f}{limit} {cost['currency']}.")
    if again := seen.get("paid_again"):
        text(again["says"])
    if awaited := seen.get("awaiting"):
        text(f"The provider has {awaited['answered']} of {awaited['requests']} overnight requests answered.")
    return DONE


def go_on(house: House, batch: str, as_json: bool) -> int:
    """Runs the flow to its next state and shows the result."""
    from docpipe.dispatch import run_here
    from docpipe.steps.outcome import outcome

    run_here(house, batch, say)
    result = outcome(house, batch)
    drafted = "study_findings" in result
    if as_json:
        out(result)
    else:
        (drafting.show if drafted else show)(result)
    return (drafting.exit_code if drafted else exit_code)(result)


def exit_code(result: dict[str, Any]) -> int:
    """The exit code of a batch's result: 4 waits for people or for an overnight job, 0 done, 1 partial, else the first failure's own."""
    documents = result["documents"]
    states = {d["state"] for d in documents}
    if "waiting" in states or result.get("awaiting"):
        return WAITING
    failed = [d for d in documents if d["state"] == "failed"]
    if failed:
        return int(failed[0]["error"]["exit_code"])
    if states == {"refused"}:
        return REFUSED
    if not states <= {"released", "draft", "refused", "cancelled"}:
        return PARTIAL
    open_findings = any(
        f["severity"] == "critical" and f["disposition"] == "open" for d in documents for f in d["findings"]
    )
    return PARTIAL if "refused" in states or open_findings else DONE


def show(result: dict[str, Any]) -> None:
    """The result for people."""
    rows = []
    for d in result["documents"]:
        status = ", ".join(f"{n} {name}" for name, n in d["segments"]["by_status"].items() if n)
        note = f"{d['error']['code']}: {d['error']['message']}" if d["error"] else ""
        # what readers noticed of the file itself has no segment: the report tells it as notices, not as open findings
        open_findings = sum(f["disposition"] == "open" for f in d["findings"] if f["segment"])
        notices = sum(not f["segment"] for f in d["findings"])
        rows.append([d["file"], d["state"], status, str(open_findings or ""), str(notices or ""), note])
    table(["file", "state", "segments", "open findings", "notices", ""], rows, right=(3, 4))
    text(f"Batch {result['batch']} is {result['state']}.")
    for line in result["next"]:
        text(f"  {line}")
