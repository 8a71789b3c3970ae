"""The check of a report as people settle it: looked at, findings confirmed or dismissed with reasons, closed, its files. Imports steps and store.

A finding is confirmed where the report has to be corrected and dismissed where it stays as it is. What is closed is exactly what was shown.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import FourEyes, NotApprovable, NotReady, ReviewRefused, StaleFindings, UnknownName
from docpipe.model.batch import Batch, Document, State
from docpipe.model.canonical import Digest, digest_of
from docpipe.model.finding import Disposition, Severity
from docpipe.steps.check_batch import CHECK_KIND, DETAILS, NOTES, STAGE
from docpipe.steps.check_report import CheckedReport
from docpipe.steps.house import MACHINE, House
from docpipe.steps.report_files import annotated_name, html, json_line
from docpipe.steps.report_shown import FindingObject
from docpipe.store import audit, batches, documents, gates, studies
from docpipe.store.gates import APPROVED, OPEN, EarlyGate
from docpipe.store.studies import StudyFinding

_ACTIONS = {
    Disposition.DISMISSED: "report_finding.dismissed",
    Disposition.CONFIRMED: "report_finding.confirmed",
    Disposition.OPEN: "report_finding.reopened",
}
"""What a person can say of a finding, and the audit event of it."""
DISPOSITIONS = tuple(d.value for d in (Disposition.OPEN, Disposition.CONFIRMED, Disposition.DISMISSED))


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with what became of it. ``before``: what was said of it in the earlier check, where that was a confirmation."""

    stored: StudyFinding
    shown: FindingObject
    before: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """A report's check as a person looks at it. ``gate``: None before the check has ended; ``earlier``: the comparison with the check that it follows."""

    batch: Batch
    document: Document
    summary: dict[str, Any]
    findings: tuple[Listed, ...]
    gate: EarlyGate | None
    notes: bool
    earlier: Mapping[str, Any] | None = None

    @property
    def blocking(self) -> int:
        """How many critical findings are open."""
        return sum(f.stored.blocking for f in self.findings)

    @property
    def by_disposition(self) -> dict[str, int]:
        """How many findings are open, confirmed, dismissed."""
        return {d: sum(f.stored.disposition.value == d for f in self.findings) for d in DISPOSITIONS}

    @property
    def digest(self) -> Digest:
        """What closing the check covers: the report, the data and every finding with its disposition."""
        return _digest(self.gate.digest if self.gate else "", [f.stored for f in self.findings])


def _digest(gate: str, several: Iterable[StudyFinding]) -> Digest:
    return digest_of([gate, [[f.id, f.disposition.value, f.reason] for f in several]])


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
    earlier = told.get("earlier")
    again = earlier["again"] if earlier else {}
    listed = tuple(Listed(f, shown[f.locator], again.get(f.locator)) for f in stored if f.locator in shown)
    return CheckSeen(batch, document, told["summary"], listed, opened, NOTES in read.blobs, earlier)


# ---------------------------------------------------------------- deciding


def dispose(
    house: House, batch_id: str, ids: Collection[str], user: User, becomes: Disposition, reason: str = "",
    seen: Mapping[str, str] | None = None,
) -> int:  # fmt: skip
    """Says what becomes of findings, by their id or that of the report's JSON lines, one audit event each; how many changed.

    ``seen``: what the person saw of each; where another person has decided since, nothing changes. Raises ``ReviewRefused`` (to dismiss and to
    open again needs a reason), ``StaleFindings``, ``UnknownName``, ``NotReady`` (not made yet, or closed).
    """
    require(user.roles, Action.DISMISS)
    reason = reason.strip()
    if not reason and becomes is not Disposition.CONFIRMED:
        raise ReviewRefused("To dismiss a finding, or to open it again, needs a reason.")
    with house.store.write() as session:
        _not_closed(session, batch_id)
        several = [f for f in studies.findings(session, batch_id) if f.stage == STAGE]
        known = {f.locator: f for f in several} | {f.id: f for f in several}
        for name in ids:
            if name not in known:
                raise UnknownName(f"There is no finding {name[:40]} on this report.", name=name[:80])
        chosen = {known[name].id: known[name] for name in ids}
        for name in ids:
            now, was = known[name], (seen or {}).get(name, "")
            if was and was != now.disposition.value:
                raise StaleFindings(
                    f"{now.user or 'Somebody'} has decided on a finding since it was shown.",
                    finding=now.id,
                )
        changed = [f for f in chosen.values() if f.disposition is not becomes]
        for one in changed:
            at = house.now()
            studies.dispose(session, batch_id, one.id, becomes, user.name, reason, at)
            audit.append(
                session, batch_id, user.name, _ACTIONS[becomes], f"{batch_id}/{one.id}", old=one.disposition.value, new=one.check, reason=reason, at=at,
            )  # fmt: skip
    return len(changed)


def _not_closed(session: Any, batch_id: str) -> None:
    batch = batches.get(session, batch_id)
    if batch.recipe.kind != CHECK_KIND:
        raise UnknownName("This batch checks no report.", name=batch_id)
    if batch.state.ended:
        raise NotReady("The check is closed.", batch=batch_id)


def own_dismissals(several: Iterable[StudyFinding], user: User) -> list[StudyFinding]:
    """The critical findings that this person dismissed: a second person has to stand by them."""
    dismissed = (f for f in several if f.disposition is Disposition.DISMISSED and f.severity is Severity.CRITICAL)
    return [f for f in dismissed if f.user == user.name]


def _critical(count: int) -> str:
    return "1 critical finding is" if count == 1 else f"{count} critical findings are"


def close(house: House, batch_id: str, user: User, digest: str = "", reason: str = "") -> None:
    """Closes the check as it was shown, by its digest ("" for as it stands): no critical finding may be open.

    Raises ``NotApprovable``, ``FourEyes`` (who dismissed a critical finding), ``StaleFindings`` (it is another by now), ``NotReady`` (closed, or
    not made yet), ``RoleMissing``.
    """
    require(user.roles, Action.APPROVE)
    seen = look(house, batch_id)
    if seen.gate is None:
        raise NotReady("The check has not ended yet.", batch=batch_id)
    with house.store.write() as session:
        _not_closed(session, batch_id)
        several = [f for f in studies.findings(session, batch_id) if f.stage == STAGE]
        settled = _digest(seen.gate.digest, several)
        if digest and digest != settled:
            raise StaleFindings("The findings are others by now.", batch=batch_id)
        if count := sum(f.blocking for f in several):
            raise NotApprovable(f"The check cannot be closed: {_critical(count)} open.", findings=count)
        if own := len(own_dismissals(several, user)):
            raise FourEyes(
                f"Another person closes the check: {'1 critical finding was' if own == 1 else f'{own} critical findings were'} dismissed by you.",
                findings=own,
            )
        now = house.now()
        gates.decide(session, batch_id, STAGE, APPROVED, user.name, reason, now)
        audit.append(
            session, batch_id, user.name, "check.closed", batch_id, old=OPEN, new=settled, reason=reason, at=now
        )
        documents.update(session, seen.document.id, state=State.RELEASED, stage="released")
        batches.set_state(session, batch_id, State.RELEASED)
        audit.append(session, batch_id, MACHINE, "batch.released", batch_id, at=now)
        audit.seal(session)


# ---------------------------------------------------------------- what waits


@dataclass(frozen=True, slots=True)
class CheckWaiting:
    """A check in the review queue. ``open``: open findings by severity; ``settled``, ``total``: findings decided upon, and all."""

    batch: Batch
    document: Document
    since: datetime
    open: Mapping[str, int]
    settled: int
    total: int


_KEYS: dict[str, Any] = {
    "urgency": lambda w: (not w.open["critical"], w.since, w.document.path),
    "oldest": lambda w: (w.since, w.document.path),
    "risk": lambda w: (*(-w.open[s.value] for s in Severity), w.since),
    "smallest": lambda w: (w.total - w.settled, w.since),
}


def waiting(house: House, order: str = "urgency") -> list[CheckWaiting]:
    """The checks that wait for people, sorted by one of ``review_queue.ORDERS``."""
    listed = []
    with house.store.read() as session:
        for gate in gates.open_everywhere(session, STAGE):
            batch = batches.get(session, gate.batch)
            if batch.state is not State.WAITING:
                continue
            several = [f for f in studies.findings(session, batch.id) if f.stage == STAGE]
            left = [f for f in several if f.disposition is Disposition.OPEN]
            by_severity = {s.value: sum(f.severity is s for f in left) for s in Severity}
            document = documents.of_batch(session, batch.id)[0]
            listed.append(
                CheckWaiting(batch, document, gate.opened, by_severity, len(several) - len(left), len(several))
            )
    return sorted(listed, key=_KEYS.get(order, _KEYS["urgency"]))


# ---------------------------------------------------------------- files


def finding_object(f: Listed) -> dict[str, Any]:
    """A finding as the JSON lines tell it, with what became of it behind."""
    return {
        **json_line(f.shown), "disposition": f.stored.disposition.value, "user": f.stored.user, "reason": f.stored.reason,
        "at": f.stored.at.isoformat() if f.stored.at else None,
    }  # fmt: skip


def files(house: House, batch_id: str, what: str) -> tuple[str, bytes]:
    """A file of the check by what it is: ``notes`` (the report with notes), ``html``, ``json``; its name and bytes. Raises ``UnknownName``, as ``look``."""
    seen = look(house, batch_id)
    name = annotated_name(seen.document.path)
    if what == "notes" and seen.notes:
        with house.store.read() as session:
            read = studies.get(session, batch_id)
        assert read is not None
        return name, house.store.blobs.get(read.blobs[NOTES])
    if what == "html":
        decided = {
            f.shown["id"]: {
                "disposition": f.stored.disposition.value, "user": f.stored.user, "reason": f.stored.reason,
                "at": f.stored.at.strftime("%Y-%m-%d %H:%M UTC") if f.stored.at else "",
            }
            for f in seen.findings
        }  # fmt: skip
        return "findings.html", html(checked_of(seen), house.now(), name if seen.notes else "", decided)
    if what == "json":
        lines = (json.dumps(finding_object(f), ensure_ascii=False) + "\n" for f in seen.findings)
        return "findings.jsonl", "".join(lines).encode("utf-8", "surrogatepass")
    raise UnknownName("The check has no such file.", name=what[:40])


def checked_of(seen: CheckSeen) -> CheckedReport:
    """The report as checked, from what is kept."""
    s = seen.summary
    return CheckedReport(
        s["file"], s["sha256"], s["media_type"], s["type"], s["title"], s["pages"], s["pages_counted"], s["study"], s["data_version"], s["sources"],
        tuple((r["file"], r["code"], r["message"]) for r in s["refused"]), s["numbers"], tuple(f.shown for f in seen.findings), s["seconds"],
        s["software"],
    )  # fmt: skip
