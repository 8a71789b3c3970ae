"""The table of fonts by kind and script: which font takes the place of one that has no letters for the target.

Imports errors only. The shipped table is ``fonts.toml`` beside this file; one's own stands before it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from docpipe.errors import BadSetting

_SIGNS = "signs"
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_SANS = re.compile("sans|gothic|hei|黑|ゴシック|고딕|돋움|굴림|arial|helvet", re.IGNORECASE)
_MONO = re.compile("mono|courier|code|console|typewriter", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FontTable:
    """Fonts by kind and script. ``lists``: kind to script to names, the first of a list being the one put in."""

    lists: dict[str, dict[str, tuple[str, ...]]]
    _known: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    def suits(self, font: str, script: str) -> bool:
        """Whether a font may stand where letters of the script do; one that the table does not know is judged by its name."""
        kind, scripts = self._look(font)
        if kind == _SIGNS or not scripts:
            return kind == _SIGNS or script == "latin" or not self._first(kind, script)
        return script in scripts

    def instead(self, font: str, script: str) -> str:
        """The font to put in place of this one for the script; itself where it suits or the table has none."""
        if self.suits(font, script):
            return font
        return self._first(self._look(font)[0], script) or font

    def default(self, script: str) -> str:
        """The font for text that nothing else is said of; "" where the table has none."""
        return self._first("serif", script)

    def knowing(self, kinds: Mapping[str, str]) -> FontTable:
        """The same table with kinds of fonts that it does not list, by name, as a document states them."""
        told = {
            _key(name): (kind, self._look(name)[1]) for name, kind in kinds.items() if _key(name) not in self._known
        }
        return FontTable(self.lists, {**self._known, **told}) if told else self

    def _first(self, kind: str, script: str) -> str:
        for each in (kind, "sans", "serif"):
            if names := self.lists.get(each, {}).get(script):
                return names[0]
        return ""

    def _look(self, font: str) -> tuple[str, frozenset[str]]:
        """The kind of a font and the scripts it is listed for, or guessed for by the letters of its name."""
        key = _key(font)
        if key in self._known:
            return self._known[key]
        kind = "mono" if _MONO.search(key) else "sans" if _SANS.search(key) else "serif"
        if _KANA.search(key):
            return kind, frozenset({"japanese"})
        if _HANGUL.search(key):
            return kind, frozenset({"korean"})
        return kind, frozenset({"hans", "hant"} if _HAN.search(key) else ())


def _key(font: str) -> str:
    return unicodedata.normalize("NFKC", font.split(";")[0]).strip().lstrip("@").casefold()


@lru_cache(maxsize=8)
def font_table(own: str = "") -> FontTable:
    """The shipped table, with one's own (TOML text) before it. Raises ``BadSetting``."""
    shipped = tomllib.loads((files("docpipe.formats.ooxml.localise") / "fonts.toml").read_text("utf-8"))
    lists: dict[str, dict[str, tuple[str, ...]]] = {}
    for table in (_parsed(own), shipped) if own else (shipped,):
        for kind, scripts in table.items():
            for script, names in scripts.items():
                mine = lists.setdefault(kind, {})
                mine[script] = (*mine.get(script, ()), *(n for n in names if n not in mine.get(script, ())))
    known: dict[str, tuple[str, frozenset[str]]] = {}
    for kind, by_script in lists.items():
        for script, listed in by_script.items():
            for name in listed:
                first, found = known.get(_key(name), (kind, frozenset[str]()))
                known[_key(name)] = first, found | {script}
    return FontTable(lists, known)


def _parsed(own: str) -> dict[str, dict[str, list[str]]]:
    try:
        table = tomllib.loads(own)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting("The table of fonts is not valid TOML.", setting="fonts_file") from error
    for kind, scripts in table.items():
        if not isinstance(scripts, dict) or not all(
            isinstance(names, list) and all(isinstance(n, str) and n for n in names) for names in scripts.values()
        ):
            raise BadSetting(
                f"The table of fonts holds something else than lists of names: {kind}.", setting="fonts_file"
            )
    return table
