"""`docpipe review gates|dispose|accept|return`: the checkpoints before anything is drafted, from the command line. Imports steps lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from docpipe.cli import settling_checks
from docpipe.cli.door import DONE, WAITING, As, Json, out, table, text

if TYPE_CHECKING:
    from docpipe.steps.gates import Gate
    from docpipe.steps.house import House

Batch = Annotated[str, typer.Argument(help="The batch's id, or the beginning of it.")]
Stage = Annotated[list[str] | None, typer.Option("--stage", help="sources | tables | plan; all when none is named.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the audit trail.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("gates")(gates)
    app.command("dispose")(dispose)
    app.command("accept")(accept)
    app.command("return")(send_back)


def gates(
    batch: Batch,
    stage: Stage = None,
    full: Annotated[bool, typer.Option("--full", help="Tables as parsed and texts as planned, too.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Findings that were disposed of, too.")] = False,
    as_json: Json = False,
) -> int:
    """Shows the early checkpoints of a drafting batch: source set, tables as they were read, plan; and what disagrees.

    Example: docpipe review gates B261122-7K3QX --stage tables --full
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps import gates as steps
    from docpipe.steps.draft_outcome import finding_object

    house = open_for_command()
    name = batch_of(house, batch)
    chosen = stage or list(steps.STAGES)
    shown = {g.gate.stage: g for g in steps.look(house, name)}
    listed: list[dict[str, Any]] = []
    for one in chosen:
        content = steps.content(house, name, one)
        gate = shown.get(one)
        said = _findings(house, name, one, gate)
        if as_json:
            state = gate.gate.state if gate else "not asked for"
            listed.append(
                {
                    "stage": one, "state": state, "digest": gate.gate.digest if gate else "",
                    "findings": [finding_object(f) for f in said], "content": content,
                }
            )  # fmt: skip
            continue
        text(
            f"== {one}: {gate.gate.state if gate else 'no checkpoint'}"
            + (f" ({gate.gate.reason})" if gate and gate.gate.reason else "")
        )
        _SHOW[one](content, full)
        for f in said:
            if every or f.disposition.value == "open":
                what = f"{f.disposition.value}: {f.reason} ({f.user})" if f.user else ""
                where = f" [{f.path}]" if f.path and f.path not in f.message else ""
                text(f"  {f.severity.value:8} {f.id}  {f.check}: {f.message}{where} {what}".rstrip())
        text()
    if as_json:
        out({"batch": name, "gates": listed})
    return WAITING if steps.waits(house, name) else DONE


def _findings(house: House, batch: str, stage: str, gate: Gate | None) -> list[Any]:
    from docpipe.store import studies

    if gate is not None:
        return list(gate.findings)
    with house.store.read() as session:
        return [f for f in studies.findings(session, batch) if f.stage == stage]


def _sources(content: list[dict[str, Any]], full: bool) -> None:
    rows = [
        [f["file"], f"{f['size']:,}", "; ".join(f["holds"][: None if full else 2]) or f"left out: {f['error']}"]
        for f in content
    ]
    table(["file", "bytes", "holds"], rows, right=(1,))


def _tables(content: list[dict[str, Any]], full: bool) -> None:
    for d in content:
        text(f"  {d['number'] or '(no number)'}  {d['title']}   [{d['population']}]   {d['file']}")
        text(f"      used by: {', '.join(d['used']) or 'nothing'}")
        if full:
            heads = [" / ".join(c["path"]) + (f" (N={c['n']})" if c["n"] is not None else "") for c in d["columns"]]
            body = []
            for path, depth, cells, _ in d["rows"]:
                by_column = dict(cells)
                label = "  " * depth + (path[-1] if path else "")
                body.append([label, *[by_column.get(n, "") for n in range(len(heads))]])
            table(["", *heads], body)
            for note in d["footnotes"]:
                text(f"      {note}")


def _plans(content: list[dict[str, Any]], full: bool) -> None:
    for d in content:
        text(f"  {d['file']} ({d['type']})")
        rows = [
            [
                b["block"],
                b["heading"],
                b["fate"],
                str(b["rows"]),
                str(b["facts"] or ""),
                ", ".join(b["displays"]) or b["reason"],
            ]
            for b in d["blocks"]
        ]
        table(["section", "heading", "fate", "rows", "facts", "made from, or why not"], rows, right=(3, 4))
        if full:
            for b in d["blocks"]:
                for line in b["text"]:
                    text(f"    {b['block']:10} {line}")
        for u in d["unused"]:
            text(f"  not used: {u['display']} {u['title']}: {u['reason']}")


_SHOW = {"sources": _sources, "tables": _tables, "plan": _plans}


def dispose(
    batch: Batch,
    acting: As,
    reason: Reason = "",
    finding: Annotated[list[str] | None, typer.Argument(help="Findings by id.")] = None,
    check: Annotated[
        str, typer.Option("--check", help="All open findings of this check (the beginning of its id).")
    ] = "",
    again: Annotated[bool, typer.Option("--reopen", help="Opens them again.")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Of a report's check: they are right, the report has to be corrected.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Disposes of findings on the sources, or on a report that is checked, with a reason, so that the checkpoint can be accepted.

    Example: docpipe review dispose B261122-7K3QX N15e2d53f889 --reason "the RTF is the final one" --as ana.reviewer
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command, person
    from docpipe.steps import gates as steps
    from docpipe.store import studies

    house = open_for_command()
    user = person(house, acting, Action.DISMISS)
    name = batch_of(house, batch)
    ids = list(finding or [])
    if settling_checks.is_check(house, name):
        becomes = "open" if again else "confirmed" if confirm else "dismissed"
        count = settling_checks.disposed(house, name, ids, check, user, reason, becomes)
        if as_json:
            out({"batch": name, "changed": count})
        else:
            text(f"{count} findings {'opened again' if again else becomes}.")
        return DONE
    if check:
        with house.store.read() as session:
            ids += [f.id for f in studies.findings(session, name) if f.check.startswith(check)]
    count = (steps.reopen if again else steps.dispose)(house, name, ids, user, reason)
    if as_json:
        out({"batch": name, "changed": count})
    else:
        text(f"{count} findings {'opened again' if again else 'disposed of'}.")
    return DONE


def accept(
    batch: Batch,
    acting: As,
    stage: Stage = None,
    reason: Annotated[str, typer.Option("--reason", help="A remark.")] = "",
    as_json: Json = False,
) -> int:
    """Approves early checkpoints (all that wait, when none is named); after the last one drafting can begin. Closes a report's check.

    Example: docpipe review accept B261122-7K3QX --stage sources --as jose.ruiz
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command, person
    from docpipe.dispatch import decided
    from docpipe.steps import gates as steps

    house = open_for_command()
    user = person(house, acting, Action.APPROVE)
    name = batch_of(house, batch)
    if settling_checks.is_check(house, name):
        settling_checks.closed(house, name, user, reason)
        if as_json:
            out({"batch": name, "approved": ["report"], "waiting": False, "run_started": False})
        else:
            text("The check is closed.")
        return DONE
    done = steps.approve(house, name, stage or (), user, reason)
    started = bool(done) and decided(house, name)
    if as_json:
        out({"batch": name, "approved": done, "waiting": steps.waits(house, name), "run_started": started})
    else:
        text(f"Approved: {', '.join(done) or 'nothing'}.")
        if not steps.waits(house, name):
            text("The next run has started." if started else f"Nothing waits: docpipe resume {name}")
    return DONE


def send_back(
    batch: Batch,
    acting: As,
    reason: Reason,
    stage: Annotated[str, typer.Option("--stage", help="sources | tables | plan.")],
    as_json: Json = False,
) -> int:
    """Sends an early checkpoint back with a reason: nothing is drafted before it is accepted.

    Example: docpipe review return B261122-7K3QX --stage tables --reason "Table 14-2.01 lacks its last page" --as jose.ruiz
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command, person
    from docpipe.steps import gates as steps

    house = open_for_command()
    user = person(house, acting, Action.REJECT)
    name = batch_of(house, batch)
    done = steps.send_back(house, name, stage, user, reason)
    if as_json:
        out({"batch": name, "sent_back": done})
    else:
        text(f"Sent back: {', '.join(done) or 'nothing'}.")
    return DONE
