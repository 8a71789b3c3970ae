"""Segments a second of processor time that the checks handle, each alone, by family and all together, as JSON on stdout.

Usage: ``python tests/bench/checks_speed.py [--limit N] [--totals]``. Pairs: TICO-19's human translations (CC0) where they lie beside the
checkout, and this project's samples. Caches are emptied before every measurement, so that every text is met for the first time; the bench's own objects are kept out of
garbage collection.
"""

from __future__ import annotations

import argparse
import csv
import functools
import gc
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "checks"))

from number_pairs import MUST, MUST_NOT  # noqa: E402

from docpipe.checks.reading.issues import SOUND  # noqa: E402
from docpipe.checks.runner import number, pairs, run_checks  # noqa: E402
from docpipe.formats.docx import FORMAT  # noqa: E402
from docpipe.memory.termbase import Termbase, read_termbase  # noqa: E402
from docpipe.memory.tmx import read_tmx  # noqa: E402
from docpipe.model.canonical import Digest  # noqa: E402
from docpipe.model.check import Check, Pair  # noqa: E402
from docpipe.model.document import Address, BlockKind, ReadPolicy  # noqa: E402
from docpipe.model.inline import CodedText, Text, has_text, parse_wire, plain_text  # noqa: E402
from docpipe.model.segment import Segment, SegmentId  # noqa: E402
from docpipe.registry import checks  # noqa: E402
from docpipe.segment.segments import pieces  # noqa: E402
from docpipe.steps.check_bilingual import wire_alone  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "parallel"
SAMPLES = ROOT / "samples"
Row = tuple[CodedText, CodedText, BlockKind]

FAMILIES: dict[str, Callable[[Check], bool]] = {
    "numbers, units, dates (B, C1-C5)": lambda c: c.id[0] == "B" or (c.id[0] == "C" and int(number(c.id)[1:]) <= 5),
    "text (A, C6-C15)": lambda c: c.id[0] == "A" or (c.id[0] == "C" and int(number(c.id)[1:]) > 5),
    "codes (D)": lambda c: c.id[0] == "D",
    "terms (E)": lambda c: c.id[0] == "E",
}


def plain(text: str) -> CodedText:
    """Text without codes."""
    return (Text(text),) if text else ()


def memory(path: Path, source: str, target: str) -> list[Row]:
    """The units of a TMX in a direction."""
    out = []
    for entry in read_tmx(path.read_bytes(), source, target):
        coded = wire_alone(entry.source)
        out.append((coded, parse_wire(entry.target, coded)[0], BlockKind.PARAGRAPH))
    return out


def word_list(path: Path) -> list[Row]:
    """The rows of a word list, as cells."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (plain(row["sourceString"]), plain(row["targetString"]), BlockKind.CELL)
            for row in csv.DictReader(file)
            if row["targetString"].strip()
        ]


def previous(folder: Path, source: str, target: str) -> Iterator[Row]:
    """Sentences of documents that lie in ``source`` and ``target`` under equal names, where blocks and sentences pair off."""
    for path in sorted((folder / "source").rglob("*.docx")):
        both = [
            [b for b in FORMAT.read(p.read_bytes(), ReadPolicy()).blocks if b.translatable and has_text(b.content)]
            for p in (path, folder / "target" / path.relative_to(folder / "source"))
        ]
        if len(both[0]) != len(both[1]):
            continue
        for one, other in zip(*both, strict=True):
            left, right = pieces(one.content, source), pieces(other.content, target)
            if len(left) == len(right):
                yield from ((a[1], b[1], one.kind) for a, b in zip(left, right, strict=True))


def edits(path: Path) -> Iterator[Row]:
    """A translator's sentences, with numbered tags."""
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        source, target = line.split("\t")
        coded = wire_alone(source)
        yield coded, parse_wire(target, coded)[0], BlockKind.PARAGRAPH


def varied(rows: Sequence[Row], times: int) -> Iterator[Row]:
    """The rows again and again with other digits, the same in source and target: texts that no cache has met."""

    def shifted(coded: CodedText, by: int) -> CodedText:
        table = str.maketrans({str(d): str((d + by) % 9 + 1) for d in range(1, 10)})
        return tuple(Text(p.text.translate(table)) if isinstance(p, Text) else p for p in coded)

    for by in range(times):
        yield from ((shifted(s, by), shifted(t, by), kind) for s, t, kind in rows)


def spanish() -> list[Row]:
    """English and Spanish: the sample's memory and the rows of the number tables, with varied digits."""
    rows = memory(SAMPLES / "report-en" / "assets" / "memory-es.tmx", "en-GB", "es-ES")
    for table in (*MUST.values(), *([MUST_NOT] if isinstance(MUST_NOT, str) else MUST_NOT.values())):
        for line in table.strip().splitlines():
            if line.startswith("en-es|"):
                _, source, target = re.sub(r"</?su[pb]>", "", line).split("|")
                rows.append((plain(source), plain(target), BlockKind.PARAGRAPH))
    return list(varied(rows, 8))


def corpora() -> dict[str, tuple[str, str, list[Row], Path | None] | str]:
    """Languages, rows and termbase by name; a reason where a corpus is not here."""
    protocol, report = SAMPLES / "protocol-zh", SAMPLES / "report-en"
    out: dict[str, tuple[str, str, list[Row], Path | None] | str] = {}
    sample = [
        *previous(protocol / "previous", "zh-CN", "en-GB"),
        *edits(protocol / "edits" / "translations.tsv"),
        *memory(protocol / "assets" / "memory.tmx", "zh-CN", "en-GB"),
    ]
    out["samples zh-en"] = ("zh-CN", "en-GB", sample, protocol / "assets" / "termbase.csv")
    out["samples en-zh"] = ("en-GB", "zh-CN", [(t, s, k) for s, t, k in sample], report / "assets" / "termbase-zh.csv")
    out["en-es"] = ("en-GB", "es-ES", spanish(), report / "assets" / "termbase-es.csv")
    if not DATA.exists():
        return out | dict.fromkeys(("en-zh", "zh-en", "en-fr"), "third-party data not here: shared/data/parallel")
    tico = [*memory(DATA / "tico19.en-zh.tmx", "en", "zh"), *word_list(DATA / "tico19.f_en-zh_CN.csv")]
    out["en-zh"] = ("en", "zh-CN", tico, report / "assets" / "termbase-zh.csv")
    out["zh-en"] = ("zh-CN", "en", [(t, s, k) for s, t, k in tico], protocol / "assets" / "termbase.csv")
    out["en-fr"] = ("en", "fr", memory(DATA / "tico19.en-fr.tmx", "en", "fr"), None)
    return out


def made(rows: Sequence[Row], source: str, target: str, termbase: Termbase | None) -> list[Pair]:
    """The rows as the pairs of one document, with neighbours and terms."""
    empty = Digest("")
    segments = [
        Segment(SegmentId(str(i)), Address(f"body#/p[{i}]"), 0, kind, s, empty, empty)
        for i, (s, _, kind) in enumerate(rows)
    ]
    targets = {SegmentId(str(i)): t for i, (_, t, _) in enumerate(rows)}
    hits = termbase.hits if termbase else lambda _: ()
    return [pair for _, pair in pairs(segments, targets, source, target, hits)]


def forget() -> None:
    """Empties the bounded caches: those of texts. Unbounded ones hold tables of languages and stay."""
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper) and thing.cache_parameters()["maxsize"] is not None:
            thing.cache_clear()
    SOUND.clear()


def speed(work: Callable[[Pair], object], fresh: Callable[[], Iterable[Pair]]) -> int:
    """Pairs a second of processor time, the best of three."""
    best = float("inf")
    for _ in range(3):
        given = list(fresh())
        forget()
        gc.collect()
        gc.freeze()
        started = time.process_time()
        for pair in given:
            work(pair)
        best = min(best, (time.process_time() - started) / len(given))
        gc.unfreeze()
    return round(1 / max(best, 1e-9))


def measure(name: str, limit: int, *, totals: bool) -> dict[str, object]:
    """The figures of one corpus."""
    corpus = corpora()[name]
    if isinstance(corpus, str):
        return {"skipped": corpus}
    source, target, rows, path = corpus
    rows = rows[:limit] if limit else rows
    termbase = Termbase(read_termbase(path.read_bytes()), source) if path else None
    every = checks()

    def fresh() -> list[Pair]:
        return made(rows, source, target, termbase)

    def runner(used: Sequence[Check]) -> Callable[[Pair], object]:
        return lambda pair: run_checks(used, pair)

    for pair in fresh()[:200]:
        run_checks(every, pair)
    given = fresh()
    out: dict[str, object] = {
        "languages": f"{source}-{target}",
        "segments": len(rows),
        "characters_a_segment": round(sum(len(plain_text(s)) + len(plain_text(t)) for s, t, _ in rows) / len(rows), 1),
        "findings": sum(len(run_checks(every, pair)) for pair in given),
        "all": speed(runner(every), fresh),
        "families": {f: speed(runner([c for c in every if has(c)]), fresh) for f, has in FAMILIES.items()},
    }
    if termbase:
        hits = termbase.hits
        out["termbase"] = speed(lambda pair: hits(pair.source_text), fresh)
    if not totals:
        alone = {c.id: speed(lambda pair, c=c: list(c.run(pair)), fresh) for c in every}  # type: ignore[misc]
        out["alone"] = dict(sorted(alone.items(), key=lambda item: item[1]))
    return out


def main() -> None:
    """Prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=0, help="first N pairs of each corpus only")
    parser.add_argument("--totals", action="store_true", help="leave out the figures of each check alone")
    options = parser.parse_args()
    found = {name: measure(name, options.limit, totals=options.totals) for name in corpora()}
    print(json.dumps({"unit": "segments a second of processor time", "corpora": found}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
