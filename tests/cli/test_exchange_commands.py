"""`docpipe review export` and `import` in three formats: a dry run shows every change, the import takes them and says what is left."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx_builder import docx as built
from whole import PASSWORD, Cli, submission

from docpipe.settings import load
from docpipe.steps import admit, check, extract, open_checkpoint, people, propagate, recall, translate
from docpipe.steps.house import House, open_house
from docpipe.steps.recipes import Order, make_recipe
from docpipe.store import documents


@pytest.fixture
def waiting(cli: Cli, tmp_path: Path) -> str:
    """A batch at its checkpoint, and a translator; its id."""
    house: House = open_house(load(home=cli.home))
    admin = people.add_user(house, "admin", "Ada Min", ["administrator"], PASSWORD, by=None)
    people.add_user(house, "mei.lin", "Mei Lin", ["reviewer"], PASSWORD, by=admin)
    folder = submission(tmp_path / "in", {"m5/a.docx": built("h1:Dose", "p:Give *two* tablets.", "p:Stop.")})
    batch = admit.admit(
        house, [folder], make_recipe(house, Order("en", "es")), actor="local:test", out=str(tmp_path / "out")
    )
    with house.store.read() as s:
        [document] = documents.of_batch(s, batch.id)
    extract.extract(house, document.id)
    extract.make_segments(house, document.id)
    recall.recall_batch(house, batch.id)
    translate.translate(house, document.id)
    propagate.propagate(house, batch.id)
    check.check(house, document.id)
    open_checkpoint.open_checkpoint(house, document.id)
    open_checkpoint.settle(house, batch.id)
    house.store.close()
    return batch.id


def edited(path: str) -> None:
    """As a person does in Word: one good row, one without its tags, a comment."""
    document = docx.Document(io.BytesIO(Path(path).read_bytes()))
    table = document.tables[0]
    table.rows[3].cells[2].paragraphs[0].runs[0].text = "Pare."
    for run in table.rows[2].cells[2].paragraphs[0].runs:
        run.text = "Sin"
    document.add_comment(table.rows[1].cells[2].paragraphs[0].runs, text="Really?", author="Li Na", initials="L")
    document.save(path)


@pytest.mark.slow
def test_a_bilingual_docx_goes_out_shows_its_changes_and_is_taken(cli: Cli, waiting: str, tmp_path: Path) -> None:
    (path,) = cli("review", "export", waiting, "--format", "docx", "--out", tmp_path / "ex", "--json").json["files"]
    assert path == str(tmp_path / "ex" / "m5/a.docx.bilingual.docx")
    edited(path)
    shown = cli("review", "import", path, "--dry-run", "--json", acting="mei.lin")
    assert shown.code == 1
    assert [(line["change"], line["number"]) for line in shown.lines] == [("edit", 3), ("refused", 2), ("comment", 1)]
    edit, refused, comment = shown.lines
    assert (edit["file"], edit["new"], refused["code"], refused["yours"][:3]) == (
        "m5/a.docx",
        "Pare.",
        "review.broken_row",
        "Sin",
    )
    assert "".join(text for op, text in edit["diff"] if op != "insert") == edit["old"]
    assert (comment["author"], comment["text"]) == ("Li Na", "Really?")
    words = cli("review", "import", path, "--dry-run", acting="mei.lin")
    assert "1 rows would change" in words.out
    assert "{+Pare.+}" in words.out
    assert "review.broken_row" in words.err
    taken = cli("review", "import", path, "--json", "--reason", "round 1", acting="mei.lin")
    assert taken.code == 1
    assert {k: taken.json[k] for k in ("file", "taken", "unchanged", "comments")} == {
        "file": "m5/a.docx", "taken": 1, "unchanged": 1, "comments": 1,
    }  # fmt: skip
    assert [r["number"] for r in taken.json["refused"]] == [2]


def test_wrong_formats_and_files_are_told(cli: Cli, waiting: str, tmp_path: Path) -> None:
    assert (
        cli("review", "export", waiting, "--format", "odt", "--out", tmp_path / "ex", "--json").error == "usage.wrong"
    )
    done = cli("review", "export", waiting, "--format", "xlsx", "--out", tmp_path / "ex")
    assert done.out.strip().endswith("a.docx.bilingual.xlsx")
    (tmp_path / "bad.docx").write_bytes(b"no zip")
    bad = cli("review", "import", tmp_path / "bad.docx", "--json", acting="mei.lin")
    assert (bad.code, bad.error) == (3, "input.not_a_package")
