"""C6 to C15: identifiers that are kept, changed, dropped."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_pairs import check, pair, raised

from docpipe.checks.runner import run_checks
from docpipe.checks.wording.identifiers import identifiers
from docpipe.model.document import BlockKind
from docpipe.registry import checks

CHANGED = [
    ("C6", "方案编号：ABC-123-456", "Protocol No.: ABC-132-456", "zh-en"),
    ("C6", "受试者 01-701-1015 退出试验。", "Subject 01-701-1051 withdrew.", "zh-en"),
    ("C6", "研究中心编号：S012", "Site number: S021", "zh-en"),
    ("C6", "Protocol HR-2021-03 was amended.", "方案HR-2021-30已修订。", "en-zh"),
    ("C6", "Protocol HR-2021-03 was amended.", "该方案已修订。", "en-zh"),
    ("C6", "Subject ID: A1001", "ID del sujeto: A1010", "en-es"),
    ("C6", "Study number: X123-B", "Studiennummer: X132-B", "en-de"),
    ("C6", "BMS-936558 was given.", "Se administró BMS-936588.", "en-es"),
    ("C6", "Prüfplan-Nr.: CLX-004-07", "Protocol No.: CLX-004-70", "de-en"),
    ("C6", "Protocolo n.º: CLX-004-07", "Protocol No.: CLX-004", "es-en"),
    ("C7", "ClinicalTrials.gov NCT01234567", "ClinicalTrials.gov NCT01234576", "en-zh"),
    ("C7", "EudraCT 2020-001234-56", "EudraCT 2020-001243-56", "en-de"),
    ("C7", "EU CT 2022-501234-12-00", "EU CT 2022-501234-12-01", "en-es"),
    ("C7", "jRCT2031200001に登録", "Registered as jRCT2031200010", "ja-en"),
    ("C7", "UMIN000012345", "UMIN000012354", "ja-en"),
    ("C7", "登记号CTR20210001", "Registration CTR20120001", "zh-en"),
    ("C7", "注册号：ChiCTR2000029308", "Registration: ChiCTR2000029380", "zh-en"),
    ("C7", "受理号CXHL2100001", "Acceptance number CXHL2100010", "zh-en"),
    ("C7", "ISRCTN12345678 was registered.", "Se registró.", "en-es"),
    ("C7", "DRKS00012345", "DRKS00012354", "de-en"),
    ("C8", "批号：20230101", "Batch No.: 20230110", "zh-en"),
    ("C8", "Lot No. AB12345", "批号AB12354", "en-zh"),
    ("C8", "Chargen-Nr.: K4711X", "Batch No.: K4771X", "de-en"),
    ("C8", "Lote: K4711X", "Batch: K4717X", "es-en"),
    ("C8", "CAS 50-78-2", "CAS 50-78-3", "en-zh"),
    ("C8", "ATC code L01XC18", "ATC-Code L01XC81", "en-de"),
    ("C8", "InChI=1S/CH4/h1H4", "InChI=1S/CH4/h1H3", "en-es"),
    ("C8", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "BSYNRYMUTXBXSQ-UHFFFAOYSA-M", "en-es"),
    ("C10", "见https://www.nmpa.gov.cn/a/1.html。", "See https://www.nmpa.gov.cn/a/2.html.", "zh-en"),
    ("C10", "doi 10.1000/xyz123", "doi 10.1000/xyz132", "en-de"),
    ("C11", "info@example.org", "info@example.com", "en-es"),
    ("C12", "m5/53-clin-stud-rep/report.pdf", "m5/53-clin-stud-rep/reports.pdf", "en-zh"),
    ("C12", "siehe protocol-v2.docx", "see protocol-v3.docx", "de-en"),
    ("C13", "CYP3A4 inhibitors", "CYP3A5抑制剂", "en-zh"),
    ("C13", "白细胞介素IL-6", "interleukin IL-8", "zh-en"),
    ("C13", "HbA1c levels", "Niveles de HbA2c", "en-es"),
    ("C13", "BRAF V600E mutation", "BRAF-Mutation V606E", "en-de"),
    ("C14", "as reported [12]", "如报道[13]", "en-zh"),
    ("C14", "as reported [1-3, 5]", "según lo descrito [1-3]", "en-es"),
    ("C14", "Smith et al. found this.", "Schmidt et al. fanden dies.", "en-de"),
    ("C15", "Tel: +49 30 1234567", "电话：+49 30 1234576", "en-zh"),
    ("C15", "电话：010-12345678", "Tel.: 010-12345687", "zh-en"),
]
KEPT = [
    ("C6", "方案编号：ABC-123-456", "Protocol No.: ABC-123-456", "zh-en"),
    ("C6", "方案编号：ＡＢＣ－１２３－４５６", "Protocol No.: ABC-123-456", "zh-en"),
    ("C6", "Protocol ABC‑123‑456", "方案ABC-123-456", "en-zh"),
    ("C6", "Subject 01-701-1015 and subject 01-701-1015", "受试者01-701-1015", "en-zh"),
    ("C6", "COVID-19 patients", "新冠肺炎患者", "en-zh"),
    ("C6", "the years 2019-2020", "los años 2019-2020", "en-es"),
    ("C6", "study number of patients", "Zahl der Patienten in der Studie", "en-de"),
    ("C6", "2-8 °C", "2-8 °C", "en-de"),
    ("C7", "NCT 01234567", "NCT01234567", "en-zh"),
    ("C7", "EudraCT: 2020–001234–56", "EudraCT：2020-001234-56", "en-zh"),
    ("C7", "2020-01-15", "15.01.2020", "en-de"),
    ("C8", "CAS: 50-78-2", "CAS号：50-78-2", "en-zh"),
    ("C8", "a lot of 12345 patients", "12345 pacientes", "en-es"),
    ("C8", "visit 10-12-3", "visita 10 a 12", "en-es"),
    ("C8", "batch records were kept", "se guardaron los registros", "en-es"),
    ("C10", "See www.ema.europa.eu.", "见www.ema.europa.eu。", "en-zh"),
    ("C10", "https://example.org/", "https://example.org", "en-de"),
    ("C11", "a.b@example.org, c@example.org", "c@example.org和a.b@example.org", "en-zh"),
    ("C12", "and/or mg/kg", "y/o mg/kg", "en-es"),
    ("C12", "e.g. the U.S. and i.e.", "z. B. die USA", "en-de"),
    ("C13", "T2DM", "DM2T", "en-es"),
    ("C13", "50mg twice, 24h later", "2次50毫克，24小时后", "en-zh"),
    ("C13", "5-year-old, 1st, Phase-3", "5岁，第一，3期", "en-zh"),
    ("C13", "HER2-positive", "HER2阳性", "en-zh"),
    ("C13", "SARS-CoV-2", "新型冠状病毒", "en-zh"),
    ("C13", "ICD-10", "CIE-10", "en-es"),
    ("C13", "10JAN2020", "10. Januar 2020", "en-de"),
    ("C13", "C1D15", "第1周期第15天", "en-zh"),
    ("C14", "as reported [1–3]", "如报道［1-3］", "en-zh"),
    ("C14", "in January 2020", "2020年1月", "en-zh"),
    ("C14", "(Smith et al., 2020)", "（Smith等，2020）", "en-zh"),
    ("C15", "+49 (30) 123-4567", "+49 30 1234567", "en-zh"),
    ("C15", "from +5 to -5 points", "von +5 bis -5 Punkte", "en-de"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "source", "target", "languages"), CHANGED)
def test_a_changed_identifier_is_found(name: str, source: str, target: str, languages: str) -> None:
    assert raised(name, pair(source, target, languages))


@pytest.mark.parametrize(("name", "source", "target", "languages"), KEPT)
def test_a_kept_identifier_raises_nothing(name: str, source: str, target: str, languages: str) -> None:
    assert not raised(name, pair(source, target, languages))


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("版本号：2.0", "Version: 2.1", True),
        ("Version 2.0, 05 Mar 2024", "版本2.0，2024年3月5日", False),
        ("V3.1", "Fassung 3,1", False),
        ("Version 4", "Versión 5", True),
        ("文件编号：QA123", "Document No.: QA123", False),
        ("文件编号：QA123", "Document No.: QA132", True),
        ("Amendment 2", "修订版2", False),
        ("Page 1 of 20", "第1页，共20页", False),
    ],
)
def test_a_version_in_a_header_stays(source: str, target: str, found: bool) -> None:
    assert raised("C9", pair(source, target, "en-zh", block=BlockKind.HEADER)) is found
    assert not raised("C9", pair(source, target, "en-zh"))


def test_the_changed_identifier_is_named_with_the_right_one_as_suggestion() -> None:
    given_pair = pair("方案编号：ABC-123-456", "Protocol No.: ABC-132-456", "zh-en")
    finding = next(iter(check("C6").run(given_pair)))
    assert finding.suggestion == "ABC-123-456"
    assert given_pair.target_text[slice(*finding.target_span or (0, 0))] == "ABC-132-456"


def test_a_changed_identifier_is_told_once() -> None:
    found = run_checks(checks(), pair("登记号NCT01234567。", "Registered as NCT01234568.", "zh-en"))
    assert [f.check for f in found] == ["C7.registry-number"]


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 99999999),
    st.sampled_from(["见{}。", "Registered ({}) in 2020", "n.º {}", "‘{}’"]),
    st.integers(0, 7),
)
def test_any_registry_number_is_kept_or_found(digits: int, frame: str, place: int) -> None:
    right = f"NCT{digits:08d}"
    wrong = right[: 3 + place] + str((int(right[3 + place]) + 1) % 10) + right[4 + place :]
    assert not raised("C7", pair(frame.format(right), f"Siehe {right}.", "en-de"))
    assert raised("C7", pair(frame.format(right), f"Siehe {wrong}.", "en-de"))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_searched_for_identifiers(text: str) -> None:
    last = 0
    for found in identifiers(text):
        assert last <= found.span[0] < found.span[1] <= len(text)
        last = found.span[1]
