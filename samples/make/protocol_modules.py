"""Modules 1 and 2 that go with protocol QLZ-2417-301: cover letter and excerpt of the clinical overview. All fictional."""

from __future__ import annotations

from samples.make.content import (
    Block,
    Caption,
    Heading,
    Item,
    Par,
    Sample,
    Table,
    changed,
    new,
    row,
    t,
)  # fmt: skip

_BULLETS = 4
_FOOTER = t("阙岚沚生物医药有限公司 · 保密", "Quelanzhi Biopharma Co., Ltd. · Confidential")

_LETTER: tuple[Block, ...] = (
    Par(t("致：药品审评中心", "To: Center for Drug Evaluation")),
    Par(changed("日期：2026 年 3 月 30 日", "Date: 30 March 2026", ("日期：2026 年 9 月 28 日", "Date: 28 September 2026"))),
    Par(
        changed(
            "主题：QLZ-2417 片临床试验申请（受理号：CXHL0000000）",
            "Subject: Clinical trial application for QLZ-2417 tablets (acceptance number: CXHL0000000)",
            ("主题：QLZ-2417 片临床试验补充申请（受理号：CXHL0000000）", "Subject: Supplementary clinical trial application for QLZ-2417 tablets (acceptance number: CXHL0000000)"),
        )
    ),
    Par(t("尊敬的审评老师：", "Dear Reviewer:")),
    Par(
        changed(
            "我公司现就化学药品 1 类新药 QLZ-2417 片提交临床试验申请。本次递交的方案编号为 QLZ-2417-301，版本 1.0。",
            "We hereby submit a clinical trial application for QLZ-2417 tablets, a Class 1 innovative chemical drug. The protocol included in this submission is QLZ-2417-301, version 1.0.",
            ("我公司现就化学药品 1 类新药 QLZ-2417 片提交方案变更的补充申请。", "We hereby submit a supplementary application for a protocol amendment for QLZ-2417 tablets, a Class 1 innovative chemical drug."),
            ("本次递交的方案编号为 QLZ-2417-301，版本 2.0。", "The protocol included in this submission is QLZ-2417-301, version 2.0."),
        )
    ),
    Par(t("本次递交的资料包括：", "This submission comprises the following documents:")),
    Item(t("模块 1：申请函；", "Module 1: cover letter;"), _BULLETS),
    Item(t("模块 2：2.5 临床综述（节选）；", "Module 2: 2.5 Clinical Overview (excerpt);"), _BULLETS),
    Item(t("模块 5：临床试验方案 QLZ-2417-301。", "Module 5: clinical study protocol QLZ-2417-301."), _BULLETS),
    Par(new(("本次变更不影响已入组受试者的权益，变更理由见临床综述第 3 节。", "This amendment does not affect the rights of participants already enrolled; the rationale for the amendment is given in Section 3 of the Clinical Overview."))),
    Par(t("我公司承诺所提交的资料真实、完整，电子文件与纸质文件内容一致。{fn:sign}", "We confirm that the documents submitted are true and complete, and that the electronic files are identical in content to the paper documents.{fn:sign}")),
    Par(t("如有任何疑问，请与下列联系人联系。", "Should you have any questions, please contact the person named below.")),
    Table(
        (2600, 6400),
        (
            row(t("联系人", "Contact"), t("卞清珣，注册事务负责人", "Bian Qingxun, Head of Regulatory Affairs")),
            row(t("电话", "Telephone"), t("+86 000 0000 0000")),
            row(t("电子邮箱", "E-mail"), t("{link:mailto:ra@quelanzhi.example|ra@quelanzhi.example}")),
        ),
        head=0,
    ),
    Par(t("此致", "Yours faithfully")),
    Par(t("{b:阙岚沚生物医药有限公司}{br}（盖章）", "{b:Quelanzhi Biopharma Co., Ltd.}{br}(Company seal)")),
)  # fmt: skip

LETTER = Sample(
    "m1/12-cover-letter/cover-letter.docx",
    t("申请函", "Cover Letter"),
    t("QLZ-2417 片{tab}模块 1.2 申请函", "QLZ-2417 tablets{tab}Module 1.2 Cover Letter"),
    _FOOTER,
    (Par(t("申请函", "Cover Letter"), "Title"), *_LETTER),
    {"sign": t("如有不实之处，我公司愿承担相应的法律责任。", "We accept the corresponding legal responsibility for any untrue statement.")},
)  # fmt: skip

_OVERVIEW: tuple[Block, ...] = (
    Par(t("2.5 临床综述（节选）", "2.5 Clinical Overview (Excerpt)"), "Title"),
    Heading(1, t("产品开发依据", "Product Development Rationale")),
    Par(t("QLZ-2417 是一种口服、选择性的 MET/AXL 双靶点酪氨酸激酶抑制剂，拟用于治疗既往含铂化疗失败的晚期非鳞状 NSCLC。MET 通路的激活是此类患者产生耐药的机制之一。", "QLZ-2417 is an oral, selective, dual tyrosine kinase inhibitor of MET and AXL, intended for the treatment of advanced non-squamous NSCLC after failure of platinum-based chemotherapy. Activation of the MET pathway is one of the mechanisms of resistance in these patients.")),
    Heading(1, t("临床药理学概述", "Overview of Clinical Pharmacology")),
    Par(t("160 mg 每日一次给药后，稳态 AUC{sub:0-24h} 的几何均值为 31.6 µg·h/mL（变异系数 42%），终末半衰期约为 11 h。与空腹相比，高脂餐使 C{sub:max} 降低 38%，AUC{sub:0-inf} 降低 21%。", "After 160 mg once daily, the geometric mean steady-state AUC{sub:0-24h} was 31.6 µg·h/mL (coefficient of variation 42%), and the terminal half-life was approximately 11 hours. Compared with the fasted state, a high-fat meal decreased C{sub:max} by 38% and AUC{sub:0-inf} by 21%.")),
    Caption(t("表 ", "Table "), "表", "tbl_pk", 1, t("QLZ-2417 的主要药代动力学参数（几何均值，CV%）", "Main pharmacokinetic parameters of QLZ-2417 (geometric mean, CV%)")),
    Table(
        (3000, 2000, 2000, 2000),
        (
            row(t("参数", "Parameter"), t("80 mg（n=12）", "80 mg (n=12)"), t("120 mg（n=12）", "120 mg (n=12)"), t("160 mg（n=18）", "160 mg (n=18)")),
            row(t("C{sub:max,ss}（µg/mL）", "C{sub:max,ss} (µg/mL)"), t("1.2 (35)"), t("1.8 (39)"), t("2.4 (41)")),
            row(t("AUC{sub:0-24h}（µg·h/mL）", "AUC{sub:0-24h} (µg·h/mL)"), t("15.4 (38)"), t("23.9 (40)"), t("31.6 (42)")),
            row(t("t{sub:1/2}（h）", "t{sub:1/2} (h)"), t("10.7 (22)"), t("11.2 (25)"), t("11.0 (24)")),
        ),
    ),
    Heading(
        1,
        changed(
            "临床研究概述",
            "Overview of Clinical Studies",
            ("临床研究概述及方案变更理由", "Overview of Clinical Studies and Rationale for the Protocol Amendment"),
        ),
    ),
    Par(t("支持本申请的临床数据来自 I 期研究 QLZ-2417-101（N=42）和 II 期研究 QLZ-2417-205（N=188）。II 期研究中，PFS 的风险比为 0.68（95% 置信区间 0.49～0.94；{i:P}=0.018）。", "The clinical data supporting this application come from the Phase I study QLZ-2417-101 (N=42) and the Phase II study QLZ-2417-205 (N=188). In the Phase II study, the hazard ratio for PFS was 0.68 (95% confidence interval 0.49 to 0.94; {i:P}=0.018).")),
    Par(
        changed(
            "拟开展的 III 期研究 QLZ-2417-301 计划入组约 450 例受试者。主要终点为 BICR 评估的 PFS，见{ref:tbl_pk|表 1}所支持的 160 mg 剂量。",
            "The planned Phase III study QLZ-2417-301 will enrol approximately 450 participants. The primary endpoint is PFS as assessed by BICR, at the dose of 160 mg supported by {ref:tbl_pk|Table 1}.",
            ("正在进行的 III 期研究 QLZ-2417-301 计划入组约 520 例受试者。", "The ongoing Phase III study QLZ-2417-301 plans to enrol approximately 520 participants."),
            ("主要终点为 BICR 评估的 PFS，见{ref:tbl_pk|表 1}所支持的 160 mg 剂量。", None),
        )
    ),
    Par(
        new(
            ("ANC 的暂停给药界值由 1.0×10{sup:9}/L 提高至 1.5×10{sup:9}/L，原因是 ≥3 级中性粒细胞计数降低的发生率高于预期（38.2%，预期为 30%）。", "The ANC threshold for withholding treatment was raised from 1.0×10{sup:9}/L to 1.5×10{sup:9}/L because the incidence of neutrophil count decreased of Grade ≥3 was higher than expected (38.2% versus an expected 30%)."),
            ("样本量增加的原因是将假设的风险比由 0.70 调整为 0.72。", "The sample size was increased because the assumed hazard ratio was changed from 0.70 to 0.72."),
        )
    ),
    Heading(1, t("获益与风险结论", "Benefits and Risks Conclusions")),
    Par(t("综上所述，QLZ-2417 联合多西他赛在目标人群中的获益大于风险。已识别的重要风险包括骨髓抑制和肝毒性；潜在的重要风险为间质性肺病。", "In conclusion, the benefits of QLZ-2417 in combination with docetaxel outweigh the risks in the target population. Important identified risks include myelosuppression and hepatotoxicity; an important potential risk is interstitial lung disease.")),
)  # fmt: skip

OVERVIEW = Sample(
    "m2/25-clin-over/clinical-overview.docx",
    t("临床综述（节选）", "Clinical Overview (Excerpt)"),
    t("QLZ-2417 片{tab}模块 2.5 临床综述", "QLZ-2417 tablets{tab}Module 2.5 Clinical Overview"),
    _FOOTER,
    _OVERVIEW,
)  # fmt: skip
