"""Datasets against the define.xml of their study: what is absent, undefined, or not as defined. Imports the core only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docpipe.model.finding import Severity
from docpipe.model.sastime import is_temporal
from docpipe.model.source import Dataset, Definition, SourceNotice, Variable, VariableDefinition

_NUMBERS = {"integer", "float", "decimal", "double"}
_TEXTS = {"text", "string"}


def as_defined(datasets: Sequence[Dataset], definitions: Sequence[Definition]) -> Iterator[SourceNotice]:
    """Each dataset against the definition that knows it. Nothing is said of datasets where the set has no define.xml at all."""
    if not definitions:
        return
    given = {d.name.upper() for d in datasets}
    for definition in definitions:
        absent = [name for name in definition.datasets if name.upper() not in given]
        if absent:
            said = f"Defined but not among the sources: {', '.join(sorted(absent))}."
            yield SourceNotice("source.dataset_not_given", Severity.MINOR, said, definition.file.path)
    for dataset in datasets:
        known = [d for d in definitions if dataset.name.upper() in {n.upper() for n in d.datasets}]
        if not known:
            said = f"No define.xml of the set defines {dataset.name}."
            place = f"dataset:{dataset.name}"
            yield SourceNotice("source.dataset_undefined", Severity.MAJOR, said, dataset.file.path, place)
            continue
        studies = [d for d in known if d.study_name == dataset.file.study]
        yield from _variables(dataset, (studies or known)[0])


def _variables(dataset: Dataset, definition: Definition) -> Iterator[SourceNotice]:
    defined = {
        v.name.upper(): v
        for v in definition.variables
        if v.dataset.upper() == dataset.name.upper() and not v.name.endswith("]")
    }
    given = {v.name.upper() for v in dataset.variables}

    def notice(code: str, severity: Severity, said: str, variable: str = "") -> SourceNotice:
        place = f"dataset:{dataset.name}" + (f"#1/{variable}" if variable else "")
        return SourceNotice(f"source.{code}", severity, said, dataset.file.path, place)

    if absent := sorted(set(defined) - given):
        said = f"{dataset.name} lacks variables that define.xml defines: {', '.join(absent)}."
        yield notice("variable_not_given", Severity.MAJOR, said)
    if unknown := sorted(given - set(defined)):
        said = f"{dataset.name} has variables that define.xml does not define: {', '.join(unknown)}."
        yield notice("variable_undefined", Severity.MAJOR, said)
    for at, variable in enumerate(dataset.variables):
        definition_of = defined.get(variable.name.upper())
        if definition_of is None:
            continue
        if variable.label and definition_of.label and _plain(variable.label) != _plain(definition_of.label):
            said = f"The label of {dataset.name}.{variable.name} is not as defined."
            yield notice("variable_label", Severity.MINOR, said, variable.name)
        if _kind_differs(variable, definition_of):
            said = f"{dataset.name}.{variable.name} is {variable.kind}, defined as {definition_of.kind}."
            yield notice("variable_kind", Severity.MAJOR, said, variable.name)
        if definition_of.codes and variable.kind == "text":
            codes = {c.strip() for c in definition_of.codes}
            strange = sum(1 for r in dataset.records if isinstance(r[at], str) and str(r[at]).strip() not in codes)
            if strange:
                said = f"{strange} value(s) of {dataset.name}.{variable.name} are not in its codelist."
                yield notice("code_unknown", Severity.MINOR, said, variable.name)


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()


def _kind_differs(variable: Variable, defined: VariableDefinition) -> bool:
    """Text where a number is defined, or the reverse. Dates may be either, as ISO 8601 text or as a number with a format."""
    if is_temporal(variable.format):
        return False
    return (variable.kind == "number" and defined.kind in _TEXTS) or (
        variable.kind == "text" and defined.kind in _NUMBERS
    )
