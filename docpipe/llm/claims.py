"""Whether a wording claims what the program text claims: tags, numbers, words, negations, arms and order compared. Imports its room only.

Each rule gives a complaint, one sentence for the model that is asked again and for the person, or "". They are strict on purpose: what
they refuse wrongly costs a second question or the program text, what they let pass wrongly would be an invention.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from docpipe.llm.binding import arms_of, order_kept, same_arms
from docpipe.llm.wording import Sort, Token, clauses, lexicon

__all__ = ["STEMS", "Grounds", "complaint"]

_SIGNS = frozenset("<>≤≥=±~≈+-−–—×*/^")
_PLAIN_MARKS = frozenset(".,;:()'’\"“”-–—/?!%")
_REACH = 3
"""Words after a negation that it is taken to deny."""
_CAUSES = re.compile(
    r"\b(?:as a (?:result|consequence)|resulting from|because|due to|owing to|caused by|thanks to|led to)\b"
)
_LIMITS = re.compile(r"\bonly\b")
_SUBSETS = frozenset({"these", "those", "whom", "which", "them"})


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a group of sentences may draw on. ``program``: its own program text; ``each``: the same by sentence.

    ``row``: stems of the whole row's program text; ``passages``: stems of the passages that the row cites; ``names``: words of
    arms' names; ``arm_of``: the arm of each fact; ``quoted``: facts that are numbers inside a passage.
    """

    program: tuple[Token, ...]
    each: tuple[tuple[Token, ...], ...]
    row: frozenset[str] = frozenset()
    passages: frozenset[str] = frozenset()
    capitals: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    arm_of: Mapping[str, str] = field(default_factory=dict)
    quoted: Collection[str] = ()

    @property
    def merged(self) -> bool:
        """Whether several sentences became one."""
        return len(self.each) > 1


def complaint(grounds: Grounds, reply: Sequence[Token]) -> str:
    """The first complaint about a reply to a group of sentences, or "" where it claims what the program text claims."""
    return next((said for rule in _RULES if (said := rule(grounds, reply))), "")


def _keys(tokens: Sequence[Token], *sorts: Sort) -> list[str]:
    return [t.key for t in tokens if t.sort in sorts]


def _named(tokens: Sequence[Token], key: str) -> str:
    return next((t.tag or t.text for t in tokens if t.key == key), key)


def _tags(g: Grounds, reply: Sequence[Token]) -> str:
    """Values in order, each once; arms, references and other codes all there."""
    given, found = (_keys(t, Sort.FACT) for t in (g.program, reply))
    if lost := [k for k in dict.fromkeys(given) if k not in found]:
        return f"The value {_named(g.program, lost[0])} is missing in its sentence."
    if Counter(found) - Counter(given):
        extra = next(iter(Counter(found) - Counter(given)))
        return f"The value {_named(reply, extra)} stands more often than in the given sentence, or in the wrong one."
    if found != given and not (g.merged and _shortened(found, given)):
        return f"The values stand in another order than given ({', '.join(t.tag for t in g.program if t.sort is Sort.FACT)})."
    for sort, what in ((Sort.ARM, "group"), (Sort.LINK, "reference"), (Sort.OTHER_CODE, "tag")):
        mine, theirs = (set(_keys(t, sort)) for t in (g.program, reply))
        if mine - theirs:
            return f"The {what} {_named(g.program, min(mine - theirs))} is missing in its sentence."
        if theirs - mine:
            return f"The {what} {_named(reply, min(theirs - mine))} does not belong into this sentence."
    if not g.merged:
        for sort in (Sort.LINK, Sort.OTHER_CODE):
            if Counter(_keys(reply, sort)) != Counter(_keys(g.program, sort)):
                return "A reference stands more or less often than in the given sentence."
    return ""


def _shortened(found: list[str], given: list[str]) -> bool:
    """Whether ``found`` is ``given`` without some repetitions: merged sentences need not say the same value twice."""
    rest = iter(given)
    return set(found) == set(given) and all(any(g == f for g in rest) for f in found)


def _numbers(g: Grounds, reply: Sequence[Token]) -> str:
    for sort in (Sort.DIGITS, Sort.NUMBER):
        given, found = (Counter(t.text.casefold() for t in ts if t.sort is sort) for ts in (g.program, reply))
        if extra := found - given:
            return f"A number outside tags: {min(extra)}. Numbers are only told by tags."
        if lost := given - found:
            return f"“{min(lost)}” of the given sentence is missing."
    return ""


def _phrases(g: Grounds, reply: Sequence[Token]) -> str:
    """Causes and limits that are put together of words which the program text has in another sense: ``as a result of treatment``, ``only``."""
    given, found = (" ".join(t.text.casefold() for t in ts) for ts in (g.program, reply))
    for pattern in (_CAUSES, _LIMITS):
        if extra := Counter(pattern.findall(found)) - Counter(pattern.findall(given)):
            return f"“{min(extra)}” stands more often than in the given sentence."
    return ""


def _known(g: Grounds, token: Token, valued: bool) -> bool:
    if token.key in {t.key for t in g.program if t.word}:
        return True
    if token.sort is Sort.CARRIER:
        return token.key in g.row
    if token.key in g.names or valued:
        return False
    form = token.text.casefold()
    return token.key in g.passages and form not in lexicon().causal and form not in lexicon().promotional


def _words(g: Grounds, reply: Sequence[Token]) -> str:
    """No word that says something and stands neither in the program text nor, where no value is told, in the passages."""
    valued = any(t.sort is Sort.FACT and t.key not in g.quoted for t in g.program)
    for n, token in enumerate(reply):
        if token.sort not in (Sort.CONTENT, Sort.CARRIER):
            continue
        if not _known(g, token, valued):
            return _stranger(token, _starts(reply, n))
    for n, token in enumerate(reply):
        inside = token.word and token.text[0].isupper() and not _starts(reply, n)
        if inside and token.text not in g.capitals:
            return f"The name “{token.text}” is not in the given text."
    return ""


def _starts(tokens: Sequence[Token], n: int) -> bool:
    before = tokens[n - 1] if n else None
    return before is None or before.sort is Sort.BREAK or (before.sort is Sort.MARK and before.text in '.:?!“"(')


STEMS = ("mab", "nib", "pril", "sartan", "statin", "olol", "azole", "cillin", "mycin", "vir", "gliptin", "gliflozin", "tide", "pine", "pam",
          "line", "cept", "parin", "xaban", "triptan", "floxacin", "dipine", "oxetine", "setron", "prazole", "zumab", "ximab")  # fmt: skip


def _stranger(token: Token, starts: bool) -> str:
    form = token.text.casefold()
    if form in lexicon().causal:
        return f"“{token.text}” states a cause or a connection that the given text does not state."
    if form in lexicon().promotional:
        return f"“{token.text}” judges or praises; the given text does not."
    if (token.text[0].isupper() and not starts) or any(c.isupper() for c in token.text[1:]):
        return f"The name “{token.text}” is not in the given text."
    if form.endswith(STEMS):
        return f"“{token.text}” looks like the name of a medicine and is not in the given text."
    return f"“{token.text}” is not in the given text; use its words and plain connecting words."


def _negations(g: Grounds, reply: Sequence[Token]) -> str:
    given, found = (sum(t.sort is Sort.NEGATION for t in ts) for ts in (g.program, reply))
    if found < given:
        return "A negation of the given sentence is missing."
    if found > given:
        return "There is a negation that the given sentence does not have."
    for mine, theirs in zip(_around(g.program), _around(reply), strict=True):
        if not _denies(mine, theirs):
            denied = (mine[2] or mine[1][-1:])[:1]
            return (
                f"The negation belongs to “{_named(g.program, denied[0])}”."
                if denied
                else "The negation changed its place."
            )
    return ""


_Negation = tuple[str, list[str], list[str]]


def _around(tokens: Sequence[Token]) -> list[_Negation]:
    """Each negation with the words of its clause before it and after it that say something or count something."""
    found: list[_Negation] = []
    sorts = (Sort.CONTENT, Sort.CARRIER, Sort.FACT)
    for clause in clauses(tokens):
        for n, token in enumerate(clause):
            if token.sort is Sort.NEGATION:
                found.append((token.text.casefold(), _keys(clause[:n], *sorts), _keys(clause[n + 1 :], *sorts)))
    return found


def _denies(mine: _Negation, theirs: _Negation) -> bool:
    """Whether a negation denies the same words: they follow it, or, for ``no deaths were reported``, they may come before it."""
    denied = mine[2][:_REACH]
    if not denied:
        before = mine[1][-1:]
        return theirs[1][-1:] == before or theirs[2][:1] == before
    reach = range(len(denied) + 1) if mine[0] == "no" else (0,)
    return any(
        theirs[1][len(theirs[1]) - n :] == denied[:n] and theirs[2][: len(denied) - n] == denied[n:] for n in reach
    )


def _kept(g: Grounds, reply: Sequence[Token]) -> str:
    """Every word that says something is still there, as often as before; only what all merged sentences say may be said once."""
    given, found = (Counter(_keys(ts, Sort.CONTENT)) for ts in (g.program, reply))
    shared = [set(_keys(s, Sort.CONTENT)) for s in g.each]
    common = set.intersection(*shared) if g.merged and shared else set()
    for key, count in given.items():
        if found[key] == 0:
            return f"“{_named(g.program, key)}” of the given sentence is missing."
        if found[key] < count and key not in common:
            return f"“{_named(g.program, key)}” stands less often than in the given sentence."
    for key, count in found.items():
        if key in given and count > given[key]:
            return f"“{_named(reply, key)}” stands more often than in the given sentence."
    for key in dict.fromkeys(_keys(g.program, Sort.CARRIER)):
        if key not in _keys(reply, Sort.CARRIER):
            return f"“{_named(g.program, key)}” of the given sentence is missing."
    if _subsets(reply) > _subsets(g.program):
        return "The sentence makes one number a part of another; the given text does not."
    return ""


def _subsets(tokens: Sequence[Token]) -> int:
    pairs = pairwise(tokens)
    return sum(a.text.casefold() in ("of", "among", "amongst") and b.text.casefold() in _SUBSETS for a, b in pairs)


def _arms(g: Grounds, reply: Sequence[Token]) -> str:
    if same_arms(g.program, reply, g.arm_of):
        return ""
    pairs = ", ".join(f"{tag} with {arm}" for tag, arm in arms_of(g.program, g.arm_of) if arm)
    keep = f"Keep {pairs}." if pairs else "Keep these sentences apart."
    return f"A value stands with another group than in the given sentence. {keep}"


def _order(g: Grounds, reply: Sequence[Token]) -> str:
    return order_kept(g.program, reply)


def _marks(g: Grounds, reply: Sequence[Token]) -> str:
    """Signs beside values are those of the program text; no marks that it does not have, beyond plain punctuation."""
    mine = {t.text for t in g.program if t.sort is Sort.MARK}
    strange = [t.text for t in reply if t.sort is Sort.MARK and t.text not in mine | _PLAIN_MARKS]
    if strange:
        return f"The sign {strange[0]} is not in the given sentence."
    given, found = _signs(g.program), _signs(reply)
    for key, signs in found.items():
        if not signs <= given.get(key, signs):
            return f"The signs beside {_named(reply, key)} differ from the given sentence."
    lost = [k for k, signs in given.items() if k in found and found[k] != signs and not g.merged]
    if lost:
        return f"The signs beside {_named(g.program, lost[0])} differ from the given sentence."
    percents = [sum(t.text == "%" for t in ts) for ts in (g.program, reply)]
    if percents[1] > percents[0] or (percents[1] < percents[0] and not g.merged):
        return "Percent signs stand only where the given sentence has them."
    return ""


def _signs(tokens: Sequence[Token]) -> dict[str, set[tuple[str, str]]]:
    """Of each value: a sign before it and a percent sign after it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for n, token in enumerate(tokens):
        if token.sort is Sort.FACT:
            before = tokens[n - 1] if n else None
            after = tokens[n + 1] if n + 1 < len(tokens) else None
            sign = before.text if before is not None and before.sort is Sort.MARK and before.text in _SIGNS else ""
            percent = after.text if after is not None and after.text == "%" else ""
            found.setdefault(token.key, set()).add((sign, percent))
    return found


def _length(g: Grounds, reply: Sequence[Token]) -> str:
    given, found = (sum(t.word for t in ts) for ts in (g.program, reply))
    return "The wording is far longer than the given sentence." if found > 1.8 * given + 12 else ""


_RULES: tuple[Callable[[Grounds, Sequence[Token]], str], ...] = (
    _tags, _numbers, _words, _phrases, _negations, _kept, _arms, _order, _marks, _length,
)  # fmt: skip
