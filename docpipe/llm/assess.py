"""Assessing a whole reply: which segments stand, which are asked again and why. Imports the core and its room only.

No answer is accepted for a segment that was not asked, none twice, and none whose neighbours make it doubtful.
"""

from __future__ import annotations

from collections.abc import Mapping

from docpipe.llm.alignment import GAIN, side_of, suspects
from docpipe.llm.craft import Accepted, Assessment, Fault
from docpipe.llm.reply import Answer, Reading
from docpipe.llm.task import Task, Terms
from docpipe.llm.verdict import Verdict, judge
from docpipe.model.inline import CodedText, Text, codes_of, merge_text, parse_wire, plain_text, to_wire
from docpipe.model.segment import Segment, SegmentId

__all__ = ["MISSING", "Accepted", "Assessment", "Fault", "assess"]

MISSING = "The segment was not answered."
TWICE = "The segment was answered more than once, differently."
SHIFTED = "The text seems to belong to a neighbouring segment."
BESIDE = "A neighbouring segment was not answered; this text may hold both."
LEAKED = "The same text was given for two different segments."
BAD_MERGE = "It may only be merged into an answered neighbouring sentence of the same paragraph."


def assess(
    task: Task,
    reading: Reading,
    source_language: str,
    target_language: str,
    terms: Terms,
    doubted: Mapping[SegmentId, str],
) -> Assessment:
    """The assessment of a reply. ``doubted``: earlier answers that only their neighbourhood spoke against."""
    result = Assessment(whole=reading.whole)
    answers = _by_segment(task, reading, result)
    hosts = _merges(task, answers, result)
    verdicts: dict[SegmentId, Verdict] = {}
    for name, segment in task.segments.items():
        answer = answers.get(name)
        if answer is None or answer.merged_into or segment.id in result.faults:
            continue
        guests = [s for s, host in hosts.items() if host == name]
        whole = _with_guests(segment, [task.segments[g] for g in guests], task)
        hits = tuple(h for s in (segment, *(task.segments[g] for g in guests)) for h in terms.get(s.id, ()))
        verdict = judge(whole, answer.text, source_language, target_language, hits)
        verdicts[segment.id] = verdict
        if verdict.fault or verdict.target is None:
            result.faults[segment.id] = Fault(verdict.fault, verdict.target, answer.text)
            for guest in guests:
                result.faults[task.segments[guest].id] = Fault(BAD_MERGE)
        else:
            result.accepted[segment.id] = Accepted(verdict.target)
            for guest in guests:
                result.accepted[task.segments[guest].id] = Accepted((), segment.id)
    _doubts(task, reading, result, answers, hosts, terms, doubted)
    return result


def _by_segment(task: Task, reading: Reading, result: Assessment) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for answer in reading.answers:
        if answer.id not in task.segments:
            result.stray += 1
        elif answer.id in answers and answers[answer.id] != answer:
            result.faults[task.segments[answer.id].id] = Fault(TWICE)
        else:
            answers.setdefault(answer.id, answer)
    for name, segment in task.segments.items():
        if name not in answers:
            result.faults.setdefault(segment.id, Fault(MISSING, apart=True))
    return answers


def _merges(task: Task, answers: Mapping[str, Answer], result: Assessment) -> dict[str, str]:
    """Guest to host, both local ids, of the merges that the rule allows; the others become faults."""
    hosts: dict[str, str] = {}
    local = {s.id: n for n, s in task.segments.items()}
    for paragraph in task.chunk.paragraphs:
        row = [local.get(s.id, "") for s in paragraph.segments]
        for at, name in enumerate(row):
            answer = answers.get(name)
            if answer is None or not answer.merged_into or task.segments[name].id in result.faults:
                continue
            host = answer.merged_into
            fine = host in row and host in answers and not answers[host].merged_into
            fine = fine and task.segments[host].id not in result.faults
            if fine:
                there = row.index(host)
                between = row[min(at, there) + 1 : max(at, there)]
                fine = all(n in answers and answers[n].merged_into == host for n in between)
            if fine:
                hosts[name] = host
            else:
                result.faults[task.segments[name].id] = Fault(BAD_MERGE)
    return hosts


def _with_guests(host: Segment, guests: list[Segment], task: Task) -> CodedText:
    """The source that a host answers for: its own sentence and those merged into it, in the paragraph's order."""
    if not guests:
        return host.source
    ids = {host.id, *(g.id for g in guests)}
    parts = [s for s in task.paragraph_of(host.id).segments if s.id in ids]
    return merge_text(piece for s in parts for piece in (*s.source, Text(s.after)))


def _doubts(
    task: Task,
    reading: Reading,
    result: Assessment,
    answers: Mapping[str, Answer],
    hosts: Mapping[str, str],
    terms: Terms,
    doubted: Mapping[SegmentId, str],
) -> None:
    """Takes back what was accepted where the reply as a whole speaks against it."""
    texts = {
        n: parse_wire(answers[n].text, s.source)[0]
        for n, s in task.segments.items()
        if n in answers and n not in hosts and n not in hosts.values() and answers[n].text.strip()
    }
    names = [n for n in texts if task.segments[n].id in result.accepted]
    reasons: dict[str, str] = {}
    # What a cut-off reply lacks was not merged into its neighbour.
    lacking = (MISSING, TWICE) if reading.whole else (TWICE,)
    gone = {n for n, s in task.segments.items() if s.id in result.faults and result.faults[s.id].reason in lacking}
    order = list(task.segments)
    for at, name in enumerate(order):
        if name in gone:
            for other in order[max(0, at - 1) : at] + order[at + 1 : at + 2]:
                reasons.setdefault(other, BESIDE)
    seen: dict[str, str] = {}
    for name in names:
        target = plain_text(result.accepted[task.segments[name].id].target).strip().casefold()
        if len(target) < 12:
            continue
        twin = seen.setdefault(target, name)
        if twin != name and _differ(task.segments[twin], task.segments[name]):
            reasons[twin] = reasons[name] = LEAKED
    sources = [side_of(task.segments[n].source, terms.get(task.segments[n].id, ())) for n in texts]
    broken = sum(1 for n in texts if task.segments[n].id in result.faults)
    # Ids that were invented or forgotten, and broken neighbours, make a shift likelier.
    unsure = bool(result.stray or gone or broken > 1)
    answered = list(texts)
    for at in suspects(sources, [side_of(t) for t in texts.values()], 3.5 if unsure else GAIN):
        reasons.setdefault(answered[at], SHIFTED)
    for name, reason in reasons.items():
        segment = task.segments[name]
        accepted = result.accepted.get(segment.id)
        if accepted is None or accepted.merged_into or name in hosts.values():
            continue
        wire = answers[name].text
        if _same(doubted.get(segment.id), wire):
            continue
        del result.accepted[segment.id]
        result.faults[segment.id] = Fault(reason, accepted.target, wire, doubt=True)


def _same(earlier: str | None, wire: str) -> bool:
    return earlier is not None and earlier.strip() == wire.strip()


def _differ(one: Segment, other: Segment) -> bool:
    """Whether two sources are so different that an equal target cannot be right (by more than case or end punctuation)."""
    a, b = (plain_text(s.source).strip().casefold().rstrip(".。:：;；") for s in (one, other))
    return a != b and not (codes_of(one.source) and to_wire(one.source) == to_wire(other.source))
