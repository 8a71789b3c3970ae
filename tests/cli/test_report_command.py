"""`docpipe check-report`: lines as the contract has them, exit codes, files, errors, and a study that is kept for the next call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from drafting_story import TYPE, sources
from whole import Done

RIGHT = "Of the subjects in the Placebo group, 18 (81.8%) completed the study (Table 14.1.2)."
WRONG = RIGHT.replace("18", "19")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    for name, data in sources().items():
        (tmp_path / "study" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "study" / name).write_bytes(data)
    (tmp_path / "mini.v1.md").write_text(TYPE)
    return tmp_path / "study"


def written(path: Path, *lines: str) -> Path:
    made = docx.Document()
    made.add_paragraph("Study TVN-4471-204")
    made.add_heading("10.1 Disposition of Patients", 1)
    for line in lines:
        made.add_paragraph(line)
    made.save(str(path))
    return path


def test_a_report_is_checked_line_by_line_and_the_study_is_kept(
    inside: Callable[..., Done], study: Path, tmp_path: Path
) -> None:
    words = (
        "check-report",
        written(tmp_path / "r.docx", RIGHT, WRONG),
        "--type",
        tmp_path / "mini.v1.md",
        "--sources",
        study,
        "--quiet",
    )
    done = inside(*words, "--json", "--out", tmp_path / "out")
    assert done.code == 1
    (line,) = [json.loads(x) for x in done.out.splitlines()]
    assert list(line)[:7] == ["check", "severity", "message", "location", "text", "expected", "evidence"]
    assert (line["check"].partition(".")[0], line["severity"], line["text"], line["expected"]) == (
        "N2",
        "critical",
        "19",
        "18",
    )
    (evidence,) = line["evidence"]
    assert (evidence["table"], evidence["column"], evidence["value"]) == ("Table 14.1.2", "Placebo", "18")
    assert (evidence["file"], evidence["locator"]) == ("tlf/t-14-1-2.rtf", "display:1/r1/c1")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "r-checked.docx",
        "findings.html",
        "findings.jsonl",
        "summary.json",
    }
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert sum(n for k, n in summary["numbers"].items() if k != "numbers") == summary["numbers"]["numbers"]
    (kept,) = (tmp_path / "home/studies").iterdir()
    began = time.monotonic()
    plain = inside(*words)
    assert plain.code == 1
    assert "Expected: 18" in plain.out
    again = time.monotonic() - began
    kept.write_bytes(b"0" * 64 + b"\n" + kept.read_bytes())
    assert inside(*words).code == 1, f"what was kept is damaged: read anew (as kept it took {again:.1f} s)"
    assert inside(*words, "--off", "N").code == 0


def test_a_correct_report_ends_with_zero(inside: Callable[..., Done], study: Path, tmp_path: Path) -> None:
    done = inside(
        "check-report",
        written(tmp_path / "r.docx", RIGHT),
        "--type",
        tmp_path / "mini.v1.md",
        "--sources",
        study,
        "--quiet",
        "--json",
    )
    assert (done.code, done.out) == (0, "")


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (b"", "input.empty"),
        (b"plain words", "input.not_a_package"),
        (b"PK\x03\x04 broken", "input."),
        (b"%PDF-1.7 broken", "input."),
    ],
)
def test_what_is_no_report_is_refused_with_its_code(
    inside: Callable[..., Done], study: Path, tmp_path: Path, report: bytes, code: str
) -> None:
    (tmp_path / "r.docx").write_bytes(report)
    done = inside(
        "check-report", tmp_path / "r.docx", "--type", tmp_path / "mini.v1.md", "--sources", study, "--quiet", "--json"
    )
    assert done.code == 3
    assert json.loads(done.out)["error"]["code"].startswith(code)


def test_no_source_and_no_type_are_told(inside: Callable[..., Done], study: Path, tmp_path: Path) -> None:
    report = written(tmp_path / "r.docx", RIGHT)
    done = inside("check-report", report, "--type", "nothing", "--sources", study, "--quiet", "--json")
    assert "csr" in json.loads(done.out)["error"]["message"]
    (tmp_path / "empty").mkdir()
    done = inside(
        "check-report", report, "--type", tmp_path / "mini.v1.md", "--sources", tmp_path / "empty", "--quiet", "--json"
    )
    assert json.loads(done.out)["error"]["code"] == "input.missing"


def test_a_report_of_another_study_is_told_so_and_does_not_end_with_zero(
    inside: Callable[..., Done], study: Path, tmp_path: Path
) -> None:
    made = docx.Document()
    made.add_paragraph("Dear all, the party begins at 5 pm, and 31 people come.")
    made.save(str(tmp_path / "letter.docx"))
    words = ("check-report", tmp_path / "letter.docx", "--type", tmp_path / "mini.v1.md", "--sources", study, "--quiet")
    done = inside(*words)
    assert done.code == 1
    assert "Beware: The report does not name the study of the sources, TVN-4471-204." in done.out
    assert "numbers that need a source were found in the data" in done.out
    assert "Beware: " in inside(*words, "--json").err


def test_the_report_and_what_was_written_of_it_are_no_sources(
    inside: Callable[..., Done], study: Path, tmp_path: Path
) -> None:
    report = written(study / "r.docx", RIGHT, WRONG)
    words = (
        "check-report",
        report,
        "--type",
        tmp_path / "mini.v1.md",
        "--sources",
        study,
        "--out",
        study / "out",
        "--quiet",
    )
    first = inside(*words)
    assert "r.docx: This is the report that is checked" in first.out
    assert inside(*words).out == first.out, "the second time the first one's files lie among the sources"


def test_what_cannot_be_is_said_before_the_work_begins(
    inside: Callable[..., Done], study: Path, tmp_path: Path
) -> None:
    report = written(tmp_path / "r.docx", RIGHT)
    words = ("--type", tmp_path / "mini.v1.md", "--quiet", "--json")
    for given, code in (
        ((study, "--sources", study), "input.unsupported_type"),
        ((report,), "usage."),
        ((report, "--sources", study, "--earlier", "B1"), "usage."),
        ((report, "--sources", study, "--out", report / "out"), "storage.failed"),
    ):
        told = json.loads(inside("check-report", *given, *words).out)
        assert told["error"]["code"].startswith(code), given
    (tmp_path / "notes.xlsx").write_bytes(b"no data")
    told = json.loads(inside("check-report", report, *words, "--sources", tmp_path / "notes.xlsx").out)
    assert "notes.xlsx: " in told["error"]["message"]
