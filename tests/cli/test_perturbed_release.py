"""A perturbed copy of the pilot study from its sources to a signed, released package by the command line: nothing of the original, every number right."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from perturb import perturb
from recount import looked_up, recounts, why_not
from released import left_in
from studies import study_of
from whole import Cli, Done

from docpipe.model.fact import Fact, FactId
from docpipe.model.source import Dataset
from docpipe.writing.factstore import FactStore
from docpipe.writing.study import StudyData

TYPES = ("csr", "narratives", "synopsis")
LONG = 1500.0


def datasets(study: StudyData) -> list[Dataset]:
    return [s for s in study.sources if isinstance(s, Dataset)]


def drafted(cli: Cli, sources: Path, out: Path) -> str:
    """As people do it: order, settle what disagrees in the sources, accept, draft, accept gaps, approve, sign; the batch's id."""
    cli.team()
    kinds = [w for t in TYPES for w in ("--type", t)]
    ordered = cli("draft", *kinds, "--sources", sources, "--out", out, "--json", timeout=LONG)
    assert ordered.code == 4, ordered.err
    batch = str(ordered.json["batch"])
    gates = cli("review", "gates", batch, "--json").json["gates"]
    blocking = [f["id"] for g in gates for f in g["findings"] if f["severity"] == "critical"]
    assert blocking
    assert cli("review", "accept", batch, acting="jose.ruiz").code != 0
    reason = ("--reason", "The collected data are so; told in the report.")
    ok(cli("review", "dispose", batch, *blocking, *reason, acting="mei.lin"))
    ok(cli("review", "accept", batch, acting="jose.ruiz"))
    assert cli("resume", batch, "--json", timeout=LONG).code == 4
    lines = cli("review", "show", batch, "--findings", "--json", timeout=LONG).lines
    serious = [f for f in lines if f["severity"] == "critical"]
    assert {f["check"] for f in serious} == {"M6.gap"}
    ids = [f["id"] for f in serious]
    assert cli("review", "sign", batch, acting="jose.ruiz").code != 0
    ok(cli("review", "dismiss", *ids, "--reason", "Not among the sources.", acting="mei.lin", timeout=LONG))
    ok(cli("review", "approve", batch, acting="jose.ruiz", timeout=LONG))
    ok(cli("review", "sign", batch, acting="jose.ruiz", timeout=LONG))
    done = ok(cli("resume", batch, "--json", timeout=LONG))
    assert done.json["state"] == "released"
    return batch


def ok(done: Done) -> Done:
    assert done.code == 0, done.err
    return done


@pytest.mark.slow
@pytest.mark.xdist_group("prefect")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [5, 6])
def test_a_released_package_holds_nothing_of_the_original_and_every_number_is_right(
    flowing: Cli, pilot: StudyData, shared: Callable[[str], Path], tmp_path: Path, seed: int
) -> None:
    folder = perturb(shared("data/cdiscpilot01"), pilot.sources, tmp_path / "study", seed)
    out = tmp_path / "out"
    batch = drafted(flowing, folder, out)
    assert {p.name for p in (out / "target").iterdir()} >= {f"{t}.docx" for t in TYPES} | {
        f"{t}.trace.json" for t in TYPES
    }
    study = study_of(folder)
    assert left_in(out, datasets(pilot), datasets(study)) == []

    counted = flowing("metrics", batch, "--json").json["draft"]["counted"]
    assert counted["unbound"] == 0
    assert counted["bound"] > 5000

    entries = [e for t in TYPES for e in json.loads((out / "target" / f"{t}.trace.json").read_text())]
    assert [e["text"] for e in entries if not e["sources"]] == []
    store = FactStore.from_json((out / "facts.json").read_text())
    used = facts_of(entries, store)
    data = {n: f.dataset for n, f in study.records.frames.items()}
    asked = [f for f in used if f.formula and not f.inputs]
    again = [(f, same) for f in asked if (same := recounts(f.formula, f.raw, data)) is not None]
    assert [(f.formula, f.raw) for f, same in again if not same] == []
    assert [
        f.formula for f in asked if recounts(f.formula, f.raw, data) is None and why_not(f.formula) == "another form"
    ] == []
    assert any("Kaplan-Meier" in f.formula for f, _ in again)
    own = [(f, x) for f in used if not f.formula and len(f.places) == 1 and (x := looked_up(f.places[0].locator, data))]
    assert [(f.raw, x) for f, x in own if f.raw not in x and f.formatted not in x] == []
    assert len(again) > 100
    assert len(own) > 1000


def facts_of(entries: list[dict[str, list[str]]], store: FactStore) -> list[Fact]:
    """The facts that the sentences of traces name, each once."""
    ids = dict.fromkeys(i for e in entries for i in e["facts"])
    found = [f for i in ids if (f := store.get(FactId(i))) is not None]
    assert len(found) == len(ids)
    return found


@pytest.mark.slow
def test_what_is_left_of_an_original_is_found_in_any_file_and_between_runs(pilot: StudyData, tmp_path: Path) -> None:
    """The search itself: it finds a planted name, id, date, site and subject number, whichever way they are written."""
    (tmp_path / "trace.json").write_text(
        '[{"text": "The first dose was given on 2 January 2014 to subject 01-701-1015."}]'
    )
    runs = "<w:p><w:r><w:t>at site 7</w:t></w:r><w:r><w:t>01, Subject 1</w:t></w:r><w:r><w:t>015</w:t></w:r></w:p>"
    with zipfile.ZipFile(tmp_path / "csr.docx", "w") as inside:
        inside.writestr("word/document.xml", f"<w:document>{runs}</w:document>")
        inside.writestr("docProps/core.xml", "<cp:keywords>CDISC Pi<b/>lot</cp:keywords>")
    said = left_in(tmp_path, datasets(pilot), [])
    assert {s.rpartition(": ")[2] for s in said} >= {
        "01-701-1015",
        "2014-01-02",
        "site 701",
        "Subject 1015",
        "cdisc pilot",
    }
