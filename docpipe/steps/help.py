"""The help: pages that lie in the package, and those that the code writes itself (errors, checks, settings, commands). Imports lazily.

Command line and web page show the same. What a door alone knows (its commands) is found by the entry-point group ``docpipe.help``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files

from docpipe.errors import UnknownName

TITLES = {
    "keyboard": "Keys of the review page",
    "commands": "Commands",
    "errors": "Error codes",
    "checks": "Checks",
    "drafting-checks": "Checks of drafts",
    "settings": "Settings",
}
ORDER = (
    "start",
    "review",
    "operations",
    "accounts",
    "api",
    "model",
    "profile",
    "states",
    "growing",
    "privacy",
    "exit-codes",
)
"""Shipped pages in the order in which a newcomer needs them; others follow by name."""


def _errors() -> str:
    """Every error code with its exit code, who can fix it and how."""
    from docpipe import errors

    lines = ["# Error codes", ""]
    for cls in errors.walk():
        lines += [f"## {cls.code}", f"Exit code {cls.exit_code}; for: {cls.who}. {cls.fix}", ""]
    return "\n".join(lines)


def _checks() -> str:
    """Every check with its severity and what it finds."""
    from docpipe.registry import checks

    lines = ["# Checks", "", "`checks_off` in a profile takes families (`B`), numbers (`B3`) or ids.", ""]
    for check in checks():
        lines += [f"## {check.id}", f"{check.severity.value}: {check.title}. {check.description}".strip(), ""]
    return "\n".join(lines)


def _drafting_checks() -> str:
    """Every check of drafts with its severity and what it finds."""
    from docpipe.registry import draft_checks
    from docpipe.writing.cross_checks import CROSS_CHECKS, STUDY_CHECKS
    from docpipe.writing.file_checks import FILE_CHECKS

    lines = [
        "# Checks of drafts",
        "",
        "They look at the text as a model or a person left it. `checks_off` in a profile or a section of a document type takes families (`N`), "
        "numbers (`N3`) or ids. Critical findings hold the release until the text is right or a person dismisses them with a reason; "
        "major ones need a person's decision.",
        "",
        "The same text in another language (L1 of the catalogue: numbers, units, dates, ids, symbols, negations and approved terms equal, nothing left "
        "in the source's language) is checked when the released draft is translated as a document: checks B1 to B21, C1 to C13, D9, F1, E1 to E3 and A7. "
        "Whether a PDF has bookmarks and fonts is not looked at, for drafts leave as Word files; digests stand in the package's manifest.",
        "",
    ]
    for check in (*draft_checks(), *CROSS_CHECKS, *STUDY_CHECKS, *FILE_CHECKS):
        lines += [f"## {check.id}", f"{check.severity.value}: {check.title}. {check.description}".strip(), ""]
    return "\n".join(lines)


def _settings() -> str:
    """Every setting with its variable, default and meaning."""
    import ast
    import inspect
    import itertools

    from docpipe import settings

    meanings: dict[str, str] = {}
    body = next(
        n for n in ast.parse(inspect.getsource(settings)).body if isinstance(n, ast.ClassDef) and n.name == "Settings"
    ).body
    for node, said in itertools.pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(said, ast.Expr):
            meanings[node.target.id] = ast.literal_eval(said.value)
    lines = ["# Settings", "", "From the command line, the environment, or `docpipe.toml` in the home folder.", ""]
    for name, field in settings.Settings.model_fields.items():
        alias = field.validation_alias
        choices = [str(c) for c in getattr(alias, "choices", [])] or [f"DOCPIPE_{name.upper()}"]
        variables = ", ".join(c for c in choices if c.isupper())
        lines += [f"## {name}", f"{variables}. {meanings.get(name, '')}", ""]
    return "\n".join(lines)


def shipped() -> dict[str, str]:
    """Help pages that lie in the package, by name."""
    folder = files("docpipe") / "help"
    return {f.name.removesuffix(".md"): f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".md")}


def _loaded(entry: EntryPoint) -> str:
    return str(entry.load()())


def written() -> dict[str, Callable[[], str]]:
    """Help pages that the code writes, by name."""
    pages: dict[str, Callable[[], str]] = {
        "errors": _errors,
        "checks": _checks,
        "drafting-checks": _drafting_checks,
        "settings": _settings,
    }
    return pages | {entry.name: partial(_loaded, entry) for entry in entry_points(group="docpipe.help")}


def topics() -> list[tuple[str, str]]:
    """Every page's name and title: the shipped ones in reading order, then what is looked up."""
    pages = shipped()
    named = [*(n for n in ORDER if n in pages), *sorted(n for n in pages if n not in ORDER)]
    titles = [(name, pages[name].splitlines()[0].lstrip("# ").strip()) for name in named]
    return titles + [(name, TITLES.get(name, name)) for name in sorted(written())]


def page(topic: str) -> str:
    """The page as Markdown. Raises ``UnknownName`` naming the topics."""
    if topic in (found := shipped()):
        return found[topic]
    if topic in (made := written()):
        return made[topic]()
    known = ", ".join(sorted([*found, *made]))
    raise UnknownName(f"There is no help page {topic[:60]}: one of {known}.", topic=topic[:60])
