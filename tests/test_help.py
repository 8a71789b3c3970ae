"""The shipped help: every command, setting, check and error code has its place, and what is shown in fences exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from docpipe import errors, registry, settings
from docpipe.cli.main import app
from docpipe.steps.help import page as help_page
from docpipe.steps.help import shipped
from docpipe.writing.cross_checks import CROSS_CHECKS, STUDY_CHECKS
from docpipe.writing.file_checks import FILE_CHECKS

ROOT = typer.main.get_command(app)
FENCE = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)


def headings(page: str) -> set[str]:
    return set(re.findall(r"^##\s+(.+?)\s*$", page, re.MULTILINE))


def leaf_commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, found in group.commands.items():
        yield from leaf_commands(found, (*path, name)) if hasattr(found, "commands") else [(*path, name)]


def test_every_error_code_has_its_heading_with_a_cure() -> None:
    page = help_page("errors")
    assert headings(page) == {cls.code for cls in errors.walk()}
    assert all(cls.fix and cls.fix.endswith((".", ")", "`")) for cls in errors.walk())


def test_no_two_errors_share_a_code() -> None:
    codes = [cls.code for cls in errors.walk() if cls is not errors.Defect]
    assert len(codes) == len(set(codes))


def test_every_check_and_every_setting_has_its_heading_with_a_meaning() -> None:
    assert headings(help_page("checks")) == {c.id for c in registry.checks()}
    beyond = {c.id for c in (*CROSS_CHECKS, *STUDY_CHECKS, *FILE_CHECKS)}
    assert headings(help_page("drafting-checks")) == {c.id for c in registry.draft_checks()} | beyond
    page = help_page("settings")
    assert headings(page) == set(settings.Settings.model_fields)
    for name in settings.Settings.model_fields:
        body = page.split(f"## {name}\n", 1)[1].split("\n\n", 1)[0]
        variable, _, meaning = body.partition(". ")
        assert variable.isupper() or "_" in variable
        assert len(meaning) > 10, name


def test_every_state_is_explained() -> None:
    from docpipe.model.batch import State
    from docpipe.model.segment import Status

    page = shipped()["states"]
    missing = [s.value for s in (*State, *Status) if not re.search(rf"\b{s.value}\b", page)]
    assert missing == []


def shown() -> list[tuple[str, str]]:
    """Each docpipe command in the fences and spans of the pages, with its page."""
    found = []
    for name, page in shipped().items():
        for block in FENCE.findall(page):
            joined = block.replace("\\\n", " ")
            found += [
                (name, line.strip().lstrip("$ "))
                for line in joined.splitlines()
                if re.match(r"\s*(\$ )?docpipe ", line)
            ]
        found += [(name, span) for span in re.findall(r"`(docpipe [^`]+)`", FENCE.sub("", page))]
    return found


@pytest.mark.parametrize(("page", "line"), shown(), ids=lambda v: str(v)[:60])
def test_what_a_page_shows_is_a_command_with_such_options(page: str, line: str) -> None:
    words = shlex.split(line.split("#")[0].split(" > ")[0].replace("…", ""))[1:]
    command: Any = ROOT
    while words and hasattr(command, "commands"):
        names = words[0].split("|")
        assert all(n in command.commands for n in names), f"{page}: {line}"
        command = command.commands[names[0]]
        words = words[1:]
    if not hasattr(command, "commands"):
        options = {o for p in command.params for o in p.opts} | {"--help"}
        assert [w for w in words if w.startswith("--") and w.split("=")[0] not in options] == [], f"{page}: {line}"


def test_every_command_has_its_heading_with_an_example() -> None:
    page = help_page("commands")
    assert headings(page) == {f"docpipe {' '.join(c)}" for c in leaf_commands(ROOT)}
    assert page.count("Example: `docpipe ") == len(headings(page))


def test_every_variable_that_a_page_names_is_a_setting() -> None:
    known = {"DOCPIPE_PASSWORD_FILE"}
    for name, field in settings.Settings.model_fields.items():
        known |= {f"DOCPIPE_{name.upper()}", *(str(c) for c in getattr(field.validation_alias, "choices", ()))}
    named = set(re.findall(r"\bDOCPIPE_[A-Z_]+\b", "\n".join(shipped().values())))
    assert named <= known, named - known


def test_every_fix_that_names_a_command_names_one_that_exists() -> None:
    for cls in errors.walk():
        for line in re.findall(r"`docpipe ([^`]+)`", cls.fix):
            first = line.split()[0]
            assert first in ROOT.commands, (cls.code, line)  # type: ignore[attr-defined]
