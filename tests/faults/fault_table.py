"""The table of faults: each kind against the engine by seed, on real text; what was detected, mended, left to a person, accepted in silence.

Usage: ``python tests/faults/fault_table.py [--kinds a,b] [--rates 0.05,0.3] [--segments N] [--seeds N] [--json FILE]``. Tokens are compared with a
run in which every first reply is faithful and nothing is looked at twice; the judge recomputes what a faithful provider answers. A wrong target that is
accepted is ``silent`` unless the checks of the whole document, or the note that an answer came again, say something of it; ``risk`` and ``all``
are how many of the silent ones a second look at rows at risk, or at all rows, names (asked of a provider without faults, its tokens not counted).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/llm"), str(ROOT / "tests/faults")]

from fault_texts import TextSet, sample, shared_sets  # noqa: E402
from llm_builders import MemoryLedger  # noqa: E402

from docpipe import prompts  # noqa: E402
from docpipe.checks.document import document_findings  # noqa: E402
from docpipe.checks.runner import pairs, run_checks  # noqa: E402
from docpipe.errors import CallInFlight, ProviderRefused  # noqa: E402
from docpipe.llm.craft import Assessment, Fault  # noqa: E402
from docpipe.llm.engine import Orders, Result, ask_chunks, first_requests  # noqa: E402
from docpipe.llm.reply import read_reply  # noqa: E402
from docpipe.llm.second_look import Pair, look_text, read_look, risk_of  # noqa: E402
from docpipe.llm.task import Task  # noqa: E402
from docpipe.llm.translating import Translation  # noqa: E402
from docpipe.model.chunk import Chunk, Reply, Request, Usage  # noqa: E402
from docpipe.model.finding import Severity  # noqa: E402
from docpipe.model.inline import spaced_text, to_wire  # noqa: E402
from docpipe.model.recipe import Recipe  # noqa: E402
from docpipe.model.segment import Segment, SegmentId  # noqa: E402
from docpipe.registry import checks  # noqa: E402
from docpipe.simulate.answers import answers_of  # noqa: E402
from docpipe.simulate.faults import SEGMENT_KINDS, Script, spoil  # noqa: E402
from docpipe.simulate.metering import tokens  # noqa: E402
from docpipe.simulate.translation import translate  # noqa: E402
from docpipe.steps.answered import CAME_AGAIN, oddities, told  # noqa: E402
from docpipe.steps.inspection import inspector  # noqa: E402
from docpipe.steps.second_look import THRESHOLD  # noqa: E402

KINDS = (*SEGMENT_KINDS, "bad_json", "wrong_schema", "truncate", "filter", "refuse", "decline", "chatter", "fence")
ALTERING = ("change_name",)
"""Kinds that put one word of the text in another's place: no check knows what it should be, only a second look does."""
MIX = "".join(f'[[fault]]\nkind = "{k}"\nprobability = {{p}}\n' for k in KINDS)


class Direct:
    """The simulated provider without the network: the same answers, faults and token counts."""

    name = "simulated"

    def __init__(self, script: Script) -> None:
        self.script, self.calls, self.fired = script, 0, 0
        self.tokens = {"first": 0, "re-ask": 0, "second-look": 0}

    async def complete(self, request: Request) -> Reply:
        """The reply, spoiled where the script says so."""
        self.calls += 1
        answers = answers_of(request.user)
        assert answers is not None
        chosen = self.script.choose(self.calls, request.user)
        text, finish = answers.reply(), "stop"
        if chosen:
            fault, chance = chosen
            self.fired += 1
            if fault.kind == "refuse":
                raise ProviderRefused("The prompt was filtered.", reason="content_filter")
            text = spoil(fault, chance, answers)
            if fault.kind in ("truncate", "filter"):
                finish = "length" if fault.kind == "truncate" else "filter"
                text = "" if finish == "filter" else text
        usage = Usage(tokens(request.system) + tokens(request.user), 0, tokens(text))
        self.tokens[request.purpose] += usage.input_tokens + usage.output_tokens
        return Reply(text, finish, "simulated", usage)

    async def close(self) -> None:
        """Nothing to give back."""


class Books(MemoryLedger):
    """As the real one: of two equal requests at a time, the second waits for the first's reply."""

    def reserve(self, request: Request, estimate: int, *, twin: bool = False) -> str:
        """A new entry, unless an equal request is under way or was just answered."""
        key = request.spend_key
        if key in self.replies or any(r["key"] == key and r["state"] == "sent" for r in self.rows):
            raise CallInFlight("An equal request is under way.")
        return super().reserve(request, estimate, twin=twin)


@dataclass(slots=True)
class Row:
    """What became of one kind of fault at one rate. ``injected``: answers that were not what a faithful provider gives."""

    kind: str
    rate: float
    replies: int = 0
    faulty: int = 0
    segments: int = 0
    injected: int = 0
    detected: int = 0
    by_checks: int = 0
    mended: int = 0
    person: int = 0
    silent: int = 0
    risk: int = 0
    all: int = 0
    lost: int = 0
    tokens: int = 0
    ideal: int = 0
    look_tokens: int = 0
    right: int = 0
    rejected: int = 0
    seconds: float = 0.0
    escapes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON, with the two ratios."""
        row = {name: getattr(self, name) for name in Row.__dataclass_fields__}
        row["tokens_ratio"] = round(self.tokens / self.ideal, 3) if self.ideal else 0.0
        row["rejected_share"] = round(self.rejected / self.right, 5) if self.right else 0.0
        row["seconds"] = round(self.seconds, 1)
        return row


class Watched(Translation):
    """The craft, with a note of every answer that it was given: right or wrong, taken or not."""

    __slots__ = ("notes",)

    def assess(self, task: Task, reply: str, earlier: Mapping[SegmentId, Fault]) -> Assessment:
        """As the craft."""
        assessed = super().assess(task, reply, earlier)
        self.notes(task, reply, assessed)  # type: ignore[attr-defined]
        return assessed


def truth_of(segment: Segment, languages: tuple[str, str]) -> str:
    """What a faithful simulated provider answers."""
    return translate(segment.wire, *languages)


def run(text: TextSet, target: str, kind: str, rate: float, seed: int, row: Row) -> None:
    """One text set through the engine with one kind of fault; the figures are added to ``row``."""
    chunks = text.chunks(target)
    languages = (text.language, target)
    share = rate / len(KINDS) if kind == "mixed" else rate
    script = Script.parse(
        MIX.format(p=share) if kind == "mixed" else f'[[fault]]\nkind = "{kind}"\nprobability = {rate}\n',
        zlib.crc32(f"{seed} {kind} {text.name} {target}".encode()),
    )
    provider, results = Direct(script), list[Result]()
    truth = {s.id: truth_of(s, languages) for s in text.asked}
    hurt: set[SegmentId] = set()
    recipe = Recipe("translate", *languages, "openai")
    craft = Watched(*languages, {}, context=text.context, inspect=inspector(recipe, {}))

    def note(task: Task, reply: str, assessed: Assessment) -> None:
        answers = {a.id: a for a in read_reply(reply).answers}
        clean = all(n in answers and answers[n].text == truth[s.id] for n, s in task.segments.items())
        for name, s in task.segments.items():
            right = name in answers and answers[name].text == truth[s.id]
            if clean:
                row.right += 1
                row.rejected += s.id in assessed.faults
            elif not right:
                hurt.add(s.id)

    object.__setattr__(craft, "notes", note)
    orders = Orders("openai", "gpt-4.1", concurrency=1, backoff=0.001)
    prompt = prompts.load("translate/segments")
    began = time.process_time()
    tally = asyncio.run(
        ask_chunks(
            chunks, provider=provider, ledger=Books(), prompt=prompt, orders=orders, craft=craft,
            on_group=results.extend,
        )
    )  # fmt: skip
    row.seconds += time.process_time() - began
    row.replies += tally.calls
    row.faulty += provider.fired
    row.segments += len(text.asked)
    row.tokens += sum(provider.tokens.values())
    row.look_tokens += provider.tokens["second-look"]
    row.ideal += ideal(chunks, craft, orders)
    judge(text, languages, truth, results, hurt, row)


def ideal(chunks: Sequence[Chunk], craft: Translation, orders: Orders) -> int:
    """Tokens of a run whose first replies are all faithful."""
    plain = Translation(craft.source_language, craft.target_language, {}, context=craft.context)
    total = 0
    for request, _ in first_requests(chunks, prompts.load("translate/segments"), orders, plain):
        answers = answers_of(request.user)
        assert answers is not None
        total += tokens(request.system) + tokens(request.user) + tokens(answers.reply())
    return total


def judge(
    text: TextSet, languages: tuple[str, str], truth: Mapping[SegmentId, str], results: Iterable[Result],
    hurt: set[SegmentId], row: Row,
) -> None:  # fmt: skip
    """Compares what was accepted with the truth."""
    by_id = {r.segment: r for r in results}
    guests: dict[SegmentId, list[SegmentId]] = {}
    for r in by_id.values():
        if r.merged_into:
            guests.setdefault(r.merged_into, []).append(r.segment)
    said = findings(text.asked, by_id, languages)
    for s in text.asked:
        if s.id not in by_id:
            row.lost += 1
            continue
        r = by_id[s.id]
        row.injected += s.id in hurt
        if r.reason:
            row.person += 1
            row.detected += s.id in hurt
            continue
        if r.merged_into:
            fine = truth[s.id] in to_wire(by_id[r.merged_into].target or ())
        else:
            wire = to_wire(r.target or ())
            fine = wire == truth[s.id] or (s.id in guests and truth[s.id] in wire)
        if fine:
            row.mended += s.id in hurt
            row.detected += s.id in hurt
        elif any(f is not Severity.MINOR for f in said[s.id]) or (r.noted and said[s.id]):
            row.by_checks += 1
            row.detected += s.id in hurt
        else:
            row.silent += 1
            risky, seen = second_look(s, r, languages, said[s.id])
            row.risk += risky and seen
            row.all += seen
            row.escapes.append(f"{text.name} {languages}: {s.wire[:90]!r} -> {to_wire(r.target or ())[:90]!r}")


def findings(
    segments: Sequence[Segment], results: Mapping[SegmentId, Result], languages: tuple[str, str]
) -> dict[SegmentId, list[Severity]]:
    """What the step ``check`` says of the accepted targets, row by row."""
    accepted = {s: r for s, r in results.items() if not r.reason}
    targets = {s: r.target or () for s, r in accepted.items()}
    said: dict[SegmentId, list[Severity]] = {s.id: [] for s in segments}
    for segment, pair in pairs(segments, targets, *languages):
        if (r := accepted.get(segment.id)) and not r.merged_into:
            said[segment.id] += [f.severity for f in run_checks(checks(), pair)]
            said[segment.id] += [f.severity for f in oddities(told(r.origin, "", r.noted)) if f.check == CAME_AGAIN]
    merged = {s for s, r in accepted.items() if r.merged_into}
    for name, finding in document_findings(segments, targets, merged=merged):
        if name in accepted and name not in merged:
            said[name].append(finding.severity)
    return said


def second_look(
    segment: Segment, result: Result, languages: tuple[str, str], said: Sequence[Severity]
) -> tuple[bool, bool]:
    """Whether a row would be looked at for its risk, and whether a look finds something."""
    source = spaced_text(segment.source)
    risk = risk_of(source, languages[0], findings=said, asked_again=bool(result.refused))
    pair = Pair(segment.id, source, spaced_text(result.target or ()), risk)
    answers = answers_of(look_text([pair], *languages))
    assert answers is not None
    return risk.score >= THRESHOLD, any(read_look(answers.reply(), [pair]).flaws.values())


def table(
    sets: Sequence[TextSet], kinds: Sequence[str] = (*KINDS, "mixed"), rates: Sequence[float] = (0.05, 0.3), seed: int = 1,
    told_of: Callable[[Row], None] = lambda _: None, seeds: int = 1,
) -> list[Row]:  # fmt: skip
    """Every kind at every rate over every set and target language."""
    rows = []
    for kind in kinds:
        for rate in rates:
            row = Row(kind, rate)
            for chance in range(seed, seed + seeds):
                for text in sets:
                    for target in text.targets:
                        run(text, target, kind, rate, chance, row)
            rows.append(row)
            told_of(row)
    return rows


HEAD = "fault          rate replies faulty injected detected mended person checks silent risk all lost tokens looks  rejected"


def line(row: Row) -> str:
    """A row as text."""
    ratios = row.as_dict()
    return (
        f"{row.kind:14} {row.rate:4} {row.replies:7} {row.faulty:6} {row.injected:8} {row.detected:8} {row.mended:6} "
        f"{row.person:6} {row.by_checks:6} {row.silent:6} {row.risk:4} {row.all:3} {row.lost:4} {ratios['tokens_ratio']:5.2f}x "
        f"{row.look_tokens / max(1, row.ideal):5.1%} {ratios['rejected_share']:8.2%}"
    )


def main() -> None:
    """The table as text, and as JSON where a file is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--rates", default="0.05,0.3")
    parser.add_argument("--targets", type=int, default=3, help="target languages of each text")
    parser.add_argument("--segments", type=int, default=480)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many, added up")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", type=int, default=3, help="escapes to show")
    given = parser.parse_args()
    sets = [
        TextSet(t.name, t.language, t.targets[: given.targets], t.segments[: given.segments])
        for t in (sample(), *shared_sets(given.segments))
    ]
    kinds = tuple(given.kinds.split(",")) if given.kinds else (*KINDS, "mixed")
    print(HEAD)

    def told_of(row: Row) -> None:
        print(line(row), flush=True)
        for escape in row.escapes[: given.show]:
            print("    ", escape)

    rows = table(sets, kinds, tuple(float(r) for r in given.rates.split(",")), given.seed, told_of, given.seeds)
    if given.json:
        given.json.write_text(json.dumps([r.as_dict() for r in rows], indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
