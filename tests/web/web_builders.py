"""Builders of the page's tests: an installation with its team, one translated batch, browsers signed in by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drafting_story import Drafting
from fastapi import FastAPI
from fastapi.testclient import TestClient
from whole import PASSWORD, report

from docpipe.accounts.roles import Role, User
from docpipe.model.batch import Batch, Document, State
from docpipe.model.segment import SegmentId
from docpipe.settings import load
from docpipe.steps import admit, check, extract, open_checkpoint, people, propagate, recall
from docpipe.steps import translate as model_step
from docpipe.steps.house import House, open_house
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import batches, documents, findings, units, users

SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
NAMES = {role: f"{role.value}.one" for role in Role}
"""One account a role."""
OTHERS = {role: f"{role.value}.two" for role in (Role.AUTHOR, Role.REVIEWER, Role.APPROVER, Role.QUALITY)}
"""Second accounts, for what is somebody else's."""


@dataclass
class Clock:
    """What time it is in the installation: real time, moved by the tests."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass(frozen=True)
class ClockHouse(House):
    """An installation whose clock the tests hold."""

    clock: Clock = field(default_factory=Clock)

    def now(self) -> datetime:
        return self.clock.now()


@dataclass(frozen=True)
class World:
    """One batch of two documents, translated in rehearsal and waiting for people; submitted by ``author.one``."""

    house: House
    batch: str
    document: str
    other_document: str
    segment: str
    segments: tuple[str, ...]
    finding: str
    checkpoint: str


def _team(house: House) -> None:
    admin = people.add_user(house, NAMES[Role.ADMINISTRATOR], "Ada Min", ["administrator"], PASSWORD, by=None)
    for name, role in [(n, r) for given in (NAMES, OTHERS) for r, n in given.items() if n != admin.name]:
        people.add_user(house, name, name.replace(".", " ").title(), [role.value], PASSWORD, by=admin)


def opened(folder: Path, clock: Clock | None = None, **settings: Any) -> ClockHouse:
    """An installation of its own with its team."""
    house = open_house(load(home=folder / "home", **{"second_look": "off", **settings}))
    made = ClockHouse(house.settings, house.store, house.owner, clock or Clock())
    _team(made)
    return made


def translated(house: House, folder: Path, name: str = "batch", seed: int = 7, words: int = 260) -> Batch:
    """A batch taken to its checkpoints without a model."""
    source = folder / name
    source.mkdir()
    for number, path in enumerate(("m1/report.docx", "m5/annex.docx")):
        (source / path).parent.mkdir()
        (source / path).write_bytes(report(words, seed + number))
    recipe = make_recipe(house, Order("en", "es"))
    batch = admit.admit(house, [source], recipe, actor=NAMES[Role.AUTHOR], out=str(folder / f"{name}-out"))
    with house.store.read() as s:
        found = documents.of_batch(s, batch.id)
    for d in found:
        extract.extract(house, d.id)
        extract.make_segments(house, d.id)
    recall.recall_batch(house, batch.id)
    for d in found:
        model_step.translate(house, d.id)
    propagate.propagate(house, batch.id)
    for d in found:
        check.check(house, d.id)
        open_checkpoint.open_checkpoint(house, d.id)
    assert open_checkpoint.settle(house, batch.id) is State.WAITING
    with house.store.read() as s:
        return batches.get(s, batch.id)


def world_of(house: House, batch: Batch) -> World:
    """The ids in a batch."""
    with house.store.read() as s:
        found: list[Document] = documents.of_batch(s, batch.id)
        rows: list[SegmentId] = [g.id for g in units.segments(s, found[0].id)]
        listed = findings.listing(s, found[0].id)
        from docpipe.store import checkpoints

        waiting = checkpoints.of_document(s, found[0].id)[0]
    finding = listed[0].id if listed else ""
    return World(house, batch.id, found[0].id, found[1].id, rows[0], tuple(rows), finding, waiting.id)


def application(house: House) -> FastAPI:
    """The application as it is served."""
    from docpipe.web.app import create_app

    return create_app(house)


def anonymous(app: FastAPI) -> TestClient:
    """A browser without a session; unsafe requests come from our own page."""
    return TestClient(app, headers=SAME_ORIGIN, follow_redirects=False, raise_server_exceptions=True)


def signed_in(app: FastAPI, name: str) -> TestClient:
    """A browser with a session of this account (without the slow password check)."""
    from docpipe.web.session import COOKIE

    house: House = app.state.house
    with house.store.read() as s:
        user: User = users.get(s, name)
    client = anonymous(app)
    secret = people.start_session(house, user, address="testclient", agent="test")
    client.cookies.set(COOKIE, secret, domain="testserver.local", path="/")  # as the client itself keeps it
    return client


def drafting(house: ClockHouse, folder: Path) -> Drafting:
    """Drafts of a house whose reviewer and approver are those who sign in on its pages."""
    made = Drafting(house, folder)
    with house.store.read() as s:
        persons = {r: users.get(s, NAMES[r]) for r in (Role.REVIEWER, Role.APPROVER)}
    made.team |= {"mei.lin": persons[Role.REVIEWER], "jose.ruiz": persons[Role.APPROVER]}
    return made
