"""Assessing a whole reply: which segments stand, which are asked again and why. Imports the core and its room only.

No answer is accepted for a segment that was not asked, none twice, and none whose neighbours make it doubtful.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from docpipe.llm.alignment import Side, side_of, standing
from docpipe.llm.craft import Accepted, Assessment, Fault
from docpipe.llm.looking import Doubtful, Look, look_at
from docpipe.llm.reply import Answer, Reading
from docpipe.llm.task import Task, Terms
from docpipe.llm.verdict import Verdict, judge
from docpipe.model.inline import CodedText, Text, codes_of, merge_text, parse_wire, plain_text, to_wire
from docpipe.model.segment import Segment, SegmentId

__all__ = ["MISSING", "Accepted", "Assessment", "Fault", "Inspect", "assess"]

Inspect = Callable[[Segment, CodedText], str]
"""What the checks find grave about a target, as one sentence for the model; \"\" where it is fine."""

FEW = 3
"""Findings of checks that count as one broken text."""
NEAR, MANY = 3, 4
"""Answers on each side of one that is missing that are looked at first, and how many may be missing for it: what slid slid up to there."""
LEAST = 6
"""Texts that a look at alignment asks about at least, where there are as many."""
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
    inspect: Inspect | None = None,
) -> Assessment:
    """The assessment of a reply. ``doubted``: earlier answers that only their neighbourhood or ``inspect`` spoke against."""
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
            continue
        said = inspect(segment, verdict.target) if inspect and not guests else ""
        if said and not _same(doubted.get(segment.id), answer.text):
            result.faults[segment.id] = Fault(said, verdict.target, answer.text, doubt=True, waits=True)
        else:
            result.accepted[segment.id] = Accepted(verdict.target, noted=said)
            for guest in guests:
                result.accepted[task.segments[guest].id] = Accepted((), segment.id)
    uncertain = _doubts(task, reading, result, answers, hosts, terms, doubted)
    languages = source_language, target_language
    result.look = _ask_about(task, result, uncertain, answers, languages)
    if result.look and reading.whole and any(f.reason in (MISSING, TWICE) for f in result.faults.values()):
        every = {n: uncertain.get(n, SHIFTED) for n, s in task.segments.items() if s.id in result.doubts}
        wider = _ask_about(task, result, every, answers, languages)
        result.wider = wider if wider and len(wider.expected) > len(result.look.expected) else None
        result.beside = frozenset(task.segments[n].id for n, r in uncertain.items() if r == BESIDE)
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
) -> dict[str, str]:
    """Takes back what was accepted where the reply as a whole speaks against it; what is only uncertain is returned with a reason."""
    texts = {
        n: parse_wire(answers[n].text, s.source)[0]
        for n, s in task.segments.items()
        if n in answers and n not in hosts and n not in hosts.values() and answers[n].text.strip()
    }
    names = [n for n in texts if task.segments[n].id in result.accepted]
    reasons: dict[str, str] = {}
    uncertain: dict[str, str] = {}
    # What a cut-off reply lacks was not merged into its neighbour.
    lacking = (MISSING, TWICE) if reading.whole else (TWICE,)
    gone = {n for n, s in task.segments.items() if s.id in result.faults and result.faults[s.id].reason in lacking}
    order = list(task.segments)
    for at, name in enumerate(order):
        if name in gone:
            for other in order[max(0, at - 1) : at] + order[at + 1 : at + 2]:
                uncertain.setdefault(other, BESIDE)
    seen: dict[str, str] = {}
    for name in names:
        target = plain_text(result.accepted[task.segments[name].id].target).strip().casefold()
        if len(target) < (6 if target.isascii() else 3):
            continue
        twin = seen.setdefault(target, name)
        if twin != name and _differ(task.segments[twin], task.segments[name]):
            reasons[twin] = reasons[name] = LEAKED
    sources = [side_of(task.segments[n].source, terms.get(task.segments[n].id, ())) for n in texts]
    targets = [side_of(t) for t in texts.values()]
    if reading.whole and gone:
        # Something slid, up to the gap or from it on: its surroundings tell, and if they are not as they should be, all are looked at.
        gaps = [at for at, n in enumerate(order) if n in gone]
        for at, name in enumerate(order):
            if name in names and (len(gone) > MANY or any(abs(at - gap) <= NEAR for gap in gaps)):
                uncertain.setdefault(name, SHIFTED)
    broken = sum(1 for n in texts if (f := result.faults.get(task.segments[n].id)) and not f.waits)
    # One finding of a check is the model's slip or the check's, several are a sign of more.
    broken += sum(1 for f in result.faults.values() if f.waits) // FEW
    # Ids that were invented or forgotten, and broken neighbours, make a shift likelier.
    stand = standing(sources, targets, troubled=bool(result.stray or gone or broken > 1))
    answered = list(texts)
    for at in (*sorted(stand.suspects), *sorted(stand.doubtful), *_laden(sources, targets)):
        uncertain.setdefault(answered[at], SHIFTED)
    for at, name in enumerate(order):
        # A text that lost figures or its half may be the other half of its neighbour's.
        if (fault := result.faults.get(task.segments[name].id)) and fault.reason.startswith(
            ("Figures", "Tags", "The text is far")
        ):
            for other in order[max(0, at - 1) : at] + order[at + 1 : at + 2]:
                reasons.setdefault(other, BESIDE)
    for name, reason in reasons.items():
        uncertain.pop(name, None)
        segment = task.segments[name]
        accepted = result.accepted.get(segment.id)
        if accepted is None or accepted.merged_into or name in hosts.values():
            continue
        wire = answers[name].text
        if _same(doubted.get(segment.id), wire):
            continue
        del result.accepted[segment.id]
        result.faults[segment.id] = Fault(reason, accepted.target, wire, doubt=True, apart=reason != BESIDE)
    # Asked alone, an answer that comes again is cleared; in company the same confusion may have come again.
    alone = len(task.segments) == 1
    return {
        n: r
        for n, r in uncertain.items()
        if n in names
        and n not in hosts.values()
        and not (alone and _same(doubted.get(task.segments[n].id), answers[n].text))
    }


def _laden(sources: Sequence[Side], targets: Sequence[Side]) -> list[int]:
    """Positions whose targets hold figures or names that are a neighbour's and not their own, or are oddly long or short."""
    found = []
    for i, (source, target) in enumerate(zip(sources, targets, strict=True)):
        more = (target.figures - source.figures) + (target.anchors - source.anchors)
        beside = [sources[j] for j in (i - 1, i + 1) if 0 <= j < len(sources)]
        if (
            (more and any(k in s.figures or k in s.anchors for s in beside for k in more))
            or target.weight > 1.9 * source.weight + 16
            or (source.weight > 30 and target.weight < 0.5 * source.weight - 4)
        ):
            found.append(i)
    return found


def _ask_about(
    task: Task,
    result: Assessment,
    uncertain: Mapping[str, str],
    answers: Mapping[str, Answer],
    languages: tuple[str, str],
) -> Look | None:
    """Puts the uncertain answers into one question; with a single one there is nothing to match it with, so a neighbour comes along."""
    # A host answers for its guests too: it was judged with them and stays with them.
    hosts = {a.merged_into for a in result.accepted.values()}
    order = [
        n
        for n, s in task.segments.items()
        if s.id in result.accepted and s.id not in hosts and n in answers and answers[n].text.strip()
    ]
    asked = {n for n in uncertain if n in order}
    if not asked:
        return None
    places = {n: at for at, n in enumerate(order)}
    for name in list(asked):
        # A text is matched against its neighbours: where none of them is asked about, they come along.
        beside = order[max(0, places[name] - 1) : places[name] + 2]
        if len(asked.intersection(beside)) < 2:
            asked.update(beside)
    # Among few texts a wrong answer may be the expected one by chance: some that are beyond doubt are mixed in.
    near = sorted((n for n in order if n not in asked), key=lambda n: min(abs(places[n] - places[a]) for a in asked))
    asked.update(near[: max(0, LEAST - len(asked))])
    # What was not answered may stand in a neighbour's answer: its source is shown, though no target is asked about.
    every = list(task.segments)
    silent = {n for n in every if n not in order or n not in asked} & {
        every[m]
        for n, name in enumerate(every)
        if name in asked and uncertain.get(name)
        for m in (n - 1, n + 1)
        if 0 <= m < len(every)
    }
    doubtful = []
    for name in every:
        segment = task.segments[name]
        source = plain_text(segment.source, equiv=True)
        if name in places:
            accepted = result.accepted[segment.id]
            reason = uncertain.get(name, SHIFTED)
            result.doubts[segment.id] = Fault(reason, accepted.target, answers[name].text, doubt=True, apart=True)
            if name in asked:
                doubtful.append(Doubtful(segment.id, source, plain_text(accepted.target, equiv=True), reason))
        if name in silent:
            doubtful.append(Doubtful(segment.id, source, "", ""))
    return look_at(doubtful, *languages)


def _same(earlier: str | None, wire: str) -> bool:
    return earlier is not None and earlier.strip() == wire.strip()


def _differ(one: Segment, other: Segment) -> bool:
    """Whether two sources are so different that an equal target cannot be right (by more than case or end punctuation)."""
    a, b = (plain_text(s.source).strip().casefold().rstrip(".。:：;；") for s in (one, other))
    return a != b and not (codes_of(one.source) and to_wire(one.source) == to_wire(other.source))
