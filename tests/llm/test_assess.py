"""Properties of the assessment: what is broken is never accepted, what is faithful never rejected, nothing is lost."""

from __future__ import annotations

import json
import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from llm_builders import chunk_of, chunks_of

from docpipe.llm.assess import assess
from docpipe.llm.reply import read_reply
from docpipe.llm.task import Task, halves, interleaved, make_task, part_of
from docpipe.model.chunk import Chunk
from docpipe.model.inline import to_wire
from docpipe.simulate.translation import translate

LANGUAGES = st.sampled_from(["zh-CN", "es", "ja", "de", "ru"])


def task_of(chunk: Chunk, target: str) -> Task:
    return make_task(chunk, "en", target, {}, {})


def faithful(task: Task, target: str) -> list[dict[str, str]]:
    return [{"id": name, "text": translate(s.wire, "en", target)} for name, s in task.segments.items()]


def judged(task: Task, rows: object, target: str, pessimist: bool = False) -> tuple[dict[str, str], set[str]]:
    """Accepted wires and faulty ids, both by local id; together they are all that was asked. ``pessimist``: a look confirms nothing."""
    text = rows if isinstance(rows, str) else json.dumps({"segments": rows}, ensure_ascii=False)
    result = assess(task, read_reply(text), "en", target, {}, {})
    names = {s.id: n for n, s in task.segments.items()}
    looked = {s for s, _ in result.look.expected.values()} if result.look else set()
    if pessimist:
        result.unconfirmed(looked)
    accepted = {names[s]: to_wire(a.target) for s, a in result.accepted.items()}
    faults = {names[s] for s in result.faults}
    assert accepted.keys() | faults == set(task.segments)
    assert not accepted.keys() & faults
    return accepted, faults


@given(seed=st.integers(0, 10**6), size=st.integers(1, 40), target=LANGUAGES)
@settings(max_examples=60, deadline=None)
def test_a_faithful_reply_is_accepted_whole(seed: int, size: int, target: str) -> None:
    task = task_of(chunks_of(1, size, seed)[0], target)
    rows = faithful(task, target)
    accepted, faults = judged(task, rows, target)
    assert not faults
    assert accepted == {r["id"]: r["text"] for r in rows}


@given(seed=st.integers(0, 10**6), size=st.integers(3, 40), target=LANGUAGES, data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_moved_text_is_never_accepted(seed: int, size: int, target: str, data: st.DataObject) -> None:
    task = task_of(chunks_of(1, size, seed)[0], target)
    rows = faithful(task, target)
    truth = {r["id"]: r["text"] for r in rows}
    texts = [r["text"] for r in rows]
    start = data.draw(st.integers(0, len(rows) - 2))
    kind = data.draw(st.sampled_from(["shift", "back", "swap", "shuffle"]))
    tail = texts[start:]
    if kind == "shift":
        tail = [*tail[1:], tail[0]]
    elif kind == "back":
        tail = [tail[-1], *tail[:-1]]
    elif kind == "swap":
        tail = [tail[1], tail[0], *tail[2:]]
    else:
        random.Random(seed).shuffle(tail)
    for row, text in zip(rows[start:], tail, strict=True):
        row["text"] = text
    accepted, _ = judged(task, rows, target)
    assert all(truth[name] == wire for name, wire in accepted.items())


@given(seed=st.integers(0, 10**6), size=st.integers(2, 30), target=LANGUAGES, data=st.data())
@settings(max_examples=120, deadline=None)
def test_what_is_missing_doubled_or_lost_is_never_accepted(
    seed: int, size: int, target: str, data: st.DataObject
) -> None:
    task = task_of(chunks_of(1, size, seed)[0], target)
    rows = faithful(task, target)
    at = data.draw(st.integers(0, len(rows) - 1))
    name = rows[at]["id"]
    kind = data.draw(st.sampled_from(["drop", "double", "empty", "code", "number", "invent", "merge"]))
    if kind == "drop":
        del rows[at]
    elif kind == "double":
        rows.insert(at, {"id": name, "text": rows[(at + 1) % len(rows)]["text"]})
    elif kind == "empty":
        rows[at]["text"] = " "
    elif kind == "code":
        rows[at]["text"] += "<7/>"
    elif kind == "number":
        rows[at]["text"] = re.sub(r"(\d+)(?= mg)", lambda m: str(int(m[0]) + 111), rows[at]["text"])
    elif kind == "merge":
        rows[at - 1]["text"] += " " + rows.pop(at)["text"]
    else:
        rows.insert(at, {"id": "s9999", "text": "x"})
    _, faults = judged(task, rows, target)
    if kind == "invent":
        assert not faults
    else:
        assert name in faults


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_rubbish_answers_nothing(text: str) -> None:
    task = task_of(chunks_of(1, 3)[0], "zh")
    accepted, _ = judged(task, text, "zh")
    assert not accepted


@given(seed=st.integers(0, 10**6), cut=st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_of_a_reply_that_breaks_off_only_whole_answers_count(seed: int, cut: float) -> None:
    task = task_of(chunks_of(1, 12, seed)[0], "es")
    rows = faithful(task, "es")
    text = json.dumps({"segments": rows}, ensure_ascii=False)
    accepted, _ = judged(task, text[: int(len(text) * cut)], "es")
    assert all(accepted[r["id"]] == r["text"] for r in rows if r["id"] in accepted)


@given(st.integers(0, 10**6), st.integers(2, 40))
@settings(max_examples=40, deadline=None)
def test_parts_of_a_chunk_are_all_of_it_and_keep_their_neighbours_as_context(seed: int, size: int) -> None:
    chunk = chunks_of(1, size, seed)[0]
    wanted = [s.id for s in chunk.wanted]
    for groups in (halves(wanted), interleaved(wanted), interleaved(wanted, 4)):
        parts = [part_of(chunk, g) for g in groups]
        assert sorted(s.id for p in parts for s in p.wanted) == sorted(wanted)
        for part in parts:
            task = json.loads(make_task(part, "en", "zh", {}, {}).text)
            given_ = sum("given" in s for p in task["paragraphs"] for s in p["segments"])
            assert given_ == sum(len(p.segments) - len(p.wanted) for p in part.paragraphs)
        bare = [part_of(chunk, g, bare=True) for g in groups]
        assert all("given" not in make_task(p, "en", "zh", {}, {}).text for p in bare)


def rows_of(*texts: str) -> list[dict[str, str]]:
    return [
        {"id": f"s{n}", "merged_into": t[1:]} if t.startswith(">") else {"id": f"s{n}", "text": t}
        for n, t in enumerate(texts, 1)
    ]


def test_a_merge_is_allowed_into_a_neighbour_of_the_same_paragraph_only() -> None:
    chunk = chunk_of(["The first one.", "The second one.", "The third one."], ["Another paragraph here."])
    task = task_of(chunk, "zh")
    table = [
        (("第一和第二。", ">s1", "第三。", "另一个段落。"), {"s1", "s2", "s3", "s4"}),
        ((">s2", "第一和第二。", "第三。", "另一个段落。"), {"s1", "s2", "s3", "s4"}),
        (("三个合在一起。", ">s1", ">s1", "另一个段落。"), {"s1", "s2", "s3", "s4"}),
        (("第一和第三。", "第二。", ">s1", "另一个段落。"), {"s1", "s2", "s4"}),
        (("第一。", "第二。", "第三和另一个。", ">s3"), {"s1", "s2", "s3"}),
        (("第一。", ">s3", ">s2", "另一个段落。"), {"s1", "s4"}),
        (("第一。", ">s2", "第三。", "另一个段落。"), {"s1", "s3", "s4"}),
        (("第一。", ">s9", "第三。", "另一个段落。"), {"s1", "s3", "s4"}),
    ]
    for texts, accepted in table:
        got, _ = judged(task, rows_of(*texts), "zh")
        assert set(got) == accepted, texts


def test_an_answer_beside_a_missing_one_is_looked_at_and_cleared_by_the_same_answer_to_another_question() -> None:
    chunk = chunk_of(["The visit took place in the morning of that day."], ["No."])
    task = task_of(chunk, "zh")
    name = chunk.wanted[0].id
    reply = read_reply(json.dumps({"segments": rows_of("访视在当天上午进行。")}))
    first = assess(task, reply, "en", "zh", {}, {})
    assert first.look is not None
    assert [s for s, _ in first.look.expected.values()] == [name]
    first.unconfirmed([name])
    assert first.faults[name].doubt
    assert name not in first.accepted
    alone = task_of(part_of(chunk, [name]), "zh")
    again = assess(alone, reply, "en", "zh", {}, {name: first.faults[name].wire})
    assert name in again.accepted
    assert again.look is None


def test_a_host_is_not_looked_at_apart_from_its_guests() -> None:
    chunk = chunk_of(["The first one.", "The second one."], ["Another paragraph."], ["A third one here."], ["No."])
    task = task_of(chunk, "zh")
    reply = read_reply(json.dumps({"segments": rows_of("第一和第二。", ">s1", "另一个段落。", "这里的第三个。")}))
    result = assess(task, reply, "en", "zh", {}, {})
    host, guest = chunk.wanted[0].id, chunk.wanted[1].id
    assert result.look is not None
    assert host not in result.doubts
    result.unconfirmed(result.doubts)
    assert {host, guest} == set(result.accepted)


def test_beside_a_gap_few_are_looked_at_and_all_only_if_those_are_not_confirmed() -> None:
    task = task_of(chunks_of(1, 40)[0], "de")
    rows = faithful(task, "de")
    del rows[20]
    result = assess(task, read_reply(json.dumps({"segments": rows})), "en", "de", {}, {})
    assert result.look is not None
    assert result.wider is not None
    assert 6 <= len(result.look.expected) < len(result.wider.expected) == len(rows)
    names = {s.id: n for n, s in task.segments.items()}
    assert {names[s] for s in result.beside} <= {"s20", "s22"}


def test_the_same_text_for_two_different_segments_is_doubted() -> None:
    chunk = chunk_of(["The first visit took place at the site."], ["Adverse events were recorded by the staff."])
    text = "首次访视在研究中心按照方案的要求进行。"
    _, faults = judged(task_of(chunk, "zh"), rows_of(text, text), "zh")
    assert faults == {"s1", "s2"}


def test_the_context_is_in_the_task_and_has_no_id() -> None:
    chunk = chunk_of(["One is here.", "Two is here."], heading_path=("A", "B"), before=("X",), after=("Y",))
    task = json.loads(
        make_task(part_of(chunk, [chunk.wanted[1].id]), "en", "zh", {}, {chunk.wanted[1].id: "Bad."}).text
    )
    assert task["section"] == ["A", "B"]
    assert (task["before"], task["after"]) == (["X"], ["Y"])
    assert task["paragraphs"] == [{"segments": [{"given": "One is here."}, {"id": "s1", "text": "Two is here."}]}]
    assert task["asked_again"] == [{"fault": "Bad.", "id": "s1"}]
