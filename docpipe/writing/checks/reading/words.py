"""Words that checks of drafts look for: negation, direction, causes, praise, dates, sets. Standard library only."""

from __future__ import annotations

import re

NEGATION = re.compile(
    r"\b(?:no|not|none|nor|neither|never|without|cannot|nobody|nothing|no one|(?:did|does|do|was|were|is|are|has|have|had|could|would|should)n['’]t)\b",
    re.IGNORECASE,
)
HIDDEN_NEGATION = re.compile(
    r"\b(?:absen(?:t|ce)|lack(?:ed|ing|s)?|fail(?:ed|ure|s)?|discontinu\w+|withdr\w+|unrelated|unknown|unlikely|non-?\w+|free of|zero|(?<![\d.,])0(?![\d.,])|missing|exclud\w+|prematurely)\b",
    re.IGNORECASE,
)
UP = re.compile(
    r"\b(?:higher|greater|larger|longer|more (?:frequent|common|often|subjects|patients|participants)|more frequently|increase[sd]?|increasing|rose|exceeded|older|heavier|elevated)\b",
    re.IGNORECASE,
)
DOWN = re.compile(
    r"\b(?:lower|smaller|shorter|fewer|less (?:frequent|common|often)|less frequently|decrease[sd]?|decreasing|reduced|reduction|fell|declin(?:e|ed)|younger|lighter)\b",
    re.IGNORECASE,
)
SAME = re.compile(r"\b(?:similar|comparable|the same|balanced|equal)\b", re.IGNORECASE)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_M3 = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DATES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("2 July 2014", re.compile(rf"\b(\d{{1,2}}) ({MONTHS}),? (\d{{4}})\b")),
    ("July 2, 2014", re.compile(rf"\b({MONTHS}) (\d{{1,2}}),? (\d{{4}})\b")),
    ("2014-07-02", re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")),
    ("02JUL2014", re.compile(rf"\b(\d{{1,2}})[ -]?({_M3})[ -]?(\d{{4}})\b", re.IGNORECASE)),
    ("02/07/2014", re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})\b")),
)
PROMOTIONAL = re.compile(
    r"\b(?:breakthrough|excellent|outstanding|remarkabl[ey]|impressive(?:ly)?|dramatic(?:ally)?|unprecedented|best[- ]in[- ]class|first[- ]in[- ]class|game[- ]chang\w+|"
    r"revolutionary|cutting[- ]edge|state[- ]of[- ]the[- ]art|proven|proves?|unique(?:ly)?|superb|ideal(?:ly)?|highly effective|very effective|completely safe|"
    r"safe and (?:effective|well[- ]tolerated)|was safe|is safe|were safe|well[- ]tolerated|miracle|robust(?:ly)? effica\w+|clearly (?:superior|better|demonstrat\w+)|"
    r"undoubtedly|unquestionabl[ey]|superior(?:ity)?|trend(?:s|ed)? (?:towards?|to)|trending (?:towards?|to)|promising|favou?rable safety)\b",
    re.IGNORECASE,
)
CAUSAL = re.compile(
    r"\b(?:due to|caused by|causes|caused|because of|owing to|as a result of|resulted from|attributable to|attributed to|induced by|\w+-induced|led to|leading to|"
    r"secondary to|thanks to|triggered by)\b",
    re.IGNORECASE,
)
OPINION = re.compile(
    r"\binvestigator|\bconsidered|\bassessed|\breported (?:as|by)|\bjudged|\brelated\b|\bcausalit|\bopinion|\bsponsor's assessment",
    re.IGNORECASE,
)
CAUSE_OF_LABEL = re.compile(
    r"(?:discontinu\w+|withdr[ae]w\w*|terminat\w+|died|death|left|stopp\w+|interrupt\w+|reduc\w+|modif\w+|exclud\w+|missing|not (?:done|complet\w+|available))[^.;]{0,80}$",
    re.IGNORECASE,
)
"""Before a causal word: reasons of disposition, which the data record as such."""
RESIDUE = re.compile(
    r"<[A-Za-z][^<>]{0,60}>|\{\{|\}\}|\{%|%\}|\[(?:insert|add|select|choose|delete|tbd|tbc|xx+|to be|name|date|number|drug|sponsor|company|placeholder|author|n=|if applicable|e\.g\.)[^\]]{0,80}\]"
    r"|\b(?:TBD|TBC|TODO|FIXME|XX+|lorem ipsum|tk tk)\b|usdm:|\bAs an AI\b|\b(?:as|I am) a(?:n AI)? language model\b|\bI (?:cannot|can't|am unable to)\b|\bhere is the (?:paragraph|text|section|draft)\b"
    r"|\bsure[,!] here\b|\bcertainly[,!]|\[\[|\]\]|[\ue000-\ue00f]|\\u[0-9a-f]{4}|\bundefined\b|\bNaN\b|\bnull\b|\?\?\?+|Error! Reference source not found|</?\d+/?>|^\s*```|\(\s*[,;]?\s*\)|\[\s*[,;]?\s*\]",
    re.IGNORECASE,
)
CONTRACTION = re.compile(
    r"\b(?:\w+n['’]t|it['’]s|that['’]s|there['’]s|we['’](?:re|ve|ll)|they['’](?:re|ve|ll)|I['’]m|let['’]s|who['’]s)\b",
    re.IGNORECASE,
)
PERSON = re.compile(r"\b(?:I|[Ww]e|[Oo]urs?|us|[Mm]y|[Yy]ours?|[Yy]ou)\b")
FUTURE = re.compile(
    r"\b(?:will (?:be |have |not )?\w+|shall|is going to|are going to|is planned to|are planned to)\b", re.IGNORECASE
)
UK = re.compile(
    r"\b(?:randomis\w+|analys(?:e|es|ed|ing)\b(?<!analyses)|summaris\w+|characteris\w+|haemo\w+|oede\w+|diarrhoea|anaem\w+|tumour\w*|centres?|programmes?|behaviou?rs?(?<=our)|colour\w*|hospitalis\w+|utilis\w+|minimis\w+|paediatric\w*|oesoph\w+|leuk?ocyt\w+(?!.)|labelled|titre)\b",
    re.IGNORECASE,
)
US = re.compile(
    r"\b(?:randomiz\w+|analyz\w+|summariz\w+|characteriz\w+|hemo(?:globin|rrhage|lysis)\w*|edema\w*|diarrhea|anemi\w+|tumors?|centers?|programs?|behaviors?|color\w*|hospitaliz\w+|utiliz\w+|minimiz\w+|pediatric\w*|esophag\w+|labeled|titer)\b",
    re.IGNORECASE,
)
SETS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Modified Intent-to-Treat", re.compile(r"\b(?:modified intent(?:ion)?[- ]to[- ]treat|mITT)\b", re.IGNORECASE)),
    ("Intent-to-Treat", re.compile(r"(?<!modified )\bintent(?:ion)?[- ]to[- ]treat\b|\bITT\b", re.IGNORECASE)),
    ("Full Analysis Set", re.compile(r"\bfull analysis set\b|\bFAS\b", re.IGNORECASE)),
    ("Safety", re.compile(r"\bsafety (?:analysis )?(?:population|set)\b", re.IGNORECASE)),
    ("Efficacy", re.compile(r"\befficacy (?:analysis )?(?:population|set)\b", re.IGNORECASE)),
    ("Per-Protocol", re.compile(r"\bper[- ]protocol (?:analysis )?(?:population|set|subjects|patients)\b|\bPP (?:population|set)\b|\bPPS\b", re.IGNORECASE)),
    ("Enrolled", re.compile(r"\benrolled (?:analysis )?(?:population|set)\b", re.IGNORECASE)),
    ("Randomized", re.compile(r"\b(?:all[- ])?randomi[sz]ed (?:analysis )?(?:population|set)\b", re.IGNORECASE)),
)  # fmt: skip


def sets_in(text: str) -> list[tuple[int, int, str]]:
    """Analysis sets that a text names: offsets and the set's name."""
    return sorted((m.start(), m.end(), name) for name, pattern in SETS for m in pattern.finditer(text))


def dates_in(text: str) -> list[tuple[int, int, str, tuple[str, ...]]]:
    """Dates in a text: offsets, form, parts as written."""
    found: list[tuple[int, int, str, tuple[str, ...]]] = []
    for form, pattern in DATES:
        for m in pattern.finditer(text):
            if not any(a < m.end() and m.start() < b for a, b, _, _ in found):
                found.append((m.start(), m.end(), form, m.groups()))
    return sorted(found)


def iso_date(form: str, parts: tuple[str, ...]) -> str:
    """ISO 8601 of a date found by ``dates_in``; "" where day and month cannot be told apart."""
    months = MONTHS.split("|")
    short = _M3.split("|")
    match form:
        case "2 July 2014":
            return f"{parts[2]}-{months.index(parts[1]) + 1:02d}-{int(parts[0]):02d}"
        case "July 2, 2014":
            return f"{parts[2]}-{months.index(parts[0]) + 1:02d}-{int(parts[1]):02d}"
        case "2014-07-02":
            return "-".join(parts)
        case "02JUL2014":
            return f"{parts[2]}-{short.index(parts[1].capitalize()) + 1:02d}-{int(parts[0]):02d}"
    return ""
