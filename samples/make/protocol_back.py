"""Protocol QLZ-2417-301, second half: treatment, assessments, safety, statistics, ethics. Everything is fictional."""

from __future__ import annotations

from samples.make.content import (
    Block,
    Caption,
    Cell,
    Heading,
    Par,
    Sample,
    Table,
    Words,
    cell,
    changed,
    new,
    row,
    t,
)  # fmt: skip
from samples.make.protocol_front import CODE, FRONT, TABLE, TITLE

_NO = t("")


def _visit(name: Words, *marks: str) -> tuple[Cell, ...]:
    """A row of the schedule of activities."""
    return (cell(name), *(cell(t(m) if m else _NO, centre=True) for m in marks))


_LEVELS = Table(
    (1300, 1500),
    (
        row(t("剂量水平", "Dose level"), t("每日剂量", "Daily dose")),
        row(t("0"), t("160 mg")),
        row(t("−1"), t("120 mg")),
        row(t("−2"), t("80 mg")),
    ),
)

BACK: tuple[Block, ...] = (
    Heading(1, t("试验用药品与治疗", "Investigational Medicinal Product and Treatment")),
    Heading(2, t("给药方案", "Treatment Regimen")),
    Par(t("给药方案见{ref:tbl_dosing|表 2}。QLZ-2417 或安慰剂应在每天大致相同的时间空腹服用（餐前至少 1 h 或餐后至少 2 h）。漏服超过 12 h 者，当日不再补服。", "The treatment regimen is shown in {ref:tbl_dosing|Table 2}. QLZ-2417 or placebo should be taken at approximately the same time each day in the fasted state (at least 1 h before or 2 h after a meal). A dose missed by more than 12 h should not be made up on that day.")),
    Caption(TABLE, "表", "tbl_dosing", 2, t("给药方案", "Treatment regimen")),
    Table(
        (2000, 2000, 1900, 3100),
        (
            row(t("药物", "Medicinal product"), t("剂量", "Dose"), t("给药途径", "Route"), t("给药时间", "Schedule")),
            row(t("QLZ-2417"), t("160\u00a0mg"), t("口服", "Oral"), t("每日一次，连续给药", "Once daily, continuously")),
            row(t("匹配的安慰剂", "Matching placebo"), t("2 片", "2 tablets"), t("口服", "Oral"), t("每日一次，连续给药", "Once daily, continuously")),
            row(t("多西他赛", "Docetaxel"), t("75\u00a0mg/m{sup:2}"), t("静脉输注，1 h", "Intravenous infusion over 1 h"), t("每 21 天周期的第 1 天", "Day 1 of each 21-day cycle")),
        ),
    ),
    Heading(2, t("剂量调整", "Dose Modifications")),
    Par(t("剂量调整的标准见{ref:tbl_modification|表 3}。剂量降低后不得再次增加。因毒性连续暂停给药超过 28 天的受试者应永久终止试验用药品治疗。", "The criteria for dose modifications are given in {ref:tbl_modification|Table 3}. Once reduced, the dose must not be increased again. Participants in whom treatment is withheld for more than 28 consecutive days because of toxicity should permanently discontinue the investigational medicinal product.")),
    Caption(TABLE, "表", "tbl_modification", 3, t("QLZ-2417 或安慰剂的剂量调整标准", "Criteria for dose modification of QLZ-2417 or placebo")),
    Table(
        (2900, 3200, 2900),
        (
            row(t("毒性", "Toxicity"), t("处理措施", "Action"), t("剂量水平", "Dose levels")),
            (
                cell(changed("ANC <1.0×10{sup:9}/L", "ANC <1.0×10{sup:9}/L", ("ANC <1.5×10{sup:9}/L", "ANC <1.5×10{sup:9}/L"))),
                cell(
                    changed(
                        "暂停给药，直至 ANC ≥1.0×10{sup:9}/L，然后以原剂量恢复给药。",
                        "Withhold treatment until ANC is ≥1.0×10{sup:9}/L, then resume at the same dose.",
                        ("暂停给药，直至 ANC ≥1.5×10{sup:9}/L，然后以降低一个水平的剂量恢复给药。", "Withhold treatment until ANC is ≥1.5×10{sup:9}/L, then resume at a dose reduced by one level."),
                    )
                ),
                cell(down="restart", inner=_LEVELS),
            ),
            (
                cell(t("发热性中性粒细胞减少症", "Febrile neutropenia")),
                cell(t("暂停给药，恢复后降低一个剂量水平。", "Withhold treatment; after recovery, reduce by one dose level.")),
                cell(down="continue"),
            ),
            (
                cell(t("ALT 或 AST >5×ULN", "ALT or AST >5×ULN")),
                cell(t("暂停给药，恢复至 ≤2.5×ULN 后降低一个剂量水平。", "Withhold treatment; after recovery to ≤2.5×ULN, reduce by one dose level.")),
                cell(down="continue"),
            ),
            (cell(t("ULN：正常值上限；ALT：丙氨酸氨基转移酶；AST：天门冬氨酸氨基转移酶", "ULN: upper limit of normal; ALT: alanine aminotransferase; AST: aspartate aminotransferase"), span=3),),
        ),
    ),
    Heading(2, t("合并用药", "Concomitant Medication")),
    Par(t("研究期间禁止使用其他抗肿瘤药物、CYP3A4 强效抑制剂和强效诱导剂。允许使用粒细胞集落刺激因子（G-CSF）进行二级预防。", "Other anticancer medicinal products, strong CYP3A4 inhibitors and strong CYP3A4 inducers are prohibited during the study. Secondary prophylaxis with granulocyte colony-stimulating factor (G-CSF) is permitted.")),
    Heading(2, new(("间质性肺病的管理", "Management of Interstitial Lung Disease"))),
    Par(
        new(
            ("受试者出现新发或加重的呼吸困难、咳嗽或发热时，应立即暂停给药，并在 48 h 内进行高分辨率 CT 检查。", "If a participant develops new or worsening dyspnoea, cough or fever, treatment must be withheld immediately and high-resolution CT must be performed within 48 h."),
            ("确诊为 {b:≥2 级}间质性肺病的受试者必须永久终止 QLZ-2417 或安慰剂治疗。", "Participants with confirmed interstitial lung disease of {b:Grade ≥2} must permanently discontinue QLZ-2417 or placebo."),
        )
    ),
    Heading(1, t("研究评估与流程", "Study Assessments and Procedures")),
    Heading(2, t("研究流程表", "Schedule of Activities")),
    Par(
        changed(
            "各次访视的检查项目见{ref:tbl_soa|表 4}。除另有说明外，治疗期访视的时间窗为 ±3 天。",
            "The assessments at each visit are listed in {ref:tbl_soa|Table 4}. Unless otherwise specified, the window for visits in the treatment period is ±3 days.",
            ("各次访视的检查项目见{ref:tbl_soa|表 4}。", None),
            ("除另有说明外，治疗期访视的时间窗为 ±5 天。", "Unless otherwise specified, the window for visits in the treatment period is ±5 days."),
        )
    ),
    Caption(TABLE, "表", "tbl_soa", 4, t("研究流程表", "Schedule of activities")),
    Table(
        (3000, 1200, 1200, 1200, 1200, 1200),
        (
            (
                cell(t("检查项目", "Assessment"), down="restart"),
                cell(t("筛选期", "Screening"), down="restart", centre=True),
                cell(t("治疗期", "Treatment period"), span=3, centre=True),
                cell(t("随访期", "Follow-up"), down="restart", centre=True),
            ),
            (
                cell(down="continue"),
                cell(down="continue"),
                cell(t("C1D1"), centre=True),
                cell(t("C1D8"), centre=True),
                cell(t("≥C2D1"), centre=True),
                cell(down="continue"),
            ),
            (
                cell(t("访视窗（天）", "Visit window (days)")),
                *(cell(w, centre=True) for w in (t("−28～−1", "−28 to −1"), t("0"), t("±1"))),
                cell(changed("±3", "±3", ("±5", "±5")), centre=True),
                cell(t("+7"), centre=True),
            ),
            _visit(t("知情同意", "Informed consent"), "X", "", "", "", ""),
            _visit(t("生命体征和体格检查", "Vital signs and physical examination"), "X", "X", "X", "X", "X"),
            _visit(t("12 导联心电图{sup:a}", "12-lead electrocardiogram{sup:a}"), "X", "X", "", "X", "X"),
            _visit(t("血常规和血生化{sup:b}", "Haematology and blood chemistry{sup:b}"), "X", "X", "X", "X", "X"),
            _visit(t("肿瘤影像学评估{sup:c}", "Tumour imaging{sup:c}"), "X", "", "", "X", ""),
            _visit(t("PK 采血", "PK blood sampling"), "", "X", "X", "X{sup:d}", ""),
            _visit(t("不良事件", "Adverse events"), "X", "X", "X", "X", "X"),
        ),
        head=2,
    ),
    Par(t("{sup:a} 静息 5 min 后记录，一式三份。", "{sup:a} Recorded in triplicate after 5 min of rest."), "TableNote"),
    Par(t("{sup:b} 给药前 72 h 内的结果可以接受。", "{sup:b} Results obtained within 72 h before dosing are acceptable."), "TableNote"),
    Par(t("{sup:c} 前 48 周每 6 周一次，此后每 12 周一次。", "{sup:c} Every 6 weeks for the first 48 weeks, and every 12 weeks thereafter."), "TableNote"),
    Par(t("{sup:d} 仅 C2D1 和 C4D1。", "{sup:d} C2D1 and C4D1 only."), "TableNote"),
    Heading(2, t("疗效评估", "Efficacy Assessments")),
    Par(t("肿瘤评估采用胸部、腹部和盆腔增强 CT 或 MRI，由研究者和 BICR 根据 RECIST 1.1 进行评价。完全缓解或部分缓解须在首次记录后至少 4 周予以确认。", "Tumours are assessed by contrast-enhanced CT or MRI of the chest, abdomen and pelvis, and evaluated by the investigator and by BICR according to RECIST 1.1. A complete or partial response must be confirmed at least 4 weeks after it is first documented.")),
    Heading(2, t("安全性评估", "Safety Assessments")),
    Par(t("安全性评估包括不良事件、实验室检查、生命体征、体格检查、心电图和 ECOG 体能状态评分。实验室检查结果按 CTCAE 5.0 版分级。", "Safety assessments comprise adverse events, laboratory tests, vital signs, physical examinations, electrocardiograms and ECOG performance status. Laboratory results are graded according to CTCAE version 5.0.")),
    Heading(2, t("药代动力学评估", "Pharmacokinetic Assessments")),
    Heading(3, t("血样采集", "Blood Sampling")),
    Par(t("在 C1D1、C1D8、C2D1 和 C4D1 给药前 30 min 内采集静脉血约 4 mL，用于测定 QLZ-2417 的血浆浓度。", "Approximately 4 mL of venous blood is collected within 30 min before dosing on C1D1, C1D8, C2D1 and C4D1 to determine plasma concentrations of QLZ-2417.")),
    Heading(3, t("生物分析", "Bioanalysis")),
    Par(t("血浆浓度采用经验证的液相色谱-串联质谱法测定，定量下限为 5.00 ng/mL，线性范围为 5.00～5000 ng/mL。", "Plasma concentrations are determined by a validated liquid chromatography-tandem mass spectrometry method with a lower limit of quantification of 5.00 ng/mL and a linear range of 5.00 to 5000 ng/mL.")),
    Heading(1, t("安全性报告", "Safety Reporting")),
    Heading(2, t("定义", "Definitions")),
    Par(t("不良事件（AE）是指受试者接受试验用药品后出现的任何不良医学事件，但不一定与治疗有因果关系。{fn:gcp}严重不良事件（SAE）是指导致死亡、危及生命、需要住院治疗或延长住院时间、导致永久或显著残疾、或导致先天性异常的不良事件。", "An adverse event (AE) is any untoward medical occurrence in a participant who has received the investigational medicinal product, which does not necessarily have a causal relationship with the treatment.{fn:gcp} A serious adverse event (SAE) is an adverse event that results in death, is life-threatening, requires or prolongs hospitalisation, results in permanent or significant disability, or results in a congenital anomaly.")),
    Heading(2, t("报告时限", "Reporting Timelines")),
    Par(t("研究者应在获知 SAE 后 {b:24 h} 内向申办者报告。首次报告不得因信息不完整而延迟。申办者应在 7 天内向监管机构报告致死或危及生命的可疑且非预期严重不良反应（SUSAR），其他 SUSAR 应在 15 天内报告。", "The investigator must report an SAE to the Sponsor within {b:24 h} of becoming aware of it. The initial report must not be delayed because information is incomplete. The Sponsor must report fatal or life-threatening suspected unexpected serious adverse reactions (SUSARs) to the regulatory authorities within 7 days, and other SUSARs within 15 days.")),
    Heading(1, t("统计学考虑", "Statistical Considerations")),
    Heading(2, t("样本量确定", "Sample Size Determination")),
    Par(
        changed(
            "假设 PFS 的风险比为 0.70，双侧显著性水平为 0.05，则需要观察到 331 例 PFS 事件，检验效能可达 90%。预计入组期为 20 个月，随访期为 10 个月，脱落率为 10%，共需约 450 例受试者。",
            "Assuming a hazard ratio of 0.70 for PFS and a two-sided significance level of 0.05, 331 PFS events are required to provide 90% power. With an expected enrolment period of 20 months, a follow-up period of 10 months and a dropout rate of 10%, a total of approximately 450 participants is needed.",
            ("假设 PFS 的风险比为 0.72，双侧显著性水平为 0.05，则需要观察到 390 例 PFS 事件，检验效能可达 90%。", "Assuming a hazard ratio of 0.72 for PFS and a two-sided significance level of 0.05, 390 PFS events are required to provide 90% power."),
            ("预计入组期为 24 个月，随访期为 10 个月，脱落率为 10%，共需约 520 例受试者。", "With an expected enrolment period of 24 months, a follow-up period of 10 months and a dropout rate of 10%, a total of approximately 520 participants is needed."),
        )
    ),
    Heading(2, t("分析集", "Analysis Sets")),
    Par(t("全分析集（FAS）包括所有随机化的受试者，按随机分配的组别进行分析。安全性分析集（SS）包括所有至少接受过一次试验用药品的受试者，按实际接受的治疗进行分析。", "The full analysis set (FAS) includes all randomised participants, analysed according to the arm to which they were randomised. The safety set (SS) includes all participants who received at least one dose of the investigational medicinal product, analysed according to the treatment actually received.")),
    Heading(2, t("主要终点分析", "Analysis of the Primary Endpoint")),
    Par(t("PFS 采用分层对数秩检验进行比较，风险比及其 95% 置信区间采用分层 Cox 比例风险模型估计。中位 PFS 采用 Kaplan-Meier 法估计。若双侧 {i:P} 值 <0.05，则拒绝零假设。", "PFS is compared by the stratified log-rank test; the hazard ratio and its 95% confidence interval are estimated with a stratified Cox proportional hazards model. Median PFS is estimated by the Kaplan-Meier method. The null hypothesis is rejected if the two-sided {i:P} value is <0.05.")),
    Heading(2, t("期中分析", "Interim Analysis")),
    Par(
        changed(
            "不计划对 PFS 进行期中分析。在最终 PFS 分析时，将采用 O'Brien-Fleming 型 α 消耗函数对 OS 进行一次期中分析。",
            "No interim analysis of PFS is planned. At the time of the final PFS analysis, one interim analysis of OS will be performed using an O'Brien-Fleming-type alpha-spending function.",
            ("当观察到约 70% 的 PFS 事件（273 例）时，将由独立数据监查委员会（IDMC）进行一次无效性期中分析。", "When approximately 70% of the PFS events (273 events) have been observed, the independent data monitoring committee (IDMC) will perform one interim analysis for futility."),
            ("在最终 PFS 分析时，将采用 O'Brien-Fleming 型 α 消耗函数对 OS 进行一次期中分析。", None),
        )
    ),
    Heading(1, t("伦理与质量管理", "Ethics and Quality Management")),
    Heading(2, t("伦理与知情同意", "Ethics and Informed Consent")),
    Par(t("本研究将遵循《赫尔辛基宣言》、ICH E6 药物临床试验质量管理规范和适用的法规要求。在进行任何研究相关操作之前，必须获得受试者签署的书面知情同意书。", "This study will be conducted in accordance with the Declaration of Helsinki, the ICH E6 guideline for good clinical practice and the applicable regulatory requirements. A written informed consent form signed by the participant must be obtained before any study-related procedure is performed.")),
    Heading(2, t("数据管理与监查", "Data Management and Monitoring")),
    Par(t("数据采用电子数据采集系统收集，系统保留完整的稽查轨迹。申办者将采用基于风险的监查方法。", "Data are collected with an electronic data capture system that keeps a complete audit trail. The Sponsor will apply a risk-based monitoring approach.")),
    Heading(2, t("记录保存", "Record Retention")),
    Par(t("研究者应保存必备文件至试验用药品获批上市后至少 5 年，或按当地法规要求保存更长时间。", "The investigator must retain essential documents for at least 5 years after marketing approval of the investigational medicinal product, or for longer if required by local regulations.")),
)  # fmt: skip

PROTOCOL = Sample(
    "m5/53-clin-stud-rep/535-rep-effic-safety-stud/study-qlz-2417-301/protocol.docx",
    TITLE,
    changed(
        "方案编号：QLZ-2417-301{tab}版本 1.0，2026 年 3 月 16 日",
        "Protocol number: QLZ-2417-301{tab}Version 1.0, 16 March 2026",
        ("方案编号：QLZ-2417-301{tab}版本 2.0，2026 年 9 月 21 日", "Protocol number: QLZ-2417-301{tab}Version 2.0, 21 September 2026"),
    ),
    t("阙岚沚生物医药有限公司 · 保密", "Quelanzhi Biopharma Co., Ltd. · Confidential"),
    FRONT + BACK,
    {
        "ib": t("详见研究者手册第 4.0 版第 5.2 节。", "For details, see the Investigator's Brochure, version 4.0, Section 5.2."),
        "cg": t("男性：(140 − 年龄) × 体重 (kg) / (0.814 × 血清肌酐 (µmol/L))；女性乘以 0.85。", "Men: (140 − age) × weight (kg) / (0.814 × serum creatinine (µmol/L)); for women, multiply by 0.85."),
        "gcp": t("定义依据 ICH E2A 和 ICH E6。", "Definition according to ICH E2A and ICH E6."),
    },
    CODE,
)  # fmt: skip
