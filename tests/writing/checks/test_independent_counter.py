"""The counter shares no code with what drafts, and finds a changed number wherever it stands in a finished document."""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from pathlib import Path
from random import Random

import pytest
from draft_mutants import World
from drafted import planned
from studies import shared_study

from docpipe.writing import audit_numbers
from docpipe.writing.audit_numbers import audit
from docpipe.writing.card import card_of
from docpipe.writing.factstore import FactStore
from docpipe.writing.trace import trace

OWN = re.compile(r"docpipe(?:\.|$)")
ALLOWED = {"docpipe.model.fact", "docpipe.model.source", "docpipe.model.canonical", "docpipe.model.finding"}


def imported(path: Path) -> set[str]:
    """Modules of the package that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {n for n in found if OWN.match(n)}


def test_the_counter_imports_nothing_of_what_drafts_or_checks(root: Path) -> None:
    seen: set[str] = set()
    waiting = imported(Path(audit_numbers.__file__))
    assert waiting == {"docpipe.model.fact", "docpipe.model.source"}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= imported(root / f"{name.replace('.', '/')}.py") - seen
    assert seen <= ALLOWED, f"the counter rests on {sorted(seen - ALLOWED)}"


@pytest.fixture(scope="module")
def world(samples: Path, run_folder: Path) -> World:
    study = shared_study(samples / "study", run_folder / "sample.study")
    plan, book = planned("synopsis", study)
    return World(plan, book.facts(), card_of(study))


def counted(world: World, document: bytes) -> audit_numbers.Audit:
    entries = trace(world.plan, {}, world.facts, {}, lambda text: [text])
    named = {name for e in entries for name in e["facts"]}
    facts = FactStore(f for f in world.facts if f.id in named)
    return audit(document, json.dumps(entries).encode(), facts.to_json().encode(), world.plan.constants)


def with_body(document: bytes, body: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    return made.getvalue()


def test_every_number_of_a_drafted_document_is_bound_or_allowed(world: World) -> None:
    told = counted(world, world.document)
    assert told.proved, told.unbound[:5]
    assert told.bound > 100


def test_a_number_changed_in_the_document_is_found(world: World) -> None:
    """Values get a digit or more: numbers that no fact of the study has."""
    with zipfile.ZipFile(io.BytesIO(world.document)) as package:
        body = package.read("word/document.xml").decode()
    values = list(re.finditer(r"<w:sdtContent><w:r>(?:<w:rPr>.*?</w:rPr>)?<w:t[^>]*>(\d+(?:\.\d+)?)</w:t>", body))
    assert len(values) > 50
    wanted = []
    for m in sorted(Random(3).sample(values, 24), key=lambda m: -m.start()):
        wanted.append(f"{m[1]}{'7' if '.' in m[1] else '731'}")
        body = body[: m.start(1)] + wanted[-1] + body[m.end(1) :]
    told = counted(world, with_body(world.document, body))
    assert sorted(u.number for u in told.unbound) == sorted(wanted)
