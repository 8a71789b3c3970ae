"""The signature record of one document: what was signed, by whom, when, meaning what, and whether it still holds. Imports store.

Source: 21 CFR 11.50 (printed name, time, meaning on every readable form), 11.70 (bound to the record), 11.10(b) (copies).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from docpipe.model.audit import first_break
from docpipe.safe.office import find_office, to_pdf
from docpipe.steps import checkpoint
from docpipe.steps.checkpoint import Looked
from docpipe.steps.house import House
from docpipe.store import audit, users


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """What the record shows. ``broken``: what is wrong with the batch's audit chain, "" when it is whole; ``events``: its length.

    ``names``: account name to printed name; ``chain_head``: hash of the chain's last event when this was made.
    """

    looked: Looked
    names: dict[str, str]
    made: datetime
    events: int
    broken: str
    chain_head: str


def signature_record(house: House, document_id: str) -> SignatureRecord:
    """The record of one document. Raises ``UnknownName``."""
    looked = checkpoint.look(house, document_id)
    with house.store.read() as session:
        names = {u.name: u.printed_name for u in users.listing(session)}
        events = list(audit.events(session, looked.batch.id))
        head = audit.head(session, looked.batch.id)
    return SignatureRecord(looked, names, house.now(), len(events), first_break(events) or "", head)


def can_make_pdf(house: House) -> bool:
    """Whether a program that makes pages of a record is there; else people print from their browser."""
    return bool(find_office(house.settings.office))


def paper(house: House, html: str) -> bytes:
    """A record's standalone HTML as PDF. Raises ``OfficeFailed``."""
    settings = house.settings
    return to_pdf(find_office(settings.office), html.encode(), ".html", seconds=settings.office_seconds)
