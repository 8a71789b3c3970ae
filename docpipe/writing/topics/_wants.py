"""What a report asks of protocols and plans: for each subject the words of headings under which texts of the field treat it. Imports nothing.

Facts of usage only: how protocols after ICH E6 and M11, analysis plans and their headings are worded. Matching is done elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

PROTOCOL, PLAN, REPORT, GUIDE, QUESTIONS, OTHER = "protocol", "plan", "report", "guide", "questions", "other"
"""What a text is: a protocol, an analysis plan, a previous report, a guide to data, an authority's questions, anything else."""


@dataclass(frozen=True, slots=True)
class Want:
    """A subject. ``heads``: regular expressions for headings, best first; ``never``: headings and ancestors that do not count.

    ``words``: sentences that treat it where no heading does; ``roles``: which texts are asked, in order; ``most``: characters that are
    quoted at most; ``own``: only the text right under the heading, not that of its subsections; ``tables``: tables count.
    """

    heads: tuple[str, ...]
    words: str = ""
    never: str = ""
    roles: tuple[str, ...] = (PROTOCOL, PLAN)
    most: int = 2400
    own: bool = False
    tables: bool = True
    leave: str = ""
    """Sentences that another section tells; they are left out where something else remains."""


_BOTH, _PLAN_FIRST, _ANY = (PROTOCOL, PLAN), (PLAN, PROTOCOL), (PROTOCOL, PLAN, OTHER)

WANTS: dict[str, Want] = {
    # 5 and 6
    "review_board": Want(
        (r"(?:independent )?ethics committee|institutional review board|\birb\b|\biec\b",),
        r"\b(?:IRB|IEC)s?\b|ethics committee|institutional review board", roles=_ANY, most=900,
    ),
    "ethical_conduct": Want(
        (r"ethical conduct", r"regulatory (?:compliance|and ethical)|good clinical practice|declaration of helsinki", r"ethical (?:principles|standards|considerations)|^ethics$"),
        r"good clinical practice|declaration of helsinki", never=r"review board|ethics committee|consent", roles=_ANY, most=900, own=True,
        leave=r"^(?!.*(?:helsinki|good clinical practice|\bGCP\b|\bICH\b|\bCFR\b)).*(?:ethics committee|review board|informed consent|\bI(?:RB|EC)s?\b)",
    ),
    "consent": Want(
        (r"informed consent|patient information and consent|consent process",), r"informed consent", roles=_ANY, most=900,
    ),
    "administration": Want(
        (r"administrative structure|study administration|(?:study|trial) organi[sz]ation|committees?\b|coordinating investigator|steering",),
        r"(?:data (?:and )?safety monitoring|steering|data monitoring|adjudication) (?:board|committee)|contract research organi[sz]ation",
        never=r"ethics|review board", roles=_ANY, most=1200,
    ),
    # 7 and 8
    "background": Want(
        (r"(?:disease|scientific|clinical|medical) background|^background|unmet", r"^introduction|purpose of (?:the )?(?:trial|study)"),
        never=r"statistic|analysis plan|purpose of this|rationale for (?:the )?(?:design|dose)|pilot project|implementation", roles=(PROTOCOL, OTHER), most=2200,
    ),
    "rationale": Want(
        (r"rationale for (?:the )?(?:study|trial)|(?:study|trial) rationale|rationale for (?!.*(?:dose|design|endpoint|comparator))|justification for (?:the )?(?:study|trial)",),
        never=r"design|dose|statistic", roles=(PROTOCOL,), most=1600,
    ),
    "objectives": Want(
        (r"(?:primary|secondary|tertiary|exploratory|safety|main|key|other) (?:and \w+ )?(?:study |trial )?objectives?|^objectives? and|^(?:study|trial) objectives?|^objectives?(?:\(s\))?$|objective",),
        r"\bobjectives? (?:of (?:the|this) (?:study|trial)|(?:is|are|was|were))\b", never=r"statistic|analy[sz]|hypothes", most=3000,
    ),
    "endpoints": Want(
        (r"(?:primary|secondary|exploratory|safety|efficacy|key) (?:efficacy )?(?:endpoints?|outcomes?|variables?)|(?:study|trial) endpoint|^endpoints?",),
        never=r"statistical methods|statistical consid|analys[ei]s|estimand|scoring|attachment", most=2400,
    ),
    # 9
    "design": Want(
        (r"overall (?:study |trial )?design|description of (?:the )?(?:clinical )?(?:study|trial)|(?:study|trial) design and plan|summary of (?:study|trial) design", r"^(?:study|trial) design|investigational plan|^design"),
        r"(?:randomi[sz]ed|open[- ]label|double[- ]blind|single[- ]arm|crossover)[^.]{0,120}\b(?:study|trial)\b", never=r"rationale|discussion|justification|statistic|synopsis", most=2400, own=True,
    ),
    "periods": Want(
        (r"(?:study|trial) periods?|^epochs?|duration of (?:the )?(?:study|trial|treatment|participation)|end of (?:study|trial)",), never=r"procedure|statistic", roles=(PROTOCOL,), most=1500,
    ),
    "design_rationale": Want(
        (r"(?:rationale|justification|discussion|appropriateness)[^.]*(?:design|control|comparator)|choice of control",),
        r"(?:control group|comparator) (?:is|was|were|has been) (?:chosen|selected|justified|considered)|rationale for (?:the )?(?:design|control|comparator)", never=r"dose", roles=(PROTOCOL,), most=1800,
    ),
    "population": Want((r"number of (?:subjects|patients|participants)|(?:study|trial) population|selection of (?:study |trial )?population",), never=r"statistic|analys|sample", roles=(PROTOCOL,), most=900, own=True),
    "inclusion": Want((r"inclusion criteri",), never=r"exclusion|rationale", most=6000),
    "exclusion": Want((r"exclusion criteri",), never=r"inclusion|rationale", most=6000),
    "removal": Want(
        (r"(?:discontinu\w+|withdraw\w*|removal|stopping)(?! procedures? for data)",),
        r"(?:may|will|could|can|must) be (?:discontinued|withdrawn|removed) from", never=r"statistic|analys|missing|adverse events leading|disposition|data handling|number", roles=(PROTOCOL,), most=2000,
    ),
    "treatments": Want(
        (r"treatments? administered|(?:investigational|study|trial) (?:treatments?|interventions?|drugs?|products?) administ|administration of (?:study|trial|investigational)", r"(?:test|comparator|reference|control|investigational) (?:product|treatment|drug|medicinal|intervention)|^(?:study|trial) (?:drug|treatment|intervention|medication)s?$|dos(?:ing|age) (?:and|regimen|schedule)", r"^treatments?$"),
        r"(?:was|were|will be|is|are) (?:administered|applied|given|dosed|taken)\b[^.]*\b(?:mg|µg|daily|once|twice|weekly|oral(?:ly)?|inject\w+|patch(?:es)?|tablets?|capsules?|doses?)\b", never=r"packag|label|storage|accountab|statistic|prior|concomitant|discontinu|assign|compliance|rationale", most=2400,
    ),
    "product": Want(
        (r"identity of (?:the )?investigational|packag|label+ing|storage|formulation|drug supply|supplies|manufactur|accountab|preparation",),
        r"\b(?:packaged|labell?ed|stored?|batch|lot) (?:in|with|at|number)\b", never=r"statistic|abbreviat|display", roles=(PROTOCOL,), most=1500,
    ),
    "assignment": Want(
        (r"randomi[sz]ation|(?:treatment|subject|patient|participant) assignment|assign\w* (?:of )?(?:patients|subjects|participants|treatment)|allocation",),
        r"\brandomi[sz]ed? (?:in an?\b|according|centrally|using|to one)|\b\d:\d|randomi[sz]ation (?:code|list|schedule|ratio|scheme)|assigned to (?:a |one |treatment)", never=r"statistic|populations?|analysis|disposition|code break|unblind", most=1500,
    ),
    "dose_selection": Want(
        (r"(?:rationale|justification|selection|choice)[^.]*\bdos(?:e|es|ing|age)\b|dose (?:selection|rationale|justification)",),
        r"doses? (?:was|were|are|have been|has been) (?:chosen|selected)|dose[- ](?:selection|finding) (?:was|is|study)", never=r"statistic|adjust|modif", roles=(PROTOCOL,), most=1500,
    ),
    "dose_timing": Want(
        (r"timing of (?:the )?dos|dose (?:modification|adjustment|titration|escalation|reduction)|dos(?:ing|e) schedule|duration of (?:treatment|therapy)",),
        r"^(?!.*(?:samples?|visits?|measured|assess|statistic)).*\b(?:administered|applied|taken|dosed|given|swallowed|injected|infused)\b[^.]{0,100}\b(?:daily|weekly|once|twice|every|morning|evening|meals?|fasting)\b", never=r"statistic|rationale|synopsis|adverse|safety assess", most=1200,
    ),
    "blinding": Want(
        (r"blinding|masking|unblinding|code break",), r"\bunblind(?:ed|ing) (?:of|by|is|was|will|could|may|procedure)|identical (?:in )?appearance|look(?:ed)? alike|blinded (?:kits?|manner|fashion)|(?:break\w*|broken)[^.]{0,30}\b(?:blind|code)", never=r"statistic|assign", most=1200,
    ),
    "concomitant": Want(
        (r"(?:prior|previous|concomitant|prohibited|permitted|rescue)[^.]*(?:medic|therap|treat|drug)",),
        r"\b(?:medications?|treatments?|drugs?|\w+steroids?|\w+dilators?)\b[^.]{0,60}\b(?:is|are|was|were|not) (?:only |not )?(?:allowed|permitted|prohibited|excluded)\b|(?:concomitant|prior|prohibited|rescue) (?:medications?|therap(?:y|ies)|treatments?)[^.]{0,80}\b(?:will|was|were|is|are|may|must)\b", never=r"illness|disease|display|statistic\w* method.*table", most=1500,
    ),
    "compliance": Want(
        (r"(?:treatment|drug|dosing|medication|intervention|patient|subject|participant)s? (?:compliance|adherence)|^(?:compliance|adherence)",), r"(?:compliance|adherence) (?:will|was|is|were|with (?:study|trial) (?:drug|treatment))|patch application review", never=r"regulatory|ethic|cdisc|conformance|standard", most=900,
    ),
    "schedule": Want(
        (r"schedule of (?:assessments?|activities|events|procedures|visits)|(?:study )?flow ?chart|time and events|visit schedule",), never=r"statistic|window", roles=(PROTOCOL,), most=6000,
    ),
    "procedures": Want(
        (r"(?:study|trial) (?:procedures?|assessments?)|(?:efficacy|safety) (?:and \w+ )?(?:assessments?|measurements?|evaluations?|procedures)|assessments and procedures|^assessments?$",),
        r"(?:were|was|will be) (?:assessed|measured|recorded|collected)\b", never=r"statistic|analys|appropriat|discontinu|schedule|display|primary", roles=(PROTOCOL,), most=4500,
    ),
    "appropriateness": Want(
        (r"appropriateness|(?:scale|instrument|questionnaire|measure)s? (?:description|validity)|description of (?:the )?(?:scale|instrument|measure)|validity|endpoint (?:rationale|definitions?)|rationale for (?:the )?(?:endpoint|choice of endpoint)",),
        r"(?:validated|reliable|well[- ]established|accepted|widely used)\b[^.]{0,60}(?:scale|instrument|measure|questionnaire|method|test)", never=r"design|control|computer|system|software", most=2400,
    ),
    "primary_variable": Want(
        (r"primary (?:efficacy )?(?:endpoints?|variables?|outcomes?|measures?)|(?:endpoint|variable)s?.*primary|^primary$",),
        r"primary (?:efficacy )?(?:endpoints?|variables?|outcome(?: measure)?s?)\b[^.]{0,40}\b(?:is|are|was|were|will)", never=r"analys[ei]s|statistical (?:methods|consid)|objective\(s\)$|secondary|synopsis|estimand", most=1500,
    ),
    "concentration": Want(
        (r"(?:drug|plasma|serum) (?:concentration|level)s?|pharmacokinetic|bioanaly",),
        r"(?:plasma|serum|drug) concentrations?\b|pharmacokinetic", never=r"statistic|background|rationale", roles=(PROTOCOL, PLAN), most=1200,
    ),
    "quality": Want(
        (r"(?:data )?quality (?:assurance|control|management|tolerance)|(?:data|study|trial|site|source) (?:monitoring|management|verification)|audits?\b|source data",),
        r"(?:source data (?:verification|review)|on-?site monitoring|quality (?:assurance|control) (?:was|were|will|proced\w+)|double data entry|edit checks?)", never=r"safety monitoring|interim|conformance|reviewer", roles=_ANY, most=1500,
    ),
    # 9.7, from the analysis plan first
    "analysis_sets": Want((r"analysis (?:populations?|sets?)|(?:populations?|data ?sets?) (?:for analys|analy)|study populations? for",), r"(?:intent[- ]to[- ]treat|safety|per[- ]protocol|full analysis) (?:population|set) (?:is|are|was|were|will|includes?|consists?)", never=r"flag|adam|dataset", roles=_PLAN_FIRST, most=2400),
    "general_statistics": Want((r"general (?:consideration|principle|statistic|method)s?|^statistical (?:methods|consideration|analys)",), r"(?:all )?statistical tests? (?:was|were|will be|is|are)|significance level|summary statistics", never=r"analysis plan", roles=_PLAN_FIRST, most=1500, own=True),
    "hypotheses": Want((r"hypothes[ei]s|estimands?",), r"null hypothesis", roles=_PLAN_FIRST, most=1500, own=True),
    "primary_analysis": Want((r"primary (?:efficacy )?(?:analys[ei]s|endpoints?|estimand)|(?:analys[ei]s)[^.]*primary",), r"primary (?:efficacy )?(?:analysis|endpoint)[^.]*\b(?:will|was|were|using|based)\b", never=r"objectives?|endpoint\(s\)$|\bsafety|hypothes|attachment|appendix", roles=_PLAN_FIRST, most=4000),
    "secondary_analysis": Want((r"secondary (?:efficacy )?(?:analys[ei]s|endpoints?)|(?:analys[ei]s)[^.]*secondary",), r"secondary (?:efficacy )?(?:analys[ei]s|endpoints?)[^.]*\b(?:will|was|were|using)\b", never=r"objectives?|endpoint\(s\)$|hypothes|attachment|appendix", roles=_PLAN_FIRST, most=3000),
    "safety_analysis": Want((r"safety (?:analys[ei]s|evaluation)|analys[ei]s of safety",), r"safety (?:data|variables|parameters)[^.]*\b(?:summari[sz]ed|analy[sz]ed)", never=r"objectives?|assessments|attachment|appendix|deviation", roles=_PLAN_FIRST, most=4500),
    "sample_size": Want((r"sample size|power (?:calculation|consideration)|number of subjects required",), r"sample size|\bpower to detect\b|\d+ ?% power", roles=(PROTOCOL, PLAN), most=1500),
    "changes": Want(
        (r"(?:changes?|deviations?)[^.]*(?:protocol|conduct|planned)|protocol[- ]specified analys|amendments?|(?:changes?|differences?) (?:from|to|in) (?:the )?(?:protocol|plan|analys)|not pre-?specified",),
        r"(?:differs?|deviat\w+|chang\w+) from (?:the )?protocol", never=r"eligib|discontinu|handling|display|change from baseline|document history", roles=(PLAN, PROTOCOL, OTHER), most=4000,
    ),
    # 11.4.2
    "covariates": Want((r"covariates?|adjust\w* for",), r"\bcovariates?\b|\badjust(?:ed|ment) for (?:baseline|site|cent)", never=r"attachment|template|deviation", roles=_PLAN_FIRST, most=1500),
    "missing": Want((r"missing (?:data|values?)|drop-?outs?|(?:handling|imputation)[^.]*missing|early termination",), r"\bLOCF\b|last observation|imput(?:ed|ation)|missing (?:data|values?)", never=r"attachment|template", roles=_PLAN_FIRST, most=2000),
    "interim": Want((r"interim|data (?:safety )?monitoring (?:board|committee)|\bdsmb\b|\bidmc\b|\bdmc\b",), r"\binterim analys[ei]s\b|data (?:safety )?monitoring (?:board|committee)", roles=_PLAN_FIRST, most=1200),
    "multicentre": Want((r"multi-?\s?cent(?:er|re)|(?:cent(?:er|re)|site) (?:effect|pooling)|pooling of",), r"pool(?:ed|ing) (?:of )?(?:sites?|cent(?:er|re)s?)|\b(?:cent(?:er|re)s?|sites?)\b[^.]{0,60}\b(?:factor|covariate|stratif\w+|effects?|by[- ]treatment)\b", roles=_PLAN_FIRST, most=1500),
    "multiplicity": Want((r"multiplicity|multiple (?:comparison|testing|endpoint)s?|type i error",), r"multiplicity|multiple (?:comparison|testing)", roles=_PLAN_FIRST, most=2000),
    "subset": Want((r"per[- ]protocol|efficacy subset|completers? (?:analys|set|population)",), r"per[- ]protocol (?:set|population|analys[ei]s)|efficacy subset", never=r"flag|adam|variable", roles=_PLAN_FIRST, most=1000),
    "equivalence": Want((r"non-?inferiority|equivalence",), r"non-?inferiority margin|equivalence (?:margin|limits?|bounds?)", roles=_PLAN_FIRST, most=1500),
    "subgroups": Want((r"subgroups?|examination of sub",), r"\bsubgroups?\b", roles=_PLAN_FIRST, most=1500),
    "deviation_rules": Want((r"protocol (?:deviation|violation)s?",), r"(?:important|major|significant) protocol (?:deviation|violation)s?", never=r"protocol-specified|change", roles=(PLAN, PROTOCOL), most=1200),
    "adverse_event_rules": Want((r"(?:definition|recording|reporting|assessment|collection)s? of (?:serious )?adverse|^adverse events?(?: \(.*)?$|adverse event (?:definition|reporting|collection)",), r"adverse events? (?:will be|was|were|is|are) (?:recorded|defined|collected|reported|coded)", never=r"statistic|analys|display|treat(?:ment)?[- ]emergent.*table", roles=(PROTOCOL, PLAN), most=1500),
    "references": Want((r"^(?:list of )?(?:literature )?references?(?: list)?$|^bibliography|literature cited",), roles=_ANY, most=12000),
}  # fmt: skip
"""Subject -> what to look for. Templates ask ``study.passages.about("inclusion")``."""

SKIPPED = (
    r"synopsis|^(?:protocol |study |trial )?summary$|table of contents|^contents$|abbreviation|glossary|template|attachment|data display|display specification"
    r"|tables, listings|table shells?|programming|document history|revision history|^signatures?|signature page|confidential|adam datasets?|analysis datasets?|key variables|software and versions"
    r"|data requirements|population flags"
)  # fmt: skip
"""Headings under which nothing is taken: what repeats the text elsewhere, and what is about documents and programmes."""
