"""The story of a translation batch without Prefect: the steps in the order of ``flows/translate.py``, over a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from whole import PASSWORD, clean_environment, submission

from docpipe.accounts.roles import User
from docpipe.model.batch import Batch, Document
from docpipe.model.batch import State as BatchState
from docpipe.model.inline import from_wire
from docpipe.model.segment import Segment, SegmentId, Unit
from docpipe.settings import load
from docpipe.simulate import translation
from docpipe.steps import (
    admit,
    assemble,
    check,
    decide,
    extract,
    measure,
    open_checkpoint,
    people,
    propagate,
    recall,
    release,
)
from docpipe.steps import sign as signing
from docpipe.steps import translate as model_step
from docpipe.steps.house import House, open_house
from docpipe.steps.recipes import Order, make_recipe
from docpipe.steps.work import reached, revive
from docpipe.store import audit, batches, documents, units

EDITOR, APPROVER = "mei.lin", "jose.ruiz"


@dataclass
class Story:
    """One installation and what happens in it."""

    house: House
    folder: Path
    team: dict[str, User] = field(default_factory=dict)

    def people(self) -> None:
        """An administrator, a translator and an approver."""
        self.team["admin"] = people.add_user(self.house, "admin", "Ada Min", ["administrator"], PASSWORD, by=None)
        for name, printed, role in ((EDITOR, "Mei Lin", "reviewer"), (APPROVER, "José Ruiz", "approver")):
            self.team[name] = people.add_user(self.house, name, printed, [role], PASSWORD, by=self.team["admin"])

    def submit(self, files: Mapping[str, bytes], source: str = "en", target: str = "es", **order: Any) -> Batch:
        """Admits a folder with these files; ``order``: of ``Order``."""
        number = len(list(self.folder.glob("in*")))
        folder = submission(self.folder / f"in{number}", files)
        recipe = make_recipe(self.house, Order(source, target, **order))
        return admit.admit(self.house, [folder], recipe, actor="local:test", out=str(self.folder / f"out{number}"))

    def run(self, batch: Batch) -> BatchState:
        """The story of ``flows.translate.translate_batch``."""
        house = self.house
        for d in self._going(batch, "segmented"):
            extract.extract(house, d.id)
            extract.make_segments(house, d.id)
        if self._going(batch, "recalled"):
            recall.recall_batch(house, batch.id)
        for d in self._going(batch, "translated"):
            model_step.translate(house, d.id)
        if self._going(batch, "checked"):
            propagate.propagate(house, batch.id)
        for d in self._going(batch, "waiting"):
            check.check(house, d.id)
            open_checkpoint.open_checkpoint(house, d.id)
        state = open_checkpoint.settle(house, batch.id)
        if state is BatchState.WAITING:
            release.write_review_copies(house, batch.id)
        if state is BatchState.RELEASING:
            for d in self._going(batch, "verified"):
                assemble.assemble(house, d.id)
                assemble.verify(house, d.id)
            if open_checkpoint.settle(house, batch.id) is BatchState.RELEASING:
                release.release(house, batch.id)
        return self.state(batch)

    def resume(self, batch: Batch) -> BatchState:
        revive(self.house, batch.id, "local:test")
        return self.run(batch)

    def _going(self, batch: Batch, stage: str) -> list[Document]:
        stopped = (BatchState.FAILED,)
        return [
            d for d in self.documents(batch) if not d.state.ended and d.state not in stopped and not reached(d, stage)
        ]

    # ------------------------------------------------------------ looking

    def state(self, batch: Batch) -> BatchState:
        with self.house.store.read() as s:
            return batches.get(s, batch.id).state

    def documents(self, batch: Batch) -> list[Document]:
        with self.house.store.read() as s:
            return documents.of_batch(s, batch.id)

    def document(self, batch: Batch, path: str = "") -> Document:
        return next(d for d in self.documents(batch) if not path or d.path == path)

    def rows(self, document: Document) -> list[tuple[Segment, Unit]]:
        with self.house.store.read() as s:
            current = units.units(s, document.id)
            return [(g, current[g.id]) for g in units.segments(s, document.id)]

    def events(self, batch: Batch, *actions: str) -> list[Any]:
        with self.house.store.read() as s:
            return [e for e in audit.events(s, batch.id) if not actions or e.action in actions]

    def out(self, batch: Batch) -> Path:
        return Path(batch.out)

    def figures(self, batch: Batch) -> dict[str, Any]:
        return measure.measure(self.house, batch.id)

    # ------------------------------------------------------------ people's work

    def translate_rows(self, batch: Batch, only: Callable[[Unit], bool] = lambda u: bool(u.needs_person)) -> int:
        """The translator's edits: a careful translation of every row that ``only`` chooses."""
        count = 0
        for d in (d for d in self.documents(batch) if d.state is not BatchState.CANCELLED):
            targets = {
                g.id: from_wire(
                    translation.translate(g.wire, batch.recipe.source_language, batch.recipe.target_language), g.source
                )
                for g, u in self.rows(d)
                if only(u)
            }
            if targets:
                outcome = decide.edit(self.house, d.id, targets, self.team[EDITOR], "translated by hand")
                assert not outcome.refused
                count += len(outcome.changed)
        return count

    def approve(self, batch: Batch) -> dict[SegmentId, str]:
        """The approver approves everything; what is left, with the codes."""
        left: dict[SegmentId, str] = {}
        for d in self.documents(batch):
            if d.state is BatchState.WAITING:
                outcome = decide.approve(self.house, d.id, None, self.team[APPROVER])
                left |= {s: e.code for s, e in outcome.refused.items()}
        return left

    def sign(self, batch: Batch) -> None:
        for d in self.documents(batch):
            if d.state is BatchState.WAITING:
                signing.sign(self.house, d.id, APPROVER, PASSWORD, "approval")

    def release(self, batch: Batch) -> BatchState:
        """From waiting to the package, with all that people must do."""
        assert self.run(batch) is BatchState.WAITING
        self.translate_rows(batch)
        assert self.approve(batch) == {}
        self.sign(batch)
        return self.run(batch)


@pytest.fixture(autouse=True)
def _no_foreign_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    kept = clean_environment()
    for name in set(os.environ) - set(kept):
        monkeypatch.delenv(name)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A story with its people, its provider the rehearsal."""
    yield from _told(tmp_path)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """``asked(address)``: a story whose provider is the one at the address."""
    made: list[Iterator[Story]] = []

    def make(address: str, **settings: Any) -> Story:
        made.append(_told(tmp_path, provider="openai", model="sim", base_url=address, **settings))
        return next(made[-1])

    yield make
    for told in made:
        next(told, None)


def _told(folder: Path, **settings: Any) -> Iterator[Story]:
    house = open_house(load(home=folder / "home", **settings))
    story = Story(house, folder)
    story.people()
    yield story
    house.store.close()
