"""Tracked changes between two versions: accepting all gives the new one, rejecting all the old one, and they are a person's."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from docx_builder import docx, part
from hypothesis import given, settings
from hypothesis import strategies as st

from docpipe.errors import TrackedChangesPolicy
from docpipe.formats.ooxml.names import SHORT
from docpipe.formats.ooxml.parts import open_parts
from docpipe.formats.ooxml.tracked import tracked_document
from docpipe.formats.ooxml.tracked_read import lines_of, tracked_differences
from docpipe.safe.package import open_package, rewrite
from docpipe.safe.xml import serialise

WHO, AT = "José Ruiz", "2026-11-23T02:24:14Z"
MAIN = "word/document.xml"


def tracked(new: bytes, old: bytes) -> str:
    """The main part with changes, both versions proven."""
    made = tracked_document(new, old, WHO, AT)
    assert tracked_differences(made, new, old) == []
    assert made == tracked_document(new, old, WHO, AT)
    return part(made, MAIN)


def texts(data: bytes, *, accepted: bool) -> list[str]:
    return [line.text for line in lines_of(open_parts(data), MAIN, accepted=accepted)]


def test_words_are_marked_not_paragraphs() -> None:
    xml = tracked(docx("p:About 520 participants take part."), docx("p:About 450 participants take part."))
    assert re.findall(r"<w:delText[^>]*>([^<]*)</w:delText>", xml) == ["450"]
    assert re.findall(r"<w:ins [^>]*>.*?<w:t[^>]*>([^<]*)</w:t>", xml) == ["520"]
    assert re.findall(r'<w:(ins|del) w:id="(\d+)" w:author="([^"]*)" w:date="([^"]*)"', xml) == [
        ("del", "970000001", WHO, AT), ("ins", "970000002", WHO, AT),
    ]  # fmt: skip


def test_equal_versions_give_the_document_itself() -> None:
    data = docx("h1:Title", "p:Some *bold* text[fn:A note].", "tbl:a | b // c | d", "box:In a box", header="Head")
    assert tracked_document(data, data, WHO, AT) == rewrite(data, {})


def test_a_changed_format_is_a_change_of_format() -> None:
    xml = tracked(docx("p:A *hazard ratio* of 0.7"), docx("p:A hazard ratio of 0.7"))
    assert xml.count("<w:rPrChange ") == 1
    assert "<w:del " not in xml


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (("p:One.", "p:Two.", "p:Three."), ("p:One.", "p:Three.")),
        (("p:One.", "p:Two."), ("p:One.",)),
        (("p:One.",), ("p:One.", "p:Two.", "p:Three.")),
        (("h1:Only",), ("p:Something else entirely",)),
        (("p:Before", "tbl:a | b // c | d", "p:After"), ("p:Before", "p:After")),
        (("tbl:Dose | 10 mg // Rate | 5 // New | row",), ("tbl:Dose | 20 mg // Rate | 5",)),
        (("tbl:a | b | c // d | e | f",), ("tbl:a | b // d | e",)),
        (("p:On {PAGEREF _a|12} and {REF _b|Section 2}",), ("p:On {PAGEREF _a|9} and",)),
        (("p:A note[fn:It says *this*].",), ("p:A note[fn:It says that].",)),
        (("p:No note.",), ("p:No note[fn:It was here].",)),
        (("box:Inside the new box",), ("box:Inside the old box",)),
        (("p:See [link:rId9|the *site* now] today",), ("p:See the site today",)),
        (("p:1 < 2 and <1> stays",), ("p:1 < 3 and <1/> stays",)),
        (("p:Line[tab]one",), ("p:Line one",)),
    ],
)
def test_both_versions_come_out_again(new: tuple[str, ...], old: tuple[str, ...]) -> None:
    tracked(docx(*new), docx(*old))
    tracked(docx(*old), docx(*new))


def test_the_last_paragraph_of_a_cell_may_come_and_go() -> None:
    one, two = docx("tbl:Criteria: age | yes"), docx("tbl:Criteria: age | yes")
    root = open_parts(two).stories[0].root
    cell = next(e for e in root.iter() if SHORT[e.tag] == "w:tc")
    extra = deepcopy(cell[-1])
    next(e for e in extra.iter() if SHORT[e.tag] == "w:t").text = "A second paragraph of the cell"
    cell.append(extra)
    longer = rewrite(two, {MAIN: serialise(root)})
    tracked(longer, one)
    tracked(one, longer)


def test_a_picture_that_is_gone_comes_along() -> None:
    old = docx("p:Before", "box:Text in a box", "p:After")
    made = tracked_document(docx("p:Before", "p:After"), old, WHO, AT)
    assert tracked_differences(made, docx("p:Before", "p:After"), old) == []


def test_a_document_with_changes_of_its_own_is_refused() -> None:
    with pytest.raises(TrackedChangesPolicy):
        tracked_document(docx("p:Old [del:gone ][ins:new ]text"), docx("p:Old text"), WHO, AT)


def test_the_judge_sees_what_is_not_marked() -> None:
    new, old = docx("p:A dose of 20 mg.", "p:End."), docx("p:A dose of 10 mg.", "p:End.")
    made = tracked_document(new, old, WHO, AT)
    bare = rewrite(made, {MAIN: open_package(new).read(MAIN)})
    assert tracked_differences(bare, new, old) == [f"{MAIN}: rejected, paragraph 1 differs"]
    spoilt = rewrite(made, {MAIN: open_package(made).read(MAIN).replace(b">20<", b">21<")})
    assert tracked_differences(spoilt, new, old) == [f"{MAIN}: accepted, paragraph 1 differs"]


WORDS = st.lists(
    st.sampled_from(["dose", "of", "10", "mg", "*bold*", "剂量", "and", "[tab]", "x[fn:a note]"]),
    min_size=1,
    max_size=6,
)
LINES = st.lists(
    st.one_of(WORDS.map(lambda w: "p:" + " ".join(w)), WORDS.map(lambda w: f"tbl:{' '.join(w)} | b // c | {w[0]}")),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(LINES, LINES)
def test_any_two_versions_come_out_again(new: list[str], old: list[str]) -> None:
    one, other = docx(*new, "p:End"), docx(*old, "p:End")
    assert tracked_differences(tracked_document(one, other, WHO, AT), one, other) == []


# ---------------------------------------------------------------- files that nobody here made


def _perturbed(data: bytes, chance: random.Random) -> bytes:
    """Another version of a document: words changed, paragraphs and rows doubled or gone."""
    parts = open_parts(data)
    for story in parts.stories:
        for p in [e for e in story.root.iter() if SHORT[e.tag] == "w:p"]:
            parent, dice = p.getparent(), chance.random()
            if parent is None or any(SHORT[e.tag] in ("w:sectPr", "w:fldChar") for e in p.iter()):
                continue
            followed = (n := p.getnext()) is not None and SHORT[n.tag] == "w:p"
            if dice < 0.06 and followed and SHORT[parent.tag] in ("w:body", "w:tc"):
                parent.remove(p)
            elif dice < 0.12 and SHORT[parent.tag] in ("w:body", "w:tc"):
                parent.insert(parent.index(p), deepcopy(p))
            elif dice < 0.4:
                for t in (e for e in p.iter() if SHORT[e.tag] == "w:t" and e.text):
                    t.text = (t.text or "").replace("e", chance.choice("ae"), 2) + chance.choice(["", " more", "新"])
        for row in [e for e in story.root.iter() if SHORT[e.tag] == "w:tr"]:
            if chance.random() < 0.1 and (table := row.getparent()) is not None:
                table.insert(table.index(row), deepcopy(row))
    return parts.package.rewritten({s.name: serialise(s.root) for s in parts.stories})


@pytest.mark.slow
def test_versions_of_documents_of_others_come_out_again(shared: Callable[[str], Path]) -> None:
    files = [*sorted(shared("corpus/docx").glob("*.docx")), *sorted(shared("corpus/more/docx").glob("*.docx"))[::12]]
    wrong, tried = [], 0
    for path in files:
        data = path.read_bytes()
        if len(data) > 1_500_000:
            continue
        try:
            other = _perturbed(data, random.Random(path.name))
        except Exception:  # noqa: BLE001, S112 - a file that is no document is no case of ours
            continue
        for new, old in ((other, data), (data, other)):
            try:
                made = tracked_document(new, old, WHO, AT)
            except TrackedChangesPolicy:
                continue
            tried += 1
            if differences := tracked_differences(made, new, old):
                wrong.append((path.name, differences[0]))
    assert tried > 80
    assert wrong == []


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_reads_the_changes_as_we_meant_them(tmp_path: Path) -> None:
    old = docx(
        "h1:Title",
        "p:About 450 take part.",
        "tbl:a | b // c | d",
        "p:Gone entirely.",
        "p:See *this*[fn:A note].",
        "p:End",
    )
    new = docx(
        "h1:Title", "p:About 520 take part.", "tbl:a | b // x | y // c | e", "p:See this[fn:Another note].", "p:All new here.", "p:End"
    )  # fmt: skip

    def saved(name: str, data: bytes) -> bytes:
        (tmp_path / name).write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
             "docx:MS Word 2007 XML", "--outdir", str(tmp_path / "saved"), str(tmp_path / name)],
            check=True, timeout=180, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return (tmp_path / "saved" / name).read_bytes()

    made = saved("tracked.docx", tracked_document(new, old, WHO, AT))
    assert texts(made, accepted=True) == texts(saved("new.docx", new), accepted=True)
    assert texts(made, accepted=False) == texts(saved("old.docx", old), accepted=True)
