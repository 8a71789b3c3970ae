"""Drafting with a model that invents, from the sources to the released package by commands: nothing of what it made up is in the package.

The released report is compared, paragraph by paragraph, with the program's own text and with what a faithful model makes of it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from whole import Cli, openai

from docpipe.simulate import background
from docpipe.simulate.inventions import CAUSES, DRAFT_KINDS, DRUGS, UNSOURCED

STUDY = Path(__file__).resolve().parents[2] / "samples" / "study"
SHARE = 0.08
SCRIPT = "".join(f'[[fault]]\nkind = "{kind}"\nprobability = {SHARE}\n' for kind in DRAFT_KINDS)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect"), pytest.mark.timeout(1500)]


@pytest.fixture
def one(tmp_path: Path, prefect_api: str) -> Callable[..., tuple[Any, list[Any], Path]]:
    """Drafts the sample study with or without a provider, through every checkpoint to its release."""
    cli = Cli(tmp_path / "home", prefect_api)
    cli.team()

    def draft(name: str, *words: str) -> tuple[Any, list[Any], Path]:
        out = cli.home.parent / name
        first = cli("draft", "--type", "csr", "--sources", STUDY, "--out", out, *words, "--json", timeout=600)
        assert first.code == 4, first.err
        batch = first.json["batch"]
        assert cli("review", "accept", batch, acting="jose.ruiz").code == 0
        drafted = cli("resume", batch, "--json", timeout=600)
        assert drafted.code == 4, drafted.err
        found = cli("review", "show", batch, "--findings", "--json").lines
        critical = [f["id"] for f in found if f["severity"] == "critical"]
        held = cli("review", "approve", batch, acting="mei.lin")
        assert held.code != 0 or not critical, "an open critical finding must hold the approval"
        done = cli("review", "dismiss", *critical, "--reason", "read against the source", acting="mei.lin")
        assert done.code == 0, done.err
        assert cli("review", "approve", batch, acting="mei.lin").code == 0
        signed = cli("review", "sign", batch, "--meaning", "approval", acting="jose.ruiz")
        assert signed.code == 0, signed.err
        released = cli("resume", batch, "--json", timeout=600)
        assert released.code == 0, released.err
        return released.json, found, out

    return draft


def paragraphs(package: Path) -> list[str]:
    """Every paragraph of the released report, cells included."""
    report = docx.Document(io.BytesIO((package / "target" / "csr.docx").read_bytes()))
    body = report.element.body
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return ["".join(t.text or "" for t in p.iter(f"{name}t")).strip() for p in body.iter(f"{name}p")]


def test_a_released_report_holds_nothing_that_a_model_made_up(one: Callable[..., tuple[Any, list[Any], Path]]) -> None:
    _, _, plain = one("plain", "--provider", "program")
    with background(seed=3) as faithful:
        _, _, worded = one("worded", *openai(faithful.base_url))
    with background(seed=3, script=SCRIPT) as inventing:
        # Another name: the replies to a model of the first name are paid for and kept.
        released, found, spoiled = one("spoiled", *openai(inventing.base_url), "--model", "inventor")
        bill = inventing.bill()
    fired = {k: n for k, n in bill["faults"].items() if k in DRAFT_KINDS}
    assert sum(fired.values()) >= 10, fired
    allowed = {*paragraphs(plain), *paragraphs(worded)}
    strange = [p for p in paragraphs(spoiled) if p not in allowed]
    assert not strange, strange[:5]
    text = "\n".join(paragraphs(spoiled))
    assert not [w for w in (*CAUSES, *DRUGS, *UNSOURCED) if w in text and w not in "\n".join(allowed)]
    (trace,) = spoiled.glob("target/csr.trace.json")
    assert all(row["sources"] for row in json.loads(trace.read_text())), "a sentence without a source"
    refused = [f for f in found if f["check"] == "CL7.wording-refused"]
    print(
        json.dumps(
            {"fired": fired, "calls": bill["calls"], "refused_answers": len(refused), "released": released["state"]}
        )
    )
    assert refused
