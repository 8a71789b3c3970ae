"""Plain English words for what documents for lay readers name: medical problems, procedures of a study, ways of leaving it. Imports nothing.

Only words: what is told of a study stands in its sources. A term that is not here keeps its own words.
"""

from __future__ import annotations

import re

_TERMS = {
    "abdominal discomfort": "discomfort in the belly", "abdominal pain": "belly pain", "agitation": "being restless and upset",
    "alanine aminotransferase increased": "a blood test of the liver was high", "alopecia": "hair loss", "anaemia": "too few red blood cells",
    "anemia": "too few red blood cells", "anxiety": "feeling worried", "arthralgia": "joint pain", "aspartate aminotransferase increased": "a blood test of the liver was high",
    "asthenia": "weakness", "atrial fibrillation": "an uneven heartbeat", "back pain": "pain in the back", "blister": "a bubble on the skin",
    "blood creatinine increased": "a blood test of the kidneys was high", "bradycardia": "a slow heartbeat", "bronchitis": "infection of the airways",
    "confusional state": "being confused", "constipation": "trouble passing stool", "decreased appetite": "not feeling hungry",
    "dehydration": "too little water in the body", "depression": "feeling very sad", "dermatitis": "sore skin", "dermatitis contact": "skin that is sore from something it touched",
    "diarrhoea": "loose stools", "diarrhea": "loose stools", "dysgeusia": "a change in taste",
    "dyspepsia": "upset stomach", "dyspnoea": "trouble breathing", "dyspnea": "trouble breathing", "eczema": "dry, itchy skin", "epistaxis": "nosebleed",
    "erythema": "red skin", "fatigue": "feeling tired", "flatulence": "gas", "gastrooesophageal reflux disease": "heartburn",
    "haematuria": "blood in the urine", "haemorrhage": "bleeding", "hot flush": "feeling hot all at once",
    "hyperglycaemia": "high blood sugar", "hyperhidrosis": "sweating a lot", "hypertension": "high blood pressure", "hypoglycaemia": "low blood sugar",
    "hypokalaemia": "low salt (potassium) in the blood", "hypotension": "low blood pressure", "influenza": "the flu", "insomnia": "trouble sleeping",
    "irritability": "being easily upset", "lethargy": "having no energy", "leukopenia": "too few white blood cells", "malaise": "feeling unwell",
    "muscle spasms": "muscle cramps", "musculoskeletal pain": "pain in muscles or bones", "myalgia": "muscle pain", "myocardial infarction": "heart attack",
    "nasal congestion": "blocked nose", "nasopharyngitis": "a common cold", "nausea": "feeling sick", "neutropenia": "too few of one kind of white blood cell",
    "oedema": "swelling", "oedema peripheral": "swollen arms or legs", "oropharyngeal pain": "sore throat", "palpitations": "feeling the heart beat",
    "paraesthesia": "tingling", "pneumonia": "a lung infection", "pruritus": "itching", "pruritus generalised": "itching all over", "pyrexia": "fever",
    "rash": "spots on the skin", "rash erythematous": "red spots on the skin", "rash pruritic": "itchy spots on the skin", "rhinitis": "runny nose",
    "salivary hypersecretion": "too much spit", "sinus bradycardia": "a slow heartbeat", "sinusitis": "infection of the sinuses", "skin irritation": "sore skin",
    "somnolence": "feeling sleepy", "syncope": "fainting", "tachycardia": "a fast heartbeat", "thrombocytopenia": "too few cells that help the blood to clot",
    "tremor": "shaking", "upper respiratory tract infection": "a cold", "urinary tract infection": "infection of the bladder or kidneys", "urticaria": "hives",
    "vertigo": "feeling that things spin", "vision blurred": "blurred sight", "vomiting": "being sick", "weight decreased": "losing weight",
    "weight increased": "gaining weight", "xerostomia": "a dry mouth",
}  # fmt: skip
_AT_SITE = {
    "pruritus": "itching", "erythema": "red skin", "dermatitis": "sore skin", "irritation": "sore skin", "vesicles": "small bubbles on the skin",
    "pain": "pain", "swelling": "swelling", "urticaria": "hives", "rash": "spots on the skin", "reaction": "a problem with the skin",
    "bleeding": "bleeding", "haemorrhage": "bleeding", "warmth": "warm skin", "bruising": "a bruise", "induration": "hard skin",
    "discolouration": "a change of skin color", "perspiration": "sweating", "desquamation": "peeling skin", "discharge": "fluid from the skin",
}  # fmt: skip
_SITE = re.compile(r"(application|injection|infusion|instillation|administration) site (\w+)", re.IGNORECASE)
_WHERE = {
    "application": "where the medicine was put on", "injection": "where the needle went in", "infusion": "where the needle went in",
}  # fmt: skip

PROCEDURES = tuple(
    (re.compile(words, re.IGNORECASE), said)
    for words, said in (
        (r"(?:in|ex)clusion|eligib|screening", "We check whether you can take part."),
        (r"medical history|\bhabits\b|demographic", "We ask about your health, now and in the past."),
        (r"concomitant|(?:prior|previous|other) (?:\w+ )?(?:medicat|therap|treat)", "We ask which other medicines you take."),
        (r"physical exam", "A doctor examines you."),
        (r"\bheight\b|\bweight\b|\bBMI\b", "We measure your height and weight."),
        (r"vital ?signs?|vitals|blood pressure", "We measure your blood pressure, your pulse, and how warm you are."),
        (r"\bECGs?\b|electrocardiogram", "We record how your heart beats, with stickers on your skin."),
        (r"x-?ray", "You have an X-ray."),
        (r"\bCT\b|\bMRI\b|tomograph|\bscan", "You have a scan. It makes pictures of the inside of your body."),
        (r"spirometr|FEV|lung function", "You blow into a tube. It shows how well you breathe."),
        (r"h(?:a)?ematolog|chemistr|coagulation|laborator|blood sampl|plasma|serum|h(?:a)?emoglobin|pharmacokinetic", "We take blood from your arm for tests."),
        (r"urin(?:e\b|al)|uninalysis", "You give us urine for tests."),
        (r"f(?:a)?eces|stool", "You give us stool for tests."),
        (r"pregnancy test|follicle", "If you could become pregnant, you have a pregnancy test."),
        (r"\bHIV\b|hepatitis", "We test your blood for viruses, such as HIV."),
        (r"alcohol test|drug screen|breath test", "We test you for alcohol and drugs."),
        (r"genotyp|genetic|\bDNA\b", "We test your genes."),
        (r"\bMMSE\b|\bADAS|\bCIBIC|\bNPI\b|\bDAD\b|questionnaire|survey|\bscale\b|inventor(?:y|ies)|assessment test|diar(?:y|ies)|interview", "You or a person close to you answers questions."),
        (r"randomi[sz]", "Chance decides which treatment you get."),
        (r"dispens|study (?:drug|medication) record|medications? returned|first dose|administration of study|patch application|tolerance|placebo \w+ test", "You get the study treatment, and we check how you use it."),
        (r"meals?\b|\bdiet", "You get set meals."),
        (r"exercise", "You do light exercise."),
        (r"admi(?:t|ssion) to|in-?patient|overnight", "You stay at the study center for some time."),
        (r"telephone|phone call", "We call you on the telephone."),
        (r"adverse event", "We ask how you feel and about any problems."),
    )
)  # fmt: skip
"""What a study plan calls a procedure -> what happens to the reader, in the order in which it is told."""
STOPS = tuple(
    (re.compile(words, re.IGNORECASE), said)
    for words, said in (
        (r"adverse event|safety|toxicit|abnormal (?:liver|lab)|unacceptable", "going on is not safe for you"),
        (r"(?:lack|loss) of (?:efficacy|effect|response)|progress(?:ion|ive disease)|therapeutic failure", "the treatment does not help you"),
        (r"non-?complian|unwilling to comply|protocol (?:violation|deviation)|not comply|unable or unwilling", "you do not follow the rules of the study"),
        (r"pregnan", "you become pregnant"),
        (r"(?:investigator|physician)(?:'s|’s)? (?:decision|judg|discretion|may)", "the study doctor thinks that it is better for you"),
        (r"sponsor(?:'s|’s)? (?:decision|may|terminat)|terminat\w+ (?:of|by) (?:the )?(?:study|sponsor)", "the company that runs the study ends it"),
        (r"lost? to follow", "we cannot reach you any more"),
        (r"prohibited|excluded medic", "you need a medicine that is not allowed in the study"),
    )
)  # fmt: skip
"""What a study plan gives as a reason to end somebody's part -> the same to the reader, after "if"."""
ROUTES = {
    "orally": "by mouth", "oral": "by mouth", "transdermally": "through the skin", "transdermal": "through the skin", "intravenously": "into a vein",
    "intravenous": "into a vein", "subcutaneously": "under the skin", "subcutaneous": "under the skin", "intramuscularly": "into a muscle",
    "intramuscular": "into a muscle", "topically": "on the skin", "topical": "on the skin", "intranasally": "into the nose", "sublingually": "under the tongue",
}  # fmt: skip
"""Adverbs and adjectives of routes -> plain words."""
UNION = frozenset(
    ["AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL", "ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE"]
)  # fmt: skip
"""The member states of the European Union, as ISO 3166 codes."""


def plain_term(term: str) -> str:
    """Everyday words for a medical problem, for brackets behind it; "" where none are known."""
    said = " ".join(term.split()).casefold()
    at = _SITE.fullmatch(said)
    if at is not None and (what := _AT_SITE.get(at[2])):
        return f"{what} {_WHERE.get(at[1], 'where the medicine was given')}"
    return _TERMS.get(said, "")
