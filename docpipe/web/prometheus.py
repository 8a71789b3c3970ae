"""Metrics in Prometheus' text format 0.0.4. Imports the steps' gauges only.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (one line a sample, each family together, a line feed at the end).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from docpipe.steps.gauges import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def label(value: str) -> str:
    """A label's value: backslash, quote and line feed are escaped."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def number(value: float) -> str:
    """A sample's value as the format writes it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))


def write(families: Iterable[Metric]) -> str:
    """The families that have samples, as text."""
    lines: list[str] = []
    for family in families:
        if not family.samples:
            continue
        told = family.help.replace("\\", "\\\\").replace("\n", "\\n")
        lines += [f"# HELP {family.name} {told}", f"# TYPE {family.name} {family.kind}"]
        for labels, value in family.samples:
            named = ",".join(f'{name}="{label(given)}"' for name, given in labels)
            lines.append(f"{family.name}{{{named}}} {number(value)}" if named else f"{family.name} {number(value)}")
    return "\n".join(lines) + "\n"
