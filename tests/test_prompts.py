"""Prompts: found, verified against the lock, rendered strictly."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from docpipe import prompts
from docpipe.errors import BadSetting, PromptChanged, UnknownName
from docpipe.model.canonical import digest_bytes
from docpipe.writing.doctype import split

FILE = """---
id: a/b
version: {version}
why: test
inputs: [name, task]
reply_schema: {{type: object}}
---
=== system ===
Hello {{{{ name }}}}.
=== user ===
{{{{ task }}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.v1.md").write_text(FILE.format(version=1), "utf-8")
    assert prompts.write_lock(tmp_path) == ("a/b.v1",)
    return tmp_path


def test_every_shipped_prompt_loads_and_its_lock_is_complete(root: Path) -> None:
    for name in prompts.names():
        base, _, version = name.rpartition(".v")
        if base.startswith(prompts.DRAFTED):
            head, _ = split(prompts.text_of(base, int(version)).data, name)
            assert (head["id"], head["version"]) == (base, int(version))
            assert head["why"]
            continue
        if base.startswith(prompts.STYLES):
            assert prompts.style(base, int(version)).text()
            continue
        prompt = prompts.load(base, int(version))
        assert prompt.name == name
        assert prompt.why
    files = {p.relative_to(root / "prompts").with_suffix("").as_posix() for p in (root / "prompts").rglob("*.v*.md")}
    assert files == set(prompts.locked(root / "prompts")), "a prompt without a lock, or a lock without its prompt"


def test_the_translation_prompt_is_static_so_that_providers_can_cache_it() -> None:
    assert "{" not in prompts.load("translate/segments", 1).system
    released = prompts.load("translate/segments")
    prompt = released.filled(style="- Short sentences.")
    assert "{" not in prompt.system
    assert prompt.system == prompt.render_system()
    assert "\n- Short sentences." in prompt.system
    assert "Style" not in released.render_system()
    assert (prompt.digest, prompt.name) == (released.digest, released.name)
    task = json.dumps({"text": "{{ 7 * 7 }} {% raw %} <&> ‘é’ 中"}, ensure_ascii=False)
    assert prompt.render_user(task=task) == task
    schema = json.loads(prompt.schema)
    for shape in (schema, *schema["properties"]["segments"]["items"]["anyOf"]):
        assert shape["additionalProperties"] is False
        assert sorted(shape["required"]) == sorted(shape["properties"]), "strict mode wants every property required"


def test_one_changed_byte_is_refused(folder: Path) -> None:
    assert prompts.load("a/b", home=folder).version == 1
    path = folder / "a" / "b.v1.md"
    path.write_bytes(path.read_bytes().replace(b"Hello", b"Hallo"))
    with pytest.raises(PromptChanged):
        prompts.load("a/b", home=folder)
    with pytest.raises(PromptChanged):
        prompts.write_lock(folder)


def test_a_version_that_was_never_locked_is_refused_and_not_taken_as_newest(folder: Path) -> None:
    (folder / "a" / "b.v2.md").write_text(FILE.format(version=2), "utf-8")
    assert prompts.load("a/b", home=folder).version == 1
    with pytest.raises(PromptChanged):
        prompts.load("a/b", 2, home=folder)
    assert prompts.write_lock(folder) == ("a/b.v2",)
    assert prompts.load("a/b", home=folder).version == 2
    assert prompts.load("a/b", 1, home=folder).version == 1


def test_a_released_prompt_that_is_gone_stops_the_lock(folder: Path) -> None:
    (folder / "a" / "b.v1.md").unlink()
    with pytest.raises(PromptChanged):
        prompts.write_lock(folder)


def test_ones_own_folder_goes_before_the_shipped_one(folder: Path, root: Path) -> None:
    (folder / "translate").mkdir()
    shutil.copy(root / "prompts" / "translate" / "segments.v1.md", folder / "translate")
    shipped = prompts.load("translate/segments")
    assert shipped.version > 1
    with pytest.raises(PromptChanged):
        prompts.load("translate/segments", home=folder)
    prompts.write_lock(folder)
    assert prompts.load("translate/segments", home=folder).digest == prompts.load("translate/segments", 1).digest


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "ja", "pt", "zh"])
def test_a_style_guide_is_short_and_says_more_for_a_kind_of_document(language: str) -> None:
    guide = prompts.style(f"style/{language}")
    assert guide.name == f"style/{language}.v1"
    for kind in ("clinical", "product-information", "quality"):
        assert guide.text(kind).startswith(guide.text())
        assert len(guide.text()) < len(guide.text(kind)) < 1800
    assert guide.text("no such kind") == guide.text()


def test_a_style_guide_that_could_be_taken_for_a_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "style").mkdir()
    (tmp_path / "style" / "xx.v1.md").write_text(
        "---\nid: style/xx\nversion: 1\n---\n=== all ===\n- {{ task }}\n", "utf-8"
    )
    with pytest.raises(BadSetting):
        prompts.write_lock(tmp_path)


@pytest.mark.parametrize("name", ["nothing/here", "../secrets", "/etc/passwd", "a//b", "A/B", ""])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UnknownName):
        prompts.load(name)


def test_inputs_are_exactly_those_declared(folder: Path) -> None:
    prompt = prompts.load("a/b", home=folder)
    assert prompt.render_system(name="you", task="") == "Hello you."
    assert prompt.digest == digest_bytes((folder / "a" / "b.v1.md").read_bytes())
    with pytest.raises(BadSetting):
        prompt.render_system()
    with pytest.raises(BadSetting):
        prompt.render_system(name="you", other=1)


def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path: Path) -> None:
    text = FILE.format(version=1).replace("Hello {{ name }}", "{{ name.__class__.__mro__ }}")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.v1.md").write_text(text, "utf-8")
    prompts.write_lock(tmp_path)
    with pytest.raises(BadSetting):
        prompts.load("a/b", home=tmp_path).render_system(name="x")


@pytest.mark.parametrize(
    "text", ["", "no front matter", "---\nid: a/b\nversion: 1\n---\nno parts", "---\n[\n---\n", "\xff"]
)
def test_a_file_that_is_no_prompt_is_named(text: str) -> None:
    with pytest.raises(BadSetting):
        prompts.parse(text.encode("latin-1"), "a/b", 1)
