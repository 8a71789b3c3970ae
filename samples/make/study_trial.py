"""The design of the sample study: title, objectives, criteria, and the trial design datasets (SDTM). Imports this folder and the standard library."""

from __future__ import annotations

from samples.make.study_files import Cell, Data
from samples.make.study_sdtm import domain
from samples.make.study_subjects import ARMS, CODES, DOSES, DRUG, RANDOMIZED, SPONSOR

TITLE = (
    "A Randomized, Double-Blind, Placebo-Controlled, Parallel-Group, Phase 2 Study of Corvelast in Patients with"
    " Moderate to Severe Chronic Obstructive Pulmonary Disease"
)
INDICATION = "Chronic Obstructive Pulmonary Disease"
OBJECTIVE = "To evaluate the effect of corvelast compared with placebo on trough FEV1 after 12 weeks of treatment"
ENDPOINT = "Change from baseline in trough FEV1 at Week 12"
SECONDARY = (
    ("To evaluate the effect of corvelast compared with placebo on symptoms", "Change from baseline in CAT total score at Week 12"),
    ("To evaluate the effect of corvelast compared with placebo on exacerbations", "Time to first moderate or severe COPD exacerbation"),
)  # fmt: skip
INCLUSION = (
    "Men and women aged 40 to 80 years",
    "Diagnosis of chronic obstructive pulmonary disease for at least 12 months, with GOLD grade 2 or 3",
    "Post-bronchodilator FEV1 of 30 % to less than 80 % of the predicted value and FEV1/FVC below 0.70",
    "At least one moderate or severe exacerbation in the 12 months before screening",
    "Current or former smoker with a smoking history of at least 10 pack-years",
)
EXCLUSION = (
    "Current diagnosis of asthma or of another clinically relevant lung disease",
    "Exacerbation or respiratory infection within 4 weeks before randomization",
    "Myocardial infarction or unstable angina within 6 months before screening",
    "Alanine aminotransferase or aspartate aminotransferase above 2 times the upper limit of normal",
    "Pregnancy or breast-feeding",
)


def trial() -> tuple[Data, ...]:
    """TS, TA and TI."""
    return _ts(), _ta(), _ti()


def _ts() -> Data:
    values = [
        ("ADDON", "Added on to Existing Treatments", "Y"), ("AGEMAX", "Planned Maximum Age of Subjects", "P80Y"),
        ("AGEMIN", "Planned Minimum Age of Subjects", "P40Y"), ("COMPTRT", "Comparative Treatment Name", "PLACEBO"),
        ("DOSFRQ", "Dosing Frequency", "QD"), *(("DOSE", "Dose per Administration", str(d)) for d in DOSES[1:]), ("DOSU", "Dose Units", "mg"),
        ("INDIC", "Trial Disease/Condition Indication", INDICATION), ("INTMODEL", "Intervention Model", "PARALLEL"),
        ("INTTYPE", "Intervention Type", "DRUG"), ("LENGTH", "Trial Length", "P14W"), ("NARMS", "Planned Number of Arms", str(len(ARMS))),
        ("OBJPRIM", "Trial Primary Objective", OBJECTIVE), *(("OBJSEC", "Trial Secondary Objective", o) for o, _ in SECONDARY),
        ("OUTMSPRI", "Primary Outcome Measure", ENDPOINT), *(("OUTMSSEC", "Secondary Outcome Measure", e) for _, e in SECONDARY),
        ("PCLAS", "Pharmacologic Class", "CORVELAST IS AN INVENTED COMPOUND"), ("PLANSUB", "Planned Number of Subjects", str(RANDOMIZED)),
        ("RANDOM", "Trial is Randomized", "Y"), ("ROUTE", "Route of Administration", "ORAL"), ("SEXPOP", "Sex of Participants", "BOTH"),
        ("SPONSOR", "Clinical Study Sponsor", SPONSOR), ("STYPE", "Study Type", "INTERVENTIONAL"), ("TBLIND", "Trial Blinding Schema", "DOUBLE BLIND"),
        ("TCNTRL", "Control Type", "PLACEBO"), ("TITLE", "Trial Title", TITLE), ("TPHASE", "Trial Phase Classification", "PHASE II TRIAL"),
        ("TRT", "Investigational Therapy or Treatment", DRUG.upper()), ("TTYPE", "Trial Type", "EFFICACY"), ("TTYPE", "Trial Type", "SAFETY"),
    ]  # fmt: skip
    records: list[dict[str, Cell]] = []
    for code, label, value in values:
        number = 1 + sum(r["TSPARMCD"] == code for r in records)
        records.append({"TSSEQ": float(number), "TSPARMCD": code, "TSPARM": label, "TSVAL": value})
    text = """
    TSSEQ:n Sequence Number
    TSPARMCD Trial Summary Parameter Short Name
    TSPARM Trial Summary Parameter
    TSVAL Parameter Value"""
    return domain("TS", "Trial Summary", text, records)


def _ta() -> Data:
    records: list[dict[str, Cell]] = []
    for code, name in zip(CODES, ARMS, strict=True):
        for order, (element, said, epoch) in enumerate(
            (("SCRN", "Screen", "SCREENING"), (code, name, "TREATMENT"), ("FU", "Follow-up", "FOLLOW-UP")), 1
        ):
            branch = f"Randomized to {name}" if order == 1 else None
            records.append(
                {"ARMCD": code, "ARM": name, "TAETORD": float(order), "ETCD": element, "ELEMENT": said, "TABRANCH": branch, "EPOCH": epoch}
            )  # fmt: skip
    text = """
    ARMCD Planned Arm Code
    ARM Description of Planned Arm
    TAETORD:n Planned Order of Element within Arm
    ETCD Element Code
    ELEMENT Description of Element
    TABRANCH Branch
    EPOCH Epoch"""
    return domain("TA", "Trial Arms", text, records)


def _ti() -> Data:
    groups = (("INCLUSION", "INCL", INCLUSION), ("EXCLUSION", "EXCL", EXCLUSION))
    records = [
        {"IETESTCD": f"{short}{i:02d}", "IETEST": said, "IECAT": category}
        for category, short, texts in groups
        for i, said in enumerate(texts, 1)
    ]
    text = """
    IETESTCD Incl/Excl Criterion Short Name
    IETEST Inclusion/Exclusion Criterion
    IECAT Inclusion/Exclusion Category"""
    return domain("TI", "Trial Inclusion/Exclusion Criteria", text, records)
