"""Tags come back exactly once and nested, wherever the attention points; where it points well, they stand round the right words."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from docpipe.llm.reinsert import Piece, pieces_of, put_back

TAG = re.compile(r"<(/?)(\d+)(/?)>")


def words(text: str) -> list[str]:
    return [f"\u2581{w}" for w in text.split()]


def straight(piece: str, target: str, order: list[int]) -> list[list[float]]:
    """Attention of target word n on source word ``order[n]``."""
    size = len(piece.split())
    return [[1.0 if n == own else 0.0 for n in range(size)] for own in order]


def test_tags_follow_their_words_when_the_order_changes() -> None:
    piece = Piece.of("The <1>red</1> dose<2/> rose.")
    target = "Die Dosis rot stieg."
    looks = straight(piece.text, target, [0, 2, 1, 3])
    assert put_back(piece, target, words(piece.text), words(target), looks) == "Die Dosis<2/> <1>rot</1> stieg."


def test_a_pair_within_a_pair_stays_within() -> None:
    piece = Piece.of("<1>one <2>two</2> three</1> four")
    looks = straight(piece.text, "", [3, 1, 0, 2])
    assert put_back(piece, "vier zwei eins drei", words(piece.text), words("vier zwei eins drei"), looks) == (
        "vier <1><2>zwei</2> eins drei</1>"
    )


def test_space_at_the_ends_and_a_text_without_tags_are_kept() -> None:
    assert put_back(Piece.of(" a b "), "x y", [], [], []) == " x y "
    assert put_back(Piece.of("a"), "x <7/> y", [], [], []) == "x  y"


@st.composite
def wires(draw: st.DrawFn) -> str:
    count = iter(range(1, 50))

    def part(depth: int) -> str:
        out = []
        for _ in range(draw(st.integers(0, 3))):
            kind = draw(st.sampled_from("tttpo" if depth < 3 else "ttp"))
            if kind == "t":
                out.append(draw(st.text(alphabet="ab ,.ü1", max_size=8)))
            elif kind == "p":
                out.append(f"<{next(count)}/>")
            else:
                n = next(count)
                out.append(f"<{n}>{part(depth + 1)}</{n}>")
        return "".join(out)

    wire = part(0)
    lone = draw(st.sampled_from(["", "<90>", "</91>"]))
    return lone + wire if lone == "</91>" else wire + lone


@given(wires(), st.text(alphabet="xyz .", max_size=30), st.randoms(use_true_random=False))
def test_every_tag_comes_back_once_and_no_pair_is_crossed(wire: str, target: str, chance: object) -> None:
    piece = Piece.of(wire)
    source, made = words(piece.text), words(target)
    looks = [[chance.random() for _ in source] for _ in made]  # type: ignore[attr-defined]
    found = put_back(piece, target, source, made, looks)
    assert sorted(m.group(0) for m in TAG.finditer(found)) == sorted(m.group(0) for m in TAG.finditer(wire))
    assert TAG.sub("", found).split() == target.split()
    stack: list[str] = []
    for lead, number, trail in TAG.findall(found):
        if trail or number in ("90", "91"):
            continue
        if lead:
            assert stack.pop() == number
        else:
            stack.append(number)
    assert stack == []


@given(wires(), st.integers(1, 6))
def test_a_long_text_is_parted_without_loss_and_never_inside_a_pair(wire: str, most: int) -> None:
    pieces = list(pieces_of(wire, lambda text: len(text.split()), most))
    assert "".join(p.wire for p in pieces) == wire
    lone = ("<90>", "</91>")
    for piece in pieces[:-1]:
        opened = [t for _, t in piece.tags if not t.endswith("/>") and t not in lone]
        assert len([t for t in opened if t.startswith("</")]) * 2 == len(opened)
