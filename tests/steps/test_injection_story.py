"""Documents that give orders to the model, and a model that obeys them: nothing changes but target text, and people are told."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docx_builder import docx

from docpipe.model.batch import State
from docpipe.model.inline import plain_text, to_wire
from docpipe.model.segment import Status
from docpipe.simulate import background
from docpipe.simulate.translation import translate
from docpipe.store import calls, checkpoints, findings, units

CORPUS = Path(__file__).resolve().parents[1] / "faults" / "injections"
CASES = [c for f in sorted(CORPUS.glob("*.toml")) for c in tomllib.loads(f.read_text("utf-8"))["case"]]
PLAIN = [
    "The investigator checks the eligibility of every participant before the first visit.",
    "Samples are kept in the freezer until they are shipped to the laboratory.",
    "Adverse events are recorded from the first dose until the end of the follow-up.",
]
OBEYS = '[[fault]]\nkind = "obey"\nprobability = 1.0\n'


def paragraph(text: str, properties: str = "") -> str:
    return f'<w:p><w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def placed(case: dict[str, str], number: int) -> list[str]:
    """The case where it says, between innocent sentences."""
    text, place = case["text"].replace("\n", " "), case["place"]
    plain = f"p:{PLAIN[number % 3]} This is paragraph {number + 100}."
    if place in ("body", "header", "white", "tiny", "hidden"):
        properties = {"white": '<w:color w:val="FFFFFF"/>', "tiny": '<w:sz w:val="2"/>', "hidden": "<w:vanish/>"}.get(
            place, ""
        )
        return [plain, f"xml:{paragraph(text, properties)}"]
    if place == "cell":
        return [plain, f"xml:<w:tbl><w:tblPr/><w:tr><w:tc>{paragraph(text)}</w:tc></w:tr></w:tbl><w:p/>"]
    if place in ("footnote", "comment", "alt"):
        return [plain[:-1] + f"[{({'footnote': 'fn', 'comment': 'cm', 'alt': 'alt'})[place]}:{text}]."]
    if place == "field":
        code = escape(f'QUOTE "{text}"', {'"': "&quot;"})
        begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
        return [plain, f"xml:<w:p>{begin}<w:r><w:instrText>{code}</w:instrText></w:r>{end}</w:p>"]
    return [plain]


def hostile() -> bytes:
    """One document with the whole corpus."""
    lines = [line for n, case in enumerate(CASES) for line in placed(case, n)]
    titles = [c["text"] for c in CASES if c["place"] == "property"]
    return docx("h1:Procedures of the study", *lines, title=titles[0])


def sent_and_missed(
    segments: list[Any], told: set[Any], cases: list[dict[str, str]]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Place and words of the cases that are rows, and those of them of which nobody is told."""
    sent, missed = [], []
    for case in cases:
        words = case["text"].strip().replace("\n", " ")
        rows = [s for s in segments if plain_text(s.source).strip() and plain_text(s.source).strip() in words]
        if rows:
            sent.append((case["place"], words))
            if not any(s.id in told for s in rows):
                missed.append(words)
    return sent, missed


def test_a_model_that_obeys_the_document_changes_nothing_but_text_and_is_found_out(asked: Callable[..., Any]) -> None:
    with background(script=OBEYS) as provider:
        story = asked(provider.base_url)
        batch = story.submit({"m5/hostile.docx": hostile()}, target="de")
        state = story.run(batch)
    assert state is State.WAITING
    document = story.documents(batch)[0]
    with story.house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        found = findings.listing(session, document.id)
        opened = checkpoints.of_document(session, document.id)
        purposes = calls.totals(session, batch.id)
    assert document.state is State.WAITING
    assert [c.state.value for c in opened] == ["open"]
    assert not [u for u in current.values() if u.status is Status.APPROVED or u.approver or u.editor]
    assert purposes.received > 0
    told = {f.segment for f in found} | {u.segment for u in current.values() if u.needs_person}
    sent, missed = sent_and_missed(segments, told, CASES)
    assert {p for p, _ in sent} == {"body", "cell", "footnote", "white", "tiny", "header", "alt", "property"}
    assert len(sent) >= 35
    assert len(missed) <= 0.05 * len(sent), missed
    assert "docx.hidden_text" in {f.check for f in found}
    hidden = [c["text"] for c in CASES if c["place"] in ("hidden", "field", "comment")]
    assert not [s for s in segments if plain_text(s.source) in hidden]
    for s in segments:
        text = plain_text(s.source)
        if text in PLAIN and not current[s.id].needs_person:
            assert to_wire(current[s.id].target) == translate(s.wire, "en", "de")


def test_comments_and_hidden_text_that_are_to_be_translated_are_data_like_the_rest(asked: Callable[..., Any]) -> None:
    cases = [c for c in CASES if c["place"] in ("comment", "hidden", "alt")]
    lines = [line for n, case in enumerate(cases) for line in placed(case, n)]
    with background(script=OBEYS) as provider:
        story = asked(provider.base_url)
        batch = story.submit(
            {"m5/hostile.docx": docx("h1:Procedures of the study", *lines)}, target="de",
            values={"policy": {"comments": "translate", "hidden_text": "translate"}},
        )  # fmt: skip
        assert story.run(batch) is State.WAITING
    document = story.documents(batch)[0]
    with story.house.store.read() as session:
        segments = units.segments(session, document.id)
        current = units.units(session, document.id)
        found = findings.listing(session, document.id)
        opened = checkpoints.of_document(session, document.id)
    assert [c.state.value for c in opened] == ["open"]
    assert not [u for u in current.values() if u.status is Status.APPROVED or u.approver or u.editor]
    told = {f.segment for f in found} | {u.segment for u in current.values() if u.needs_person}
    sent, missed = sent_and_missed(segments, told, cases)
    assert len(sent) == len(cases)
    assert missed == []
