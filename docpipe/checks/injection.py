"""A20, instructions to a machine in a document's text: words that address a model and not a reader, in a source or in a target. Imports the core.

The text is only ever data here; a person should know all the same that somebody wrote to the machine, and whether it answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from docpipe.model.check import Check, Pair
from docpipe.model.finding import Finding, Severity, Span

_PREVIOUS = r"(?:previous|prior|above|earlier|preceding|all|any|your|these|the)"
_ORDERS = (
    (rf"\b(?:ignore|disregard|forget|override|bypass)\b.{{0,30}}\b{_PREVIOUS}\b.{{0,30}}\b(?:instruction|prompt|rule|direction|guideline|order)s?\b",
     ("ignor", "disregard", "forget", "overrid", "bypass")),
    (r"\bsystem[ -](?:prompt|message|instructions?)\b|\byour (?:instructions|system|prompt|configuration)\b",
     ("system p", "system-p", "system m", "system-m", "system i", "system-i", "your i", "your s", "your p", "your c")),
    (r"\byou are (?:now |an? )?(?:an? )?(?:AI|assistant|language model|chatbot|DAN|unrestricted)\b|\bas an AI\b|\bjailbreak\b",
     ("you are", "as an ai", "jailbreak")),
    (r"\b(?:AI|LLM|assistant|chatbot|translator|model|machine)\s*[:,]\s*(?:please|ignore|do|reply|answer|output|approve|stop|write)\b",
     ("ai:", "ai,", "ai :", "ai ,", "llm", "assistant", "chatbot", "translator", "model", "machine")),
    (r"\b(?:reply|respond|answer|output|print|return)\s+(?:only|exactly|solely|just)\b|\breply with\b|\b(?:output|print|reveal|repeat) (?:the|your|all)\b.{0,30}\b(?:prompt|instructions|key|text above)\b",
     ("only", "exactly", "solely", "just", "reply with", "output ", "print ", "reveal ", "repeat ")),
    (r"\bdo not translate (?:this|the|any|it)\b|\binstead of translating\b|\bmark (?:this|the|all|every).{0,40}\bas (?:approved|reviewed|final)\b",
     ("translat", "mark ")),
    (r"\bapprove (?:this|all|the|every)\b.{0,40}\b(?:segment|row|document|translation|text|checkpoint)s?\b|\bset (?:the )?status to\b",
     ("approve ", "status to")),
    (r"忽略.{0,12}(?:指令|指示|说明|提示|规则|要求)|无视.{0,12}(?:指令|指示|提示|规则)|系统提示|你(?:现在)?是一?个?(?:AI|人工智能|助手|语言模型)|(?:不要|请勿)翻译|批准(?:本|此|所有|全部).{0,8}(?:文件|段落|译文|行)|只(?:回复|回答|输出)",
     ("忽略", "无视", "系统提示", "你", "翻译", "批准", "只回", "只输")),
    (r"(?:指示|命令|ルール).{0,6}無視|システム(?:プロンプト|メッセージ)|翻訳(?:しないで|せずに)|承認(?:して|済み)とし?て?|だけを?(?:返|出力|回答)",
     ("無視", "システム", "翻訳", "承認", "だけ")),
    (r"\bignorier\w*\b.{0,40}\b(?:Anweisung|Vorgabe|Regel)\w*|\bSystem-?(?:Prompt|Anweisung|Nachricht)\w*|\b(?:antworte|gib)\w* nur\b|\bübersetze (?:dies|das|diesen)\w* nicht|\bals (?:genehmigt|freigegeben)\b.{0,20}\bmarkier\w*|\bgenehmige\b",
     ("ignorier", "systemp", "system-p", "systema", "system-a", "systemn", "system-n", " nur", "übersetz", "genehmig", "freigegeben")),
    (r"\bignor(?:e[sz]?|ez|er)\b.{0,40}\b(?:instructions|consignes|règles)\b|\binvite (?:du )?système\b|\bmessage système\b|\bréponds?z? (?:uniquement|seulement)\b|\bne tradui(?:s|sez) pas\b|\bapprouve[sz]?\b.{0,30}\b(?:document|segment|texte)s?\b",
     ("ignor", "invite", "message syst", "répon", "ne tradui", "approuve")),
    (r"\bignor[ae]\w*\b.{0,40}\b(?:instrucciones|indicaciones|reglas|istruzioni|instruções)\b|\b(?:prompt|mensaje|instrucciones) del sistema\b|\bresponde (?:solo|sólo|únicamente)\b|\bno traduzcas\b|\bapruebe?a?\b.{0,30}\b(?:documento|segmento|texto)s?\b",
     ("ignor", "del sistema", "responde ", "no traduzcas", "aprueb")),
    (r"\bигнорируй\w*\b|\bсистемн\w+ (?:промпт|сообщени|инструкци)\w*",
     ("игнорируй", "системн")),
    (r"</?(?:system|assistant|user|instructions?|document|source|paragraphs?|segments?|prompt)\s*>|<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<<SYS>>|===\s*(?:system|user)\s*===|^\s*#{2,}\s*(?:system|instruction)s?\b",
     ("<", "inst]", "===", "##")),
    (r"\{\s*\"(?:segments|paragraphs|matches|errors|asked_again|role|messages)\"\s*:|\"(?:merged_into|asked_again|role)\"\s*:",
     ('"',)),
)  # fmt: skip
"""Patterns of orders, each with what stands in folded text wherever it finds something: a quick look before it is tried."""
_PATTERNS = tuple((re.compile(order, re.IGNORECASE | re.MULTILINE), hints) for order, hints in _ORDERS)


@lru_cache(maxsize=16384)
def _order(text: str) -> Span | None:
    """Where the text begins to address a machine."""
    # The two letters that are an i to a pattern, but not when folded.
    folded = text.casefold().replace("i\u0307", "i").replace("ı", "i")
    found = [
        match.span()
        for pattern, hints in _PATTERNS
        if any(hint in folded for hint in hints) and (match := pattern.search(text))
    ]
    return min(found, default=None)


class InjectionSuspected(Check):
    """A20."""

    id = "A20.injection-suspected"
    severity = Severity.MAJOR
    title = "Words to a machine"
    description = (
        "The source or the target addresses a model and not a reader: orders to ignore instructions, to approve, to reply with something, "
        "marks and JSON of a prompt, in seven languages. It says nothing of whether a model obeyed; compare the two texts."
    )

    def run(self, pair: Pair) -> Iterator[Finding]:
        """One finding for the source and, where only the target does so, one for the target."""
        if span := _order(pair.source_text):
            yield self.finding("The source holds words that address a machine.", span, None)
        elif span := _order(pair.target_text):
            yield self.finding("The target holds words that address a machine.", None, span)
