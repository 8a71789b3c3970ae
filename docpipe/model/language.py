"""Language codes after BCP 47 and the facts of script that follow from them. Imports errors only.

Sources of the lists: ISO 639-1 (all), ISO 639-3 (those met in submissions), ISO 15924, ISO 3166-1.
"""

from __future__ import annotations

import re
from functools import lru_cache

from docpipe.errors import UnknownLanguage

__all__ = ["normal", "primary", "region", "right_to_left", "same", "script", "spaceless"]

_TWO_TEXT = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka "
    "kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng "
    "nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_TWO = frozenset(_TWO_TEXT.split())

_THREE_TEXT = (
    "ace arn arz ary apc ast awa bal ban bcl bem bho bik brx ceb cdo chr ckb cmn crh csb doi dsb fil fur gan gsw hak haw "
    "hil hmn hne hsb ilo jbo kab kac kbp khk kmr kok krc lij lmo lua luo lus mag mai mak min mni mos mwl nan nap nds nqo "
    "nso nus nya pag pam pap prs quc quz raj sat scn shn sma smj smn sms srd szl tay tpi tum tzm umb vec vls wal war wuu "
    "yue zgh zsm"
)
_THREE = frozenset(_THREE_TEXT.split())

_ALIAS = {
    "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "cmn": "zh", "khk": "mn", "zsm": "ms", "nya": "ny",
    "eng": "en", "deu": "de", "ger": "de", "spa": "es", "fra": "fr", "fre": "fr", "zho": "zh", "chi": "zh", "jpn": "ja",
    "kor": "ko", "por": "pt", "rus": "ru", "ara": "ar", "heb": "he", "ita": "it", "nld": "nl", "dut": "nl", "pol": "pl",
    "ces": "cs", "cze": "cs", "slk": "sk", "slo": "sk", "slv": "sl", "hrv": "hr", "srp": "sr", "bul": "bg", "ron": "ro",
    "rum": "ro", "hun": "hu", "ell": "el", "gre": "el", "tur": "tr", "ukr": "uk", "bel": "be", "dan": "da", "swe": "sv",
    "nor": "no", "nob": "nb", "nno": "nn", "fin": "fi", "est": "et", "lav": "lv", "lit": "lt", "mlt": "mt", "gle": "ga",
    "isl": "is", "ice": "is", "cat": "ca", "eus": "eu", "baq": "eu", "glg": "gl", "cym": "cy", "wel": "cy", "sqi": "sq",
    "alb": "sq", "mkd": "mk", "mac": "mk", "bos": "bs", "hye": "hy", "arm": "hy", "kat": "ka", "geo": "ka", "aze": "az",
    "kaz": "kk", "uzb": "uz", "fas": "fa", "per": "fa", "urd": "ur", "hin": "hi", "ben": "bn", "tam": "ta", "tel": "te",
    "mar": "mr", "guj": "gu", "pan": "pa", "mal": "ml", "kan": "kn", "tha": "th", "vie": "vi", "ind": "id", "msa": "ms",
    "may": "ms", "khm": "km", "lao": "lo", "mya": "my", "bur": "my", "swa": "sw", "afr": "af", "zul": "zu", "amh": "am",
}  # fmt: skip

_SCRIPT_NAMES = {
    "Latn": "Latin", "Hans": "Han", "Hant": "Han", "Hani": "Han", "Jpan": "Japanese", "Hira": "Japanese",
    "Kana": "Japanese", "Hrkt": "Japanese", "Kore": "Korean", "Hang": "Korean", "Cyrl": "Cyrillic", "Arab": "Arabic",
    "Hebr": "Hebrew", "Grek": "Greek", "Deva": "Devanagari", "Beng": "Bengali", "Taml": "Tamil", "Telu": "Telugu",
    "Gujr": "Gujarati", "Guru": "Gurmukhi", "Mlym": "Malayalam", "Knda": "Kannada", "Orya": "Odia", "Sinh": "Sinhala",
    "Thai": "Thai", "Laoo": "Lao", "Khmr": "Khmer", "Mymr": "Burmese", "Tibt": "Tibetan", "Geor": "Georgian",
    "Armn": "Armenian", "Ethi": "Ethiopic", "Mong": "Mongolian", "Thaa": "Thaana", "Tfng": "Tifinagh", "Cher": "Cherokee",
    "Cans": "Canadian Aboriginal", "Nkoo": "N'Ko", "Olck": "Ol Chiki", "Mtei": "Meetei Mayek", "Yiii": "Yi",
}  # fmt: skip

_BY_LANGUAGE = {
    name: script
    for script, names in {
        "Han": "zh yue wuu nan hak gan cdo",
        "Japanese": "ja",
        "Korean": "ko",
        "Cyrillic": "ru uk be bg mk sr kk ky tg mn tt ba cv ce os ab av kv cu krc",
        "Arabic": "ar fa ur ps ckb sd ug ks arz ary apc prs bal",
        "Hebrew": "he yi",
        "Greek": "el",
        "Devanagari": "hi mr ne sa awa bho mai hne mag doi brx kok raj",
        "Bengali": "bn as",
        "Tamil": "ta",
        "Telugu": "te",
        "Gujarati": "gu",
        "Gurmukhi": "pa",
        "Malayalam": "ml",
        "Kannada": "kn",
        "Odia": "or",
        "Sinhala": "si",
        "Thai": "th",
        "Lao": "lo",
        "Khmer": "km",
        "Burmese": "my shn",
        "Tibetan": "bo dz",
        "Georgian": "ka",
        "Armenian": "hy",
        "Ethiopic": "am ti wal",
        "Thaana": "dv",
        "Tifinagh": "zgh tzm",
        "Cherokee": "chr",
        "Canadian Aboriginal": "cr iu oj",
        "N'Ko": "nqo",
        "Ol Chiki": "sat",
        "Meetei Mayek": "mni",
        "Yi": "ii",
    }.items()
    for name in names.split()
}

_REGIONS_TEXT = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
_REGIONS = frozenset(_REGIONS_TEXT.split())

_VARIANT = re.compile(r"[a-z0-9]{5,8}|[0-9][a-z0-9]{3}")


@lru_cache(maxsize=512)
def normal(code: str) -> str:
    """The code in BCP 47's usual form: ``ZH_hans_cn`` becomes ``zh-Hans-CN``, ``eng`` becomes ``en``.

    Raises ``UnknownLanguage`` where the language, script or region is none that docpipe knows. Extensions and private
    use (``-u-…``, ``-x-…``) are refused too: no format that docpipe writes could carry them.
    """
    parts = code.strip().replace("_", "-").split("-")
    language = _ALIAS.get(parts[0].lower(), parts[0].lower())
    if language not in _TWO and language not in _THREE:
        raise UnknownLanguage(f"{code[:35]!r} is not a language code that docpipe knows.", language=code[:35])
    out = [language]
    rest = parts[1:]
    if rest and rest[0].title() in _SCRIPT_NAMES:
        out.append(rest.pop(0).title())
    if rest and (rest[0].upper() in _REGIONS or (len(rest[0]) == 3 and rest[0].isascii() and rest[0].isdigit())):
        out.append(rest.pop(0).upper())
    while rest and _VARIANT.fullmatch(rest[0].lower()):
        out.append(rest.pop(0).lower())
    if rest:
        raise UnknownLanguage(f"{code[:35]!r} has a part that is no script or region.", language=code[:35])
    return "-".join(out)


@lru_cache(maxsize=512)
def primary(code: str) -> str:
    """The language alone: ``pt`` of ``pt-BR``. Raises ``UnknownLanguage``."""
    return normal(code).split("-")[0]


@lru_cache(maxsize=512)
def region(code: str) -> str:
    """The region, such as ``BR`` of ``pt-BR``, or "". Raises ``UnknownLanguage``."""
    return next((p for p in normal(code).split("-")[1:] if p in _REGIONS or (len(p) == 3 and p.isdigit())), "")


@lru_cache(maxsize=512)
def script(code: str) -> str:
    """The script's name: Latin, Han, Japanese, Korean, Cyrillic, Arabic, Hebrew, Greek, Thai, … Raises ``UnknownLanguage``."""
    parts = normal(code).split("-")
    for part in parts[1:]:
        if part in _SCRIPT_NAMES:
            return _SCRIPT_NAMES[part]
    return _BY_LANGUAGE.get(parts[0], "Latin")


def spaceless(code: str) -> bool:
    """Whether sentences follow each other without a space (Chinese, Japanese). Raises ``UnknownLanguage``."""
    return script(code) in ("Han", "Japanese")


def right_to_left(code: str) -> bool:
    """Whether the script runs from right to left. Raises ``UnknownLanguage``."""
    return script(code) in ("Arabic", "Hebrew", "Thaana", "N'Ko")


@lru_cache(maxsize=512)
def same(one: str, other: str) -> bool:
    """Whether two codes may stand for each other: same language and script, and no two different regions.

    ``zh`` and ``zh-CN`` do, ``zh-Hans`` and ``zh-TW`` do not (Taiwan, Hong Kong and Macao write traditional characters).
    """
    if primary(one) != primary(other) or script(one) != script(other):
        return False
    if primary(one) == "zh" and _hans(one) and _hans(other):
        return _hans(one) == _hans(other)
    return not (region(one) and region(other)) or region(one) == region(other)


def _hans(code: str) -> str:
    """Simplified, traditional or "" for a Chinese code."""
    parts = normal(code).split("-")
    if "Hant" in parts or (region(code) in ("TW", "HK", "MO") and "Hans" not in parts):
        return "Hant"
    return "Hans" if "Hans" in parts or region(code) in ("CN", "SG") else ""
