"""What a released package of a perturbed study still holds of the original: every file, every part of a Word file, as text and as bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from perturb import ORIGINAL, PLAIN

from docpipe.model.source import Dataset

_TAG = re.compile(r"<[^>]+>")
_PARAGRAPH = re.compile(r"</w:p>|</w:tc>|</p>|</td>|</li>")
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_SAID = re.compile(
    r"\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December) (\d{4})\b"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def files_of(package: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a package; of archives (Word files are such) every part."""
    for path in sorted(p for p in package.rglob("*") if p.is_file()):
        data = path.read_bytes()
        name = path.relative_to(package).as_posix()
        yield name, data
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as inside:
                yield from ((f"{name}!{part}", inside.read(part)) for part in inside.namelist())


def words_of(data: bytes) -> str:
    """The text of a file: marks of XML and HTML taken out, so that words split between runs are whole again."""
    text = data.decode("utf-8", "replace")
    return _TAG.sub("", _PARAGRAPH.sub("\n", text)) if text.lstrip()[:1] == "<" else text


def known_of(datasets: list[Dataset], pattern: str) -> set[str]:
    """The values of all text variables whose name fits, over datasets."""
    found: set[str] = set()
    for d in datasets:
        for i, v in enumerate(d.variables):
            if v.kind == "text" and re.fullmatch(pattern, v.name.upper()):
                found |= {str(r[i]).strip() for r in d.records if r[i]}
    return found


def dates_of(datasets: list[Dataset]) -> set[str]:
    """Every whole date of the datasets, as ISO dates: texts and numbers of days."""
    found = {t[:10] for t in known_of(datasets, ".*DTC") if len(t) >= 10}
    for d in datasets:
        for i, v in enumerate(d.variables):
            if v.kind == "number" and v.format.upper().startswith("DATE"):
                days = {int(n) for r in d.records if isinstance(n := r[i], float)}
                found |= {date.fromordinal(date(1960, 1, 1).toordinal() + n).isoformat() for n in days}
    return found


def said_dates(text: str) -> set[str]:
    """The dates of a text, as ISO dates or in words."""
    said = {f"{int(y):04}-{_MONTHS.index(m) + 1:02}-{int(d):02}" for d, m, y in _SAID.findall(text)}
    return said | set(_ISO.findall(text))


def left_in(package: Path, original: list[Dataset], perturbed: list[Dataset]) -> list[str]:
    """What of the original stands anywhere in a package: names, ids of subjects whole or by their last part, sites, dates."""
    ids = known_of(original, "USUBJID")
    sites = known_of(original, "SITEID") - known_of(perturbed, "SITEID")
    numbers = known_of(original, "SUBJID") - known_of(perturbed, "SUBJID")
    dates = dates_of(original) - dates_of(perturbed)
    site = re.compile(rf"\b(?:site|center|centre)s? (?:number )?({'|'.join(sorted(sites))})\b", re.IGNORECASE)
    subject = re.compile(rf"(?:\bsubject (?:number )?|\b\d+-\d+-)({'|'.join(sorted(numbers))})\b", re.IGNORECASE)
    found: list[str] = []
    for name, data in files_of(package):
        raw, low = data.decode("latin-1"), data.decode("latin-1").lower()
        text = words_of(data)
        hits = [w for w in PLAIN if w in low or w in text.lower()]
        hits += [m.group() for m in (ORIGINAL.search(text), site.search(text), subject.search(text)) if m]
        hits += sorted(ids & set(re.findall(r"\d\d-\d{3}-\d{4}", raw + text)))
        hits += sorted(dates & said_dates(text))
        found += [f"{name}: {h}" for h in hits]
    return found
