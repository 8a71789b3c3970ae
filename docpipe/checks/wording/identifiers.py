"""Finds identifiers in a text of any language: registry numbers, ids of studies, chemistry, addresses, codes, citations.

Imports the core and its own folder only. Sources of the forms: ClinicalTrials.gov, EU Clinical Trials Register, CTIS, jRCT,
UMIN-CTR, ChiCTR, CDE (CTR), ISRCTN, CAS registry number (check digit), WHO ATC, IUPAC InChI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from docpipe.checks.wording.scripts import lowered, squeezed
from docpipe.model.finding import Span

_B, _E = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_D = r"[-‐‑‒–—－]"
"""Any hyphen that word processors and translators put into identifiers."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier. ``family``: registry, chemistry, study, url, email, path, phone, citation or code. ``key``: what must stay."""

    family: str
    key: str
    span: Span


def _rx(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


_URL = _rx(r"(?:https?://|ftp://|www\.)[!-;=?-~]+[A-Za-z0-9/#=&_~-]|(?<![\w/])10\.\d{4,9}/[!-;=?-~]*[A-Za-z0-9]", re.I)
_EMAIL = _rx(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_EXTENSIONS = (
    "pdf|docx?|xlsx?|pptx?|xml|xpt|txt|csv|rtf|sas7bdat|sas|zip|dtd|xsl|html?|json|tiff?|jpe?g|png|svg|md5|tmx|xlf|r|py"
)
_PATHS = (
    _rx(
        rf"(?<![\w/.-])(?:[A-Za-z]:\\|\\\\|\.{{0,2}}/)?(?:[\w.-]{{1,120}}[/\\]){{0,20}}[A-Za-z0-9_-][\w.-]{{0,160}}\.(?:{_EXTENSIONS}){_E}",
        re.I | re.A,
    ),
    _rx(r"(?<![\w/])m[1-5]/(?:[\w.-]+/?)+", re.I | re.A),
    _rx(r"[A-Za-z]:\\(?:[^\s\\:*?\"<>|，。；]+\\?)+"),
)
_REGISTRY = (
    _rx(rf"{_B}NCT\s?\d{{8}}{_E}", re.I),
    _rx(rf"{_B}(?:19|20)\d{{2}}{_D}\d{{6}}{_D}\d{{2}}(?:{_D}\d{{2}})?{_E}"),
    _rx(rf"{_B}jRCTs?\d{{9,10}}{_E}", re.I),
    _rx(rf"{_B}UMIN(?:{_D}CTR)?\s?\d{{9}}{_E}", re.I),
    _rx(rf"{_B}JapicCTI{_D}?\d{{6}}{_E}", re.I),
    _rx(rf"{_B}ChiCTR{_D}?(?:[A-Z]{{2,4}}{_D})?\d{{8,10}}{_E}", re.I),
    _rx(rf"{_B}CTR\s?20\d{{6}}{_E}", re.I),
    _rx(rf"{_B}(?:ISRCTN\d{{8}}|ACTRN\d{{14}}|DRKS\d{{8}}|KCT\d{{7}}|IRCT\d{{9,}}(?:N\d+)?|TCTR\d{{8,11}}){_E}", re.I),
    _rx(rf"{_B}CTRI/\d{{4}}/\d{{2,3}}/\d{{5,6}}{_E}", re.I),
    _rx(rf"{_B}U1111{_D}\d{{4}}{_D}\d{{4}}{_E}"),
    _rx(rf"{_B}C[XYT][HSZ][SLRBF]\d{{7}}{_E}|{_B}J[XY][HSZ][SLB]\d{{7}}{_E}"),
)
_LOT = (
    r"(?:lot|batch|批号|批次号?|产品批号|lote|Charge(?:n)?(?:-?Nr\.?|nummer|nbezeichnung)?|Ch\.-B\.|num[eé]ro de lot|ロット(?:番号)?)"
    r"\s*(?:no\.?|number|n[.ºo°]+|nr\.?|#|号)?\s*[:：]?\s*"
)
_CHEMISTRY = (
    _rx(r"InChI=1S?/[A-Za-z0-9/().,+;?*-]+"),
    _rx(rf"[A-DGHJLMNPRSV](?<![A-Za-z0-9].)\d{{2}}[A-Z]{{2}}\d{{2}}{_E}"),
    _rx(_LOT + r"(?P<key>(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{3,})" + _E, re.I),
)
_INCHI_KEY = _rx(rf"[A-Z](?<![A-Za-z0-9].)[A-Z]{{13}}-[A-Z]{{10}}-[A-Z]{_E}")
_CAS = _rx(rf"{_B}\d{{2,7}}{_D}\d{{2}}{_D}\d{_E}")
_LED = (
    r"(?:protocol|study|trial|site|cent(?:er|re)|subject|patient|participant|report|document|randomi[sz]ation|方案|研究|试验|中心|受试者|"
    r"患者|参与者|报告|文件|随机|protocolo|estudio|ensayo|centro|sujeto|paciente|informe|Protokoll|Studien?|Prüfplan|Zentrum|Zentrums|Patienten|"
    r"Proband(?:en)?|Prüfzentrum|Bericht|protocole|étude|essai|sujet|治験実施計画書|被験者|試験)"
    r"[\s-]*(?:identifier|identification|no\.?|number|id\.?|code|#|n[.ºo°]+|núm(?:ero)?\.?|nr\.?|nummer|kennung|编号|号码?|代码|识别代码|番号)"
    r"\s*[:：]?\s*"
)
_STUDY = (
    _rx(_LED + r"(?P<key>(?=[A-Z0-9/_.-]*\d)[A-Z0-9][A-Z0-9/_.-]*[A-Z0-9])" + _E, re.I),
    _rx(
        rf"{_B}(?=[A-Z0-9]{{0,9}}[A-Z])[A-Z0-9]{{2,10}}{_D}(?:[A-Z0-9]{{1,20}}{_D}){{0,5}}\d{{3,20}}[A-Z]?(?:{_D}[A-Z0-9]{{1,20}}){{0,5}}{_E}"
    ),
    _rx(rf"{_B}(?=[A-Z0-9]{{0,9}}[A-Z])[A-Z0-9]{{2,10}}(?:{_D}[A-Z0-9]{{1,20}}){{1,5}}{_D}\d{{2,20}}{_E}"),
    _rx(rf"{_B}\d{{2,4}}{_D}\d{{3}}{_D}\d{{3,4}}{_E}"),
)
_PHONE = (
    _rx(r"(?<![\w+])\+\d{1,3}[\s().\d-]{6,}\d"),
    _rx(
        r"(?:\b(?:tel|phone|fax|teléfono|Telefon|téléphone)|电话|传真|電話)[^\d\n]{0,12}(?P<key>\(?\d[\d\s().-]{5,}\d)",
        re.I,
    ),
)
_CITATION = (
    _rx(r"[\[［【](?P<key>\d{1,3}(?:\s*[-–,，、]\s*\d{1,3})*)[\]］】]"),
    _rx(r"(?<![\w'’-])(?P<key>[A-Z][\w'’-]{1,60})\s+et\s+al\b", re.U),
    _rx(
        r"[(（;；]\s*(?P<key>[A-Z][\w'’-]{1,60})(?:\s*(?:&|and|和|y|und|et)\s*[A-Z][\w'’-]+)?[,，]\s*(?:19|20)\d{2}[a-z]?",
        re.U,
    ),
)
_CODE = _rx(r"[A-Za-z0-9]+(?:[-‐‑/][A-Za-z0-9]+)*")

# What a text must hold for the slower patterns above to find anything; looked for in lower case where letter case does not matter.
_DIGIT = _rx(r"\d")
_EXTENSION = _rx(rf"\.(?:{_EXTENSIONS}){_E}", re.I | re.A)
_REGISTERED = _rx(r"\d{5}|U1111")
_JOINT = _rx(rf"{_D}(?<=[A-Z\d].)[A-Z\d]")
_LABELLED = _rx(
    r"(?:identifi(?:er|cation)|no\.?|number|id\.?|code|#|n[.ºo°]+|núm(?:ero)?\.?|nr\.?|nummer|kennung|编号|号码?|代码|番号)"
    r"\s*[:：]?\s*[a-z/_.-]{0,64}+[a-z\d/_.-]"
)
_ET_AL = _rx(r"et\s+al")
_LABEL_LED = _rx(r"[lyertnomisd案究验心者告件机書験\s-]")
"""How the words end that lead an id (``_LED``), and what may stand between them and its label; not the v of covid-19."""
_CAS_TAIL = _rx(rf"{_D}\d{{2}}{_D}\d")
_STUDY_TAILS = (_rx(rf"{_D}\d{{3}}"), _rx(rf"{_D}[A-Z0-9]{{1,20}}{_D}\d{{2}}"), _rx(rf"{_D}\d{{3}}{_D}\d{{3}}"))
_LOT_WORDS = ("lot", "batch", "批号", "批次", "charge", "ch.-b.", "ロット")
_PHONE_WORDS = ("tel", "phone", "fax", "电话", "传真", "電話")

_UNIT = r"(?:[kmµμndc]?(?:g|L|l|m|M|mol|IU|Eq|Sv|Gy|Hz|Pa|J|V|A|Bq|Da|s|W|B)|kcal|min|h|hr|hrs|d|wk|mo|yr|x|X|th|st|nd|rd|U|E|K|C|F|bpm|bp|kb|kDa|mmHg|mcg|CFU|PFU)"
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Ene|Abr|Ago|Dic|Mär|Mai|Okt|Dez)[a-z]*"
_NO_CODE = _rx(
    rf"(?i:\d+-?{_UNIT}(?:[-/]{_UNIT}\d?)*)|(?i:\d*-?{_MONTHS}-?\d*(?:-\d+)?)|[a-zß-ÿ][A-Za-zß-ÿ]*-?\d*(?:[-/]\d+)*|[A-Z][a-z]{{2,}}s?-?\d+(?:[-/]\d+)*"
    r"|\d+(?:[-/](?:[a-zß-ÿ]+|[A-Z]?[a-z]{2,}))+|\d+[a-z]{1,12}|C\d+D\d+|[DWMVCQ]\d{1,3}|\d+[EeXx][-+]?\d+|Q\d+[WHDM]|\d+(?:-\d+)+|\d+s"
    r"|[A-Za-z]+/\d+|\d+/[A-Za-z]+|[NnPp]\d{1,2}|(?:[A-Za-z]+-)*[a-z]{3,}(?:-[A-Za-z0-9]+)*|V\d+"
)


_LONGEST_CODE = 80
"""Longer runs are no codes, and patterns that look back would take long over them."""

_ICD = re.compile(r"^(?:CIM|CIE|CID)(?=-?\d\d)")
"""The International Classification of Diseases in French, Spanish and Portuguese."""


def _cas_holds(text: str) -> bool:
    """Whether the last digit is the check digit of a CAS registry number."""
    digits = [int(c) for c in text if c.isdigit()]
    return sum(n * d for n, d in enumerate(reversed(digits[:-1]), 1)) % 10 == digits[-1]


def _raw(text: str) -> Iterator[tuple[str, Span]]:
    """Family and span of all candidates, the surer ones first."""
    has_digits = _DIGIT.search(text) is not None
    if "." in text or "/" in text or "@" in text:
        for family, pattern in _addresses(text):
            for m in pattern.finditer(text):
                yield family, m.span()
    for family, pattern in _numbered(text) if has_digits else ():
        for m in pattern.finditer(text):
            if pattern is not _CAS or _cas_holds(m.group()):
                yield family, m.span("key" if "key" in pattern.groupindex else 0)
    if "-" in text:
        for m in _INCHI_KEY.finditer(text):
            yield "chemistry", m.span()
    marks, authors, dated_authors = _CITATION
    for pattern, likely in ((marks, has_digits), (authors, _ET_AL.search(text)), (dated_authors, has_digits)):
        for m in pattern.finditer(text) if likely else ():
            yield "citation", m.span("key")
    if has_digits:
        for span in _codes(text):
            yield "code", span


def _addresses(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Those patterns of addresses and paths that may find something."""
    if "://" in text or "10." in text or "www." in lowered(text):
        yield "url", _URL
    if "@" in text:
        yield "email", _EMAIL
    if _EXTENSION.search(text):
        yield "path", _PATHS[0]
    if "/" in text:
        yield "path", _PATHS[1]
    if ":\\" in text:
        yield "path", _PATHS[2]


def _numbered(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Those patterns of identifiers with digits that may find something, the surer ones first."""
    low, joint = lowered(text), _JOINT.search(text) is not None
    if _REGISTERED.search(text):
        for pattern in _REGISTRY:
            yield "registry", pattern
    if "InChI=" in text:
        yield "chemistry", _CHEMISTRY[0]
    yield "chemistry", _CHEMISTRY[1]
    if any(word in low for word in _LOT_WORDS):
        yield "chemistry", _CHEMISTRY[2]
    if joint and _CAS_TAIL.search(text):
        yield "chemistry", _CAS
    if "+" in text:
        yield "phone", _PHONE[0]
    if any(word in low for word in _PHONE_WORDS):
        yield "phone", _PHONE[1]
    if any(_LABEL_LED.match(low, m.start() - 1) for m in _LABELLED.finditer(low) if m.start()):
        yield "study", _STUDY[0]
    for tail, pattern in zip(_STUDY_TAILS, _STUDY[1:], strict=True) if joint else ():
        if tail.search(text):
            yield "study", pattern


_ASCII_DIGIT = re.compile("[0-9]")
_OF_CODES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-‐‑/")


def _codes(text: str) -> Iterator[Span]:
    """Codes of letters and digits, looked for round each digit, since most words have none."""
    done = 0
    while (digit := _ASCII_DIGIT.search(text, done)) is not None:
        start, end = digit.start(), digit.end()
        while start > done and text[start - 1] in _OF_CODES:
            start -= 1
        while end < len(text) and text[end] in _OF_CODES:
            end += 1
        if not text[start:end].isdigit():
            for m in _CODE.finditer(text, start, end):
                inner = _code_within(m.group()) if m.end() - m.start() <= _LONGEST_CODE else None
                if inner:
                    yield m.start() + inner[0], m.start() + inner[1]
        done = end


_WORDS_BEFORE = re.compile(r"(?:[A-Za-z]?[a-z]{2,}-)*")
_WORDS_BEHIND = re.compile(r"(?:[-‐‑](?:[a-z]{3,}))*$")


@lru_cache(maxsize=8192)
def _code_within(run: str) -> Span | None:
    """The code of a run of letters, digits and hyphens: PD1 of Anti-PD1-treated, where words of the language are joined on."""
    before, behind = _WORDS_BEFORE.match(run), _WORDS_BEHIND.search(run)
    start, end = before.end() if before else 0, behind.start() if behind else len(run)
    start, end = (start, end) if start < end else (0, len(run))
    word = run[start:end]
    named = any(c.isdigit() for c in word) and any(c.isalpha() for c in word) and not _NO_CODE.fullmatch(word)
    return (start, end) if named else None


def key_of(family: str, text: str) -> str:
    """The form in which two writings of one identifier are equal."""
    plain = squeezed(text)
    if family == "phone":
        return "".join(c for c in plain if c.isdigit())
    if family == "citation":
        return plain.replace(" ", "").replace("、", ",")
    if family in ("url", "email", "path"):
        return plain.rstrip(".,;:)").removesuffix("/")
    return _ICD.sub("ICD", plain.replace(" ", "").upper())


@lru_cache(maxsize=8192)
def identifiers(text: str) -> tuple[Identifier, ...]:
    """All identifiers by place; where two overlap, the surer family has it."""
    found: list[Identifier] = []
    taken = bytearray(len(text))
    for family, (start, end) in _raw(text):
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            found.append(Identifier(family, key_of(family, text[start:end]), (start, end)))
    return tuple(sorted(found, key=lambda i: i.span))


@lru_cache(maxsize=1024)
def _dense(plain: str) -> str:
    return lowered("".join(plain.split()))


def present(identifier: Identifier, text: str) -> bool:
    """Whether the identifier stands in the text, however its hyphens, spaces and widths are written."""
    if any(other.key == identifier.key for other in identifiers(text)):
        return True
    plain = squeezed(text)
    if identifier.family == "phone":
        return identifier.key in "".join(c for c in plain if c.isdigit())
    # Without spaces and case it must stand there at least: quicker to see than to compile a pattern for nothing.
    if identifier.key.isascii() and "".join(identifier.key.split()).lower() not in _dense(plain):
        return False
    loose = r"[\s]?".join(re.escape(c) for c in identifier.key)
    flags = re.I if identifier.family not in ("url", "path") else 0
    return re.search(rf"(?<![A-Za-z0-9]){loose}(?![A-Za-z0-9])", plain, flags) is not None
