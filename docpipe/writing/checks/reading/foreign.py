"""Names by which a draft betrays another project: stems of nonproprietary names, well-known drugs and companies. Standard library only.

Stems: WHO, The use of stems in the selection of International Nonproprietary Names (INN), 2018, those of four letters and more.
"""

from __future__ import annotations

import re

_STEMS = [
    "mab",
    "tinib",
    "ciclib",
    "parib",
    "zomib",
    "rafenib",
    "tegravir",
    "previr",
    "buvir",
    "asvir",
    "ciclovir",
    "citinib",
    "lisib",
    "gliptin",
    "gliflozin",
    "glitazone",
    "glutide",
    "gatran",
    "xaban",
    "parin",
    "statin",
    "vastatin",
    "sartan",
    "pril",
    "prilat",
    "dipine",
    "olol",
    "alol",
    "azosin",
    "azepam",
    "azolam",
    "zolam",
    "bamate",
    "barbital",
    "oxetine",
    "pezil",
    "stigmine",
    "mantine",
    "peridone",
    "apine",
    "idone",
    "setron",
    "triptan",
    "gepant",
    "prazole",
    "tidine",
    "conazole",
    "bendazole",
    "floxacin",
    "cycline",
    "mycin",
    "cillin",
    "cef",
    "oxacin",
    "sulfa",
    "thiazide",
    "semide",
    "profen",
    "fenac",
    "coxib",
    "caine",
    "curonium",
    "terol",
    "tropium",
    "lukast",
    "sone",
    "nisone",
    "olone",
    "estradiol",
    "gestrel",
    "relix",
    "relin",
    "tide",
    "kinra",
    "cept",
    "imod",
    "limus",
    "mustine",
    "platin",
    "rubicin",
    "taxel",
    "trexate",
    "trexed",
    "citabine",
    "fovir",
    "vudine",
    "nercept",
    "stim",
    "poetin",
    "melteon",
    "orexant",
    "meline",
    "clomine",
    "racetam",
    "toin",
    "gabalin",
    "triptyline",
    "pramine",
    "azine",
    "vaptan",
    "entan",
    "afil",
    "grelor",
    "grel",
    "dronate",
    "degib",
    "clax",
    "denoson",
    "rsen",
    "siran",
]
_LONG = sorted((s for s in _STEMS if len(s) > 3 or s == "mab"), key=lambda s: -len(s))
_NOT = (
    "alone|telephone|cortisone|hydrocortisone|someone|everyone|anyone|person|comparison|reason|season|zone|polypeptide|peptide|nucleotide|oligonucleotide|guaranteed|"
    "medicine|magazine|thiazine|mezzanine|cocaine|chocolate|amino|control|cholesterol|protocol|alcohol|total|apine|alpine|routine|porcupine|supine|ulcer|patient|bromide|"
    "preparing|preparin|april|sulfate|glycol|geranol"
)
STEMS = re.compile(rf"\b(?!(?:{_NOT})s?\b)[A-Za-z]{{2,}}(?:{'|'.join(_LONG)})\b", re.IGNORECASE)
DRUGS = re.compile(
    r"\b(?:aspirin|warfarin|digoxin|metformin|insulin|paracetamol|acetaminophen|morphine|fentanyl|prednisone|prednisolone|dexamethasone|methotrexate|lithium|"
    r"haloperidol|clozapine|memantine|donepezil|rivastigmine|galantamine|tacrine|aducanumab|lecanemab|levodopa|carbidopa|naloxone|ketamine|propofol|ibuprofen|"
    r"naproxen|amlodipine|atenolol|furosemide|heparin|clopidogrel|tamoxifen|sildenafil|adalimumab|pembrolizumab|nivolumab|trastuzumab|rituximab|Humira|Keytruda|"
    r"Opdivo|Ozempic|Wegovy|Aricept|Prozac|Zoloft|Lipitor|Viagra|Tylenol|Advil|Exelon|Namenda)\b",
    re.IGNORECASE,
)
COMPANIES = re.compile(
    r"\b(?:Pfizer|Novartis|Roche|Genentech|Merck|MSD|Sanofi|GlaxoSmithKline|GSK|AstraZeneca|Bayer|AbbVie|Amgen|Gilead|Eli Lilly|Lilly|Bristol[- ]Myers Squibb|"
    r"Johnson & Johnson|Janssen|Takeda|Astellas|Eisai|Daiichi Sankyo|Otsuka|Novo Nordisk|Boehringer Ingelheim|Biogen|Regeneron|Vertex|Moderna|BioNTech|Teva|"
    r"Viatris|Sandoz|UCB|Lundbeck|Servier|Ipsen|CSL|Grifols|Jazz Pharmaceuticals|BeiGene|Hengrui|Chugai|IQVIA|Parexel|Syneos|Covance|Labcorp)\b"
)
