"""The commands that need neither server nor model, as ``contracts.md`` promises them: fields, exit codes, errors as JSON."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from docx_builder import docx
from whole import Cli, Done, submission

from docpipe import errors
from docpipe.cli import translating
from docpipe.cli.main import app
from docpipe.steps.help import shipped

DOCUMENT = docx("h1:Aims", "p:The dose was *5 mg* daily.", "tbl:Week | 12", header="Protocol QLZ-301")
RULES = {
    "identity": "The dose was 5 mg daily.", "upper": "THE DOSE WAS 5 MG DAILY.", "flip": "tHE DOSE WAS 5 MG DAILY.",
    "accent": "ṬḤÉ ĎŐŚÉ", "expand": None, "marker": "⟦The dose was 5 mg daily.⟧",
}  # fmt: skip


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its words."""
    for name, found in group.commands.items():
        if hasattr(found, "commands"):
            yield from commands(found, (*path, name))
        else:
            yield (*path, name), found


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_the_contract_names_these_commands() -> None:
    promised = (
        "pseudo extract translate check check-report metrics simulate serve doctor demo resume review-list review-show review-export "
        "review-import review-approve review-reject review-sign audit-verify audit-export"
    )
    assert {(p,) if p == "check-report" else tuple(p.split("-")) for p in promised.split()} <= set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_has_help_with_an_example_that_parses(words: tuple[str, ...]) -> None:
    command = COMMANDS[words]
    text = inspect.getdoc(command.callback) or ""
    example = re.search(r"^Example: docpipe (.*)$", text, re.MULTILINE)
    assert example, words
    given = example.group(1).split(" > ")[0]
    assert given.startswith(" ".join(words))
    options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
    for option in re.findall(r"(?<!\S)--?[a-z][a-z-]*", given):
        assert option in options, option


def test_help_is_shown_for_each_level(cli: Cli, inside: Callable[..., Done]) -> None:
    for words in ((), ("review",), ("translate",)):
        done = inside(*words, "--help")
        assert done.code == 0
        assert "Usage" in done.out
    assert "Example: docpipe translate" in cli("translate", "--help").out


def test_pseudo_writes_each_rule(cli: Cli, inside: Callable[..., Done], tmp_path: Path) -> None:
    given = submission(tmp_path / "in", {"a.docx": DOCUMENT}) / "a.docx"
    for rule, wanted in RULES.items():
        out = tmp_path / rule
        row = (cli if rule == "upper" else inside)("pseudo", given, "--rule", rule, "--out", out, "--json").json
        assert set(row) >= {"file", "output", "ok", "error", "seconds", "characters", "translated", "skipped"}
        assert row["ok"] is True, row
        assert row["error"] is None
        assert row["characters"] == row["translated"] + sum(row["skipped"].values())
        assert Path(row["output"]) == out / "a.docx"
        if rule == "identity":
            texts = [b["text"] for b in inside("extract", out / "a.docx", "--json").lines]
            assert RULES["identity"] in texts
        if rule in ("upper", "marker"):
            texts = [b["text"] for b in inside("extract", out / "a.docx", "--json").lines]
            assert wanted in texts


def test_extract_gives_a_line_a_block(cli: Cli, tmp_path: Path) -> None:
    folder = submission(tmp_path / "in", {"a.docx": DOCUMENT, "b.docx": b"PK\x03\x04 broken"})
    done = cli("extract", folder / "a.docx", folder / "b.docx", "--json")
    assert done.code == translating.PARTIAL
    blocks = [row for row in done.lines if "address" in row]
    assert set(blocks[0]) == {"file", "address", "kind", "text", "language", "translatable", "reason"}
    (broken,) = [row for row in done.lines if "error" in row]
    assert broken["file"] == "b.docx"
    assert broken["error"]["code"].startswith("input.")


def test_check_tells_of_a_changed_number_and_of_nothing_else(
    cli: Cli, inside: Callable[..., Done], tmp_path: Path
) -> None:
    table = tmp_path / "rows.tsv"
    table.write_text(
        "id\tsource\ttarget\n1\tThe dose was 5 mg.\tDie Dosis betrug 5 mg.\n2\tThe dose was 5 mg.\tDie Dosis betrug 50 mg.\n"
    )
    done = cli("check", table, "--from", "en", "--to", "de", "--json")
    assert done.code == translating.PARTIAL
    assert {row["id"] for row in done.lines} == {"2"}
    assert set(done.lines[0]) == {"id", "check", "severity", "message", "source_span", "target_span"}
    assert any(row["check"].startswith("B") and row["severity"] == "critical" for row in done.lines)
    table.write_text("1\tThe dose was 5 mg.\tDie Dosis betrug 5 mg.\n")
    assert inside("check", table, "--from", "en", "--to", "de", "--json").code == 0


def test_errors_are_json_with_code_and_cure(cli: Cli, inside: Callable[..., Done]) -> None:
    done = cli("metrics", "B000000-XXXXX", "--json")
    assert done.code == 2
    error = done.json["error"]
    assert set(error) == {"code", "message", "who", "fix", "details"}
    assert error["code"] == "usage.unknown_name"
    assert "[usage.unknown_name]" in done.err
    assert "What to do" in done.err
    for words in (
        ("translate",),
        ("nosuch",),
        ("translate", "x", "--from", "en"),
        ("pseudo", "x", "--rule", "bad", "--out", "y"),
    ):
        done = inside(*words, "--json")
        assert done.code == 2, words
        assert done.error == "usage.wrong"


def test_the_exit_codes_are_those_of_the_help_page() -> None:
    table = {int(m.group(1)) for m in re.finditer(r"^\| (\d+) \|", shipped()["exit-codes"], re.MULTILINE)}
    used = {cls.exit_code for cls in errors.walk()} | {
        translating.DONE, translating.PARTIAL, translating.REFUSED, translating.WAITING, 130,
    }  # fmt: skip
    assert used == table


def test_doctor_and_help_answer(inside: Callable[..., Done]) -> None:
    found = inside("doctor", "--json").json
    assert {"python", "home folder", "database", "disk", "prompts", "provider"} <= {c["name"] for c in found["checks"]}
    assert "exit-codes" in inside("help").out
    assert "| 4 | waits for a person" in inside("help", "exit-codes").out
    assert inside("help", "nosuch").code == 2


def document(state: str, code: int = 0, findings: tuple[str, ...] = ()) -> dict[str, Any]:
    listed = [{"severity": s, "disposition": "open"} for s in findings]
    return {"state": state, "error": {"exit_code": code} if code else None, "findings": listed}


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        ([document("waiting"), document("released")], 4),
        ([document("waiting"), document("failed", 5)], 4),
        ([document("failed", 5), document("releasing")], 5),
        ([document("refused", 3)], 3),
        ([document("refused", 3), document("released")], 1),
        ([document("released")], 0),
        ([document("draft", 0, ("critical",))], 1),
        ([document("draft", 0, ("minor",))], 0),
        ([document("running")], 1),
    ],
)
def test_mixed_outcomes_have_one_exit_code(documents: list[dict[str, Any]], code: int) -> None:
    assert translating.exit_code({"documents": documents}) == code
