"""The main job by the console alone: translate, review, sign, resume, metrics, audit, with the fields of ``contracts.md``."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from docx_builder import docx
from whole import CANARY, KEY, Cli, openai, sentence, submission

from docpipe.simulate import background
from docpipe.simulate.translation import translate

pytestmark = pytest.mark.xdist_group("prefect")

SOURCE = re.compile(rb"<source[^>]*>(.*?)</source>", re.DOTALL)


def study(folder: Path) -> Path:
    chance = random.Random(2)
    lines = [f"p:{sentence(chance)}".replace("*", "") for _ in range(6)]
    return submission(folder / "in", {"m5/report.docx": docx("h1:Aims", f"p:{CANARY} was given at 5 mg.", *lines)})


@pytest.mark.slow
def test_the_story_of_a_rehearsal_by_the_console(flowing: Cli, tmp_path: Path) -> None:
    flowing.team()
    folder, out = study(tmp_path), tmp_path / "out"
    done = flowing("translate", folder, "--from", "en", "--to", "es", "--out", out, "--json")
    assert done.code == 4, done.err
    result = done.json
    assert set(result) >= {"batch", "state", "documents", "metrics"}
    assert result["state"] == "waiting"
    (document,) = result["documents"]
    assert set(document) >= {"file", "state", "output", "segments", "coverage", "findings"}
    assert document["segments"]["total"] == sum(document["segments"]["by_status"].values())
    coverage = document["coverage"]
    assert coverage["characters"] == coverage["translated"] + coverage["do_not_translate"] + sum(
        coverage["skipped"].values()
    )
    assert sorted(p.name for p in out.iterdir()) == ["_review"]
    batch = result["batch"]

    rows = flowing("review", "show", batch, "--json").lines
    assert {r["status"] for r in rows} == {"translated"}
    (exported,) = flowing("review", "export", batch, "--out", tmp_path / "xliff", "--json").json["files"]
    edit(Path(exported), {r["segment"]: translate(r["source"], "en", "es") for r in rows})
    (imported,) = flowing("review", "import", exported, "--json", acting="mei.lin").lines
    assert (imported["taken"], imported["refused"]) == (len(rows), [])
    again = flowing("review", "import", exported, "--json", acting="mei.lin")
    assert again.json["taken"] == 0

    own = flowing("review", "approve", batch, "--json", acting="mei.lin")
    assert own.code == 1
    assert {r["code"] for r in own.json["refused"]} == {"review.four_eyes"}
    assert flowing("review", "sign", batch, "--json", acting="jose.ruiz").error == "review.not_approvable"
    approved = flowing("review", "approve", batch, "--json", acting="jose.ruiz")
    assert (approved.code, approved.json["approved"]) == (0, len(rows))
    signed = flowing("review", "sign", batch, "--meaning", "approval", "--json", acting="jose.ruiz").json
    assert signed["signed"][0]["printed_name"] == "José Ruiz"
    assert signed["waiting"] == 0

    end = flowing("resume", batch, "--json")
    assert end.code == 0, (end.out, end.err)
    assert end.json["state"] == "released"
    assert Path(end.json["documents"][0]["output"]) == out / "target/m5/report.docx"
    assert Path(end.json["documents"][0]["output"]).is_file()
    figures = flowing("metrics", batch, "--json").json
    for name, fields in {
        "tokens": "input cached output",
        "calls": "sent received failed unknown",
        "cost": "amount currency",
    }.items():
        assert set(fields.split()) <= set(figures[name]), name
    assert {"words", "pages", "segments", "machine_seconds", "people_seconds"} <= set(figures)
    assert flowing("audit", "verify", "--json").json["ok"]
    events = flowing("audit", "export", batch, "--json").lines
    assert sum(e["action"] == "row.approved" for e in events) == len(rows)
    assert CANARY not in (flowing.home / "docpipe.log").read_text()
    assert CANARY not in json.dumps(events)


def edit(path: Path, targets: dict[str, str]) -> None:
    """What a CAT tool does: writes the targets of an XLIFF (tags of these rows are none)."""
    text = path.read_text()
    for segment, target in targets.items():
        pattern = rf'(<segment[^>]*\bid="[^"]*{segment}[^"]*".*?<target[^>]*>).*?(</target>)'
        text, count = re.subn(pattern, lambda m, t=target: f"{m[1]}{t}{m[2]}", text, count=1, flags=re.DOTALL)
        if not count:
            pattern = rf'(<unit[^>]*\bid="[^"]*{segment}[^"]*".*?<target[^>]*>).*?(</target>)'
            text, count = re.subn(pattern, lambda m, t=target: f"{m[1]}{t}{m[2]}", text, count=1, flags=re.DOTALL)
        assert count, segment
    path.write_text(text)


@pytest.mark.slow
def test_no_secret_and_no_text_leaves_the_store_even_when_the_provider_fails(flowing: Cli, tmp_path: Path) -> None:
    script = "\n".join(
        f'[[fault]]\nkind = "{kind}"\ncalls = [{n}]\n'
        for n, kind in enumerate(("500", "429", "not_json", "reset", "half_body", "bad_json", "wrong_schema", "400"), 1)
    )
    with background(key=KEY, script=script) as provider:
        words = ("translate", study(tmp_path), "--from", "en", "--to", "es", "--out", tmp_path / "out", "--json")
        done = flowing(*words, *openai(provider.base_url), OPENAI_API_KEY=KEY)
        told: Any = done.json
        figures = told["metrics"]
        assert figures["calls"]["received"] == provider.bill()["charged"]["calls"]
    shown = done.out + done.err
    assert KEY not in shown
    assert CANARY not in done.err
    assert CANARY not in json.dumps({**told, "documents": [{**d, "findings": []} for d in told["documents"]]})
    for path in flowing.home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert KEY.encode() not in data, path
            if "blobs" not in path.parts and not path.name.startswith("docpipe.db"):
                assert CANARY.encode() not in data, path
