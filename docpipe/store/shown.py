"""What a document's rows show at present, as one digest. Imports canonical and the tables.

Apart from ``units``, because previews ask it at every look: no unit is built, and approvals do not change it.
"""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from docpipe.model.canonical import Digest
from docpipe.model.segment import Status
from docpipe.store.tables import units


def targets_digest(s: Session, document_id: str) -> Digest:
    """Digest over the rows' targets in the document's order; rows without a target count as such."""
    query = select(units.c.segment, units.c.status, units.c.target).where(units.c.document == document_id)
    digest = hashlib.sha256()
    for segment, status, target in s.execute(query.order_by(units.c.position)):
        shown = None if status == Status.NEW.value else target
        digest.update(json.dumps([segment, shown], ensure_ascii=True).encode())
    return Digest(digest.hexdigest())
