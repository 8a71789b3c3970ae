"""What models say beside a translation: announcements, refusals, remarks, scaffolding of requests. Imports the standard library only.

Written from how chat models open and close replies in English, Chinese, Spanish, German, French and Japanese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern for targets. ``unless``: what in the source makes it legal; ``what``: a few words for the message.

    ``hints``: in lower case, one of them stands wherever the pattern finds something: a quick look before it is tried.
    """

    what: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    hints: tuple[str, ...]


_ABOUT_TRANSLATION = re.compile(
    r"translat|翻译|翻譯|译文|译本|译员|译者|译成|翻訳|訳文|traduc|traduct|[üu]bersetz|language model|语言模型|言語モデル|\bA\.?I\.?\b|\bKI\b|\bIA\b|人工智能|chatbot|assistant|助手",
    re.I,
)
_REGRET = re.compile(
    r"sorry|apolog|regret|cannot|can't|can not|unable|not able|couldn|抱歉|对不起|歉|不能|无法|无力|不可|lo siento|disculp|no puedo|no pued|leid|entschuldig|"
    r"kann |könn|nicht|d[ée]sol|ne peu|peux pas|申し訳|すみません|できません",
    re.I,
)
_CODE = re.compile(r"```|segment|json|[{}<>]|ids?\b", re.I)

_START = r"^\W*(?:(?:sure|certainly|of course|okay|ok|absolutely)\b[,!.:]?\s*)?"
PHRASES = (
    Phrase(
        "an announcement of the translation",
        re.compile(
            _START + r"(?:here(?:'s|’s| is| are| you go)[^.\n]{0,40}translat|(?:the |below is the |this is the )?(?:translated (?:text|sentence|version|segment)|"
            r"(?:\w+ )?translation(?: (?:of|into|in) [^.:\n]{1,40})?)\s*(?:is as follows|reads)?\s*[:：])"
            r"|(?:以下|下面)(?:是|为)[^。\n]{0,15}(?:翻译|译文)|^\W*(?:译文|翻译(?:结果|如下)?|翻譯|中文(?:翻译|译文)|英文(?:翻译|译文))\s*(?:如下|为)?\s*[:：]|^翻译如下|译文如下"
            r"|(?:aquí (?:está|tienes?|va)|a continuación (?:se (?:presenta|muestra)|está))[^.\n]{0,25}traducci|^\W*(?:la )?traducción(?: al \w+)?\s*:|^\W*texto traducido\s*:"
            r"|hier (?:ist|sind|folgt|kommt)[^.\n]{0,25}übersetz|^\W*(?:die )?(?:deutsche )?übersetzung(?: ins? \w+)?\s*:|^\W*übersetzter text\s*:"
            r"|voici (?:la|une|ma|le texte)[^.\n]{0,20}tradu|^\W*(?:la )?traduction(?: (?:en|française)\w*)?\s*:|^\W*texte traduit\s*:"
            r"|(?:以下|こちら)(?:は|が)[^。\n]{0,12}(?:翻訳|訳)|^\W*(?:翻訳|訳文|日本語訳)\s*[:：]",
            re.I,
        ),
        _ABOUT_TRANSLATION,
        ("translat", "翻译", "翻譯", "译文", "tradu", "übersetz", "訳"),
    ),
    Phrase(
        "a model speaking of itself",
        re.compile(
            r"\bas an? (?:AI|artificial intelligence|(?:large )?language model)\b|\bI(?:'m| am) (?:just )?an? (?:AI|(?:large )?language model)\b|作为(?:一个|一名)?(?:AI|人工智能|(?:大型?)?语言模型)"
            r"|como (?:una? )?(?:IA|inteligencia artificial|modelo de lenguaje|asistente)|als (?:KI|künstliche intelligenz|sprachmodell)|en tant qu(?:'|’|e )(?:IA|intelligence artificielle|modèle de langage)"
            r"|(?:AI|言語モデル)として",
            re.I,
        ),
        _ABOUT_TRANSLATION,
        ("as a", "i am", "i'm", "作为", "como", "als ", "en tant qu", "として"),
    ),
    Phrase(
        "a remark on the translation",
        re.compile(
            r"(?:translator'?s note|note (?:on|about) (?:the )?translation|(?:I(?:'ve| have)?|we(?:'ve| have)?) (?:kept|left|preserved|translated|retained|rendered)\b|\b(?:the )?tags? (?:have been|were|are) (?:kept|preserved)"
            r"|(?:let me know|feel free to ask|I hope this helps)|[(\[]\s*note\s*:[^)\]]*translat)|译者注|(?:注|备注|说明)[:：][^。]{0,20}(?:译|翻译)|我(?:保留|翻译|已将|已经翻译)了?|希望(?:这|以上)?(?:对您|对你)?有所?帮助|如有(?:任何)?(?:其他)?(?:问题|需要)[，,]?请(?:随时)?(?:告诉我|告知)"
            r"|nota del traductor|he (?:traducido|mantenido|conservado)|espero que (?:esto )?(?:te|le)? ?(?:ayude|sirva)|anmerkung des übersetzers|ich habe (?:die|den|das) [^.]{0,30}(?:übersetzt|beibehalten)|ich hoffe, (?:das|dies) hilft"
            r"|note du traducteur|n\.d\.t\.|j'ai (?:traduit|conservé|gardé)|j'espère que cela",
            re.I,
        ),
        re.compile(_ABOUT_TRANSLATION.pattern + r"|\b(?:I|we)\b|我|\bhe\b|\bhemos\b|\bich\b|\bwir\b|j'ai|nous|let me|feel free|hope|希望|espero|hoffe|私|如有", re.I),
        ("translat", "kept", "left", "preserved", "retained", "rendered", "let me know", "feel free", "i hope this", "译", "我", "希望", "如有", "traduc", "tradui", "mantenido",
         "conserv", "espero que", "anmerkung", "ich habe", "ich hoffe", "n.d.t", "j'ai", "j'esp"),
    ),
    Phrase(
        "a refusal",
        re.compile(
            r"\bI(?:'m| am) (?:sorry|unable|not able)\b|\bI (?:cannot|can't|can’t|won't|must decline)\b|\bI apologi[sz]e\b|\b(?:cannot|can't) (?:assist|help|comply|fulfil)\w* (?:with )?(?:that|this|your)"
            r"|(?:很?抱歉|对不起)[，,]?\s*(?:但|我|作为|无法)|我(?:无法|不能)(?:翻译|提供|协助|帮助|满足|完成|处理|回答)|lo siento[,.]? (?:pero|no)|no puedo (?:ayudar|traducir|proporcionar|cumplir|ofrecer|asistir)"
            r"|es tut mir leid|ich kann (?:diese|das|ihnen|dir|dabei|leider)[^.]{0,40} nicht|je suis désolée?|je ne peux pas (?:traduire|fournir|vous aider|répondre|t'aider)|申し訳(?:ありません|ございません)が",
            re.I,
        ),
        _REGRET,
        ("i'm", "i am", "cannot", "can't", "can’t", "won't", "must decline", "apologi", "抱歉", "对不起", "我无法", "我不能", "lo siento", "no puedo", "es tut mir",
         "ich kann", "je suis", "je ne peux", "申し訳"),
    ),
    Phrase(
        "a piece of the request",
        re.compile(
            r"```|\"(?:id|target|segments?|translations?|merged_into|text)\"\s*:|^\s*[\[{]\s*\"|\b(?:source|target) (?:text|segment|language)\s*:|^\s*(?:segment|paragraph)\s*#?\d+\s*[:：]"
            r"|<\|[a-z_]+\|>|</?(?:segment|source|target|translation|context|glossary|instructions?)>|\bSystem prompt\b|do not translate (?:this|the following)|(?:keep|preserve) (?:all|the) (?:tags|codes)|please (?:re-?)?translate|请(?:重新)?翻译(?:以下|下列)",
            re.I,
        ),
        _CODE,
        ("```", '"', "text", "segment", "language", "paragraph", "<", "system prompt", "translat", "keep", "preserve", "翻译"),
    ),
)  # fmt: skip
