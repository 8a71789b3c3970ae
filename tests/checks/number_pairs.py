"""Pairs that must raise a number, unit or date check, and near misses that must raise none of them.

A row is ``languages | source | target``; ``<sup>…</sup>`` and ``<sub>…</sub>`` stand for raised and lowered codes.
"""

from __future__ import annotations

MUST = {
    "B1": """
en-zh|The dose was given on 12 occasions.|已给予该剂量。
en-zh|A total of 345 patients were randomised.|患者被随机分组。
en-zh|Store at 25 °C and protect from light; use by batch 778.|在 25 °C 下避光保存。
zh-en|共有128例受试者入组。|Subjects were enrolled.
zh-en|分别为12.5和13.6。|The value was 12.5.
en-es|The study enrolled 240 subjects at 31 sites.|El estudio incluyó a 240 sujetos.
en-es|Mean weight was 71.4 and 68.2, respectively.|El peso medio fue de 71,4.
en-de|The study enrolled 240 subjects at 31 sites.|In die Studie wurden 240 Probanden aufgenommen.
en-de|Values were 3.5, 4.5 and 6.5.|Die Werte betrugen 3,5 und 6,5.
de-en|Insgesamt wurden 1.234 Patienten untersucht.|Patients were examined.
es-en|Se incluyeron 57 pacientes.|Patients were included.
zh-de|共招募66名志愿者。|Es wurden Freiwillige rekrutiert.
""",
    "B2": """
en-zh|Patients were randomised.|共 345 例患者被随机分组。
en-zh|The dose was 5 mg.|剂量为 5 mg，共 17 次。
en-zh|Adverse events were mild.|不良事件为轻度（63）。
zh-en|受试者已入组。|A total of 128 subjects were enrolled.
zh-en|剂量为5毫克。|The dose was 5 mg in 22 subjects.
en-es|Subjects were enrolled.|Se incluyeron 240 sujetos.
en-es|The mean was 71.4.|La media fue de 71,4 y 68,2.
en-de|Subjects were enrolled.|Es wurden 240 Probanden aufgenommen.
en-de|The mean was 71.4.|Der Mittelwert betrug 71,4 und 68,2.
de-en|Die Patienten wurden untersucht.|A total of 88 patients were examined.
es-en|Se incluyeron pacientes.|A total of 57 patients were included.
de-zh|Die Patienten wurden untersucht.|共检查了88例患者。
""",
    "B3": """
en-zh|A total of 345 patients were randomised.|共 354 例患者被随机分组。
en-zh|The dose was 12.5 mg.|剂量为 15.2 mg。
en-zh|The rate was 7.5%.|发生率为 75%。
zh-en|共有128例受试者入组。|A total of 138 subjects were enrolled.
zh-en|剂量为0.5毫克。|The dose was 5 mg.
en-es|The study enrolled 240 subjects.|El estudio incluyó a 204 sujetos.
en-es|The mean was 71.4 kg.|La media fue de 74,1 kg.
en-de|The study enrolled 1,240 subjects.|In die Studie wurden 1.420 Probanden aufgenommen.
en-de|The rate was 7.5%.|Die Rate betrug 75 %.
de-en|Es waren 17 Patienten.|There were 71 patients.
es-en|Se incluyeron 3 de 57 pacientes.|Four of 57 patients were included.
zh-de|共招募66名志愿者。|Es wurden 99 Freiwillige rekrutiert.
en-zh|Three patients had 4 events.|三名患者发生 5 起事件。
en-zh|There were 20 events in two dozen men.|24 名男性中发生 21 起事件。
""",
    "B4": """
en-de|The dose is 1.5 mg.|Die Dosis beträgt 1.5 mg.
en-de|The mean was 71.4 kg.|Der Mittelwert betrug 71.4 kg.
en-de|A total of 1,234 subjects took part.|Insgesamt nahmen 1,234 Probanden teil.
en-de|The ratio was 0.75.|Das Verhältnis betrug 0.75.
en-es|The dose is 1.5 mg.|La dosis es de 1.5 mg.
en-es|The rate was 12.5%.|La tasa fue del 12.5 %.
zh-es|平均值为3.25。|La media fue de 3.25.
de-en|Die Dosis beträgt 1,5 mg.|The dose is 1,5 mg.
de-zh|Die Dosis beträgt 0,5 mg.|剂量为 0,5 mg。
de-en|Insgesamt nahmen 1.234 Probanden teil.|A total of 1.234 subjects took part.
es-en|La media fue de 12,75 kg.|The mean was 12,75 kg.
es-zh|La dosis es de 2,5 mg.|剂量为 2,5 mg。
zh-de|共12,345例。|Insgesamt 12,345 Fälle.
""",
    "B5": """
en-zh|Store at -20 °C.|在 20 °C 下保存。
en-zh|The change was −3.2 points.|变化为 3.2 分。
en-zh|The window is ±3 days.|时间窗为 3 天。
en-de|Store at −80 °C.|Bei 80 °C lagern.
en-de|Visit on Day 15 (±2).|Visite an Tag 15 (2).
en-es|The change was -3.2.|El cambio fue de 3,2.
en-es|The difference was (-1.5).|La diferencia fue (1,5).
zh-en|变化为-3.2分。|The change was 3.2 points.
zh-en|零下20 °C保存。|Store at 20 °C.
de-en|Bei -20 °C lagern.|Store at 20 °C.
en-zh|The change was 3.2 points (95).|变化为 -3.2 分（95）。
es-en|Conservar a -20 °C.|Store at 20 °C.
""",
    "B6": """
en-zh|Patients aged ≥18 years|年龄 ≤18 岁的患者
en-zh|Patients aged at least 18 years|年龄不超过 18 岁的患者
en-zh|Platelets < 100|血小板 > 100
en-zh|Platelets <100|血小板 100
en-zh|no more than 3 doses|至少 3 剂
en-es|Subjects with at least 2 events|Sujetos con como máximo 2 eventos
en-es|p<0.05|p>0,05
en-es|less than 10 mg|más de 10 mg
en-de|at least 2 events|höchstens 2 Ereignisse
en-de|p ≤ 0.05|p ≥ 0,05
en-de|more than 10 mg|weniger als 10 mg
zh-en|年龄18岁以上|aged 18 years or below
zh-en|不超过5次|at least 5 times
zh-en|体重≥50 kg|weight 50 kg
de-en|mindestens 4 Wochen|at most 4 weeks
es-en|menos de 5 días|more than 5 days
en-zh|ALT >3 times ULN|ALT ≥3 倍 ULN
""",
    "B7": """
en-zh|a dose of 2–4 mg|剂量为 24 mg
en-zh|a dose of 2–4 mg|剂量为 2–5 mg
en-zh|18 to 65 years|65 至 18 岁
en-zh|18-65 years|18-56 岁
zh-en|2至4周|2 to 6 weeks
zh-en|年龄18~75岁|aged 18 to 57 years
en-es|between 2 and 4 doses|entre 2 y 5 dosis
en-es|2–4 mg|2,4 mg
en-de|2 to 4 weeks|2 bis 6 Wochen
en-de|18–65 years|65–18 Jahre
de-en|2 bis 4 Wochen|2 to 3 weeks
es-en|de 2 a 4 semanas|4 to 2 weeks
en-zh|a dose of 2–4 mg|剂量为 2 4 mg
""",
    "B8": """
en-zh|5 x 10<sup>9</sup>/L|5 x 109/L
en-zh|1 × 10<sup>6</sup> cells|1 × 106 个细胞
en-zh|10⁹ cells|109 个细胞
en-zh|10⁹ cells|10⁶ 个细胞
zh-en|5×10<sup>9</sup>/L|5×109/L
zh-en|10^9个|109 of them
en-es|10<sup>6</sup> copies|106 copias
en-es|3 × 10⁵ copies|3 × 10⁶ copias
en-de|10<sup>6</sup> copies|106 Kopien
en-de|10<sup>-3</sup> mol|10<sup>3</sup> mol
de-en|10⁹/L|109/L
es-en|2 × 10<sup>8</sup> UFC|2 × 108 CFU
en-zh|platelets below 75 × 10^9/L|血小板低于 75 × 109/L
""",
    "B9": """
en-zh|5 mg daily|每日 5 mL
en-zh|5 mg/kg|5 mg
en-zh|A dose of 250 mg was given.|给予 250 的剂量。
en-zh|The share was 50%.|占比为 50。
zh-en|剂量为5毫克/千克|a dose of 5 mg
zh-en|注射2毫升|inject 2 mg
en-es|5 mL of solution|5 mg de solución
en-es|10 mmol/L|10 mmol
en-de|5 mL of solution|5 mg Lösung
en-de|a dose of 20 mg/m²|eine Dosis von 20 mg
de-en|100 I.E. Insulin|100 mg insulin
es-en|100 UI de vitamina|100 mg of vitamin
en-zh|Keep 30 cm away|保持 30 kg 距离
""",
    "B10": """
en-zh|5 µg daily|每日 5 mg
en-zh|5 mg daily|每日 5 µg
en-zh|10 ng/mL|10 µg/mL
en-zh|200 mcg|200 毫克
zh-en|5微克|5 mg
zh-en|3毫克|3 g
en-es|50 micrograms|50 miligramos
en-es|5 mg|5 g
en-de|50 micrograms|50 Milligramm
en-de|5 kg|5 g
de-en|10 µmol|10 mmol
es-en|1 kg|1 g
en-zh|5 mL|5 L
en-zh|300 kIU|300 IU
""",
    "B11": """
en-zh|5 µg daily|每日 5 g
en-zh|5 μg daily|每日 5 g
en-zh|5 µg daily|每日 5 \uf06dg
en-zh|10 µL of buffer|10 L 缓冲液
en-zh|10 µg|10 ?g
en-es|5 µg|5 g
en-es|20 µm|20 m
en-de|5 µg|5 g
en-de|5 µmol/L|5 mol/L
zh-en|5微克|5 g
de-en|5 µg|5 \ufffdg
es-en|5 microgramos|5 g
""",
    "B12": """
en-zh|0.5 g of drug|500 mg 药物
en-zh|stay 6 feet apart|保持 1.8 米距离
en-zh|for 72 hours|持续 3 天
en-zh|for 24 months|为期 2 年
zh-en|500毫克|0.5 g
zh-en|为期2周|for 14 days
en-es|1.5 L of water|1500 mL de agua
en-es|98.6 °F|37 °C
en-de|1.5 L of water|1500 ml Wasser
en-de|150 lb|68 kg
de-en|250 µg|0.25 mg
es-en|48 horas|2 days
""",
    "B13": """
en-zh|5 mg twice daily|5 mg，每日三次
en-zh|5 mg BID|5 mg，每日一次
en-zh|5 mg every 8 hours|5 mg，每 6 小时一次
en-zh|5 mg Q2W|5 mg，每 3 周一次
en-zh|5 mg twice daily|5 mg
en-zh|Give 5 mg orally.|静脉注射 5 mg。
zh-en|每次5毫克，每日两次|5 mg once daily
zh-en|口服5毫克|5 mg intravenously
en-es|5 mg twice daily|5 mg tres veces al día
en-es|5 mg every 8 hours|5 mg cada 6 horas
en-de|5 mg twice daily|5 mg dreimal täglich
en-de|5 mg subcutaneously|5 mg intramuskulär
de-en|5 mg einmal täglich|5 mg twice daily
es-en|5 mg una vez al día|5 mg three times a day
""",
    "B15": """
en-zh|12/45 (26.7%)|12/45（27.6%）
en-zh|12/45 (26.7%)|12/54（26.7%）
en-zh|12/45 (26.7%) had events|45/12（26.7%）发生事件
en-zh|3/8 (37.5%)|5/8（37.5%）
en-es|12/45 (26.7%)|12/45 (27,6 %)
en-es|12 of 45 (26.7%)|13 de 45 (26,7 %)
en-de|12/45 (26.7%)|12/45 (27,6 %)
en-de|1/3 (33%)|2/3 (33 %)
zh-en|12/45（26.7%）|14/45 (26.7%)
zh-en|45例中12例（26.7%）|12 of 45 (26.8%)
de-en|12/45 (26,7 %)|12/46 (26.7%)
es-en|12/45 (26,7 %)|12/45 (25.7%)
""",
    "B16": """
en-zh|mean 5.2 ± 1.3|平均值 1.3 ± 5.2
en-zh|mean 5.2 ± 1.3|平均值 5.2 ± 1.8
en-zh|HR 0.75 (95% CI 0.60–0.90)|HR 0.75（95% CI 0.60–0.95）
en-zh|HR 0.75 (95% CI 0.60–0.90)|HR 0.75（95% CI 0.90–0.60）
en-zh|HR 0.75 (95% CI 0.60–0.90)|HR 0.57（95% CI 0.60–0.90）
en-zh|p<0.001|p<0.01
zh-en|95%置信区间：1.2–3.4|95% confidence interval: 1.2–4.3
zh-en|P=0.032|P=0.023
en-es|OR 1.8 (95% CI 1.2-2.7)|OR 1,8 (IC del 95 %: 1,2-2,6)
en-es|5.2 ± 1.3|5,2 ± 1,4
en-de|OR 1.8 (95% CI 1.2-2.7)|OR 1,8 (95%-KI: 1,2–2,6)
de-en|p = 0,032|p = 0.023
es-en|5,2 ± 1,3|5.3 ± 1.3
""",
    "B17": """
en-zh|Three patients withdrew.|四名患者退出。
en-zh|There were five groups.|共有六组。
en-zh|A population of 150,000|15亿人口
en-zh|1.2 billion people|1.2亿人
en-zh|Seven patients withdrew.|患者退出。
zh-en|三例患者退出。|Four patients withdrew.
zh-en|15万人|1.5 million people
zh-en|共有五个中心。|There were centres.
en-es|Three patients withdrew.|Cuatro pacientes se retiraron.
en-es|twelve weeks|once semanas
en-de|Three patients withdrew.|Vier Patienten schieden aus.
en-de|twenty-one centres|einunddreißig Zentren
de-en|zwölf Zentren|eleven centres
es-en|treinta y cinco centros|thirty-six centres
""",
    "B20": """
en-zh|12.5|12.6
en-zh|5.0|5
en-zh|12 (26.7%)|12 (27.6%)
en-zh|-3.2|3.2
en-zh|<0.001|0.001
en-zh|1.2, 3.4|3.4, 1.2
zh-en|5.2 ± 1.3|5.2 ± 1.8
en-de|12.5|12,6
en-de|12 (26.7%)|12 (27,6 %)
en-es|1,234|1.243
en-es|3.40|3,4
de-en|12,5|12.7
es-en|12 (26,7)|12 (26.8)
""",
    "B21": """
en-zh|5.0 mg|5 mg
en-zh|0.50 mg|0.5 mg
en-zh|a mean of 12.30|均值为 12.3
en-zh|10 mg|10.0 mg
zh-en|5.0毫克|5 mg
zh-en|均值为2.50|a mean of 2.5
en-es|5.0 mg|5 mg
en-es|0.50 mg|0,5 mg
en-de|5.0 mg|5 mg
en-de|0.50 mg|0,5 mg
de-en|1,0 mg|1 mg
es-en|1,20 mg|1.2 mg
""",
    "C1": """
en-zh|on 5 March 2024|2024年3月8日
en-zh|on March 5, 2024|2024年5月3日
en-zh|on 5 March 2024|2023年3月5日
en-zh|in March 2024|2024年4月
en-zh|2024-03-05|2024年3月15日
zh-en|2024年3月5日|6 March 2024
zh-en|截至2021年12月|as of November 2021
en-es|on 5 March 2024|el 5 de mayo de 2024
en-es|March 5, 2024|6 de marzo de 2024
en-de|on 5 March 2024|am 5. April 2024
en-de|5 March and 6 April 2024|6. März und 5. April 2024
de-en|am 5. März 2024|on 15 March 2024
es-en|el 5 de marzo de 2024|on 5 March 2025
""",
    "C3": """
en-de|on 05/03/2024|am 05/03/2024
en-es|on 05/03/2024|el 05/03/2024
en-US-de|date: 04/11/2023|Datum: 04/11/2023
es-en|el 05/03/2024|on 05/03/2024
de-en|am 05/03/2024|on 05/03/2024
""",
    "C4": """
en-zh|at 2:30 pm|下午3:30
en-zh|at 2:30 pm|上午2:30
en-zh|by 2:30 p.m.|15:30 之前
zh-en|下午2:30|at 2:30 am
en-de|at 2:30 pm|um 14.50 Uhr
en-es|at 8 a.m.|a las 9 a.m.
""",
    "C5": """
en-zh|on Day 1 of Cycle 2|第2周期第2天
en-zh|on C2D15|第2周期第5天
en-zh|on Day 8|第 9 天
en-zh|for 14 days|持续 14 周
en-zh|at Week 12|第 12 个月
zh-en|第2周期第1天|on Day 1 of Cycle 3
zh-en|持续3个月|for 3 weeks
en-es|on Day 1 of Cycle 2|el día 1 del ciclo 3
en-es|for 6 months|durante 6 semanas
en-de|on Day 1 of Cycle 2|an Tag 2 von Zyklus 2
en-de|for 6 months|6 Wochen lang
de-en|an Tag 15|on Day 5
es-en|durante 6 semanas|for 6 days
""",
}

MUST_NOT = """
en-zh|Three patients were randomised.|3例患者被随机分组。
en-zh|Three patients were randomised.|三名患者被随机分组。
en-zh|3 patients were randomised.|三名患者被随机分组。
en-zh|A total of 150,000 people|共15万人
en-zh|about 120 million people|约1.2亿人
en-zh|5 mg twice daily|每次 5 mg，每日 2 次
en-zh|5 mg BID|5 mg，每日两次
en-zh|10 mg once daily|每日1次，每次10 mg
en-zh|10 mg QD by mouth|口服10毫克，每日一次
en-zh|every 2 weeks (Q2W)|每2周一次（Q2W）
en-zh|50 % of patients|50%的患者
en-zh|50% of patients|百分之五十的患者
en-zh|half of the patients|50%的患者
en-zh|two thirds of patients|三分之二的患者
en-zh|the 1st visit|第1次访视
en-zh|the first visit|第1次访视
en-zh|COVID-19 is caused by SARS-CoV-2.|COVID-19 由 SARS-CoV-2 引起。
en-zh|COVID-19 is caused by SARS-CoV-2.|新冠肺炎由新型冠状病毒引起。
en-zh|vitamin B12 and CD4+ T cells|维生素B12和CD4+ T细胞
en-zh|influenza A (H1N1)|甲型 H1N1 流感
en-zh|type 2 diabetes|2型糖尿病
en-zh|type II diabetes|2型糖尿病
en-zh|a Phase III study|一项3期研究
en-zh|a study in one centre|一项单中心研究
en-zh|A patient had an event.|一例患者发生一起事件。
en-zh|on 5 March 2024|2024年3月5日
en-zh|on 05-MAR-2024|2024年3月5日
en-zh|from 1 January to 15 March 2020|2020年1月1日至3月15日
en-zh|05/03/2024|2024年3月5日
en-zh|at 2:30 pm|下午2:30
en-zh|at 14:30|14:30
en-zh|on Day 1 of Cycle 2 (C2D1)|第2周期第1天（C2D1）
en-zh|Patients aged 18 years or older|年龄18岁及以上的患者
en-zh|Patients aged at least 18 years|年龄18岁以上的患者
en-zh|no more than 3 times|不超过3次
en-zh|should not be more than 20 minutes|不应超过20分钟
en-zh|within 24 hours|24小时内
en-zh|up to 48 hours|最长48小时
en-zh|18 to 65 years|18～65岁
en-zh|between 2 and 4 mg|介于2至4 mg之间
en-zh|5 x 10<sup>9</sup>/L|5×10<sup>9</sup>/L
en-zh|5 x 10<sup>9</sup>/L|5×10⁹/L
en-zh|5 × 10⁹/L|5×10^9/L
en-zh|5 µg (micrograms)|5 微克
en-zh|5 mcg|5 μg
en-zh|5 mg/kg/day|5 mg/kg/日
en-zh|5 mg per kg|每千克5毫克
en-zh|12/45 (26.7%)|12/45（26.7%）
en-zh|12 of 45 patients (26.7%)|45例患者中的12例（26.7%）
en-zh|HR 0.75 (95% CI 0.60–0.90; p=.003)|HR为0.75（95%CI：0.60～0.90；P=0.003）
en-zh|mean 5.2 ± 1.3 years|平均5.2±1.3岁
en-zh|1. Introduction|1．引言
en-zh|(1) screening; (2) treatment|①筛选；②治疗
en-zh|in the 1960s|20世纪60年代
en-zh|both groups|两组
en-zh|Store at −20 °C.|于-20℃保存。
en-zh|Store at −20 °C.|在零下20℃保存。
en-zh|ＡＢＣ 123|ABC １２３
en-zh|effect<sup>3</sup> was seen in 7|7例中可见效应<sup>3</sup>
en-zh|10 000 patients|10,000例患者
en-zh|see Section 5.2 and Table 14.3.1|见第5.2节和表14.3.1
en-zh|for 3 months|为期三个月
en-zh|https://example.org/a1b2/2020 was read 4 times|https://example.org/a1b2/2020 被阅读4次
en-zh|more than 200,000 students|20多万名学生
zh-en|三例患者退出。|Three patients withdrew.
zh-en|3亿人|300 million people
zh-en|每日两次，口服|orally twice daily
zh-en|年龄≥18岁|aged ≥18 years
zh-en|18岁以上（含18岁）|18 years or older
zh-en|十分重要的一点|a very important point
zh-en|第三方机构|a third party
zh-en|半年|half a year
zh-en|体重不低于50公斤|weight of at least 50 kg
zh-en|二〇二四年三月五日|5 March 2024
zh-en|给药后2小时|2 hours after dosing
zh-en|一百二十三例|123 cases
zh-en|1.5万例|15,000 cases
zh-en|随机（1:1）分组|randomised 1:1
en-fr|in the 1940s|dans les années 40
en-es|in the 1930s|en los años 30
en-es|1.5 mg|1,5 mg
en-es|A total of 1,234.5 mL|Un total de 1.234,5 ml
en-es|10,000 patients|10 000 pacientes
en-es|twice daily|dos veces al día
en-es|5 mg BID|5 mg dos veces al día
en-es|once every 8 hours|cada 8 horas
en-es|three patients|3 pacientes
en-es|35 patients|treinta y cinco pacientes
en-es|on 5 March 2024|el 5 de marzo de 2024
en-es|March 2024|marzo de 2024
en-es|at least 18 years|al menos 18 años
en-es|18 years or older|18 años o más
en-es|less than or equal to 5|menor o igual a 5
en-es|between 2 and 4 weeks|entre 2 y 4 semanas
en-es|95% CI 1.2–3.4|IC del 95 %: 1,2-3,4
en-es|100 IU|100 UI
en-es|Section 5.2|Sección 5.2
en-es|on Day 1 of Cycle 2|el día 1 del ciclo 2
en-es|50% of patients|el 50 % de los pacientes
en-es|5 million people|5 millones de personas
en-es-MX|1.5 mg|1.5 mg
en-de|1.5 mg|1,5 mg
en-de|1,234 patients|1.234 Patienten
en-de|1,234 patients|1234 Patienten
en-de|twice daily|zweimal täglich
en-de|5 mg every 8 hours|5 mg alle 8 Stunden
en-de|three patients|drei Patienten
en-de|21 centres|einundzwanzig Zentren
en-de|a 12-week study|eine 12-wöchige Studie
en-de|on 5 March 2024|am 5. März 2024
en-de|2024-03-05|05.03.2024
en-de|at 2:30 pm|um 14.30 Uhr
en-de|at least 18 years|mindestens 18 Jahre
en-de|18 years or older|18 Jahre oder älter
en-de|type 2 diabetes|Typ-2-Diabetes
en-de|a phase 3 study|eine Phase-3-Studie
en-de|100 IU|100 I.E.
en-de|Section 5.2|Abschnitt 5.2
en-de|MedDRA version 26.1|MedDRA-Version 26.1
en-de|p<0.001|p < 0,001
en-de|on Day 1 of Cycle 2|an Tag 1 von Zyklus 2
en-de|2.5 million people|2,5 Millionen Menschen
en-de|no more than 3 doses|nicht mehr als 3 Dosen
en-de|the second visit|die 2. Visite
de-en|ein Patient|a patient
de-en|zwei von drei Patienten|two of three patients
de-en|1.234,5 ml|1,234.5 mL
de-en|bis zu 4 Wochen|up to 4 weeks
de-en|zum Einnehmen, 5 mg|5 mg orally
es-en|una vez al día|once daily
es-en|1 234,5 mg|1,234.5 mg
es-en|un paciente|one patient
es-en|mayores de 18 años|older than 18 years
es-en|el 1.º de marzo|on 1 March
de-zh|1,5 mg zweimal täglich|1.5 mg，每日两次
zh-de|每日2次，每次0.5毫克|0,5 mg zweimal täglich
zh-es|2024年3月5日|5 de marzo de 2024
"""
