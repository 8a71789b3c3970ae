"""The gate: which rows need eyes."""

from __future__ import annotations

import dataclasses

from docpipe.model.inline import Text
from docpipe.model.routing import Gate, Route, routed
from docpipe.model.segment import Origin, OriginKind, SegmentId, Unit


def a_unit(n: int = 0, kind: OriginKind = OriginKind.PREVIOUS) -> Unit:
    return Unit(SegmentId(f"{n:024x}")).recalled((Text("Dose"),), Origin(kind))


def test_an_unchanged_row_without_findings_needs_no_eyes() -> None:
    assert routed(Gate(), "D1", a_unit(), has_finding=False) is Route.NO_EYES
    assert routed(Gate(), "D1", a_unit(), has_finding=True) is Route.EYES
    assert routed(Gate(), "D1", a_unit(kind=OriginKind.MODEL), has_finding=False) is Route.EYES


def test_a_row_that_a_person_changed_or_must_work_on_needs_eyes() -> None:
    edited = dataclasses.replace(a_unit(), editor="mei")
    left = dataclasses.replace(a_unit(), needs_person="rejected")
    assert {routed(Gate(), "D1", u, has_finding=False) for u in (edited, left)} == {Route.EYES}


def test_the_sample_has_about_its_size_and_stays_the_same() -> None:
    gate = Gate(sample=10.0)
    first = [routed(gate, "D1", a_unit(n), has_finding=False) for n in range(2000)]
    assert first == [routed(gate, "D1", a_unit(n), has_finding=False) for n in range(2000)]
    assert 140 < first.count(Route.SAMPLED) < 260
    assert first != [routed(gate, "D2", a_unit(n), has_finding=False) for n in range(2000)]
    everything = [routed(Gate(sample=100.0), "D1", a_unit(n), has_finding=False) for n in range(50)]
    assert set(everything) == {Route.SAMPLED}
