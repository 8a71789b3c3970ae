"""Define-XML of all versions: ids, labels, origins, methods, codelists, value-level metadata; damage and hostility by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from docpipe.errors import DataDamaged, DtdForbidden, InputRefused, XmlMalformed
from docpipe.model.canonical import digest_bytes
from docpipe.model.source import Definition, SourceFile, SourceKind, VariableDefinition
from docpipe.registry import source_for
from docpipe.safe.child import call
from docpipe.safe.sniff import sniff
from docpipe.sources.define_xml import SOURCE

V21 = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1" ODMVersion="1.3.2">
<Study OID="S"><GlobalVariables><StudyName>S1</StudyName><ProtocolName>P-1</ProtocolName></GlobalVariables>
<MetaDataVersion OID="M" def:DefineVersion="2.1.0">
<def:Standards>
 <def:Standard OID="1" Name="ADaMIG" Type="IG" Version="1.3"/><def:Standard OID="2" Name="CDISC/NCI" Type="CT" Version="2023-01"/>
</def:Standards>
<def:ValueListDef OID="VL.AVAL"><ItemRef ItemOID="IT.AVAL.W" MethodOID="MT.W"><def:WhereClauseRef WhereClauseOID="WC.W"/>
</ItemRef></def:ValueListDef>
<def:WhereClauseDef OID="WC.W"><RangeCheck Comparator="IN" def:ItemOID="IT.PARAMCD"><CheckValue>WEIGHT</CheckValue>
<CheckValue>HEIGHT</CheckValue></RangeCheck><RangeCheck Comparator="EQ" def:ItemOID="IT.SEX"><CheckValue>F</CheckValue></RangeCheck>
</def:WhereClauseDef>
<ItemGroupDef OID="IG" Name="ADVS"><Description><TranslatedText xml:lang="fr">Signes</TranslatedText>
<TranslatedText xml:lang="en">Vital Signs</TranslatedText></Description>
<ItemRef ItemOID="IT.PARAMCD"/><ItemRef ItemOID="IT.SEX"/><ItemRef ItemOID="IT.AVAL"/></ItemGroupDef>
<ItemDef OID="IT.PARAMCD" Name="PARAMCD" DataType="text"><Description><TranslatedText>Parameter
 Code</TranslatedText></Description><def:Origin Type="Assigned" Source="Sponsor"/></ItemDef>
<ItemDef OID="IT.SEX" Name="SEX" DataType="text"><CodeListRef CodeListOID="CL.SEX"/><def:Origin Type="Predecessor"/></ItemDef>
<ItemDef OID="IT.AVAL" Name="AVAL" DataType="float" def:CommentOID="COM"><def:ValueListRef ValueListOID="VL.AVAL"/></ItemDef>
<ItemDef OID="IT.AVAL.W" Name="AVAL" DataType="float"/>
<CodeList OID="CL.SEX" Name="Sex"><CodeListItem CodedValue="F"><Decode><TranslatedText>Female</TranslatedText></Decode>
</CodeListItem><EnumeratedItem CodedValue="U"/></CodeList>
<CodeList OID="CL.M" Name="AE"><ExternalCodeList Dictionary="MedDRA" Version="26.0"/></CodeList>
<MethodDef OID="MT.W" Name="m"><Description><TranslatedText>As measured.</TranslatedText></Description></MethodDef>
<def:CommentDef OID="COM"><Description><TranslatedText>See SAP.</TranslatedText></Description></def:CommentDef>
</MetaDataVersion></Study></ODM>
"""


def read(text: str | bytes) -> Definition:
    data = text.encode() if isinstance(text, str) else text
    (definition,) = SOURCE.read(
        data, SourceFile("define.xml", digest_bytes(data), "application/xml", SourceKind.DEFINITION)
    )
    assert isinstance(definition, Definition)
    return definition


def test_version_2_1_is_read_with_methods_comments_codes_and_conditions() -> None:
    definition = read(V21)
    assert (definition.study_name, definition.protocol, definition.file.study) == ("S1", "P-1", "S1")
    assert definition.standard == "ADaMIG 1.3; MedDRA 26.0"
    assert definition.datasets == {"ADVS": "Vital Signs"}
    assert definition.variables == (
        VariableDefinition("ADVS", "PARAMCD", "Parameter Code", "text", "Assigned"),
        VariableDefinition("ADVS", "SEX", "", "text", "Predecessor", "", {"F": "Female", "U": "U"}),
        VariableDefinition("ADVS", "AVAL", "", "float", "", "See SAP."),
        VariableDefinition("ADVS", "AVAL[PARAMCD IN WEIGHT, HEIGHT and SEX EQ F]", "", "float", "", "As measured."),
    )
    assert definition.notices == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<ItemRef ItemOID="IT.SEX"/>', '<ItemRef ItemOID="IT.NONE"/>', "ItemDef"),
        ('CodeListOID="CL.SEX"', 'CodeListOID="CL.NONE"', "CodeList"),
        ('MethodOID="MT.W"', 'MethodOID="MT.NONE"', "method"),
        ('WhereClauseOID="WC.W"', 'WhereClauseOID="WC.NONE"', "WhereClauseDef"),
        ('ValueListRef ValueListOID="VL.AVAL"', 'ValueListRef ValueListOID="VL.NONE"', "ValueListDef"),
    ],
)
def test_references_that_lead_nowhere_are_told(old: str, new: str, said: str) -> None:
    assert old in V21
    (notice,) = read(V21.replace(old, new)).notices
    assert notice.code == "source.define_reference"
    assert said in notice.message


def test_things_defined_twice_are_told() -> None:
    twice = V21.replace('<ItemRef ItemOID="IT.SEX"/>', '<ItemRef ItemOID="IT.SEX"/>' * 2)
    assert [n.code for n in read(twice).notices] == ["source.define_twice"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (V21[:2000], XmlMalformed),
        (V21.replace("<ODM", '<!DOCTYPE ODM [<!ENTITY a "b">]><ODM'), DtdForbidden),
        ("<a/>", DataDamaged),
        (V21.replace("ODM ", "OTHER ").replace("</ODM>", "</OTHER>"), DataDamaged),
        (V21.replace("ItemGroupDef", "ItemGroupRef"), DataDamaged),
        ("<a>" * 1000 + "</a>" * 1000, InputRefused),
    ],
    ids=["cut", "entity", "other", "other root", "no datasets", "deep"],
)
def test_damaged_and_hostile_files_are_refused(text: str, error: type[InputRefused]) -> None:
    with pytest.raises(error):
        read(text)


def test_its_reader_is_found_by_content() -> None:
    data = V21.encode()
    assert source_for(sniff(data, "define.xml"), data, "define.xml") is SOURCE


def real(shared: Callable[[str], Path], name: str) -> tuple[Definition, dict[tuple[str, str], VariableDefinition]]:
    definition = read((shared("data") / name / "define.xml").read_bytes())
    assert definition.notices == ()
    return definition, {(v.dataset, v.name): v for v in definition.variables}


def test_the_analysis_data_of_the_pilot_study(shared: Callable[[str], Path]) -> None:
    definition, variables = real(shared, "cdiscpilot01/adam")
    assert (definition.study_name, definition.protocol) == ("CDISCPILOT01", "CDISCPILOT01")
    assert definition.standard == "CDISC ADaM 2.1; MedDRA 8.0"
    assert len(definition.datasets) == 10
    assert definition.datasets["ADAE"] == "Adverse Events Analysis Dataset"
    assert len(variables) == len(definition.variables) == 1318
    arm = variables["ADSL", "TRT01P"]
    assert (arm.label, arm.origin, arm.derivation) == ("Planned Treatment for Period 01", "Derived", "DM.ARM")
    assert list(arm.codes) == ["Placebo", "Xanomeline Low Dose", "Xanomeline High Dose"]
    assert variables["ADLBC", "AVAL[ALB]"].label == "Albumin (g/L)"


def test_the_tabulation_data_of_the_pilot_study(shared: Callable[[str], Path]) -> None:
    definition, variables = real(shared, "cdiscpilot01/sdtm")
    assert len(definition.datasets) == 22
    assert variables["TA", "ARMCD"].codes["Xan_Lo"] == "Xanomeline Low Dose"


def test_the_tabulation_data_of_a_nonclinical_study_in_a_child_process(shared: Callable[[str], Path]) -> None:
    definition, variables = real(shared, "send-cj16050")
    assert definition.standard == "SEND-IG 3.1"
    assert list(definition.datasets) == ["TA", "TE", "TS", "TX", "DM", "SE", "EX", "DS", "CL", "RE"]
    assert variables["TS", "TSVAL[TSPARMCD EQ AGEU]"].codes == {"WEEKS": "Week"}
    data = (shared("data") / "send-cj16050/define.xml").read_bytes()
    assert call("docpipe.sources.define_xml:SOURCE.read", (data, SourceFile("define.xml", digest_bytes(data),
                "application/xml", SourceKind.DEFINITION))) == (definition,)  # fmt: skip
