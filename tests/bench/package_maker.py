"""A submission package of any size from a seed: a tree of DOCX with made regulatory text, many small and few large.

Usage: ``python tests/bench/package_maker.py FOLDER [--pages 6600] [--seed 1]``; prints JSON. 6,600 pages are about two million words in some
400 documents. Equal arguments give equal bytes. Imports nothing of docpipe.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from package_docx import Docx
from package_text import HEADS, Facts, Library, Writer, pick

__all__ = ["Planned", "document", "make_package", "plan"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document. ``share`` of the package's pages; ``least`` and ``most`` pages of one; ``standard``: share of paragraphs that are
    the company's standard text; ``tables``: chance of a table after a paragraph, with up to ``rows`` rows."""

    title: str
    folder: str
    share: float
    least: int
    most: int
    words: int
    topics: dict[str, float]
    standard: float = 0.25
    tables: float = 0.02
    rows: int = 14
    table: str = "statistics"


KINDS: dict[str, Kind] = {
    "protocol": Kind("Clinical study protocol", "m5/53-clin-stud-rep/{study}/protocol", 0.10, 60, 120, 310, {"design": 6, "statistics": 2, "safety": 2, "admin": 1}, 0.45, 0.02, 16, "laboratory"),
    "report": Kind("Clinical study report", "m5/53-clin-stud-rep/{study}/report", 0.26, 120, 320, 310, {"efficacy": 4, "safety": 5, "design": 2, "statistics": 2, "kinetics": 1}, 0.3, 0.025, 10),
    "listing": Kind("Listing of adverse events", "m5/53-clin-stud-rep/{study}/listings", 0.05, 15, 60, 260, {"safety": 1}, 0.5, 1.0, 160, "events"),
    "brochure": Kind("Investigator’s brochure", "m5/ib", 0.06, 70, 140, 310, {"nonclinical": 4, "kinetics": 3, "safety": 4, "efficacy": 2, "quality": 1}, 0.3),
    "summary": Kind("Clinical summary", "m2/27-clin-sum", 0.12, 40, 110, 310, {"safety": 4, "efficacy": 4, "kinetics": 3}, 0.4, 0.025, 10),
    "information": Kind("Summary of product characteristics", "m1/eu/13-pi", 0.05, 12, 30, 310, {"safety": 4, "kinetics": 2, "efficacy": 2, "plain": 2}, 0.5),
    "quality": Kind("Quality document", "m3/32-body-data", 0.14, 3, 22, 300, {"quality": 1}, 0.25, 0.03, 10, "batches"),
    "nonclinical": Kind("Nonclinical study report", "m4/42-stud-rep", 0.09, 15, 60, 300, {"nonclinical": 4, "kinetics": 2, "quality": 1}, 0.25, 0.025, 10, "laboratory"),
    "consent": Kind("Participant information and consent", "m5/53-clin-stud-rep/{study}/consent", 0.04, 6, 14, 320, {"plain": 1}, 0.6, 0.0),
    "site": Kind("Letter and site record", "m1/letters", 0.09, 1, 4, 280, {"admin": 1}, 0.35, 0.02, 8),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """A document to be made: its path in the package, kind, pages and number."""

    path: str
    kind: str
    pages: int
    number: int
    study: int


def plan(pages: int, seed: int) -> list[Planned]:
    """The documents of a package: every kind gets its share of the pages, in sizes between its bounds."""
    chance = random.Random(f"{seed}:plan")
    studies = max(1, min(8, pages // 800))
    names = [Facts.of(random.Random(f"{seed}:study:{n}")).study.lower() for n in range(studies)]
    found: list[Planned] = []
    owed = 0.0
    for name, kind in KINDS.items():
        owed += kind.share * pages
        # A small package holds small documents: none is more than an eighth of it.
        most = max(2, min(kind.most, pages // 8))
        least = min(kind.least, max(1, most // 2))
        while owed >= 1:
            size = min(int(owed), chance.randint(least, most))
            if 0 < owed - size < least:
                size = int(owed)
            owed -= size
            study = chance.randrange(studies)
            number = len(found) + 1
            folder = kind.folder.format(study=names[study])
            found.append(Planned(f"{folder}/{name}-{number:04}.docx", name, size, number, study))
    return found


def document(planned: Planned, library: Library, seed: int) -> tuple[bytes, int]:
    """A document's bytes and words."""
    kind = KINDS[planned.kind]
    chance = random.Random(f"{seed}:document:{planned.number}")
    study = Facts.of(random.Random(f"{seed}:study:{planned.study}"))
    writer = Writer(chance, Facts(library.facts.product, study.study, library.facts.disease))
    made = Docx(chance)
    title = writer.title(kind.title)
    made.heading(title)
    target = planned.pages * kind.words
    topic, left, section = pick(chance, kind.topics), 0, 0
    while made.words < target:
        if left <= 0:
            topic, left, section = pick(chance, kind.topics), 2 + int(chance.random() * 6), section + 1
            made.heading(writer.heading(topic), 1 if chance.random() < 0.2 else 2 + (chance.random() < 0.4))
        left -= 1
        if chance.random() < kind.standard:
            made.paragraph(library.paragraph(topic, chance))
        else:
            made.paragraph(writer.paragraph(topic), writer.sentence(topic) if chance.random() < 0.02 else "")
        if chance.random() < kind.tables and made.words < target:
            short = max(1, int((target - made.words) / 14))
            rows = min(short, 3 + int(chance.random() * kind.rows))
            made.table(
                HEADS[kind.table],
                (writer.row(kind.table, n) for n in range(rows)),
                f"Table {section}: {writer.heading(topic)}",
            )
    header = f"{kind.title} – {writer.facts.study} – Confidential"
    return made.bytes(title=title, header=header, pages=planned.pages), made.words


def make_package(pages: int, seed: int = 1) -> Iterator[tuple[Planned, bytes, int]]:
    """The documents of a package one by one, with their words."""
    library = Library(seed, Facts.of(random.Random(f"{seed}:company")), most=max(3, pages // 22))
    for planned in plan(pages, seed):
        data, words = document(planned, library, seed)
        yield planned, data, words


def write_package(folder: Path, pages: int, seed: int = 1) -> dict[str, int]:
    """Writes a package into a folder; how much it holds."""
    documents = words = stated = 0
    for planned, data, count in make_package(pages, seed):
        path = folder / planned.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        documents, words, stated = documents + 1, words + count, stated + planned.pages
    return {"documents": documents, "pages": stated, "words": words}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=6600)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.process_time()
    found = write_package(given.folder, given.pages, given.seed)
    seconds = time.process_time() - began
    print(json.dumps({**found, "cpu_seconds": round(seconds, 2), "pages_a_second": round(found["pages"] / seconds, 1)}))


if __name__ == "__main__":
    main()
