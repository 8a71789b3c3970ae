"""F1, negation lost or added: the source denies something and the target nowhere does, or the other way round. Imports the core.

A clear negation on one side is asked for; on the other any word that may carry one is enough, since languages deny in many ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from docpipe.checks.reading.shadow import lowered
from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity, Span
from docpipe.model.language import primary

# The first letters stand outside the look-behinds, so that the engine skips to them; texts are in lower case.
_CLEAR = {
    "en": r"(?:n(?<!\wn)(?:ot(?! only| later than| more than| less than| fewer than| exceed| least)|ever|either|one|o(?! more| less| later| long| few| great| earl| matter| doubt| one|\.? ?\d|\.))|n['’]t(?<=\wn['’]t)|c(?<!\wc)annot|w(?<!\ww)ithout)\b",
    "de": r"(?:n(?<!\wn)(?:icht(?! nur| mehr als| weniger als| später als)|iemals)|k(?<!\wk)ein(?:e[mnrs]?)?|o(?<!\wo)hne|w(?<!\ww)eder)\b",
    "es": r"(?:n(?<!\wn)(?:o(?! s[oó]lo| solamente| más de| menos de|\.?\s*\d)|unca|ingun[oa]?|ingún)|s(?<!\ws)in|j(?<!\wj)amás)\b",
    "fr": r"(?:n(?<!\wn)(?:e\s+\w+\s+(?:pas|jamais|plus|aucun\w*)|['’]\w+\s+(?:pas|jamais|plus|aucun\w*)|e pas)|s(?<!\ws)ans(?! doute)|a(?<!\wa)ucune?|j(?<!\wj)amais)\b",
    "zh": r"不得|不能|不应|不可(?!避免|或缺|缺少)|不会|不需|不允许|不包括|不予|没有|无(?!菌|水|机|论|线|源|创|纺|铅|糖|盐|味|色|限|疑|意|数|处不|与伦比|需|效|法|关|症状|偿|私|线电)|未(?!来|知|必|婚|成年|满)|并非|从不|禁止|不(?!同|相同|良|到|久|仅|断|少|超|过|论|管|大于|小于|低|高|足|适|易|溶|确定|等|稳|规则|全|明|限|利|等式|定|妨|止|像|断|知|完|锈|均|平|孕|幸|错|安|便|一致|动|对称|变|依从|符合|相容|满|耐受|透|可避免|必要|遵|当|得不|太)",
    "ja": r"(?:ない(?!し|ければ|と(?:いけ|なら)|か)|なかった|ません(?!か)|せず|無し|禁止)",
}
_ANY = {
    "en": r"\b(?:no|not|nor|non\w*|cannot|never|without|neither|none|nothing|nobody|nowhere|absen\w+|lack\w*|free|fail\w*|unable|unless|except\w*|exclu\w*|avoid\w*|prevent\w*|prohibit\w*|forbid\w*|refrain\w*|refus\w*|deni\w+|deny|rather|instead|only|rarely|seldom|hardly|few|little|(?<!or )less(?! than)|miss\w*|stop\w*|cease\w*|discontinu\w*|withh\w+|ineligib\w+|contraindic\w*|un(?!der(?!rep|est|tre|dia|dos)|til|it|ion|iv|iq)\w{3,}|in(?!clu|creas|dex|form|fect|ject|iti|divid|vestig|dicat|ter|take|tend|tens|side|tra|flam|stit|sur|sul|dustr|hal|vol|put|stan|struct|fus|cid|fan|fluen|nov|quir|sert|spec|test|vit|her|vas|gred)\w{3,}|im(?!port|pl|ag|mun|mediate|pact|prov)\w{3,}|ir\w{4,}|il\w{4,}|dis(?!eas|tribut|cuss|pens|play|tanc|tinct)\w{3,}|mis\w{3,}|\w+less|\w+n['’]t|too|out|outside|still|ban(?:s|ned|ning)?|barr(?:ed|ing)|difficult\w*|hard(?:ly)?|breach\w*|rule\w*|beyond|yet|before|until|zero|otherwise|neg\w+|remain\w*|independent\w*|regardless|despite|far from)\b|-free",
    "de": r"\b(?:nicht\w*|kein\w*|nie(?!d|r)\w*|ohne|weder|noch|un(?!ter|ser|gef|iv)\w{3,}|in(?!n|sbes|sges|form|dik|fek|jek|zid|stit|tens|ter|hal|iti|divid|dem|sul|klu|fu|tra)\w{3,}|nein|fehl\w*|frei\w*|\w+frei\w*|\w+los(?:e[mnrs]?)?|ausge\w+|ausschl\w*|vermeid\w*|verhind\w*|verbot\w*|untersag\w*|abgel\w*|entf\w*|miss\w*|selten|kaum|(?<!oder )wenig\w*+(?! als)|nur|statt|außer|sonst|bevor|bis(?! zu| \d)|null|trotz|keines\w*|verzicht\w*|mangel\w*)\b",
    "es": r"\b(?:no|sin|nunca|jamás|ni|ning\w+|nada|nadie|tampoco|in\w{3,}|im\w{3,}|ir\w{4,}|des\w{3,}|falt\w*|ausen\w*|carec\w*|evit\w*|exclu\w*|excep\w*|prohib\w*|impid\w*|libre\w*|apenas|poco\w*|solo|sólo|salvo|antes|hasta|neg\w+|contra\w+)\b",
    "fr": r"\b(?:ne|pas|sans|jamais|aucun\w*|ni|nul\w*|rien|personne|non\w*|in\w{3,}|im\w{3,}|ir\w{4,}|dé\w{3,}|mal\w*|absen\w*|manqu\w*|défaut|évit\w*|exclu\w*|sauf|excep\w*|interdi\w*|empêch\w*|refus\w*|exempt\w*|peu|seul\w*|avant|jusqu\w*|nég\w+|contre\w*|plutôt|hors)\b|\bn['’]",
    "zh": r"[不未没沒无無勿莫否禁缺除拒难避失]|非(?![洲常])|免(?!疫)|(?<![特分性级类差个])[别別]|外(?![周科观部源国])|排[除斥外]|(?<![至最])少|空(?![腹气白])|零|仅|只|独立|以前|之前|而是|反(?![应應复射映])|退|停|放下",
    "ja": r"[不未無非否禁欠除外難免避]|な[いくかしけ]|ませ|ず|ぬ|だけ|のみ|まで|前に|しか|ゼロ|以外|アン|ノン|減",
}  # fmt: skip


@lru_cache(maxsize=32)
def _pattern(kind: str, language: str) -> re.Pattern[str] | None:
    found = (_CLEAR if kind == "clear" else _ANY).get(language)
    return re.compile(found, 0 if kind == "clear" else re.IGNORECASE) if found else None


@lru_cache(maxsize=16384)
def _clear(text: str, language: str) -> tuple[Span, ...]:
    """Where a text clearly denies something."""
    pattern = _pattern("clear", language)
    if pattern is None:
        return ()
    low = lowered(text)
    return tuple(
        (_word_start(low, m.start()) if language == "en" else m.start(), m.end()) for m in pattern.finditer(low)
    )


def _word_start(text: str, at: int) -> int:
    """Where the word begins that goes on at an offset: of "isn't" the whole is shown."""
    while at and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at -= 1
    return at


def _one_sided(here: str, there: str, language: str, other: str) -> Span | None:
    """Where a text clearly denies something, if the other nowhere may."""
    wide = _pattern("any", other)
    if wide is None or not (found := _clear(here, language)):
        return None
    # Of several denials each needs a word of its own on the other side.
    return found[0] if sum(1 for _ in wide.finditer(there)) < len(found) else None


class Negation(Check):
    """F1."""

    id = "F1.negation"
    severity = Severity.CRITICAL
    title = "Negation lost or added"
    description = (
        "One side clearly denies something (not, never, without, 不得, nicht, ne … pas) and the other holds no word that may deny. "
        "For English, German, Spanish, French, Chinese and Japanese. Where many words may deny, the loss of one is let pass."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """At most one finding."""
        source, target = primary(pair.source_language), primary(pair.target_language)
        if span := _one_sided(pair.source_text, pair.target_text, source, target):
            yield self.finding("The source denies something and the target does not.", span, None)
        elif span := _one_sided(pair.target_text, pair.source_text, target, source):
            yield self.finding("The target denies something and the source does not.", None, span)
