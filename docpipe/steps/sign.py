"""Sign: what stands between a document and its signature, the signature itself, and whether it holds. Imports accounts and store.

A signature covers the digest of exactly what was shown (21 CFR 11.70): who looked at something else is asked to look again.
"""

from __future__ import annotations

from typing import Any

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import NotApprovable, NotReady, RoleMissing, StaleRow
from docpipe.model.batch import Batch, Checkpoint, CheckpointState, Document, Signature, State
from docpipe.steps import draft_checks
from docpipe.steps.decide import under_review
from docpipe.steps.house import House
from docpipe.steps.open_checkpoint import review_digest
from docpipe.steps.people import confirm_signer
from docpipe.steps.work import held
from docpipe.store import audit, batches, checkpoints, comments, documents, findings, grid, units

MEANINGS = ("approval", "review", "responsibility", "authorship")
"""What a signature may mean (21 CFR 11.50(a)(3))."""


def blockers(house: House, document_id: str) -> dict[str, int]:
    """What stands between a document and its signature: reason -> count."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
        return _blockers(session, batches.get(session, document.batch), document_id)


def _blockers(session: Any, batch: Batch, document_id: str) -> dict[str, int]:
    found = {
        "rows not approved": units.waiting(session, document_id),
        "critical findings open": findings.open_critical(session, document_id),
        "questions open": comments.open_questions(session, document_id),
        "rows not displayed": grid.count_unseen(session, grid.View((document_id,), batch.recipe.gate)),
    }
    return {reason: count for reason, count in found.items() if count}


def sign(house: House, document_id: str, user_name: str, password: str, meaning: str) -> Signature:
    """Signs a document's checkpoint: the password is asked for each time. Raises ``NotApprovable`` naming what is open."""
    return sign_as(house, document_id, confirm_signer(house, None, user_name, password), meaning)


def sign_as(house: House, document_id: str, signer: User, meaning: str, *, seen: str = "") -> Signature:
    """Signs for a person who has just proved who they are. ``seen``: the review digest that was shown to them, if a page showed it.

    Raises ``NotApprovable`` naming what is open, ``StaleRow`` where the document is not what was shown, ``RoleMissing``.
    """
    require(signer.roles, Action.SIGN)
    with held(house, f"document:{document_id}"):
        _check_again(house, document_id)
        return _sign(house, document_id, signer, meaning, seen)


def _check_again(house: House, document_id: str) -> None:
    """A draft is checked as a whole before it is signed: a change of one row may contradict another."""
    with house.store.read() as session:
        document = documents.get(session, document_id)
        batch = batches.get(session, document.batch)
    if batch.recipe.drafts and document.state is State.WAITING:
        draft_checks.recheck(house, batch, document)


def _sign(house: House, document_id: str, signer: User, meaning: str, seen: str) -> Signature:
    with house.store.write() as session:
        document = documents.locked(session, document_id)
        under_review(document)
        batch = batches.get(session, document.batch)
        open_things = _blockers(session, batch, document_id)
        if open_things:
            listed = ", ".join(f"{n} {what}" for what, n in open_things.items())
            raise NotApprovable(f"The document cannot be signed yet: {listed}.", document=document_id)
        checkpoint = _open_checkpoint(checkpoints.of_document(session, document_id), document)
        if {r.value for r in signer.roles}.isdisjoint(batch.recipe.sign_roles):
            raise RoleMissing(f"Signing needs the role {' or '.join(batch.recipe.sign_roles)}.")
        digest = review_digest(
            batch, document, units.segments(session, document_id), units.units(session, document_id),
            findings.listing(session, document_id),
        )  # fmt: skip
        if seen and seen != digest:
            raise StaleRow("The document was changed since it was shown: look at it again.", document=document_id)
        now = house.now()
        signature = Signature(checkpoint.id, signer.name, signer.printed_name, meaning, now, digest)
        checkpoints.sign(session, signature)
        checkpoints.add_decision(session, checkpoint.id, signer.name, "signed", meaning, now, digest)
        checkpoints.set_state(session, checkpoint.id, CheckpointState.SIGNED)
        documents.update(session, document_id, state=State.RELEASING)
        audit.append(
            session, batch.id, signer.name, "checkpoint.signed", checkpoint.id,
            old=checkpoint.digest, new=digest, reason=meaning, at=now,
        )  # fmt: skip
    return signature


def _open_checkpoint(found: list[Checkpoint], document: Document) -> Checkpoint:
    for checkpoint in found:
        if checkpoint.state in (CheckpointState.OPEN, CheckpointState.SENT_BACK):
            return checkpoint
    raise NotReady("The document has no open checkpoint.", document=document.id)


def signature_holds(house: House, document: Document) -> bool:
    """Whether the document carries a signature over exactly what it is now."""
    with house.store.read() as session:
        batch = batches.get(session, document.batch)
        now = review_digest(
            batch, document, units.segments(session, document.id), units.units(session, document.id),
            findings.listing(session, document.id),
        )  # fmt: skip
        return any(
            not s.void and s.digest == now
            for c in checkpoints.of_document(session, document.id)
            if c.state is CheckpointState.SIGNED
            for s in checkpoints.signatures(session, c.id)
        )
