"""Reports of a few lines checked against the sample study's disposition, for the tests of the pages and of what people decide."""

from __future__ import annotations

import io
import re

import docx
from drafting_story import TYPE, sources
from web_builders import NAMES, ClockHouse

from docpipe.accounts.roles import Role
from docpipe.model.batch import Batch, State
from docpipe.steps import check_batch
from docpipe.steps import draft_orders as orders
from docpipe.steps.collect import Submitted
from docpipe.store import batches

RIGHT = "Of the subjects in the Placebo group, 18 (81.8%) completed the study (Table 14.1.2)."
WRONG = "Of the subjects in the Placebo group, 19 (81.8%) completed the study (Table 14.1.2)."


def report(*paragraphs: str) -> bytes:
    """A report of a few lines as people write it."""
    made = docx.Document()
    made.add_heading("10.1 Disposition of Patients", 1)
    for text in paragraphs:
        made.add_paragraph(text)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def checked(house: ClockHouse, *paragraphs: str, review: str = "required", earlier: str = "") -> Batch:
    """A batch whose report was checked against the sample study's disposition."""
    folder = house.settings.home / "given"
    for name, data in sources().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    kind = house.settings.home / "mini.v1.md"
    kind.write_text(TYPE)
    given = Submitted("report.docx", report(*paragraphs))
    batch = check_batch.order_check(
        house,
        given,
        [] if earlier else orders.take_sources(house, [folder]),
        str(kind),
        actor=NAMES[Role.AUTHOR],
        name="Report",
        review=review,
        earlier=earlier,
    )
    check_batch.run_check(house, batch.id)
    return batch


def state(house: ClockHouse, batch: Batch) -> State:
    with house.store.read() as s:
        return batches.get(s, batch.id).state


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([\w.]+)"', page)
    assert found, name
    return found[1]
