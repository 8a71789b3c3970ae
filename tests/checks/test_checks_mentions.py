"""D12: what must and must not be said of mentions of tables and figures."""

from __future__ import annotations

import pytest

from docpipe.checks.document import document_findings
from docpipe.checks.mentions import MENTION
from docpipe.model.document import Address, BlockKind
from docpipe.model.inline import Close, CodedText, Open, Placeholder, Text, merge_text, text_digest
from docpipe.model.segment import Segment, SegmentId


def coded(text: str) -> CodedText:
    """``{3}`` is a number field that shows 3, ``[Table 3]`` a live reference."""
    out: list[Open | Close | Placeholder | Text] = []
    for piece in text.replace("[", "\0[").replace("]", "]\0").replace("{", "\0{").replace("}", "}\0").split("\0"):
        if piece.startswith("{"):
            out.append(Placeholder(7, "field", "", piece[1:-1]))
        elif piece.startswith("["):
            out += [Open(8, "field"), Text(piece[1:-1]), Close(8)]
        else:
            out.append(Text(piece))
    return merge_text(out)


def said(*rows: tuple[str, str, str]) -> list[str]:
    """The rows of which D12 says something; a row is (kind, source, target)."""
    segments, targets = [], {}
    for n, (kind, source, target) in enumerate(rows):
        text = coded(source)
        block = BlockKind.CAPTION if kind == "caption" else BlockKind.PARAGRAPH
        s = Segment(SegmentId(f"s{n}"), Address(f"x#/p[{n}]"), 0, block, text, text_digest(text), text_digest(text))
        segments.append(s)
        targets[s.id] = coded(target)
    return [str(row) for row, finding in document_findings(segments, targets) if finding.check == MENTION]


DOSES = ("caption", "Table {3}: Doses", "Tabelle {3}: Dosen")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("See Table 3.", "Siehe Abb. 3."), ("See Table 3 for 5 mg.", "Siehe 3 für 5 mg."), ("Tables 3 and 4 list it.", "Abbildungen 3 und 4 zeigen es."),
        ("TABLE 3 lists it.", "Figur 3 zeigt es."),
    ],
)  # fmt: skip
def test_a_mention_by_another_word_than_the_captions_is_found(source: str, target: str) -> None:
    assert said(DOSES, ("p", source, target)) == ["s1"]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("See Table 3.", "Siehe Tabelle 3."), ("See Table 3.", "In den Tabellen 2, 3 und 5 steht es."), ("See Table 3.", "Siehe oben."),
        ("See Table 4.", "Siehe Abb. 4."), ("See Table 31.", "Siehe Abb. 31."), ("See [Table 3].", "Siehe [Abb. 3]."), ("Stable 3", "Stabil 3"),
        ("3 patients", "3 Patienten"),
    ],
)  # fmt: skip
def test_what_is_right_or_not_meant_is_let_pass(source: str, target: str) -> None:
    assert said(DOSES, ("p", source, target)) == []


def test_scripts_without_spaces() -> None:
    caption = ("caption", "表{1} 剂量", "Table {1}. Doses")
    assert said(caption, ("p", "结果见表1。", "Results are in Figure 1.")) == ["s1"]
    assert said(caption, ("p", "结果见表1。", "Results are in Table 1.")) == []
    assert said(("caption", "Figure {2} Plot", "图{2} 曲线"), ("p", "In Figure 2", "如表2所示")) == ["s1"]


def test_a_number_before_the_word() -> None:
    caption = ("caption", "Table {1}: Doses", "{1}. táblázat: Adagok")
    assert said(caption, ("p", "See Table 1", "Lásd az 1. táblázatot")) == []
    assert said(caption, ("p", "See Table 1", "Lásd az 1. ábrát")) == ["s1"]


def test_a_caption_that_is_named_otherwise_than_its_like_is_found() -> None:
    others = [("caption", f"Table {{{n}}}: x", f"Tabelle {{{n}}}: x") for n in (1, 2)]
    assert said(*others, ("caption", "Table {3}: x", "Übersicht {3}: x")) == ["s2"]


def test_a_document_without_captions_has_none() -> None:
    assert said(("p", "See Table 3", "Siehe Abb. 3")) == []
