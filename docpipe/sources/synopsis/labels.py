"""What the labels of a synopsis mean. Imports the standard library only.

Source: the labels of ICH E3, annex I, and of ICH M11, 1.1, with the words that sponsors put for them.
"""

from __future__ import annotations

import re

_STUDY = r"(?:(?:clinical|research)\s+)?(?:study|trial|protocol)"
_NUMBER = r"(?:no\.?|numbers?|nr\.?|id(?:entifier)?s?|identification(?: number)?|codes?)"
_KEY = r"(?:(?:main|key|principal|diagnosis and main)\s+)?"
_LEVELS = {"primary": "primary", "main": "primary", "co-primary": "primary", "key secondary": "secondary", "secondary": "secondary",
           "exploratory": "exploratory", "tertiary": "exploratory", "other": "exploratory"}  # fmt: skip
_LEVEL = rf"(?:(?P<level>{'|'.join(sorted(_LEVELS, key=len, reverse=True))})\s+)?(?:(?:efficacy|safety|and|/|&)\s+)*"
_ALL = (
    ("short_title", r"(?:short|brief|public)\s+title"),
    ("acronym", rf"(?:{_STUDY}\s+)?acronym"),
    ("title", rf"(?:title|(?:full|official|scientific)\s+title(?:\s+of\s+(?:the\s+)?{_STUDY})?|title\s+of\s+(?:the\s+)?{_STUDY}|{_STUDY}\s+title)"),
    ("eu_number", rf"(?:eudract|eu\s*ct|eu\s*trial)(?:\s+{_NUMBER})?"),
    ("nct_number", rf"(?:nct|clinicaltrials\.gov)(?:\s+{_NUMBER})?"),
    ("ind_number", rf"(?:us\s+|fda\s+)?ind(?:\s+{_NUMBER})?"),
    ("identifier", rf"(?:sponsor(?:'s|’s)?\s+)?{_STUDY}\s+{_NUMBER}|sponsor\s+protocol\s+identifier"),
    ("version", r"(?:protocol\s+)?version(?:\s+(?:no\.?|number))?|version\s+(?:and|/)\s*date"),
    ("date", r"(?:protocol\s+|version\s+)?date(?:\s+of\s+(?:protocol|version))?"),
    ("address", r"(?:sponsor(?:'s|’s)?\s+)?(?:legal\s+)?address"),
    ("sponsor", r"(?:name\s+of\s+)?(?:the\s+)?(?:sponsor|company|sponsor\s*/\s*company)(?:\s+name)?"),
    ("phase", rf"(?:{_STUDY}\s+|development\s+|clinical\s+)?phase(?:\s+of\s+(?:development|{_STUDY}))?"),
    ("indication", r"(?:target\s+)?(?:indications?|conditions?|diseases?)(?:\s+(?:studied|under\s+study))?|therapeutic\s+indication"),
    ("rationale", rf"(?:{_STUDY}\s+|background\s+and\s+)?rationale(?:\s+for\s+the\s+{_STUDY})?|background(?:\s+and\s+rationale)?"),
    ("aims", rf"objectives?\s+and\s+(?:estimands?|endpoints?|end\s*points?)|{_STUDY}\s+objectives?\s+and\s+endpoints?"),
    ("estimands", r"(?:primary\s+)?estimands?"),
    ("objectives", rf"{_LEVEL}(?:{_STUDY}\s+)?objectives?(?:\(s\))?(?:\s+of\s+the\s+{_STUDY})?"),
    ("endpoints", rf"{_LEVEL}(?:{_STUDY}\s+)?(?:endpoints?|end\s*points?|outcomes?(?:\s+measures?)?|variables?|criteria\s+for\s+evaluation)(?:\(s\))?(?:\s*/\s*variables?)?"),
    ("model", r"intervention\s+model"),
    ("blinding", r"(?:type\s+of\s+)?(?:blinding|masking)"),
    ("allocation", r"(?:randomi[sz]ation|allocation|treatment\s+allocation|stratification)"),
    ("design", rf"(?:{_STUDY}\s+|overall\s+)?(?:design|methodology)(?:\s+of\s+(?:the\s+)?{_STUDY})?|(?:overall\s+)?{_STUDY}\s+(?:design|type)"),
    ("inclusion", rf"{_KEY}(?:criteria\s+for\s+inclusion|inclusion\s+criteria)"),
    ("exclusion", rf"{_KEY}(?:criteria\s+for\s+exclusion|exclusion\s+criteria)"),
    ("criteria", rf"{_KEY}(?:eligibility\s+criteria|inclusion\s*(?:/|and)\s*exclusion\s+criteria)"),
    ("size", r"(?:planned\s+|approximate\s+|total\s+)?(?:number\s+of\s+(?:participants|subjects|patients|volunteers)|sample\s+size)(?:\s*\(?planned\)?)?(?:\s+(?:determination|justification|calculation))?"),
    ("population", rf"(?:{_STUDY}\s+|target\s+|patient\s+)?population|(?:participants|subjects|patients)"),
    ("age", r"ages?(?:\s+range)?"), ("sex", r"sex(?:es)?|gender"),
    ("arms", r"(?:treatment|study|trial)\s+(?:groups?|arms?)|arms?(?:\s+and\s+interventions?)?|treatment\s+groups?\s+and\s+duration"),
    ("reference", r"(?:reference|comparator|control)(?:\s+(?:therapy|product|treatment|drug))?(?:\s*,?\s*dose.*)?|comparator\(s\)"),
    ("intervention", rf"(?:name\s+of\s+)?(?:the\s+)?(?:investigational(?:\s+medicinal)?\s+(?:products?|drugs?)|{_STUDY}\s+(?:drugs?|treatments?|interventions?|products?|medication)|test\s+products?|treatments?|interventions?|active\s+(?:ingredient|substance))(?:\(s\))?(?:\s*,\s*(?:dose|dosage).*)?"),
    ("dosage", r"(?:dose|dosage|dosing)(?:\s+(?:regimen|and\s+(?:mode|route)\s+of\s+administration))?|route\s+of\s+administration"),
    ("participation", rf"duration\s+of\s+(?:participation|the\s+{_STUDY}|{_STUDY})(?:\s+participation)?|{_STUDY}\s+(?:duration|period)|planned\s+duration\s+of\s+participation"),
    ("given_for", r"duration\s+of\s+(?:treatment|intervention|dosing)|treatment\s+(?:duration|period)|planned\s+duration\s+of\s+(?:trial\s+)?intervention"),
    ("statistics", r"statistic(?:s|al\s+(?:methods?|considerations?|analys[ie]s|plan))(?:\s+(?:and|/)\s+.*)?|(?:planned\s+)?analys[ie]s"),
    ("analysis_sets", r"analysis\s+(?:sets?|populations?)"),
    ("safety", r"safety(?:\s+(?:assessments?|evaluations?|variables?))?"),
    ("efficacy", r"efficacy(?:\s+(?:assessments?|evaluations?|variables?))?"),
    ("committees", r"(?:independent\s+)?(?:data\s+monitoring\s+)?committees?|dmc|dsmb"),
    ("sites", r"(?:number\s+of\s+)?(?:study\s+|trial\s+)?(?:sites|cent(?:re|er)s?)(?:\s+and\s+countries)?|countries"),
    ("visits", rf"(?:schedule\s+of\s+(?:activities|assessments|events)|visit\s+schedule|{_STUDY}\s+(?:schedule|visits)|flow\s*chart|time\s+and\s+events\s+table)"),
    ("abbreviations", r"(?:list\s+of\s+)?abbreviations"),
)  # fmt: skip
_FORMS = tuple((name, re.compile(form, re.IGNORECASE)) for name, form in _ALL)
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*\.?|[a-z]\))\s+", re.IGNORECASE)


def label_of(text: str) -> tuple[str, str]:
    """What a label means and the level that it names (``primary``), both "" for what is no label."""
    said = " ".join(_NUMBERED.sub("", text.strip()).split()).rstrip(" :.–-")
    if not said or len(said) > 90:
        return "", ""
    for name, form in _FORMS:
        if m := form.fullmatch(said):
            level = m.groupdict().get("level") or ""
            return name, _LEVELS.get(level.casefold(), "")
    return "", ""


_ALONE = re.compile(
    rf"(?P<level>{'|'.join(sorted(_LEVELS, key=len, reverse=True))})\s*(?:objectives?|endpoints?|end\s*points?|outcomes?|variables?)?(?:\(s\))?\s*(?P<colon>:)?\s*",
    re.IGNORECASE,
)


def level_of(text: str) -> tuple[str, int]:
    """The level that a text is only, or that it begins with before a colon, and how many characters that takes; "" and 0 for none."""
    m = _ALONE.match(text)
    if m is None or not (m["colon"] or m.end() == len(text)):
        return "", 0
    return _LEVELS[m["level"].casefold()], m.end()
