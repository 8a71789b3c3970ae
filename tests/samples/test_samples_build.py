"""The committed samples are what their texts say, and the previous version's two sides have the same structure."""

from __future__ import annotations

import csv
import importlib
import io
import re
import zipfile
import zlib
from pathlib import Path

import pytest

from docpipe.safe import xml

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRUCTURE = (
    "p",
    "tbl",
    "tr",
    "tc",
    "footnoteReference",
    "fldChar",
    "hyperlink",
    "sdt",
    "bookmarkStart",
    "vMerge",
    "gridSpan",
)


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, bytes]:
    """Every file of the samples, built anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root))
        files: dict[str, bytes] = importlib.import_module("samples.make.build").samples()
    return files


def counts(data: bytes) -> dict[str, int]:
    """How often each structural element stands in a document's text parts."""
    total = dict.fromkeys(STRUCTURE, 0)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if re.fullmatch(r"word/(document|footnotes|header\d|footer\d)\.xml", name):
                tree = xml.parse(package.read(name))
                for what in STRUCTURE:
                    total[what] += sum(1 for _ in tree.iter(W + what))
    return total


def test_the_committed_files_are_byte_for_byte_what_the_texts_say(made: dict[str, bytes], samples: Path) -> None:
    there = {
        p.relative_to(samples).as_posix()
        for p in samples.rglob("*")
        if p.is_file()
        and (
            p.relative_to(samples).parts[0] == "study"
            or (p.relative_to(samples).parts[0] != "make" and p.suffix in (".docx", ".csv", ".tmx", ".tsv"))
        )
    }
    assert set(made) == there
    if "ng" in zlib.ZLIB_RUNTIME_VERSION:
        pytest.skip("this Python's zlib packs in another way than the one that wrote the samples")
    assert [name for name, data in made.items() if (samples / name).read_bytes() != data] == []


def test_two_builds_give_equal_bytes(made: dict[str, bytes], root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root))
        assert importlib.import_module("samples.make.build").samples() == made


def test_the_previous_versions_two_sides_have_the_same_structure(made: dict[str, bytes]) -> None:
    sources = [n for n in made if n.startswith("protocol-zh/previous/source/")]
    assert len(sources) == 3
    for name in sources:
        assert counts(made[name]) == counts(made[name.replace("/source/", "/target/")]), name


def test_the_submission_has_the_names_of_the_previous_version_and_more_text(made: dict[str, bytes]) -> None:
    new = {n.removeprefix("protocol-zh/submission/") for n in made if n.startswith("protocol-zh/submission/")}
    old = {n.removeprefix("protocol-zh/previous/source/") for n in made if n.startswith("protocol-zh/previous/source/")}
    assert new == old
    for name in new:
        before, after = (counts(made[f"protocol-zh/{side}/{name}"]) for side in ("previous/source", "submission"))
        assert after["p"] >= before["p"]


def test_the_protocol_holds_what_makes_real_ones_hard(made: dict[str, bytes]) -> None:
    data = next(d for n, d in made.items() if n.startswith("protocol-zh/submission/m5/"))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = package.read("word/document.xml").decode()
    for sign in (
        " TOC ", " PAGEREF ", " REF ", " SEQ ", "mc:Choice", "mc:Fallback", "<v:textbox>", "w:footnoteReference", "w:vMerge",
        "w:gridSpan", "w:proofErr", "w:dropDownList", "w:date ", 'descr="', "\u00a0", "superscript", "≤", "≥", "&lt;", "µg/mL",
    ):  # fmt: skip
        assert sign in text, sign
    tree = xml.parse(text.encode())
    assert any(True for cell in tree.iter(W + "tc") for _ in cell.iter(W + "tbl"))


def test_every_translation_keeps_its_sources_tags(made: dict[str, bytes]) -> None:
    lines = made["protocol-zh/edits/translations.tsv"].decode().splitlines()
    assert lines[0] == "source\ttarget"
    for line in lines[1:]:
        source, target = line.split("\t")
        assert sorted(re.findall(r"</?\d+/?>", source)) == sorted(re.findall(r"</?\d+/?>", target))
        assert not re.search(r"[\u4e00-\u9fff]", target)
        assert not re.search(r"[{}]", line)


def test_termbases_have_the_columns_and_states_that_docpipe_reads(made: dict[str, bytes]) -> None:
    for name in [n for n in made if n.endswith(".csv")]:
        rows = list(csv.DictReader(io.StringIO(made[name].decode())))
        assert list(rows[0]) == ["concept", "source", "target", "status", "note"]
        assert {r["status"] for r in rows} >= {"preferred", "forbidden", "do-not-translate"}
        assert all(r["concept"] and r["source"] and r["target"] for r in rows)


def test_memories_are_well_formed(made: dict[str, bytes]) -> None:
    for name in [n for n in made if n.endswith(".tmx")]:
        root = xml.parse(made[name])
        assert root.get("version") == "1.4"
        assert all(len(list(tu.iter("tuv"))) == 2 for tu in root.iter("tu"))


def test_the_samples_stay_small(samples: Path) -> None:
    total = sum(p.stat().st_size for p in samples.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    assert total < 2_000_000
