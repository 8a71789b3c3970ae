"""What is left to translate of a text once numbers, codes, units, names and Latin are taken away. Imports the core and its folder.

Tells a legal identity (target = source) from a forgotten translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from docpipe.checks.wording.identifiers import identifiers
from docpipe.checks.wording.languages import FUNCTION_WORDS
from docpipe.checks.wording.scripts import CJK_RUN, latin_words, word_set

_UNITS = word_set(
    "mg kg g ng pg mcg µg μg ml dl l µl μl mmol nmol µmol μmol pmol mol mm cm m km nm µm μm min h hr hrs s sec d wk mo yr iu u kiu meq "
    "mosm kda da kcal kj j hz mhz ghz kpa pa mmhg bpm rpm ppm ppb w kw v mv gy mgy sv msv mbq bq kbp bp cfu pfu vol wt v/v w/w x"
)
_LATIN = word_set(
    "in vitro vivo situ silico ex utero et al etc e.g i.e vs versus per se de novo ad hoc libitum via sp spp subsp var cf ca ibid op cit nos "
    "po iv sc im bid tid qd qid qod prn q.d b.i.d p.o i.v s.c i.m r p n t f z log ln exp sin cos max min sd se ci or rr hr df covid sars mers ncov"
)
_BINOMIAL = re.compile(
    r"[A-Z](?<![A-Za-z].)(?:[a-z]{3,}|\.)\s(?:[a-z]{3,}(?:us|is|um|ae|i|a|ens|es|or|ex|ii|on|e))(?![A-Za-z])"
)
_REFERENCE = re.compile(r"(?:19|20)\d{2}\s*;\s*\d+|\bet al\b.*\b(?:19|20)\d{2}\b|\bdoi:|\d+\s*\(\d+\)\s*:\s*[eE]?\d+")
_JOINED = re.compile(r"(?<![A-Za-z])[A-Za-z]{0,40}\d[\w.-]*")
_DIGIT = re.compile(r"\d")

# Words of reports' tables and headings that no reader takes for a name and that differ between the languages.
_COMMON_TEXT = {
    "en": "adverse event events treatment treatments study studies trial trials subject subjects patient patients drug drugs dose doses week "
    "weeks day days month months year years baseline visit visits safety efficacy table tables figure figures summary results result "
    "discussion conclusion conclusions introduction background objectives endpoints endpoint criteria screening age sex male female race "
    "weight height mean range number percentage group groups arm arms change status yes no date version page appendix title sponsor "
    "investigator site sites blood pressure heart rate body temperature test tests disease diseases serious mild moderate severe death "
    "deaths withdrawal discontinuation discontinued completed overall population set analysis analyses statistical methods end start first last "
    "before after follow-up follow up storage store tablet tablets powder solution injection name address contents list white asian black "
    "unknown missing other never former current smoker reason reasons outcome recovered ongoing related concentration excretion toxicity",
    "es": "acontecimiento acontecimientos adverso adversos adversa tratamiento estudio estudios ensayo sujeto sujetos paciente pacientes "
    "fármaco medicamento dosis semana semanas día días mes meses año años visita seguridad eficacia tabla figura resumen resultados "
    "conclusiones antecedentes objetivos criterios edad sexo hombre mujer peso talla media número grupo cambio sí fecha versión página "
    "anexo título promotor investigador centro sangre enfermedad grave leve moderado muerte población análisis métodos comprimidos",
    "de": "unerwünschte unerwünschtes ereignis ereignisse behandlung studie studien prüfung patient patienten arzneimittel dosis woche "
    "wochen tag tage monat monate jahr jahre besuch sicherheit wirksamkeit tabelle abbildung zusammenfassung ergebnisse "
    "schlussfolgerung einleitung hintergrund ziele kriterien alter geschlecht männlich weiblich gewicht größe mittelwert anzahl gruppe "
    "änderung ja nein datum fassung seite anhang titel sponsor prüfer prüfzentrum blut krankheit erkrankung schwer leicht mäßig tod "
    "population auswertung methoden tabletten lösung pulver",
    "fr": "événement événements indésirable indésirables traitement étude étude essai sujet sujets patient patients médicament dose semaine "
    "semaines jour jours mois année années visite sécurité efficacité tableau résumé résultats conclusions contexte objectifs critères "
    "âge sexe homme femme poids taille moyenne nombre groupe changement oui non date version annexe titre promoteur investigateur centre "
    "sang maladie grave léger modéré décès population analyse méthodes comprimés",
}  # fmt: skip
COMMON_WORDS = {language: frozenset(text.split()) for language, text in _COMMON_TEXT.items()}

COGNATES = word_set(
    "placebo hospital total normal control error media final dental fatal viral oral local general index virus tumor material original "
    "radio animal vital region status symptom symptoms vaccine test abdominal renal protocol version data mortality"
)
"""Words that English shares with a language in Latin letters, yet not with one in another script."""


def _blank(m: re.Match[str]) -> str:
    return " " * len(m.group())


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[str, ...]:
    kept, at = "", 0
    for found in identifiers(text):
        kept += text[at : found.span[0]] + " " * (found.span[1] - found.span[0])
        at = found.span[1]
    kept = _BINOMIAL.sub(_blank, kept + text[at:])
    kept = _JOINED.sub(_blank, kept) if _DIGIT.search(kept) else kept
    out = [] if kept.isascii() else CJK_RUN.findall(kept)
    for word in latin_words(kept):
        if len(word) < 3 and word.lower() not in ("no", "ja", "sí", "si"):
            continue
        if word.lower() in _UNITS or word.lower() in _LATIN:
            continue
        if any(c.isupper() for c in word[1:]) and not (word.isupper() and len(word) > 6):
            continue
        out.append(word)
    return tuple(out)


def words_to_translate(text: str, kept: Iterable[str] = ()) -> tuple[str, ...]:
    """Words and CJK runs that are no number, code, unit, abbreviation, Latin phrase or organism, nor in ``kept`` (do-not-translate)."""
    for term in sorted(kept, key=len, reverse=True):
        if term:
            text = text.replace(term, " ")
    return _words(text)


def is_reference(text: str) -> bool:
    """Whether it reads as an entry of a reference list, which stays in its language."""
    return (";" in text or ":" in text or "et al" in text) and _REFERENCE.search(text) is not None


@lru_cache(maxsize=64)
def _known(language: str) -> frozenset[str]:
    return COMMON_WORDS.get(language, frozenset()) | FUNCTION_WORDS.get(language, frozenset())


def is_name(words: Iterable[str], language: str) -> bool:
    """Whether all words may be parts of names: capitalised, and none a function word or a common word of reports."""
    known = _known(language)
    return all(w[0].isupper() and w.lower() not in known and not CJK_RUN.match(w) for w in words)


_ORDINAL = word_set("th st nd rd er re ère ème º ª")
_ROMANCE_ORDINAL = word_set("o a os as e")


def is_ordinal_ending(text: str, start: int, end: int, language: str) -> bool:
    """Whether a part of a text is the raised ending of an ordinal (5th, 1er, n.o), which another language may not write.

    ``language``: primary code; single letters are such endings in Romance languages alone, elsewhere they are note marks.
    """
    ending, before = text[start:end].strip().lower(), text[:start].rstrip().lower()
    known = ending in _ORDINAL or (language in ("es", "fr", "it", "pt") and ending in _ROMANCE_ORDINAL)
    return known and (before[-1:].isdigit() or before.endswith(("n.", "n")))
