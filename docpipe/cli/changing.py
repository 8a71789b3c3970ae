"""`docpipe change` and `docpipe check-study`: drafts follow changed sources; what documents of one study say otherwise. Imports steps and dispatch lazily."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docpipe.cli.door import DONE, PARTIAL, Json, out, say, table, text

if TYPE_CHECKING:
    from docpipe.steps.house import House

MOST_SHOWN = 15


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("change")(change)
    app.command("check-study")(check_study)


def change(
    batch: Annotated[str, typer.Argument(help="The drafting batch: its id, or the beginning of it.")],
    sources: Annotated[
        list[Path] | None, typer.Option("--sources", help="The new version: files, folders, archives; may be repeated.")
    ] = None,
    partial: Annotated[
        bool,
        typer.Option(
            "--partial", help="Only some files are given: they replace those of the same name, all others stay."
        ),
    ] = False,
    folder: Annotated[Path | None, typer.Option("--out", help="Folder for results [default: ./docpipe-BATCH].")] = None,
    plan_only: Annotated[bool, typer.Option("--plan-only", help="Say what would change, and make no batch.")] = False,
    translations: Annotated[
        bool,
        typer.Option(
            "--translations",
            help="Let translations of the former version follow; also of a batch that is released by now.",
        ),
    ] = False,
    name: Annotated[str, typer.Option("--name", help="A name for lists.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Json = False,
) -> int:
    """Lets a draft follow a new version of its data or texts: only what changed is drafted and reviewed again.

    Without --sources it shows what changed in a batch that follows another.

    Example: docpipe change B261122-7K3QX --sources study-v2/ --out report-v2/
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.cli.show import progress
    from docpipe.steps import change as changing
    from docpipe.steps.change_report import counted
    from docpipe.steps.house import local_actor
    from docpipe.steps.release import refuse_foreign

    house = open_for_command()
    before = batch_of(house, batch)
    if not sources:
        return _translated(house, before, as_json) if translations else _shown(house, before, as_json)
    if folder:
        refuse_foreign(folder.absolute(), sources)
    with progress(quiet=quiet):
        if plan_only:
            told = changing.look_ahead(house, before, sources, partial=partial)
            _say({**told, "translations": [], "stale": [], "counted": counted(told)}, as_json)
            return DONE
        where = str(folder.absolute()) if folder else ""
        made = changing.follow(house, before, sources, actor=local_actor(), name=name, out=where, partial=partial)
        if not folder:
            _default_folder(house, made.id)
        say(f"Batch {made.id} follows {before}.")
        code = _go_on(house, made.id, as_json)
    if translations and code in (DONE, PARTIAL):
        return max(code, _translated(house, made.id, as_json))
    return code


def _default_folder(house: House, batch: str) -> None:
    from docpipe.store import batches

    with house.store.write() as session:
        batches.set_out(session, batch, str(Path.cwd() / f"docpipe-{batch}"))


def _go_on(house: House, batch: str, as_json: bool) -> int:
    """Runs the flow to its next state; the result, then what changed."""
    from docpipe.cli import drafting
    from docpipe.dispatch import run_here
    from docpipe.steps.change_report import change_report
    from docpipe.steps.outcome import outcome

    run_here(house, batch, say)
    result = outcome(house, batch)
    told = change_report(house, batch) if any(d["state"] != "refused" for d in result["documents"]) else None
    if as_json:
        out({**result, "changes": told})
    else:
        if told:
            _say(told, as_json)
            text(f"\nThe whole list: {_written(house, batch, result['out'])}\n")
        drafting.show(_of_changes(result, told))
    return drafting.exit_code(result)


def _written(house: House, batch: str, folder: str) -> str:
    """Writes the report where the results go and says where it lies."""
    from docpipe.steps.release import write_review_copies
    from docpipe.store import batches

    with house.store.read() as session:
        waiting = batches.get(session, batch).state.value == "waiting"
    if waiting and not (Path(folder) / "_review" / "preview").is_dir():
        write_review_copies(house, batch)  # an early checkpoint: there is no document to copy yet
    place = Path(folder) / ("_review/changes.html" if waiting else "changes.html")
    return str(place) if place.is_file() else f"docpipe change {batch}"


def _of_changes(result: dict[str, Any], told: dict[str, Any] | None) -> dict[str, Any]:
    """The result with the gaps of touched rows alone: the others are as people left them, and so are tables without use."""
    touched = {(d["file"], r["row"]) for d in (told or {"documents": []})["documents"] for r in d["touched"]}
    kept = [
        {**d, "gaps": [g for g in d["gaps"] if not told or (d["file"], g["row"]) in touched], "unused": [] if told else d["unused"]}
        for d in result["documents"]
    ]  # fmt: skip
    return {**result, "documents": kept}


def _shown(house: House, batch: str, as_json: bool) -> int:
    from docpipe.steps.change_report import change_report

    _say(change_report(house, batch), as_json)
    return DONE


def _say(told: dict[str, Any], as_json: bool) -> None:
    """The list for people, or as JSON."""
    if as_json:
        out({"ok": True, **told})
        return
    c = told["counted"]
    text(f"Since batch {told['follows']}: {len(told['files'])} files changed.")
    text(f"Facts changed: {c['facts']}, of which documents show {c['facts_used']}. Passages changed: {c['passages']}.")
    text(
        f"Rows: {c['touched']} of {c['rows']} touched, {c['gone']} gone; {c['same']} are as before, {c['approved']} of these approved."
    )
    if c["comments"] or c["comments_left"]:
        text(f"Comments: {c['comments']} go with their rows, {c['comments_left']} stay behind: their rows are gone.")
        for d in told["documents"]:
            for one in d.get("comments", {}).get("left", ())[:MOST_SHOWN]:
                text(f"  {d['file']} {one['block']}, {one['user']}: {one['text'][:100]}")
    used = [f for f in told["facts"] if f["uses"]]
    if used:
        rows = [[_named(f), f["old"], f["new"], f["difference"], str(len(f["uses"]))] for f in used[:MOST_SHOWN]]
        table(["fact", "before", "now", "difference", "places"], rows, right=(1, 2, 3, 4))
        _more(len(used) - MOST_SHOWN)
    for d in told["documents"]:
        if d["touched"]:
            text(f"\n{d['file']}: rows to draft and review")
            for r in d["touched"][:MOST_SHOWN]:
                text(f"  {r['heading']} ({r['kind']}): {(r.get('now') or r['new'])[:100]}")
            _more(len(d["touched"]) - MOST_SHOWN)
    for t in told["stale"]:
        text(f"\nOut of date: {t['draft']} {t['from']} to {t['to']}, batch {t['batch']} ({t['state']}).")
    if told["stale"] and told["batch"]:
        text(f"  docpipe change {told['batch']} --translations   (once the new version is released)")


def _named(f: dict[str, Any]) -> str:
    parts = (f["display"], " / ".join(f["row"]), f["arm"], f["statistic"], f["window"])
    return ", ".join(p for p in parts if p)[:90]


def _more(count: int) -> None:
    if count > 0:
        text(f"  and {count} more: --json, or the batch's page")


def _translated(house: House, batch: str, as_json: bool) -> int:
    """Starts the follow-ups of translations, one after the other."""
    from docpipe.cli import translating
    from docpipe.steps.change_translations import follow_translations
    from docpipe.steps.house import local_actor

    started = follow_translations(house, batch, actor=local_actor())
    if not started:
        say(f"No released translation of an earlier version of batch {batch} is out of date.")
    codes = [DONE]
    for one in started:
        _default_folder(house, one.id)
        say(f"Batch {one.id}: {one.recipe.source_language} to {one.recipe.target_language}, follows a translation.")
        codes.append(translating.go_on(house, one.id, as_json))
    return max(codes)


def _against(f: dict[str, Any]) -> None:
    """Both sides of a critical finding, and where their values come from."""
    text(f"\n{f['message']}")
    for place in (f["evidence"]["here"], *f["evidence"]["there"]):
        text(f"  {place['file']} {place['row']}: {place['text'][:160] or '(in a table, or the document as a whole)'}")
    for s in f["evidence"]["sources"]:
        text(f"  source: {s['value']}, {s['file']} {s['locator']}")


def check_study(
    batches: Annotated[list[str], typer.Argument(help="Batches of one study: drafts, and translations of drafts.")],
    as_json: Json = False,
) -> int:
    """Compares the documents of several batches of one study: a fact, title or reused paragraph that says two things; values in translations.

    Translations of a draft that is named are looked at too. Exit code 1 where something is critical.

    Example: docpipe check-study B261122-7K3QX B261130-2MP4T
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps.study_check import check_study as look

    house = open_for_command()
    told = look(house, [batch_of(house, b) for b in batches])
    if as_json:
        out({"ok": True, **told})
    else:
        rows = [[f["severity"], f["check"], f["batch"], f["file"], f["row"], f["message"]] for f in told["findings"]]
        if rows:
            table(["severity", "check", "batch", "file", "row", ""], rows)
            for f in told["findings"]:
                if f["severity"] == "critical" and "evidence" in f:
                    _against(f)
        n = told["counted"]
        text(
            f"{n['documents']} drafts, {n['facts']} facts, {n['translations']} translations with {n['values']} values compared; {len(rows)} findings."
        )
    return PARTIAL if any(f["severity"] == "critical" for f in told["findings"]) else DONE
