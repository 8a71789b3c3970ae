"""A product information text in English with the section numbers of an EU summary of product characteristics. All fictional."""

from __future__ import annotations

from samples.make.content import Block, Caption, Item, Par, Sample, Table, cell, row, t

_BULLETS = 4


def _head(number: str, title: str) -> Par:
    """A heading whose number is typed, as the template for product information asks."""
    return Par(t(f"{number}{{tab}}{title}"), "LabelHeading" if "." not in number.rstrip(".") else "LabelSubheading")


_TABLE = t("Table ")
_BLOCKS: tuple[Block, ...] = (
    Par(t("Summary of Product Characteristics"), "Title"),
    _head("1.", "NAME OF THE MEDICINAL PRODUCT"),
    Par(t("Quelvatra 80\u00a0mg film-coated tablets")),
    _head("2.", "QUALITATIVE AND QUANTITATIVE COMPOSITION"),
    Par(t("Each film-coated tablet contains 80\u00a0mg of velquotinib (as mesilate).")),
    Par(t("{i:Excipient with known effect}"), ""),
    Par(t("Each film-coated tablet contains 112\u00a0mg of lactose (as monohydrate). For the full list of excipients, see section {ref:excipients|6.1}.")),
    _head("3.", "PHARMACEUTICAL FORM"),
    Par(t("Film-coated tablet. Blue, oval, biconvex tablet, 14 mm × 7 mm, debossed with “QL” on one side and “80” on the other side.")),
    _head("4.", "CLINICAL PARTICULARS"),
    _head("4.1", "Therapeutic indications"),
    Par(t("Quelvatra, in combination with docetaxel, is indicated for the treatment of adult patients with locally advanced or metastatic non-squamous non-small cell lung cancer (NSCLC) whose disease has progressed after platinum-based chemotherapy.")),
    _head("4.2", "Posology and method of administration"),
    Par(t("Treatment should be initiated and supervised by a physician experienced in the use of anticancer medicinal products.")),
    Par(t("Posology"), "LabelUnderline"),
    Par(t("The recommended dose is 160\u00a0mg (two 80\u00a0mg tablets) once daily. If a dose is missed by more than 12 hours, it should be skipped and the next dose should be taken at the scheduled time. Patients must {b:not} take two doses at the same time to make up for a missed dose.")),
    Par(t("Dose adjustments for adverse reactions are given in {ref:tbl_dose|Table 1}. Treatment should be permanently discontinued in patients who do not tolerate 80\u00a0mg once daily.")),
    Caption(_TABLE, "Table", "tbl_dose", 1, t("Recommended dose adjustments")),
    Table(
        (3600, 5400),
        (
            row(t("Adverse reaction"), t("Recommended action")),
            row(t("Neutrophil count <1.0×10{sup:9}/L"), t("Withhold Quelvatra until ≥1.0×10{sup:9}/L, then resume at the same dose.")),
            row(t("ALT or AST >5×ULN"), t("Withhold Quelvatra until ≤2.5×ULN, then resume at 120\u00a0mg once daily.")),
            row(t("Interstitial lung disease of any grade"), t("Discontinue Quelvatra permanently.")),
            (cell(t("ALT: alanine aminotransferase; AST: aspartate aminotransferase; ULN: upper limit of normal"), span=2),),
        ),
    ),
    Par(t("Special populations"), "LabelUnderline"),
    Par(t("{i:Renal impairment:} no dose adjustment is required in patients with mild or moderate renal impairment (creatinine clearance ≥30\u00a0mL/min). There are no data in patients with severe renal impairment.")),
    Par(t("{i:Hepatic impairment:} the starting dose should be reduced to 80\u00a0mg once daily in patients with moderate hepatic impairment (Child-Pugh B). Quelvatra is not recommended in patients with severe hepatic impairment (Child-Pugh C).")),
    Par(t("{i:Paediatric population:} the safety and efficacy of Quelvatra in children and adolescents aged below 18 years have not been established. No data are available.")),
    Par(t("Method of administration"), "LabelUnderline"),
    Par(t("Oral use. The tablets should be swallowed whole with water, at least 1 hour before or 2 hours after a meal, and must not be chewed, crushed or split.")),
    _head("4.3", "Contraindications"),
    Par(t("Hypersensitivity to the active substance or to any of the excipients listed in section {ref:excipients|6.1}.")),
    _head("4.4", "Special warnings and precautions for use"),
    Par(t("Hepatotoxicity"), "LabelUnderline"),
    Par(t("Increases in ALT and AST have occurred. Liver function tests should be performed before treatment, every 2 weeks during the first 3 months and monthly thereafter.")),
    Par(t("Interstitial lung disease"), "LabelUnderline"),
    Par(t("Cases of interstitial lung disease, including fatal cases, have been reported. Patients should be monitored for new or worsening dyspnoea, cough and fever.")),
    Par(t("Lactose"), "LabelUnderline"),
    Par(t("Patients with rare hereditary problems of galactose intolerance, total lactase deficiency or glucose-galactose malabsorption should not take this medicinal product.")),
    _head("4.5", "Interaction with other medicinal products and other forms of interaction"),
    Par(t("Velquotinib is mainly metabolised by CYP3A4. Co-administration with itraconazole 200\u00a0mg once daily increased the AUC{sub:0-inf} of velquotinib by 87%. Concomitant use of strong CYP3A4 inhibitors should be avoided; if this is not possible, the dose of Quelvatra should be halved to 80\u00a0mg once daily.")),
    _head("4.6", "Fertility, pregnancy and lactation"),
    Par(t("Women of childbearing potential must use effective contraception during treatment and for at least 1 month after the last dose. Quelvatra is not recommended during pregnancy. It is unknown whether velquotinib is excreted in human milk; breast-feeding should be discontinued during treatment.")),
    _head("4.7", "Effects on ability to drive and use machines"),
    Par(t("Quelvatra has minor influence on the ability to drive and use machines. Fatigue and dizziness may occur.")),
    _head("4.8", "Undesirable effects"),
    Par(t("The most common adverse reactions were neutrophil count decreased (58%), diarrhoea (41%), fatigue (33%) and nausea (27%). Adverse reactions are listed in {ref:tbl_adr|Table 2} by system organ class and frequency: very common (≥1/10); common (≥1/100 to <1/10); uncommon (≥1/1,000 to <1/100).")),
    Caption(_TABLE, "Table", "tbl_adr", 2, t("Adverse reactions reported with Quelvatra in combination with docetaxel (N=312)")),
    Table(
        (3000, 2000, 2200, 1800),
        (
            row(t("System organ class"), t("Very common"), t("Common"), t("Uncommon")),
            row(t("Blood and lymphatic system disorders"), t("Neutropenia, anaemia"), t("Febrile neutropenia{sup:a}"), t("Pancytopenia")),
            row(t("Gastrointestinal disorders"), t("Diarrhoea, nausea"), t("Vomiting, stomatitis"), t("Colitis")),
            row(t("Hepatobiliary disorders"), t("ALT increased"), t("AST increased"), t("Drug-induced liver injury")),
            row(t("Respiratory, thoracic and mediastinal disorders"), t("Dyspnoea"), t("Interstitial lung disease{sup:a}"), t("Respiratory failure")),
        ),
    ),
    Par(t("{sup:a} Includes fatal cases."), "TableNote"),
    Par(t("Reporting of suspected adverse reactions"), "LabelUnderline"),
    Par(t("Healthcare professionals are asked to report any suspected adverse reactions via {link:https://www.quelanzhi.example/safety|the national reporting system}.{fn:appendix}")),
    _head("4.9", "Overdose"),
    Par(t("There is no specific antidote for velquotinib. In the event of overdose, patients should be monitored and given supportive treatment. Haemodialysis is not expected to be effective because velquotinib is >98% bound to plasma proteins.")),
    _head("5.", "PHARMACOLOGICAL PROPERTIES"),
    _head("5.1", "Pharmacodynamic properties"),
    Par(t("Velquotinib is an inhibitor of the receptor tyrosine kinases MET and AXL. {i:In vitro}, the IC{sub:50} values were 1.8\u00a0nmol/L and 4.6\u00a0nmol/L, respectively.")),
    _head("5.2", "Pharmacokinetic properties"),
    Par(t("After 160\u00a0mg once daily, the geometric mean C{sub:max,ss} was 2.4\u00a0µg/mL and the median T{sub:max} was 3 hours (range: 1 to 8). The apparent volume of distribution was 142 L, and the terminal half-life was 11 hours. Following a single oral dose of {sup:14}C-velquotinib, 71% of the dose was recovered in faeces and 16% in urine.")),
    _head("5.3", "Preclinical safety data"),
    Par(t("Velquotinib was not genotoxic. In rats, embryo-foetal toxicity was observed at exposures 0.6 times the human exposure at the recommended dose.")),
    _head("6.", "PHARMACEUTICAL PARTICULARS"),
    Par(t("{mark:excipients|6.1}{tab}List of excipients"), "LabelSubheading"),
    Item(t("Tablet core: lactose monohydrate, microcrystalline cellulose, croscarmellose sodium, magnesium stearate;"), _BULLETS),
    Item(t("Film-coating: hypromellose, macrogol, titanium dioxide (E171), indigo carmine (E132)."), _BULLETS),
    _head("6.2", "Incompatibilities"),
    Par(t("Not applicable.")),
    _head("6.3", "Shelf life"),
    Par(t("3 years.")),
    _head("6.4", "Special precautions for storage"),
    Par(t("Do not store above 30\u00a0°C. Store in the original package in order to protect from moisture.")),
    _head("6.5", "Nature and contents of container"),
    Par(t("PVC/aluminium blisters containing 14 film-coated tablets. Pack sizes of 28 or 56 film-coated tablets. Not all pack sizes may be marketed.")),
    _head("6.6", "Special precautions for disposal"),
    Par(t("Any unused medicinal product or waste material should be disposed of in accordance with local requirements.")),
)  # fmt: skip

LABEL = Sample(
    "m1/13-product-information/smpc.docx",
    t("Quelvatra: Summary of Product Characteristics"),
    t("Quelvatra 80\u00a0mg film-coated tablets{tab}Product information"),
    t("Quelanzhi Biopharma Co., Ltd. · Draft for translation"),
    _BLOCKS,
    {"appendix": t("The address of the national reporting system of each country is given in the appendix to the template.")},
    t("Quelvatra"),
    ("en-GB", "en-GB"),
)  # fmt: skip
