"""Cancel: a document that cannot be mended, or a whole batch, goes no further. Imports accounts and store.

What was done stays readable; a cancelled document does not hold up the package of the others.
"""

from __future__ import annotations

from docpipe.accounts.roles import Action, User, require
from docpipe.errors import NotReady, ReviewRefused
from docpipe.model.batch import CheckpointState, Document, State
from docpipe.steps.house import House
from docpipe.steps.work import held
from docpipe.store import audit, batches, checkpoints, documents


def cancel(house: House, batch_id: str, chosen: list[Document], user: User, reason: str) -> int:
    """Cancels the documents, and the batch with its last live one; returns how many. Released ones cannot be.

    Raises ``RoleMissing``, ``ReviewRefused`` (no reason), ``NotReady`` (nothing left to cancel).
    """
    require(user.roles, Action.RESUME)
    if not reason.strip():
        raise ReviewRefused("A cancellation needs a reason.")
    count = 0
    for document in chosen:
        with held(house, f"document:{document.id}"), house.store.write() as session:
            now = documents.get(session, document.id)
            if now.state.ended:
                continue
            documents.set_state(session, document.id, State.CANCELLED)
            checkpoints.void_document(session, document.id, house.now())
            for checkpoint in checkpoints.of_document(session, document.id):
                checkpoints.set_state(session, checkpoint.id, CheckpointState.VOID)
            audit.append(
                session, batch_id, user.name, "document.cancelled", document.id, old=now.state.value, reason=reason
            )
            count += 1
    if not count:
        raise NotReady(
            "There is nothing left to cancel: what is released, refused or cancelled stays so.", batch=batch_id
        )
    with house.store.write() as session:
        states = {d.state for d in documents.of_batch(session, batch_id)}
        if states <= {State.CANCELLED, State.REFUSED}:
            batches.set_state(session, batch_id, State.CANCELLED)
            audit.append(session, batch_id, user.name, "batch.cancelled", batch_id, reason=reason)
    return count
