"""What a protocol or plan says will be done, as a report says that it was to be done. Imports nothing of the project.

Only plain constructions are turned: a subject that can be read off, ``will be``, ``must``, ``may`` of people, a condition with ``is`` or
``are``, a passive of the present. Every turn is a replacement of a few words, so numbers stay where they are; other words stay as they
stand. A sentence with more than that is not turned, and the caller quotes it as what the source states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_ADVICE = re.compile(r"\b(?:should|might|ought|cannot)\b")
_AHEAD = re.compile(r"\b(?:will|shall)\b")
_WILL = re.compile(
    r"\b(?:will|shall)\s+(?P<not>not\s+)?(?P<adverb>(?:also|only|always|then|first|again|\w+ly)\s+)?(?P<verb>(?!(?:is|was|are|were|has|had|of|to|and|or|the|an?)\b)[a-z]+)\b(?:\s+(?P<done>[a-z]+(?:ed|en|wn|pt|ne|de|id|ut|ught|st)\b))?"
)
_DUTY = re.compile(r"\b(?P<verb>must|has to|have to|needs to|need to)\s+(?=[a-z])(?!not\b)")
_MAY = re.compile(
    r"\b(?P<who>subjects?|patients?|participants?|volunteers?|investigators?|caregivers?|sponsor|sites?|centers?|code|blind)(?P<more>\s+\w+){0,2}?\s+may\b",
    re.IGNORECASE,
)
_CAN = re.compile(r"\bcan\b(?!not)")
_PLANNED = re.compile(r"^(?:perform|conduct|do|done|carried|undertak|ma[dk]e)\w*$")
_IS = re.compile(r"\b(?P<verb>is|are|has|have|does|do)\b(?! (?:not )?to be\b)")
_PAST = {
    "is": "was", "are": "were", "has": "had", "have": "had", "does": "did", "do": "did", "must": "had to", "has to": "had to",
    "have to": "had to", "needs to": "needed to", "need to": "needed to",
}  # fmt: skip
_DONE = (
    "administered", "allocated", "allowed", "analyzed", "analysed", "applied", "approved", "asked", "assessed", "assigned", "based", "calculated", "carried",
    "censored", "checked", "chosen", "classified", "coded", "collected", "combined", "compared", "completed", "computed", "conducted", "counted",
    "defined", "derived", "described", "designed", "determined", "discontinued", "displayed", "dispensed", "documented", "entered", "estimated",
    "evaluated", "excluded", "expressed", "fixed", "fitted", "given", "graded", "grouped", "handled", "imputed", "included", "labeled", "labelled", "listed",
    "made", "measured", "monitored", "obtained", "packaged", "performed", "permitted", "planned", "pooled", "presented", "randomized", "randomised", "rated",
    "recorded", "replaced", "reported", "reviewed", "screened", "scored", "selected", "stored", "stratified", "studied", "summarized", "summarised",
    "supplied", "tabulated", "taken", "tested", "treated", "used", "verified", "withdrawn", "withheld",
)  # fmt: skip
_ACTS = {
    "approve": "approved", "attend": "attended", "complete": "completed", "enter": "entered", "give": "gave", "keep": "kept",
    "record": "recorded", "return": "returned", "review": "reviewed", "sign": "signed", "take": "took", "verify": "verified",
    "visit": "visited", "exclude": "excluded", "know": "knew",
}  # fmt: skip
_ACT = "|".join((*_ACTS, *(f"{v}s" for v in _ACTS if not v.endswith("y")), "verifies"))
_PEOPLE = r"(?:subjects?|patients?|participants?|volunteers?|investigators?|caregivers?|monitors?|committees?|boards?|sponsor|team|staff)"
_ACTED = re.compile(
    rf"\b{_PEOPLE}(?P<of>(?: of (?:each|every|the|all)(?: \w+){{1,2}})?)(?P<between>(?: also| then| first)?) (?:(?P<not>do(?:es)?) not know\b|(?P<verb>{_ACT})\b)",
    re.IGNORECASE,
)
"""People of a study and what they do, right after them: a clause that stands by itself."""
_ALSO = re.compile(
    rf"\band (?P<verb>{_ACT})\b|(?P<on>\bgoes on)\b|\b(?P<counts>counts)(?=[.;])|\b(?P<depends>depends)\b"
)
"""Verbs that go into the past with the verb before them."""
_VARIABLE = re.compile(
    r"^(?:The (?:primary|secondary|key secondary) (?:efficacy )?(?:variable|endpoint|outcome|measure)s?|(?:Study )?(?=\S*\d)[A-Z][\w./-]+(?= is an? .*\b(?:study|trial)\b)|Visits) (?P<verb>is|are)\b"
)
_PASSIVE = re.compile(
    rf"(?<!\bthat )(?<!\bwhich )(?<!\bwho )\b(?P<verb>is|are)(?= (?:not |also |only |then |first |\w+ly )?(?:{'|'.join(_DONE)})\b)"
)
_HERE = re.compile(
    r"\b(?:described|defined|detailed|given|listed|outlined|presented|provided|shown|specified)(?: \w+)? (?:below|above|here)\b"
)
_STUDY = re.compile(
    r"^(?:This|The|Our) (?:[\w-]+ ){0,2}?(?P<verb>is) (?:a|an)\b(?=.*\b(?:study|trial)\b)|^(?:This|The) (?:study|trial) (?P<verb2>is)\b"
)
_HOLDS = re.compile(
    r"\b(?:that|which|who|subjects?|patients?|participants?) (?P<verb>completes?|discontinues?|enrolls?|enrols?|experiences?|meets?|occurs?|receives?"
    r"|recurs?|requires?|resolves?|starts?|takes?|terminates?|withdraws?|worsens?|begins?)\b"
)
_HELD = {
    "begin": "began",
    "enroll": "enrolled",
    "enrol": "enrolled",
    "meet": "met",
    "occur": "occurred",
    "recur": "recurred",
    "take": "took",
    "withdraw": "withdrew",
}
_PRESENT = re.compile(
    r"\b(?:allows|depends|appears|becomes|remains|seems|exists|refers|goes|contains|begins|follows|exceeds|violates|provides|includes|verify|approves|results (?:in|from)|leads to)\b|\bcounts(?=[.;])"
    r"|\band (?:exclude|include|protect|lead|give|take|go)\b"
)
_ORDER = re.compile(
    r"^(?:Do not|Don't|Store|Protect|Keep|Use|Apply|Take|Record|Obtain|Perform|Refer|Ensure|Contact|Notify|Assess|Complete|Review|Remove|Avoid)(?! of)\b.*\.$"
)
_FINITE = re.compile(r"\b(?:is|are|was|were|will|shall|must|may|can|has|have|had|does|do|did)\b")
_BARE = re.compile(r"^[^,;]*,? ?(?:and|but|or)\s*$")
"""Between two verbs of one subject: ``will be listed but will ...``."""
_LED = re.compile(
    r"^(?:for|in|at|on|to|after|before|during|by|with|within|from|under|upon|if|when|where|unless|until|once|because|since|as|although|barring|based"
    r"|following|according|however|additionally|furthermore|moreover|otherwise|instead|finally|then|therefore|thus|also|consequently|alternatively)\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\b(?:of|for|in|at|to|with|from|per|by|on|under|during|after|before|between|among|within|over|than|as|according|relative|based|assigned"
    r"|that|which|who|whose|whom)\b|\("
    r"|(?<=\s)\w{3,}(?:ed|ing)\b(?=\s+(?:an?|the|in|of|for|at|to|with|from|by|on|under|after|before|during|as)\b)"
)
_ONE = re.compile(r"^(?:an?|this|that|each|every|one(?!-)|another|either|neither|it|he|she)\b", re.IGNORECASE)
_MANY = re.compile(
    r"^(?:these|those|both|all|several|many|few|they|two|three|four|five|six|seven|eight|nine|ten|[2-9]|\d\d+)\b",
    re.IGNORECASE,
)
_PLURALS = frozenset(
    ["data", "criteria", "people", "men", "women", "children", "media", "phenomena", "personnel", "staff"]
)
_STATES = frozenset(["allow", "enable", "ensure", "have", "help", "need", "provide", "require"])
_COUNTABLE = frozenset(["statistics", "characteristics", "demographics", "metrics", "topics"])
_NEVER = frozenset(
    [
        "series",
        "species",
        "there",
        "who",
        "which",
        "that",
        "half",
        "none",
        "any",
        "some",
        "most",
        "rest",
        "majority",
        "number",
    ]
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A replacement of the characters ``start`` to ``end``."""

    start: int
    end: int
    said: str


def plain(sentence: str) -> bool:
    """Whether a sentence speaks of nothing ahead, and orders nothing: it can stand as it is."""
    return not (_AHEAD.search(sentence) or _DUTY.search(sentence) or _ORDER.match(sentence) or _ADVICE.search(sentence))


def turns(sentence: str) -> tuple[Turn, ...] | None:
    """What to replace in a sentence of a plan so that it reports; none where it can stay, None where it cannot be turned safely."""
    sentence = _QUOTED.sub(lambda m: " " * len(m[0]), sentence)
    if _ORDER.match(sentence) or _ADVICE.search(sentence):
        return () if plain(sentence) else None
    found = [*_wills(sentence)]
    if len(found) != len(_AHEAD.findall(sentence)):
        return None
    found += [_past(m) for m in _DUTY.finditer(sentence)]
    found += [Turn(m.end() - 3, m.end(), "could") for m in _MAY.finditer(sentence)]
    if found:
        found += [Turn(m.start(), m.end(), "could") for m in _CAN.finditer(sentence)]
    found += _present(sentence, bool(found))
    if _PRESENT.search(_blanked(sentence, found)):
        return () if plain(sentence) else None
    every = {t.start: t for t in found}
    return tuple(every[at] for at in sorted(every))


def _past(m: re.Match[str]) -> Turn:
    return Turn(m.start("verb"), m.end("verb"), _PAST[m["verb"]])


def _wills(sentence: str) -> Iterator[Turn]:
    """``will be used`` -> ``was to be used``, by the number of the subject; ``would`` where it cannot be told."""
    before, many = 0, None
    for m in _WILL.finditer(sentence):
        between = sentence[before : m.start()]
        if not (before and many is not None and _BARE.match(between)):
            many = plural(between, before > 0)
        before = m.end()
        verb, done = m["verb"], m["done"] or ""
        word = {True: "were", False: "was", None: ""}[many]
        adverb = m["adverb"] or ""
        if not word or verb in _STATES:
            yield Turn(m.start(), m.start("verb"), f"would {m['not'] or ''}{adverb}")
        elif m["not"] and verb == "be" and _PLANNED.match(done):
            yield Turn(
                m.start(),
                m.end(),
                f"{word} not {adverb}planned" + (" to be " + done if _tail(sentence, m.end()) else ""),
            )
        else:
            yield Turn(m.start(), m.start("verb"), f"{word} {'not ' if m['not'] else ''}{adverb}to ")


def _tail(sentence: str, at: int) -> bool:
    """Whether the verb goes on after its participle: ``carried out``."""
    return bool(re.match(r"\s+(?:out|up|off|on)\b", sentence[at:]))


def _present(sentence: str, turned: bool) -> Iterator[Turn]:
    """Verbs of the present that go with it: passives, what the study is, conditions, relative clauses."""
    for m in () if _HERE.search(sentence) else _PASSIVE.finditer(sentence):
        turned = True
        yield _past(m)
    if study := _STUDY.match(sentence):
        name = "verb" if study["verb"] else "verb2"
        yield Turn(study.start(name), study.end(name), "was")
    if named := _VARIABLE.match(sentence):
        turned = turned or named[0].startswith("Visits") or ("primary" not in named[0] and "secondary" not in named[0])
        yield _past(named)
    for m in _ACTED.finditer(sentence):
        turned = True
        name = "not" if m["not"] else "verb"
        said = "did" if m["not"] else _acted(m["verb"])
        yield Turn(m.start(name), m.end(name), said)
    if not turned:
        return
    for m in _ALSO.finditer(sentence):
        name = next(n for n in ("verb", "on", "counts", "depends") if m[n])
        said = {"on": "went on", "counts": "counted", "depends": "depended"}.get(name) or _acted(m["verb"])
        yield Turn(m.start(name), m.end(name), said)
    for m in _HOLDS.finditer(sentence):
        verb = m["verb"]
        base = verb if verb in _HELD or not verb.endswith("s") else verb[:-1]
        yield Turn(m.start("verb"), m.end("verb"), _HELD.get(base) or f"{base}{'d' if base.endswith('e') else 'ed'}")
    for m in _IS.finditer(sentence):
        yield _past(m)


def _acted(verb: str) -> str:
    """``gives`` and ``give`` as ``gave``."""
    base = "verify" if verb == "verifies" else verb.removesuffix("s") if verb not in _ACTS else verb
    return _ACTS[base]


def _blanked(sentence: str, given: list[Turn]) -> str:
    for t in given:
        sentence = sentence[: t.start] + " " * (t.end - t.start) + sentence[t.end :]
    return sentence


def plural(before: str, later: bool = False) -> bool | None:
    """Whether the subject that ends at a verb is plural; None where it cannot be told. ``later``: another verb of the sentence is before it."""
    parts = [p.strip() for p in re.split(r"[,;:]\s+", before.strip())]
    parts = [p for p in parts if p]
    if not parts or before.rstrip().endswith(","):
        return None
    last = parts[-1]
    earlier = " ".join(parts[:-1])
    joined = re.match(r"(and|or)\s+", last)
    if joined:
        last = last[joined.end() :]
        if parts[:-1] and not _FINITE.search(earlier) and not _LED.match(parts[0]) and not later:
            return True if joined[1] == "and" else None
    elif later and (
        found := re.search(r"\b(?:and|but|while|whereas)\s+(?!.*\b(?:and|but|while|whereas)\b)(.+)$", last)
    ):
        last = found[1]
    last = re.sub(r"^(?:(?:then|thus|also|therefore|otherwise)\s+)+", "", last)
    last = re.sub(
        r"^(?:at (?:least|most)|up to|no more than|approximately|about|only|in total)\s+", "", last, flags=re.IGNORECASE
    )
    if _LED.match(last):
        return None
    if re.search(r"\b(?:that|which|who)$", last):
        return None
    noun = last[: m.start()] if (m := _STOP.search(last)) else last
    if re.fullmatch(r"the (?:total )?number ?", noun, re.IGNORECASE):
        return None if re.search(r",|\band\b", before) else False
    words = re.findall(r"[A-Za-z0-9][\w’'*+-]*", noun)
    if not words:
        return None
    if re.search(r"\s(?:and)\s", noun):
        return None if re.match(r"(?:each|every|an?)\b", noun, re.IGNORECASE) else True
    if re.search(r"\s(?:or)\s", noun) or _FINITE.search(noun):
        return None
    head = words[-1]
    low = head.casefold()
    if low in _NEVER:
        return None
    if _MANY.match(noun):
        return True
    if _ONE.match(noun):
        return False
    if low in _PLURALS or low in _COUNTABLE:
        return True
    if low.endswith("s") and not low.endswith(("ss", "us", "is", "ics")):
        return True
    return None if low.endswith("ics") or not head[0].isalpha() else False


@dataclass(frozen=True, slots=True)
class Reported:
    """A stretch of a text from ``start`` to ``end``. ``quoted``: to be quoted as what the source states; else with ``turned`` applied."""

    start: int
    end: int
    turned: tuple[Turn, ...] = ()
    quoted: bool = False


def reported(text: str, spans: list[tuple[int, int]]) -> list[Reported]:
    """Each sentence (start, end) turned, or to be quoted; neighbours that are quoted make one quotation. Turns are placed in the whole text."""
    found: list[Reported] = []
    for start, end in spans:
        made = turns(text[start:end])
        if made is None and found and found[-1].quoted:
            found[-1] = Reported(found[-1].start, end, (), True)
        elif made is None:
            found.append(Reported(start, end, (), True))
        else:
            found.append(Reported(start, end, tuple(Turn(start + t.start, start + t.end, t.said) for t in made)))
    return found
