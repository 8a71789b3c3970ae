"""Terms of a package: a provider that renders one term three ways is seen, one approval binds all the others, requests obey."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from docx_builder import docx
from sqlalchemy import delete

from docpipe.errors import ReviewRefused, UnknownName
from docpipe.memory.renderings import contains
from docpipe.memory.termbase import read_termbase
from docpipe.model.batch import State
from docpipe.model.finding import Disposition
from docpipe.model.inline import plain_text
from docpipe.model.terms import TermStatus
from docpipe.simulate.answers import answers_of
from docpipe.simulate.translation import translate
from docpipe.steps import decide, package_terms, term_proposals
from docpipe.steps.context import prepared
from docpipe.steps.package import memories
from docpipe.steps.records import verify_audit
from docpipe.steps.terms import TWO_WAYS
from docpipe.store import audit, findings, units
from docpipe.store.engine_tables import briefs

TERM = "primary endpoint"
WAYS = ("criterio principal", "variable primaria", "objetivo central")


class _Provider(BaseHTTPRequestHandler):
    """Chat completions that render one term in three ways, by the number in the sentence; binding terms are obeyed."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        task = body["messages"][-1]["content"]
        answers: Any = answers_of(task)
        if "paragraphs" in json.loads(task):
            self.server.tasks.append(json.loads(task))  # type: ignore[attr-defined]
        bound = any(t["source"] == TERM for t in json.loads(task).get("terms", ()))
        rendered = translate(TERM, "en", "es")
        for item in getattr(answers, "items", ()):
            number = re.search(r"\d+", item.source)
            way = WAYS[int(number[0]) % 3 if number else 0]
            if not bound:
                item.text = re.sub(re.escape(rendered), way, item.text, flags=re.IGNORECASE)
        reply = {
            "id": "c", "object": "chat.completion", "created": 0, "model": "sim",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answers.reply()}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200},
        }  # fmt: skip
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def three_ways() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Its address, and the tasks it was given."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    server.tasks = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", server.tasks  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


_SUBJECTS = ("The", "Analysis of the", "Each site reported the", "Missing values of the", "Sensitivity of the")
_ENDS = ("at the planned visit", "after one year", "by the local team", "as the plan says")


def document(first: int) -> bytes:
    lines = ["h1:Report", "h2:Primary endpoint"]
    for n in range(first, first + 9):
        lines.append(f"p:{_SUBJECTS[n % 5]} primary endpoint was recorded for group {n} {_ENDS[n % 4]}.")
        lines.append(f"p:Vital signs of cohort {n} were stable during the whole observation period.")
    return docx(*lines)


@pytest.fixture
def package(asked: Callable[..., Any]) -> Iterator[tuple[Any, Any, list[dict[str, Any]]]]:
    with three_ways() as (address, tasks):
        story = asked(address, api_key="none")
        batch = story.submit({f"m5/d{n}.docx": document(100 * n) for n in (1, 2, 3)})
        assert story.run(batch) is State.WAITING
        yield story, batch, tasks


def rows_of(story: Any, batch: Any) -> list[tuple[str, str, str, str, set[str]]]:
    """Document, segment, source, target, ids of open findings of each row with the term."""
    found = []
    for d in story.documents(batch):
        with story.house.store.read() as s:
            current = units.units(s, d.id)
            said: dict[str, set[str]] = {}
            for f in (f for f in findings.listing(s, d.id) if f.disposition is Disposition.OPEN):
                said.setdefault(f.segment, set()).add(f.check)
            for g in units.segments(s, d.id):
                if TERM in plain_text(g.source).lower():
                    found.append(
                        (d.id, g.id, plain_text(g.source), plain_text(current[g.id].target), said.get(g.id, set()))
                    )
    return found


def all_alike_or_said(story: Any, batch: Any, target: str) -> None:
    """The property: a row renders the term as the package does, or a finding says that it does not."""
    rows = rows_of(story, batch)
    assert len(rows) >= 27
    for _, _, source, text, said in rows:
        different = not contains(text, target)
        assert different == bool(said & {TWO_WAYS, "E1.term-not-used"}), (source, text, said)


def test_one_term_in_three_ways_is_seen_and_one_approval_binds_it(package: Any) -> None:
    story, batch, tasks = package
    terms = {t.source.lower(): t for t in package_terms.listing(story.house, batch.id)}
    assert TERM in terms
    assert {t.lower() for t in terms[TERM].targets} == set(WAYS)
    all_alike_or_said(story, batch, terms[TERM].target)

    # A person approves a row with another rendering than most: that one is binding from now on.
    minority = next(t for t in terms[TERM].targets if t != terms[TERM].target)
    chosen = next(r for r in rows_of(story, batch) if contains(r[3], minority) and r[2].lower() != TERM)
    done = decide.approve(story.house, chosen[0], [chosen[1]], story.team["jose.ruiz"])
    assert done.changed == [chosen[1]]
    locked = next(t for t in package_terms.listing(story.house, batch.id) if t.source.lower() == TERM)
    assert (locked.state, locked.target.lower(), locked.segment) == ("locked", minority.lower(), chosen[1])
    all_alike_or_said(story, batch, minority)
    with story.house.store.read() as s:
        events = [e for e in audit.events(s, batch.id) if e.action == "term.locked"]
    assert events
    assert all(TERM not in json.dumps([e.subject, e.old, e.new, e.reason]) for e in events)
    assert verify_audit(story.house, None)[0] == []
    assert not any("terms" in t for t in tasks)


def test_a_locked_term_binds_the_requests_of_documents_that_come_later(package: Any) -> None:
    story, batch, _ = package
    package_terms.lock(story.house, batch.id, TERM, "variable principal", story.team["jose.ruiz"], "agreed")
    # The documents that were asked keep what they were told; one that comes now is told the term.
    first = story.documents(batch)[0]
    with story.house.store.read() as s:
        segments = units.segments(s, first.id)
    old = prepared(story.house, batch, first, segments, segments)
    assert not any("terms" in json.loads(old.craft.task(c, {}).text) for c in old.chunks)
    with story.house.store.write() as s:
        s.execute(delete(briefs).where(briefs.c.document == first.id))
    new = prepared(story.house, batch, first, segments, segments)
    told = [json.loads(new.craft.task(c, {}).text) for c in new.chunks]
    bound = [(x["source"].lower(), x["use"]) for t in told for x in t["terms"]]
    assert (TERM, "variable principal") in bound


def test_a_lock_is_a_persons_and_can_be_taken_back_with_a_reason(package: Any) -> None:
    story, batch, _ = package
    user = story.team["jose.ruiz"]
    assert package_terms.lock(story.house, batch.id, "Primary Endpoint", "variable principal", user) >= 27
    all_alike_or_said(story, batch, "variable principal")
    with pytest.raises(ReviewRefused):
        package_terms.unlock(story.house, batch.id, TERM, user, " ")
    package_terms.unlock(story.house, batch.id, TERM, user, "another rendering is meant")
    back = next(t for t in package_terms.listing(story.house, batch.id) if t.source.lower() == TERM)
    assert back.state == "proposed"
    all_alike_or_said(story, batch, back.target)
    with pytest.raises(UnknownName):
        package_terms.unlock(story.house, batch.id, "no such term", user, "why")


def test_bound_terms_leave_as_a_termbase_that_the_next_batch_can_take(package: Any) -> None:
    story, batch, _ = package
    assert "terms.csv" not in memories(story.house, batch)
    package_terms.lock(story.house, batch.id, TERM, "variable principal", story.team["jose.ruiz"])
    (term,) = read_termbase(memories(story.house, batch)["terms.csv"])
    assert (term.source.lower(), term.target, term.status) == (TERM, "variable principal", TermStatus.PREFERRED)


@pytest.mark.parametrize(
    ("language", "targets", "merged"),
    [
        (
            "es",
            {"acontecimiento adverso": 9, "acontecimientos adversos": 5, "evento adverso": 2},
            {"acontecimiento adverso": 14, "evento adverso": 2},
        ),
        ("de", {"unerwünschtes Ereignis": 3, "unerwünschte Ereignisse": 4}, {"unerwünschte Ereignisse": 7}),
        ("zh", {"不良事件": 4, "不良反应": 2}, {"不良事件": 4, "不良反应": 2}),
    ],
)
def test_inflected_forms_are_one_rendering(language: str, targets: dict[str, int], merged: dict[str, int]) -> None:
    assert term_proposals._merged(targets, language) == merged
