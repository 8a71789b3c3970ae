"""The story of a translation batch without Prefect: the steps in the order of ``flows/translate.py``, over a real store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation import APPROVER, Installation
from installation import REVIEWER as EDITOR
from whole import PASSWORD, submission

from docpipe.model.batch import Batch
from docpipe.model.batch import State as BatchState
from docpipe.model.inline import from_wire
from docpipe.model.segment import SegmentId, Unit
from docpipe.simulate import translation
from docpipe.steps import admit, check, decide, extract, measure, open_checkpoint, propagate, recall, second_look
from docpipe.steps import sign as signing
from docpipe.steps import translate as model_step
from docpipe.steps.recipes import Order, make_recipe


@dataclass
class Story(Installation):
    """One installation that translates."""

    def submit(self, files: Mapping[str, bytes], source: str = "en", target: str = "es", **order: Any) -> Batch:
        """Admits a folder with these files; ``order``: of ``Order``."""
        number = self.next_number()
        folder = submission(self.folder / f"in{number}", files)
        recipe = make_recipe(self.house, Order(source, target, **order))
        return admit.admit(self.house, [folder], recipe, actor="local:test", out=str(self.folder / f"out{number}"))

    def run(self, batch: Batch) -> BatchState:
        """The story of ``flows.translate.translate_batch``."""
        self.upto(batch, "checked")
        for d in self.going(batch, "waiting"):
            second_look.second_look(self.house, d.id)
            open_checkpoint.open_checkpoint(self.house, d.id)
        return self.finish(batch)

    def upto(self, batch: Batch, last: str) -> None:
        """The machine's stages, ``last`` included: segmented, recalled, translated, checked."""
        house = self.house
        for d in self.going(batch, "segmented"):
            extract.extract(house, d.id)
            extract.make_segments(house, d.id)
        if last != "segmented" and self.going(batch, "recalled"):
            recall.recall_batch(house, batch.id)
        if last in ("translated", "checked"):
            for d in self.going(batch, "translated"):
                model_step.translate(house, d.id)
        if last == "checked" and (going := self.going(batch, "checked")):
            propagate.propagate(house, batch.id)
            for d in going:
                check.check(house, d.id)

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
