"""What a regulatory document names again and again: studies, products, arms, endpoints, numbers of subjects. Imports the core only.

Rules find what is written in the usual forms; what they miss is missing from the brief and nothing else depends on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["entities"]

_REGISTRY = re.compile(
    r"\b(?:NCT\d{8}|\d{4}-\d{6}-\d{2}(?:-\d{2})?|CTR\d{8}|ChiCTR[\w-]{6,16}|jRCT\w?\d{8,10}|ISRCTN\d{8})\b"
)
_NAMED = re.compile(
    r"(?:protocol|study|trial|studie|prüfplan|étude|protocole|estudio|estudo|protocolo|studio|方案|研究|試験|治験)"
    r"(?:\s?(?:no\.?|number|id|code|nr\.?|n°|编号|番号|identifier))?\s?[:：]?\s?((?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?=[A-Z]*-?\d)[A-Z]{2,5}-?\d{3,6}(?:-\d{2,4})?\b")
_NOT_CODE = re.compile(r"(?:ISO|ICH|CFR|EC|EU|CHMP|EMA|FDA|COVID|SARS|UTF|HLA|CYP|IL|CD|HER)-?\d|.*-?(?:19|20)\d\d$")
_STEM = re.compile(
    r"\b[A-Za-z]{3,}(?:mab|tinib|ciclib|parib|rafenib|gliptin|gliflozin|glutide|sartan|statin|prazole|oxacin|cillin|vir|mycin|cept|zumab|ximab|lukast|triptan|setron|grel|xaban|gatran)\b"
)
_DOSED = re.compile(r"\b([A-Za-z][A-Za-z-]{4,})\s+\d+(?:[.,]\d+)?\s?(?:mg|µg|mcg|g|IU|mg/kg|mg/m2|mg/m²)\b")
_ARM = re.compile(
    r"\b((?:[A-Z][\w.-]*|placebo|control|comparator|active control|low[- ]dose|high[- ]dose|standard of care)"
    r"(?:\s(?:[A-Z][\w.-]*|\d+(?:\.\d+)?|mg|µg|plus|and|high|low|dose)){0,4})\s(?:group|arm|cohort)\b"
)
_ENDPOINT = re.compile(
    r"\b(?:co-?)?primary (?:efficacy |safety )?(?:end\s?point|outcome(?: measure)?)s?\b[^.;]{0,12}?\b(?:is|was|will be|are|were)\s(?:defined as\s)?(?:the\s)?([^.;]{8,140})",
    re.IGNORECASE,
)
_N = re.compile(r"\bN\s?=\s?(\d[\d,]*)")
_SUBJECTS = re.compile(
    r"\b(?:approximately\s)?(\d[\d,]{0,7})\s(subjects|patients|participants|volunteers)\s(?:were|was|will be|have been)\s(randomi[sz]ed|enrolled|treated|included|screened)"
)
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "dose doses daily about least total with than from over under placebo approximately maximum minimum tablet tablets capsule "
        "capsules single first second each containing contains between every strength strengths below above exceeding after before "
        "until initial target oral weekly starting lowest highest higher lower were given taking received receiving reached reaching",
    )
)
_ARTICLES = frozenset(
    re.findall(
        r"\w+",
        "The This That Each Every All Both Either No In For Of A An One Two Three Any Same Other Treatment Study Dose Age Sub "
        "Patients Subjects",
    )
)


def entities(texts: Sequence[str], *, most: int = 4) -> Mapping[str, tuple[str, ...]]:
    """Texts by kind (``docpipe.model.brief.KINDS``), each exactly as it is written there, the most frequent first."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in ("study", "product", "arm", "endpoint", "n")}
    codes: Counter[str] = Counter()
    for text in texts:
        found["study"].update(_REGISTRY.findall(text))
        found["study"].update(c for c in _NAMED.findall(text) if len(c) >= 4)
        codes.update(c for c in _CODE.findall(text) if not _NOT_CODE.match(c))
        found["product"].update(m.group(0).lower() for m in _STEM.finditer(text))
        found["product"].update(w.lower() for w in _DOSED.findall(text) if w.lower() not in _COMMON)
        found["arm"].update(a for a in _ARM.findall(text) if a.split()[0] not in _ARTICLES)
        found["endpoint"].update(e.strip() for e in _ENDPOINT.findall(text)[:1])
        found["n"].update(f"N={n}" for n in _N.findall(text))
        found["n"].update(f"{n} {who} {what}" for n, who, what in _SUBJECTS.findall(text))
    studies = set(found["study"])
    found["product"].update({c: n for c, n in codes.items() if n >= 3 and not any(c in s for s in studies)})
    least = {"product": 3, "arm": 2}
    return {kind: kept for kind, counted in found.items() if (kept := _kept(counted.items(), least.get(kind, 1), most))}


def _kept(counted: Iterable[tuple[str, int]], least: int, most: int) -> tuple[str, ...]:
    ranked = sorted(((n, text) for text, n in counted if n >= least), key=lambda x: (-x[0], x[1]))
    return tuple(text for _, text in ranked[:most])
