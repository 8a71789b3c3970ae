"""`docpipe review …`: the checkpoint from the command line. Imports steps lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from docpipe.cli import exchanging, gating, proposing, settling_checks
from docpipe.cli.door import DONE, PARTIAL, As, Json, out, password, say, table, text

if TYPE_CHECKING:
    from docpipe.accounts.roles import Action, User
    from docpipe.steps.decide import Outcome
    from docpipe.steps.house import House

app = typer.Typer(help="Checkpoints: what waits, edits, approvals, rejections, signatures.", no_args_is_help=True)

Batch = Annotated[str, typer.Argument(help="The batch's id.")]
Only = Annotated[str, typer.Option("--document", help="One document: its id or its name.")]
Risk = Annotated[bool, typer.Option("--risk", help="Risk first.")]
Rows = Annotated[list[str] | None, typer.Option("--row", help="Segment ids.")]


def _person(house: House, name: str, action: Action) -> User:
    from docpipe.cli.session import person

    return person(house, name, action)


@app.command("list")
def listing(
    batch: Annotated[str, typer.Option("--batch", help="Only this batch.")] = "",
    risk: Risk = False,
    as_json: Json = False,
) -> int:
    """Lists the documents that wait for people, the longest waiting first, or with --risk those with the gravest findings.

    Example: docpipe review list --risk
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps import rows
    from docpipe.steps.review_queue import by_risk
    from docpipe.steps.sign import blockers
    from docpipe.store import checkpoints, documents

    house = open_for_command()
    wanted = batch_of(house, batch) if batch else None
    with house.store.read() as session:
        waiting = [(c, documents.get(session, c.document)) for c in checkpoints.waiting(session, wanted)]
    if risk:
        told = {d.id: by_risk(rows.progress(house, None, document_id=d.id)) for _, d in waiting}
        waiting.sort(key=lambda pair: told[pair[1].id])
    left = {d.id: blockers(house, d.id) for _, d in waiting}
    found: list[dict[str, Any]] = [
        {
            "checkpoint": c.id, "batch": c.batch, "document": d.id, "file": d.path, "state": c.state.value,
            "opened": c.opened.isoformat(), "role": c.role, "open": left[d.id],
        }
        for c, d in waiting
    ]  # fmt: skip
    found += settling_checks.waiting(house, wanted, risk)
    if as_json:
        out({"checkpoints": found})
    else:
        table(
            ["batch", "document", "file", "opened", "open"],
            [
                [f["batch"], f["document"], f["file"], f["opened"][:16].replace("T", " "), ", ".join(f"{w}: {n}" for w, n in f["open"].items()) or ("ready to close" if f["checkpoint"].endswith("/report") else "ready to sign")]
                for f in found
            ],
        )  # fmt: skip
    return DONE


@app.command("show")
def show(
    batch: Batch,
    document: Only = "",
    status: Annotated[list[str] | None, typer.Option("--status", help="Only rows at this status.")] = None,
    findings: Annotated[bool, typer.Option("--findings", help="Findings instead of rows.")] = False,
    risk: Risk = False,
    as_json: Json = False,
) -> int:
    """Shows rows (or findings) of a batch, source and target with their tags. --risk: of each document the riskiest rows first. Of a report's check its findings.

    Example: docpipe review show B261122-7K3QX --status translated
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps.exchange import chosen_documents, rows
    from docpipe.store import findings as stored

    house = open_for_command()
    name = batch_of(house, batch)
    if settling_checks.is_check(house, name):
        return settling_checks.findings(name, as_json=as_json)
    for d in chosen_documents(house, name, document):
        if not as_json:
            text(f"== {d.path} ({d.id}, {d.state.value})")
        if findings:
            with house.store.read() as session:
                listed = stored.listing(session, d.id)
            for f in listed:
                if as_json:
                    out(
                        {
                            "id": f.id,
                            "document": d.id,
                            "segment": f.segment,
                            "check": f.check,
                            "severity": f.severity.value,
                            "message": f.message,
                            "disposition": f.disposition.value,
                        }
                    )
                else:
                    text(
                        f"{f.id}  {f.segment or '-':24}  {f.check}  {f.severity.value}  {f.disposition.value}: {f.message}"
                    )
            continue
        for row in rows(house, d, set(status) if status else None, risk=risk):
            if as_json:
                out(row)
            else:
                text(
                    f"{row['segment']}  {row['status']} ({row['origin']}){'  ! ' + str(row['needs_person']) if row['needs_person'] else ''}"
                )
                text(f"    {row['source']}")
                text(f"    {row['target']}")
    return DONE


gating.register(app)
settling_checks.register(app)
app.command("export")(exchanging.export)
app.command("import")(exchanging.import_)
app.command("proposals")(proposing.proposals)


def _tell(file: str, outcome: Outcome, verb: str, as_json: bool) -> int:
    if as_json:
        refused = [{"segment": s, "code": e.code, "message": e.message} for s, e in outcome.refused.items()]
        out({"file": file, verb: len(outcome.changed), "refused": refused})
    else:
        text(f"{file}: {len(outcome.changed)} rows {verb}, {len(outcome.refused)} left")
        for segment, error in list(outcome.refused.items())[:20]:
            say(f"  {segment} [{error.code}] {error.message}")
        if len(outcome.refused) > 20:
            say(f"  and {len(outcome.refused) - 20} more")
    return len(outcome.refused)


@app.command("approve")
def approve(
    batch: Batch,
    document: Only = "",
    row: Rows = None,
    reason: Annotated[str, typer.Option("--reason", help="A note for the audit trail.")] = "",
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Approves rows; pseudo-translated ones, those with a critical finding and one's own edits are left and named.

    A row that changes while the command runs is left. --row SEGMENT@REVISION approves only that revision (`review show --json`
    tells it).

    Example: docpipe review approve B261122-7K3QX --as jose.ruiz
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.model.segment import SegmentId
    from docpipe.steps import decide
    from docpipe.steps.exchange import chosen_documents

    house = open_for_command()
    user = _person(house, acting, Action.APPROVE)
    named = {SegmentId(name): revision for name, _, revision in (r.partition("@") for r in row or [])}
    seen = {name: int(revision) for name, revision in named.items() if revision.isdecimal()} or None
    left = 0
    for d in chosen_documents(house, batch_of(house, batch), document):
        outcome = decide.approve(house, d.id, list(named) or None, user, reason, seen=seen)
        left += _tell(d.path, outcome, "approved", as_json)
    return PARTIAL if left else DONE


@app.command("reject")
def reject(
    batch: Batch,
    document: Annotated[str, typer.Option("--document", help="The document: its id or its name.")],
    row: Annotated[list[str], typer.Option("--row", help="Segment ids.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Sends rows back with a reason; only these are worked again.

    Example: docpipe review reject B261122-7K3QX --document D0123456789 --row 5f0c… --reason "dose unit" --as jose.ruiz
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.model.segment import SegmentId
    from docpipe.steps import decide
    from docpipe.steps.exchange import chosen_documents

    house = open_for_command()
    user = _person(house, acting, Action.REJECT)
    left = 0
    for d in chosen_documents(house, batch_of(house, batch), document):
        left += _tell(
            d.path, decide.reject(house, d.id, [SegmentId(r) for r in row], user, reason), "rejected", as_json
        )
    return PARTIAL if left else DONE


@app.command("dismiss")
def dismiss(
    finding: Annotated[list[str], typer.Argument(help="Finding ids, as `review show --findings` lists them.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is no error.")],
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Dismisses findings with a reason, bound to the exact text that was seen.

    Example: docpipe review dismiss 3f2a… --reason "the unit is converted by agreement" --as jose.ruiz
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import open_for_command
    from docpipe.steps import decide

    house = open_for_command()
    user = _person(house, acting, Action.DISMISS)
    for one in finding:
        decide.dismiss(house, one, user, reason)
    if as_json:
        out({"dismissed": len(finding)})
    else:
        text(f"{len(finding)} findings dismissed")
    return DONE


@app.command("back")
def back(
    batch: Batch,
    document: Annotated[str, typer.Option("--document", help="The document: its id or its name.")],
    row: Annotated[list[str], typer.Option("--row", help="Segment ids.")],
    acting: As = "",
    as_json: Json = False,
) -> int:
    """Has the model say rows' targets in the source language, for people who do not read the target. Paid for once a text.

    Example: docpipe review back B261122-7K3QX --document D0123456789 --row 5f0c… --as jose.ruiz
    """
    from docpipe.accounts.roles import Action
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.steps.back_translation import translate_back
    from docpipe.steps.exchange import every_document

    house = open_for_command()
    user = _person(house, acting, Action.READ)
    (found,) = every_document(house, batch_of(house, batch), document)
    for segment in row:
        made = translate_back(house, found.id, segment, user)
        if as_json:
            out({"document": found.id, "segment": segment, "text": made.text, "model": made.model})
        else:
            text(f"{segment}  {made.text}")
    return DONE


@app.command("sign")
def sign(
    batch: Batch,
    acting: As,
    document: Only = "",
    meaning: Annotated[str, typer.Option("--meaning", help="What the signature means.")] = "approval",
    as_json: Json = False,
) -> int:
    """Signs the checkpoints of a batch: printed name, time and meaning over the digest of exactly what was reviewed.

    Example: docpipe review sign B261122-7K3QX --as jose.ruiz
    """
    from docpipe.cli.session import batch_of, open_for_command
    from docpipe.dispatch import decided
    from docpipe.model.batch import State
    from docpipe.steps import sign as signing
    from docpipe.steps.exchange import chosen_documents

    house = open_for_command()
    found = batch_of(house, batch)
    secret = password(f"Password of {acting}, to sign")
    signed = []
    for d in chosen_documents(house, found, document):
        if d.state is State.WAITING:
            signature = signing.sign(house, d.id, acting, secret, meaning)
            signed.append(
                {
                    "document": d.id,
                    "file": d.path,
                    "printed_name": signature.printed_name,
                    "meaning": meaning,
                    "at": signature.at.isoformat(),
                    "digest": signature.digest,
                }
            )
    started = decided(house, found) and bool(signed)
    waiting = [d for d in chosen_documents(house, found) if d.state is State.WAITING]
    if as_json:
        out({"batch": found, "signed": signed, "waiting": len(waiting), "run_started": started})
    else:
        for s in signed:
            text(f"{s['file']}: signed by {s['printed_name']}, {s['meaning']}, {s['at']}, SHA-256 {s['digest'][:16]}…")
        if not waiting:
            text("The next run has started." if started else f"All documents are decided: docpipe resume {found}")
    return DONE
