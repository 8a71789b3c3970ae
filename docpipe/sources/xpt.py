"""SAS Transport files, versions 5 and 8: every member as a dataset. Imports errors, the core, ``safe`` and its own parts.

Source: SAS technical paper TS-140 (version 5) and its successor for version 8 (long names and labels). All is big-endian and
set in records of 80 bytes. A file that is cut off is refused, never read in part.
"""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator
from dataclasses import replace

from docpipe.errors import DataDamaged, TooLarge
from docpipe.model.finding import Severity
from docpipe.model.source import Dataset, Source, SourceFile, SourceKind, SourceNotice, Value, Variable
from docpipe.safe.budget import DEFAULT
from docpipe.sources._packed import Column, raw_cells, records_of
from docpipe.sources._values import encoding_notice, encoding_of, study_of

CARD = 80
_HEADER = re.compile(
    rb"HEADER RECORD\*{7}(LIBRARY |LIBV8   |MEMBER  |MEMBV8  |DSCRPTR |DSCPTV8 |NAMESTR |NAMSTV8 |LABELV8 |LABELV9 |OBS     |OBSV8   )"
    rb"HEADER RECORD!{7}"
)
_MEMBER = re.compile(rb"HEADER RECORD\*{7}MEMB(?:ER|V8)  HEADER RECORD!{7}")
_NAMESTR = struct.Struct(">4h8s40s8s3h2s8s2hl")
_NAMESTR_LENGTHS = (136, 140)
"""Of VMS and of every other system."""


class XptSource:
    """See ``docpipe.model.protocols.SourceReader``. Blank text and every missing number are None."""

    name = "xpt"
    kind = SourceKind.DATASET
    media_types: tuple[str, ...] = ("application/x-sas-xport",)

    def score(self, data: bytes, name: str) -> int:
        """100 for what begins as a transport file."""
        return 100 if _HEADER.match(data) else 0

    def read(self, data: bytes, file: SourceFile) -> tuple[Source, ...]:
        """A dataset for each member, in the file's order. Raises ``DataDamaged`` or ``TooLarge``."""
        if len(data) > DEFAULT.file_size:
            raise TooLarge("The file is larger than the limit.", bytes=len(data), limit=DEFAULT.file_size)
        if _kind_at(data, 0) not in (b"LIBRARY", b"LIBV8"):
            raise DataDamaged("The file does not begin as a SAS transport file.")
        if len(data) < 3 * CARD:
            raise DataDamaged("The transport file is cut off in its first headers.", bytes=len(data))
        starts = [m.start() for m in _MEMBER.finditer(data, 3 * CARD) if m.start() % CARD == 0]
        if not starts:
            raise DataDamaged("The transport file has no member: it is cut off, or was changed in transfer.")
        if starts[0] != 3 * CARD:
            raise DataDamaged("The transport file's first member is not where it must be.", offset=starts[0])
        ends = [*starts[1:], len(data)]
        return tuple(_member(data, a, b, file) for a, b in zip(starts, ends, strict=True))


def _kind_at(data: bytes, at: int) -> bytes:
    found = _HEADER.match(data, at)
    return found.group(1).rstrip() if found else b""


def _number(data: bytes, start: int, end: int, what: str) -> int:
    field = data[start:end].strip()
    if not field.isdigit():
        raise DataDamaged(f"A header of the transport file states no {what}.", offset=start)
    return int(field)


def _member(data: bytes, at: int, end: int, file: SourceFile) -> Dataset:
    """The member whose header begins at ``at`` and whose records end at ``end``, the last record's padding included."""
    long = _kind_at(data, at) == b"MEMBV8"
    size = _number(data, at + 73, at + 78, "length of descriptions")
    if size not in _NAMESTR_LENGTHS:
        raise DataDamaged("Descriptions of variables are of an unknown length.", length=size, offset=at)
    if _kind_at(data, at + CARD) not in (b"DSCRPTR", b"DSCPTV8") or _kind_at(data, at + 4 * CARD) not in (
        b"NAMESTR",
        b"NAMSTV8",
    ):
        raise DataDamaged("The headers of a member are cut off or damaged.", offset=at)
    head = data[at + 2 * CARD : at + 4 * CARD]
    count = _number(data, at + 4 * CARD + 53, at + 4 * CARD + 58, "number of variables")
    first = at + 5 * CARD
    rows = -(-count * size // CARD)
    after = first + rows * CARD
    if after > end:
        raise DataDamaged("The transport file is cut off in the descriptions of variables.", variables=count)
    descriptions = [data[first + i * size : first + (i + 1) * size] for i in range(count)]
    labels: dict[int, tuple[bytes, bytes]] = {}
    if _kind_at(data, after) in (b"LABELV8", b"LABELV9"):
        labels, after = _labels(data, after, end)
    if _kind_at(data, after) not in (b"OBS", b"OBSV8"):
        raise DataDamaged("The transport file is cut off before its records.", offset=after)
    body = data[after + CARD : end]
    columns, encoding = _columns(descriptions, labels, long, body)
    stated = data[after + 48 : after + 63].strip() if _kind_at(data, after) == b"OBSV8" else b""
    name = head[8 : 40 if long else 16].decode(encoding, "replace").rstrip(" \0")
    label = head[CARD + 32 : CARD + 72].decode(encoding, "replace").rstrip(" \0")
    records, notices = _records(body, columns, encoding, end == len(data), name)
    if stated.isdigit() and int(stated) not in (0, len(records)):
        raise DataDamaged("A member has fewer or more records than it states.", stated=int(stated), found=len(records))
    variables = tuple(c.variable for c in columns)
    told = (*encoding_notice(encoding, file.path, f"dataset:{name}"), *(replace(n, path=file.path) for n in notices))
    file = replace(file, kind=SourceKind.DATASET, study=study_of(variables, records) or file.study)
    return Dataset(file, name, label, variables, records, told)


def _labels(data: bytes, at: int, end: int) -> tuple[dict[int, tuple[bytes, bytes]], int]:
    """Long names and labels by variable number, and where the next header stands. Layout of LABELV8 and LABELV9."""
    count = _number(data, at + 48, at + 53, "number of labels")
    fields = 3 if _kind_at(data, at) == b"LABELV8" else 5
    place = at + CARD
    found: dict[int, tuple[bytes, bytes]] = {}
    for _ in range(count):
        if place + 2 * fields > end:
            raise DataDamaged("The transport file is cut off in its labels.", offset=place)
        number, *lengths = struct.unpack_from(f">{fields}H", data, place)
        place += 2 * fields
        name = data[place : place + lengths[0]]
        found[number] = (name, data[place + lengths[0] : place + lengths[0] + lengths[1]])
        place += sum(lengths)
    return found, at + CARD + -(-(place - at - CARD) // CARD) * CARD


def _columns(
    descriptions: list[bytes], labels: dict[int, tuple[bytes, bytes]], long: bool, body: bytes
) -> tuple[tuple[Column, ...], str]:
    """The columns in the order of their numbers, and the encoding that fits all text of the member."""
    raw = []
    for packed in descriptions:
        kind, _, length, number, name, label, form, width, decimals, *_, start = _NAMESTR.unpack_from(packed)
        if long:
            name = packed[88:120].rstrip(b" \0") or name
        name, label = labels.get(number, (name, label))
        if kind not in (1, 2) or length < 1 or start < 0 or (kind == 1 and not 2 <= length <= 8):
            raise DataDamaged("The description of a variable is damaged.", variable_number=number)
        raw.append((start, length, number, kind, name, label, _format(form, width, decimals)))
    raw.sort()
    if any(b[0] < a[0] + a[1] for a, b in itertools.pairwise(raw)):
        raise DataDamaged("Two variables of a member overlap.")
    record = raw[-1][0] + raw[-1][1] if raw else 0
    plain = [Column(Variable("", kind=str(kind)), number, start, length) for start, length, number, kind, *_ in raw]
    texts = _texts([c for c in plain if c.variable.kind == "2"], record, body)
    encoding = encoding_of(itertools.chain((text for r in raw for text in r[4:6]), texts))
    columns = [
        Column(
            Variable(
                name.decode(encoding, "replace").rstrip(" \0"), label.decode(encoding, "replace").rstrip(" \0"),
                "number" if kind == 1 else "text", length, form,
            ),
            number, start, length,
        )
        for start, length, number, kind, name, label, form in raw
    ]  # fmt: skip
    if len({c.variable.name.upper() for c in columns}) < len(columns):
        raise DataDamaged("Two variables of a member have the same name.")
    return tuple(sorted(columns, key=lambda c: c.number)), encoding


def _texts(columns: list[Column], record: int, body: bytes) -> Iterator[bytes]:
    """Every different text of each stretch of records."""
    for cells in raw_cells(body, len(body) // record if record else 0, record, columns):
        for column in cells:
            yield from set(column)


def _format(name: bytes, width: int, decimals: int) -> str:
    """``DATE9.``, ``8.2``, ``$200.`` or "" where the file names none."""
    text = name.decode("ascii", "replace").strip(" \0")
    if not text and width <= 0:
        return ""
    return f"{text}{width if width > 0 else ''}.{decimals if decimals > 0 else ''}"


def _records(
    body: bytes, columns: tuple[Column, ...], encoding: str, last: bool, name: str
) -> tuple[tuple[tuple[Value, ...], ...], list[SourceNotice]]:
    length = max((c.start + c.length for c in columns), default=0)
    if not length:
        if body.strip(b" "):
            raise DataDamaged("A member without variables has records.")
        return (), []
    count, rest = divmod(len(body), length)
    if rest >= CARD or body[len(body) - rest :].strip(b" "):
        raise DataDamaged("The transport file is cut off inside a record.", record=count + 1)
    notices = []
    if last and len(body) % CARD:
        said = "The file does not end with a full block of 80 bytes: its last records may be missing."
        notices.append(SourceNotice("source.xpt_unpadded", Severity.MAJOR, said, locator=f"dataset:{name}"))
    else:
        while count and len(body) - (count - 1) * length < CARD and not _filled(body, count, length):
            count -= 1
    if count * len(columns) > DEFAULT.dataset_cells:
        raise TooLarge("A dataset has too many values.", records=count, limit=DEFAULT.dataset_cells)
    records, told = records_of(body, count, length, columns, encoding, name)
    return records, [*notices, *told]


def _filled(body: bytes, count: int, length: int) -> bool:
    return bool(body[(count - 1) * length : count * length].strip(b" "))


SOURCE = XptSource()
