"""Loads, verifies and renders versioned prompts; a released prompt never changes. Imports errors and the core's digests.

A prompt is a text file ``<name>.v<number>.md`` with YAML front matter and the two parts ``=== system ===`` and
``=== user ===``. ``LOCK.toml`` beside them holds the SHA-256 of every released version.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from docpipe.errors import BadSetting, PromptChanged, UnknownName
from docpipe.model.canonical import Digest, canonical_json, digest_bytes

__all__ = [
    "Prompt",
    "Released",
    "Style",
    "folders",
    "frozen",
    "load",
    "locked",
    "names",
    "style",
    "text_of",
    "write_lock",
]

_HERE = Path(__file__).resolve().parent
_NAME = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*")
DRAFTED = "draft/"
"""Files under it are document types and their parts, read by ``docpipe.writing.doctype``: no prompts."""
STYLES = "style/"
"""Files under it are style guides of target languages, read by ``style``: no prompts either."""
_VERSION = re.compile(r"(?P<name>.+)\.v(?P<version>[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One released version. ``digest``: SHA-256 of the file. ``schema``: JSON schema of the reply as canonical JSON, or "".

    ``system`` and ``user`` are Jinja2 templates that may use ``inputs`` and nothing else.
    """

    id: str
    version: int
    digest: Digest
    system: str
    user: str
    schema: str
    inputs: tuple[str, ...]
    why: str

    @property
    def name(self) -> str:
        """Id with version, as recipes record it: ``translate/segments.v1``."""
        return f"{self.id}.v{self.version}"

    def render_system(self, **values: object) -> str:
        """The system part. Raises ``BadSetting`` when an input is missing or unknown."""
        return self._render("system", self.system, values)

    def render_user(self, **values: object) -> str:
        """The user part. Raises ``BadSetting`` when an input is missing or unknown."""
        return self._render("user", self.user, values)

    def filled(self, **values: object) -> Prompt:
        """The prompt with its system part complete, so that ``render_system`` needs nothing more. Raises ``BadSetting``."""
        return replace(self, system=self.render_system(**values))

    def _render(self, part: str, template: str, values: dict[str, object]) -> str:
        unknown = sorted(set(values) - set(self.inputs))
        if unknown:
            raise BadSetting(f"Prompt {self.name} has no input {unknown[0]}.", prompt=self.name)
        if "{" not in template:
            return template
        import jinja2

        try:
            return str(_compiled(template).render(**values))
        except jinja2.exceptions.TemplateError as error:
            raise BadSetting(f"Prompt {self.name}: the {part} part does not render.", prompt=self.name) from error


@lru_cache(maxsize=64)
def _compiled(template: str) -> Any:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # No autoescape: prompts are plain text, and escaping would change the document's characters.
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, keep_trailing_newline=False)
    return environment.from_string(template)


def folders(home: Path | None = None) -> tuple[Path, ...]:
    """Where prompts are looked for, first hit wins: one's own folder, the package, the checkout."""
    places = [home] if home else []
    return tuple(p for p in (*places, _HERE / "_prompts", _HERE.parent / "prompts") if p.is_dir())


def locked(folder: Path) -> dict[str, Digest]:
    """Digests of the released versions in a folder by ``id.vN``. Raises ``PromptChanged`` on a lock that cannot be read."""
    path = folder / "LOCK.toml"
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("prompts", {})
        return {str(k): Digest(str(v)) for k, v in table.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise PromptChanged("The prompts' LOCK.toml cannot be read.") from error


def names(home: Path | None = None) -> tuple[str, ...]:
    """Every released version that can be loaded, as ``id.vN``, in order of id and version."""
    found = {name for folder in folders(home) for name in locked(folder)}
    return tuple(sorted(found, key=_sort_key))


def _sort_key(name: str) -> tuple[str, int]:
    match = _VERSION.fullmatch(name)
    return (match["name"], int(match["version"])) if match else (name, 0)


def load(name: str, version: int | None = None, *, home: Path | None = None) -> Prompt:
    """A released prompt by id (``translate/segments``), newest version unless one is given. ``home``: one's own folder.

    Raises ``UnknownName`` where there is none, ``PromptChanged`` where the file differs from its lock or has none.
    """
    released = text_of(name, version, home=home)
    return parse(released.data, name, released.version)


def frozen(label: str, digest: str, *, home: Path | None = None) -> Prompt:
    """The very prompt that a batch was frozen with. ``label``: ``id.vN``. Raises ``PromptChanged``, ``UnknownName``."""
    name, _, version = label.rpartition(".v")
    prompt = load(name, int(version), home=home)
    if prompt.digest != digest:
        raise PromptChanged(f"The prompt {label} is not the one that the batch was submitted with.")
    return prompt


@dataclass(frozen=True, slots=True)
class Released:
    """The bytes of a released file, its version and digest."""

    name: str
    version: int
    data: bytes
    digest: Digest

    @property
    def label(self) -> str:
        """``draft/csr.v1``."""
        return f"{self.name}.v{self.version}"


def text_of(name: str, version: int | None = None, *, home: Path | None = None) -> Released:
    """The verified bytes of a released file: a prompt, a document type (``draft/csr``) or a part of one. Raises as ``load``."""
    if not _NAME.fullmatch(name):
        raise UnknownName("A prompt's name is made of a-z, 0-9, - and _, in folders.", prompt=name[:80])
    for folder in folders(home):
        here = {int(m["version"]) for p in folder.glob(f"{name}.v*.md") if (m := _VERSION.fullmatch(p.stem))}
        lock = locked(folder)
        released = {v for v in here if f"{name}.v{v}" in lock}
        wanted = version if version is not None else max(released or here, default=None)
        if wanted is not None and wanted in here:
            return _read(folder / f"{name}.v{wanted}.md", name, wanted, lock.get(f"{name}.v{wanted}"))
    label = name if version is None else f"{name}.v{version}"
    raise UnknownName(f"There is no prompt {label}.", prompt=label)


def _read(path: Path, name: str, version: int, expected: Digest | None) -> Released:
    data = path.read_bytes()
    digest = digest_bytes(data)
    label = f"{name}.v{version}"
    if expected is None:
        raise PromptChanged(f"Prompt {label} was never released: it is not in LOCK.toml.", prompt=label)
    if digest != expected:
        raise PromptChanged(f"Prompt {label} differs from its released version.", prompt=label)
    return Released(name, version, data, digest)


@lru_cache(maxsize=64)
def parse(data: bytes, name: str, version: int) -> Prompt:
    """The prompt that a file's bytes hold, verified against nothing but its own form. Raises ``BadSetting``."""
    import yaml

    label = f"{name}.v{version}"
    try:
        text = data.decode("utf-8")
        _, front, body = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
        head = yaml.safe_load(front)
        _, system, user = re.split(r"^=== (?:system|user) ===\n", body, maxsplit=2, flags=re.MULTILINE)
    except (UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
        raise BadSetting(f"Prompt {label} lacks its front matter or parts.", prompt=label) from error
    if not isinstance(head, dict) or head.get("id") != name or head.get("version") != version:
        raise BadSetting(f"Prompt {label}: id and version inside differ from the file's name.", prompt=label)
    schema = head.get("reply_schema")
    return Prompt(
        id=name,
        version=version,
        digest=digest_bytes(data),
        system=system.strip(),
        user=user.strip(),
        schema=canonical_json(schema) if schema else "",
        inputs=tuple(str(i) for i in head.get("inputs") or ()),
        why=str(head.get("why") or ""),
    )


@dataclass(frozen=True, slots=True)
class Style:
    """A released style guide of a target language. ``parts``: its text by document kind, ``all`` for every kind."""

    id: str
    version: int
    digest: Digest
    parts: Mapping[str, str]

    @property
    def name(self) -> str:
        """Id with version, as recipes record it: ``style/de.v1``."""
        return f"{self.id}.v{self.version}"

    def text(self, kind: str = "") -> str:
        """What holds for every document, and what holds for documents of this kind."""
        return "\n".join(found for part in ("all", kind) if (found := self.parts.get(part)))


def style(name: str, version: int | None = None, *, home: Path | None = None) -> Style:
    """A released style guide by id (``style/de``). Raises as ``load``."""
    released = text_of(name, version, home=home)
    return parse_style(released.data, name, released.version)


def parse_style(data: bytes, name: str, version: int) -> Style:
    """The style guide that a file's bytes hold. Raises ``BadSetting``."""
    import yaml

    label = f"{name}.v{version}"
    try:
        _, front, body = re.split(r"^---\n", data.decode("utf-8"), maxsplit=2, flags=re.MULTILINE)
        head = yaml.safe_load(front)
        before, *pieces = re.split(r"^=== ([a-z-]+) ===\n", body, flags=re.MULTILINE)
    except (UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
        raise BadSetting(f"Style guide {label} lacks its front matter or parts.", prompt=label) from error
    if not isinstance(head, dict) or head.get("id") != name or head.get("version") != version:
        raise BadSetting(f"Style guide {label}: id and version inside differ from the file's name.", prompt=label)
    parts = {kind: text.strip() for kind, text in zip(pieces[::2], pieces[1::2], strict=True)}
    if before.strip() or "all" not in parts or "{" in body:
        raise BadSetting(f"Style guide {label} begins with the part all and holds no braces.", prompt=label)
    return Style(name, version, digest_bytes(data), parts)


def write_lock(folder: Path) -> tuple[str, ...]:
    """Adds every version that the lock lacks and returns their names. Raises ``PromptChanged`` if a locked one differs or is gone."""
    lock = locked(folder)
    present: dict[str, Digest] = {}
    for path in sorted(folder.rglob("*.md")):
        match = _VERSION.fullmatch(path.relative_to(folder).with_suffix("").as_posix())
        if match is None:
            continue
        data = path.read_bytes()
        if match["name"].startswith(STYLES):
            parse_style(data, match["name"], int(match["version"]))
        elif not match["name"].startswith(DRAFTED):
            parse(data, match["name"], int(match["version"]))
        present[match[0]] = digest_bytes(data)
    for label, digest in lock.items():
        if present.get(label) != digest:
            raise PromptChanged(f"Prompt {label} is released and may not change or go.", prompt=label)
    lines = [
        "# SHA-256 of every released prompt. A released file never changes: write a new version instead.",
        "[prompts]",
    ]
    lines += [f'"{label}" = "{present[label]}"' for label in sorted(present, key=_sort_key)]
    (folder / "LOCK.toml").write_text("\n".join(lines) + "\n", "utf-8")
    return tuple(label for label in sorted(present, key=_sort_key) if label not in lock)
