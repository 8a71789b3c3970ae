"""An installation and what happens in it, without Prefect: people, one batch after another, and what stands in the store. For stories of the steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whole import PASSWORD

from docpipe.accounts.roles import User
from docpipe.model.batch import Batch, Document
from docpipe.model.batch import State as BatchState
from docpipe.model.segment import Segment, Unit
from docpipe.steps import assemble, deliver, open_checkpoint, people, release
from docpipe.steps.house import House
from docpipe.steps.work import reached, revive
from docpipe.store import audit, batches, documents, units

REVIEWER, APPROVER = "mei.lin", "jose.ruiz"


@dataclass
class Installation(ABC):
    """One home folder, its people and its batches."""

    house: House
    folder: Path
    team: dict[str, User] = field(default_factory=dict)

    def people(self) -> None:
        """An administrator, a reviewer (translations: the translator) and an approver."""
        self.team["admin"] = people.add_user(self.house, "admin", "Ada Min", ["administrator"], PASSWORD, by=None)
        for name, printed, role in ((REVIEWER, "Mei Lin", "reviewer"), (APPROVER, "José Ruiz", "approver")):
            self.team[name] = people.add_user(self.house, name, printed, [role], PASSWORD, by=self.team["admin"])

    def next_number(self) -> int:
        """The number of the next submission's folders."""
        return len(list(self.folder.glob("in*")))

    @abstractmethod
    def run(self, batch: Batch) -> BatchState:
        """The story of the batch's flow."""

    def finish(self, batch: Batch) -> BatchState:
        """What both flows do once the documents wait: review copies, or the package."""
        house = self.house
        state = open_checkpoint.settle(house, batch.id)
        if state is BatchState.WAITING:
            release.write_review_copies(house, batch.id)
        if state is BatchState.RELEASING:
            for d in self.going(batch, "delivered"):
                assemble.assemble(house, d.id)
                assemble.verify(house, d.id)
                deliver.deliver(house, d.id)
            if open_checkpoint.settle(house, batch.id) is BatchState.RELEASING:
                release.release(house, batch.id)
        return self.state(batch)

    def resume(self, batch: Batch) -> BatchState:
        """As `docpipe resume`."""
        revive(self.house, batch.id, "local:test")
        return self.run(batch)

    def going(self, batch: Batch, stage: str) -> list[Document]:
        """Documents that have not reached a stage and can."""
        live = [d for d in self.documents(batch) if not d.state.ended and d.state is not BatchState.FAILED]
        return [d for d in live if not reached(d, stage)]

    def state(self, batch: Batch) -> BatchState:
        with self.house.store.read() as s:
            return batches.get(s, batch.id).state

    def documents(self, batch: Batch) -> list[Document]:
        with self.house.store.read() as s:
            return documents.of_batch(s, batch.id)

    def document(self, batch: Batch, path: str = "") -> Document:
        """The document of a path, or the first."""
        return next(d for d in self.documents(batch) if not path or d.path == path)

    def rows(self, document: Document) -> list[tuple[Segment, Unit]]:
        with self.house.store.read() as s:
            current = units.units(s, document.id)
            return [(g, current[g.id]) for g in units.segments(s, document.id)]

    def events(self, batch: Batch, *actions: str) -> list[Any]:
        """The batch's audit events, of some actions or all."""
        with self.house.store.read() as s:
            return [e for e in audit.events(s, batch.id) if not actions or e.action in actions]
