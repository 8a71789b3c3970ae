"""What a document's rows show at present, as one digest. Imports canonical and the tables.

Apart from ``units``, because previews ask it at every look: no unit is built, and approvals do not change it.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from docpipe.model.canonical import Digest
from docpipe.model.segment import Status
from docpipe.store.tables import units


def targets_digest(s: Session, document_id: str) -> Digest:
    """Digest over the rows' targets in the document's order; rows without a target count as such."""
    target = type_coerce(units.c.target, Text)  # as it is stored: nothing is parsed
    query = select(units.c.segment, units.c.status, target).where(units.c.document == document_id)
    digest = hashlib.sha256()
    for segment, status, text in s.execute(query.order_by(units.c.position)):
        shown = "" if status == Status.NEW.value else text
        digest.update(f"{segment}\n{shown}\n".encode("utf-8", "surrogatepass"))
    return Digest(digest.hexdigest())
