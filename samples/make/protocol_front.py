"""Protocol QLZ-2417-301, first half: title page, synopsis, background, design, selection. Everything is fictional."""

from __future__ import annotations

from samples.make.content import (
    Block,
    Box,
    Break,
    Caption,
    Contents,
    Heading,
    Item,
    Par,
    Picture,
    Table,
    cell,
    changed,
    new,
    row,
    t,
)  # fmt: skip

CODE = t("QLZ-2417-301")
TITLE = t(
    "一项比较 QLZ-2417 联合多西他赛与安慰剂联合多西他赛治疗既往含铂化疗失败的晚期非鳞状非小细胞肺癌受试者的随机、双盲、多中心 III 期临床试验",
    "A Randomised, Double-blind, Multicentre, Phase III Study Comparing QLZ-2417 plus Docetaxel with Placebo plus Docetaxel in Participants with Advanced Non-squamous Non-small Cell Lung Cancer after Failure of Platinum-based Chemotherapy",
)
INCLUSION, EXCLUSION, BULLETS = 2, 3, 4
TABLE = t("表 ", "Table ")

FRONT: tuple[Block, ...] = (
    Par(t("临床试验方案", "Clinical Study Protocol"), "Subtitle"),
    Par(TITLE, "Title"),
    Table(
        (2600, 6400),
        (
            row(t("方案编号", "Protocol number"), CODE),
            row(t("试验用药品", "Investigational medicinal product"), t("QLZ-2417（维尔喹替尼，velquotinib）片", "QLZ-2417 (velquotinib) tablets")),
            row(t("研究分期", "Study phase"), t("{drop:III 期}", "{drop:Phase III}")),
            row(
                t("方案版本", "Protocol version"),
                changed("版本 1.0", "Version 1.0", ("版本 2.0（修订案 1）", "Version 2.0 (Amendment 1)")),
            ),
            row(
                t("版本日期", "Version date"),
                changed("{date:2026 年 3 月 16 日}", "{date:16 March 2026}", ("{date:2026 年 9 月 21 日}", "{date:21 September 2026}")),
            ),
            row(t("申办者", "Sponsor"), t("阙岚沚生物医药有限公司", "Quelanzhi Biopharma Co., Ltd.")),
            row(
                t("医学联系人", "Medical contact"),
                t("{link:mailto:medical@quelanzhi.example|medical@quelanzhi.example}", "{link:mailto:medical@quelanzhi.example|medical@quelanzhi.example}"),
            ),
        ),
        head=0,
    ),
    Box(
        (
            t("保密声明", "Confidentiality Statement"),
            t(
                "本文件所含信息归申办者所有，仅供研究者、伦理委员会和监管机构使用。未经申办者书面同意，不得向任何第三方披露。",
                "The information in this document is the property of the Sponsor and is intended solely for investigators, ethics committees and regulatory authorities. It must not be disclosed to any third party without the prior written consent of the Sponsor.",
            ),
        )
    ),
    Par(t("版本历史", "Version History"), "FrontHeading"),
    Table(
        (1500, 2300, 5200),
        (
            row(t("版本", "Version"), t("日期", "Date"), t("主要变更", "Main changes")),
            row(t("1.0"), t("2026 年 3 月 16 日", "16 March 2026"), t("首次定稿", "First final version")),
            row(
                new(("2.0", "2.0")),
                new(("2026 年 9 月 21 日", "21 September 2026")),
                new(
                    (
                        "修改中性粒细胞计数的暂停给药界值，放宽访视窗，增加样本量，新增一条关于间质性肺病的排除标准及相应的管理要求。",
                        "Revised the absolute neutrophil count threshold for withholding treatment, widened the visit window, increased the sample size, and added an exclusion criterion concerning interstitial lung disease and the corresponding management requirements.",
                    ),
                ),
            ),
        ),
    ),
    Break(),
    Contents(t("目录", "Table of Contents"), (*[3] * 5, *[4] * 5, *[5] * 6, *[6] * 5, *[7] * 5, *[8] * 10)),
    Break(),
    Heading(1, t("方案摘要", "Protocol Synopsis")),
    Table(
        (2300, 6700),
        (
            row(t("项目", "Item"), t("内容", "Description")),
            row(t("研究题目", "Study title"), TITLE),
            row(
                t("研究人群", "Study population"),
                t(
                    "既往接受过一线含铂化疗且疾病进展的局部晚期或转移性非鳞状非小细胞肺癌（NSCLC）受试者",
                    "Participants with locally advanced or metastatic non-squamous non-small cell lung cancer (NSCLC) whose disease has progressed after first-line platinum-based chemotherapy",
                ),
            ),
            row(
                t("样本量", "Sample size"),
                changed(
                    "约 450 例受试者，按 1:1 随机分配",
                    "Approximately 450 participants, randomised in a 1:1 ratio",
                    ("约 520 例受试者，按 1:1 随机分配", "Approximately 520 participants, randomised in a 1:1 ratio"),
                ),
            ),
            row(
                t("给药方案", "Treatment regimen"),
                t(
                    "QLZ-2417 160\u00a0mg 或匹配的安慰剂，口服，每日一次；多西他赛 75\u00a0mg/m²，静脉输注，每 21 天为一周期的第 1 天给药",
                    "QLZ-2417 160\u00a0mg or matching placebo, orally, once daily; docetaxel 75\u00a0mg/m², intravenous infusion, on Day 1 of each 21-day cycle",
                ),
            ),
            row(t("主要终点", "Primary endpoint"), t("盲态独立中心评审（BICR）评估的无进展生存期（PFS）", "Progression-free survival (PFS) as assessed by blinded independent central review (BICR)")),
            row(t("预计研究周期", "Planned study duration"), t("自首例受试者入组起约 36 个月", "Approximately 36 months from enrolment of the first participant")),
        ),
    ),
    Heading(1, t("研究背景与依据", "Background and Rationale")),
    Heading(2, t("疾病背景", "Disease Background")),
    Par(
        t(
            "肺癌是全球癌症相关死亡的主要原因之一，其中 NSCLC 约占 85%。对于一线含铂化疗后进展的受试者，多西他赛单药的客观缓解率低于 15%，中位 PFS 不足 4 个月。因此，二线治疗仍存在未被满足的临床需求。",
            "Lung cancer is one of the leading causes of cancer-related death worldwide, and NSCLC accounts for approximately 85% of cases. In participants whose disease has progressed after first-line platinum-based chemotherapy, the objective response rate with docetaxel monotherapy is below 15% and the median PFS is less than 4 months. There is therefore still an unmet medical need in the second-line setting.",
        )
    ),
    Heading(2, t("试验用药品", "Investigational Medicinal Product")),
    Par(
        t(
            "QLZ-2417 是一种口服、选择性的 MET/AXL 双靶点酪氨酸激酶抑制剂。{i:体外}试验中，其对 MET 和 AXL 激酶的半数抑制浓度（IC{sub:50}）分别为 1.8 nmol/L 和 4.6 nmol/L。在 I 期研究中，160 mg 每日一次给药后，稳态峰浓度（C{sub:max,ss}）的几何均值为 2.4 µg/mL，中位达峰时间（T{sub:max}）为 3 h。{fn:ib}",
            "QLZ-2417 is an oral, selective, dual tyrosine kinase inhibitor of MET and AXL. {i:In vitro}, its half-maximal inhibitory concentrations (IC{sub:50}) for the MET and AXL kinases were 1.8 nmol/L and 4.6 nmol/L, respectively. In the Phase I study, the geometric mean steady-state peak concentration (C{sub:max,ss}) after 160 mg once daily was 2.4 µg/mL, and the median time to peak concentration (T{sub:max}) was 3 h.{fn:ib}",
        )
    ),
    Par(
        t(
            "在 II 期研究 QLZ-2417-205 中，QLZ-2417 联合多西他赛组的中位 PFS 为 6.1 个月，安慰剂联合多西他赛组为 4.2 个月（风险比 {b:0.68}；95% 置信区间 0.49～0.94）。最常见的 ≥3 级不良反应为中性粒细胞计数降低（31.2%）、腹泻（8.6%）和丙氨酸氨基转移酶升高（6.5%）。",
            "In the Phase II study QLZ-2417-205, the median PFS was 6.1 months in the QLZ-2417 plus docetaxel arm and 4.2 months in the placebo plus docetaxel arm (hazard ratio {b:0.68}; 95% confidence interval 0.49 to 0.94). The most common adverse reactions of Grade ≥3 were neutrophil count decreased (31.2%), diarrhoea (8.6%) and alanine aminotransferase increased (6.5%).",
        )
    ),
    Heading(2, t("获益与风险评估", "Benefit-Risk Assessment")),
    Par(
        changed(
            "现有数据表明，QLZ-2417 联合多西他赛的获益大于风险。骨髓抑制和肝酶升高可通过第 {ref:sec_dose|6.2} 节所述的剂量调整加以控制。",
            "The available data indicate that the benefits of QLZ-2417 in combination with docetaxel outweigh the risks. Myelosuppression and liver enzyme elevations can be managed by the dose modifications described in Section {ref:sec_dose|6.2}.",
            ("现有数据表明，QLZ-2417 联合多西他赛的获益大于风险。", None),
            ("骨髓抑制和肝酶升高可通过第 {ref:sec_dose|6.2} 节所述的剂量调整加以控制。", None),
            (
                "截至 2026 年 7 月 31 日，在本研究中已报告 4 例（1.6%）间质性肺病，其中 1 例为 3 级，无致死病例。",
                "As of 31 July 2026, 4 cases (1.6%) of interstitial lung disease had been reported in this study; 1 of these was Grade 3, and none was fatal.",
            ),
        )
    ),
    Heading(1, t("研究目的与终点", "Objectives and Endpoints")),
    Caption(TABLE, "表", "tbl_objectives", 1, t("研究目的与终点", "Study objectives and endpoints")),
    Table(
        (1500, 3750, 3750),
        (
            row(t("类别", "Category"), t("目的", "Objective"), t("终点", "Endpoint")),
            row(
                t("主要", "Primary"),
                t("比较两组受试者经 BICR 评估的 PFS", "To compare PFS as assessed by BICR between participants in the two treatment arms"),
                t("PFS：自随机化至首次记录疾病进展（RECIST 1.1）或任何原因死亡的时间", "PFS: time from randomisation to first documented disease progression (RECIST 1.1) or death from any cause"),
            ),
            (
                cell(t("次要", "Secondary"), down="restart"),
                cell(t("比较两组受试者的总生存期", "To compare overall survival between participants in the two treatment arms")),
                cell(t("总生存期（OS）：自随机化至任何原因死亡的时间", "Overall survival (OS): time from randomisation to death from any cause")),
            ),
            (
                cell(down="continue"),
                cell(t("评估安全性和耐受性", "To evaluate safety and tolerability")),
                cell(t("不良事件的发生率和严重程度（CTCAE 5.0 版）", "Incidence and severity of adverse events (CTCAE version 5.0)")),
            ),
            row(
                t("探索性", "Exploratory"),
                t("考察 QLZ-2417 暴露量与疗效、安全性的关系", "To explore the relationship of QLZ-2417 exposure with efficacy and safety"),
                t("QLZ-2417 的血浆谷浓度（C{sub:trough}）", "Plasma trough concentration (C{sub:trough}) of QLZ-2417"),
            ),
        ),
    ),
    Heading(1, t("研究设计", "Study Design")),
    Heading(2, t("总体设计", "Overall Design")),
    Par(
        changed(
            "本研究为一项随机、双盲、安慰剂对照、多中心 III 期研究，计划在约 60 家研究中心入组约 450 例受试者。研究设计见{ref:fig_design|图 1}。受试者按 1:1 的比例随机分配，分层因素为 ECOG 体能状态评分（0 分或 1 分）、脑转移（有或无）和既往免疫治疗（有或无）。",
            "This is a randomised, double-blind, placebo-controlled, multicentre Phase III study, which plans to enrol approximately 450 participants at approximately 60 study sites. The study design is shown in {ref:fig_design|Figure 1}. Participants are randomised in a 1:1 ratio, stratified by ECOG performance status (0 or 1), brain metastases (present or absent) and prior immunotherapy (yes or no).",
            (
                "本研究为一项随机、双盲、安慰剂对照、多中心 III 期研究，计划在约 75 家研究中心入组约 520 例受试者。",
                "This is a randomised, double-blind, placebo-controlled, multicentre Phase III study, which plans to enrol approximately 520 participants at approximately 75 study sites.",
            ),
            ("研究设计见{ref:fig_design|图 1}。", None),
            ("受试者按 1:1 的比例随机分配，分层因素为 ECOG 体能状态评分（0 分或 1 分）、脑转移（有或无）和既往免疫治疗（有或无）。", None),
        )
    ),
    Picture(t("研究设计示意图：筛选期、1:1 随机化、两个治疗组和生存随访", "Diagram of the study design: screening, 1:1 randomisation, two treatment arms and survival follow-up")),
    Caption(t("图 ", "Figure "), "图", "fig_design", 1, t("研究设计示意图", "Diagram of the study design")),
    Heading(2, t("研究阶段", "Study Periods")),
    Par(t("研究分为以下三个阶段：", "The study consists of the following three periods:")),
    Item(t("{b:筛选期}：首次给药前 28 天内；", "{b:Screening period}: within 28 days before the first dose;"), BULLETS),
    Item(
        t(
            "{b:治疗期}：自第 1 周期第 1 天起，每 21 天为一个周期，直至疾病进展、出现不可耐受的毒性或撤回知情同意；",
            "{b:Treatment period}: from Cycle 1 Day 1, in 21-day cycles, until disease progression, unacceptable toxicity or withdrawal of informed consent;",
        ),
        BULLETS,
    ),
    Item(t("{b:随访期}：末次给药后 30 天的安全性随访，此后每 12 周进行一次生存随访。", "{b:Follow-up period}: a safety follow-up 30 days after the last dose, and survival follow-up every 12 weeks thereafter."), BULLETS),
    Heading(2, t("研究结束的定义", "Definition of End of Study")),
    Par(
        t(
            "研究结束定义为末例受试者完成末次生存随访、失访、死亡或撤回知情同意之日，以最晚者为准。",
            "The end of the study is defined as the date on which the last participant completes the last survival follow-up, is lost to follow-up, dies or withdraws informed consent, whichever is latest.",
        )
    ),
    Heading(1, t("受试者选择", "Selection of Participants")),
    Heading(2, t("入选标准", "Inclusion Criteria")),
    Par(t("受试者必须满足以下所有标准方可入组：", "Participants must meet all of the following criteria to be enrolled:")),
    Item(t("签署知情同意书时年龄 ≥18 岁；", "Age ≥18 years at the time of signing the informed consent form;"), INCLUSION),
    Item(t("经组织学或细胞学证实的局部晚期（IIIB/IIIC 期）或转移性（IV 期）非鳞状 NSCLC；", "Histologically or cytologically confirmed locally advanced (Stage IIIB/IIIC) or metastatic (Stage IV) non-squamous NSCLC;"), INCLUSION),
    Item(t("既往接受过且仅接受过一种含铂化疗方案，治疗期间或治疗后疾病进展；", "Disease progression during or after one, and only one, prior platinum-based chemotherapy regimen;"), INCLUSION),
    Item(t("根据 RECIST 1.1，至少有一个可测量病灶；", "At least one measurable lesion according to RECIST 1.1;"), INCLUSION),
    Item(t("ECOG 体能状态评分为 0 分或 1 分；", "ECOG performance status of 0 or 1;"), INCLUSION),
    Item(t("器官功能良好，定义如下：", "Adequate organ function, defined as follows:"), INCLUSION),
    Item(t("中性粒细胞绝对计数（ANC）≥1.5×10{sup:9}/L；", "Absolute neutrophil count (ANC) ≥1.5×10{sup:9}/L;"), INCLUSION, 1),
    Item(t("血小板计数 ≥100×10{sup:9}/L，血红蛋白 ≥90 g/L；", "Platelet count ≥100×10{sup:9}/L and haemoglobin ≥90 g/L;"), INCLUSION, 1),
    Item(t("肌酐清除率 ≥50 mL/min（Cockcroft-Gault 公式）；{fn:cg}", "Creatinine clearance ≥50 mL/min (Cockcroft-Gault formula);{fn:cg}"), INCLUSION, 1),
    Item(t("预期生存期 >12 周。", "Life expectancy >12 weeks."), INCLUSION),
    Heading(2, t("排除标准", "Exclusion Criteria")),
    Par(t("符合以下任何一项标准的受试者不得入组：", "Participants who meet any of the following criteria must not be enrolled:")),
    Item(t("既往接受过 MET 抑制剂、AXL 抑制剂或多西他赛治疗；", "Prior treatment with a MET inhibitor, an AXL inhibitor or docetaxel;"), EXCLUSION),
    Item(t("存在有症状的或未经治疗的脑转移；", "Symptomatic or untreated brain metastases;"), EXCLUSION),
    Item(new(("有需要糖皮质激素治疗的间质性肺病或非感染性肺炎病史，或目前患有间质性肺病或非感染性肺炎；", "History of interstitial lung disease or non-infectious pneumonitis that required corticosteroids, or current interstitial lung disease or non-infectious pneumonitis;")), EXCLUSION),
    Item(t("心电图校正的 QT 间期（QTcF）>470 ms；", "Corrected QT interval (QTcF) >470 ms on electrocardiogram;"), EXCLUSION),
    Item(t("首次给药前 14 天内使用过 CYP3A4 强效抑制剂或强效诱导剂；", "Use of strong CYP3A4 inhibitors or strong CYP3A4 inducers within 14 days before the first dose;"), EXCLUSION),
    Item(t("妊娠期或哺乳期女性。", "Women who are pregnant or breastfeeding."), EXCLUSION),
    Heading(2, t("退出与终止", "Withdrawal and Discontinuation")),
    Par(
        t(
            "受试者可随时以任何理由退出研究，其后续医疗不会因此受到影响。退出研究的受试者不予替换。",
            "Participants may withdraw from the study at any time and for any reason, without any effect on their subsequent medical care. Participants who withdraw from the study will not be replaced.",
        )
    ),
)  # fmt: skip
