"""A drafted document in a careful simulated translation: how many of its values are compared, false alarms, and seeded faults found.

Run: ``python tests/bench/translated_draft.py --home HOME --batch BATCH [--to zh --to ja]`` on an installation with a released draft. One JSON
object on stdout. Seeded: in each sentence with a value one digit of it is another; in each that names groups two values change places.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), *(str(ROOT / part) for part in ("steps", "formats", "writing"))]

from translating_story import Story  # noqa: E402

from docpipe.checks.reading.lexer import read  # noqa: E402
from docpipe.model.inline import CodedText, Text, from_wire, merge_text, spaced_text  # noqa: E402
from docpipe.model.segment import Origin, OriginKind, Segment, Unit  # noqa: E402
from docpipe.settings import load  # noqa: E402
from docpipe.simulate import translation  # noqa: E402
from docpipe.steps.draft_values import GROUP, _groups, draft_values, linked, value_findings  # noqa: E402
from docpipe.steps.house import open_house  # noqa: E402
from docpipe.store import batches, documents  # noqa: E402


def retyped(target: CodedText, old: str, new: str) -> CodedText | None:
    """The target with the only occurrence of some characters replaced; None where there is not exactly one."""
    if sum(p.text.count(old) for p in target if isinstance(p, Text)) != 1:
        return None
    return merge_text(Text(p.text.replace(old, new)) if isinstance(p, Text) else p for p in target)


def other(value: str, chance: random.Random) -> str:
    """The value with one digit changed."""
    places = [n for n, c in enumerate(value) if c.isdigit()]
    at = chance.choice(places)
    return value[:at] + str((int(value[at]) + chance.randint(1, 8)) % 10) + value[at + 1 :]


def measured(story: Story, batch_id: str, path: Path, language: str) -> dict[str, Any]:
    chance = random.Random(7)
    batch = story.submit({path.name: path.read_bytes()}, "en", language)
    story.upto(batch, "segmented")
    document = story.document(batch)
    segments = [s for s, _ in story.rows(document)]
    current: dict[Any, Unit] = {}
    for s in segments:
        target = from_wire(translation.translate(s.wire, "en", language), s.source)
        current[s.id] = Unit(s.id).translated(target, Origin(OriginKind.MODEL))
    values = draft_values(story.house, document.sha256)
    assert values is not None
    links: list[tuple[Segment, Any]] = [
        (s, link[0]) for s in segments if (link := linked(values, s)) is not None and link[0].values
    ]
    there = sum(bool(said.values) for said in values.sentences.values())
    reached = {said.text for _, said in links}
    faithful = value_findings(story.house, batch, document, segments, current)
    seeded: dict[str, list[int]] = {"value": [0, 0], "group": [0, 0]}
    missed: list[Any] = []

    def judged(kind: str, s: Segment, target: CodedText, what: object, check: str) -> None:
        now = current | {s.id: replace(current[s.id], target=target)}
        found = value_findings(story.house, batch, document, segments, now, {s.id}).get(s.id, [])
        hit = any(f.check.startswith(check) for f in found)
        seeded[kind][0] += 1
        seeded[kind][1] += hit
        if not hit and len(missed) < 12:
            missed.append([kind, what, spaced_text(s.source)[:160], spaced_text(target)[:160]])

    chosen = links if len(links) < 400 else chance.sample(links, 400)
    for s, said in chosen:
        numbers = [n.text for n in read(spaced_text(current[s.id].target), language).numbers]
        for fact, (a, b) in said.values[:1]:
            shown = said.text[a:b]
            if not any(c.isdigit() for c in shown) or numbers.count(shown) != 1:
                continue
            wrong = other(shown, chance)
            if (target := retyped(current[s.id].target, shown, wrong)) is not None:
                judged("value", s, target, [shown, wrong, fact.statistic], "R4")
    for s, said in links:
        for group in _groups(said):
            shown = [said.text[a:b] for _, (a, b) in group]
            if len(set(shown)) < len(shown) or not all(any(c.isdigit() for c in x) for x in shown):
                continue
            first = retyped(current[s.id].target, shown[0], "\ue000")
            second = first and retyped(first, shown[1], shown[0])
            third = second and retyped(second, "\ue000", shown[1])
            if third:
                judged("group", s, third, shown, GROUP)
    return {
        "language": language, "segments": len(segments), "sentences_with_values": there, "of_these_linked": len(reached),
        "segments_with_values": len(links), "values": sum(len(said.values) for _, said in links),
        "false_alarms": sum(map(len, faithful.values())),
        "alarms": [[f.check, f.message] for several in faithful.values() for f in several][:10],
        "seeded": {kind: {"made": made, "found": found} for kind, (made, found) in seeded.items()}, "missed": missed,
    }  # fmt: skip


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--home", type=Path, required=True)
    given.add_argument("--batch", default="")
    given.add_argument("--to", action="append", default=[])
    args = given.parse_args()
    os.environ["DOCPIPE_OFFICE"] = "off"
    house = open_house(load(home=args.home))
    with house.store.read() as session:
        released = [b for b in batches.listing(session) if b.recipe.drafts and b.state.value == "released"]
        batch = next(b for b in released if not args.batch or b.id == args.batch)
        found = documents.of_batch(session, batch.id)
    story = Story(house, args.home.parent)
    told = [
        measured(story, batch.id, Path(batch.out) / "target" / d.path, language)
        for d in found
        for language in args.to or ["zh", "ja"]
    ]
    print(json.dumps(told, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
