"""How long a word-processing document takes to read, segment and write, against the least that any program needs; as JSON.

Usage: docx_speed.py [pages] [pages of the long one]. The floor of the same run: unzip, parse every XML part with lxml, serialise, zip.
Two documents: one made of short paragraphs and tables without ballast (the hardest case for the ratio), and one that repeats the
body of a real protocol, where the corpora are there. Times are processor seconds, the best of several, floor and ours by turns; peak
memory is that of a process that does nothing else, in MB. ``apart``: the ratio where the writer has to read the document itself.
``linear``: seconds a page of the long document over seconds a page of the short one. ``omegat``, ``ours``: whole processes side by side.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree
from omegat_run import omegat
from omegat_run import ours as ours_alone
from package_docx import Docx

ROOT = Path(__file__).resolve().parent.parent.parent
REAL = ROOT.parent / "shared" / "corpus" / "docx"
WORDS_A_PAGE = 330
TRIES = 5
WORDS = [
    "the",
    "treatment",
    "subject",
    "protocol",
    "was",
    "randomised",
    "dose",
    "of",
    "placebo",
    "per",
    "kg",
    "weeks",
    "study",
    "visit",
    "adverse",
    "event",
    "serious",
    "investigator",
    "baseline",
    "endpoint",
    "analysis",
    "population",
    "safety",
    "efficacy",
    "shall",
    "be",
    "recorded",
    "within",
    "hours",
    "after",
    "first",
    "administration",
]


def dense(pages: int) -> bytes:
    """Short paragraphs, headings, tables, notes: little XML to a word."""
    chance = random.Random(5)
    document = Docx(chance)

    def sentence() -> str:
        return " ".join(chance.choice(WORDS) for _ in range(chance.randint(8, 26))).capitalize() + "."

    while document.words < pages * WORDS_A_PAGE:
        dice = chance.random()
        if dice < 0.06:
            document.heading(" ".join(chance.choice(WORDS) for _ in range(6)), chance.randint(1, 3))
        elif dice < 0.1:
            rows = [[f"{chance.choice(WORDS)} {chance.randint(1, 999)}" for _ in range(6)] for _ in range(12)]
            document.table([chance.choice(WORDS) for _ in range(6)], rows, "Table " + sentence())
        else:
            note = sentence() if chance.random() < 0.05 else ""
            document.paragraph([sentence() for _ in range(chance.randint(1, 5))], note)
    return document.bytes(title="Speed", header="Speed", pages=pages)


def real(pages: int) -> bytes | None:
    """A real protocol whose body is repeated until it has the pages; None where the corpora are not there."""
    found = sorted(REAL.glob("*Protocol_V0*.docx")) if REAL.exists() else []
    if not found:
        return None
    with zipfile.ZipFile(found[0]) as package:
        parts = [(i.filename, package.read(i)) for i in package.infolist()]
    text = dict(parts)["word/document.xml"].decode()
    start = text.index(">", text.index("<w:body")) + 1
    end = text.rindex("<w:sectPr")
    body = text[start:end]
    words = len(re.sub(r"<[^>]+>", " ", body).split())
    times = max(1, round(pages * WORDS_A_PAGE / words))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            content = (text[:start] + body * times + text[end:]).encode() if name == "word/document.xml" else content
            package.writestr(name, content)
    return out.getvalue()


def floor(data: bytes) -> None:
    """Unzip, parse, serialise, zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as out:
        for info in package.infolist():
            content = package.read(info)
            if info.filename.endswith((".xml", ".rels")):
                content = etree.tostring(etree.fromstring(content), xml_declaration=True, encoding="UTF-8")
            out.writestr(info.filename, content)


def ours(data: bytes, apart: bool = False) -> tuple[float, float, float]:
    """Processor seconds to read, to segment and join, to write. ``apart``: the writer does not get the reading that was made."""
    from docpipe.formats.docx import FORMAT
    from docpipe.formats.ooxml.kept import take
    from docpipe.formats.pseudo import RULES
    from docpipe.model.document import ReadPolicy, WriteOptions
    from docpipe.segment.segments import join, segment

    policy = ReadPolicy(tracked_changes="keep")
    began = time.process_time()
    extraction = FORMAT.read(data, policy)
    was_read = time.process_time()
    segments = segment(extraction.blocks, hashlib.sha256(data).hexdigest(), "en")
    changed = {s.id: RULES["upper"](s.source) for s in segments}
    own: dict[str, list[object]] = {}
    for one in segments:
        own.setdefault(one.address, []).append(one)
    targets = {b.address: join(b, own[b.address], changed, "en", "en") for b in extraction.blocks if b.address in own}  # type: ignore[arg-type]
    if apart:
        take(data, policy)
    segmented = time.process_time()
    FORMAT.write(data, targets, WriteOptions(policy=policy))
    return was_read - began, segmented - was_read, time.process_time() - segmented


def best(times: int, what: Callable[[], object]) -> float:
    """The least processor seconds of several tries."""
    found = []
    for _ in range(times):
        began = time.process_time()
        what()
        found.append(time.process_time() - began)
    return min(found)


def measured(data: bytes, pages: int) -> dict[str, object]:
    """The figures of one document."""
    ours(data)  # what is imported and compiled at first use is no part of it
    floors, tries, colds = [], [], []
    for _ in range(TRIES):
        floors.append(best(1, lambda: floor(data)))
        tries.append(ours(data))
        colds.append(ours(data, apart=True))
    least = min(floors)
    read, cut, write = (min(t[i] for t in tries) for i in range(3))
    cold = sum(min(t[i] for t in colds) for i in range(3))
    return {
        "pages": pages, "bytes": len(data), "floor_s": round(least, 3), "read_s": round(read, 3), "segment_s": round(cut, 3),
        "write_s": round(write, 3), "ratio": round((read + cut + write) / least, 1), "apart": round(cold / least, 1),
        "peak_mb": peak(data), "omegat": omegat(data), "ours": ours_alone(data, __file__),
    }  # fmt: skip


def peak(data: bytes) -> int:
    """Peak resident megabytes of a process that reads, segments and writes the document once."""
    with tempfile.NamedTemporaryFile(suffix=".docx") as file:
        Path(file.name).write_bytes(data)
        done = subprocess.run(
            [sys.executable, __file__, "--once", file.name], capture_output=True, text=True, check=True, timeout=600
        )
    return int(done.stdout)


def main() -> None:
    if sys.argv[1:2] == ["--once"]:
        ours(Path(sys.argv[2]).read_bytes())
        # not getrusage: what a child inherits of its parent's peak counts there
        print(int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) // 1024)
        return
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    many = int(sys.argv[2]) if len(sys.argv) > 2 else 1594
    result: dict[str, object] = {"targets": {"ratio": 3, "peak_mb": 150}}
    for name, make in (("dense", dense), ("real", real)):
        data = make(pages)
        if data is not None:
            result[name] = measured(data, pages)
    short, long = dense(pages), dense(many)
    each = [min(sum(ours(data)) for _ in range(2)) / count for data, count in ((short, pages), (long, many))]
    result["linear"] = round(each[1] / each[0], 2)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
