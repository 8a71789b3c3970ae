"""A draft's own copies: a PDF where LibreOffice is there, and a word of why where it is not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from drafting_story import Drafting, sources

from docpipe.errors import BadSetting
from docpipe.model.batch import State
from docpipe.settings import load
from docpipe.steps.house import open_house


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Drafting]:
    monkeypatch.setenv("DOCPIPE_OFFICE", getattr(request, "param", "off"))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DOCPIPE_MODEL", "DOCPIPE_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    made = Drafting(open_house(load(home=tmp_path / "home")), tmp_path)
    made.people()
    yield made
    made.house.store.close()


def test_a_pdf_that_cannot_be_made_is_told_of(story: Drafting) -> None:
    batch = story.submit(sources(), review="none", deliver=("pdf",))
    assert story.run(batch) is State.DRAFT
    (document,) = json.loads((Path(batch.out) / "report.json").read_bytes())["documents"]
    assert document["delivered"] == [
        {"kind": "pdf", "file": "", "note": "LibreOffice is not installed here or is switched off"}
    ]


def test_two_columns_of_a_draft_are_refused(story: Drafting) -> None:
    with pytest.raises(BadSetting, match="a PDF can be delivered"):
        story.submit(sources(), deliver=("bilingual",))


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("story", [shutil.which("soffice") or ""], indirect=True)
def test_a_draft_has_its_pdf_in_the_package(story: Drafting) -> None:
    batch = story.submit(sources(), review="none", deliver=("pdf",))
    assert story.run(batch) is State.DRAFT
    assert (Path(batch.out) / "DRAFT-pdf" / "mini.pdf").read_bytes().startswith(b"%PDF")
