"""Which group and which words a value belongs to in a sentence, and whether a new wording keeps it so. Imports its room only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from docpipe.llm.wording import Sort, Token, clauses

__all__ = ["arms_of", "order_kept", "same_arms"]


# ------------------------------------------------------------ groups


def _stretches(tokens: Sequence[Token]) -> list[list[Token]]:
    """The stretches inside which an arm reaches: sentences, halves parted by semicolons, lists that end with ``respectively``."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.sort is Sort.BREAK or (token.sort is Sort.MARK and token.text == ";"):
            found.append([])
            continue
        found[-1].append(token)
        if token.word and token.text.casefold() == "respectively":
            found.append([])
    return found


def _marked(stretch: Sequence[Token]) -> list[Token]:
    return [t for t in stretch if t.sort in (Sort.FACT, Sort.ARM)]


def _by_clause(stretch: Sequence[Token]) -> list[tuple[Token, str]] | None:
    """Each fact with the one arm of its clause, or of a clause before it that only names an arm (``In the … group, …``).

    None where that does not settle all of them.
    """
    found: list[tuple[Token, str]] = []
    lead = ""
    for clause in clauses(stretch):
        facts = [t for t in clause if t.sort is Sort.FACT]
        arms = {t.key for t in clause if t.sort is Sort.ARM}
        if len(arms) > 1 or (facts and not arms and not lead):
            return None
        arm = next(iter(arms), lead)
        found += [(f, arm) for f in facts]
        lead = arm if arms and not facts else "" if facts else lead
    return found


def _bound(part: Sequence[Token]) -> list[tuple[Token, str]]:
    """Each fact with its arm as a reader takes it: lists in parallel, else the arm before it, else the arm after it."""
    facts = [t for t in part if t.sort is Sort.FACT]
    arms = [t.key for t in part if t.sort is Sort.ARM]
    if not arms or not facts:
        return [(f, "") for f in facts]
    sorts = [t.sort for t in part]
    parted = sum(a is not b for a, b in pairwise(sorts)) == 1
    if parted and len(arms) > 1 and len(facts) % len(arms) == 0:
        each = len(facts) // len(arms)
        return [(f, arms[n // each]) for n, f in enumerate(facts)]
    found: list[tuple[Token, str]] = []
    if part[0].sort is Sort.ARM:
        arm = ""
        for token in part:
            if token.sort is Sort.ARM:
                arm = token.key
            else:
                found.append((token, arm))
        return found
    arm = arms[-1]
    for token in reversed(part):
        if token.sort is Sort.ARM:
            arm = token.key
        else:
            found.append((token, arm))
    return found[::-1]


def _all_bound(tokens: Sequence[Token]) -> list[tuple[Token, str]]:
    found: list[tuple[Token, str]] = []
    for stretch in _stretches(tokens):
        part = _marked(stretch)
        by_clause = _by_clause(stretch) if any(t.sort is Sort.ARM for t in part) else None
        found += _bound(part) if by_clause is None else by_clause
    return found


def arms_of(tokens: Sequence[Token], arm_of: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each value's tag and the name of the arm that it stands with, as ``("<2/>", "Placebo")``."""
    said = {t.key: t.text for t in tokens if t.sort is Sort.ARM}
    return [(f.tag, said.get(_truth(f, arm_of, said), said.get(arm, ""))) for f, arm in _all_bound(tokens)]


def _truth(fact: Token, arm_of: Mapping[str, str], said: Mapping[str, str]) -> str:
    key = f"arm:{arm_of.get(fact.key, '')}"
    return key if key in said and arm_of.get(fact.key) else ""


def same_arms(program: Sequence[Token], reply: Sequence[Token], arm_of: Mapping[str, str]) -> bool:
    """Whether every value stands with the arm that it stands with in the program text, and that the fact itself names."""
    if not any(t.sort is Sort.ARM for t in program):
        return True
    said = {t.key: t.text for t in program if t.sort is Sort.ARM}
    given, found = _all_bound(program), _all_bound(reply)
    if any((truth := _truth(f, arm_of, said)) and truth != arm for f, arm in given):
        # The program text is not read as it is meant: only the very same order, read the same, can be told to be right.
        same = [t.key for t in _marked(program)] == [t.key for t in _marked(reply)]
        return same and [(f.key, arm) for f, arm in given] == [(f.key, arm) for f, arm in found]
    expected: dict[str, set[str]] = {}
    for fact, arm in given:
        expected.setdefault(fact.key, set()).add(arm)
    return all(arm in expected.get(fact.key, set()) for fact, arm in found)


# ------------------------------------------------------------ words

_TIES = frozenset({"of", "to", "and"})


def order_kept(program: Sequence[Token], reply: Sequence[Token]) -> str:
    """The complaint where words of different values changed places or a value stands in another clause; "" where none did."""
    if fault := _heads(program, reply):
        return fault
    if _groups(program) < 2:
        return ""
    return _inverted(program, reply) or _strayed(program, reply)


def _groups(tokens: Sequence[Token]) -> int:
    """How many values a text tells, ``n (p%)`` and ``n of N`` counted once."""
    count, tied = 0, False
    for token in tokens:
        if token.sort is Sort.FACT:
            count += not tied
            tied = True
        elif token.sort is not Sort.MARK and token.text not in ("of", "to"):
            tied = False
    return count


def _numbered(tokens: Sequence[Token]) -> list[tuple[tuple[str, int], int, Token]]:
    """Words that say something with their occurrence, and how many values stand before each."""
    seen: Counter[str] = Counter()
    found, before, tied = [], 0, False
    for token in tokens:
        if token.sort is Sort.FACT:
            before += not tied
            tied = True
            continue
        if token.sort is not Sort.MARK and token.text not in ("of", "to"):
            tied = False
        if token.sort in (Sort.CONTENT, Sort.NEGATION, Sort.LINK):
            seen[token.key] += 1
            found.append(((token.key, seen[token.key]), before, token))
    return found


def _inverted(program: Sequence[Token], reply: Sequence[Token]) -> str:
    there = _numbered(reply)
    place = {name: n for n, (name, _, _) in enumerate(there)}
    counts = Counter(name[0] for name in place)
    given = _numbered(program)
    mine = Counter(name[0] for name, _, _ in given)
    known = [(n, b, t) for n, b, t in given if n in place and counts[n[0]] == mine[n[0]]]
    for at, (one, before, first) in enumerate(known):
        for other, later, second in known[at + 1 :]:
            if later > before and place[other] < place[one] and one[0] != other[0]:
                return f"“{first.tag or first.text}” and “{second.tag or second.text}” changed places; they belong to different values."
    return ""


def _company(tokens: Sequence[Token]) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Clause by clause, its values and its words that say something; a clause without a value lends its words to both neighbours."""
    rows = [
        (
            frozenset(t.key for t in c if t.sort is Sort.FACT),
            frozenset(t.key for t in c if t.sort in (Sort.CONTENT, Sort.NEGATION)),
        )
        for c in clauses(tokens)
    ]
    found: list[tuple[frozenset[str], frozenset[str]]] = []
    for n, (facts, words) in enumerate(rows):
        if not facts:
            continue
        at = n - 1
        while at >= 0 and not rows[at][0]:
            words, at = words | rows[at][1], at - 1
        at = n + 1
        while at < len(rows) and not rows[at][0]:
            words, at = words | rows[at][1], at + 1
        found.append((facts, words))
    return found


def _strayed(program: Sequence[Token], reply: Sequence[Token]) -> str:
    """A value that lost the words of its clause to words of other values."""
    company: dict[str, frozenset[str]] = {}
    for facts, words in _company(program):
        for fact in facts:
            company[fact] = company.get(fact, frozenset()) | words
    owned = frozenset().union(*company.values()) if company else frozenset()
    tags = {t.key: t.tag for t in reply if t.sort is Sort.FACT}
    for facts, words in _company(reply):
        together = frozenset().union(*(company.get(f, frozenset()) for f in facts))
        if words and together and not words & together:
            return f"{tags[min(facts)]} lost the words that belong to it."
        if together and (words & owned) - together:
            return f"{tags[min(facts)]} stands with words that belong to another value."
    return ""


def _heads(program: Sequence[Token], reply: Sequence[Token]) -> str:
    """What is counted or measured stays so: ``<1/> patients`` does not become ``<1/> events``."""
    given, found = _counted(program), _counted(reply)
    for fact, (tag, nouns) in found.items():
        if fact in given and nouns and given[fact][1] and not nouns <= given[fact][1]:
            return f"{tag} counts “{min(given[fact][1])}” in the given sentence, not “{min(nouns)}”."
    return ""


def _counted(tokens: Sequence[Token]) -> dict[str, tuple[str, set[str]]]:
    found: dict[str, tuple[str, set[str]]] = {}
    for n, token in enumerate(tokens):
        if token.sort is not Sort.FACT:
            continue
        _, nouns = found.setdefault(token.key, (token.tag, set()))
        depth = 0
        for after in tokens[n + 1 :]:
            if after.sort is Sort.MARK:
                depth += (after.text == "(") - (after.text == ")")
                if after.text in ",;:." and depth <= 0:
                    break
                continue
            if depth > 0 or after.sort is Sort.FACT or after.text == "of":
                continue
            if after.sort is Sort.CARRIER:
                nouns.add(after.key)
            if after.sort is not Sort.CONTENT:
                break
    return found
