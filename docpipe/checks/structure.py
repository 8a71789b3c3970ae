"""Family D, first part: the codes of a pair, whole and in order. Imports the core and ``checks/wording``.

Another order of codes is no error: languages put words elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from docpipe.checks.wording.once import faults, has_codes, layouts
from docpipe.checks.wording.plain_words import is_ordinal_ending
from docpipe.checks.wording.scripts import CJK, squeezed
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity
from docpipe.model.inline import Close, CodedText, Open, Placeholder, codes_of
from docpipe.model.language import primary


class TagMissing(Check):
    """D1."""

    id = "D1.tag-missing"
    severity = Severity.CRITICAL
    title = "Tag missing"
    description = "A code of the source that may not be deleted is not in the target."

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a tag; both halves of a pair are one."""
        missing = [f.tag for f in faults(pair) if f.kind == "missing"]
        for tag in missing:
            places = layouts(pair)[0]
            if tag.startswith("</") and tag.replace("/", "") in missing:
                continue
            whole = tag + tag.replace("<", "</") if tag.replace("<", "</") in missing else tag
            yield self.finding(f"The tag {whole} is missing in the target.", places.span(tag), None, whole)


class TagExtra(Check):
    """D2."""

    id = "D2.tag-extra"
    severity = Severity.CRITICAL
    title = "Tag extra"
    description = "The target has a code that the source does not have."

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a tag."""
        extra = [f.tag for f in faults(pair) if f.kind == "extra"]
        for tag in dict.fromkeys(extra):
            places = layouts(pair)[1]
            if not (tag.startswith("</") and tag.replace("/", "") in extra):
                yield self.finding(f"The tag {tag} does not belong to this segment.", None, places.span(tag))


class TagOrder(Check):
    """D3."""

    id = "D3.tag-order"
    severity = Severity.MAJOR
    title = "Tag order or nesting"
    description = (
        "Codes of the target cross each other, an end stands before its start, a code that may not be moved has changed its place among its like, or "
        "an isolated start or end (its partner is in another sentence) lies inside another pair or before another one than in the source."
    )

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a tag."""
        other = {f.code for f in faults(pair) if f.kind in ("missing", "extra", "duplicate")}
        told: set[int] = set()
        for fault in faults(pair):
            if fault.kind in ("crossed", "unclosed") and fault.code not in other | told:
                told.add(fault.code)
                yield self.finding(f"The {fault}.", None, layouts(pair)[1].span(fault.tag))
        if told or other:
            return
        if self._fixed(pair.source, pair) != self._fixed(pair.target, pair):
            yield self.finding("Tags that may not be moved are in another order.")
        if self._isolated(pair.source, pair) != self._isolated(pair.target, pair):
            yield self.finding(
                "A tag whose partner is in another sentence is in the wrong order or inside another pair."
            )

    @staticmethod
    def _fixed(coded: CodedText, pair: Pair) -> list[tuple[str, int]]:
        """Codes that may not be moved, in order."""
        fixed = {c.id for c in codes_of(pair.source) if isinstance(c, Open | Placeholder) and not c.reorderable}
        return [(type(c).__name__, c.id) for c in codes_of(coded) if c.id in fixed]

    @staticmethod
    def _isolated(coded: CodedText, pair: Pair) -> list[tuple[int, frozenset[int]]]:
        """Isolated codes in order, each with the pairs that it lies in."""
        alone = {c.id for c in codes_of(pair.source) if isinstance(c, Open | Close) and c.isolated}
        inside: set[int] = set()
        out = []
        for code in codes_of(coded):
            if code.id in alone:
                out.append((code.id, frozenset(inside)))
            elif isinstance(code, Open):
                inside.add(code.id)
            elif isinstance(code, Close):
                inside.discard(code.id)
        return out


class TagTwice(Check):
    """D4."""

    id = "D4.tag-twice"
    severity = Severity.CRITICAL
    title = "Tag duplicated"
    description = "A code that may not be cloned stands more than once in the target. One that may not be deleted and is gone is D1."

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a tag."""
        twice = [f.tag for f in faults(pair) if f.kind == "duplicate"]
        for tag in twice:
            places = layouts(pair)[1]
            if not (tag.startswith("</") and tag.replace("/", "") in twice):
                yield self.finding(f"The tag {tag} stands more than once.", None, places.span(tag))


class TagMalformed(Check):
    """D5."""

    id = "D5.tag-malformed"
    severity = Severity.CRITICAL
    title = "Malformed tag"
    description = (
        "The target's text holds remains of tags that the source's text does not hold: <1>, </1, ＜1＞, &lt;1&gt;, ⟦, HTML or XLIFF tags, entities. A "
        "comparator before a number (<1) is let pass."
    )

    _REMAINS = re.compile(
        r"<\\*/?\s?\d{1,6}\s?/?>|</\s?\d{1,6}|<\d{1,6}/|(?<![\w<])/?\d{1,3}/>|[＜〈⟨‹]\s?/?\s?\d{1,6}\s?/?\s?[＞〉⟩›]|&(?:lt|gt|amp|nbsp|quot|apos|#\d+|#x[0-9a-f]+);|[⟦⟧]"
        r"|</?(?:b|i|u|em|strong|su[bp]|br|p|a|span|div|font|g|x|bx|ex|ph|pc|bpt|ept|it|mrk|sc|ec|tag|td|tr|li|ul)(?:\s[^<>]*)?/?>",
        re.I,
    )

    _HINT = re.compile(r"[<＜〈⟨‹&⟦⟧]|/>")
    """Every remain holds one of these."""

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a remain."""
        if not self._HINT.search(pair.target_text):
            return
        legal = Counter(m.group() for m in self._REMAINS.finditer(pair.source_text))
        for m in self._REMAINS.finditer(pair.target_text):
            if legal[m.group()] > 0:
                legal[m.group()] -= 1
            else:
                yield self.finding(f"“{m.group()}” looks like the remains of a tag.", None, m.span())


class PairEmptied(Check):
    """D6."""

    id = "D6.pair-emptied"
    severity = Severity.MAJOR
    title = "Emptied pair"
    description = (
        "A paired code encloses text in the source and nothing in the target. Endings of ordinals (5th, 1er) may go."
    )

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding a pair."""
        source, target = layouts(pair)
        for number, (start, end) in source.pairs.items():
            content = squeezed(pair.source_text[start:end])
            if not content or number not in target.pairs:
                continue
            if is_ordinal_ending(pair.source_text, start, end, primary(pair.source_language)):
                continue
            if not squeezed(pair.target_text[slice(*target.pairs[number])]) and not target.inside[number]:
                yield self.finding(
                    f"The tags <{number}></{number}> enclose nothing.", (start, end), target.pairs[number]
                )


class TagSpace(Check):
    """D7."""

    id = "D7.tag-space"
    severity = Severity.MINOR
    title = "White space at tags"
    description = "White space has moved into a pair of tags, or words stick together at a tag. Superscripts, subscripts and note marks stand without a space."

    only_if = staticmethod(has_codes)

    def run(self, pair: Pair) -> Iterator[Finding]:
        """A finding an edge."""
        source, target = layouts(pair)
        before, after = pair.source_text, pair.target_text
        for number, (start, end) in target.pairs.items():
            if number not in source.pairs or start == end:
                continue
            old = before[slice(*source.pairs[number])]
            new = after[start:end]
            if not new.strip() or not old.strip():
                continue
            if (new[0].isspace() and not old[0].isspace()) or (new[-1].isspace() and not old[-1].isspace()):
                yield self.finding(f"White space at the edge inside <{number}></{number}>.", None, (start, end))
            small = {"sup", "sub"} & set(re.split(r"\W+", target.opens[number].kind))
            if not small and (
                self._stuck(after, start, before, source.pairs[number][0])
                or self._stuck(after, end, before, source.pairs[number][1])
            ):
                yield self.finding(f"Words stick together at <{number}></{number}>.", None, (start, end))

    @staticmethod
    def _stuck(after: str, at: int, before: str, was: int) -> bool:
        """Two letters of a spaced script meet at a tag where the source had a space or Chinese characters."""
        edge, old = after[at - 1 : at + 1] if at else "", before[was - 1 : was + 1] if was else ""
        if len(edge) < 2 or not edge.isalpha() or CJK.search(edge):
            return False
        return len(old) == 2 and (any(c.isspace() for c in old) or CJK.search(old) is not None)
