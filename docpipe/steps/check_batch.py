"""A batch that checks a report against its data: ordered, and checked up to the checkpoint of a person. Imports steps and store.

Findings lie where those on sources lie, under a stage of their own, so that a disposition stays while the finding says the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import replace

from docpipe import __version__
from docpipe.errors import InputMissing, InputRefused, InputUnsupported
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import digest_of
from docpipe.model.finding import Disposition, Severity
from docpipe.model.recipe import AssetRef, Recipe
from docpipe.safe.sniff import sniff
from docpipe.steps.admit import document_id
from docpipe.steps.check_earlier import Compared, compared, earlier_check
from docpipe.steps.check_report import READABLE, CheckedReport, check_report
from docpipe.steps.collect import Submitted
from docpipe.steps.draft_orders import LEFT_OUT, SOURCE, take_type, type_of
from docpipe.steps.house import MACHINE, House, new_batch_id, record
from docpipe.steps.open_checkpoint import settle
from docpipe.steps.progress import Progress, report
from docpipe.steps.report_files import annotated
from docpipe.steps.report_shown import FindingObject
from docpipe.steps.work import Work, held, step
from docpipe.store import audit, batches, documents, gates, studies
from docpipe.store.gates import OPEN, EarlyGate
from docpipe.store.studies import StudyFinding, StudyRead

CHECK_KIND = "check"
STAGE = "report"
"""Of the findings and of the checkpoint."""
DETAILS, NOTES = "report-check", "report-notes"
"""Names of blobs: summary and findings with evidence; the report with notes (absent where it cannot be made)."""


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
    earlier: str = "",
) -> Batch:
    """Takes in a report and its sources (``draft_orders.take_sources``) as a batch. ``kind``: name of a document type.

    ``earlier``: the batch of the check that this one follows; without sources those of it are taken. Raises ``UnknownName`` (no such type or
    check), ``NotReady`` (the earlier check is not made), ``InputMissing`` (no source), ``InputUnsupported``, what ended the report's arrival.
    """
    if given.error is not None:
        raise given.error
    media_type = sniff(given.data, given.path)
    if media_type not in READABLE:
        raise InputUnsupported("A report to check is a DOCX or a PDF file.", file=given.path, media_type=media_type)
    taken = list(sources)
    if earlier:
        follows, had = earlier_check(house, earlier, CHECK_KIND, DETAILS)
        taken = [follows, *(taken or had)]
    if not any(a.kind in (SOURCE, LEFT_OUT) for a in taken):
        raise InputMissing("There is no source to check the report against.")
    chosen, files = take_type(house, kind)
    recipe = Recipe(
        kind=CHECK_KIND, source_language=chosen.language, target_language=chosen.language, provider="program", review=review,
        assets=tuple(dict.fromkeys([*taken, *files])), checks_off=tuple(off), software=f"docpipe {__version__}",
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
    beside = compared(house, batch.recipe, checked.findings, STAGE)
    blobs = {DETAILS: house.store.blobs.put(_details(checked, beside))}
    try:
        blobs[NOTES] = house.store.blobs.put(annotated(house.settings, data, checked, house.now()))
    except InputRefused as error:  # it could be read, so what was found counts all the same
        record("check.no_notes", batch=batch.id, code=error.code)
    several = [_stored(f, beside.carried.get(f["id"]) if beside else None) for f in checked.findings]
    with house.store.write() as session:
        studies.put(session, StudyRead(batch.id, checked.study, checked.version, blobs, house.now()), several)
        audit.append(session, batch.id, MACHINE, "report.checked", document.id, new=blobs[DETAILS])
        for one in several:
            if one.disposition is not Disposition.OPEN:
                audit.append(
                    session, batch.id, MACHINE, "report_finding.carried", f"{batch.id}/{one.id}", old=beside.told["batch"] if beside else "", new=one.check,
                    reason=f"{one.user}: {one.reason}",
                )  # fmt: skip
    job.changes.update(state=State.RUNNING, pages=checked.pages)
    job.tally.pages, job.tally.digest = checked.pages, blobs[DETAILS]


def _stored(f: FindingObject, before: StudyFinding | None) -> StudyFinding:
    """A finding for the store, with the decision that goes on with it."""
    made = StudyFinding(STAGE, f["check"], Severity(f["severity"]), f["message"], f["location"], f["id"], f["expected"])
    if before is None:
        return made
    return replace(made, disposition=before.disposition, user=before.user, reason=before.reason, at=before.at)


def _submitted(house: House, asset: AssetRef) -> Submitted:
    data = house.store.blobs.get(asset.sha256)
    if asset.kind == SOURCE:
        return Submitted(asset.name, data)
    told = json.loads(data)
    return Submitted(asset.name, b"", InputUnsupported(str(told["message"])))


def _details(checked: CheckedReport, beside: Compared | None) -> bytes:
    told = {
        "summary": checked.summary(),
        "findings": list(checked.findings),
        "earlier": dict(beside.told) if beside else None,
    }
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


def state_of(house: House, batch_id: str) -> tuple[State, Document]:
    """How the batch and its report stand. Raises ``UnknownName``."""
    with house.store.read() as session:
        return batches.get(session, batch_id).state, documents.of_batch(session, batch_id)[0]
