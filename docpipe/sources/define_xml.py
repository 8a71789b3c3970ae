"""CDISC Define-XML 1.0, 2.0 and 2.1: what a study's datasets and variables are. Imports errors, the core, ``safe``.

Source: CDISC Define-XML v2.1 specification; Case Report Tabulation Data Definition Specification v1.0.0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from docpipe.errors import DataDamaged
from docpipe.model.finding import Severity
from docpipe.model.source import Definition, Source, SourceFile, SourceKind, SourceNotice, VariableDefinition
from docpipe.safe.xml import Element, parse


class DefineXmlSource:
    """See ``docpipe.model.protocols.SourceReader``.

    Value-level metadata are further variables, named with their condition: ``TSVAL[TSPARMCD EQ AGE]``. The dictionaries of
    external codelists stand after the standards: ``SDTMIG 3.1.2; MedDRA 8.0``. ``kind`` is the data type as the file has it.
    """

    name = "define-xml"
    kind = SourceKind.DEFINITION
    media_types: tuple[str, ...] = ("application/xml",)

    def score(self, data: bytes, name: str) -> int:
        """By the namespace of Define-XML."""
        return 95 if b"cdisc.org/ns/def/" in data and b"MetaDataVersion" in data else 0

    def read(self, data: bytes, file: SourceFile) -> tuple[Source, ...]:
        """One definition. Raises ``DataDamaged`` and what the XML parser raises."""
        root = parse(data)
        versions = list(root.iterfind("{*}Study/{*}MetaDataVersion"))
        if root.tag != f"{root.tag.rpartition('}')[0]}}}ODM" or not versions:
            raise DataDamaged("The file is no Define-XML: it defines no study's metadata.")
        reader = _Reader(versions[0])
        datasets = reader.datasets()
        variables = tuple(reader.variables())
        notices = list(reader.notices())
        if len(versions) > 1:
            said = f"Only the first of {len(versions)} versions of the metadata was read."
            notices.append(SourceNotice("source.define_versions", Severity.MAJOR, said))
        study = root.findtext("{*}Study/{*}GlobalVariables/{*}StudyName", "").strip()
        protocol = root.findtext("{*}Study/{*}GlobalVariables/{*}ProtocolName", "").strip()
        file = replace(file, kind=SourceKind.DEFINITION, study=study)
        told = tuple(replace(n, path=file.path) for n in notices)
        return (Definition(file, study, protocol, reader.standard(), datasets, variables, told),)


def _attribute(element: Element, name: str) -> str:
    """An attribute with or without a namespace: those of Define-XML differ by version."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value).strip()
    return ""


def _description(element: Element | None, child: str = "Description") -> str:
    """The English or first translation of an element's description, or of its like."""
    found = element.find(f"{{*}}{child}") if element is not None else None
    if found is None:
        return ""
    texts = list(found.iterfind("{*}TranslatedText"))
    english = [t for t in texts if _attribute(t, "lang").lower().startswith("en")]
    chosen = (english or texts or [found])[0]
    return " ".join("".join(str(t) for t in chosen.itertext()).split())


class _Reader:
    def __init__(self, version: Element) -> None:
        self._version = version
        self._lost: Counter[str] = Counter()
        self._twice: Counter[str] = Counter()
        self._items = self._by_oid("ItemDef")
        self._codelists = {oid: _codes(e) for oid, e in self._by_oid("CodeList").items()}
        self._methods = {oid: _description(e) for oid, e in self._by_oid("MethodDef").items()}
        self._methods |= {
            oid: " ".join("".join(map(str, e.itertext())).split())
            for oid, e in self._by_oid("ComputationMethod").items()
        }
        self._comments = {oid: _description(e) for oid, e in self._by_oid("CommentDef").items()}
        self._values = self._by_oid("ValueListDef")
        self._wheres = self._by_oid("WhereClauseDef")
        self._groups = list(version.iterfind("{*}ItemGroupDef"))

    def standard(self) -> str:
        """The standards with their versions, then the dictionaries with theirs."""
        named = [(_attribute(self._version, "StandardName"), _attribute(self._version, "StandardVersion"))]
        named += [
            (_attribute(s, "Name"), _attribute(s, "Version"))
            for s in self._version.iterfind("{*}Standards/{*}Standard")
            if _attribute(s, "Type") != "CT"
        ]
        named += [
            (_attribute(d, "Dictionary"), _attribute(d, "Version"))
            for d in self._version.iterfind("{*}CodeList/{*}ExternalCodeList")
        ]
        return "; ".join(dict.fromkeys(" ".join(filter(None, pair)) for pair in named if pair[0]))

    def datasets(self) -> dict[str, str]:
        """Name to label."""
        found: dict[str, str] = {}
        for group in self._groups:
            name = _attribute(group, "Name")
            if name in found:
                self._twice["dataset"] += 1
            found[name] = _attribute(group, "Label") or _description(group)
        if not found:
            raise DataDamaged("The Define-XML defines no dataset.")
        return found

    def variables(self) -> Iterator[VariableDefinition]:
        """The variables of each dataset, each followed by its value-level metadata."""
        for group in self._groups:
            dataset = _attribute(group, "Name")
            seen: set[str] = set()
            for reference in group.iterfind("{*}ItemRef"):
                item = self._item(reference)
                if item is None:
                    continue
                variable = self._variable(dataset, item, reference)
                if variable.name in seen:
                    self._twice["variable"] += 1
                seen.add(variable.name)
                yield variable
                yield from self._value_level(dataset, item)

    def notices(self) -> Iterator[SourceNotice]:
        """References that lead nowhere and things defined twice; to be asked for after the rest."""
        for kind, count in sorted(self._lost.items()):
            said = f"{count} reference(s) to a(n) {kind} that the file does not define."
            yield SourceNotice("source.define_reference", Severity.MAJOR, said)
        for kind, count in sorted(self._twice.items()):
            said = f"{count} {kind}(s) or their ids are defined more than once."
            yield SourceNotice("source.define_twice", Severity.MAJOR, said)

    def _by_oid(self, tag: str) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for element in self._version.iterfind(f"{{*}}{tag}"):
            oid = _attribute(element, "OID")
            if oid in found:
                self._twice[tag] += 1
            found.setdefault(oid, element)
        return found

    def _item(self, reference: Element) -> Element | None:
        item = self._items.get(_attribute(reference, "ItemOID"))
        if item is None:
            self._lost["ItemDef"] += 1
        return item

    def _found(self, known: dict[str, str], oid: str, tag: str) -> str:
        if oid and oid not in known:
            self._lost[tag] += 1
        return known.get(oid, "")

    def _variable(self, dataset: str, item: Element, reference: Element, where: str = "") -> VariableDefinition:
        """``where``: the condition of value-level metadata, with the variable's name before it."""
        method = _attribute(reference, "MethodOID") or _attribute(item, "ComputationMethodOID")
        comment = _attribute(item, "CommentOID")
        codelist = next((_attribute(r, "CodeListOID") for r in item.iterfind("{*}CodeListRef")), "")
        if codelist and codelist not in self._codelists:
            self._lost["CodeList"] += 1
        return VariableDefinition(
            dataset=dataset,
            name=where or _attribute(item, "Name"),
            label=_attribute(item, "Label") or _description(item),
            kind=_attribute(item, "DataType"),
            origin=", ".join(_attribute(o, "Type") for o in item.iterfind("{*}Origin")) or _attribute(item, "Origin"),
            derivation=self._found(self._methods, method, "method")
            or self._found(self._comments, comment, "CommentDef")
            or _attribute(item, "Comment"),
            codes=self._codelists.get(codelist, {}),
        )

    def _value_level(self, dataset: str, item: Element) -> Iterator[VariableDefinition]:
        name = _attribute(item, "Name")
        for wanted in item.iterfind("{*}ValueListRef"):
            values = self._values.get(_attribute(wanted, "ValueListOID"))
            if values is None:
                self._lost["ValueListDef"] += 1
                continue
            for reference in values.iterfind("{*}ItemRef"):
                value = self._item(reference)
                if value is not None:
                    condition = self._condition(reference) or _attribute(value, "Name")
                    yield self._variable(dataset, value, reference, f"{name}[{condition}]")

    def _condition(self, reference: Element) -> str:
        """``TSPARMCD EQ AGE``, several checks joined by ``and``, several clauses by ``or``; "" in version 1.0."""
        clauses = []
        for clause in reference.iterfind("{*}WhereClauseRef"):
            definition = self._wheres.get(_attribute(clause, "WhereClauseOID"))
            if definition is None:
                self._lost["WhereClauseDef"] += 1
                continue
            checks = []
            for check in definition.iterfind("{*}RangeCheck"):
                item = self._items.get(_attribute(check, "ItemOID"))
                values = ", ".join((v.text or "").strip() for v in check.iterfind("{*}CheckValue"))
                checks.append(
                    f"{_attribute(item, 'Name') if item is not None else '?'} "
                    f"{_attribute(check, 'Comparator')} {values}"
                )
            clauses.append(" and ".join(checks))
        return " or ".join(clauses)


def _codes(codelist: Element) -> dict[str, str]:
    """Code to decode; an enumerated item is its own decode. Empty for external dictionaries."""
    found = {_attribute(i, "CodedValue"): _description(i, "Decode") for i in codelist.iterfind("{*}CodeListItem")}
    enumerated = (_attribute(i, "CodedValue") for i in codelist.iterfind("{*}EnumeratedItem"))
    return {code: decode or code for code, decode in found.items()} | {code: code for code in enumerated}


SOURCE = DefineXmlSource()
