"""A batch that checks a report against its data: ordered, checked, its findings disposed of with reasons, closed by a person. Imports steps and store.

Findings lie where those on sources lie, under a stage of their own, so that a disposition stays while the finding says the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from docpipe import __version__
from docpipe.accounts.roles import Action, User, require
from docpipe.errors import InputRefused, InputUnsupported, NotApprovable, NotReady, ReviewRefused, StaleRow, UnknownName
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.finding import Disposition, Severity
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.safe.sniff import sniff
from docpipe.steps.admit import document_id
from docpipe.steps.check_report import READABLE, CheckedReport, check_report
from docpipe.steps.collect import Submitted
from docpipe.steps.draft_orders import LEFT_OUT, SOURCE, take_type, type_of
from docpipe.steps.house import MACHINE, House, new_batch_id, record
from docpipe.steps.open_checkpoint import settle
from docpipe.steps.progress import Progress, report
from docpipe.steps.report_files import annotated, html, json_lines
from docpipe.steps.report_shown import FindingObject
from docpipe.steps.work import Work, held, step
from docpipe.store import audit, batches, documents, gates, studies
from docpipe.store.gates import APPROVED, OPEN, EarlyGate
from docpipe.store.studies import StudyFinding, StudyRead

CHECK_KIND = "check"
STAGE = "report"
"""Of the findings and of the checkpoint."""
DETAILS, NOTES = "report-check", "report-notes"
"""Names of blobs: summary and findings with evidence; the report with notes (absent where it cannot be made)."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with what became of it."""

    stored: StudyFinding
    shown: FindingObject


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """A report's check as a person looks at it. ``gate``: None before the check has ended."""

    batch: Batch
    document: Document
    summary: dict[str, Any]
    findings: tuple[Listed, ...]
    gate: EarlyGate | None
    notes: bool

    @property
    def blocking(self) -> int:
        """How many critical findings are open."""
        return sum(f.stored.blocking for f in self.findings)

    @property
    def digest(self) -> Digest:
        """What closing the check covers: the report, the data and every finding with its disposition."""
        return _digest(self.gate.digest if self.gate else "", [f.stored for f in self.findings])


def _digest(gate: str, several: Iterable[StudyFinding]) -> Digest:
    return digest_of([gate, [[f.id, f.disposition.value, f.reason] for f in several]])


# ---------------------------------------------------------------- ordering


def order_check(
    house: House,
    given: Submitted,
    sources: Iterable[AssetRef],
    kind: str,
    *,
    actor: str,
    name: str = "",
    review: str = "required",
    off: Collection[str] = (),
) -> Batch:
    """Takes in a report and its sources (``draft_orders.take_sources``) as a batch. ``kind``: name of a document type.

    Raises ``UnknownName`` (no such type), ``InputUnsupported`` (neither DOCX nor PDF), what ended the report's arrival.
    """
    if given.error is not None:
        raise given.error
    media_type = sniff(given.data, given.path)
    if media_type not in READABLE:
        raise InputUnsupported("A report to check is a DOCX or a PDF file.", file=given.path, media_type=media_type)
    chosen, files = take_type(house, kind)
    recipe = Recipe(
        kind=CHECK_KIND, source_language=chosen.language, target_language=chosen.language, provider="program", review=review,
        assets=tuple(dict.fromkeys([*sources, *files])), checks_off=tuple(off), software=f"docpipe {__version__}",
    )  # fmt: skip
    now = house.now()
    batch = Batch(new_batch_id(now), recipe, State.ADMITTED, now, actor, name)
    digest = house.store.blobs.put(given.data)
    made = Document(
        document_id(batch.id, given.path),
        batch.id,
        given.path,
        media_type,
        digest,
        len(given.data),
        State.ADMITTED,
        chosen.name,
    )
    with house.store.write() as session:
        batches.add(session, batch)
        audit.append(session, batch.id, actor, "batch.admitted", batch.id, new=recipe.digest, at=now)
        documents.add(session, made)
        audit.append(session, batch.id, actor, "document.admitted", made.id, new=digest, at=now)
    record("batch.admitted", batch=batch.id, documents=1, sources=sum(a.kind == SOURCE for a in recipe.assets))
    return batch


# ---------------------------------------------------------------- checking


def run_check(house: House, batch_id: str) -> State:
    """Checks the batch's report, unless that is done, and opens its checkpoint; the state of the batch afterwards."""
    with held(house, f"check:{batch_id}"):
        with house.store.read() as session:
            batch = batches.get(session, batch_id)
            found = documents.of_batch(session, batch_id)
        for document in found:
            step(house, document.id, "checked", lambda job: _check(house, job))
            step(house, document.id, "waiting", lambda job: _open(house, job))
        if batch.recipe.review == "none":
            _ended(house, batch_id, [d.id for d in found])
        return settle(house, batch_id)


def _check(house: House, job: Work) -> None:
    batch, document = job.batch, job.document
    data = house.store.blobs.get(document.sha256)
    given = [_submitted(house, a) for a in batch.recipe.assets if a.kind in (SOURCE, LEFT_OUT)]
    kind = type_of(house, batch.recipe, document.format)

    def said(stage: str, done: int, total: int) -> None:
        report(Progress(batch.id, document.path, stage, done, total))

    checked = check_report(house.settings, data, document.path, kind, given, batch.recipe.checks_off, said)
    blobs = {DETAILS: house.store.blobs.put(_details(checked))}
    try:
        blobs[NOTES] = house.store.blobs.put(annotated(house.settings, data, checked, house.now()))
    except InputRefused as error:  # it could be read, so what was found counts all the same
        record("check.no_notes", batch=batch.id, code=error.code)
    several = [
        StudyFinding(STAGE, f["check"], Severity(f["severity"]), f["message"], f["location"], f["id"], f["expected"])
        for f in checked.findings
    ]
    with house.store.write() as session:
        studies.put(session, StudyRead(batch.id, checked.study, checked.version, blobs, house.now()), several)
        audit.append(session, batch.id, MACHINE, "report.checked", document.id, new=blobs[DETAILS])
    job.changes.update(state=State.RUNNING, pages=checked.pages)
    job.tally.pages, job.tally.digest = checked.pages, blobs[DETAILS]


def _submitted(house: House, asset: AssetRef) -> Submitted:
    data = house.store.blobs.get(asset.sha256)
    if asset.kind == SOURCE:
        return Submitted(asset.name, data)
    told = json.loads(data)
    return Submitted(asset.name, b"", InputUnsupported(str(told["message"])))


def _details(checked: CheckedReport) -> bytes:
    told = {"summary": checked.summary(), "findings": list(checked.findings)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def _open(house: House, job: Work) -> None:
    with house.store.write() as session:
        read = studies.get(session, job.batch.id)
        blob = read.blobs[DETAILS] if read else ""
        digest = digest_of([STAGE, job.document.sha256, read.version if read else "", blob])
        if job.batch.recipe.review != "none" and gates.open(
            session, EarlyGate(job.batch.id, STAGE, digest, OPEN, house.now())
        ):
            audit.append(session, job.batch.id, MACHINE, "gate.opened", f"{job.batch.id}/{STAGE}", new=digest)
    job.tally.digest = digest
    job.changes["state"] = State.DRAFT if job.batch.recipe.review == "none" else State.WAITING


def _ended(house: House, batch_id: str, ids: Iterable[str]) -> None:
    """A check that nobody closes ends as a draft does, unless the report was refused."""
    with house.store.write() as session:
        if all(documents.get(session, i).state is State.DRAFT for i in ids):
            batches.set_state(session, batch_id, State.DRAFT)
            audit.append(session, batch_id, MACHINE, "batch.draft", batch_id)
            audit.seal(session)


# ---------------------------------------------------------------- looking and deciding


def look(house: House, batch_id: str) -> CheckSeen:
    """The check of a batch. Raises ``UnknownName`` where the batch is no check, ``NotReady`` before it was made."""
    with house.store.read() as session:
        batch = batches.get(session, batch_id)
        if batch.recipe.kind != CHECK_KIND:
            raise UnknownName("This batch checks no report.", name=batch_id)
        document = documents.of_batch(session, batch_id)[0]
        read = studies.get(session, batch_id)
        stored = [f for f in studies.findings(session, batch_id) if f.stage == STAGE]
        opened = next((g for g in gates.of_batch(session, batch_id) if g.stage == STAGE), None)
    if read is None or DETAILS not in read.blobs:
        raise NotReady("The report has not been checked yet.", batch=batch_id)
    told = json.loads(house.store.blobs.get(read.blobs[DETAILS]).decode("utf-8", "surrogatepass"))
    shown = {f["id"]: f for f in told["findings"]}
    listed = tuple(Listed(f, shown[f.locator]) for f in stored if f.locator in shown)
    return CheckSeen(batch, document, told["summary"], listed, opened, NOTES in read.blobs)


def state_of(house: House, batch_id: str) -> tuple[State, Document]:
    """How the batch and its report stand. Raises ``UnknownName``."""
    with house.store.read() as session:
        return batches.get(session, batch_id).state, documents.of_batch(session, batch_id)[0]


def dispose(house: House, batch_id: str, ids: Collection[str], user: User, reason: str) -> int:
    """Disposes of findings with a reason, one audit event each; how many were open. Raises ``ReviewRefused``, ``UnknownName``, ``NotReady``."""
    return _disposed(house, batch_id, ids, user, reason, Disposition.DISMISSED)


def reopen(house: House, batch_id: str, ids: Collection[str], user: User, reason: str) -> int:
    """Opens findings again that were disposed of. Raises as ``dispose``."""
    return _disposed(house, batch_id, ids, user, reason, Disposition.OPEN)


def _disposed(house: House, batch_id: str, ids: Collection[str], user: User, reason: str, becomes: Disposition) -> int:
    require(user.roles, Action.DISMISS)
    if not reason.strip():
        raise ReviewRefused("To dispose of a finding, or to open it again, needs a reason.")
    changed = 0
    with house.store.write() as session:
        _not_closed(session, batch_id)
        known = {f.id: f for f in studies.findings(session, batch_id) if f.stage == STAGE}
        for name in dict.fromkeys(ids):
            if name not in known:
                raise UnknownName(f"There is no finding {name[:40]} on this report.", name=name[:80])
            one = known[name]
            if one.disposition is becomes:
                continue
            now = house.now()
            studies.dispose(session, batch_id, name, becomes, user.name, reason.strip(), now)
            action = "report_finding.dismissed" if becomes is Disposition.DISMISSED else "report_finding.reopened"
            audit.append(
                session, batch_id, user.name, action, f"{batch_id}/{name}", old=one.disposition.value, new=one.check,
                reason=reason.strip(), at=now,
            )  # fmt: skip
            changed += 1
    return changed


def _not_closed(session: Any, batch_id: str) -> None:
    if batches.get(session, batch_id).state.ended:
        raise NotReady("The check is closed.", batch=batch_id)


def close(house: House, batch_id: str, user: User, digest: str, reason: str = "") -> None:
    """Closes the check as it was shown: no critical finding may be open.

    Raises ``NotApprovable``, ``StaleRow`` (it is another by now), ``NotReady`` (closed, or not made yet), ``RoleMissing``.
    """
    require(user.roles, Action.APPROVE)
    seen = look(house, batch_id)
    if seen.gate is None:
        raise NotReady("The check has not ended yet.", batch=batch_id)
    with house.store.write() as session:
        _not_closed(session, batch_id)
        several = [f for f in studies.findings(session, batch_id) if f.stage == STAGE]
        settled = _digest(seen.gate.digest, several)
        if digest != settled:
            raise StaleRow("The findings are others by now: look at them again.", batch=batch_id)
        if count := sum(f.blocking for f in several):
            raise NotApprovable(f"The check cannot be closed: {count} critical findings are open.", findings=count)
        now = house.now()
        gates.decide(session, batch_id, STAGE, APPROVED, user.name, reason, now)
        audit.append(
            session, batch_id, user.name, "check.closed", batch_id, old=OPEN, new=settled, reason=reason, at=now
        )
        documents.update(session, seen.document.id, state=State.RELEASED, stage="released")
        batches.set_state(session, batch_id, State.RELEASED)
        audit.append(session, batch_id, MACHINE, "batch.released", batch_id, at=now)
        audit.seal(session)


# ---------------------------------------------------------------- files


def files(house: House, batch_id: str, what: str) -> tuple[str, bytes]:
    """A file of the check by what it is: ``notes`` (the report with notes), ``html``, ``json``; its name and bytes. Raises ``UnknownName``, as ``look``."""
    from docpipe.steps.report_files import annotated_name

    seen = look(house, batch_id)
    checked = checked_of(seen)
    if what == "notes" and seen.notes:
        with house.store.read() as session:
            read = studies.get(session, batch_id)
        assert read is not None
        return annotated_name(seen.document.path), house.store.blobs.get(read.blobs[NOTES])
    if what == "html":
        decided = {
            f.shown["id"]: {
                "disposition": f.stored.disposition.value, "user": f.stored.user, "reason": f.stored.reason,
                "at": f.stored.at.strftime("%Y-%m-%d %H:%M UTC") if f.stored.at else "",
            }
            for f in seen.findings
        }  # fmt: skip
        return "findings.html", html(
            checked, house.now(), annotated_name(seen.document.path) if seen.notes else "", decided
        )
    if what == "json":
        return "findings.jsonl", json_lines(checked)
    raise UnknownName("The check has no such file.", name=what[:40])


def checked_of(seen: CheckSeen) -> CheckedReport:
    """The report as checked, from what is kept."""
    s = seen.summary
    return CheckedReport(
        s["file"], s["sha256"], s["media_type"], s["type"], s["title"], s["pages"], s["pages_counted"], s["study"], s["data_version"], s["sources"],
        tuple((r["file"], r["code"], r["message"]) for r in s["refused"]), s["numbers"], tuple(f.shown for f in seen.findings), s["seconds"],
        s["software"],
    )  # fmt: skip


__all__ = [
    "CHECK_KIND",
    "CheckSeen",
    "Listed",
    "checked_of",
    "close",
    "dispose",
    "files",
    "look",
    "order_check",
    "reopen",
    "run_check",
    "state_of",
]
