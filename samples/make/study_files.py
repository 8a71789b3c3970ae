"""Datasets of the sample study: what they are made of, and how they are written as SAS transport (version 5), Dataset-JSON and Define-XML.

Imports the standard library only. Sources: SAS technical paper TS-140, CDISC Dataset-JSON 1.1, CDISC Define-XML 2.1.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape

Cell = str | float | None
_EPOCH = date(1960, 1, 1)
_TIME = b"15JAN25:09:00:00"


@dataclass(frozen=True)
class Variable:
    """``kind``: text, number, or date (a number of days since 1960 with the format DATE9.)."""

    name: str
    label: str
    kind: str = "text"


@dataclass(frozen=True)
class Data:
    """A dataset. ``records``: values by variable; what a record does not name is missing."""

    name: str
    label: str
    variables: tuple[Variable, ...]
    records: tuple[Mapping[str, Cell], ...]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    derivations: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> list[list[Cell]]:
        """The values in the order of the variables."""
        return [[record.get(v.name) for v in self.variables] for record in self.records]


def variables(text: str) -> tuple[Variable, ...]:
    """One a line: ``AGE:n Age``; ``:n`` is a number, ``:d`` a date."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        name, _, label = line.strip().partition(" ")
        name, _, kind = name.partition(":")
        found.append(Variable(name, label.strip(), {"": "text", "n": "number", "d": "date"}[kind]))
    return tuple(found)


def sas_date(day: date) -> float:
    """Days since 1960-01-01."""
    return float((day - _EPOCH).days)


# ---------------------------------------------------------------- SAS transport


def _ibm(value: float | None) -> bytes:
    """A number as IBM floating point of eight bytes."""
    if value is None:
        return b"." + bytes(7)
    if value == 0:
        return bytes(8)
    mantissa, exponent = math.frexp(abs(value))
    power = -(-exponent // 4)
    fraction = int(math.ldexp(mantissa, 56 + exponent - 4 * power))
    return bytes([(0x80 if value < 0 else 0) | (power + 64)]) + fraction.to_bytes(7, "big")


def _padded(data: bytes) -> bytes:
    return data + b" " * (-len(data) % 80)


def _head(kind: bytes, numbers: bytes = b"") -> bytes:
    return (b"HEADER RECORD*******" + kind.ljust(8) + b"HEADER RECORD!!!!!!!" + numbers.ljust(30, b"0") + b"  ")[:80]


def transport(data: Data) -> bytes:
    """The dataset as a SAS transport file of version 5, with one fixed time."""
    rows = data.rows()
    lengths = [
        max([1, *(len(str(r[i] or "").encode()) for r in rows)]) if v.kind == "text" else 8
        for i, v in enumerate(data.variables)
    ]
    out = _head(b"LIBRARY") + b"SAS     SAS     SASLIB  9.4     X64     ".ljust(64) + _TIME + _TIME.ljust(80)
    out += _head(b"MEMBER", b"000000000000000001600000000140") + _head(b"DSCRPTR")
    out += (b"SAS     " + data.name.encode().ljust(8) + b"SASDATA 9.4     X64     ").ljust(64) + _TIME
    out += _TIME + b" " * 16 + data.label.encode().ljust(40) + b" " * 8
    out += _head(b"NAMESTR", b"000000%04d" % len(data.variables))
    described, start = b"", 0
    for number, (variable, length) in enumerate(zip(data.variables, lengths, strict=True), 1):
        form, width = (b"DATE", 9) if variable.kind == "date" else (b"", 0)
        packed = struct.pack(
            ">4h8s40s8s3h2s8s2hl", 2 if variable.kind == "text" else 1, 0, length, number, variable.name.encode().ljust(8),
            variable.label.encode().ljust(40), form.ljust(8), width, 0, 0, b"", b" " * 8, 0, 0, start,
        )  # fmt: skip
        described += packed.ljust(140, b"\0")
        start += length
    out += _padded(described) + _head(b"OBS")
    body = bytearray()
    for row in rows:
        for value, length, variable in zip(row, lengths, data.variables, strict=True):
            if variable.kind == "text":
                body += str(value or "").encode().ljust(length)
            else:
                body += _ibm(None if value is None or isinstance(value, str) else float(value))
    return out + _padded(bytes(body))


# ---------------------------------------------------------------- Dataset-JSON


def dataset_json(data: Data, study: str) -> bytes:
    """The dataset as Dataset-JSON 1.1; a record a line, so that differences can be read."""
    columns = []
    for variable in data.variables:
        column: dict[str, object] = {
            "itemOID": f"IT.{data.name}.{variable.name}", "name": variable.name, "label": variable.label,
            "dataType": "string" if variable.kind == "text" else "double",
        }  # fmt: skip
        if variable.kind == "date":
            column["displayFormat"] = "DATE9."
        columns.append(column)
    head = {
        "datasetJSONCreationDateTime": "2025-01-15T09:00:00", "datasetJSONVersion": "1.1.0", "studyOID": study,
        "itemGroupOID": f"IG.{data.name}", "records": len(data.records), "name": data.name, "label": data.label, "columns": columns,
    }  # fmt: skip
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in data.rows())
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"rows":[\n{rows}\n]}}\n'.encode()


# ---------------------------------------------------------------- Define-XML


def define_xml(datasets: Sequence[Data], study: str, title: str, standard: str, version: str) -> bytes:
    """A Define-XML 2.1 of some datasets: variables, codelists, methods."""
    groups, items, lists, methods = [], [], [], []
    for data in datasets:
        references = []
        for number, variable in enumerate(data.variables, 1):
            oid = f"{data.name}.{variable.name}"
            derivation = data.derivations.get(variable.name)
            method = f' MethodOID="MT.{oid}"' if derivation else ""
            references.append(f'<ItemRef ItemOID="IT.{oid}" OrderNumber="{number}" Mandatory="No"{method}/>')
            kind = {"text": "text", "number": "float", "date": "integer"}[variable.kind]
            codes = data.codes.get(variable.name)
            inner = f"<Description>{_said(variable.label)}</Description>"
            if codes:
                inner += f'<CodeListRef CodeListOID="CL.{oid}"/>'
                coded = "".join(
                    f'<CodeListItem CodedValue="{escape(c)}"><Decode>{_said(d)}</Decode></CodeListItem>'
                    for c, d in codes.items()
                )
                lists.append(f'<CodeList OID="CL.{oid}" Name="{oid}" DataType="text">{coded}</CodeList>')
            inner += f'<def:Origin Type="{"Derived" if derivation else "Collected"}"/>'
            items.append(f'<ItemDef OID="IT.{oid}" Name="{variable.name}" DataType="{kind}">{inner}</ItemDef>')
            if derivation:
                methods.append(
                    f'<MethodDef OID="MT.{oid}" Name="{oid}" Type="Computation"><Description>{_said(derivation)}</Description></MethodDef>'
                )
        groups.append(
            f'<ItemGroupDef OID="IG.{data.name}" Name="{data.name}" Repeating="Yes" IsReferenceData="No" Purpose="Tabulation">'
            f"<Description>{_said(data.label)}</Description>{''.join(references)}</ItemGroupDef>"
        )
    body = "\n".join([*groups, *items, *lists, *methods])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"'
        f' FileOID="{study}.{standard}" FileType="Snapshot" CreationDateTime="2025-01-15T09:00:00" ODMVersion="1.3.2">\n'
        f'<Study OID="{study}"><GlobalVariables><StudyName>{study}</StudyName><StudyDescription>{escape(title)}</StudyDescription>'
        f"<ProtocolName>{study}</ProtocolName></GlobalVariables>\n"
        f'<MetaDataVersion OID="MDV.{standard}" Name="{standard}" def:DefineVersion="2.1.0"><def:Standards>'
        f'<def:Standard OID="STD.1" Name="{standard}" Type="IG" Version="{version}" Status="Final"/></def:Standards>\n'
        f"{body}\n</MetaDataVersion></Study></ODM>\n"
    ).encode()


def _said(text: str) -> str:
    return f'<TranslatedText xml:lang="en">{escape(text)}</TranslatedText>'
