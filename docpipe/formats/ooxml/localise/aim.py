"""What a target language asks of a Word document: its tag, the slot that governs its letters, direction. Imports the core only.

Source: ISO/IEC 29500-1, 17.3.2.20 (``w:lang``) and 17.3.2.26 (``w:rFonts``): Latin, East Asian and complex scripts are governed apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from docpipe.errors import UnknownLanguage
from docpipe.model import language as languages
from docpipe.model.document import WriteOptions

_EAST_ASIAN = {"Han": "hans", "Japanese": "japanese", "Korean": "korean"}
_COMPLEX = {
    "Arabic", "Hebrew", "Thaana", "N'Ko", "Thai", "Lao", "Khmer", "Burmese", "Tibetan", "Devanagari", "Bengali", "Tamil",
    "Telugu", "Gujarati", "Gurmukhi", "Malayalam", "Kannada", "Odia", "Sinhala",
}  # fmt: skip
_TRADITIONAL = ("TW", "HK", "MO")
_HOMES = (
    "af-ZA am-ET ar-SA as-IN az-AZ be-BY bg-BG bn-BD bo-CN bs-BA ca-ES cs-CZ cy-GB da-DK de-DE dv-MV el-GR en-US es-ES et-EE "
    "eu-ES fa-IR fi-FI fil-PH fr-FR ga-IE gl-ES gu-IN he-IL hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE kk-KZ km-KH "
    "kn-IN ko-KR ky-KG lo-LA lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN ms-MY mt-MT my-MM nb-NO ne-NP nl-NL nn-NO no-NO or-IN pa-IN "
    "pl-PL ps-AF pt-PT ro-RO ru-RU si-LK sk-SK sl-SI sq-AL sr-RS sv-SE sw-KE ta-IN te-IN th-TH tr-TR uk-UA ur-PK uz-UZ vi-VN "
    "yue-HK zh-CN"
)
_REGION = dict(pair.split("-") for pair in _HOMES.split())


@dataclass(frozen=True, slots=True)
class Aim:
    """A pair of languages as Word sees it.

    ``tag``: the target's, with a region. ``slot``: the attribute of ``w:lang`` that governs it (val | eastAsia | bidi).
    ``fonts``: key of its script in the table of fonts. ``own_fonts``: likewise of the source's.
    """

    source: str
    target: str
    tag: str
    slot: str
    fonts: str
    own_fonts: str
    rtl: bool
    from_rtl: bool

    @property
    def east_asian(self) -> bool:
        """Whether the target is written in Chinese characters, kana or hangul."""
        return self.slot == "eastAsia"

    @property
    def complex(self) -> bool:
        """Whether bold, italic and size of the target are those of complex scripts (``w:bCs`` and the like)."""
        return self.slot == "bidi"

    def keeps(self, tag: str) -> bool:
        """Whether a tag that the file has already will do for the target."""
        return _same(tag, self.target)


def aim_of(options: WriteOptions) -> Aim | None:
    """What is aimed at, or None where nothing is to be localised: no two different languages are given."""
    return _aim(options.source_language, options.target_language)


@lru_cache(maxsize=256)
def _aim(source: str, target: str) -> Aim | None:
    if not source or not target or source == target:
        return None
    return Aim(
        languages.normal(source), languages.normal(target), _tag(target), slot_of(target), _font_key(target), _font_key(source),
        languages.right_to_left(target), languages.right_to_left(source),
    )  # fmt: skip


def slot_of(language: str) -> str:
    """Which attribute of ``w:lang`` governs the language. Raises ``UnknownLanguage``."""
    script = languages.script(language)
    return "eastAsia" if script in _EAST_ASIAN else "bidi" if script in _COMPLEX else "val"


def _tag(language: str) -> str:
    """The tag that Word knows: language and region, the script only where Word has such a tag."""
    primary, region = languages.primary(language), languages.region(language)
    if region:
        return f"{primary}-{region}"
    if primary == "zh" and _traditional(language):
        return "zh-TW"
    home = _REGION.get(primary)
    if home is None:
        return languages.normal(language)
    if primary in ("sr", "uz", "az", "bs") and languages.script(language) != languages.script(primary):
        return languages.normal(f"{language}-{home}")
    return f"{primary}-{home}"


def _traditional(language: str) -> bool:
    code = languages.normal(language)
    return "Hant" in code or (languages.region(code) in _TRADITIONAL and "Hans" not in code)


def _font_key(language: str) -> str:
    script = languages.script(language)
    if script == "Han":
        return "hant" if _traditional(language) else "hans"
    if script in _EAST_ASIAN:
        return _EAST_ASIAN[script]
    return script.lower() if script in _COMPLEX else "latin"


@lru_cache(maxsize=1024)
def _same(tag: str, target: str) -> bool:
    try:
        return languages.same(tag, target)
    except UnknownLanguage:
        return False
