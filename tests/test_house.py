"""The house: layers, cycles, third-party homes and file lengths, read from the syntax trees; there is no ignore list."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("docpipe/**/*.py"), *ROOT.glob("flows/*.py")])

LAYERS = {
    "errors": 0, "model": 0,
    "safe": 1,
    "settings": 2, "registry": 2, "prompts": 2, "accounts": 2,
    "formats": 3, "sources": 3, "segment": 3, "checks": 3, "llm": 3, "memory": 3, "writing": 3, "exports": 3, "simulate": 3,
    "store": 3,
    "steps": 4,
    "flowserver": 5, "flowruns": 5, "dispatch": 5, "serving": 5,
    "flows": 6, "web": 6, "cli": 6,
}  # fmt: skip
FAMILIES = {name for name, layer in LAYERS.items() if layer == 3}
DOORS = {name for name, layer in LAYERS.items() if layer == 6}
HOMES = {
    "prefect": {"flows", "dispatch"},
    "openai": {"llm"},
    "tiktoken": {"segment"},
    "sentencex": {"segment"},
    "lxml": {"safe", "formats"},
    "docx": {"formats", "sources", "writing", "exports"},
    "pypdf": {"formats", "sources", "writing", "exports"},
    "pypdfium2": {"formats", "sources", "writing"},
    "rapidfuzz": {"memory"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "fsspec": {"store"},
    "argon2": {"accounts"},
    "jinja2": {"prompts", "exports", "web", "writing"},
    "markdown_it": {"web"},
    "authlib": {"web"},
    "openpyxl": {"exports"},
    "multipart": {"web"},
    "fastapi": {"web", "simulate"},
    "starlette": {"web", "simulate"},
    "uvicorn": {"web", "simulate"},
    "typer": {"cli"},
    "rich": {"cli"},
    "pydantic_settings": {"settings"},
}


def room_of(path: Path) -> str:
    """``docpipe/llm/openai.py`` lies in llm; ``flows/translate.py`` in flows."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "flows" if parts[0] == "flows" else parts[1] if len(parts) > 1 else ""


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Every absolute module name that a file imports, wherever in the file, with its line."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            module = node.module or ""
            found += [(module, node.lineno), *((f"{module}.{alias.name}", node.lineno) for alias in node.names)]
    return tuple(found)


def room_imported(module: str) -> str | None:
    """The room that a module name of ours lies in, None for other packages."""
    parts = module.split(".")
    if parts[0] == "flows":
        return "flows"
    if parts[0] == "docpipe" and len(parts) > 1 and parts[1] in LAYERS:
        return parts[1]
    return None


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_layer_imports_only_lower_ones(path: Path) -> None:
    room = room_of(path)
    if not room or room in ("__init__", "__main__"):
        return
    assert room in LAYERS, f"{room} is not a room of the house"
    for module, line in imports(path):
        other = room_imported(module)
        if other is None or other == room:
            continue
        where = f"{path.relative_to(ROOT)}:{line} imports {module}"
        assert LAYERS[other] <= LAYERS[room], f"{where}: a higher layer"
        if room in FAMILIES:
            assert other not in FAMILIES, f"{where}: families do not import each other"
        if room in DOORS:
            assert other not in DOORS, f"{where}: doors do not import doors"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_third_party_packages_are_imported_in_their_homes_only(path: Path) -> None:
    room = room_of(path)
    for module, line in imports(path):
        top = module.split(".")[0]
        if top in HOMES:
            assert room in HOMES[top], f"{path.relative_to(ROOT)}:{line}: {top} belongs in {sorted(HOMES[top])}"


def test_the_core_imports_the_standard_library_and_errors_alone() -> None:
    for path in (ROOT / "docpipe" / "model").glob("*.py"):
        for module, line in imports(path):
            top = module.split(".")[0]
            fine = top in sys.stdlib_module_names or module.startswith(("docpipe.model", "docpipe.errors"))
            assert fine, f"{path.name}:{line} imports {module}"


def test_modules_do_not_import_each_other_in_circles() -> None:
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in SOURCES}
    graph = {name: {m for m, _ in imports(path) if m in names and m != name} for name, path in names.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "circle: " + " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in graph[name]:
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_files_stay_short_enough_to_read() -> None:
    tests = sorted(ROOT.glob("tests/**/*.py"))
    long = [
        f"{p.relative_to(ROOT)}: {n} lines"
        for paths, most in ((SOURCES, 400), (tests, 600))
        for p in paths
        if (n := p.read_text("utf-8").count("\n")) > most
    ]
    assert not long, "\n".join(long)


def test_every_module_says_what_lives_there() -> None:
    silent = [
        str(p.relative_to(ROOT))
        for p in SOURCES
        if p.stat().st_size and not ast.get_docstring(ast.parse(p.read_text("utf-8")))
    ]
    assert not silent, silent


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert not [str(p.relative_to(ROOT)) for p in SOURCES if p.stem in drawers]
