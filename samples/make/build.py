"""Writes the committed samples anew, byte for byte: ``python -m samples.make.build``.

Imports this folder and the standard library. Everything in the samples is fictional and made here.
"""

from __future__ import annotations

from pathlib import Path

from samples.make.assets import protocol_assets, report_assets
from samples.make.docx import build
from samples.make.protocol_back import PROTOCOL
from samples.make.protocol_modules import LETTER, OVERVIEW
from samples.make.report_label import LABEL
from samples.make.report_synopsis import SYNOPSIS
from samples.make.study import study_files
from samples.make.trial_synopsis import TRIAL_SYNOPSIS

HERE = Path(__file__).resolve().parent.parent
SUBMISSION = (LETTER, OVERVIEW, PROTOCOL)


def samples() -> dict[str, bytes]:
    """Every generated file of ``samples/`` by its relative name."""
    made: dict[str, bytes] = {}
    for sample in SUBMISSION:
        made[f"protocol-zh/previous/source/{sample.name}"] = build(sample, 1, False)
        made[f"protocol-zh/previous/target/{sample.name}"] = build(sample, 1, True)
        made[f"protocol-zh/submission/{sample.name}"] = build(sample, 2, False)
    for sample in (LABEL, SYNOPSIS):
        made[f"report-en/submission/{sample.name}"] = build(sample, 1, False)
    made |= {f"protocol-zh/{name}": data for name, data in protocol_assets(SUBMISSION).items()}
    made |= {f"report-en/{name}": data for name, data in report_assets().items()}
    made[f"synopsis-en/{TRIAL_SYNOPSIS.name}"] = build(TRIAL_SYNOPSIS, 1, False)
    made |= {f"study/{name}": data for name, data in study_files().items()}
    return made


def main() -> None:
    """Writes what differs from what is there and says so."""
    for name, data in sorted(samples().items()):
        path = HERE / name
        if path.exists() and path.read_bytes() == data:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
